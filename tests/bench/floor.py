"""
The floor: the same work without WARP, as a bare aiohttp server.

A POST reads its body, opens one HPKE ciphertext, verifies one RSA-PSS signature, and is answered after its
two rows are committed: all that wait in one raw sqlite3 transaction, with the same tables and pragmas. No
checks, no errors, no other routes.
"""

import argparse
import asyncio
import secrets
import sqlite3
from pathlib import Path

import uvloop
from aiohttp import web

from keys import envelope, tokens
from keys.keyring import Keyring, WeekKeys
from keys.tokens import VerifyKey
from storage import pool
from storage.database import _PRAGMAS, open_database
from warp import config
from warp.weeks import Week

_Waiting = tuple[pool.Arrival, asyncio.Future[None]]
_LARGEST_BATCH = 256


class Floor:
    """Takes envelopes of one week with further tokens."""

    def __init__(self, site: Path, keys: WeekKeys, database: sqlite3.Connection) -> None:
        self._root = config.read(site).root_key
        self._keys = keys
        self._further = VerifyKey.from_spki(keys.further.public).public
        self._database = database
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()

    async def post(self, request: web.Request) -> web.Response:
        sealed = await request.read()
        info = envelope._info(sealed[: envelope.HEADER_SIZE], self._root)
        opened = envelope._HPKE.decrypt(sealed[envelope.HEADER_SIZE :], self._keys.report.private, info=info)
        token = opened[1 : 1 + tokens.SIZE]
        signed = tokens.token_input(token)
        self._further.verify(token[len(signed) :], signed, tokens._PSS, tokens._SHA384)
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((pool.arrival(sealed, token, str(self._keys.week)), stored))
        await stored
        return web.Response(status=202, headers={"Cache-Control": "no-store"})

    async def write_batches(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < _LARGEST_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await asyncio.to_thread(self._write, [arrival for arrival, _ in batch])
            for _, stored in batch:
                stored.set_result(None)

    def _write(self, batch: list[pool.Arrival]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany(
            "INSERT INTO spent (mark, envelope, week) VALUES (?, ?, ?)",
            [(each.mark, each.fingerprint, each.week) for each in batch],
        )
        self._database.executemany(
            "INSERT INTO pool (id, envelope) VALUES (?, ?)",
            [(secrets.randbits(63), each.envelope) for each in batch],
        )
        self._database.execute("COMMIT")


async def open_floor(site: Path, week: Week, file: Path) -> Floor:
    """Make the same tables as a site's, and open them with plain sqlite3."""
    await (await open_database(file, "reports")).close()
    database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for pragma in _PRAGMAS:
        database.execute(pragma)
    keys = Keyring(site / "keys").week(week)
    if keys is None:
        raise SystemExit(f"the site has no keys of {week}")
    return Floor(site, keys, database)


async def serve(site: Path, week: Week, file: Path) -> None:
    """Serve until cancelled; prints the port first."""
    floor = await open_floor(site, week, file)
    app = web.Application()
    app.add_routes([web.post("/v1/reports", floor.post)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(f"Serving on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await floor.write_batches()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("week", type=Week.parse)
    parser.add_argument("file", type=Path)
    asked = parser.parse_args()
    uvloop.run(serve(asked.site, asked.week, asked.file))


if __name__ == "__main__":
    main()
