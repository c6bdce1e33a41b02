"""
Nothing below the rule is ever published.

The rule of docs/protocol.md §14 is written down here a second time, in other words.
"""

import ast
import hashlib
import hmac
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import warp
from warp import disclosure, places, taxonomy
from warp.disclosure import Cell, Release, place_to_name, protect
from warp.policies import PRESETS, Name, OfPlace, OfType, Policy, Step
from warp.tally import WeekCounts
from warp.weeks import Period, Span, Week

QUARTER = Period.parse("2026-Q4")
WEEK = Week(2026, 47)
BEFORE = Week(2026, 46)
POLICY = Policy()
SMALL = Policy(preset=Name.SMALL_COMMUNITY)
SECRET = bytes(32)

Key = tuple[str, str]
Tally = dict[Week, WeekCounts]

HOMES = ("UY", "AR", "BR", "CL", "MX", "US", "CA", "FR", "DE", "AQ")


# The rule, restated.


def _covers(cell: Key, report: Key) -> bool:
    """Whether a published cell may hold reports of a (type, place)."""
    of_type = cell[0] in ("", report[0], report[0].split("/")[0])
    around = places.areas_around(report[1]) if report[1] else ()
    return of_type and (cell[1] in ("001", report[1]) or cell[1] in around)


def _within(name: str, week: Week) -> bool:
    return week in Period.parse(name).weeks


def _cell_at(step: Step, report: Key) -> Key | None:
    """The cell of a step that a (type, place) belongs to, if it has a place there."""
    of_type = {"type": report[0], "class": report[0].split("/")[0], "all": ""}[step.type.value]
    around = [report[1], *places.areas_around(report[1])] if report[1] else []
    areas = [code for code in around if code in places.AREAS and code != "001"]
    kinds = {places.AREAS[code].kind.value: code for code in areas}
    divided = kinds.get("sub-region") in ("202", "419")
    place = {
        "country": next((code for code in around if code not in places.AREAS), None),
        "area": kinds.get("intermediate", None if divided else kinds.get("sub-region")),
        "sub-region": kinds.get("sub-region"),
        "region": kinds.get("region"),
        "world": "001",
    }[step.place.value]
    return None if place is None else (of_type, place)


def _publish(tally: Tally, homes: Iterable[str], policy: Policy, secret: bytes) -> list[Release]:
    """Close every period of the quarter in its order, as a server does."""
    made: list[Release] = []
    for week in QUARTER.weeks:
        for span in Span:
            period = Period.of(week, span)
            if period.last == week:
                inside = {each: tally.get(each, WeekCounts({}, {})) for each in period.weeks}
                earlier = [each for each in made if Period.parse(each.period).first in period.weeks]
                made.append(protect(period, inside, earlier, homes, policy, secret))
    return made


Held = dict[tuple[str, Key], list[tuple[Week, Key]]]


def _held(releases: Sequence[Release], tally: Tally, policy: Policy) -> tuple[Held, list[tuple[Week, Key]]]:
    """Which (week, type, place) each shown cell counts, going up the ladder; and what is in none."""
    shown = {(each.period, (cell.type, cell.place)) for each in releases for cell in each.cells}
    held: Held = {each: [] for each in shown}
    nowhere = []
    for week, counts in tally.items():
        for report, number in counts.reports.items():
            names = [
                (str(Period.of(week, step.span)), cell)
                for step in policy.steps
                if (cell := _cell_at(step, report)) is not None
            ]
            found = next((name for name in names if name in shown), None)
            if number and found:
                held[found].append((week, report))
            elif number:
                nowhere.append((week, report))
    return held, nowhere


def _reports(group: Iterable[tuple[Week, Key]], tally: Tally) -> int:
    return sum(tally[week].reports[report] for week, report in group)


def _members(group: Iterable[tuple[Week, Key]], tally: Tally) -> int:
    sums: Counter[tuple[str, Week]] = Counter()
    for week, report in group:
        for token_week, number in tally[week].first_tokens.get(report, {}).items():
            sums[report[0].split("/")[0], token_week] += number
    return max(sums.values(), default=0)


def _step_of(cell: Key, span: Span, policy: Policy) -> Step:
    """The step that a shown cell belongs to."""
    kinds = {"type": "/" in cell[0], "class": "/" not in cell[0] and cell[0] != "", "all": cell[0] == ""}
    area = places.AREAS.get(cell[1])
    level = "country" if area is None else area.kind.value
    levels = {"intermediate": ("area",), "sub-region": ("area", "sub-region")}.get(level, (level,))
    [step] = [each for each in policy.steps_of(span) if kinds[each.type.value] and each.place.value in levels]
    return step


def _offset(period: str, cell: Key, step: Step, secret: bytes) -> int:
    text = f"{period}|{step.place.value}|{step.type.value}|{cell[0]}|{cell[1]}"
    draw = int.from_bytes(hmac.digest(secret, text.encode(), hashlib.sha256)[:8], "big") % 1000
    return [u for u, odds in enumerate(step.odds) for _ in range(odds)][draw]


def _by_the_rule(reports: int, members: int, step: Step, offset: int) -> int | None:
    """The figure of a group under the floors of the design; none where the rule hides it."""
    if reports - offset < 5 + step.lead or members - offset < 3 + step.lead:
        return None
    certain = min(reports - offset - 5, members - offset - 3) >= step.lead + len(step.odds) // 2
    seen = min(reports - offset, 3 * (members - offset)) if certain else 5 + step.lead
    return max(5 << power for power in range(20) if 5 << power <= seen)


def _stands_for(
    cell: Cell, of: Release, releases: Sequence[Release], homes: Iterable[str]
) -> tuple[set[str], set[str]]:
    """Types and places that a cell may hold, in some week, beside what finer cells show."""
    weeks = Period.parse(of.period).weeks
    inside = homes if cell.place in places.AREAS else {cell.place}
    types, places_left = set(), set()
    for pair in itertools.product(taxonomy.TYPES, inside):
        if pair[0] == taxonomy.TEST_TYPE or not _covers((cell.type, cell.place), pair):
            continue
        for week in weeks:
            finer = (
                other
                for each in releases
                if week in Period.parse(each.period).weeks
                for other in each.cells
                if (each.period, other) != (of.period, cell)
                and _covers((cell.type, cell.place), (other.type, other.place))
                and set(Period.parse(each.period).weeks) <= set(weeks)
            )
            if not any(_covers((other.type, other.place), pair) for other in finer):
                types.add(pair[0])
                places_left.add(pair[1])
                break
    return types, places_left


# Quarters to try.

keys = st.tuples(
    st.sampled_from(["fraud/phishing", "fraud/masquerade", "malicious-code/infected-system", "other/other"]),
    st.sampled_from(["UY", "AR", "BR", "MX", "US", "FR", "AQ", "", "005", "419", "019", "001"]),
)
some_weeks = st.sampled_from(QUARTER.weeks[3:9])


@st.composite
def quarters(draw: st.DrawFn) -> Tally:
    """Reports and first tokens of weeks; a report has at most one token, of its week or the one before."""
    tally: Tally = {}
    for week in draw(st.sets(some_weeks, min_size=1, max_size=4)):
        reports = draw(st.dictionaries(keys, st.sampled_from([0, 1, 2, 5, 8, 13, 21, 40, 90]), max_size=8))
        tokens = {}
        for key, number in reports.items():
            firsts = draw(st.integers(max(0, number - 3), number))
            late = draw(st.integers(0, min(2, firsts)))
            tokens[key] = {week: firsts - late, week.plus(-1): late}
        tally[week] = WeekCounts(reports, tokens)
    return tally


homes_of_members = st.sets(st.sampled_from(HOMES))
secrets = st.binary(min_size=32, max_size=32)
policies = st.sampled_from([Policy(preset=name) for name in Name])


@settings(max_examples=150, deadline=None)
@given(quarters(), homes_of_members, policies, secrets)
def test_what_is_shown_is_what_the_rule_shows(
    tally: Tally, homes: set[str], policy: Policy, secret: bytes
) -> None:
    releases = _publish(tally, homes, policy, secret)
    held, _ = _held(releases, tally, policy)
    for each in releases:
        for cell in each.cells:
            key = (cell.type, cell.place)
            step = _step_of(key, Period.parse(each.period).span, policy)
            group = held[each.period, key]
            offset = _offset(each.period, key, step, secret)
            seen = _by_the_rule(_reports(group, tally), _members(group, tally), step, offset)
            assert cell.figure.at_least == seen


@settings(max_examples=150, deadline=None)
@given(quarters(), policies, secrets)
def test_what_is_nowhere_was_refused_by_the_rule_at_every_step(
    tally: Tally, policy: Policy, secret: bytes
) -> None:
    # With members in every country, no cell is too narrow.
    homes = places.countries()
    releases = _publish(tally, homes, policy, secret)
    _, nowhere = _held(releases, tally, policy)
    last = policy.steps[-1]
    groups: dict[Key, list[tuple[Week, Key]]] = {}
    for week, report in nowhere:
        cell = _cell_at(last, report)
        assert cell is not None
        groups.setdefault(cell, []).append((week, report))
    for cell, group in groups.items():
        offset = _offset(str(QUARTER), cell, last, secret)
        assert _by_the_rule(_reports(group, tally), _members(group, tally), last, offset) is None


@settings(max_examples=150, deadline=None)
@given(quarters(), homes_of_members, policies, secrets)
def test_no_figure_stands_for_fewer_than_five_reports_or_three_members_whatever_the_secret(
    tally: Tally, homes: set[str], policy: Policy, secret: bytes
) -> None:
    held, _ = _held(_publish(tally, homes, policy, secret), tally, policy)
    for group in held.values():
        assert _reports(group, tally) >= 5
        assert _members(group, tally) >= 3


@settings(deadline=None)
@given(quarters(), homes_of_members, policies, secrets)
def test_at_least_is_true_of_every_cell_and_of_their_sum(
    tally: Tally, homes: set[str], policy: Policy, secret: bytes
) -> None:
    releases = _publish(tally, homes, policy, secret)
    held, _ = _held(releases, tally, policy)
    for each in releases:
        for cell in each.cells:
            group = held[each.period, (cell.type, cell.place)]
            assert 0 < cell.figure.at_least <= _reports(group, tally)
    total = sum(sum(counts.reports.values()) for counts in tally.values())
    assert sum(cell.figure.at_least for each in releases for cell in each.cells) <= total


@settings(deadline=None)
@given(quarters(), homes_of_members, policies, secrets)
def test_each_report_is_in_one_shown_cell_at_most_and_no_cell_is_empty(
    tally: Tally, homes: set[str], policy: Policy, secret: bytes
) -> None:
    releases = _publish(tally, homes, policy, secret)
    for each in releases:
        shown = [(cell.type, cell.place) for cell in each.cells]
        assert shown == sorted(set(shown))
    # Were a report counted in two cells, the wider one would show more than is left for it.
    held, _ = _held(releases, tally, policy)
    assert all(held.values())


@settings(max_examples=150, deadline=None)
@given(quarters(), homes_of_members, policies, secrets)
def test_a_rolled_up_cell_stands_for_three_places_with_members_and_two_types(
    tally: Tally, homes: set[str], policy: Policy, secret: bytes
) -> None:
    releases = _publish(tally, homes, policy, secret)
    for each in releases:
        for cell in each.cells:
            types, inside = _stands_for(cell, each, releases, homes)
            assert "/" in cell.type or len(types) >= 2
            assert cell.place not in places.AREAS or len(inside) >= 3


@settings(deadline=None)
@given(quarters(), homes_of_members, policies, secrets, st.randoms(use_true_random=False))
def test_a_quarter_with_its_secret_has_one_release_in_whatever_order_it_is_given(
    tally: Tally, homes: set[str], policy: Policy, secret: bytes, random: Random
) -> None:
    again = {}
    for week in random.sample(list(tally), len(tally)):
        order = random.sample(list(tally[week].reports), len(tally[week].reports))
        reports = {key: tally[week].reports[key] for key in order}
        again[week] = WeekCounts(reports, tally[week].first_tokens)
    assert _publish(again, sorted(homes, reverse=True), policy, secret) == _publish(
        tally, homes, policy, secret
    )


@settings(deadline=None)
@given(quarters(), homes_of_members, policies, secrets)
def test_a_report_that_arrives_later_changes_nothing_that_is_closed(
    tally: Tally, homes: set[str], policy: Policy, secret: bytes
) -> None:
    late = QUARTER.weeks[9]
    more = {**tally, late: WeekCounts({("fraud/phishing", "UY"): 40}, {("fraud/phishing", "UY"): {late: 40}})}
    before = _publish(tally, homes, policy, secret)
    after = _publish(more, homes, policy, secret)
    open_then = {str(Period.of(late, span)) for span in Span}
    assert [each for each in after if each.period not in open_then] == [
        each for each in before if each.period not in open_then
    ]


# Single cells.

CELL = ("fraud/phishing", "UY")
SECRETS = [number.to_bytes(32, "big") for number in range(400)]


def _week_tally(counts: Mapping[Key, int], members: Mapping[Key, int]) -> Tally:
    return {WEEK: WeekCounts(dict(counts), {key: {WEEK: number} for key, number in members.items()})}


def _shown(
    tally: Tally, homes: Iterable[str] = HOMES, secret: bytes = SECRET, policy: Policy = POLICY
) -> dict[tuple[str, str, str], int]:
    releases = _publish(tally, homes, policy, secret)
    return {(r.period, c.type, c.place): c.figure.at_least for r in releases for c in r.cells}


def _alone(reports: int, members: int, secret: bytes, policy: Policy = POLICY) -> dict[str, int]:
    """The figures of one week's cell when there is nothing else, by period."""
    tally = _week_tally({CELL: reports}, {CELL: members})
    return {key[0]: value for key, value in _shown(tally, secret=secret, policy=policy).items()}


def test_a_cell_with_lead_and_every_offset_is_always_shown_in_its_week() -> None:
    # 5 and 3, 28 more for a type in a country in a week, 6 for the largest offset.
    assert all(_alone(39, 37, secret) == {"2026-W47": 20} for secret in SECRETS[:40])
    missed = [secret for secret in SECRETS if "2026-W47" not in _alone(38, 36, secret)]
    # The largest offset has 156 chances in a thousand: 62 of 400, 7 standard deviation.
    assert 34 <= len(missed) <= 90


def test_four_reports_or_two_members_are_never_shown() -> None:
    for policy in (POLICY, SMALL):
        for secret in SECRETS[:100]:
            assert not _alone(4, 4, secret, policy)
            assert not _alone(200, 2, secret, policy)


def test_five_reports_of_three_members_are_shown_only_where_the_offset_is_nothing() -> None:
    # The quarter's region and world are the two steps that ask for no more than the floors.
    found = Counter(tuple(_alone(5, 3, secret)) for secret in SECRETS)
    # 1 − (1 − 0.105)²: 80 of 400, 8 standard deviation.
    assert 48 <= found["2026-Q4",] <= 112
    assert set(found) == {(), ("2026-Q4",)}


def test_the_offsets_of_two_cells_are_drawn_apart() -> None:
    other = ("malicious-code/infected-system", "UY")
    tally = _week_tally({CELL: 5, other: 5}, {CELL: 3, other: 3})
    patterns = {tuple(sorted(key[1] for key in _shown(tally, secret=secret))) for secret in SECRETS}
    assert patterns == {(), ("fraud",), ("malicious-code",), ("fraud", "malicious-code")}


def test_a_figure_is_a_band_that_is_surely_true() -> None:
    assert {_alone(60, 60, secret)["2026-W47"] for secret in SECRETS[:60]} == {40}
    assert {_alone(45, 45, secret)["2026-W47"] for secret in SECRETS[:60]} == {20, 40}


def test_a_flood_from_few_members_counts_three_times_the_members() -> None:
    figures = {figure for secret in SECRETS[:60] for figure in _alone(1000, 9, secret).values()}
    # Nine members less the offset, three times: 27 at most, so 20; and 5 where they have only just passed.
    assert figures == {5, 10, 20}


def test_members_of_two_token_weeks_do_not_add_up() -> None:
    tally = {WEEK: WeekCounts({CELL: 30}, {CELL: {WEEK: 2, BEFORE: 2}})}
    assert not any(_shown(tally, secret=secret) for secret in SECRETS)


def test_members_of_several_classes_do_not_add_up() -> None:
    types = ("fraud/phishing", "availability/ddos", "other/other", "intrusions/burglary")
    tally = _week_tally({(each, "UY"): 9 for each in types}, {(each, "UY"): 2 for each in types})
    assert not any(_shown(tally, secret=secret, policy=SMALL) for secret in SECRETS)


def test_one_member_in_every_week_of_a_quarter_stays_one_member() -> None:
    tally = {week: WeekCounts({CELL: 5}, {CELL: {week: 1}}) for week in QUARTER.weeks}
    for policy in (POLICY, SMALL):
        assert not any(_shown(tally, secret=secret, policy=policy) for secret in SECRETS[:60])


def test_a_quarter_without_reports_says_so_in_every_period() -> None:
    releases = _publish({}, HOMES, POLICY, SECRET)
    assert [each.period for each in releases[:6]] == [
        f"2026-W{number}" for number in (40, 41, 42, 43, 44)
    ] + ["2026-10"]
    assert len(releases) == 14 + 3 + 1
    assert all(each.cells == () for each in releases)
    assert all(each.policy == POLICY for each in releases)


def test_what_is_too_few_for_the_week_is_shown_for_the_month_and_its_area() -> None:
    counts = dict.fromkeys([CELL, ("fraud/phishing", "AR"), ("fraud/copyright", "BR")], 9)
    tally = _week_tally(counts, counts)
    # 27 reports of 27 members: enough for South America in November, too few for one country.
    found = {tuple(_shown(tally, secret=secret)) for secret in SECRETS[:60]}
    assert found == {(("2026-11", "fraud", "005"),)}


def test_an_area_in_which_only_two_places_have_members_is_not_shown() -> None:
    counts = {CELL: 14, ("fraud/phishing", "AR"): 14}
    tally = _week_tally(counts, counts)
    quarter = "2026-Q4"
    assert set(_shown(tally, homes=("UY", "AR", "BR"))) == {("2026-11", "fraud", "005")}
    assert set(_shown(tally, homes=("UY", "AR", "MX"))) == {(quarter, "fraud", "419")}
    assert set(_shown(tally, homes=("UY", "AR", "US"))) == {(quarter, "fraud", "019")}
    assert set(_shown(tally, homes=("UY", "AR", "FR"))) == {(quarter, "fraud", "001")}
    assert _shown(tally, homes=("UY", "AR", "")) == {}
    assert _shown(tally, homes=("UY", "AR", "005")) == {}


def test_what_remains_beside_a_shown_country_still_stands_for_three_places() -> None:
    others = [("fraud/phishing", "AR"), ("fraud/phishing", "BR")]
    tally = {
        week: WeekCounts(
            {CELL: 40, **dict.fromkeys(others, 12)}, {CELL: {week: 40}, **{o: {week: 12} for o in others}}
        )
        for week in Period.parse("2026-11").weeks
    }
    # Uruguay's phishing shows every week; other fraud there may still be in the area's cell.
    assert ("2026-11", "fraud", "005") in _shown(tally, homes=("UY", "AR", "BR"))
    assert ("2026-11", "fraud", "UY") not in _shown(tally, homes=("UY", "AR", "BR"))


def test_a_class_is_not_shown_where_all_its_types_but_one_are() -> None:
    types = [code for code in taxonomy.TYPES if code.startswith("other/")]
    shown_always, last = types[:-1], types[-1]
    weeks = Period.parse("2026-11").weeks
    counts = {(each, "UY"): 40 for each in shown_always} | {(last, "UY"): 15}
    tally = {
        week: WeekCounts(counts, {key: {week: number} for key, number in counts.items()}) for week in weeks
    }
    found = _shown(tally, homes=("UY",))
    assert ("2026-11", "other", "UY") not in found
    assert (str(weeks[0]), shown_always[0], "UY") in found


def test_reports_without_a_place_are_shown_for_the_world_only() -> None:
    cell = ("fraud/phishing", "")
    assert list(_shown(_week_tally({cell: 60}, {cell: 60}))) == [("2026-Q4", "fraud", "001")]


def test_a_wide_place_is_counted_from_its_own_level_on() -> None:
    for place in ("419", "019"):
        cell = ("fraud/phishing", place)
        assert list(_shown(_week_tally({cell: 60}, {cell: 60}))) == [("2026-Q4", "fraud", place)]


def test_antarctica_lies_in_the_world_and_in_no_region() -> None:
    cell = ("fraud/phishing", "AQ")
    assert list(_shown(_week_tally({cell: 20}, {cell: 20}))) == [("2026-Q4", "fraud", "001")]


def test_a_small_community_gets_a_total_of_what_is_too_few_by_class() -> None:
    types = ("fraud/phishing", "availability/ddos", "other/other")
    tally = _week_tally({(each, "UY"): 8 for each in types}, {(each, "UY"): 3 for each in types})
    found = {key for secret in SECRETS for key in _shown(tally, secret=secret, policy=SMALL)}
    assert ("2026-Q4", "", "001") in found
    assert not any(key[0] == "2026-Q4" and key[2] != "001" for key in found)


# The gate.


def test_no_other_module_makes_a_figure_a_cell_or_a_release() -> None:
    """Only the gate calls their constructors, and three read back from JSON what it has made."""
    root = Path(warp.__file__).parent.parent
    makers, readers = [], set()
    for package in ("warp", "handlers", "storage", "feeds", "keys"):
        for path in (root / package).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            imported = {
                alias.asname or alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and node.module == "warp.disclosure"
                for alias in node.names
            }
            for node in ast.walk(tree):
                if not isinstance(node, ast.Call):
                    continue
                called = node.func
                if isinstance(called, ast.Name) and called.id in imported & {"Figure", "Cell", "Release"}:
                    makers.append(path.name)
                if isinstance(called, ast.Attribute) and ast.unparse(called) in (
                    "disclosure.Figure",
                    "disclosure.Cell",
                    "disclosure.Release",
                ):
                    makers.append(path.name)
                if any(ast.unparse(each) == "Release" for each in _types_in(node)):
                    readers.add(path.name)
    assert makers == []
    assert readers == {"child.py", "figures.py", "readback.py"}


def _types_in(call: ast.Call) -> list[ast.expr]:
    """The types that a call of msgspec's turns something into."""
    if not ast.unparse(call.func).endswith(("decode", "convert")):
        return []
    return [*call.args[1:], *(each.value for each in call.keywords if each.arg == "type")]


# The policies.


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"reports": 4}, "reports"),
        ({"members": 2}, "members"),
        ({"places": 2}, "places"),
        ({"types": 1}, "types"),
        ({"reports_per_member": 1}, "reports_per_member"),
        ({"reports_per_member": 4}, "reports_per_member"),
        ({"members_to_name_a_place": 2}, "members_to_name_a_place"),
        ({"reports": 10}, "reports may not be over reports_per_member times members"),
    ],
)
def test_a_policy_under_the_floors_is_refused(settings: dict[str, int], named: str) -> None:
    with pytest.raises(ValueError, match=f"policy: {named}"):
        Policy(**settings)  # type: ignore[arg-type]


def test_a_stricter_policy_is_allowed_and_holds() -> None:
    strict = Policy(reports=20, members=10, places=5, types=3, reports_per_member=2)
    for reports, members in ((19, 19), (60, 9)):
        assert not any(_alone(reports, members, secret, strict) for secret in SECRETS[:60])
    assert {_alone(100, 100, secret, strict)["2026-W47"] for secret in SECRETS[:60]} == {80}
    # Capped at two reports a member: 32 at most, where three would make 40 of some.
    assert {_alone(90, 16, secret, strict).get("2026-Q4") for secret in SECRETS[:60]} == {20}


@pytest.mark.parametrize("name", list(Name))
def test_the_cells_of_a_step_nest_in_those_of_the_next(name: Name) -> None:
    spans, places_, types = list(Span), list(OfPlace), list(OfType)
    order = [
        (spans.index(step.span), places_.index(step.place), types.index(step.type))
        for step in PRESETS[name].steps
    ]
    for finer, wider in itertools.pairwise(order):
        assert finer != wider
        assert all(one <= other for one, other in zip(finer, wider, strict=True))


@pytest.mark.parametrize("name", list(Name))
def test_a_finer_step_never_asks_for_less_and_the_odds_are_thousandths(name: Name) -> None:
    steps = PRESETS[name].steps
    leads = [step.lead for step in steps]
    assert leads == sorted(leads, reverse=True)
    assert leads[-1] == 0
    assert all(sum(step.odds) == 1000 for step in steps)


def test_the_default_is_the_standard_with_the_floors_of_the_design() -> None:
    assert (POLICY.preset, POLICY.reports, POLICY.members) == (Name.STANDARD, 5, 3)
    assert (POLICY.reports_per_member, POLICY.places, POLICY.types) == (3, 3, 2)
    assert POLICY.members_to_name_a_place == 5


def test_a_policy_says_what_each_step_needs() -> None:
    assert POLICY.needs(POLICY.steps[0]) == (range(33, 40), range(31, 38))
    assert POLICY.needs(POLICY.steps[-1]) == (range(5, 12), range(3, 10))


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
