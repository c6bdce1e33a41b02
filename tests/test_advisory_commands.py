"""The commands of an advisory's life, as coordinators use them, with what readers then find."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import msgspec
import pytest

from storage import advisories, coordinators
from tests.advising import machines
from tests.commandline import refused, run, warp, warp_json
from tests.support import NOON, Clock, Logged, Stock, found, opened
from warp import advising, drafting
from warp.advisory import Status
from warp.site import present

ANA, LUIS = ("--as", "ana"), ("--as", "luis")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, stock: Stock) -> Path:
    """A site with two coordinators, and texts beside it."""
    data = tmp_path_factory.mktemp("life") / "site"

    async def make() -> None:
        await found(data, stock)
        async with opened(data, Clock(), Logged()) as site:
            async with site.hub.identity.write() as connection:
                for name in ("ana", "luis"):
                    await coordinators.add(connection, name, f"age1pq1{name}")
            await site.publish_all()

    asyncio.run(make())
    (data.parent / "text.txt").write_text("It came by SMS.\r\n\r\nIf x < y, \u202eblock\u202c it.", "utf-8")
    (data.parent / "page.html").write_text("<p>It came <b>by mail</b>.</p><script>1</script>", "utf-8")
    return data


@pytest.fixture
def do(data: Path) -> Callable[..., dict[str, Any]]:
    """Run `warp advisory …` on the site; gives what the script of a coordinator would read."""

    def do(*arguments: str | Path) -> dict[str, Any]:
        return warp_json("advisory", *arguments, "--data", data)

    return do


def drafted(data: Path, *more: str, title: str = "Phishing by SMS") -> str:
    text = ("--title", title, "--summary", str(data.parent / "text.txt"), "--severity", "medium")
    kind = ("--type", "fraud/phishing", "--place", "UY")
    [made] = warp_json("advisory", "draft", *ANA, *kind, *text, *more, "--data", data)["advisories"]
    return str(made["id"])


def published(data: Path, *more: str) -> str:
    identifier = drafted(data, "--ready", *more)
    warp("advisory", "publish", identifier, *LUIS, "--data", data)
    return identifier


def feed(data: Path) -> dict[str, str]:
    """Give the titles in the feed of all warnings, by the end of their ids."""
    entries = feedparser.parse((data / "public/feeds/en/all.atom").read_bytes()).entries
    return {entry.id.rpartition("/")[2]: entry.title for entry in entries}


def no(data: Path, *arguments: str) -> str:
    return refused("advisory", *arguments, "--data", data)


def test_a_life_from_a_draft_to_a_withdrawal(data: Path, do) -> None:
    identifier = drafted(data)
    assert f"when it is ready: warp advisory edit {identifier} --ready" in no(
        data, "publish", identifier, *LUIS
    )
    [ready] = do("edit", identifier, *ANA, "--ready")["advisories"]
    assert (ready["stage"], ready["version"], ready["address"]) == ("in review", 0, "")
    assert ready["next"].startswith("a coordinator other than ana reads it")
    assert "second pair of eyes" in no(data, "publish", identifier, *ANA)
    assert identifier not in feed(data)
    [out] = do("publish", identifier, *LUIS)["advisories"]
    assert out["address"] == f"http://warp.example:8080/en/advisories/{identifier}"
    assert feed(data)[identifier].endswith("[TLP:CLEAR] [MEDIUM] Phishing by SMS")

    do("edit", identifier, *ANA, "--title", "Phishing by mail", "--reason", "by mail", "--ready")
    assert feed(data)[identifier].endswith("Phishing by SMS")
    [out] = do("update", identifier, *LUIS)["advisories"]
    assert (out["version"], out["stage"]) == (2, "out")
    assert feed(data)[identifier].endswith("[TLP:CLEAR] [MEDIUM] Phishing by mail")

    said = warp("advisory", "withdraw", identifier, *ANA, "--reason", "a false alarm", "--data", data)
    assert "its withdrawal asked for. Next: a coordinator other than ana confirms" in said
    assert "WITHDRAWN" not in feed(data)[identifier]
    [out] = do("withdraw", identifier, *LUIS)["advisories"]
    assert (out["version"], out["stage"]) == (3, "withdrawn")
    assert "WITHDRAWN" in feed(data)[identifier]
    assert "it stays so" in no(data, "edit", identifier, *ANA, "--reason", "x")


def test_an_escalation_is_published_with_what_it_takes_the_place_of(data: Path, do) -> None:
    old = published(data)
    [new] = do("escalate", old, *ANA, "--reason", "banks are hit", "--ready")["advisories"]
    assert new["id"] != old
    out = do("publish", new["id"], *LUIS)["advisories"]
    assert [(each["id"], each["stage"]) for each in out] == [(new["id"], "out"), (old, "escalated")]
    titles = feed(data)
    assert titles[new["id"]].endswith("[TLP:CLEAR] [HIGH] Phishing by SMS")
    assert "ESCALATED" in titles[old]
    shown = warp("advisory", "show", old, "--data", data)
    assert f"its place was taken by: {new['id']}\nreason: banks are hit" in shown


def test_approval_lets_the_author_publish_and_a_change_takes_it_back(data: Path, do) -> None:
    identifier = drafted(data, "--ready")
    [approved] = do("approve", identifier, *LUIS)["advisories"]
    assert (approved["stage"], approved["next"].partition(":")[0]) == ("approved", "anybody lets it out")
    do("edit", identifier, *LUIS, "--severity", "low", "--ready")
    assert "second pair of eyes" in no(data, "publish", identifier, *LUIS)
    do("approve", identifier, *ANA)
    assert do("publish", identifier, *LUIS)["advisories"][0]["stage"] == "out"


def test_what_is_set_to_a_minute_waits_and_can_be_taken_back(data: Path, do) -> None:
    identifier = drafted(data, "--ready")
    at = (present() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    [waits] = do("publish", identifier, *LUIS, "--at", at)["advisories"]
    assert f"it goes out by itself at {at.replace('T', ' ')} UTC" in waits["next"]
    listed = warp("advisory", "list", "--data", data)
    assert f"set to {at[:10]}" in " ".join(re.sub("[│┃]", " ", listed).split())
    assert do("publish", identifier, *ANA, "--at", "never")["advisories"][0]["stage"] == "approved"
    assert "no time has been set" in no(data, "publish", identifier, *ANA, "--at", "never")
    assert "later than now" in no(data, "publish", identifier, *ANA, "--at", "2026-01-01T00:00")
    assert "must be a minute of UTC" in no(data, "publish", identifier, *ANA, "--at", "tomorrow")


def test_publishing_again_writes_again_and_nothing_else_is_repeated(data: Path, do) -> None:
    identifier = published(data)
    again = do("publish", identifier, *ANA)["advisories"][0]
    assert (again["version"], again["stage"]) == (1, "out")
    assert "cannot be updated as it stands (out)" in no(data, "update", identifier, *LUIS)


def test_who_is_awaited_finds_it_in_the_list(data: Path) -> None:
    def awaited(name: str) -> set[str]:
        return {
            each["id"] for each in warp_json("advisory", "list", "--as", name, "--data", data)["advisories"]
        }

    first, second, draft = drafted(data, "--ready"), published(data), drafted(data)
    warp("advisory", "withdraw", second, *LUIS, "--reason", "a false alarm", "--data", data)
    assert {first, second, draft} & awaited("luis") == {first}
    assert {first, second, draft} & awaited("ana") == {second}


def test_show_says_each_revision_who_and_why(data: Path, do) -> None:
    identifier = published(data)
    do("edit", identifier, *ANA, "--severity", "high", "--reason", "it grows", "--valid-until", "2099-12-31")
    shown = warp("advisory", "show", identifier, "--history", "--data", data)
    assert "published (version 1), its correction a draft · TLP:CLEAR · high" in shown
    assert "valid until: 2099-12-31\nreason: it grows\nreaders have it since: 2" in shown
    rows = [re.findall(r"[^│]+", line) for line in shown.splitlines() if line.startswith("│")]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["1", "in-review", "", "ana", ""],
        ["2", "published", "1", "ana, luis", ""],
        ["3", "draft", "1", "ana", "it grows"],
    ]
    told = do("show", identifier, "--history")
    assert (told["severity"], told["public"]["severity"]) == ("high", "medium")
    assert [each["revision"] for each in told["revisions"]] == [1, 2, 3]


def test_a_correction_changes_the_languages_that_it_names(data: Path, do) -> None:
    identifier = published(data)
    es = ("--language", "es", "--reason", "in Spanish")
    assert "first text in es needs --title and --summary" in no(
        data, "edit", identifier, *ANA, *es, "--title", "x"
    )
    text = ("--title", "Phishing por SMS", "--summary", str(data.parent / "text.txt"))
    do("edit", identifier, *ANA, *es, *text)
    texts = do("show", identifier)["texts"]
    assert (texts["en"]["title"], texts["es"]["title"]) == ("Phishing by SMS", "Phishing por SMS")
    assert texts["es"]["actions"] == []


def in_two_languages(data: Path) -> str:
    identifier = drafted(data)
    text = ("--title", "Phishing por SMS", "--summary", str(data.parent / "text.txt"))
    warp("advisory", "edit", identifier, *ANA, "--language", "es", *text, "--ready", "--data", data)
    warp("advisory", "publish", identifier, *LUIS, "--data", data)
    return identifier


def test_a_language_that_a_correction_leaves_behind_is_named_until_it_is_mended(data: Path) -> None:
    identifier, because = in_two_languages(data), ("--reason", "by mail", "--ready")
    says = "Older than the text in en, and maybe not true any more: es. Write it anew: "
    quiet = run("advisory", "edit", identifier, *ANA, "--severity", "high", *because, "--data", data)
    assert (quiet.status, quiet.err) == (0, "")
    left = run("advisory", "edit", identifier, *ANA, "--title", "By mail", *because, "--data", data)
    assert left.err.startswith(says)
    for act in (("show", identifier), ("update", identifier, *LUIS), ("show", identifier, "--json")):
        assert run("advisory", *act, "--data", data).err.startswith(says)
    es = ("--language", "es", "--title", "Por correo")
    assert run("advisory", "edit", identifier, *ANA, *es, *because, "--data", data).err == ""
    assert run("advisory", "update", identifier, *LUIS, "--data", data).err == ""


def test_an_escalation_names_the_languages_that_it_has_from_the_old_warning(data: Path) -> None:
    worse = ("--title", "Banks are hit", "--reason", "banks are hit")
    done = run("advisory", "escalate", in_two_languages(data), *ANA, *worse, "--data", data)
    assert done.err.startswith("Older than the text in en, and maybe not true any more: es.")


def test_a_language_can_be_taken_out_but_never_the_first(data: Path, do) -> None:
    identifier = in_two_languages(data)
    assert "en is the site's first language" in no(data, "edit", identifier, *ANA, "--drop-language", "en")
    because = ("--title", "By mail", "--reason", "by mail", "--ready")
    dropped = run("advisory", "edit", identifier, *ANA, *because, "--drop-language", "es", "--data", data)
    assert (dropped.status, dropped.err) == (0, "")
    do("update", identifier, *LUIS)
    assert list(do("show", identifier)["texts"]) == ["en"]
    assert "must have a text" in no(data, "edit", identifier, *ANA, "--drop-language", "es", "--reason", "x")


def test_an_empty_action_alone_empties_the_list_and_an_empty_text_is_refused(data: Path, do) -> None:
    identifier = drafted(data, "--action", "Block it", "--action", "Warn users")
    assert "actions: empty" in no(data, "edit", identifier, *ANA, "--action", "", "--action", "Block it")
    assert "--title is empty" in no(data, "edit", identifier, *ANA, "--language", "es", "--title", "")
    assert "--title is empty" in no(data, "edit", identifier, *ANA, "--title", " \u200b")
    assert "--summary is empty" in no(data, "edit", identifier, *ANA, "--summary", "/dev/null")
    assert do("show", identifier)["texts"]["en"]["actions"] == ["Block it", "Warn users"]
    do("edit", identifier, *ANA, "--action", "")
    text = do("show", identifier)["texts"]["en"]
    assert (text["title"], text["actions"]) == ("Phishing by SMS", [])


def test_a_wrong_type_is_corrected_and_its_first_actions_are_those_of_the_right_one(data: Path, do) -> None:
    identifier, because = published(data), ("--reason", "no phishing", "--ready")
    assert "not an RSIT type" in no(data, "edit", identifier, *ANA, *because, "--type", "phish")
    assert "not an RSIT type" in no(data, "edit", identifier, *ANA, *because, "--type", "phish", "--advice")
    do("edit", identifier, *ANA, *because, "--type", "malicious-code/infected-system", "--advice")
    do("update", identifier, *LUIS)
    found = do("show", identifier)
    assert found["type"] == "malicious-code/infected-system"
    first = drafting.advise("malicious-code/infected-system", "en")
    assert found["texts"]["en"]["actions"] == list(first)
    [new] = do("escalate", identifier, *ANA, "--reason", "worse", "--type", "intrusions")["advisories"]
    assert do("show", new["id"])["type"] == "intrusions"


def test_text_is_cleaned_and_the_command_says_so(data: Path, do) -> None:
    title = ("--title", "<b>Phi\u00adshing</b> < 2.0")
    made = run(
        "advisory", "draft", *ANA, "--type", "fraud", *title, "--summary", data.parent / "text.txt",
        "--action", "Block\u200b it", "--data", data, "--json",
    )  # fmt: skip
    assert made.err == "Removed from the text: 11 characters of markup, or that nobody could see.\n"
    identifier = re.findall(r'"id": "([^"]+)"', made.out)[0]
    text = do("show", identifier)["texts"]["en"]
    assert text == {
        "title": "Phishing ‹ 2.0",
        "summary": "It came by SMS.\n\nIf x < y, block it.",
        "actions": ["Block it"],
    }
    do("edit", identifier, *ANA, "--summary", data.parent / "page.html", "--html")
    assert do("show", identifier)["texts"]["en"]["summary"] == "It came by mail."


def test_a_label_says_which_feeds_hold_it(data: Path, do) -> None:
    members = drafted(data, "--ready", "--tlp", "AMBER")
    [out] = do("publish", members, *LUIS)["advisories"]
    assert out["address"].startswith("http://warp.example:8080/members/")
    assert members not in feed(data)
    for tlp in ("RED", "AMBER+STRICT"):
        secret = drafted(data, "--ready", "--tlp", tlp)
        assert f"TLP:{tlp} may not go into any feed" in no(data, "publish", secret, *LUIS)
    do("edit", members, *ANA, "--tlp", "CLEAR", "--reason", "now for all", "--ready")
    do("update", members, *LUIS)
    assert members in feed(data)
    assert "withdraw it instead" in no(data, "edit", members, *ANA, "--tlp", "AMBER", "--reason", "x")


def test_green_is_for_everybody_only_where_the_site_says_so(data: Path, do) -> None:
    settings = data / "warp.toml"
    before = settings.read_text("utf-8")
    first = published(data, "--tlp", "GREEN")
    assert first not in feed(data)
    try:
        settings.write_text(before.replace("green_is_public = false", "green_is_public = true"), "utf-8")
        second = published(data, "--tlp", "GREEN")
        assert "[TLP:GREEN]" in feed(data)[second]
        assert do("publish", second, *ANA)["advisories"][0]["address"].startswith(
            "http://warp.example:8080/en/"
        )
    finally:
        settings.write_text(before, "utf-8")


WRONG = {
    "a draft without a text": (("draft", *ANA, "--type", "fraud"), "needs --title and --summary"),
    "a draft with an id": (("draft", "x", *ANA, "--type", "fraud"), "unexpected extra argument"),
    "an id that is none": (("edit", "none", *ANA), "no advisory with this id"),
    "nobody": (("approve", "none", "--as", "eve"), "no coordinator of this name"),
    "HTML of nothing": (("edit", "none", *ANA, "--html"), "--html says what the file"),
    "a day that is none": (("edit", "none", *ANA, "--valid-until", "soon"), "must be a day like 2026-12-31"),
    "an escalation without a reason": (("escalate", "none", *ANA), "--reason"),
    "a language that the site does not have": (("edit", "none", *ANA, "--language", "de"), "languages are"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_in_one_line(data: Path, what: str) -> None:
    arguments, because = WRONG[what]
    assert because in no(data, *arguments)


def test_a_file_of_any_size_is_refused_in_one_line(data: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.html"
    large.write_text("<div>" * 100_000, "utf-8")
    said = no(data, "edit", "none", *ANA, "--summary", str(large), "--html")
    assert "more than 200,000 characters" in said


def test_what_could_not_go_out_at_its_minute_is_named_by_status_and_waits_for_everybody(data: Path) -> None:
    identifier = drafted(data, "--ready")
    at = (present() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    warp("advisory", "publish", identifier, *LUIS, "--at", at, "--data", data)

    async def pass_the_minute() -> None:
        async with opened(data, Clock(present() + timedelta(days=3)), Logged()) as site:
            async with site.hub.identity.write() as connection:
                await coordinators.remove(connection, "luis")
            assert await advising.due(site.hub, site.clock(), site.rules) == []
            async with site.hub.identity.write() as connection:
                await coordinators.add(connection, "luis", "age1pq1luis")

    asyncio.run(pass_the_minute())
    named = f"Set to go out and could not: {identifier}. warp advisory show says why."
    done = run("status", "--data", data)
    assert done.status == 1
    assert named in done.out.splitlines()
    for name in ("ana", "luis"):
        waiting = warp_json("advisory", "list", "--as", name, "--data", data)["advisories"]
        assert identifier in {each["id"] for each in waiting}
    why = "in review, set to go out and could not: no coordinator of this name"
    assert why in warp("advisory", "show", identifier, "--data", data)
    listed = warp("advisory", "list", "--data", data)
    assert "could not: no" in " ".join(re.sub("[│┃]", " ", listed).split())
    history = warp("advisory", "show", identifier, "--history", "--data", data)
    assert "in-review, could not go out" in history
    warp("advisory", "publish", identifier, *LUIS, "--data", data)
    assert named not in run("status", "--data", data).out


def test_a_warning_without_a_text_in_the_sites_new_first_language_is_listed_shown_and_edited(
    data: Path, do
) -> None:
    settings, identifier = data / "warp.toml", published(data)
    before = settings.read_text("utf-8")
    try:
        settings.write_text(before.replace('languages = ["en", "es"]', 'languages = ["es", "en"]'), "utf-8")
        assert settings.read_text("utf-8") != before
        assert identifier in {each["id"] for each in do("list")["advisories"]}
        assert identifier in warp("advisory", "list", "--data", data)
        assert "[en] " in warp("advisory", "show", identifier, "--data", data)
        do("edit", identifier, *ANA, "--language", "en", "--title", "By mail", "--reason", "by mail")
        gone = ("--drop-language", "en", "--reason", "x")
        assert "texts: there is none" in no(data, "edit", identifier, *ANA, *gone)
    finally:
        settings.write_text(before, "utf-8")


def test_the_list_holds_the_newest_fifty_and_all_that_is_pending(data: Path, do) -> None:
    old, pending = [f"2020-w01-{number:08}" for number in range(60)], "2019-w01-pending"

    async def fill() -> None:
        async with opened(data, Clock(), Logged()) as site, site.hub.reports.write() as connection:
            out = machines(status=Status.PUBLISHED, version=1, updated=NOON, published=NOON)
            for each in (
                *(msgspec.structs.replace(out, id=i, week="2020-W01") for i in old),
                machines(id=pending, week="2019-W01", author="ana"),
            ):
                await advisories.save(connection, each)

    asyncio.run(fill())
    everything, listed = do("list", "--all"), do("list")
    ids = [each["id"] for each in listed["advisories"]]
    assert (everything["more"], len(everything["advisories"])) == (0, len(ids) + listed["more"])
    assert ids[-1] == pending
    assert old[0] not in ids
    assert listed["more"] > 0
    assert warp("advisory", "list", "--data", data).endswith(f"{listed['more']} more that are out: --all\n")
