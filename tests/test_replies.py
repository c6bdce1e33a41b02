"""
From a report to the coordinator's answer and back, by the command line, over a relay and a site that serve.

What the reporter types is five commands: join, report, sync, receipt check, and nothing in between.

The coordinator works on a machine of their own: narratives and replies are carried, still sealed.
"""

import asyncio
import contextlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from keys import reply
from tests.commandline import PROGRAM, program, refused, run, serving, warp, warp_json
from warp.site import open_site, present

TEXT = "An SMS leads to a copy of the payment page."
ANSWER = "Block the sender. Call us: +598 0000 0000. ✓"


@contextlib.contextmanager
def relaying(url: str) -> Iterator[str]:
    """Run a relay on any free port while the block runs; gives its address."""
    command = [*PROGRAM, "relay", "--to", url, "--port", "0", "--seconds", "0.2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"on (http://\S+)$", process.stdout.readline())
            assert found is not None
            yield found[1]
        finally:
            process.terminate()
            _, said = process.communicate(timeout=30)
    assert "Traceback" not in said


async def midnight(data: Path) -> None:
    """Do a midnight's work now."""
    async with open_site(data) as site:
        await site.midnight(datetime.combine(present().date(), time(), UTC), weeks=[], open_pool=True)


class Story:
    """One site, one reporter, one coordinator."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "site"
        self.wallet = ("--wallet", folder / "wallet")
        self.identity = folder / "ana.identity"
        self.narratives = folder / "narratives"
        key = warp("coordinator", "keygen", "--out", self.identity).strip()
        name = ("--name", "Example WARP", "--url", "http://127.0.0.1:8080")
        warp("init", "--data", self.data, *name, "--coordinator", f"ana={key}")
        (folder / "note.txt").write_text(TEXT, encoding="utf-8")
        (folder / "answer.txt").write_text(ANSWER, encoding="utf-8")

    def report(self, url: str) -> None:
        invited = warp("member", "add", "a", "--place", "UY", "--data", self.data)
        found = re.search(r"warp-[a-z2-7]{56}", invited)
        assert found is not None
        program("join", url, found[0], *self.wallet)
        told = ("--type", "fraud/phishing", "--narrative", self.folder / "note.txt", "--language", "es-UY")
        with relaying(url) as relay:
            program("report", *self.wallet, *told, "--via", relay, "--yes")
        more = ("--type", "fraud/phishing", "--follow-up", "1", "--language", "es-UY")
        program("report", *self.wallet, *more, "--yes")
        program("report", *self.wallet, "--type", "test/test", "--yes")
        self.early = run("receipt", "check", *self.wallet)
        asyncio.run(midnight(self.data))

    def answer(self) -> None:
        warp("inbox", "--data", self.data, "--export", self.narratives)
        opened = warp_json("inbox", "--from", self.narratives, "--identity", self.identity)["narratives"]
        self.read = opened
        [self.name] = [each["id"] for each in opened if each["text"] == TEXT]
        carried = ("--from", self.narratives, "--identity", self.identity)
        self.sealed = self.folder / "answer.reply"
        said = ("--text", self.folder / "answer.txt", "--out", self.sealed, "--yes")
        self.said = warp("reply", self.name, *carried, *said)
        self.delivered = warp("reply", "--deliver", self.sealed, "--data", self.data)
        here = ("--data", self.data, "--identity", self.identity)
        self.advised = warp("reply", self.name, *here, "--advice", "fraud/phishing", "--yes")
        asyncio.run(midnight_after(self.data))

    def check(self) -> None:
        program("sync", *self.wallet)
        self.found = warp_json("receipt", "check", *self.wallet)
        self.shown = warp("receipt", "check", *self.wallet)
        words = warp_json("wallet", *self.wallet, "--receipts")["receipts"][0]["words"]
        self.by_words = program("receipt", "check", *self.wallet, "--words", "--json", typed=words + "\n")


async def midnight_after(data: Path) -> None:
    """Do the work of the midnight that comes."""
    async with open_site(data) as site:
        now = datetime.combine(present().date(), time(), UTC)
        await site.midnight(now.replace(hour=1), weeks=[])


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    made = Story(tmp_path_factory.mktemp("replies"))
    with serving(made.data) as url:
        made.report(url)
        made.answer()
        made.check()
    return made


def test_before_the_first_list_the_client_says_what_brings_one(story: Story) -> None:
    assert story.early.status == 2
    assert "warp sync" in story.early.err


def test_the_reporter_sees_that_each_report_was_counted(story: Story) -> None:
    assert [each["number"] for each in story.found["reports"]] == [1, 2, 3]
    assert all(each["accepted"] for each in story.found["reports"])


def test_the_reporter_reads_what_the_coordinator_answered(story: Story) -> None:
    first, second, third = [each["replies"] for each in story.found["reports"]]
    assert {each["language"] for each in first} == {"es-UY"}
    assert ANSWER in [each["text"] for each in first]
    assert warp("advice", "fraud/phishing", "--language", "es").strip() in [each["text"] for each in first]
    assert (second, third) == ([], [])
    assert ANSWER in story.shown


def test_who_has_the_words_finds_the_same(story: Story) -> None:

    [found] = json.loads(story.by_words)["reports"]
    assert found["accepted"] == story.found["reports"][0]["accepted"]
    assert sorted(each["text"] for each in found["replies"]) == sorted(
        each["text"] for each in story.found["reports"][0]["replies"]
    )


def test_a_coordinator_sees_that_a_follow_up_belongs_to_the_first(story: Story) -> None:
    threads = [each["thread"] for each in story.read]
    assert len(threads) == 3
    assert len(set(threads)) == 2


def test_a_sealed_reply_is_of_one_size_and_says_nothing(story: Story) -> None:
    assert story.sealed.stat().st_size == reply.SIZE
    assert story.sealed.stat().st_mode & 0o777 == 0o600
    assert b"Block" not in story.sealed.read_bytes()
    assert "warp reply --deliver" in story.said
    assert "1 sealed" in story.delivered
    assert "fillers" in story.advised


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "give NARRATIVE"),
        (("nothing", "--from", "{narratives}", "--identity", "{identity}"), "--from needs --out"),
        (
            ("nothing", "--data", "{data}", "--identity", "{identity}", "--advice", "fraud"),
            "no such narrative",
        ),
        (("2", "--data", "{data}", "--identity", "{identity}", "--advice", "fraud"), "narratives begin"),
        (("{name}", "--data", "{data}", "--identity", "{identity}"), "say what to answer"),
        (("{name}", "--data", "{data}", "--identity", "{identity}", "--advice", "x"), "not an RSIT type"),
        (("{name}", "--data", "{data}", "--identity", "{other}", "--advice", "fraud"), "sealed to none"),
        (("--deliver", "{identity}", "--data", "{data}"), "not a sealed reply"),
        (("{name}", "--deliver", "{identity}", "--data", "{data}"), "--deliver goes with"),
        (("{name}", "--from", "{empty}", "--identity", "{identity}", "--out", "{out}"), "root key"),
        (("{name}", "--from", "{narratives}", "--identity", "{identity}", "--out", "{identity}"), "exists"),
        (("{name}", "--data", "{data}", "--identity", "{identity}", "--text", "{long}", "--yes"), "room for"),
    ],
)
def test_what_a_coordinator_gets_wrong_is_told_in_a_sentence(
    story: Story, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "long").write_text("x" * 2000)
    other = tmp_path / "other"
    warp("coordinator", "keygen", "--out", other)
    given = {
        "narratives": story.narratives,
        "identity": story.identity,
        "data": story.data,
        "name": story.name,
        "other": other,
        "empty": tmp_path / "empty",
        "out": tmp_path / "out",
        "long": tmp_path / "long",
    }
    done = run("reply", *(each.format(**given) for each in arguments))
    assert done.status == 2
    assert sentence in done.err


def test_a_follow_up_to_a_report_that_was_not_made_is_refused(story: Story) -> None:
    wallet = ("--wallet", story.folder / "wallet", "--type", "fraud/phishing", "--yes")
    assert "no such report" in refused("report", *wallet, "--follow-up", "9")


def test_a_reply_that_is_not_confirmed_is_not_sealed(story: Story, tmp_path: Path) -> None:

    out = tmp_path / "out"
    arguments = ("reply", story.name, "--from", story.narratives, "--identity", story.identity)
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments), "--advice", "fraud", "--out", str(out)],
        input="n\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    assert not out.exists()


@pytest.mark.parametrize(("typed", "sentence"), [("n\n", "stopped"), ("y\n", "no answer from the server")])
def test_before_this_weeks_tokens_are_fetched_the_client_says_what_that_shows(
    story: Story, typed: str, sentence: str
) -> None:
    """The server has ended; whoever goes on finds that out, and whoever does not makes no request."""
    done = subprocess.run(
        [*PROGRAM, "sync", *map(str, story.wallet), "--this-week"],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "WARP_PASSPHRASE": "correct horse"},
    )
    assert "may be put down to it" in done.stdout
    assert sentence in done.stderr
