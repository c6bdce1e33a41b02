"""Coordinators are told that there may be something to read, and nothing else is told, to anybody."""

import asyncio
import contextlib
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.support import NOON, PHISHING, WEEK, Clock, Logged, Served, Stock, sealed, served
from warp import notify
from warp.client import Draft
from warp.events import Event
from warp.notify import Notify
from warp.telling import Teller

MIDNIGHT = datetime(2026, 11, 19, tzinfo=UTC)
URGENT = Draft(type="fraud/phishing", urgent=True)


@dataclass
class Mailbox:
    """A mail server on a socket: keeps what it is told, refuses whom it is told to, and can fall silent."""

    port: int = 0
    said: list[bytes] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    refuses: str = "nobody"
    silent: asyncio.Event | None = None
    """While it is not set nothing is answered; then the connection is closed."""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.silent is not None:
            await self.silent.wait()
        else:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            self.said.append(line.strip())
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
            if line.upper().startswith(b"RCPT") and self.refuses.encode() in line:
                writer.write(b"550 nobody of this name\r\n")
            else:
                writer.write(b"250 yes\r\n")

    def settings(self, when: str = "") -> str:
        """Give lines for `warp.toml`."""
        lines = [
            "[notify]",
            f'smtp = "127.0.0.1:{self.port}"',
            'mail_to = ["ana@a.example", "luis@b.example"]',
            'mail_from = "warp@c.example"',
            f'when = "{when}"' if when else "",
        ]
        return "\n".join(["", *lines, ""])

    def read(self) -> list[EmailMessage]:
        return [message_from_bytes(each[:-5], policy=policy.SMTP) for each in self.mails]


@contextlib.asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    made = Mailbox()
    async with await asyncio.start_server(made, "127.0.0.1", 0) as listener:
        made.port = listener.sockets[0].getsockname()[1]
        yield made


@contextlib.asynccontextmanager
async def site(data: Path, stock: Stock, settings: str) -> AsyncIterator[Served]:
    """Serve a site with settings of its own; all that it tells is told when the block ends."""
    with (data / "warp.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    async with served(data, Clock(NOON), stock) as running:
        yield running


async def midnight(server: Served, days: int = 0) -> None:
    """Let the server's first hour after a midnight come."""
    server.clock.now = MIDNIGHT + timedelta(days=days, seconds=1)
    await server.site.hour()


async def report(server: Served, draft: Draft = PHISHING) -> None:
    assert (await server.post(sealed(server.site, draft))).status == 202


# The mail


async def test_each_coordinator_gets_a_mail_that_names_the_site_the_day_and_nothing_else(
    data: Path, stock: Stock
) -> None:
    async with mailbox() as box:
        async with site(data, stock, box.settings()) as server:
            for _ in range(3):
                await report(server)
            await midnight(server)
        assert [each["To"] for each in box.read()] == ["ana@a.example", "luis@b.example"]
        for each in box.read():
            assert set(each.keys()) == {
                *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
                *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
            }
            assert (each["Subject"], each["From"]) == ("Example WARP", "warp@c.example")
            assert each["Date"] == "Thu, 19 Nov 2026 00:00:00 +0000"
            assert each.get_content().strip() == "Example WARP: there may be something to read."


async def test_a_mail_is_the_same_whether_or_not_anything_came(data: Path, stock: Stock) -> None:
    async with mailbox() as box:
        async with site(data, stock, box.settings()) as server:
            await midnight(server)
            for _ in range(5):
                await report(server)
            await midnight(server, days=1)
        assert len(box.mails) == 4
        quiet, _, busy, _ = (
            re.sub(rb"(Message-ID: <)\w{32}|(Date: \w+, )\d\d", rb"\1", m) for m in box.mails
        )
        assert len(box.mails[0]) == len(box.mails[2])
        assert quiet.replace(b"Thu", b"").replace(b"Fri", b"") == busy.replace(b"Thu", b"").replace(
            b"Fri", b""
        )


async def test_the_mail_server_learns_nothing_of_the_machine(data: Path, stock: Stock) -> None:
    async with mailbox() as box:
        async with site(data, stock, box.settings()) as server:
            await midnight(server)
        assert box.said[0] == b"ehlo c.example"
        host = os.uname().nodename.encode()
        assert host not in b"\n".join((*box.said, *box.mails))


async def test_message_ids_are_random(data: Path, stock: Stock) -> None:
    async with mailbox() as box:
        async with site(data, stock, box.settings()) as server:
            await midnight(server)
            await midnight(server, days=1)
        assert len({each["Message-ID"] for each in box.read()}) == 4


async def test_a_coordinator_whom_the_mail_server_refuses_keeps_no_other_from_being_told(
    data: Path, stock: Stock
) -> None:
    async with mailbox() as box:
        box.refuses = "ana@"
        async with site(data, stock, box.settings()) as server:
            await midnight(server)
        assert [each["To"] for each in box.read()] == ["luis@b.example"]
        assert Event.NOT_TOLD in server.logged.events


# When


async def test_by_default_a_midnight_that_brought_nothing_is_told_like_any_other(
    data: Path, stock: Stock
) -> None:
    async with mailbox() as box:
        async with site(data, stock, box.settings()) as server:
            for day in range(3):
                await midnight(server, day)
                await server.site.hour()
        assert len(box.mails) == 6


async def test_on_demand_only_a_midnight_is_told_that_brought_something(data: Path, stock: Stock) -> None:
    async with mailbox() as box:
        async with site(data, stock, box.settings(when="new")) as server:
            await midnight(server)
            assert box.mails == []
            for _ in range(3):
                await report(server)
            await midnight(server, days=1)
            await midnight(server, days=2)
        assert len(box.mails) == 2


@pytest.mark.parametrize(
    ("urgent", "days", "mails"),
    [("true", 0, 2), ("true", 1, 2), ("false", 0, 0), ("false", 1, 2)],
)
async def test_an_urgent_release_is_told_at_its_hour_or_else_at_the_next_midnight(
    data: Path, stock: Stock, urgent: str, days: int, mails: int
) -> None:
    async with mailbox() as box:
        settings = box.settings(when="new") + f"urgent = {urgent}\n"
        async with site(data, stock, settings) as server:
            await midnight(server)
            await report(server, URGENT)
            server.clock.now = MIDNIGHT + timedelta(hours=14)
            await server.site.hour()
            for day in range(days):
                await midnight(server, day + 1)
        assert len(box.mails) == mails


async def test_an_hour_without_an_urgent_report_is_not_told(data: Path, stock: Stock) -> None:
    async with mailbox() as box:
        async with site(data, stock, box.settings(when="new")) as server:
            await midnight(server)
            await report(server)
            server.clock.now = MIDNIGHT + timedelta(hours=14)
            await server.site.hour()
        assert box.mails == []


async def test_without_settings_nobody_is_told(data: Path, stock: Stock) -> None:
    async with site(data, stock, "") as server:
        await midnight(server)
    assert server.logged.events == []


# Nothing waits for it


async def test_a_mail_server_that_is_silent_delays_no_midnight(data: Path, stock: Stock) -> None:
    async with mailbox() as box:
        box.silent = asyncio.Event()
        async with site(data, stock, box.settings()) as server:
            for _ in range(3):
                await report(server)
            await midnight(server)
            assert server.logged.events == [Event.RELEASED]
            box.silent.set()
        assert server.logged.events == [Event.RELEASED, Event.NOT_TOLD]


async def test_a_mail_server_that_is_not_there_is_an_event_and_no_more(data: Path, stock: Stock) -> None:
    async with mailbox() as box:
        settings = box.settings()
    async with site(data, stock, settings) as server:
        await midnight(server)
    assert server.logged.events == [Event.NOT_TOLD]


# The command


SCRIPT = """\
#!{python}
import os, sys
with open({out!r}, "w") as file:
    print(sys.argv[1:], sorted(os.environ), repr(sys.stdin.read()), os.getcwd(), file=file)
print("to standard output")
print("to standard error", file=sys.stderr)
sys.exit({status})
"""


def script(folder: Path, status: int = 0) -> str:
    path = folder / "tell"
    path.write_text(SCRIPT.format(python=sys.executable, out=str(folder / "out"), status=status))
    path.chmod(0o700)
    return str(path)


async def test_a_command_is_run_and_learns_nothing_but_that(
    data: Path, stock: Stock, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with site(data, stock, f'\n[notify]\ncommand = ["{script(tmp_path)}", "--loud"]\n') as server:
        for _ in range(3):
            await report(server)
        await midnight(server)
    said = (tmp_path / "out").read_text()
    assert re.fullmatch(r"\['--loud'\] \[('LC_CTYPE', )?'PATH'\] '' /\n", said)
    assert capfd.readouterr() == ("", "")
    assert server.logged.events == [Event.RELEASED]


async def test_a_command_that_fails_is_an_event_without_its_words(
    data: Path, stock: Stock, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with site(data, stock, f'\n[notify]\ncommand = ["{script(tmp_path, status=3)}"]\n') as server:
        await midnight(server)
    assert capfd.readouterr() == ("", "")
    assert server.logged.events == [Event.NOT_TOLD]


async def test_a_command_that_is_not_there_is_an_event(tmp_path: Path) -> None:
    logged = Logged()
    teller = Teller(Notify(command=(str(tmp_path / "none"),)), "Example", logged)
    teller.tell(NOON)
    await teller.finish()
    assert logged.events == [Event.NOT_TOLD]


async def test_a_command_that_does_not_end_is_killed_with_what_it_started(tmp_path: Path) -> None:
    logged, mark = Logged(), tmp_path / "pid"
    command = ("sh", "-c", f"sleep 600 & echo $! > {mark}; sleep 600")
    teller = Teller(Notify(command=command), "Example", logged, command_seconds=1.0)
    teller.tell(NOON)
    await teller.finish()
    assert logged.events == [Event.NOT_TOLD]
    assert _ends(int(mark.read_text()))


def _ends(process: int) -> bool:
    """Wait a while for a process to end; a signal takes a moment."""
    until = time.monotonic() + 10
    while _runs(process) and time.monotonic() < until:
        time.sleep(0.02)
    return not _runs(process)


def _runs(process: int) -> bool:
    """Say whether a process runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# Settings


WRONG = [
    {"command": ("",)},
    {"command": ("a\nb",)},
    {"mail_to": ("ana",), "mail_from": "w@c.example"},
    {"mail_to": ("ana@a.example\nBcc: eve@e.example",), "mail_from": "w@c.example"},
    {"mail_to": ("ana@a.example",)},
    {"mail_from": "no address"},
    {"smtp": "127.0.0.1"},
    {"smtp": "127.0.0.1:0"},
    {"smtp": "127.0.0.1:70000"},
    {"smtp": "a b:25"},
]


@pytest.mark.parametrize("given", WRONG, ids=str)
def test_a_setting_that_cannot_work_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="notify: "):
        Notify(**given)  # type: ignore[arg-type]


def test_a_mail_server_has_a_host_and_a_port() -> None:
    assert Notify(smtp="[::1]:2525").smtp_address == ("::1", 2525)
    assert Notify().smtp_address == ("127.0.0.1", 25)


def test_a_site_with_any_name_makes_a_mail_of_one_size(tmp_path: Path) -> None:
    settings = Notify(mail_to=("ana@a.example",), mail_from="warp@c.example")
    for site_name in ("A", "Alerta Ñandú", "警報"):
        sizes = {
            len(
                notify.mail(
                    settings, "ana@a.example", site_name, (WEEK.monday + timedelta(n)), "0" * 32
                ).as_bytes()
            )
            for n in range(40)
        }
        assert len(sizes) == 1
