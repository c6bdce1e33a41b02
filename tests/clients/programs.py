"""
Feed readers as their users run them: real programs, each with a memory of its own.

Each is asked in the same way: `look` fetches the address once, as the program does when it is its hour, and
gives what its user then sees; the next time, that has been read. The programs differ in what they remember
and in what they take for news. Nothing here makes up for it.
"""

import contextlib
import email
import email.policy
import importlib.util
import mailbox
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import feedparser
import pytest


class Item(NamedTuple):
    """One warning as a program shows it; to rss2email, one mail."""

    id: str
    title: str
    text: str
    is_news: bool
    """Whether it comes up as unread, or has just arrived."""


class Program(Protocol):
    """One user's feed reader, which follows one address."""

    def look(self) -> list[Item]:
        """Fetch the address once, and give what the user sees now."""
        ...


class Script:
    """
    A script on feedparser, which remembers nothing by itself.

    It keeps the validators. As a script that means to miss nothing, it takes for news what has an id that it
    does not know, or one that it knows with another time.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._etag: str | None = None
        self._modified: str | None = None
        self._had: dict[str, Item] = {}
        self._times: dict[str, str] = {}

    def look(self) -> list[Item]:
        """Parse what there is; an answer 304 has no entries."""
        parsed = feedparser.parse(self._address, etag=self._etag, modified=self._modified)
        if parsed.status == 200:
            assert not parsed.bozo, parsed.bozo_exception
            self._etag, self._modified = parsed.etag, parsed.modified
        before = {each: item._replace(is_news=False) for each, item in self._had.items()}
        for entry in parsed.entries:
            time = entry.get("updated") or entry.published
            if self._times.get(entry.id) != time:
                before[entry.id] = Item(entry.id, entry.title, entry.summary, is_news=True)
            self._times[entry.id] = time
        self._had = before
        return list(self._had.values())


class ReaderLibrary:
    """reader, which keeps feeds in a database and has flags for what is read."""

    def __init__(self, folder: Path, address: str) -> None:
        self._address = address
        self._database = str(folder / "reader.sqlite")
        with self._opened() as opened:
            opened.add_feed(address)

    @contextlib.contextmanager
    def _opened(self) -> Any:
        import reader  # here, since it is not installed everywhere

        with contextlib.closing(reader.make_reader(self._database)) as opened:
            yield opened

    def look(self) -> list[Item]:
        """Update the feed, and read what is unread."""
        with self._opened() as opened:
            opened.update_feed(self._address)
            entries = list(opened.get_entries())
            for entry in entries:
                opened.mark_entry_as_read(entry)
        return [
            Item(entry.id, entry.title, entry.content[0].value, not entry.read) for entry in reversed(entries)
        ]


class Newsboat:
    """newsboat, which keeps a cache of all articles."""

    def __init__(self, folder: Path, address: str, settings: str = "") -> None:
        self._folder = folder
        (folder / "urls").write_text(f"{address}\n", "utf-8")
        (folder / "config").write_text(settings, "utf-8")

    def look(self) -> list[Item]:
        """Reload, and have what is unread marked as read."""
        self._run("-x", "reload")
        with contextlib.closing(sqlite3.connect(self._folder / "cache.db")) as cache:
            found = cache.execute(
                "SELECT guid, title, content, unread FROM rss_item WHERE deleted = 0 ORDER BY pubDate, id"
            ).fetchall()
        (self._folder / "read").write_text("".join(f"{guid}\n" for guid, *_ in found), "utf-8")
        self._run("-I", "read")
        return [Item(guid, title, text, bool(unread)) for guid, title, text, unread in found]

    def _run(self, *arguments: str) -> None:
        files = ("-u", "urls", "-c", "cache.db", "-C", "config")
        run(["newsboat", "-q", *files, *arguments], self._folder, {"HOME": str(self._folder)})


class Rss2email:
    """rss2email, which sends a mail for each new entry; they are delivered into a folder."""

    def __init__(self, folder: Path, address: str, settings: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._run("new", "subscriber@csirt.invalid")
        wanted = {"email-protocol": "maildir", "maildir-path": str(folder / "mail")} | dict(settings or {})
        configuration = folder / "rss2email.cfg"
        lines = configuration.read_text("utf-8").splitlines()
        lines = [line for line in lines if line.partition(" = ")[0] not in wanted]
        lines[1:1] = [f"{name} = {value}" for name, value in wanted.items()]
        configuration.write_text("\n".join(lines) + "\n", "utf-8")
        (folder / "mail").mkdir()
        self._inbox = mailbox.Maildir(folder / "mail" / "INBOX")
        self._run("add", "warnings", address)
        self._mails: dict[str, Item] = {}

    def look(self) -> list[Item]:
        """Run once, as a timer does, and fetch the mails."""
        self._run("run")
        had = [item._replace(is_news=False) for item in self._mails.values()]
        arrived = {
            key: _mail(self._inbox.get_bytes(key))
            for key in sorted(set(self._inbox.keys()) - set(self._mails))
        }
        self._mails |= arrived
        return had + list(arrived.values())

    def _run(self, *arguments: str) -> None:
        files = ("-c", "rss2email.cfg", "-d", "rss2email.json")
        run(["r2e", *files, *arguments], self._folder, {"HOME": str(self._folder)})


def _mail(received: bytes) -> Item:
    message = email.message_from_bytes(received, policy=email.policy.default)
    return Item(message["X-RSS-ID"], message["Subject"], message.get_content(), is_news=True)


def run(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Run a program to its end."""
    paths = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, cwd=folder, env=paths | environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


class Kind(NamedTuple):
    """A kind of program: how one is set up, and what is missing where it cannot be."""

    set_up: Callable[[Path, str], Program]
    missing: str
    formats: tuple[str, ...] = ("atom", "rss")
    """Which of the three it reads."""


def _program(name: str) -> str:
    return "" if shutil.which(name) else f"{name} is not installed"


_READER = "" if importlib.util.find_spec("reader") else "reader is not installed"

KINDS: Mapping[str, Kind] = {
    "feedparser": Kind(lambda _folder, address: Script(address), ""),
    "reader": Kind(ReaderLibrary, _READER, ("atom", "rss", "json")),
    "newsboat": Kind(Newsboat, _program("newsboat")),
    "newsboat, set to": Kind(
        lambda folder, address: Newsboat(folder, address, f'reset-unread-on-update "{address}"\n'),
        _program("newsboat"),
    ),
    "rss2email": Kind(Rss2email, _program("r2e")),
    "rss2email, set to": Kind(
        lambda folder, address: Rss2email(folder, address, {"reply-changes": "True"}), _program("r2e")
    ),
}
"""The second of two of a name has the one setting by which the program shows corrections as news."""


def need(kind: str) -> None:
    """Skip the test where a program is missing; fail it if WARP_REQUIRE_ALL is 1."""
    missing = KINDS[kind].missing
    if missing and os.environ.get("WARP_REQUIRE_ALL") == "1":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
