"""Members as the attacks meet them: teams with wallets of their own, on a server that is really there."""

import secrets
from pathlib import Path
from typing import NamedTuple

from keys.directory import fingerprint
from storage import members
from tests.support import WEEK, Served
from warp import client, wallet
from warp.wallet import Contents, Lock, Wallet


class Team(NamedTuple):
    """A member and where its wallet is."""

    wallet: Wallet
    path: Path
    key_file: Path

    @property
    def options(self) -> tuple[str | Path, ...]:
        """What its commands are called with."""
        return ("--wallet", self.path, "--key-file", self.key_file)


async def join(server: Served, path: Path, place: str = "UY") -> Team:
    """Let a new team join; it has fetched nothing yet."""
    code = secrets.token_bytes(16)
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, path.name, place, code, str(WEEK))
    root = fingerprint(server.site.settings.root_key)
    key_file = path.with_suffix(".key")
    contents = Contents(server.url, root, code, secrets.token_bytes(32))
    made = wallet.create(path, Lock.key_file(key_file), contents, secrets.token_bytes)
    await client.join(made)
    return Team(made, path, key_file)
