"""
The command line as its users meet it: one story on one site, and what each command refuses.

Operator, two members and two coordinators act in turn on a site that serves in a process of its own.
"""

import http.client
import json
import re
import socket
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.commandline import PROGRAM, program, refused, run, serving, warp, warp_json
from warp import drafting, taxonomy

PHISHING = ("--type", "fraud/phishing", "--place", "UY", "--occurred", "2026-11", "--tag", "smishing")
TEXT = "Un SMS con un enlace. ✓"


def number(choice: str, choices: Iterable[str]) -> str:
    """Give what a user types to pick a choice."""
    return str(list(choices).index(choice) + 1)


FRAUDS = [code for code in taxonomy.TYPES if taxonomy.class_of(code) == "fraud"]
ANSWERS = "\n".join(
    (
        number("fraud", taxonomy.CLASSES),
        number("fraud/phishing", FRAUDS),
        "uy",  # place
        "",  # occurred
        number("high", taxonomy.Severity),
        "",  # narrative
        "2",  # the place, though few members are there
        "y",
        "",
    )
)


@dataclass
class Story:
    """A site, and what was printed on the way."""

    data: Path
    said: dict[str, str] = field(default_factory=dict)
    json: dict[str, Any] = field(default_factory=dict)
    feed: str = ""

    @property
    def folder(self) -> Path:
        return self.data.parent

    @property
    def identity(self) -> Path:
        return self.folder / "coordinator.identity"

    def member(self, name: str, url: str, *unlocked_by: str | Path) -> None:
        """Invite a team, and let it join."""
        invited = self.said["add"] = warp("member", "add", name, "--place", "UY", "--data", self.data)
        found = re.search(r"warp-[a-z2-7]{56}", invited)
        assert found is not None
        wallet = self.folder / f"{name}.wallet"
        self.said["join"] = program("join", url, found[0], "--wallet", wallet, *unlocked_by)

    def wallet(self, name: str) -> tuple[str, Path]:
        return "--wallet", self.folder / f"{name}.wallet"

    def found(self) -> None:
        self.said["init"] = program(
            "init", "--data", self.data, "--name", "Example WARP", "--url", "http://127.0.0.1:8080"
        )
        for file in (self.data / "take-offline").iterdir():
            file.rename(self.folder / file.name)
        recipient = warp("coordinator", "keygen", "--out", self.folder / "luis.identity").strip()
        warp("coordinator", "add", "luis", recipient, "--data", self.data)
        with (self.data / "warp.toml").open("a", encoding="utf-8") as settings:
            settings.write('\n[[thresholds]]\ntype = "fraud"\nplace = "UY"\nreports = 2\n')

    def report(self, url: str) -> None:
        key = ("--key-file", self.folder / "b.key")
        self.member("a", url)
        self.member("b", url, *key)
        (self.folder / "note.txt").write_text(TEXT, encoding="utf-8")
        told = ("--narrative", self.folder / "note.txt", "--language", "es-UY", "--small-place", "keep")
        self.said["report"] = program("report", *self.wallet("a"), *PHISHING, *told, "--yes")
        self.said["asked"] = program("report", *self.wallet("b"), *key, typed=ANSWERS)
        self.said["sync"] = warp("sync", *self.wallet("a"))
        self.json["wallet"] = warp_json("wallet", *self.wallet("a"), "--receipts")

    def release(self) -> None:
        self.json["before"] = warp_json("status", "--data", self.data)
        self.said["release"] = program("release", "--data", self.data)
        self.json["tally"] = warp_json("tally", "--data", self.data)
        self.json["signals"] = warp_json("signals", "--data", self.data)
        self.said["status"] = warp("status", "--data", self.data)

    def warn(self, url: str) -> None:
        act = ("--data", self.data, "--as")
        draft = self.json["signals"]["signals"][0]["advisory"]
        change = ("--severity", "high", "--title", "SMS falsos", "--ready")
        warp("advisory", "edit", draft, *act, "coordinator", *change)
        own = ("--type", "fraud/phishing", "--title", "One more", "--advice", "--action", "Warn your users")
        text = ("--summary", self.folder / "note.txt")
        written = warp("advisory", "draft", *act, "luis", *own, *text)
        self.json["own"] = warp_json("advisory", "show", written.split(",")[0], "--data", self.data)
        self.said["alone"] = refused("advisory", "publish", draft, *act, "coordinator")
        self.said["publish"] = program("advisory", "publish", draft, *act, "luis")
        self.json["advisories"] = warp_json("advisory", "list", "--data", self.data)
        self.said["show"] = warp("advisory", "show", draft, "--data", self.data)
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        connection.request("GET", "/feeds/en/type/fraud.atom")
        self.feed = connection.getresponse().read().decode()
        connection.close()

    def read(self) -> None:
        opened_by = ("--identity", self.identity, "--json")
        self.json["inbox"] = json.loads(warp("inbox", "--data", self.data, *opened_by))
        warp("inbox", "--data", self.data, "--export", self.folder / "narratives")
        self.json["exported"] = json.loads(warp("inbox", "--from", self.folder / "narratives", *opened_by))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    story = Story(tmp_path_factory.mktemp("cli") / "site")
    story.found()
    with serving(story.data) as url:
        story.report(url)
        story.release()
        story.warn(url)
        story.read()
        yield story


def test_a_founder_is_told_what_to_take_off_the_machine(story: Story) -> None:
    assert "Root key fingerprint: " in story.said["init"]
    assert "take-offline/root.pem" in story.said["init"]
    assert "take-offline/coordinator.identity" in story.said["init"]


def test_an_invitation_comes_with_the_fingerprint_that_the_founder_saw(story: Story) -> None:
    fingerprint = re.search(r"fingerprint: ([0-9a-f]{32})", story.said["init"])
    assert fingerprint is not None
    assert fingerprint[1] in story.said["add"]


def test_a_member_joins_with_tokens_of_five_weeks_and_the_next_sync_brings_nothing(story: Story) -> None:
    assert len(re.findall(r"\d{4}-W\d\d", story.said["join"])) == 5
    assert "nothing new was due" in story.said["sync"]


def test_a_report_is_shown_whole_before_it_is_sent(story: Story) -> None:
    for shown in ("fraud/phishing", "UY (Uruguay)", "2026-11", "smishing", TEXT, "16,384 bytes"):
        assert shown in story.said["report"]
    assert "Sent." in story.said["report"]


def test_a_report_can_be_given_by_answering_questions(story: Story) -> None:
    assert "It cannot be recalled" in story.said["asked"]
    assert "Sent." in story.said["asked"]


def test_the_wallet_keeps_the_receipt_that_was_shown(story: Story) -> None:
    (kept,) = story.json["wallet"]["receipts"]
    assert kept["words"] in story.said["report"]
    assert story.json["wallet"]["undelivered"] == 0
    assert sum(story.json["wallet"]["tokens"].values()) == 5 * 35 - 1


def test_both_reports_wait_are_released_and_counted(story: Story) -> None:
    assert story.json["before"]["facts"]["envelopes waiting"] == 2
    assert story.said["release"].startswith("2 reports released")
    cells = story.json["tally"]["cells"]
    assert sum(cell["reports"] for cell in cells) == 2
    assert {cell["place"] for cell in cells} == {"UY"}


def test_a_threshold_of_the_coordinators_raises_a_signal_with_a_draft(story: Story) -> None:
    (signal,) = story.json["signals"]["signals"]
    assert (signal["type"], signal["place"], signal["observed"]) == ("fraud", "UY", 2)
    assert signal["advisory"] in story.said["publish"]


def test_nothing_is_wrong_with_the_site_once_its_secrets_are_taken_offline(story: Story) -> None:
    assert "Nothing is wrong." in story.said["status"]


def test_nobody_publishes_alone(story: Story) -> None:
    assert story.said["alone"].startswith("warp: ")


def test_a_published_advisory_is_listed_shown_and_in_the_feed(story: Story) -> None:
    (advisory,) = [each for each in story.json["advisories"]["advisories"] if each["approver"]]
    assert (advisory["status"], advisory["severity"]) == ("published", "high")
    assert (advisory["author"], advisory["approver"]) == ("coordinator", "luis")
    assert "SMS falsos" in story.said["show"]
    assert "SMS falsos" in story.feed


def test_a_draft_of_ones_own_can_begin_with_the_first_actions_for_its_type(story: Story) -> None:
    actions = story.json["own"]["texts"]["en"]["actions"]
    assert actions == [*drafting.advise("fraud/phishing", "en"), "Warn your users"]


def test_a_coordinator_reads_the_narratives_on_the_server_or_exported(story: Story) -> None:
    for read in (story.json["inbox"], story.json["exported"]):
        assert sorted(each["text"] for each in read["narratives"]) == ["", TEXT]
        assert read["unreadable"] == 0


def test_a_narrative_opens_for_nobody_else(story: Story) -> None:
    sealed = warp_json("inbox", "--data", story.data, "--identity", story.folder / "luis.identity")
    assert sealed == {"narratives": [], "unreadable": 2}


def test_no_week_is_closed_before_it_ends(story: Story) -> None:
    assert "no week has closed yet" in refused("figures", "--data", story.data)


def test_a_revoked_member_is_gone(story: Story) -> None:
    assert [each["name"] for each in warp_json("member", "list", "--data", story.data)["members"]] == [
        "a",
        "b",
    ]
    warp("member", "revoke", "b", "--data", story.data)
    assert [each["name"] for each in warp_json("member", "list", "--data", story.data)["members"]] == ["a"]
    assert "no member of this name" in refused("member", "revoke", "b", "--data", story.data)


REFUSED = {
    "a folder that is no site": (("tally", "--data", "{folder}/none"), "not a WARP data folder"),
    "a site that exists": (("init", "--data", "{data}", "--name", "x", "--url", "http://x"), "not empty"),
    "an address without a scheme": (("init", "--data", "{folder}/new", "--name", "x", "--url", "x"), "url:"),
    "no folder at all": (("tally",), "--data"),
    "a place that is none": (("member", "add", "c", "--place", "XX", "--data", "{data}"), "--place"),
    "a member twice": (("member", "add", "a", "--data", "{data}"), "exists already"),
    "an invitation mistyped": (("join", "http://x", "warp-abc", "--wallet", "{folder}/w"), "invitation"),
    "no wallet": (("sync", "--wallet", "{folder}/none.wallet"), "there is no wallet"),
    "a type that is none": (("report", "--wallet", "{folder}/a.wallet", "--type", "x/y", "--yes"), "type:"),
    "a day to come nobody knows": (
        ("report", "--wallet", "{folder}/a.wallet", *PHISHING[:2], "--occurred", "soon", "--yes"),
        "occurred:",
    ),
    "an advisory that is none": (("advisory", "show", "none", "--data", "{data}"), "no advisory"),
    "a coordinator who is none": (
        ("advisory", "publish", "none", "--as", "eve", "--data", "{data}"),
        "warp: ",
    ),
    "an identity that is none": (
        ("inbox", "--data", "{data}", "--identity", "{folder}/note.txt"),
        "warp: ",
    ),
    "a recipient that is none": (("coordinator", "add", "eve", "age1pq1x", "--data", "{data}"), "warp: "),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_gets_one_sentence_and_status_2(story: Story, name: str) -> None:
    arguments, sentence = REFUSED[name]
    assert sentence in refused(*(each.format(data=story.data, folder=story.folder) for each in arguments))


def test_a_mistake_is_told_by_the_program_as_by_its_main(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "tally", "--data", tmp_path], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == run("tally", "--data", tmp_path)
    assert done.returncode == 2


def test_a_wrong_passphrase_opens_no_wallet(story: Story) -> None:
    # b's wallet is locked by a key file, not by the passphrase that the environment holds
    assert "passphrase" in refused("sync", *story.wallet("b"))


def test_a_port_in_use_is_told_plainly(story: Story) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        assert "in use" in refused("serve", "--data", story.data, "--port", port)


def test_every_command_helps_with_an_example() -> None:
    listed = warp("--help")
    commands = re.findall(r"^  ([a-z]+) ", listed.split("Commands:")[1], re.MULTILINE)
    assert {"init", "serve", "demo", "replay", "join", "sync", "report", "release"} <= set(commands)


@pytest.mark.slow
def test_the_demonstration_ends_with_a_warning_in_the_feeds(tmp_path: Path) -> None:
    said = program("demo", "--once", "--data", tmp_path / "site")
    assert "the warning is out" in said
    assert "RSS, Uruguay only:   [NEW] [TLP:CLEAR] [HIGH]" in said
    assert (tmp_path / "site/public/feeds/es/all.rss").exists()
    assert re.search(r"closed; published: \w+ in [\w ]+, at least \d+ reports", said)
    page = (tmp_path / "site/public/en/figures/index.html").read_text("utf-8")
    assert re.search(r"at least (5|10|20)</td>", page)
    assert "published figures" in said


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"warp, version \d+\.\d+\.\d+\n", program("--version"))
