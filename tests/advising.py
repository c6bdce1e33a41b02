"""Advisories in each stage of their life, made by the code under test, and people who act on them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.support import NOON
from warp import advisory_life
from warp.advisory import Advisory, Status, Text, Tlp
from warp.advisory_life import Change
from warp.stages import Act, Acting, Rules, Stage, Standing
from warp.taxonomy import Severity

FOUR_EYES = Rules(four_eyes=True, green_is_public=False)
ALONE = Rules(four_eyes=False, green_is_public=False)
FIRST = {"en": Text("Phishing by SMS", "It came by SMS.")}
SECOND = {"en": Text("Phishing by SMS and mail", "It came by mail, too.")}
WHY = "it also came by mail"


def by(name: str, rules: Rules = FOUR_EYES, hours: float = 0) -> Acting:
    """Let somebody act, some hours after noon."""
    return Acting(name, NOON + timedelta(hours=hours), rules)


def machines(**changed: Any) -> Advisory:
    """Give a draft that only the machine has written."""
    values: dict[str, Any] = {
        "id": "2026-w47-k3v9q2xd",
        "revision": 1,
        "status": Status.DRAFT,
        "tlp": Tlp.CLEAR,
        "severity": Severity.MEDIUM,
        "type": "fraud/phishing",
        "place": "UY",
        "week": "2026-W47",
        "texts": FIRST,
    }
    return Advisory(**(values | changed))


def ready(**changed: Any) -> Standing:
    """Give what ana has put in review."""
    change = Change(ready=True)
    return pending(advisory_life.edited(pending(machines(**changed)), by("ana"), change))


def pending(advisory: Advisory) -> Standing:
    """Give what readers have nothing of yet."""
    return Standing(advisory, None)


def out(advisory: Advisory) -> Standing:
    """Give what is out, and nothing else."""
    return Standing(advisory, advisory)


def published(**changed: Any) -> Standing:
    """Give what ana wrote and luis published."""
    return out(advisory_life.let_out(ready(**changed), Act.PUBLISH, by("luis")))


def corrected(standing: Standing, change: Change | None = None, name: str = "ana") -> Standing:
    """Give it with a pending correction, in review unless another change is given."""
    wanted = change or Change(texts=SECOND, reason=WHY, ready=True)
    return standing._replace(latest=advisory_life.edited(standing, by(name, hours=1), wanted))


def escalated() -> Standing:
    """Give what another warning has taken the place of."""
    old = published()
    change = Change(reason="banks are hit, too", ready=True)
    new = advisory_life.escalation(old, "2026-w47-newernew", "2026-W47", by("ana"), change)
    new = advisory_life.let_out(pending(new), Act.PUBLISH, by("luis", hours=2))
    return out(advisory_life.superseded(old, new, by("luis", hours=2)))


def withdrawing(standing: Standing) -> Standing:
    """Give what ana wants to be withdrawn."""
    asked = advisory_life.withdrawn(standing, by("ana", hours=3), "a false alarm")
    return standing._replace(latest=asked)


def in_every_stage() -> Mapping[Stage, Standing]:
    """Give one advisory in each stage of its life."""
    drafted = pending(advisory_life.edited(pending(machines()), by("ana"), Change()))
    approved = pending(advisory_life.approved(ready(), by("luis")))
    correction = corrected(published())
    approved_correction = correction._replace(latest=advisory_life.approved(correction, by("luis")))
    asked = withdrawing(published())
    return {
        Stage.MACHINE: pending(machines()),
        Stage.DRAFT: drafted,
        Stage.REVIEW: ready(),
        Stage.APPROVED: approved,
        Stage.OUT: published(),
        Stage.CORRECTING: corrected(published(), Change(reason=WHY)),
        Stage.CORRECTION: correction,
        Stage.APPROVED_CORRECTION: approved_correction,
        Stage.WITHDRAWING: asked,
        Stage.ESCALATED: escalated(),
        Stage.ESCALATED_WITHDRAWING: withdrawing(escalated()),
        Stage.WITHDRAWN: out(advisory_life.withdrawn(asked, by("luis", hours=4), "")),
    }
