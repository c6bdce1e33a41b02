"""
Four feed readers follow a site through a warning's life; each test states what their users see.

Without newsboat, rss2email or reader the tests of that program are skipped, or fail if WARP_REQUIRE_ALL is 1.
`docs/subscribe.md` tells subscribers the same.
"""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio

from tests.clients.programs import KINDS, need
from tests.clients.story import Look, Story, followed

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

REPLACES = ("feedparser", "reader", "newsboat", "newsboat, set to")
"""Show the newest text of a warning in the place of the one before."""
CHANGES_ARE_NEWS = ("feedparser", "newsboat, set to", "rss2email, set to")
"""Bring a warning up again when it has changed."""
IGNORES_CHANGES = ("rss2email",)
AN_HOUR = 40
"""Warnings in each of two busy hours: together more than a feed holds."""


class Who(NamedTuple):
    """A kind of program and the format that it reads."""

    kind: str
    format: str


EVERYBODY = [Who(name, format_) for name, kind in KINDS.items() for format_ in kind.formats]


def some(kinds: tuple[str, ...]) -> pytest.MarkDecorator:
    """Run a test for programs of some kinds."""
    chosen = [who for who in EVERYBODY if who.kind in kinds]
    return pytest.mark.parametrize("who", chosen, ids=[f"{each.kind}-{each.format}" for each in chosen])


everybody = some(tuple(KINDS))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> AsyncIterator[Story]:
    """Everything that happens, seen by everybody."""
    folder = tmp_path_factory.mktemp("clients")
    data = Path(shutil.copytree(founded, folder / "site"))
    async with followed(data, folder) as story:
        banks, mail = await story.desk.publish("Fake banks", "Stolen mailboxes")
        await story.happens("first")
        await story.happens("nothing")
        await story.happens("nothing again")
        await story.desk.publish("Open printers")
        await story.happens("new")
        await story.desk.correct(banks, "Fake shops", "It was shops, not banks.")
        await story.happens("corrected")
        await story.desk.escalate(mail, "Stolen networks", "It has spread.")
        await story.happens("escalated")
        await story.desk.withdraw(banks, "It was an exercise of a bank.")
        await story.happens("withdrawn")
        story.clock.now += timedelta(days=91)
        await story.desk.bury()
        await story.happens("buried")
        for hour in ("archived", "archived again"):
            await story.desk.publish(*(f"{hour}: number {number}" for number in range(AN_HOUR)))
            await story.happens(hour)
        yield story


def look(story: Story, who: Who, what: str) -> Look:
    need(who.kind)
    return story.seen[what][who]


@everybody
async def test_the_first_fetch_brings_all_warnings_as_news(story: Story, who: Who) -> None:
    seen = look(story, who, "first")
    assert seen.statuses == [200]
    assert seen.titles == seen.news
    assert {title.rpartition("] ")[2] for title in seen.titles} == {"Fake banks", "Stolen mailboxes"}


@everybody
async def test_the_title_alone_carries_status_tlp_and_severity(story: Story, who: Who) -> None:
    assert "[NEW] [TLP:CLEAR] [MEDIUM] Fake banks" in look(story, who, "first").titles


@everybody
async def test_nothing_new_costs_an_answer_of_304(story: Story, who: Who) -> None:
    """newsboat sends validators from its third look on."""
    looks = [look(story, who, what) for what in ("nothing", "nothing again")]
    second = (False, [200]) if who.kind.startswith("newsboat") else (True, [304])
    assert [(each.conditional, each.statuses) for each in looks] == [second, (True, [304])]
    assert [each.news for each in looks] == [set(), set()]
    assert looks[1].titles == look(story, who, "first").titles


@everybody
async def test_a_new_warning_is_news_and_nothing_else_is(story: Story, who: Who) -> None:
    seen = look(story, who, "new")
    assert (seen.conditional, seen.statuses) == (True, [200])
    assert seen.news == {"[NEW] [TLP:CLEAR] [MEDIUM] Open printers"}
    assert seen.titles == look(story, who, "first").titles | seen.news


@some(REPLACES)
async def test_a_correction_takes_the_place_of_what_was_wrong(story: Story, who: Who) -> None:
    seen = look(story, who, "corrected")
    [corrected] = seen.of("Fake shops")
    assert corrected.title == "[UPDATED] [TLP:CLEAR] [MEDIUM] Fake shops"
    assert "It was shops, not banks." in corrected.text
    assert not seen.of("Fake banks")
    assert corrected.is_news == (who.kind in CHANGES_ARE_NEWS)
    assert [item.title for item in seen.items if item.is_news and item != corrected] == []


@some(("rss2email, set to",))
async def test_rss2email_mails_a_correction_where_it_is_set_to(story: Story, who: Who) -> None:
    seen = look(story, who, "corrected")
    assert seen.news == {"[UPDATED] [TLP:CLEAR] [MEDIUM] Fake shops"}
    [before], [after] = seen.of("Fake banks"), seen.of("Fake shops")
    assert before.id == after.id
    assert "It was shops, not banks." in after.text


@some(IGNORES_CHANGES)
async def test_rss2email_as_installed_mails_neither_correction_nor_withdrawal(story: Story, who: Who) -> None:
    """What its user gets is the first mail with the page's address, and new warnings."""
    for what in ("corrected", "withdrawn"):
        seen = look(story, who, what)
        assert seen.statuses == [200]
        assert not seen.news
    [only] = seen.of("Fake banks")
    assert f"/en/advisories/{only.id.rpartition('/')[2]}" in only.text
    assert not seen.of("Fake shops")


@everybody
async def test_an_escalated_warning_is_news_to_everybody(story: Story, who: Who) -> None:
    seen = look(story, who, "escalated")
    [new] = seen.of("Stolen networks")
    assert (new.title, new.is_news) == ("[NEW] [TLP:CLEAR] [HIGH] Stolen networks", True)
    assert new.id not in {item.id for item in look(story, who, "corrected").items}


@some(REPLACES)
async def test_what_it_takes_the_place_of_says_so(story: Story, who: Who) -> None:
    seen = look(story, who, "escalated")
    [old], [new] = seen.of("Stolen mailboxes"), seen.of("Stolen networks")
    assert old.title == "[ESCALATED] [TLP:CLEAR] [MEDIUM] Stolen mailboxes"
    assert old.is_news == (who.kind in CHANGES_ARE_NEWS)
    assert new.id.rpartition("/")[2] in old.text
    assert old.id.rpartition("/")[2] in new.text


@some(REPLACES)
async def test_a_withdrawn_warning_says_so_in_its_title(story: Story, who: Who) -> None:
    seen = look(story, who, "withdrawn")
    [gone] = [item for item in seen.items if item.title.startswith("[WITHDRAWN]")]
    assert gone.id == look(story, who, "corrected").of("Fake shops")[0].id
    assert "It was an exercise of a bank." in gone.text
    assert gone.is_news == (who.kind in CHANGES_ARE_NEWS)


@some(("rss2email, set to",))
async def test_rss2email_mails_a_withdrawal_where_it_is_set_to(story: Story, who: Who) -> None:
    seen = look(story, who, "withdrawn")
    [gone] = [item for item in seen.items if item.is_news]
    assert gone.title.startswith("[WITHDRAWN]")
    assert gone.id == seen.of("Fake shops")[0].id
    assert "It was an exercise of a bank." in gone.text


@everybody
async def test_a_withdrawn_warning_that_leaves_the_feed_is_no_news(story: Story, who: Who) -> None:
    """And stays with whoever has it."""
    before, seen = look(story, who, "withdrawn"), look(story, who, "buried")
    assert seen.statuses == [200]
    assert not seen.news
    assert seen.titles == before.titles


@everybody
async def test_who_looks_in_time_has_every_warning_when_more_than_a_feed_holds_were_published(
    story: Story, who: Who
) -> None:
    """Nobody here follows the links to archives: what has left the feed is what they have already."""
    before, seen = look(story, who, "buried"), look(story, who, "archived again")
    assert {item.id for item in before.items} < {item.id for item in seen.items}
    for hour in ("archived", "archived again"):
        titles = {f"[NEW] [TLP:CLEAR] [MEDIUM] {hour}: number {number}" for number in range(AN_HOUR)}
        assert titles <= seen.titles
        assert look(story, who, hour).news == titles
