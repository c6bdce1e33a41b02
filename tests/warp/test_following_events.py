"""
One event is one signal, however it spreads: campaigns judged and followed on each day that they last.

Without sites and sockets, so many can be tried; `tests/test_campaign.py` goes the whole way with one.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

import pytest

from tests.campaigns import RIVER_PLATE, Arrival, campaign, followed, quiet_region, told
from tests.tables_of_counts import DDOS, PHISHING
from warp import places
from warp.life import Kept

pytestmark = pytest.mark.slow

FIRST = date(2025, 1, 6)
"""A Monday."""
WEEKS = 26
"""Of history before the campaigns."""
ASIA = ("ID", "MY", "PH", "TH")
"""Four countries of sub-region 035."""


def start(weekday: int = 0) -> date:
    """Give the first day of a campaign."""
    return FIRST + timedelta(weeks=WEEKS, days=weekday)


def history(seed: int) -> list[Arrival]:
    """Give what goes on before and beside a campaign."""
    return quiet_region(FIRST, WEEKS + 4, seed)


def after(arrivals: Sequence[Arrival], first: date, days: int = 14) -> list[list[Kept]]:
    """Give all events that are known after each day."""
    return [known for _, known in followed(arrivals, first, first + timedelta(days=days - 1))]


def ever(days: Sequence[Sequence[Kept]], of_type: str, where: Sequence[str]) -> set[str]:
    """Give the ids of all events that ever told of a type in some places."""
    return {each.id for known in days for each in told(known, of_type, where)}


def spread(
    first: date, offsets: Sequence[int], where: Sequence[str], of_type: str = PHISHING
) -> list[Arrival]:
    """Give one report a day that is named, over the places in turn."""
    return [
        Arrival(first + timedelta(days=after), of_type, where[number % len(where)])
        for number, after in enumerate(offsets)
    ]


STEADY = (0, 1, 2, 2, 3, 4, 7, 8, 9, 10, 11, 12)


def open_ones(known: Sequence[Kept], of_type: str = PHISHING) -> list[Kept]:
    """Give the events in four countries that a coordinator is asked to look at."""
    return [each for each in told(known, of_type, RIVER_PLATE) if not each.settled]


@pytest.mark.parametrize("seed", range(6))
def test_a_campaign_is_one_signal_at_its_end_however_it_spreads(seed: int) -> None:
    rng = Random(seed)
    first = start(rng.randrange(7))
    days = after([*history(seed), *campaign(first, rng)], first)
    [event] = open_ones(days[-1])
    assert all(each.is_part for each in told(days[-1], PHISHING, RIVER_PLATE) if each.id != event.id)


@pytest.mark.parametrize("weekday", [0, 4, 6])
def test_a_campaign_is_one_signal_on_whatever_weekday_it_begins(weekday: int) -> None:
    first = start(weekday)
    days = after([*history(1), *spread(first, STEADY, RIVER_PLATE)], first)
    assert len(ever(days, PHISHING, RIVER_PLATE)) == 1
    assert open_ones(days[6])


@pytest.mark.parametrize("seed", [1001, 1004])
def test_what_is_left_of_a_campaign_is_no_new_signal(seed: int) -> None:
    """Its reports stay in the windows of slow rises for eight weeks, and stand out in single countries."""
    rng = Random(seed)
    first = start(rng.randrange(7))
    days = after([*history(seed - 1000), *campaign(first, rng)], first, 63)
    assert len(ever(days, PHISHING, RIVER_PLATE)) == 1


def test_a_campaign_that_begins_in_one_country_and_spreads_stays_one_signal() -> None:
    first = start(2)
    begins, spreads = spread(first, (0, 0, 1, 1, 2), ("UY",)), spread(first, range(5, 12), RIVER_PLATE)
    days = after([*history(6), *begins, *spreads], first)
    assert [each.signal.place for each in open_ones(days[4])] == ["UY"]
    assert [each.signal.place for each in open_ones(days[-1])] == ["419"]
    assert len(ever(days, PHISHING, RIVER_PLATE)) == 1


def test_two_campaigns_at_once_of_different_types_are_two_signals() -> None:
    first = start()
    both = [
        each for of_type in (PHISHING, DDOS) for each in spread(first, STEADY, RIVER_PLATE, of_type=of_type)
    ]
    days = after([*history(2), *both], first)
    for of_type in (PHISHING, DDOS):
        assert len(open_ones(days[-1], of_type)) == len(ever(days, of_type, RIVER_PLATE)) == 1


def test_a_campaign_in_two_sub_regions_is_one_signal_of_everywhere() -> None:
    first = start()
    days = after([*history(4), *spread(first, STEADY, RIVER_PLATE), *spread(first, STEADY, ASIA)], first)
    assert [each.signal.place for each in open_ones(days[-1])] == [places.WORLD]


def test_members_that_report_twice_are_counted_once_in_the_one_signal() -> None:
    first = start()
    twice = [
        each._replace(first=number % 2 == 0) for number, each in enumerate(spread(first, STEADY, ("AR",)))
    ]
    [event] = open_ones(after([*history(5), *twice], first)[-1])
    assert 2 <= event.signal.members < event.signal.observed
