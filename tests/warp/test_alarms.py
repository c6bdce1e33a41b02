"""Alarms: levels add up, rules share a budget, and the budget is kept where nothing happens."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.tables_of_counts import DDOS, PHISHING
from warp import alarms, families, places, pooling, taxonomy
from warp.families import Family
from warp.judged import Counts
from warp.life import LASTING
from warp.signal import Level

BUDGETS = (0.1, 1.0, 5.0)
WEEKDAYS = np.array([0.19, 0.18, 0.17, 0.17, 0.16, 0.07, 0.06])


def test_levels_add_up_and_what_states_no_sub_region_is_in_the_total_alone() -> None:
    of = ("UY", "MX", "ES", "419", "019", "001", "AQ", "")
    reports = np.arange(2 * 2 * len(of)).reshape(2, 2, len(of))
    cells, areas, whole = alarms.tables((DDOS, PHISHING), of, reports, reports[-1])
    assert (cells.reports == reports).all()
    assert areas.places == ["039", "419"]
    assert (areas.reports[:, :, 1] == reports[:, :, [0, 1, 3]].sum(axis=2)).all()
    assert (areas.today == areas.reports[-1]).all()
    assert (whole.reports[:, :, 0] == reports.sum(axis=2)).all()
    assert whole.places == (places.WORLD,)


def test_the_rules_share_one_budget() -> None:
    rules = [rule for level in Level for rule in alarms.RULES[level]]
    assert sum(rule.share for rule in rules) == pytest.approx(1)
    assert {rule.method for rule in rules} == {"scan", "slow-rise", "day"}


def _weeks(
    seed: int, history: int, judged: int, dispersion: float, mean: float
) -> Iterator[tuple[Counts, Counts]]:
    """Give counts up to each judged week and the days of that week; nothing ever happens."""
    rng = np.random.default_rng(seed)
    rates = np.exp(rng.normal(0, 1, (30, 1)) + rng.normal(0, 1, 40) + rng.normal(0, 0.4, (30, 40))) * mean
    season = 1 + 0.2 * np.sin(2 * np.pi * np.arange(history + judged) / 52)
    means = rates * season[:, None, None]
    # Each day of the same dispersion; their sums have it, too.
    of_days = means[:, None] * WEEKDAYS[:, None, None]
    if dispersion == 1:
        days = rng.poisson(of_days[history:])
        before = rng.poisson(means[:history])
    else:
        days = rng.negative_binomial(of_days[history:] / (dispersion - 1), 1 / dispersion)
        before = rng.negative_binomial(means[:history] / (dispersion - 1), 1 / dispersion)
    everything = np.concatenate([before, days.sum(axis=1)])
    for week in range(judged):
        yield everything[: history + week + 1], days[week]


def _signals_a_week(weeks: Iterator[tuple[Counts, Counts]]) -> dict[float, float]:
    """Give the new signals for each budget; a day is looked at each day, all else at the week's end."""
    of = sorted(places.countries())[::6][:40]
    types = sorted(taxonomy.TYPES)[:30]
    known: dict[float, dict[tuple[str, str], int]] = {budget: {} for budget in BUDGETS}
    new, number = dict.fromkeys(BUDGETS, 0), 0
    for number, (reports, days) in enumerate(weeks, start=1):
        found: dict[float, list[alarms.Alarm]] = {budget: [] for budget in BUDGETS}
        for level, table in enumerate(alarms.tables(types, of, reports, days[-1])):
            fitted = pooling.fit(table.reports[:-1])
            assert fitted is not None
            looks = [look for look in alarms.look(table, fitted, 1.0) if look.rule.windows]
            for budget in BUDGETS:
                found[budget] += alarms.find(table, fitted, looks, budget)
            for day, share in enumerate(WEEKDAYS if table.level is not Level.CELL else ()):
                today = alarms.tables(types, of, reports[-2:], days[day])[level]
                looks = [look for look in alarms.look(today, fitted, float(share)) if not look.rule.windows]
                for budget in BUDGETS:
                    found[budget] += alarms.find(today, fitted, looks, budget)
        for budget in BUDGETS:
            new[budget] += sum(_is_new(each, known[budget], number) for each in families.fold(found[budget]))
    return {budget: new[budget] / number for budget in BUDGETS}


def _is_new(family: Family, known: dict[tuple[str, str], int], week: int) -> bool:
    of_type, place = family.head.type, family.head.place
    same = [
        cell
        for cell, last in known.items()
        if cell[0] == of_type
        and week - last <= LASTING
        and (_holds(cell[1], place) or _holds(place, cell[1]))
    ]
    for cell in same:
        del known[cell]
    known[of_type, place] = week
    return not same


def _holds(wide: str, narrow: str) -> bool:
    return wide in (narrow, places.WORLD, *places.areas_around(narrow))


@pytest.mark.slow
@pytest.mark.parametrize(("dispersion", "mean"), [(1.5, 0.4), (1.0, 0.4), (2.0, 0.15)])
def test_where_nothing_happens_there_are_about_as_many_signals_as_the_budget_allows(
    dispersion: float, mean: float
) -> None:
    found = [_signals_a_week(_weeks(seed, 104, 75, dispersion, mean)) for seed in (1, 2)]
    for budget in BUDGETS:
        observed = np.mean([each[budget] for each in found])
        # 150 weeks leave a fourth of chance where one false alarm in ten weeks is allowed.
        slack = 2 * (budget / 150) ** 0.5
        assert 0.7 * budget - slack <= observed <= 1.3 * budget + slack, (budget, observed)


def test_in_a_clean_year_a_small_budget_is_not_overspent() -> None:
    found = _signals_a_week(_weeks(3, 60, 20, 1.5, 0.2))
    assert found[0.1] <= 0.3
    assert found[0.1] <= found[1.0] <= found[5.0] <= 7
