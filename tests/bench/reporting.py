"""
The reporter's part: what one report costs a member's client before the envelope leaves.

A wallet that has joined and synced seals reports: token out, narrative and envelope sealed, file saved and on
the disk. Its floor seals the same two layers and saves as many bytes, without a wallet around them.
"""

import asyncio
import contextlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag

from keys import envelope, reply
from keys.directory import fingerprint
from keys.lists import Head, Kind, SignedList
from keys.narrative import SIZE as NARRATIVE_SIZE
from keys.narrative import Narrative
from keys.narrative import seal as seal_narrative
from keys.receipt import Receipt
from storage import members
from storage.database import open_database
from warp import answers, client, config, syncing, wallet
from warp.client import Draft
from warp.site import present
from warp.wallet import Contents, Filed, Lock, Wallet
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


def check_replies() -> tuple[list[float], list[float]]:
    """Give the milliseconds of looking for answers to three reports among 1,024; and of bare opening."""
    root, receipts = secrets.token_bytes(32), [Receipt.new(secrets.token_bytes) for _ in range(3)]
    items = [reply.filler(root, secrets.token_bytes) for _ in range(1024)]
    week = str(Week.of(present()))
    listed = SignedList(Head(Kind.REPLIES, week, "", len(items), ""), tuple(sorted(items)))
    filed = [Filed(week, receipt.secret) for receipt in receipts]
    ours, floor = [], []
    for _ in range(5):
        contents = Contents("", b"", b"", b"", filed=filed)
        ours.append(_timed(lambda: answers.collect(contents, listed, None, root)))  # noqa: B023 - called at once
        floor.append(_timed(lambda: _open_bare(items, receipts, root)))
    return ours, floor


def _open_bare(items: list[bytes], receipts: list[Receipt], root: bytes) -> None:
    info = reply._info(root)
    for receipt in receipts:
        key = receipt.reply_key.private
        for item in items:
            with contextlib.suppress(InvalidTag):
                reply._HPKE.decrypt(item, key, info=info)


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
