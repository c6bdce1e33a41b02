"""Where an advisory stands follows from what is out and what is pending; what that allows, from one table."""

from collections.abc import Callable
from itertools import product

import pytest

from tests.advising import ALONE, FOUR_EYES, by, in_every_stage
from warp import advisory_life
from warp.advisory import Advisory
from warp.advisory_life import Change
from warp.stages import ALLOWED, Act, Acting, NotPossible, Stage, Standing, next_step

STAGES = in_every_stage()

DO: dict[Act, Callable[[Standing, Acting], Advisory]] = {
    Act.EDIT: lambda at, who: advisory_life.edited(at, who, Change(reason="why")),
    Act.APPROVE: advisory_life.approved,
    Act.PUBLISH: lambda at, who: advisory_life.let_out(at, Act.PUBLISH, who),
    Act.UPDATE: lambda at, who: advisory_life.let_out(at, Act.UPDATE, who),
    Act.ESCALATE: lambda at, who: advisory_life.escalation(at, "new", "2026-W47", who, Change(reason="why")),
    Act.WITHDRAW: lambda at, who: advisory_life.withdrawn(at, who, "why"),
}


@pytest.mark.parametrize("stage", Stage)
def test_an_advisory_stands_where_its_last_act_has_put_it(stage: Stage) -> None:
    assert STAGES[stage].stage is stage


@pytest.mark.parametrize(("stage", "act"), list(product(Stage, Act)))
def test_exactly_what_the_table_allows_is_possible(stage: Stage, act: Act) -> None:
    at, somebody = STAGES[stage], by("eva", hours=5)
    if act in ALLOWED[stage]:
        made = DO[act](at, somebody)
        assert made.revision == (1 if act is Act.ESCALATE else at.latest.revision + 1)
        return
    with pytest.raises(NotPossible, match=rf"^it cannot be {act} as it stands \({stage}\); .") as refused:
        DO[act](at, somebody)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("stage", Stage)
def test_what_comes_next_is_said_with_a_command_that_the_table_allows(stage: Stage) -> None:
    said = next_step(STAGES[stage], FOUR_EYES)
    command = said.partition("warp advisory ")[2].partition(" ")[0]
    acts = {"edit": Act.EDIT, "publish": Act.PUBLISH, "update": Act.UPDATE, "withdraw": Act.WITHDRAW}
    assert (acts[command] in ALLOWED[stage]) if ALLOWED[stage] else command == ""
    assert STAGES[stage].latest.id in said or not command


def test_who_is_awaited_is_named_where_four_eyes_look() -> None:
    for stage in (Stage.REVIEW, Stage.CORRECTION, Stage.WITHDRAWING):
        assert next_step(STAGES[stage], FOUR_EYES).startswith("a coordinator other than ana ")
        assert next_step(STAGES[stage], ALONE).startswith("somebody ")
