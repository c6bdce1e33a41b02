"""
The life of an advisory: what each act makes of it, and who may do it.

Between the drafts and the database: an advisory comes in, and its next revision goes out, or a sentence that
says why there is none. From where an act is allowed at all stands in `warp.stages`. Pure: what depends on
other advisories, on signals or on members is `warp.advising`'s.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from msgspec import UNSET, UnsetType

from warp import drafting, places, taxonomy
from warp.advisory import MEMBERS_TLP, Advisory, Status, Text, Tlp, public_tlp, version_of
from warp.disclosure import Figure
from warp.stages import Act, Acting, NotPossible, Stage, Standing, require

LONGEST_WAIT = timedelta(days=365)
"""So far ahead may a publication be set."""
SHOWN_WITHDRAWN = timedelta(days=90)
"""A withdrawn advisory stays in the feeds so long, so that whoever has read it learns of it."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a coordinator changes; none leaves a field as it is."""

    texts: Mapping[str, Text] = {}
    """Of the languages named; others stay."""
    dropped: tuple[str, ...] = ()
    """Languages whose texts go."""
    type: str | None = None
    severity: taxonomy.Severity | None = None
    tlp: Tlp | None = None
    place: str | None = None
    sector: str | None = None
    related: tuple[str, ...] | None = None
    valid_until: date | UnsetType | None = UNSET
    reason: str | None = None
    ready: bool = False
    """Whether another coordinator may now let it out."""


def begun(blank: Advisory, acting: Acting, change: Change) -> Advisory:
    """
    Give a coordinator's own first draft.

    Raises:
        NotPossible: a text, code or date is not allowed.
    """
    return _changed(blank, acting, change, blank.figure)


def edited(standing: Standing, acting: Acting, change: Change) -> Advisory:
    """
    Give the next revision of a draft or of a pending correction, or begin a correction of what is out.

    Whatever was approved or set to a time before is not any more. A correction takes the place of a
    withdrawal that nobody has confirmed.

    Raises:
        NotPossible: it cannot be edited; a text, code or date is not allowed; its label would be narrower
            than its readers know it; or a correction has no reason.
    """
    require(standing, Act.EDIT, acting.rules)
    base, public = standing.latest, standing.public
    if public is not None and standing.stage in (Stage.OUT, Stage.WITHDRAWING):
        if not change.reason:
            raise NotPossible("its readers will want to know why it changes: give --reason")
        base = msgspec.structs.replace(public, revision=standing.latest.revision)
    # The figure is one of its type and place, and the machine's severity one of the figure: beside another
    # they would be untrue, or lead back to the first.
    stays = _is_of_the_same(base, change)
    if not stays and not base.author:
        base = msgspec.structs.replace(base, severity=drafting.severity(None))
    made = _changed(base, acting, change, base.figure if stays else None)
    if public is not None:
        _require_as_wide(public, made)
    return made


def _is_of_the_same(base: Advisory, change: Change) -> bool:
    """Say whether a change leaves it with the type and the place that its figure is of."""
    return change.type in (None, base.type) and change.place in (None, base.place)


def _changed(base: Advisory, acting: Acting, change: Change, figure: Figure | None) -> Advisory:
    """Give the next revision of what is to be changed; nobody has approved it yet."""
    if isinstance(change.valid_until, date) and change.valid_until < acting.now.date():
        raise NotPossible("valid until: the day is over")
    if set(change.dropped) - (base.texts.keys() - change.texts.keys()):
        raise NotPossible("a language that is dropped must have a text, and cannot get another one with it")
    texts = {**base.texts, **change.texts}
    made = msgspec.structs.replace(
        base,
        revision=base.revision + 1,
        status=Status.REVIEW if change.ready else Status.DRAFT,
        author=acting.name,
        approver="",
        publish_at=None,
        hindrance="",
        withdraws=False,
        texts={code: text for code, text in texts.items() if code not in change.dropped},
        severity=change.severity or base.severity,
        tlp=change.tlp or base.tlp,
        type=base.type if change.type is None else change.type,
        place=base.place if change.place is None else change.place,
        figure=figure,
        sector=base.sector if change.sector is None else change.sector,
        related=base.related if change.related is None else change.related,
        valid_until=base.valid_until if change.valid_until is UNSET else change.valid_until,
        reason=change.reason or base.reason,
    )
    _check(made)
    return made


def approved(standing: Standing, acting: Acting) -> Advisory:
    """
    Give what is in review with its approver; anybody may let it out then.

    Raises:
        NotPossible: it is not in review, or the approver is its author.
    """
    require(standing, Act.APPROVE, acting.rules)
    _require_publishable(standing, acting, acting.now)
    return msgspec.structs.replace(
        standing.latest,
        revision=standing.latest.revision + 1,
        approver=_approver(standing.latest, acting),
        hindrance="",
    )


def scheduled(standing: Standing, act: Act, acting: Acting, when: datetime | None) -> Advisory:
    """
    Give what is approved with the minute at which it goes out by itself; none takes that back.

    Raises:
        NotPossible: it could not go out now, or the time is not a whole minute of the year to come.
    """
    require(standing, act, acting.rules)
    if when is not None:
        if when.second or when.microsecond or not acting.now < when <= acting.now + LONGEST_WAIT:
            raise NotPossible("at: must be a whole minute, UTC, later than now and within a year")
        _require_publishable(standing, acting, when)
    elif standing.latest.publish_at is None:
        raise NotPossible("at: no time has been set")
    return msgspec.structs.replace(
        standing.latest,
        revision=standing.latest.revision + 1,
        approver=_approver(standing.latest, acting),
        publish_at=when,
        hindrance="",
    )


def hindered(pending: Advisory, why: str, *, approver_stands: bool) -> Advisory:
    """
    Give what could not go out at its minute, with the reason; it goes out when somebody lets it out anew.

    Args:
        pending: What was set to a time.
        why: What did not hold any more; coordinators read it.
        approver_stands: Whether its approver still may approve it; else another has to.
    """
    return msgspec.structs.replace(
        pending,
        revision=pending.revision + 1,
        publish_at=None,
        hindrance=why,
        approver=pending.approver if approver_stands else "",
    )


def let_out(standing: Standing, act: Act, acting: Acting) -> Advisory:
    """
    Give what readers get now: the first version (`Act.PUBLISH`) or a correction (`Act.UPDATE`).

    Raises:
        NotPossible: it is not ready; nobody but its author stands for it; its label stands in no feed; or its
            last day is over.
    """
    require(standing, act, acting.rules)
    _require_publishable(standing, acting, acting.now)
    pending, public = standing
    approver = _approver(pending, acting)
    if public is not None:
        return _next_version(public, pending, acting, Status.UPDATED, approver=approver)
    when = acting.now.replace(microsecond=0)
    return msgspec.structs.replace(
        pending,
        revision=pending.revision + 1,
        status=Status.PUBLISHED,
        version=1,
        approver=approver,
        publish_at=None,
        hindrance="",
        published=when,
        updated=when,
        # Why a draft was changed is the coordinators' own matter.
        reason=pending.reason if pending.escalates else "",
    )


def escalation(standing: Standing, identifier: str, week: str, acting: Acting, change: Change) -> Advisory:
    """
    Give the first draft of the warning that is to take the place of one that is out.

    Its severity is one step higher unless another is given; everything that is not given is copied.

    Raises:
        NotPossible: it is not out or has ended; it would be neither more severe nor wider; or there is no
            reason.
    """
    require(standing, Act.ESCALATE, acting.rules)
    old = _out(standing)
    if not change.reason:
        raise NotPossible("its readers will want to know why: give --reason")
    blank = msgspec.structs.replace(
        old,
        id=identifier,
        revision=0,
        severity=change.severity or _step_up(old.severity),
        week=week,
        escalates=old.id,
        version=0,
        history=(),
        published=None,
        updated=None,
    )
    stays = week == old.week and _is_of_the_same(old, change)
    made = _changed(blank, acting, change, old.figure if stays else None)
    require_escalates(standing, made)
    return made


def require_escalates(standing: Standing, new: Advisory) -> None:
    """
    Let a warning take the place of another only if it is worse news for all who know the other.

    Raises:
        NotPossible: it is neither more severe nor wider; its label is narrower; or the other has ended.
    """
    old = _out(standing)
    if old.status not in (Status.PUBLISHED, Status.UPDATED):
        raise NotPossible(f"{old.id}, whose place it takes, is {old.status}")
    wider = bool(old.place) and (new.place == "" or new.place in places.areas_around(old.place))
    levels = list(taxonomy.Severity)
    if levels.index(new.severity) <= levels.index(old.severity) and not wider:
        raise NotPossible(
            f"what takes the place of {old.id} must be more severe than {old.severity}, or name a wider "
            "place; else correct that one"
        )
    _require_as_wide(old, new)


def superseded(standing: Standing, new: Advisory, acting: Acting) -> Advisory:
    """
    Give the next version of a warning whose place another takes that is let out now.

    Raises:
        NotPossible: as `require_escalates`.
    """
    require_escalates(standing, new)
    old = _out(standing)
    ended = msgspec.structs.replace(
        old,
        revision=standing.latest.revision,
        author=new.author,
        escalated_by=new.id,
        reason=new.reason,
    )
    return _next_version(old, ended, acting, Status.ESCALATED, approver=new.approver)


def withdrawn(standing: Standing, acting: Acting, reason: str) -> Advisory:
    """
    Give what is withdrawn; or, where four eyes look, what waits for a second coordinator to confirm it.

    Another reason than the one that waits asks anew: readers get what two have read.

    Raises:
        NotPossible: readers do not have it; it is withdrawn; there is no reason; or who asked also confirms.
    """
    require(standing, Act.WITHDRAW, acting.rules)
    pending, public = standing.latest, _out(standing)
    waits = pending.withdraws and reason in ("", pending.reason)
    if not reason and not waits:
        raise NotPossible("its readers will want to know why: give --reason")
    if waits and acting.rules.four_eyes and acting.name == pending.author:
        raise NotPossible("a withdrawal needs a second pair of eyes: another coordinator confirms it")
    asked = pending
    if not waits:
        asked = msgspec.structs.replace(
            public,
            revision=pending.revision + 1,
            status=Status.REVIEW,
            withdraws=True,
            author=acting.name,
            approver="",
            reason=reason,
        )
        _check(asked)
        if acting.rules.four_eyes:
            return asked
        asked = msgspec.structs.replace(asked, revision=pending.revision)
    return _next_version(public, asked, acting, Status.WITHDRAWN, approver=acting.name)


def is_to_be_buried(public: Advisory, now: datetime) -> bool:
    """Say whether a withdrawn advisory has been in the feeds for long enough."""
    since = public.updated if public.status is Status.WITHDRAWN and public.buried is None else None
    return since is not None and since <= now - SHOWN_WITHDRAWN


def buried(public: Advisory, now: datetime) -> Advisory:
    """Give a withdrawn advisory as one that left the feeds at the last midnight; its version is the same."""
    midnight = datetime.combine(now.date(), time(), UTC)
    return msgspec.structs.replace(public, revision=public.revision + 1, buried=midnight)


def _out(standing: Standing) -> Advisory:
    if standing.public is None:
        raise NotPossible(f"readers have nothing of {standing.latest.id} yet")
    return standing.public


def _next_version(
    public: Advisory, pending: Advisory, acting: Acting, status: Status, *, approver: str
) -> Advisory:
    """Give what readers get in the place of what they have; a second later at least, so that it is news."""
    if public.updated is None:
        raise ValueError("readers never had it")
    return msgspec.structs.replace(
        pending,
        revision=pending.revision + 1,
        status=status,
        version=public.version + 1,
        history=(*public.history, version_of(public)),
        approver=approver,
        publish_at=None,
        hindrance="",
        withdraws=False,
        published=public.published,
        updated=max(acting.now.replace(microsecond=0), public.updated + timedelta(seconds=1)),
    )


def _approver(pending: Advisory, acting: Acting) -> str:
    """Give who stands for it beside its author: whoever has approved it, or acts now."""
    four_eyes = acting.rules.four_eyes
    if pending.approver and not (four_eyes and pending.approver == pending.author):
        return pending.approver
    if four_eyes and acting.name == pending.author:
        raise NotPossible("an advisory needs a second pair of eyes: another coordinator approves it")
    return acting.name


def _require_publishable(standing: Standing, acting: Acting, when: datetime) -> None:
    """Let nothing out whose label no feed carries, or that is over by then."""
    pending, public = standing
    allowed = public_tlp(green_is_public=acting.rules.green_is_public)
    if pending.tlp not in (allowed if pending.drill else MEMBERS_TLP):
        whose = "the drill feed" if pending.drill else "any feed"
        raise NotPossible(f"TLP:{pending.tlp} may not go into {whose}; change it with --tlp")
    if public is not None:
        _require_as_wide(public, pending)
    was_known = public is not None and public.valid_until == pending.valid_until
    if pending.valid_until is not None and pending.valid_until < when.date() and not was_known:
        raise NotPossible("valid until: the day is over by then")


def _require_as_wide(old: Advisory, new: Advisory) -> None:
    """What readers have stays theirs."""
    widest_last = list(Tlp)
    if widest_last.index(new.tlp) < widest_last.index(old.tlp):
        raise NotPossible(
            f"its readers have {old.id} as TLP:{old.tlp}, and are to have its changes; withdraw it instead"
        )


def _step_up(severity: taxonomy.Severity) -> taxonomy.Severity:
    if severity is taxonomy.Severity.UNKNOWN:
        raise NotPossible("its severity is unknown so far: give --severity")
    levels = list(taxonomy.Severity)
    return levels[min(levels.index(severity) + 1, len(levels) - 1)]


def _check(advisory: Advisory) -> None:
    try:
        drafting.check(advisory)
    except drafting.InvalidText as error:
        raise NotPossible(str(error)) from None
