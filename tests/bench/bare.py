"""
The floor of reading: bare aiohttp handlers that send what WARP sent, the same bytes under the same headers.

`/whole` is answered 200 and `/unchanged` 304. No conditions, no files, no other routes.
"""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.Response]]


def whole(body: bytes, headers: dict[str, str]) -> Handler:
    async def get(_request: web.Request) -> web.Response:
        return web.Response(body=body, headers=headers)

    return get


def unchanged(headers: dict[str, str]) -> Handler:
    async def get(_request: web.Request) -> web.Response:
        return web.Response(status=304, headers=headers)

    return get


async def serve(body: bytes, of_whole: dict[str, str], of_unchanged: dict[str, str]) -> None:
    """Serve until cancelled; prints the port first."""
    app = web.Application()
    app.add_routes([web.get("/whole", whole(body, of_whole)), web.get("/unchanged", unchanged(of_unchanged))])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(f"Serving on http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("body", type=Path)
    parser.add_argument("whole", type=json.loads, help="headers of a 200")
    parser.add_argument("unchanged", type=json.loads, help="headers of a 304")
    asked = parser.parse_args()
    uvloop.run(serve(asked.body.read_bytes(), asked.whole, asked.unchanged))


if __name__ == "__main__":
    main()
