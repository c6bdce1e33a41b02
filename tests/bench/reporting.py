"""
The reporter's part: what one report costs a member's client before the envelope leaves.

A wallet that has joined and synced seals reports: token out, narrative and envelope sealed, file saved and on
the disk. Its floor seals the same two layers and saves as many bytes, without a wallet around them.
"""

import asyncio
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from keys import envelope
from keys.directory import fingerprint
from keys.narrative import SIZE as NARRATIVE_SIZE
from keys.narrative import Narrative
from keys.narrative import seal as seal_narrative
from keys.receipt import Receipt
from storage import members
from storage.database import open_database
from warp import client, config, syncing, wallet
from warp.client import Draft
from warp.site import present
from warp.wallet import Contents, Lock, Wallet
from warp.weeks import Week

REPORTS = 25
_DRAFT = Draft(type="fraud/phishing", place="UY", text="a text " * 500)
_RECEIPT = Receipt.new(secrets.token_bytes)
_TEXT = Narrative(_DRAFT.text, "en", _RECEIPT.reply_key.public, _RECEIPT.thread)


def measure(site: Path, url: str, folder: Path) -> tuple[list[float], list[float]]:
    """Give the milliseconds of each report, and of its floor, taken in turn."""
    made = asyncio.run(_joined(site, url, folder))
    saved = (folder / "wallet").stat().st_size
    ours, floor = [], []
    for _ in range(REPORTS):
        ours.append(_timed(lambda: client.seal(made, _DRAFT, present(), secrets.token_bytes)))
        made.contents.take_out_first()  # it was delivered
        floor.append(_timed(lambda: _bare(made, folder / "floor", saved)))
    return ours, floor


async def _joined(site: Path, url: str, folder: Path) -> Wallet:
    code, now = secrets.token_bytes(16), present()
    database = await open_database(site / "identity.db", "identity")
    async with database.write() as connection:
        await members.invite(connection, "bench", "UY", code, str(Week.of(now)))
    await database.close()
    root = fingerprint(config.read(site).root_key)
    contents = Contents(url, root, code, secrets.token_bytes(32))
    made = wallet.create(folder / "wallet", Lock.passphrase("bench"), contents, secrets.token_bytes)
    await client.join(made)
    await syncing.sync(made, now, secrets.token_bytes, [Week.of(now), *syncing.weeks_ahead(now)])
    return made


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def _bare(made: Wallet, file: Path, size: int) -> None:
    entry, root = client.entry_of_week(made, Week.of(present()))
    narrative = seal_narrative(_TEXT, entry.recipients, secrets.token_bytes)
    packed = narrative + bytes(envelope.PLAINTEXT_SIZE - NARRATIVE_SIZE)
    sealed = envelope.seal(packed, entry.report_key, root)
    with file.open("wb") as opened:
        opened.write(sealed.ljust(size, b"\x00"))
        opened.flush()
        os.fsync(opened.fileno())
