"""Issuing: what readers get of advisories is written once, whole, and in an order that never misleads."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import msgspec
import pytest

from feeds import composer, twin
from feeds.composer import Composer
from feeds.filters import Format
from tests.support import NOON
from tests.warp.test_publication import SITE, advisory, content
from warp import issuing
from warp.advisory import MEMBERS_TLP, Advisory, Status, Text, Tlp, version_of
from warp.issuing import Issued, Outlet
from warp.publication import Tree
from warp.site import PAGES
from warp.taxonomy import Severity

BEGUN = datetime(2026, 1, 5, tzinfo=UTC)


def outlet(tree: Tree) -> Outlet:
    """Give a tree as the site's public one."""
    return Outlet(tree, SITE, Tree(tree.folder.with_name("entries")))


def issue_all(outlet: Outlet, everything: Sequence[Issued]) -> None:
    """Write a whole tree, an advisory at a time."""
    names = {each.advisory.id for each in everything if issuing.is_for(outlet.site, each.advisory)}
    whole = issuing.Whole(outlet, PAGES, names)
    for each in everything:
        whole.write([each])
    whole.finish()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "public")


@pytest.fixture
def public(tree: Tree) -> Outlet:
    made = outlet(tree)
    issue_all(made, [])
    return made


def next_version(before: Issued, **changed: object) -> Issued:
    """Give an advisory after one more change, an hour later."""
    old = before.advisory
    assert old.updated is not None
    new = {
        "version": old.version + 1,
        "status": Status.UPDATED,
        "history": (*old.history, version_of(old)),
        "updated": old.updated + timedelta(hours=1),
        "reason": "It was something else.",
    }
    return Issued(msgspec.structs.replace(old, **(new | changed)), (*before.earlier, old))


def composed(outlet: Outlet, address: str, format_: Format = Format.ATOM) -> bytes:
    """Give a feed as the server composes it."""
    tree, site, store = outlet
    made = Composer(site, tree.read, store.read, lambda: issuing.read(tree))
    return made.compose(composer.parse(site, f"feeds/en/{address}.{format_}")).document


def shown(outlet: Outlet, address: str = "all") -> list[str]:
    """Give the titles in a feed."""
    return [each.title for each in feedparser.parse(composed(outlet, address)).entries]


def test_the_same_advisories_give_the_same_bytes_and_times(tmp_path: Path) -> None:
    written = []
    for name, order in (("one", 1), ("two", -1)):
        public = outlet(Tree(tmp_path / name / "public"))
        several = [advisory(), advisory("2026-w47-bbbbbbbb", updated=NOON + timedelta(hours=1))][::order]
        issue_all(public, [Issued(each) for each in several])
        written.append(content(public.tree))
    assert written[0] == written[1]
    assert len(written[0]) > 20


def test_one_after_the_other_or_all_at_once_the_tree_is_the_same(tmp_path: Path) -> None:
    first = Issued(advisory())
    second = Issued(advisory("2026-w47-bbbbbbbb", place="", updated=NOON + timedelta(minutes=5)))
    corrected = next_version(first, place="AR", severity=Severity.LOW)
    withdrawn = next_version(corrected, status=Status.WITHDRAWN)
    one, other = (outlet(Tree(tmp_path / name / "public")) for name in ("one", "two"))
    issue_all(one, [])
    for each in (first, second, corrected, withdrawn):
        issuing.issue(one, PAGES, [each])
    issue_all(other, [second, withdrawn])
    assert content(one.tree) == content(other.tree)
    assert content(one.store) == content(other.store)


def hidden() -> Iterable[Advisory]:
    yield advisory(status=Status.DRAFT)
    yield advisory(status=Status.REVIEW)
    yield advisory(drill=True)
    for tlp in Tlp:
        if tlp is not Tlp.CLEAR:
            yield advisory(tlp=tlp)


@pytest.mark.parametrize("one", list(hidden()), ids=lambda one: f"{one.status} {one.tlp} {one.drill}")
def test_what_is_not_public_leaves_no_trace_in_the_tree(public: Outlet, one: Advisory) -> None:
    before = content(public.tree), content(public.store)
    issuing.issue(public, PAGES, [Issued(one)])
    issue_all(public, [Issued(one)])
    assert (content(public.tree), content(public.store)) == before


def test_a_public_advisory_has_pages_a_twin_and_a_place_in_every_feed_of_its_own(public: Outlet) -> None:
    one = advisory()
    issuing.issue(public, PAGES, [Issued(one)])
    read = public.tree.read
    for language, words in (("en", b"Much of it."), ("es", b"Mucho.")):
        assert words in (read(f"{language}/advisories/{one.id}.html") or b"")
        for format_ in Format:
            assert words in (read(f"feeds/{language}/all.{format_}") or b"")
        assert one.id.encode() in (read(f"{language}/index.html") or b"")
    assert twin.read(read(twin.path(one.id)) or b"").texts == one.texts
    for path in ("all", "country/UY", "type/fraud/phishing", "region/419", "sector/energy", "min/low"):
        assert all(b"Much of it." in composed(public, path, format_) for format_ in Format), path


def test_a_correction_reaches_the_feeds_that_held_what_it_corrects(public: Outlet) -> None:
    first = Issued(advisory())
    issuing.issue(public, PAGES, [first])
    issuing.issue(public, PAGES, [next_version(first, place="AR", type="fraud", severity=Severity.LOW)])
    for feed in ("country/UY", "country/AR", "type/fraud/phishing", "min/high"):
        assert shown(public, feed) == ["[UPDATED] [TLP:CLEAR] [LOW] Phishing"], feed


def test_an_earlier_version_keeps_its_twin(public: Outlet) -> None:
    first = Issued(advisory())
    issuing.issue(public, PAGES, [first])
    before = public.tree.read(twin.path(first.advisory.id))
    issuing.issue(public, PAGES, [next_version(first)])
    assert public.tree.read(twin.version_path(first.advisory.id, 1)) == before
    assert public.tree.read(twin.path(first.advisory.id)) != before


def test_what_is_withdrawn_stands_nowhere_in_its_old_words(public: Outlet) -> None:
    texts = {each: Text(title="A title", summary="A secret.", actions=("An act.",)) for each in ("en", "es")}
    first = Issued(advisory(texts=texts))
    issuing.issue(public, PAGES, [first])
    corrected = next_version(first)
    issuing.issue(public, PAGES, [corrected])
    issuing.issue(public, PAGES, [next_version(corrected, status=Status.WITHDRAWN, reason="It named one.")])
    for files in (content(public.tree), content(public.store)):
        plain = {path: data for path, (data, _) in files.items() if not path.endswith(".gz")}
        assert not [path for path, data in plain.items() if b"A secret" in data or b"An act" in data]
        assert not [path for path in files if path.startswith(twin.version_path(first.advisory.id, 1))]
    assert shown(public) == ["[WITHDRAWN] [TLP:CLEAR] [HIGH] Phishing · Uruguay · 2026-W47"]


def test_a_tree_says_nothing_of_advisories_that_its_readers_may_not_see(public: Outlet) -> None:
    secret = advisory("2026-w47-bbbbbbbb", tlp=Tlp.AMBER)
    one = advisory(related=(secret.id,), escalates=secret.id)
    earlier = msgspec.structs.replace(version_of(advisory()), tlp=Tlp.AMBER, reason="For members.")
    one = msgspec.structs.replace(one, version=2, history=(earlier,))
    issuing.issue(public, PAGES, [Issued(one, (advisory(tlp=Tlp.AMBER),)), Issued(secret)])
    plain = [data for path, (data, _) in content(public.tree).items() if not path.endswith(".gz")]
    assert not [data for data in plain if b"bbbbbbbb" in data or b"For members" in data]
    assert public.tree.read(twin.version_path(one.id, 1)) is None


def test_what_was_for_fewer_readers_is_new_to_those_of_the_tree(public: Outlet) -> None:
    theirs = Issued(advisory(tlp=Tlp.AMBER))
    opened = next_version(theirs, tlp=Tlp.CLEAR, reason="The bank agreed.")
    issuing.issue(public, PAGES, [opened])
    assert shown(public) == ["[NEW] [TLP:CLEAR] [HIGH] Phishing"]
    found = twin.read(public.tree.read(twin.path(advisory().id)) or b"")
    assert (found.published, found.status, found.reason) == (found.updated, Status.PUBLISHED, "")
    corrected = next_version(opened, reason="Other senders.")
    issuing.issue(public, PAGES, [corrected])
    plain = [data for path, (data, _) in content(public.tree).items() if not path.endswith(".gz")]
    assert not [data for data in plain if b"The bank agreed" in data]
    assert shown(public) == ["[UPDATED] [TLP:CLEAR] [HIGH] Phishing"]


def test_what_a_warning_escalates_is_not_known_to_who_may_not_see_it(public: Outlet) -> None:
    issuing.issue(public, PAGES, [Issued(advisory(escalates="2026-w47-bbbbbbbb", reason="Members first."))])
    plain = [data for path, (data, _) in content(public.tree).items() if not path.endswith(".gz")]
    assert not [data for data in plain if b"Members first" in data or b"bbbbbbbb" in data]


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_an_earlier_version_goes_once_its_label_is_not_the_trees_any_more(
    public: Outlet,
    is_withdrawn: bool,  # noqa: FBT001
) -> None:
    wider = public._replace(site=msgspec.structs.replace(SITE, allowed=frozenset({Tlp.CLEAR, Tlp.GREEN})))
    green = advisory(tlp=Tlp.GREEN, texts={"en": Text(title="T", summary="A green text.")})
    opened = next_version(Issued(green), tlp=Tlp.CLEAR, texts=advisory().texts)
    issue_all(wider, [opened])
    assert wider.tree.read(twin.version_path(green.id, 1)) is not None
    last = next_version(opened, status=Status.WITHDRAWN) if is_withdrawn else opened
    issue_all(public, [last])
    for files in (content(public.tree), content(public.store)):
        assert not [path for path, (data, _) in files.items() if b"A green text" in data]


def test_earlier_reasons_and_links_go_with_a_withdrawal(public: Outlet) -> None:
    other = advisory("2026-w47-bbbbbbbb")
    corrected = next_version(Issued(advisory(related=(other.id,))), reason="The bank is no victim.")
    withdrawn = next_version(corrected, status=Status.WITHDRAWN, reason="A false alarm.")
    issuing.issue(public, PAGES, [Issued(other), withdrawn])
    found = twin.read(public.tree.read(twin.path(advisory().id)) or b"")
    assert found.related == ()
    plain = [data for path, (data, _) in content(public.tree).items() if not path.endswith(".gz")]
    assert not [data for data in plain if b"no victim" in data]


def test_a_language_that_is_no_longer_the_sites_goes_with_all_pages(public: Outlet) -> None:
    issue_all(public, [Issued(advisory())])
    fewer = public._replace(site=msgspec.structs.replace(SITE, languages=("es",)))
    issue_all(fewer, [Issued(advisory())])
    assert not [path for path in content(public.tree) if path.startswith(("en/", "feeds/en/"))]
    assert "es/index.html" in content(public.tree)


def test_a_text_in_none_of_the_sites_languages_is_shown_as_it_is(public: Outlet) -> None:
    french = public._replace(site=msgspec.structs.replace(SITE, languages=("fr", "pt")))
    issue_all(french, [Issued(advisory(texts={"en": Text(title="Phishing", summary="Much of it.")}))])
    assert b"Much of it." in (public.tree.read("feeds/fr/all.atom") or b"")


def test_a_signature_of_other_bytes_does_not_stay_beside_a_new_twin(public: Outlet) -> None:
    first = Issued(advisory())
    issuing.issue(public, PAGES, [first])
    public.tree.write(twin.signature_path(first.advisory.id), b"of the first", NOON, twin=False)
    issuing.issue(public, PAGES, [first])
    assert public.tree.read(twin.signature_path(first.advisory.id)) is not None
    issuing.issue(public, PAGES, [next_version(first)])
    assert public.tree.read(twin.signature_path(first.advisory.id)) is None


def test_members_have_what_is_public_and_what_is_theirs(tmp_path: Path) -> None:
    site = msgspec.structs.replace(SITE, url=f"{SITE.url}/members", allowed=MEMBERS_TLP)
    members = outlet(Tree(tmp_path / "members"))._replace(site=site)
    several = [advisory(f"2026-w47-aaaaaaa{number}", tlp=tlp) for number, tlp in enumerate(Tlp)]
    issue_all(members, list(map(Issued, several)))
    names = [each.name for each in issuing.read(members.tree).advisories]
    assert names == [each.id for each in several if each.tlp in ("CLEAR", "GREEN", "AMBER")]
    document = composed(members, "all").decode()
    assert f"{SITE.url}/members/en/advisories/" in document
    assert f"{SITE.url}/en/" not in document
    assert f"<id>{SITE.tag(f'advisory/{names[0]}')}</id>" in document


def test_what_stops_to_be_for_a_trees_readers_goes_with_all_that_there_is_of_it(public: Outlet) -> None:
    before = content(public.tree), content(public.store)
    issuing.issue(public, PAGES, [Issued(advisory())])
    issue_all(public, [])
    assert (content(public.tree), content(public.store)) == before


def test_the_time_of_a_page_is_that_of_its_advisory_and_of_an_empty_feed_that_of_the_site(
    public: Outlet,
) -> None:
    assert content(public.tree)["feeds/en/all.atom"][1] == BEGUN.timestamp()
    one = advisory(updated=NOON)
    issuing.issue(public, PAGES, [Issued(one)])
    times = {path: time for path, (_, time) in content(public.tree).items()}
    assert times[f"en/advisories/{one.id}.html"] == times["en/index.html"] == NOON.timestamp()
    assert int(times["feeds/en/all.atom"]) == NOON.timestamp()


def test_an_advisory_that_did_not_change_touches_no_file(public: Outlet) -> None:
    issuing.issue(public, PAGES, [Issued(advisory())])
    before = {path: path.stat().st_ino for path in public.tree.folder.rglob("*")}
    issuing.issue(public, PAGES, [Issued(advisory())])
    issue_all(public, [Issued(advisory())])
    assert {path: path.stat().st_ino for path in public.tree.folder.rglob("*")} == before
