"""
What is left at every moment: while journals are open, after a fault, after midnight, after the end.

`test_canary` looks at what a real server leaves when it has ended. This one looks on the way: marks of the
same kind, searched in the files as they stand at each step, in every form in which a value can be written
down, wherever in a longer text it stands.
"""

import asyncio
import base64
import contextlib
import gzip
import secrets
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from sqlalchemy import text

from keys.directory import fingerprint
from keys.receipt import Receipt
from storage import members, schema
from tests.marks import holders
from tests.support import (
    BINARY,
    NOON,
    WEEK,
    Clock,
    Logged,
    Rows,
    Served,
    Stock,
    opened,
    read_answer,
    rows,
    served,
)
from warp import client, syncing, wallet
from warp.client import Draft
from warp.events import Event, to_stderr
from warp.wallet import Contents, Lock
from warp.weeks import Week

MEMBER = b"CSIRT Pelican Wq71"
HOME = "FJ"
NARRATIVE = b"narrative-pelican-40c7"
AGENT = b"agent-pelican-93fe"
COOKIE = b"cookie-pelican-1b2d"
FORWARDED = b"203.0.113.91"
ADDRESS = "127.83.119.8"
CONTROL = b"control-pelican-77aa"


class Run(NamedTuple):
    """What there was to see."""

    moments: dict[str, dict[str, bytes]]
    """Moment to file name to content, compressed files opened; `log` is what was logged by then."""
    secrets: dict[str, bytes]
    """What only the member's client may know."""
    identity: Rows
    reports: Rows
    times: dict[str, float]
    """Of the files at the end."""
    founded: dict[str, float]
    """Of the files at the beginning."""


async def post(port: int, envelope: bytes) -> int:
    """Post from a distinctive address, with what a careless client or proxy adds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(ADDRESS, 0))
    headers = {
        "Host": ADDRESS,
        "User-Agent": AGENT.decode(),
        "X-Forwarded-For": FORWARDED.decode(),
        "Forwarded": f"for={FORWARDED.decode()}",
        "Cookie": f"session={COOKIE.decode()}",
        "Content-Length": str(len(envelope)),
        **BINARY,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"POST /v1/reports HTTP/1.1\r\n{head}\r\n".encode() + envelope)
    answer = await asyncio.wait_for(read_answer(reader), 20)
    writer.close()
    await writer.wait_closed()
    return answer.status


def held(data: Path, log: Path) -> dict[str, bytes]:
    found = {"log": log.read_bytes()}
    for path in sorted(data.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found[str(path.relative_to(data))] = gzip.decompress(content) if path.suffix == ".gz" else content
    return found | {"names": "\n".join(found).encode()}


def file_times(data: Path) -> dict[str, float]:
    return {str(path.relative_to(data)): path.stat().st_mtime for path in data.rglob("*") if path.is_file()}


async def member_of(server: Served, folder: Path) -> wallet.Wallet:
    """Let a marked member join and fetch its tokens."""
    code = secrets.token_bytes(16)
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, MEMBER.decode(), HOME, code, str(WEEK))
    root = fingerprint(server.site.settings.root_key)
    contents = Contents(server.url, root, code, secrets.token_bytes(32))
    lock = Lock.key_file(folder / "key")
    made = wallet.create(folder / "wallet-pelican-0d19", lock, contents, secrets.token_bytes)
    await client.join(made)
    await syncing.sync(made, NOON, secrets.token_bytes, [WEEK])
    return made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def run(tmp_path_factory: pytest.TempPathFactory, founded: Path, stock: Stock) -> Run:
    folder = tmp_path_factory.mktemp("leftovers")
    data, log = folder / "site", folder / "log"
    shutil.copytree(founded, data)
    before, moments, known = file_times(data), {}, {}
    with _stderr_to(log):
        async with served(data, Clock(), stock, logged=Logged(forward=to_stderr)) as server:
            made = await member_of(server, folder)
            known |= _of_wallet(made.contents)
            sent = []
            for _ in range(3):
                draft = Draft(type="fraud/phishing", place="UY", text=NARRATIVE.decode() * 20)
                sealed = client.seal(made, draft, NOON, secrets.token_bytes)
                known |= _of_receipt(len(sent), sealed.receipt)
                sent.append(sealed.envelope)
                assert await post(server.port, sealed.envelope) == 202
                assert await post(server.port, sealed.envelope[:-1] + b"\x00") in (400, 202)
            moments["waiting"] = held(data, log)
            async with server.site.hub.reports.write() as connection:
                await connection.execute(text("ALTER TABLE pool RENAME TO aside"))
            assert (
                await post(server.port, client.seal(made, draft, NOON, secrets.token_bytes).envelope) == 500
            )
            moments["broken"] = held(data, log)
            async with server.site.hub.reports.write() as connection:
                await connection.execute(text("ALTER TABLE aside RENAME TO pool"))
            server.clock.now = datetime(2026, 11, 19, tzinfo=UTC) + timedelta(seconds=1)
            await server.site.hour()
            moments["released"] = held(data, log)
            identity = await rows(server.site.hub.identity, schema.identity)
            reports = await rows(server.site.hub.reports, schema.reports)
            known |= {f"envelope {n}": each[1200:1232] for n, each in enumerate(sent)}
        moments["ended"] = held(data, log)
    return Run(moments, known, identity, reports, file_times(data), before)


@contextlib.contextmanager
def _stderr_to(log: Path) -> Iterator[None]:
    kept = sys.stderr
    with log.open("w", encoding="utf-8") as sys.stderr:
        try:
            yield
        finally:
            sys.stderr = kept


def _of_wallet(contents: Contents) -> dict[str, bytes]:
    week = contents.tokens[str(WEEK)]
    tokens = {f"token {n}": each for n, each in enumerate([*week.first.values(), *week.further])}
    return {"credential": contents.credential, **{name: each[2:34] for name, each in tokens.items()}}


def _of_receipt(number: int, receipt: Receipt) -> dict[str, bytes]:
    return {
        f"receipt {number}": receipt.secret,
        f"lookup {number}": receipt.lookup,
        f"thread {number}": receipt.thread,
        f"reply key {number}": receipt.reply_key.public[:32],
        f"words {number}": receipt.words().encode(),
    }


@pytest.mark.parametrize("before", [b"", b"x", b"xy", b"xyz"])
def test_the_search_sees_a_value_in_every_form(before: bytes) -> None:
    around = before + CONTROL + b"and more"
    for written in (
        around,
        around.hex().encode(),
        base64.b64encode(around),
        base64.urlsafe_b64encode(around),
        around.decode().encode("utf-16"),
    ):
        assert holders({"file": written}, CONTROL) == {"file"}
    assert holders({"file": base64.b64encode(before + b"another value")}, CONTROL) == set()


def test_the_search_sees_what_is_there(run: Run) -> None:
    assert {"waiting", "broken", "released", "ended"} == set(run.moments)
    assert {"reports.db-wal", "identity.db-wal"} <= set(run.moments["waiting"])
    assert "warp.toml" in holders(run.moments["ended"], b"Example WARP")
    envelope = run.secrets["envelope 0"]
    assert holders(run.moments["waiting"], envelope) <= {"reports.db", "reports.db-wal"}
    assert holders(run.moments["waiting"], envelope)


def test_a_members_name_is_in_the_identity_database_and_nowhere_else(run: Run) -> None:
    for files in run.moments.values():
        assert holders(files, MEMBER) <= {"identity.db", "identity.db-wal"}
        assert holders(files, MEMBER)


@pytest.mark.parametrize(
    "value",
    [NARRATIVE, AGENT, COOKIE, FORWARDED, ADDRESS.encode(), b"wallet-pelican"],
)
def test_nothing_of_a_request_is_kept_at_any_moment(run: Run, value: bytes) -> None:
    for moment, files in run.moments.items():
        assert holders(files, value) == set(), moment


def test_nothing_that_only_the_members_client_knows_is_kept_at_any_moment(run: Run) -> None:
    own = {name: value for name, value in run.secrets.items() if not name.startswith("envelope")}
    assert len(own) == 1 + 35 + 3 * 5
    for moment, files in run.moments.items():
        everything = {"all": b"\0".join(files.values())}
        for name, value in own.items():
            assert holders(everything, value) == set(), (moment, name)


def test_an_envelope_is_gone_after_its_release(run: Run) -> None:
    for name in ("envelope 0", "envelope 1", "envelope 2"):
        assert holders(run.moments["released"], run.secrets[name]) == set()
        assert holders(run.moments["ended"], run.secrets[name]) == set()


def test_no_value_of_one_database_is_in_the_other(run: Run) -> None:
    """But the weeks and places that anybody knows."""

    def values(found: Rows) -> set[object]:
        return {value for table in found.values() for row in table for value in row if value is not None}

    shared = values(run.identity) & values(run.reports)
    assert shared <= {str(WEEK), "", HOME, "UY"} | set(range(10))


def test_no_stored_value_of_a_member_can_be_found_among_the_reports_in_any_form(run: Run) -> None:
    reports = {name: data for name, data in run.moments["ended"].items() if name.startswith("reports")}
    blobs = [
        value for table in run.identity.values() for row in table for value in row if isinstance(value, bytes)
    ]
    assert len(blobs) >= 3
    for value in blobs:
        assert holders(reports, value) == set()


def test_the_log_holds_nothing_but_listed_events(run: Run) -> None:
    lines = run.moments["ended"]["log"].decode().splitlines()
    assert [line for line in lines if "fault" in line] == [
        line for line in lines if line.startswith("warp: fault: OperationalError at storage/pool.py:")
    ]
    allowed = {f"warp: {event}" for event in Event}
    rest = [line for line in lines if "fault" not in line]
    assert set(rest) <= allowed
    assert len(lines) == len(rest) + 1


def test_no_file_time_tells_when_anything_was_reported(run: Run) -> None:
    """Databases and keys have none, public files that of a schedule, the others that of the founding."""
    mondays = {Week.of(NOON).plus(n).start.timestamp() for n in range(-4, 1)}
    midnights = {datetime(2026, 11, day, tzinfo=UTC).timestamp() for day in (18, 19)}
    for name, time in run.times.items():
        if name.startswith(("identity.db", "reports.db", "keys/weeks", "keys/online")):
            assert time == 0, name
        elif name.startswith(("public/", "members/", "entries/")):
            assert time in mondays | midnights, name
        elif name != "lock":
            assert time == run.founded[name], name


async def test_a_site_opened_beside_the_server_leaves_no_more(
    tmp_path: Path, founded: Path, stock: Stock
) -> None:
    data = Path(shutil.copytree(founded, tmp_path / "site"))
    async with opened(data, Clock(), Logged(), stock):
        pass
    for name in ("identity.db", "reports.db"):
        assert (data / name).stat().st_mtime == 0
        assert not (data / f"{name}-wal").exists()
