"""What tests of members share: teams that are invited, join and sync, with their wallets on the disk."""

import secrets
from pathlib import Path

from keys.directory import fingerprint
from storage import members
from tests.support import NOON, WEEK, Served
from warp import client, syncing, wallet
from warp.wallet import Contents, Lock, Wallet
from warp.weeks import Week


async def invite(server: Served, name: str, place: str = "UY", week: Week = WEEK) -> bytes:
    """Invite a team; gives its invitation's code."""
    code = secrets.token_bytes(16)
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, name, place, code, str(week))
    return code


async def invite_again(server: Served, name: str, week: Week = WEEK) -> bytes:
    """Invite a team again; gives its new invitation's code."""
    code = secrets.token_bytes(16)
    async with server.site.hub.identity.write() as connection:
        assert await members.invite_again(connection, name, code, str(week))
    return code


async def join(server: Served, path: Path, lock: Lock, code: bytes) -> Wallet:
    """Join with an invitation; the wallet has no tokens yet."""
    root = fingerprint(server.site.settings.root_key)
    contents = Contents(server.url, root, code, secrets.token_bytes(32))
    made = wallet.create(path, lock, contents, secrets.token_bytes)
    await client.join(made)
    return made


async def member(server: Served, path: Path, lock: Lock, name: str = "CERT Uno") -> Wallet:
    """Let a team join that has this week's tokens and those of the next four."""
    made = await join(server, path, lock, await invite(server, name))
    await syncing.sync(made, NOON, secrets.token_bytes, [WEEK, *syncing.weeks_ahead(NOON)])
    return made


def reopened(path: Path, lock: Lock) -> Contents:
    """Give what a wallet's file holds."""
    with wallet.opened(path, lock, secrets.token_bytes) as kept:
        return kept.contents
