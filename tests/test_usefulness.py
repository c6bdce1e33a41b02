"""Most of what real years brought is seen in some figure, and far more than plainer rules would show."""

import pytest

from tests.attacks.histories import VCDB, vcdb
from tests.usefulness import class_and_region, finer, first_design, over, plain_five, shares
from warp.policies import Name, Policy

SECRETS = 20

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not VCDB.exists(), reason="the history is not beside this repository"),
]


def test_seven_tenths_show_finer_than_the_worlds_quarter_and_four_by_class_and_region() -> None:
    found = shares(vcdb(without="US"), Policy(preset=Name.STANDARD), SECRETS)
    assert over(found, finer).mean >= 0.70
    assert over(found, class_and_region).mean >= 0.40


def test_the_rule_as_first_designed_shows_far_less_by_class_and_region() -> None:
    assert over(first_design(vcdb(without="US"), 5), class_and_region).mean < 0.2


def test_five_a_country_class_and_month_of_occurrence_show_a_twentieth() -> None:
    assert plain_five(without="US") == pytest.approx(0.05, abs=0.01)
