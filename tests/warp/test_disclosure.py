"""
Nothing below the rule is ever published.

The rule of docs/protocol.md §14 is written down here a second time, in other words.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warp import disclosure, places, taxonomy
from warp.disclosure import Cell, Figure, Policy, Release, place_to_name, protect
from warp.weeks import Week

WEEK = Week(2026, 47)
BEFORE = Week(2026, 46)
POLICY = Policy()
SECRET = bytes(32)

Place = str
Type = str
Key = tuple[Type, Place]
Counts = dict[Key, int]
Tokens = dict[Key, dict[Week, int]]

HOMES = ("UY", "AR", "BR", "CL", "MX", "US", "CA", "FR", "DE", "AQ")


# The rule, restated.


def _covers(cell: Key, report: Key) -> bool:
    """Whether a published cell may hold reports of a (type, place)."""
    of_type = cell[0] == "" or cell[0] == report[0] or cell[0] == report[0].split("/")[0]
    if cell[1] == "001":
        return of_type
    return of_type and (cell[1] == report[1] or cell[1] in places.areas_around(report[1]))


def _coarseness(cell: Key) -> tuple[int, int]:
    """Type before class before all; country before intermediate, sub-region, region and world."""
    of_type = 0 if "/" in cell[0] else 1 if cell[0] else 2
    if cell[1] in places.countries():
        return of_type, 0
    return of_type, {"intermediate": 1, "sub-region": 2, "region": 3, "world": 4}[places.AREAS[cell[1]].kind]


def _assigned(release: Release, counts: Mapping[Key, int]) -> dict[Key, list[Key]]:
    """Which (type, place) each shown cell counts: what it covers and no finer shown cell does."""
    shown = sorted(((cell.type, cell.place) for cell in release.cells), key=_coarseness)
    left = {key for key, reports in counts.items() if reports}
    groups = {}
    for cell in shown:
        groups[cell] = sorted(key for key in left if _covers(cell, key))
        left -= set(groups[cell])
    return groups


def _reports(group: Iterable[Key], counts: Mapping[Key, int]) -> int:
    return sum(counts[key] for key in group)


def _members(group: Iterable[Key], tokens: Tokens) -> int:
    sums: Counter[tuple[str, Week]] = Counter()
    for key in group:
        for week, number in tokens.get(key, {}).items():
            sums[key[0].split("/")[0], week] += number
    return max(sums.values(), default=0)


def _offsets(cell: Key, secret: bytes) -> tuple[int, int]:
    digest = hmac.digest(secret, f"{cell[0]}|{cell[1]}".encode(), hashlib.sha256)
    one, other = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big")
    return one % 5 - 2, other % 5 - 2


def _band_by_the_rule(group: Iterable[Key], reports: int, members: int, secret: bytes) -> int | None:
    """The band of a group as the default policy has it; none where the rule hides it."""
    drawn = [_offsets(cell, secret) for cell in group]
    on_reports, on_members = min(one for one, _ in drawn), min(other for _, other in drawn)
    seen = min(reports, 3 * members) + on_reports
    if seen < 7 or members + on_members < 5:
        return None
    return max(7 << power for power in range(20) if 7 << power <= seen)


def _stands_for(cell: Key, finer: Iterable[Key], homes: Iterable[Place]) -> tuple[set[Type], set[Place]]:
    """Types, and places with members, that could be in a cell and are in no finer shown cell."""
    open_to = {
        (of_type, home)
        for of_type in taxonomy.TYPES
        for home in homes
        if of_type != taxonomy.TEST_TYPE and _covers(cell, (of_type, home))
    }
    open_to -= {pair for pair in open_to if any(_covers(shown, pair) for shown in finer)}
    return {of_type for of_type, _ in open_to}, {home for _, home in open_to}


# Weeks to try.

keys = st.tuples(
    st.sampled_from(["fraud/phishing", "fraud/masquerade", "malicious-code/infected-system", "other/other"]),
    st.sampled_from(["UY", "AR", "BR", "MX", "US", "FR", "AQ", "", "005", "419", "019", "001"]),
)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Counts, Tokens]:
    """Reports and first tokens of a week; a report has at most one token, of this week or the one before."""
    counts = draw(st.dictionaries(keys, st.integers(0, 30), max_size=12))
    tokens: Tokens = {}
    for key, reports in counts.items():
        firsts = draw(st.integers(0, min(reports, 12)))
        late = draw(st.integers(0, firsts))
        tokens[key] = {WEEK: firsts - late, BEFORE: late}
    return counts, tokens


homes_of_members = st.sets(st.sampled_from(HOMES))
secrets = st.binary(min_size=32, max_size=32)


@settings(max_examples=200, deadline=None)
@given(weeks(), homes_of_members, secrets)
def test_what_is_shown_is_what_the_rule_shows(
    week: tuple[Counts, Tokens], homes: set[str], secret: bytes
) -> None:
    counts, tokens = week
    release = protect(WEEK, counts, tokens, homes, POLICY, secret)
    groups = _assigned(release, counts)
    for cell in release.cells:
        group = groups[cell.type, cell.place]
        band = _band_by_the_rule(group, _reports(group, counts), _members(group, tokens), secret)
        assert cell.figure.band == band


@settings(max_examples=200, deadline=None)
@given(weeks(), homes_of_members, secrets)
def test_no_figure_stands_for_fewer_than_five_reports_or_three_members_whatever_the_secret(
    week: tuple[Counts, Tokens], homes: set[str], secret: bytes
) -> None:
    counts, tokens = week
    for group in _assigned(protect(WEEK, counts, tokens, homes, POLICY, secret), counts).values():
        assert _reports(group, counts) >= 5
        assert _members(group, tokens) >= 3


@settings(deadline=None)
@given(weeks(), homes_of_members, secrets)
def test_at_least_is_never_more_than_the_true_count(
    week: tuple[Counts, Tokens], homes: set[str], secret: bytes
) -> None:
    counts, tokens = week
    release = protect(WEEK, counts, tokens, homes, POLICY, secret)
    groups = _assigned(release, counts)
    for cell in release.cells:
        assert 0 < cell.figure.at_least <= _reports(groups[cell.type, cell.place], counts)
    assert sum(cell.figure.at_least for cell in release.cells) <= sum(counts.values())


@settings(deadline=None)
@given(weeks(), homes_of_members, secrets)
def test_each_report_is_in_one_shown_cell_at_most_and_each_cell_stands_once(
    week: tuple[Counts, Tokens], homes: set[str], secret: bytes
) -> None:
    counts, tokens = week
    release = protect(WEEK, counts, tokens, homes, POLICY, secret)
    shown = [(cell.type, cell.place) for cell in release.cells]
    assert shown == sorted(set(shown))
    # Were a report counted in two cells, one of them would show more than is left for it.
    groups = _assigned(release, counts)
    assert all(groups[cell] for cell in shown)
    assert sum(_reports(group, counts) for group in groups.values()) <= sum(counts.values())


@settings(max_examples=200, deadline=None)
@given(weeks(), homes_of_members, secrets)
def test_a_rolled_up_cell_stands_for_three_places_with_members_and_two_types(
    week: tuple[Counts, Tokens], homes: set[str], secret: bytes
) -> None:
    counts, tokens = week
    release = protect(WEEK, counts, tokens, homes, POLICY, secret)
    shown = sorted(((cell.type, cell.place) for cell in release.cells), key=_coarseness)
    for position, cell in enumerate(shown):
        types, inside = _stands_for(cell, shown[:position], homes)
        if cell[1] in places.AREAS:
            assert len(inside) >= 3
        if "/" not in cell[0]:
            assert len(types) >= 2


@settings(deadline=None)
@given(weeks(), homes_of_members, secrets)
def test_what_stays_hidden_is_hidden_by_the_rule_at_its_own_level(
    week: tuple[Counts, Tokens], homes: set[str], secret: bytes
) -> None:
    counts, tokens = week
    release = protect(WEEK, counts, tokens, homes, POLICY, secret)
    shown = {(cell.type, cell.place) for cell in release.cells}
    for key, reports in counts.items():
        if reports and key not in shown and key[1] in places.countries():
            assert _band_by_the_rule([key], reports, _members([key], tokens), secret) is None


@settings(deadline=None)
@given(weeks(), homes_of_members, secrets, st.randoms(use_true_random=False))
def test_a_week_with_its_secret_has_one_release_in_whatever_order_it_is_given(
    week: tuple[Counts, Tokens], homes: set[str], secret: bytes, random: object
) -> None:
    counts, tokens = week
    order = list(counts)
    random.shuffle(order)  # type: ignore[attr-defined]
    again = protect(
        WEEK, {key: counts[key] for key in order}, tokens, sorted(homes, reverse=True), POLICY, secret
    )
    assert again == protect(WEEK, counts, tokens, homes, POLICY, secret)


# Single cells.

CELL = ("fraud/phishing", "UY")


def _figures(
    counts: Counts, tokens: Tokens, homes: Iterable[str] = HOMES, secret: bytes = SECRET
) -> dict[Key, Figure]:
    release = protect(WEEK, counts, tokens, homes, POLICY, secret)
    return {(cell.type, cell.place): cell.figure for cell in release.cells}


def _one(reports: int, members: int, secret: bytes = SECRET) -> Figure | None:
    """The figure of a country's cell when there is nothing else, and nothing to roll up into."""
    return _figures({CELL: reports}, {CELL: {WEEK: members}}, homes=("UY",), secret=secret).get(CELL)


SECRETS = [number.to_bytes(32) for number in range(400)]


def test_a_cell_of_nine_reports_and_seven_members_is_always_shown() -> None:
    assert all(_one(9, 7, secret) for secret in SECRETS)


def test_a_cell_at_the_threshold_is_shown_under_some_secrets_and_hidden_under_others() -> None:
    outcomes = Counter(_one(7, 5, secret) is not None for secret in SECRETS)
    # Both offsets are zero or more in 9 of 25 cases: 144 of 400 expected, 9.6 standard deviation.
    assert 96 <= outcomes[True] <= 192


def test_a_cell_of_four_reports_or_two_members_is_never_shown() -> None:
    assert not any(_one(4, 4, secret) or _one(30, 2, secret) for secret in SECRETS)


def test_five_reports_of_five_members_are_shown_only_under_the_largest_offset() -> None:
    shown = [secret for secret in SECRETS if _one(5, 5, secret)]
    assert shown
    assert all(_offsets(CELL, secret)[0] == 2 for secret in shown)


def test_both_offsets_reach_from_minus_two_to_plus_two_and_no_further() -> None:
    reports = {min(n for n in range(1, 20) if _one(n, 20, secret)) for secret in SECRETS[:60]}
    assert reports == {5, 6, 7, 8, 9}
    members = {min(n for n in range(1, 20) if _one(60, n, secret)) for secret in SECRETS[:60]}
    assert members == {3, 4, 5, 6, 7}


def test_the_offsets_of_two_cells_are_drawn_apart() -> None:
    other = ("fraud/masquerade", "UY")
    counts, tokens = {CELL: 7, other: 7}, {CELL: {WEEK: 7}, other: {WEEK: 7}}
    found = [_figures(counts, tokens, ("UY",), secret) for secret in SECRETS[:60]]
    assert len({(CELL in figures, other in figures) for figures in found}) == 4


def test_a_figure_is_a_band_and_a_sure_lower_bound() -> None:
    assert {_one(12, 12, secret) for secret in SECRETS[:60]} == {Figure(7, 5), Figure(14, 12)}
    assert {_one(30, 30, secret) for secret in SECRETS[:60]} == {Figure(28, 26)}
    assert {_one(500, 200, secret) for secret in SECRETS[:60]} == {Figure(448, 446)}


def test_a_flood_from_few_members_counts_three_times_the_members() -> None:
    shown = {_one(1000, 5, secret) for secret in SECRETS[:60]}
    assert shown == {None, Figure(7, 5), Figure(14, 12)}


def test_members_of_two_token_weeks_do_not_add_up() -> None:
    tokens: Tokens = {CELL: {WEEK: 2, BEFORE: 2}}
    assert not any(_figures({CELL: 30}, tokens, ("UY",), secret) for secret in SECRETS)


def test_members_of_several_classes_do_not_add_up() -> None:
    types = (
        "fraud/phishing",
        "availability/ddos",
        "other/other",
        "intrusions/burglary",
        "vulnerable/weak-crypto",
    )
    counts, tokens = _everywhere(types, ("UY",), reports=4, members=2)
    assert not any(_figures(counts, tokens, secret=secret) for secret in SECRETS)


def _everywhere(
    types: Iterable[Type], countries: Iterable[Place], reports: int, members: int
) -> tuple[Counts, Tokens]:
    cells = [(of_type, country) for of_type in types for country in countries]
    return dict.fromkeys(cells, reports), {cell: {WEEK: members} for cell in cells}


def test_a_week_without_reports_shows_nothing() -> None:
    assert protect(WEEK, {}, {}, HOMES, POLICY, SECRET) == Release("2026-W47", ())
    assert protect(WEEK, {CELL: 0}, {}, HOMES, POLICY, SECRET).cells == ()


def test_countries_too_small_alone_are_shown_as_the_smallest_area_that_holds_three() -> None:
    counts, tokens = _everywhere(["fraud/phishing"], ["UY", "AR", "BR"], reports=4, members=4)
    assert _figures(counts, tokens) == {
        ("fraud/phishing", "005"): _figures(counts, tokens)["fraud/phishing", "005"]
    }


def test_an_area_in_which_only_two_places_have_members_is_not_shown() -> None:
    counts, tokens = _everywhere(["fraud/phishing"], ["UY", "AR", "BR"], reports=4, members=4)
    assert _figures(counts, tokens, homes=("UY", "AR")) == {}
    assert list(_figures(counts, tokens, homes=("UY", "AR", "MX"))) == [("fraud/phishing", "419")]
    assert list(_figures(counts, tokens, homes=("UY", "AR", "US"))) == [("fraud/phishing", "019")]
    assert list(_figures(counts, tokens, homes=("UY", "AR", "FR"))) == [("fraud/phishing", "001")]


def test_an_unknown_place_is_no_place_with_members() -> None:
    counts, tokens = _everywhere(["fraud/phishing"], ["UY", "AR", "BR"], reports=4, members=4)
    assert _figures(counts, tokens, homes=("UY", "AR", "")) == {}


def test_a_rolled_up_cell_leaves_out_what_is_shown_and_still_stands_for_three_places() -> None:
    counts, tokens = _everywhere(["fraud/phishing"], ["AR", "BR"], reports=4, members=4)
    counts[CELL], tokens[CELL] = 20, {WEEK: 20}
    counts["fraud/phishing", "CL"], tokens["fraud/phishing", "CL"] = 1, {WEEK: 1}
    assert set(_figures(counts, tokens, homes=("UY", "AR", "BR", "CL"))) == {CELL, ("fraud/phishing", "005")}
    # Without Uruguay and Chile two places are left for phishing, but three for other fraud.
    assert set(_figures(counts, tokens, homes=("UY", "AR", "BR"))) == {CELL, ("fraud", "005")}
    assert set(_figures(counts, tokens, homes=("AR", "BR"))) == {CELL}


def test_types_too_small_alone_are_shown_as_their_class() -> None:
    types = ("fraud/phishing", "fraud/masquerade", "fraud/copyright")
    counts, tokens = _everywhere(types, ["UY"], reports=4, members=4)
    assert list(_figures(counts, tokens, homes=("UY",))) == [("fraud", "UY")]


def test_classes_too_small_alone_are_shown_as_all_types() -> None:
    counts, tokens = _everywhere(["fraud/phishing", "other/other"], ["UY"], reports=4, members=4)
    shown = {tuple(_figures(counts, tokens, ("UY",), secret)) for secret in SECRETS[:60]}
    # Eight reports, but not surely more than four members: the secret offset decides.
    assert shown == {(), (("", "UY"),)}


def test_a_class_is_not_shown_where_all_its_types_but_one_are() -> None:
    types = ("other/other", "other/undetermined")
    counts, tokens = _everywhere(types, ["UY"], reports=7, members=7)
    counts["other/other", "UY"], tokens["other/other", "UY"] = 20, {WEEK: 20}
    shown = {tuple(_figures(counts, tokens, homes=("UY",), secret=secret)) for secret in SECRETS}
    # What remains may show by itself, never as a class that stands for one type.
    assert shown == {
        (("other/other", "UY"),),
        (("other/other", "UY"), ("other/undetermined", "UY")),
    }


def test_a_cell_hidden_by_its_offsets_gets_no_second_draw_at_a_wider_level() -> None:
    homes = tuple(sorted(HOMES))
    for reports, members in ((5, 3), (6, 6), (7, 7), (9, 3)):
        for secret in SECRETS:
            shown = _figures({CELL: reports}, {CELL: {WEEK: members}}, homes, secret)
            assert set(shown) <= {CELL}


def test_reports_without_a_place_are_shown_for_the_world_only() -> None:
    counts, tokens = _everywhere(["fraud/phishing"], [""], reports=9, members=9)
    assert list(_figures(counts, tokens)) == [("fraud/phishing", "001")]


def test_a_wide_place_is_counted_at_its_own_level() -> None:
    counts, tokens = _everywhere(["fraud/phishing"], ["419"], reports=9, members=9)
    assert list(_figures(counts, tokens)) == [("fraud/phishing", "419")]


# The policy.


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"reports": 6}, "reports"),
        ({"members": 4}, "members"),
        ({"offset": 1}, "offset"),
        ({"offset": 0}, "offset"),
        ({"places": 2}, "places"),
        ({"types": 1}, "types"),
        ({"reports_per_member": 0}, "reports_per_member"),
        ({"reports_per_member": 4}, "reports_per_member"),
        ({"members_to_name_a_place": 2}, "members_to_name_a_place"),
        ({"offset": 3}, "at least 5 reports and 3 members"),
        ({"members": 6, "offset": 3}, "at least 5 reports and 3 members"),
        ({"reports": 20, "offset": 3}, "at least 5 reports and 3 members"),
    ],
)
def test_a_policy_under_the_floors_is_refused(settings: dict[str, int], named: str) -> None:
    with pytest.raises(ValueError, match=f"policy: .*{named}"):
        Policy(**settings)


def test_a_stricter_policy_is_allowed_and_holds() -> None:
    strict = Policy(reports=20, members=10, offset=7, places=5, types=3, reports_per_member=1)
    for reports, members in ((12, 30), (30, 2), (12, 12)):
        for secret in SECRETS[:60]:
            assert protect(WEEK, {CELL: reports}, {CELL: {WEEK: members}}, (), strict, secret).cells == ()
    shown = {
        protect(WEEK, {CELL: 32}, {CELL: {WEEK: 32}}, (), strict, secret).cells for secret in SECRETS[:60]
    }
    assert shown == {
        (Cell(*CELL, Figure(band=20, at_least=13)),),
    }


def test_the_defaults_are_those_of_the_design() -> None:
    defaults = (POLICY.reports, POLICY.members, POLICY.offset, POLICY.reports_per_member)
    assert defaults == (7, 5, 2, 3)
    assert (POLICY.places, POLICY.types, POLICY.members_to_name_a_place) == (3, 2, 5)


# Naming a place in a warning.

MEMBERS_BY_PLACE = {"BR": 5, "UY": 2, "AR": 2, "MX": 3, "FR": 4}


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("BR", "BR"),  # five members
        ("UY", "005"),  # two; nine in South America
        ("PE", "005"),  # no members, but a victim
        ("MX", "419"),  # three in Central America, too; twelve in Latin America and the Caribbean
        ("US", "019"),
        ("005", "005"),
        ("419", "419"),
        ("FR", ""),  # four in all of Europe
        ("JP", ""),
        ("AQ", ""),
        ("001", ""),
        ("", ""),
    ],
)
def test_a_warning_names_the_smallest_place_with_five_members(place: str, named: str) -> None:
    assert place_to_name(place, MEMBERS_BY_PLACE, POLICY) == named


def test_members_without_a_known_place_are_a_source_nowhere() -> None:
    assert place_to_name("UY", {"": 50, "UY": 4}, POLICY) == ""


@settings(deadline=None)
@given(
    st.sampled_from(["", *HOMES, "005", "419", "019", "001"]),
    st.dictionaries(st.sampled_from([*HOMES, "", "005"]), st.integers(0, 9)),
)
def test_a_named_place_holds_the_place_of_the_signal_and_enough_members(
    place: str, members_by_place: dict[str, int]
) -> None:
    named = place_to_name(place, members_by_place, POLICY)
    if named:
        assert named != "001"
        assert named == place or named in places.areas_around(place)
        inside = [
            number
            for home, number in members_by_place.items()
            if home == named or named in places.areas_around(home)
        ]
        assert sum(inside) >= 5


def test_the_world_is_the_same_code_here_as_among_the_places() -> None:
    assert disclosure.WORLD == places.WORLD
