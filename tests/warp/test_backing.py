"""Who stands behind a rise: what is sure of members, and what one of them can add to a count."""

from hypothesis import given
from hypothesis import strategies as st

from tests.tables_of_counts import DDOS, LAST, PHISHING
from warp import backing
from warp.backing import counted, less, members

FRAUD = "fraud/masquerade"
BEFORE = LAST.plus(-1)


def test_members_are_the_most_first_tokens_of_one_class_and_token_week() -> None:
    weeks = [
        {(PHISHING, "UY"): {LAST: 2, BEFORE: 1}, (FRAUD, "AR"): {LAST: 1}},
        {(PHISHING, "UY"): {BEFORE: 3}, (DDOS, "UY"): {LAST: 9}},
    ]
    assert members(weeks, lambda cell: cell[0] != DDOS) == 4
    assert members(weeks, lambda cell: cell[1] == "AR") == 1
    assert members(weeks, lambda _: True) == 9
    assert members([], lambda _: True) == 0


def test_three_reports_count_for_each_first_token_of_a_class_and_place() -> None:
    first = {(PHISHING, "UY"): {LAST: 1}, (FRAUD, "UY"): {BEFORE: 1}, (DDOS, "AR"): {LAST: 5}}
    assert counted([((PHISHING, "UY"), 25)], first) == 6
    assert counted([((PHISHING, "UY"), 4), ((FRAUD, "UY"), 4)], first) == 6
    assert counted([((PHISHING, "UY"), 2), ((DDOS, "AR"), 7)], first) == 9
    assert counted([((PHISHING, "AR"), 7)], first) == 0
    assert counted([], first) == 0


@given(
    st.dictionaries(st.sampled_from(["AR", "BR", "CL", "UY"]), st.integers(1, 9)),
    st.dictionaries(st.sampled_from(["AR", "BR", "CL", "UY"]), st.integers(0, 24)),
    st.sampled_from(["AR", "BR", "CL", "UY"]),
)
def test_what_one_member_adds_is_bounded_whatever_it_spends(
    others: dict[str, int], further: dict[str, int], home: str
) -> None:
    """Others send one report each, with a first token."""
    first = {(PHISHING, place): {LAST: number} for place, number in others.items()}
    without = counted([((PHISHING, place), number) for place, number in others.items()], first)
    assert without == sum(others.values())
    sent = {
        place: others.get(place, 0) + further.get(place, 0) + (place == home)
        for place in {*others, *further, home}
    }
    of_home = first.get((PHISHING, home), {}).get(LAST, 0)
    first[PHISHING, home] = {LAST: of_home + 1}
    most = backing.REPORTS_PER_MEMBER + 2 * sum(others.values())
    assert counted([((PHISHING, place), n) for place, n in sent.items()], first) - without <= most


def test_tokens_without_those_of_old_incidents_leave_no_empty_cells() -> None:
    every = {(PHISHING, "UY"): {LAST: 2, BEFORE: 1}, (DDOS, "AR"): {LAST: 1}}
    assert less(every, {}) == every
    assert less(every, {(PHISHING, "UY"): {LAST: 1}, (DDOS, "AR"): {LAST: 1}}) == {
        (PHISHING, "UY"): {LAST: 1, BEFORE: 1}
    }
