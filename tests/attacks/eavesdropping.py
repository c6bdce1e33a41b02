"""A server of the real command line with everything that could log turned on, and a client full of marks."""

import asyncio
import base64
import contextlib
import os
import re
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from keys import feed_password
from keys.directory import BUNDLE
from keys.tokens import REQUEST_SIZE
from storage import feed_passwords, members, rewriting
from tests.attacks.marked import Facts, seal
from tests.support import (
    PHISHING,
    Clock,
    Logged,
    Stock,
    flipped,
    found,
    new_token,
    opened,
    sealed_facts,
    sealed_plaintext,
)
from warp.report import encode
from warp.site import Site
from warp.weeks import Week

HEADER = b"header-heron-8b3f"
PATH = b"path-heron-61aa"
BODY = b"body-heron-d04c"
CREDENTIAL = b"credential-heron-0f2d"
BLINDED = b"blinded-heron-55e1"
ADDRESS = "127.83.119.9"
MEMBER = b"CSIRT Heron Zk42"
FACTS = Facts("fraud/phishing", "health", "smishing", "2019-03-07", 1)
CODE = b"code-heron-1a2b3"
"""16 bytes: of an invitation."""
FEED_PASSWORD = b"feed-heron-77c0a"
"""16 bytes."""
SHOWN = feed_password.to_text(FEED_PASSWORD).encode()
"""The feed password, as a reader sends it."""
GUESS = feed_password.to_text(b"guess-heron-19de").encode()

_LOUD = """
import logging, sys, warnings
log, loop, heard = sys.argv[1:4]
del sys.argv[1:4]
if loop == "asyncio":
    sys.modules["uvloop"] = None
import handlers.bodies
handlers.bodies.TIMEOUT_SECONDS = 1.0
from warp.cli.main import main
logging.basicConfig(level=logging.DEBUG, filename=log, format="%(asctime)s %(name)s %(message)s")
for name in ("asyncio", "aiohttp", "aiosqlite", "alembic", "sqlalchemy.engine", "sqlalchemy.pool"):
    logging.getLogger(name).setLevel(logging.DEBUG)
warnings.simplefilter("always")
if heard == "heard":
    logging.disable = lambda *_: None
main()
"""
"""Runs `warp` as somebody would who wants to hear everything: its arguments follow three of ours."""


class Case(NamedTuple):
    """What is sent on one connection, and the status that must come back; 0 for none."""

    sent: bytes
    status: int


def request(path: bytes, body: bytes = b"", method: bytes = b"POST", **headers: bytes) -> bytes:
    """Give a request with all that a careless client or proxy adds."""
    given = {
        "Host": ADDRESS.encode(),
        "User_Agent": HEADER,
        "X_Forwarded_For": HEADER,
        "Forwarded": b"for=" + HEADER,
        "Cookie": b"session=" + HEADER,
        "Referer": b"http://" + HEADER + b".example/",
        "Content_Type": b"application/octet-stream",
        "Content_Length": str(len(body)).encode(),
        "Connection": b"close",
        **headers,
    }
    lines = [name.replace("_", "-").encode() + b": " + value for name, value in given.items()]
    return b"\r\n".join([method + b" " + path + b" HTTP/1.1", *lines, b"", b""]) + body


def reports(site: Site, week: Week) -> Iterator[Case]:
    """Give envelopes of every kind that a server can be sent."""

    def post(body: bytes, **headers: bytes) -> bytes:
        return request(b"/v1/reports", body, **headers)

    def stating(facts: bytes, token: bytes | None = None) -> bytes:
        return post(sealed_facts(site, facts, token or new_token(site, week), week))

    good, other = (seal(site, FACTS, number, week).envelope for number in (0, 1))
    facts, spent = encode(PHISHING.facts(BODY.ljust(32, b"-"))), new_token(site, week)
    yield from (Case(post(good), 202), Case(post(good), 202))
    yield from (Case(stating(facts, spent), 202), Case(stating(facts, spent), 409))
    yield Case(post(other[:-1]), 400)
    yield Case(post(BODY + other[len(BODY) :]), 400)
    yield Case(post(flipped(other, 5, 6)), 400)
    yield Case(post(flipped(other, 14)), 400)
    yield Case(post(flipped(other, 6)), 410)
    yield Case(post(flipped(other, 9000)), 400)
    yield Case(post(sealed_plaintext(site, BODY.ljust(15_232, b"\0"), week)), 400)
    yield Case(post(seal(site, FACTS, 2, week.plus(1)).envelope), 425)
    yield Case(stating(facts, flipped(new_token(site, week), 200)), 403)
    yield Case(stating(facts, new_token(site, week, "availability")), 403)
    yield Case(stating(facts.replace(b'{"type"', b'{"type":"' + BODY + b'","type"')), 400)
    yield Case(stating(facts.replace(b"fraud/phishing", BODY)), 400)
    yield Case(stating(BODY + facts), 400)
    yield Case(post(other, Content_Type=b"text/" + HEADER), 415)
    yield Case(post(other, Content_Encoding=HEADER), 415)
    yield Case(post(other[:-1], Expect=HEADER), 400)


def joining(week: Week) -> Iterator[Case]:
    """Give what joins and fetches tokens, rightly and wrongly."""

    def join(code: bytes, credential: bytes, media_type: bytes = b"application/json") -> bytes:
        parts = (base64.b64encode(part) for part in (code, credential))
        body = b'{"invitation":"%s","credential":"%s"}' % tuple(parts)
        return request(b"/v1/members", body, Content_Type=media_type)

    def bundle(messages: bytes, credential: bytes) -> bytes:
        return request(f"/v1/bundles/{week}".encode(), messages, Authorization=b"Bearer " + credential)

    credential = CREDENTIAL.ljust(32, b"-")
    right = base64.b64encode(credential)
    message = (b"\0" + BLINDED).ljust(REQUEST_SIZE, b"-")
    yield Case(join(CODE, credential), 204)
    yield Case(join(CODE, BODY.ljust(32, b"-")), 403)
    yield Case(join(BODY, credential), 400)
    yield Case(join(CODE, credential, HEADER), 415)
    yield Case(request(b"/v1/members", b'{"%s":1}' % BODY, Content_Type=b"application/json"), 400)
    yield from (Case(bundle(message * BUNDLE, right), 200), Case(bundle(message * BUNDLE, right), 200))
    yield Case(bundle((b"\xff" + message[1:]) * BUNDLE, right), 400)
    yield Case(bundle((b"\0" + message[:-1]) * BUNDLE, right), 409)
    yield Case(bundle(message, right), 400)
    yield Case(bundle(message * BUNDLE, base64.b64encode(HEADER)), 401)
    yield Case(bundle(message * BUNDLE, HEADER), 401)


def reading() -> Iterator[Case]:
    """Give what feed readers of members send, and what somebody sends who guesses."""

    def get(path: bytes, pair: bytes = b"") -> bytes:
        given = {"Authorization": b"Basic " + base64.b64encode(pair)} if pair else {}
        return request(path, method=b"GET", **given)

    for address, status in ((b"feeds/en/all.atom", 200), (PATH, 404)):
        yield Case(get(b"/members/" + address, HEADER + b":" + SHOWN), status)
        yield Case(get(b"/members/" + address, HEADER + b":" + GUESS), 401)
        yield Case(get(b"/members/" + address), 401)
        yield Case(get(b"/m/" + SHOWN + b"/" + address), status)
        yield Case(get(b"/m/" + GUESS + b"/" + address), 404)
    yield Case(request(b"/members/", method=b"GET", Authorization=b"Basic " + HEADER), 401)
    yield Case(get(b"/m/" + SHOWN + b"/feeds/en/all.atom?" + PATH), 400)
    yield Case(request(b"/m/" + SHOWN + b"/feeds/en/all.atom"), 405)
    yield Case(b"GET /m/" + SHOWN + b"/ HTTP/9\r\n\r\n", 400)


def other_requests() -> Iterator[Case]:
    """Give what is no request of a member, and what is no HTTP."""
    yield Case(request(b"/" + PATH, method=b"GET"), 404)
    yield Case(request(b"/feeds/en/" + PATH + b".atom", method=b"GET"), 404)
    yield Case(request(b"/v1/directory?" + PATH, method=b"GET"), 400)
    yield Case(request(b"/v1/bundles/" + PATH, Authorization=b"Bearer " + HEADER), 401)
    yield Case(request(b"/v1/reports", BODY, method=b"PUT"), 405)
    yield Case(request(b"/v1/reports", BODY, method=b"HERON"), 400)
    yield Case(request(b"/v1/directory", method=b"GET", If_None_Match=HEADER, Accept_Encoding=HEADER), 200)
    yield Case(b"\x16\x03\x01" + BODY + b"\r\n\r\n", 400)
    yield Case(b"GET / HTTP/1.1\r\n" + HEADER + b"\r\n\r\n", 400)
    yield Case(b"GET /" + PATH * 2000 + b" HTTP/1.1\r\n\r\n", 400)
    yield Case(b"GET / HTTP/1.1\r\nX: " + HEADER * 2000 + b"\r\n\r\n", 400)
    yield Case(request(b"/v1/reports", BODY, Content_Length=HEADER), 400)
    yield Case(b"POST /v1/reports HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + BODY + b"\r\n", 400)
    yield Case(request(b"/v1/reports", BODY, Content_Length=b"16384"), 408)


def say(port: int, case: Case) -> None:
    """Send from a marked address, and check the status."""
    with socket.create_connection(("127.0.0.1", port), 20, (ADDRESS, 0)) as connection:
        connection.sendall(case.sent)
        answer = b"".join(_answer(connection))
    assert answer.split(b" ", 2)[1] == str(case.status).encode(), (case.status, answer[:300])
    for mark in (HEADER, PATH, BODY, CREDENTIAL, BLINDED, SHOWN, GUESS, ADDRESS.encode()):
        assert mark not in answer


def _answer(connection: socket.socket) -> Iterator[bytes]:
    length = 0
    with connection.makefile("rb") as stream:
        for line in iter(stream.readline, b"\r\n"):
            length = int(line.split()[1]) if line.lower().startswith(b"content-length:") else length
            yield line
        yield stream.read(length)


def hang_up(port: int) -> None:
    """Leave in the middle of an envelope."""
    with socket.create_connection(("127.0.0.1", port), 20, (ADDRESS, 0)) as connection:
        connection.sendall(request(b"/v1/reports", BODY, Content_Length=b"16384"))


@contextlib.contextmanager
def without(database: Path, table: str) -> Iterator[None]:
    """Take a table away from under the server."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO aside")
        yield
        connection.execute(f"ALTER TABLE aside RENAME TO {table}")
    rewriting.hide_times(database)


@contextlib.contextmanager
def full(process: int) -> Iterator[None]:
    """Let no file of a process grow, as on a disk that is full."""
    before = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (1024, before[1]))
    yield
    resource.prlimit(process, resource.RLIMIT_FSIZE, before)


class Overheard(NamedTuple):
    """All that was written."""

    log: bytes
    """By Python's loggers."""
    said: bytes
    """On standard output and standard error."""
    files: dict[str, bytes]
    """In the data folder, at the end."""
    trace: bytes
    """In any system call that writes or names a file; empty where none were traced."""


class Ear(NamedTuple):
    """How a process is listened to."""

    folder: Path
    loop: str = "uvloop"
    """Or `asyncio`, the loop where there is no uvloop."""
    heard: bool = False
    """Whether what the libraries log is let through, as it would be but for `warp.events`."""
    traced: bool = False

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def command(self, *arguments: str | Path) -> list[str]:
        loud = [sys.executable, "-X", "dev", "-c", _LOUD, str(self.log), self.loop, "heard" * self.heard]
        traced = tracer(self.folder / f"{arguments[0]}.trace") if self.traced else ()
        return [*traced, *loud, *map(str, arguments)]

    @contextlib.contextmanager
    def serving(self, data: Path) -> Iterator[tuple[int, int]]:
        """Run a server; gives its port and its process."""
        with (self.folder / "said").open("ab") as said:
            command = self.command("serve", "--data", data, "--port", "0")
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as process:
                assert process.stdout is not None
                line = process.stdout.readline()
                try:
                    yield int(line.rpartition(":")[2]), process.pid
                finally:
                    process.terminate()
                    assert process.wait(60) == 0

    def run(self, *arguments: str | Path) -> None:
        """Run a command to its end."""
        with (self.folder / "said").open("ab") as said:
            subprocess.run(self.command(*arguments), stdout=said, stderr=said, check=True)


def tracer(into: Path) -> Sequence[str]:
    """Give the command that writes down each system call by which a program writes or names a file."""
    calls = "write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,open,openat,openat2,creat"
    names = "rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat"
    # -D: the program stays our child, and not the tracer's.
    options = ("-D", "-f", "-qq", "-xx", "-s", "1000000", "-e", f"trace={calls},{names}", "-o", str(into))
    return (shutil.which("strace") or "strace", *options)


def need_strace() -> None:
    """Skip the test where system calls cannot be traced; fail it if WARP_REQUIRE_ALL is 1."""
    missing = "" if shutil.which("strace") else "strace is not installed"
    if not missing:
        tried = subprocess.run(["strace", "-f", "-o", os.devnull, "true"], capture_output=True, check=False)  # noqa: S607
        missing = "" if tried.returncode == 0 else "system calls may not be traced here"
    if missing and os.environ.get("WARP_REQUIRE_ALL") == "1":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


def written(traces: Iterable[Path]) -> bytes:
    """Give the strings of all traced calls, in their order; the parts of one call joined."""
    found = []
    for trace in traces:
        for line in trace.read_text("ascii", "replace").splitlines():
            strings = re.findall(r'"((?:\\x[0-9a-f]{2})+)"', line)
            found.append(bytes.fromhex("".join(strings).replace("\\x", "")))
    return b"\n".join(found)


def overhear(ear: Ear, stock: Stock) -> Overheard:
    """Let a site live through every success and every error, and give what was written."""
    data, now = ear.folder / "site", datetime.now(UTC)
    cases = asyncio.run(prepared(data, stock, now))
    with ear.serving(data) as (port, process):
        for case in cases:
            say(port, case)
        hang_up(port)
        fails(port, data, process, asyncio.run(unsent(data, now)))
    ear.run("release", "--data", data)
    files = {str(path.relative_to(data)): path.read_bytes() for path in data.rglob("*") if path.is_file()}
    files["names"] = "\n".join(files).encode()
    return Overheard(
        ear.log.read_bytes(), (ear.folder / "said").read_bytes(), files, written(ear.folder.glob("*.trace"))
    )


async def prepared(data: Path, stock: Stock, now: datetime) -> list[Case]:
    """Found a site with an invited member, and seal what is to be sent to it."""
    await found(data, stock, now)
    week = Week.of(now)
    async with opened(data, Clock(now), Logged(), stock) as site:
        async with site.hub.identity.write() as connection:
            await members.invite(connection, MEMBER.decode(), "FJ", CODE, str(week))
            await feed_passwords.give(connection, MEMBER.decode(), FEED_PASSWORD)
        return [*reports(site, week), *joining(week), *reading(), *other_requests()]


async def unsent(data: Path, now: datetime) -> bytes:
    """Seal one more good report."""
    async with opened(data, Clock(now), Logged()) as site:
        return request(b"/v1/reports", seal(site, FACTS, 9, Week.of(now)).envelope)


def fails(port: int, data: Path, process: int, good: bytes) -> None:
    """Let the server fail in the middle of its work, with all of a request in hand; then let it succeed."""
    join = next(case for case in joining(Week.of(datetime.now(UTC))))
    with without(data / "reports.db", "spent"):
        say(port, Case(good, 500))
    with without(data / "identity.db", "members"):
        say(port, Case(join.sent, 500))
    with without(data / "identity.db", "feed_passwords"):
        say(port, Case(request(b"/m/" + SHOWN + b"/" + PATH, method=b"GET"), 500))
    with full(process):
        say(port, Case(good, 500))
    say(port, Case(good, 202))
