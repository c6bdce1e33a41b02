"""
Reports by every carrier, as users send them: files, relays, proxies, batches; programs killed on the way.

The site serves in this process, under the present clock, so that what it holds can be counted. Commands are
programs of their own.
"""

import asyncio
import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from keys.directory import fingerprint
from keys.invitation import Invitation
from keys.lock import Lock
from storage import members
from tests.commandline import PROGRAM, Done, refused
from tests.line import Line, head_of, line_to
from tests.socks import proxy
from tests.support import Clock, Served, Stock, found, served, waiting
from tests.warp.test_carrier import nobody_listens
from warp import client, syncing, wallet
from warp.site import present
from warp.wallet import Contents
from warp.weeks import Week

PHISHING = ("--type", "fraud/phishing", "--yes")
DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def founded_now(tmp_path_factory: pytest.TempPathFactory, stock: Stock) -> Path:
    data = tmp_path_factory.mktemp("carrying") / "site"
    asyncio.run(found(data, stock, present()))
    return data


class Team:
    """A member with a wallet, and what it types."""

    def __init__(self, folder: Path, server: Served) -> None:
        self.folder = folder
        self.server = server
        self.opened_by = ("--wallet", str(folder / "wallet"), "--key-file", str(folder / "wallet.key"))

    @property
    def lock(self) -> Lock:
        return Lock.key_file(self.folder / "wallet.key")

    async def join(self, url: str) -> None:
        now, code = present(), secrets.token_bytes(16)
        async with self.server.site.hub.identity.write() as connection:
            await members.invite(connection, "team", "UY", code, str(Week.of(now)))
        root = fingerprint(self.server.site.settings.root_key)
        contents = Contents(self.server.url, root, code, secrets.token_bytes(32))
        made = wallet.create(self.folder / "wallet", self.lock, contents, secrets.token_bytes)
        await client.join(made)
        await syncing.sync(made, now, secrets.token_bytes, [Week.of(now)])
        made.contents.url = url
        made.save()

    @property
    def contents(self) -> Contents:
        with wallet.opened(self.folder / "wallet", self.lock, secrets.token_bytes) as kept:
            return kept.contents

    async def report(self, *options: str | Path, **environment: str) -> Done:
        return await warp("report", *self.opened_by, *options, **environment)

    async def waiting(self) -> int:
        return await waiting(self.server.site)


@pytest_asyncio.fixture
async def server(founded_now: Path, tmp_path: Path, stock: Stock) -> AsyncIterator[Served]:
    data = Path(shutil.copytree(founded_now, tmp_path / "site"))
    async with served(data, Clock(present()), stock) as running:
        yield running


@pytest_asyncio.fixture
async def team(server: Served, tmp_path: Path) -> Team:
    """A member that has joined, and has this week's tokens."""
    made = Team(tmp_path, server)
    await made.join(server.url)
    return made


async def start(*arguments: str | Path, folder: Path | None = None, **environment: str) -> Process:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WARP_")}
    return await asyncio.create_subprocess_exec(
        *PROGRAM,
        *map(str, arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        cwd=folder,
        env=clean | environment,
    )


async def warp(*arguments: str | Path, **environment: str) -> Done:
    """Run a command to its end."""
    process = await start(*arguments, **environment)
    out, err = await process.communicate()
    assert b"Traceback" not in err
    return Done(process.returncode, out.decode(), err.decode())


@contextlib.asynccontextmanager
async def relay(*options: str | Path, folder: Path | None = None) -> AsyncIterator[tuple[Process, str]]:
    """Run a relay as a program; gives it and its address."""
    process = await start("relay", "--port", "0", *options, folder=folder)
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        started = re.fullmatch(r"Relaying to \S+ on (http://\S+)\n", line)
        assert started is not None, line
        yield process, started[1]
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


# Files


async def test_a_report_leaves_in_a_file_and_is_sent_from_a_machine_without_a_wallet(team: Team) -> None:
    file = team.folder / "envelope"
    written = await team.report(*PHISHING, "--out", file)
    assert written.status == 0, written.err
    assert f"warp send {file} --to URL" in written.out
    assert len(re.findall(r"^  (?:[a-z]+ ){11}[a-z]+$", written.out, re.MULTILINE)) == 1
    assert await team.waiting() == 0
    for _ in range(2):
        sent = await warp("send", file, "--to", team.server.url)
        assert (sent.status, sent.out) == (0, f"{file}: sent\n")
    assert await team.waiting() == 1
    assert file.exists()
    assert (await warp("send", file, "--delete", WARP_SERVER=team.server.url + "/")).status == 0
    assert not file.exists()


async def test_each_file_is_told_apart_and_one_that_fails_holds_up_no_other(team: Team) -> None:
    good, bad, missing = (team.folder / name for name in ("good", "bad", "missing"))
    assert (await team.report(*PHISHING, "--out", good)).status == 0
    bad.write_bytes(b"x" * 16_384)
    sent = await warp("send", bad, missing, good, "--to", team.server.url, "--delete")
    assert sent.status == 2
    assert sent.out.splitlines() == [
        f"{bad}: not sent: This file does not begin as an envelope does.",
        f"{missing}: not sent: No such file or directory",
        f"{good}: sent",
    ]
    assert (bad.exists(), good.exists()) == (True, False)
    told = json.loads((await warp("send", bad, "--to", team.server.url, "--json")).out)
    assert [(each["file"], each["sent"]) for each in told["files"]] == [(str(bad), False)]
    assert await team.waiting() == 1


async def test_what_is_no_envelope_causes_no_request(team: Team) -> None:
    async with line_to(team.server) as (line, url):
        (team.folder / "short").write_bytes(b"WRP1")
        assert (await warp("send", team.folder / "short", "--to", url)).status == 2
        assert line.sent == []


async def test_a_file_that_is_there_is_told_before_a_token_is_spent(team: Team) -> None:
    (team.folder / "envelope").write_bytes(b"mine")
    told = await team.report(*PHISHING, "--out", team.folder / "envelope")
    assert (told.status, "nothing is written over it" in told.err) == (2, True)
    assert (team.folder / "envelope").read_bytes() == b"mine"
    assert team.contents.filed == []


async def test_a_report_that_could_not_be_sent_leaves_in_a_file(team: Team) -> None:
    failed = await team.report(*PHISHING, "--via", f"http://127.0.0.1:{nobody_listens()}")
    assert (failed.status, "warp report --retry" in failed.err) == (2, True)
    written = await team.report("--retry", "--out", team.folder / "envelope")
    assert written.status == 0, written.err
    assert (team.contents.outbox, team.contents.to_carry) == ([], [])
    assert (await warp("send", team.folder / "envelope", "--to", team.server.url)).status == 0
    assert await team.waiting() == 1


async def test_a_file_that_was_lost_on_the_way_out_is_asked_after(team: Team) -> None:
    with wallet.opened(team.folder / "wallet", team.lock, secrets.token_bytes) as made:
        client.seal_to_carry(made, client.Draft(type="other/other"), present(), secrets.token_bytes)
    told = await team.report(*PHISHING)
    assert (told.status, "warp report --retry --out FILE" in told.err) == (2, True)
    shown = json.loads((await warp("wallet", *team.opened_by, "--json")).out)
    assert (shown["undelivered"], shown["unwritten"]) == (0, 1)
    assert "Not written to a file: 1" in (await warp("wallet", *team.opened_by)).out
    assert (await team.report("--retry", "--out", team.folder / "envelope")).status == 0
    again = await team.report("--retry", "--out", team.folder / "other")
    assert again.out == "There is nothing to write.\n"
    assert (await team.report(*PHISHING)).status == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("send", "x"), "--to URL, or --via URL"),
        (("send", "--to", "http://127.0.0.1:1"), "Missing argument"),
        (("send", "x", "--to", "warp.example"), "an address begins with"),
        (("send", "x", "--via", "relay.example"), "an address begins with"),
        (("send", "x", "--to", "http://127.0.0.1:1", "--proxy", "127.0.0.1:9050"), "socks5h://HOST:PORT"),
        (("sync", "--wallet", "w", "--proxy", "socks5://127.0.0.1:9050"), "write socks5h://"),
        (("join", "http://x", "y", "--wallet", "w", "--proxy", "x"), "socks5h://HOST:PORT"),
        (("relay",), "--to"),
        (("relay", "--to", "x"), "an address begins with"),
        (("relay", "--to", "http://127.0.0.1:1", "--proxy", "x"), "socks5h://HOST:PORT"),
        (("relay", "--to", "http://127.0.0.1:1", "--seconds", "90"), "--seconds"),
        (("relay", "--to", "http://127.0.0.1:1", "--batch", "0"), "--batch"),
        (("relay", "--to", "http://127.0.0.1:1", "--host", "256.0.0.1"), "cannot listen"),
        (("report", "--wallet", "w", "--json"), "--json is for --batch"),
        (("report", "--wallet", "w", "--batch", "/dev/null", "--urgent"), "--batch stands alone"),
        (("report", "--wallet", "w", "--batch", "/dev/null", "--out", "x"), "--batch stands alone"),
        (("report", "--wallet", "w", "--batch", "no-such-file"), "No such file"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(arguments: tuple[str, ...], told: str) -> None:
    assert told in refused(*arguments)


# Relays


async def test_a_member_reports_over_a_relay_and_the_server_sees_no_more_than_that(team: Team) -> None:
    async with line_to(team.server) as (line, url), relay("--to", url, "--batch", "1") as (_, through):
        assert (await team.report(*PHISHING, "--via", through)).status == 0
        assert (await team.report(*PHISHING, WARP_RELAY=through)).status == 0
        assert (await team.report(*PHISHING, "--out", team.folder / "envelope")).status == 0
        assert (await warp("send", team.folder / "envelope", "--via", through)).status == 0
        heads = [head_of(request) for request in line.sent]
    assert await team.waiting() == 3
    assert [first for first, _ in heads] == [b"POST /v1/reports HTTP/1.1"] * 3
    assert all("User-Agent" not in headers for _, headers in heads)


async def test_a_relay_keeps_nothing_and_says_nothing_of_requests(team: Team) -> None:
    folder = team.folder / "relay"
    folder.mkdir()
    async with relay("--to", team.server.url, "--batch", "1", folder=folder) as (process, through):
        assert (await team.report(*PHISHING, "--via", through)).status == 0
        (team.folder / "bad").write_bytes(b"WRP1\x00\x01".ljust(16_384, b"\x00"))
        assert (await warp("send", team.folder / "bad", "--via", through)).status == 2
        opened = [str(fd.readlink()) for fd in Path(f"/proc/{process.pid}/fd").iterdir()]
        assert [name for name in opened if name.startswith("/") and not name.startswith("/dev/")] == []
        process.send_signal(signal.SIGTERM)
        out, err = await process.communicate()
    assert list(folder.iterdir()) == []
    assert (process.returncode, out, err) == (0, b"", b"warp: started\nwarp: stopped\n")


class Noted(Line):
    """A line that says when a request has come."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.came = asyncio.Event()

    async def _pass_on(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        self.came.set()
        await super()._pass_on(request, writer)


async def test_a_relay_that_is_killed_with_a_batch_in_hand_loses_nothing(team: Team) -> None:
    async with relay("--to", team.server.url, "--batch", "2", "--seconds", "60") as (process, through):
        noted = Noted(int(through.rpartition(":")[2]))
        async with await asyncio.start_server(noted, "127.0.0.1", 0) as listener:
            noted_url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
            sender = asyncio.create_task(team.report(*PHISHING, "--via", noted_url))
            async with asyncio.timeout(60):
                await noted.came.wait()
            await asyncio.sleep(0.3)
            process.kill()
            assert (await sender).status == 2
    assert len(team.contents.outbox) == 1
    assert await team.waiting() == 0
    async with relay("--to", team.server.url, "--batch", "1") as (_, through):
        assert (await team.report("--retry", "--via", through)).status == 0
    assert await team.waiting() == 1


async def test_a_relay_that_is_killed_after_the_server_took_a_report_has_it_counted_once(team: Team) -> None:
    async with line_to(team.server) as (line, url), relay("--to", url, "--batch", "1") as (process, through):

        def kill(_request: bytes) -> bool:
            process.kill()
            return True

        line.lose = kill
        assert (await team.report(*PHISHING, "--via", through)).status == 2
    assert await team.waiting() == len(team.contents.outbox) == 1
    assert (await team.report("--retry")).status == 0
    assert await team.waiting() == 1


async def test_a_relay_reaches_its_server_through_a_proxy(team: Team) -> None:
    async with proxy() as socks:
        to = f"http://warp.invalid:{team.server.port}"
        async with relay("--to", to, "--batch", "1", "--proxy", socks.url) as (_, through):
            for _ in range(2):
                assert (await team.report(*PHISHING, "--via", through)).status == 0
    assert [each.is_name for each in socks.asked] == [True, True]
    assert socks.asked[0].user != socks.asked[1].user


# Proxies


async def test_every_command_of_a_member_goes_through_the_proxy(server: Served, tmp_path: Path) -> None:
    code, now = secrets.token_bytes(16), present()
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, "team", "UY", code, str(Week.of(now)))
    invitation = Invitation(code, fingerprint(server.site.settings.root_key)).to_string()
    team = Team(tmp_path, server)
    async with proxy() as socks:
        url, by = f"http://abcdefgh.onion:{server.port}", {"WARP_PROXY": socks.url}
        assert (await warp("join", url, invitation, *team.opened_by, "--proxy", socks.url)).status == 0
        assert (await warp("sync", *team.opened_by, **by)).status == 0
        assert (await team.report(*PHISHING, **by)).status == 0
        assert (await team.report(*PHISHING, "--out", tmp_path / "envelope", **by)).status == 0
        assert (await warp("send", tmp_path / "envelope", "--to", url, **by)).status == 0
        without = await team.report(*PHISHING)
        assert (without.status, "through Tor only" in without.err) == (2, True)
    assert {each.host for each in socks.asked} == {"abcdefgh.onion"}
    assert len({each.user for each in socks.asked}) == len(socks.asked) == 5
    assert await waiting(server.site) == 2


async def test_a_proxy_that_is_away_is_named_and_the_report_kept(team: Team) -> None:
    told = await team.report(*PHISHING, "--proxy", f"socks5h://127.0.0.1:{nobody_listens()}")
    assert told.status == 2
    assert told.err.startswith("warp: no answer from the proxy")
    assert told.err.count("\n") == 1
    assert len(team.contents.outbox) == 1
    assert await team.waiting() == 0


# Batches


def write_batch(team: Team, *lines: dict[str, Any]) -> Path:
    file = team.folder / "reports.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


FIVE = [{"type": "fraud/phishing", "text": f"n. {n}"} for n in range(5)]


async def test_a_batch_is_reported_line_by_line_and_only_once(team: Team) -> None:
    file = write_batch(team, *FIVE)
    first = json.loads((await team.report("--batch", file, "--json")).out)
    assert [(each["line"], each["before"]) for each in first["reports"]] == [(n, False) for n in range(1, 6)]
    assert (first["left"], first["stopped"]) == (0, "")
    again = json.loads((await team.report("--batch", file, "--json")).out)
    assert [each["receipt"] for each in again["reports"]] == [each["receipt"] for each in first["reports"]]
    assert {each["before"] for each in again["reports"]} == {True}
    assert await team.waiting() == 5
    file = write_batch(team, *FIVE, {"type": "other/other"})
    grown = await team.report("--batch", file)
    assert grown.out.count("sent before") == 5
    assert "All 6 reports are with the server." in grown.out
    assert await team.waiting() == 6


async def test_a_batch_with_a_wrong_line_sends_nothing(team: Team) -> None:
    async with line_to(team.server) as (line, url):
        await use(team, url)
        file = write_batch(team, *FIVE, {"type": "fraud/phishing", "place": "Uruguay"})
        told = await team.report("--batch", file)
        assert told.status == 2
        assert f"{file}, line 6: place: not an ISO" in told.err
        assert "nothing was sent" in told.err
        assert told.err.count("\n") == 1
        assert line.sent == []
    assert team.contents.filed == []


async def test_a_batch_is_looked_at_as_every_report_is(team: Team) -> None:
    file = write_batch(team, *FIVE[:1], {"type": "fraud/phishing", "text": "Ask ana@example.org"})
    told = await team.report("--batch", file)
    assert told.status == 2
    assert f"{file}, line 2: the text may identify you (line 1: e-mail address)" in told.err
    assert "example.org" not in told.err
    assert team.contents.filed == []
    small = write_batch(team, *FIVE[:1], {"type": "fraud/phishing", "place": "UY"})
    told = await team.report("--batch", small)
    assert (told.status, "the place may point at you" in told.err) == (0, True)
    small = write_batch(team, {"type": "fraud/phishing", "place": "UY"})
    told = await team.report("--batch", small, "--small-place", "widen")
    assert (told.status, told.err) == (0, "")
    assert (await team.report("--batch", small)).err == ""
    file = write_batch(team, *FIVE[:1], {"type": "fraud/phishing", "text": "Ask ana@example.org"})
    assert (await team.report("--batch", file, "--replace-all")).status == 0
    assert await team.waiting() == 4


async def test_when_the_tokens_run_out_a_batch_says_what_is_left_and_goes_on_later(team: Team) -> None:
    with wallet.opened(team.folder / "wallet", team.lock, secrets.token_bytes) as made:
        (tokens,) = made.contents.tokens.values()
        later, tokens.further = tokens.further[2:], tokens.further[:2]
        made.save()
    file = write_batch(team, *FIVE)
    told = await team.report("--batch", file, "--json")
    assert told.status == 2
    assert "line 4: the tokens of" in told.err
    assert "--similar" in told.err
    assert "2 of 5 reports are left" in told.err
    assert json.loads(told.out)["left"] == 2
    assert await team.waiting() == 3
    with wallet.opened(team.folder / "wallet", team.lock, secrets.token_bytes) as made:
        (tokens,) = made.contents.tokens.values()
        tokens.further = later
        made.save()
    assert (await team.report("--batch", file)).status == 0
    assert await team.waiting() == 5


async def use(team: Team, url: str) -> None:
    with wallet.opened(team.folder / "wallet", team.lock, secrets.token_bytes) as made:
        made.contents.url = url
        made.save()


class Killer(Line):
    """A line that kills the sender at its n-th request: before the server gets it, or after."""

    def __init__(self, port: int, at: int, *, arrives: bool) -> None:
        super().__init__(port)
        self.at = at
        self.arrives = arrives
        self.victim: Process | None = None
        self.lose = self._kill

    async def _pass_on(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        if len(self.sent) + 1 == self.at and not self.arrives:
            self.sent.append(request)
            self._kill(request)
            raise ConnectionResetError
        await super()._pass_on(request, writer)

    def _kill(self, _request: bytes) -> bool:
        if len(self.sent) != self.at or self.victim is None:
            return False
        self.victim.kill()
        return True


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("at", [1, 3, 5])
async def test_a_batch_that_is_killed_goes_on_where_it_stopped(team: Team, at: int, *, arrives: bool) -> None:
    killer = Killer(team.server.port, at, arrives=arrives)
    async with await asyncio.start_server(killer, "127.0.0.1", 0) as listener:
        await use(team, f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}")
        file = write_batch(team, *FIVE)
        killer.victim = await start("report", *team.opened_by, "--batch", file, "--json")
        await killer.victim.communicate()
        assert killer.victim.returncode == -signal.SIGKILL
        assert await team.waiting() == at - 1 + arrives
        done = await team.report("--batch", file, "--json")
    assert done.status == 0, done.err
    receipts = [each["receipt"] for each in json.loads(done.out)["reports"]]
    assert len(set(receipts)) == 5
    assert await team.waiting() == 5
    assert len(team.contents.filed) == 5


# The library


async def test_the_sample_of_the_guide_runs_as_it_stands(team: Team) -> None:
    page = (DOCS / "report.md").read_text("utf-8")
    [sample] = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-c", sample, cwd=team.folder, stdout=PIPE, stderr=PIPE
        )
        out, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")
        assert len(out.split()) == 12
    assert await team.waiting() == len(team.contents.filed) == 1
