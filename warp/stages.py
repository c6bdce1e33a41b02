"""
Where an advisory stands, and what may be done with it from there: the one table of its life.

Between the drafts and `warp.advisory_life`, which says what an advisory is after each act. A stage is made of
what readers have and what is pending beside it, so that neither is ever taken for the other.
"""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from warp.advisory import Advisory, Status


class NotPossible(Exception):
    """A coordinator asked for something that the rules or the advisory's state do not allow; says why."""


class Act(enum.StrEnum):
    """What a coordinator does with an advisory; the value says what then cannot be, where it is refused."""

    EDIT = "edited"
    APPROVE = "approved"
    PUBLISH = "published"
    UPDATE = "updated"
    ESCALATE = "escalated"
    WITHDRAW = "withdrawn"


class Stage(enum.StrEnum):
    """Where an advisory stands: what readers have of it, and what is pending."""

    MACHINE = "the machine's draft"
    DRAFT = "draft"
    REVIEW = "in review"
    APPROVED = "approved"
    OUT = "out"
    CORRECTING = "out, its correction a draft"
    CORRECTION = "out, its correction in review"
    APPROVED_CORRECTION = "out, its correction approved"
    WITHDRAWING = "out, its withdrawal asked for"
    ESCALATED = "escalated"
    ESCALATED_WITHDRAWING = "escalated, its withdrawal asked for"
    WITHDRAWN = "withdrawn"


ALLOWED: Mapping[Stage, frozenset[Act]] = {
    Stage.MACHINE: frozenset({Act.EDIT}),
    Stage.DRAFT: frozenset({Act.EDIT}),
    Stage.REVIEW: frozenset({Act.EDIT, Act.APPROVE, Act.PUBLISH}),
    Stage.APPROVED: frozenset({Act.EDIT, Act.PUBLISH}),
    Stage.OUT: frozenset({Act.EDIT, Act.ESCALATE, Act.WITHDRAW}),
    Stage.CORRECTING: frozenset({Act.EDIT, Act.ESCALATE, Act.WITHDRAW}),
    Stage.CORRECTION: frozenset({Act.EDIT, Act.APPROVE, Act.UPDATE, Act.ESCALATE, Act.WITHDRAW}),
    Stage.APPROVED_CORRECTION: frozenset({Act.EDIT, Act.UPDATE, Act.ESCALATE, Act.WITHDRAW}),
    Stage.WITHDRAWING: frozenset({Act.EDIT, Act.ESCALATE, Act.WITHDRAW}),
    Stage.ESCALATED: frozenset({Act.WITHDRAW}),
    Stage.ESCALATED_WITHDRAWING: frozenset({Act.WITHDRAW}),
    Stage.WITHDRAWN: frozenset(),
}

_NEXT: Mapping[Stage, str] = {
    Stage.MACHINE: "a coordinator takes it over: warp advisory edit {id} --as NAME",
    Stage.DRAFT: "when it is ready: warp advisory edit {id} --ready",
    Stage.REVIEW: "{second} reads it, then: warp advisory publish {id}",
    Stage.APPROVED: "{due}: warp advisory publish {id}",
    Stage.OUT: "to correct it: warp advisory edit {id} --reason …",
    Stage.CORRECTING: "when it is ready: warp advisory edit {id} --ready",
    Stage.CORRECTION: "{second} reads it, then: warp advisory update {id}",
    Stage.APPROVED_CORRECTION: "{due}: warp advisory update {id}",
    Stage.WITHDRAWING: "{second} confirms: warp advisory withdraw {id}",
    Stage.ESCALATED: "{escalated_by} has taken its place; if that is wrong, too: warp advisory withdraw {id}",
    Stage.ESCALATED_WITHDRAWING: "{second} confirms: warp advisory withdraw {id}",
    Stage.WITHDRAWN: "it stays so",
}


class Rules(NamedTuple):
    """What a site's settings say of its advisories."""

    four_eyes: bool
    """Whether whoever lets one out is another than its author."""
    green_is_public: bool
    """Whether TLP:GREEN may stand in the public feeds."""


class Acting(NamedTuple):
    """Who acts, when, and by which rules."""

    name: str
    now: datetime
    """Aware, UTC."""
    rules: Rules


class Standing(NamedTuple):
    """An advisory as it is stored."""

    latest: Advisory
    """Its last revision."""
    public: Advisory | None
    """The last one that readers have."""

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        latest, public = self
        if public is None:
            if latest.status is Status.REVIEW:
                return Stage.APPROVED if latest.approver else Stage.REVIEW
            return Stage.DRAFT if latest.author else Stage.MACHINE
        if public.status is Status.WITHDRAWN:
            return Stage.WITHDRAWN
        if public.status is Status.ESCALATED:
            return Stage.ESCALATED_WITHDRAWING if latest.withdraws else Stage.ESCALATED
        if latest.status.is_out:
            return Stage.OUT
        if latest.withdraws:
            return Stage.WITHDRAWING
        if latest.status is Status.DRAFT:
            return Stage.CORRECTING
        return Stage.APPROVED_CORRECTION if latest.approver else Stage.CORRECTION


def next_step(standing: Standing, rules: Rules) -> str:
    """Say who does what next, with the command."""
    latest = standing.latest
    due = "anybody lets it out"
    if latest.publish_at is not None:
        due = f"it goes out by itself at {latest.publish_at:%Y-%m-%d %H:%M} UTC; before that"
    second = f"a coordinator other than {latest.author}" if rules.four_eyes else "somebody"
    return _NEXT[standing.stage].format(
        id=latest.id, due=due, second=second, escalated_by=latest.escalated_by
    )


def require(standing: Standing, act: Act, rules: Rules) -> None:
    """
    Let only what the table allows be done.

    Raises:
        NotPossible: it is not allowed from where the advisory stands.
    """
    stage = standing.stage
    if act not in ALLOWED[stage]:
        raise NotPossible(f"it cannot be {act} as it stands ({stage}); {next_step(standing, rules)}")
