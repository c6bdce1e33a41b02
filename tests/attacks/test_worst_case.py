"""Whatever all others are, one report changes the odds of what is published by no more than is promised."""

import pytest

from tests.attacks.ladder import band, worst
from warp.policies import PRESETS, RISK, Name, Policy, Preset, Step

EVEN = (200,) * 5


def _evenly(preset: Preset, steps: int) -> float:
    """The worst of a preset's widest steps, were all offsets even draws of five and no step led another."""
    return worst(tuple(step._replace(odds=EVEN, lead=0) for step in preset.steps[-steps:]), Policy())


@pytest.mark.parametrize("name", Name)
def test_no_path_up_the_ladder_gives_a_report_away_by_more_than_the_presets_risk(name: Name) -> None:
    assert worst(PRESETS[name].steps, Policy()) <= PRESETS[name].risk <= RISK


@pytest.mark.parametrize("name", Name)
@pytest.mark.parametrize(("reports", "members"), [(7, 5), (8, 3), (5, 9)])
def test_a_stricter_policy_gives_no_more_away(name: Name, reports: int, members: int) -> None:
    assert worst(PRESETS[name].steps, Policy(reports=reports, members=members)) <= PRESETS[name].risk


def test_the_promised_risk_is_reached_so_the_search_finds_what_there_is() -> None:
    for preset in PRESETS.values():
        assert worst(preset.steps, Policy()) > 0.99 * preset.risk


@pytest.mark.parametrize("name", Name)
def test_even_draws_of_five_without_leads_give_a_report_away_by_more_than_a_third(name: Name) -> None:
    # Shown by the first value at one step, or by the first at the next: 1 − (1 − 0.2)²; more with a third.
    assert _evenly(PRESETS[name], 2) == pytest.approx(0.36)
    assert _evenly(PRESETS[name], 3) > 0.45


def _band_of_three_reports_a_member(
    step: Step, policy: Policy, reports: int, members: int, offset: int
) -> int:
    """The rule, but for bands that follow the reports up to three a member, apart from the threshold."""
    if not band(step, policy, reports, members, offset):
        return 0
    seen = min(reports - offset, 3 * (members - offset))
    return max(
        (policy.reports << power for power in range(1, 8) if policy.reports << power <= seen),
        default=policy.reports,
    )


@pytest.mark.parametrize("name", Name)
def test_bands_of_another_number_than_the_thresholds_give_more_away(name: Name) -> None:
    assert worst(PRESETS[name].steps, Policy(), _band_of_three_reports_a_member) > 1.3 * PRESETS[name].risk
