"""
The command line when something went wrong for somebody: a lost wallet, a copied one, a stolen key.

One site with a real clock, two coordinators and one member, on a server in a process of its own.
"""

import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from keys import age
from keys.narrative import Narrative, seal
from keys.receipt import Receipt
from tests.commandline import PROGRAM, program, refused, serving, warp, warp_json
from warp.weeks import Week

REPORT = ("--type", "fraud/phishing", "--yes")
TEAM = "CERT Uno"


@dataclass
class Story:
    """A site, and what was printed on the way."""

    data: Path
    url: str = ""
    said: dict[str, str] = field(default_factory=dict)
    json: dict[str, Any] = field(default_factory=dict)

    def at(self, name: str) -> Path:
        return self.data.parent / name

    def keygen(self, name: str) -> str:
        return warp("coordinator", "keygen", "--out", self.at(f"{name}.identity")).strip()

    def found(self) -> None:
        named = (f"{name}={self.keygen(name)}" for name in ("ana", "luis"))
        given = [word for each in named for word in ("--coordinator", each)]
        program("init", "--data", self.data, "--name", "Example", "--url", "http://127.0.0.1:8080", *given)
        (self.data / "take-offline" / "root.pem").rename(self.at("root.pem"))

    def join(self, said: str, wallet: str) -> str:
        found = re.search(r"warp-[a-z2-7]{56}", said)
        assert found is not None
        return warp("join", self.url, found[0], "--wallet", self.at(wallet))

    def report(self, wallet: str, *more: str | Path) -> str:
        return warp("report", "--wallet", self.at(wallet), *REPORT, *more)

    def lose(self) -> None:
        """Let the member report, copy its wallet, lose it and find it again."""
        self.join(warp("member", "add", TEAM, "--place", "UY", "--data", self.data), "wallet")
        shutil.copy(self.at("wallet"), self.at("copy"))
        self.at("note.txt").write_text("Un SMS", encoding="utf-8")
        self.said["report"] = self.report("wallet", "--narrative", self.at("note.txt"))
        self.said["copy"] = self.report("copy")
        self.said["again"] = warp("member", "reinvite", TEAM, "--data", self.data)
        self.json["away"] = warp_json("member", "list", "--data", self.data)
        self.said["new"] = self.join(self.said["again"], "new")
        self.said["without"] = refused("report", "--wallet", self.at("new"), *REPORT)
        self.said["sync"] = warp("sync", "--wallet", self.at("new"))
        once_more = warp("member", "reinvite", TEAM, "--data", self.data)
        self.said["found"] = self.join(once_more, "wallet")
        self.said["twice"] = self.join(once_more, "wallet")
        self.said["void"] = refused("sync", "--wallet", self.at("new"))
        self.said["last"] = self.report("wallet")
        self.json["back"] = warp_json("member", "list", "--data", self.data)

    def rotate(self) -> None:
        """Let a key be stolen, and another coordinator seal the inbox anew."""
        warp("release", "--data", self.data)
        warp("inbox", "--data", self.data, "--export", self.at("before"))
        self.json["safe"] = warp_json("status", "--data", self.data)
        self.said["rotate"] = warp(
            "coordinator", "rotate", "ana", self.keygen("new-ana"), "--data", self.data
        )
        self.json["rotated"] = warp_json("status", "--data", self.data)
        warp("inbox", "--data", self.data, "--export", self.at("out"))
        anew = ("inbox", "--from", self.at("out"), "--identity", self.at("luis.identity"), "--reseal")
        self.said["asked"] = answered_no(*anew)
        self.said["reseal"] = program(*anew, typed="y\n")
        self.said["import"] = warp("inbox", "--data", self.data, "--import", self.at("out"))
        for name in ("ana", "new-ana", "luis"):
            self.json[name] = warp_json(
                "inbox", "--data", self.data, "--identity", self.at(f"{name}.identity")
            )
        self.said["read"] = warp("inbox", "--data", self.data, "--identity", self.at("luis.identity"))
        self.said["stale"] = refused("inbox", "--data", self.data, "--import", self.at("before"))


def answered_no(*arguments: str | Path) -> str:
    """Run a program whose question is answered with no; gives what it said beside its output."""
    done = subprocess.run(
        [*PROGRAM, *arguments], input="n\n", capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (130, "")
    return done.stderr


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    story = Story(tmp_path_factory.mktemp("people") / "site")
    story.found()
    with serving(story.data) as story.url:
        story.lose()
        story.rotate()
        yield story


def weeks(said: str) -> list[Week]:
    return sorted({Week.parse(found) for found in re.findall(r"\d{4}-W\d\d", said)})


def test_an_operator_who_invites_again_is_told_what_is_void_and_what_is_not(story: Story) -> None:
    assert "is void" in story.said["again"]
    assert "they stay good" in story.said["again"]
    assert len(weeks(story.said["again"])) == 6


def test_a_member_that_is_invited_again_is_listed_as_such_until_it_is_back(story: Story) -> None:
    [away], [back] = story.json["away"]["members"], story.json["back"]["members"]
    assert (away["joined"], away["awaited"]) == (True, True)
    assert (back["joined"], back["awaited"]) == (True, False)


def test_a_new_wallet_is_told_the_lost_weeks_and_the_first_one_that_it_can_report_in(story: Story) -> None:
    assert "There are no tokens yet." in story.said["new"]
    first, last, again = weeks(story.said["new"])
    assert (last, again) == (first.plus(4), first.plus(5))
    assert weeks(story.said["without"]) == [first, again]
    assert str(again) in story.said["sync"]


def test_the_old_wallet_goes_on_with_a_new_invitation_and_keeps_its_tokens(story: Story) -> None:
    assert len(weeks(story.said["found"])) == 5
    assert "was used, or has lapsed" in story.said["twice"]
    assert "Sent." in story.said["last"]


def test_a_void_wallet_is_told_what_to_do(story: Story) -> None:
    assert "warp join" in story.said["void"]


def test_a_copied_wallet_reports_and_says_that_it_was_copied(story: Story) -> None:
    assert "was copied" not in story.said["report"]
    assert "was copied" in story.said["copy"]
    assert "Sent." in story.said["copy"]
    assert warp_json("wallet", "--wallet", story.at("copy"))["undelivered"] == 0


def test_who_replaces_a_key_is_told_what_the_old_one_opens_and_until_when(story: Story) -> None:
    last, next_week = weeks(story.said["rotate"])[-2:]
    assert next_week == last.plus(1)
    assert str(last.plus(3).monday) in story.said["rotate"]
    assert story.json["safe"]["facts"]["sealed to old keys"] == "no"
    assert story.json["rotated"]["facts"]["sealed to old keys"] == f"until {last}"
    assert story.json["rotated"]["wrong"] == []


def test_who_seals_anew_is_shown_the_keys_and_asked(story: Story) -> None:
    assert len(re.findall(r"age1pq1\w+…\w{12}", story.said["asked"])) == 2
    assert story.said["asked"].count("(yours)") == 1
    assert "nothing was sent or changed" in story.said["asked"]


def test_after_that_the_old_key_opens_nothing_in_the_inbox_and_the_new_one_does(story: Story) -> None:
    assert "3 sealed anew to 2 keys." in story.said["reseal"]
    assert story.said["import"].startswith("3 narratives replaced, 0 as they were, 0 no longer")
    assert story.json["ana"] == {"narratives": [], "unreadable": 3}
    assert sorted(each["text"] for each in story.json["new-ana"]["narratives"]) == ["", "", "Un SMS"]
    assert story.json["new-ana"] == story.json["luis"]


def test_an_export_from_before_the_keys_changed_is_not_taken_back(story: Story) -> None:
    assert "export and reseal again" in story.said["stale"]


def test_narratives_are_shown_with_the_first_digits_of_their_threads(story: Story) -> None:
    threads = {each["thread"][:8] for each in story.json["luis"]["narratives"]}
    assert set(re.findall(r"thread ([0-9a-f]{8})$", story.said["read"], re.MULTILINE)) == threads


def test_narratives_of_one_thread_are_shown_together_and_numbered(tmp_path: Path) -> None:
    identity = age.Identity.generate(secrets.token_bytes)
    (tmp_path / "identity").write_text(identity.to_string(), encoding="ascii")
    matter, other = Receipt.new(secrets.token_bytes), Receipt.new(secrets.token_bytes)
    for number, receipt in enumerate((matter, other, matter)):
        written = Narrative(f"text {number}", "en", receipt.reply_key.public, receipt.thread)
        sealed = seal(written, [identity.recipient.to_string()], secrets.token_bytes)
        (tmp_path / f"2026-W47-{number:032x}.age").write_bytes(sealed)
    said = warp("inbox", "--from", tmp_path, "--identity", tmp_path / "identity")
    assert re.findall(r"text \d", said) == ["text 0", "text 2", "text 1"]
    tag = matter.thread.hex()[:8]
    assert [line for line in said.splitlines() if tag in line] == [
        f"── 2026-W47-{0:032x} (en) thread {tag}, 1 of 2",
        f"── 2026-W47-{2:032x} (en) thread {tag}, 2 of 2",
    ]


REFUSED = {
    "a member who is none": (("member", "reinvite", "X", "--data", "{data}"), "no member of this name"),
    "a member who is there": (("member", "add", TEAM, "--data", "{data}"), "warp member reinvite"),
    "a coordinator who is none": (("coordinator", "remove", "eve", "--data", "{data}"), "no coordinator"),
    "a key that is none": (("coordinator", "rotate", "ana", "age1pq1x", "--data", "{data}"), "age1pq1"),
    "sealing anew without a key": (("inbox", "--from", "{folder}", "--reseal"), "--identity"),
    "sealing anew on the server": (
        ("inbox", "--data", "{data}", "--identity", "{folder}/luis.identity", "--reseal"),
        "--from",
    ),
    "a folder that was never exported": (
        ("inbox", "--from", "{folder}", "--identity", "{folder}/luis.identity", "--reseal", "--yes"),
        "recipients.txt",
    ),
    "two things at once": (
        ("inbox", "--data", "{data}", "--export", "{folder}/x", "--import", "{folder}"),
        "give one of",
    ),
    "carrying back from nowhere": (("inbox", "--from", "{folder}", "--import", "{folder}"), "--identity"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_gets_one_sentence_and_status_2(story: Story, name: str) -> None:
    arguments, sentence = REFUSED[name]
    assert sentence in refused(
        *(each.format(data=story.data, folder=story.data.parent) for each in arguments)
    )


def test_a_key_that_is_in_use_does_not_replace_another(story: Story) -> None:
    listed = warp_json("coordinator", "list", "--data", story.data)["coordinators"]
    assert "in use already" in refused("coordinator", "rotate", "ana", listed["luis"], "--data", story.data)
