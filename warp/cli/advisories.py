"""Commands of a coordinator who warns: an advisory's life, from its draft to its withdrawal."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from feeds.entry import advisory_path
from warp import advising, cleaning, stages
from warp.advisory import Advisory, Status
from warp.cli.advisory_texts import Minute, change_options, changed, said, say_removed, text_options
from warp.cli.older_texts import say_older
from warp.cli.options import as_option, asynchronous, data_option, json_option, write_json
from warp.site import Site, open_site
from warp.stages import Act, Acting, Stage, Standing
from warp.weeks import Week

_id_argument = click.argument("identifier", metavar="ID")
_at_option = click.option(
    "--at",
    type=Minute(),
    metavar="TIME",
    help="Let it go out by itself at this minute of UTC, like 2026-11-25T08:00; never takes that back.",
)


_MAKES = {Act.PUBLISH: Status.PUBLISHED, Act.UPDATE: Status.UPDATED}


@click.group()
def advisory() -> None:
    """Draft, review, publish, correct, escalate, withdraw and list advisories."""


@advisory.command()
@data_option
@as_option
@click.option("--type", "type_", required=True, help="RSIT type or class, or empty for all.")
@text_options
@json_option
@asynchronous
async def draft(data: Path, name: str, type_: str, *, as_json: bool, **given: Any) -> None:
    """
    Write an advisory that no signal gave rise to, in the site's first language first.

    \b
    Example:
      warp advisory draft --as ana --type fraud/phishing --place UY --title "…" --summary text.txt --data site
    """
    async with open_site(data) as site:
        new = said(site, given)
        if not (new.title and new.summary):
            raise click.UsageError("a new draft needs --title and --summary")
        blank = advising.blank(site.hub, Week.of(site.clock()), type_)
        change = changed(site, new, type_, {})
        made = await advising.write(site.hub, blank, _acting(site, name), change)
        say_removed(new.removed)
        _say(site, Standing(made, None), as_json=as_json)


@advisory.command()
@_id_argument
@data_option
@as_option
@click.option("--reason", help="Why it changes; of what is out, its readers read it.")
@change_options
@text_options
@json_option
@asynchronous
async def edit(data: Path, identifier: str, name: str, *, as_json: bool, **given: Any) -> None:
    """
    Take over a draft and change what is given; or correct what is out, which takes a --reason.

    What was approved before is not any more. What is out stays as it is until: warp advisory update ID.

    \b
    Examples:
      warp advisory edit 2026-w47-k3v9q2xd --as ana --severity high --ready --data site
      warp advisory edit 2026-w47-k3v9q2xd --as ana --language es --title "…" --summary es.txt --data site
      warp advisory edit 2026-w47-k3v9q2xd --as ana --reason "also by mail" --summary text.txt --data site
    """
    async with open_site(data) as site:
        new = said(site, given)
        found = await _standing(site, identifier)
        change = changed(site, new, found.latest.type, found.latest.texts)
        made = await advising.edit(site.hub, identifier, _acting(site, name), change)
        say_removed(new.removed)
        await say_older(site, identifier)
        _say(site, Standing(made, found.public), as_json=as_json)


@advisory.command()
@_id_argument
@data_option
@as_option
@json_option
@asynchronous
async def approve(data: Path, identifier: str, name: str, *, as_json: bool) -> None:
    """
    Find good what another coordinator has put in review; anybody may let it out then.

    \b
    Example:
      warp advisory approve 2026-w47-k3v9q2xd --as luis --data site
    """
    async with open_site(data) as site:
        made = await advising.approve(site.hub, identifier, _acting(site, name))
        _say(site, Standing(made, (await _standing(site, identifier)).public), as_json=as_json)


@advisory.command()
@_id_argument
@data_option
@as_option
@_at_option
@json_option
@asynchronous
async def publish(
    data: Path, identifier: str, name: str, at: datetime | str | None, *, as_json: bool
) -> None:
    """
    Approve what another coordinator has put in review, and publish it in every feed it belongs to.

    What has been approved anybody may publish.

    \b
    Examples:
      warp advisory publish 2026-w47-k3v9q2xd --as luis --data site
      warp advisory publish 2026-w47-k3v9q2xd --as luis --at 2026-11-25T08:00 --data site
      warp advisory publish 2026-w47-k3v9q2xd --as luis --at never --data site
    """
    await _let_out(data, identifier, name, Act.PUBLISH, at, as_json=as_json)


@advisory.command()
@_id_argument
@data_option
@as_option
@_at_option
@json_option
@asynchronous
async def update(data: Path, identifier: str, name: str, at: datetime | str | None, *, as_json: bool) -> None:
    """
    Approve a correction that another coordinator has put in review, and let it out under the same id.

    \b
    Example:
      warp advisory update 2026-w47-k3v9q2xd --as luis --data site
    """
    await _let_out(data, identifier, name, Act.UPDATE, at, as_json=as_json)


@advisory.command()
@_id_argument
@data_option
@as_option
@click.option("--reason", required=True, help="Why; the readers of both read it.")
@change_options
@text_options
@json_option
@asynchronous
async def escalate(data: Path, identifier: str, name: str, *, as_json: bool, **given: Any) -> None:
    """
    Draft the warning that takes the place of one that is out, when things are worse than it says.

    It gets an id of its own and what is not given from the old one; its severity is a step higher. The old
    one stays as it is until the new one is published.

    \b
    Example:
      warp advisory escalate 2026-w47-k3v9q2xd --as ana --reason "banks are hit, too" --place 419 --data site
    """
    async with open_site(data) as site:
        new = said(site, given)
        found = await _standing(site, identifier)
        old = found.public or found.latest
        change = changed(site, new, old.type, old.texts)
        made = await advising.escalate(site.hub, identifier, _acting(site, name), change)
        say_removed(new.removed)
        await say_older(site, made.id)
        _say(site, Standing(made, None), as_json=as_json)


@advisory.command()
@_id_argument
@data_option
@as_option
@click.option("--reason", default="", help="Why; its readers read it. Whoever confirms need not give it.")
@json_option
@asynchronous
async def withdraw(data: Path, identifier: str, name: str, reason: str, *, as_json: bool) -> None:
    """
    Withdraw what is out: one coordinator asks, with a reason, and another confirms by the same command.

    It stays in its feeds for 90 days, marked as withdrawn, and keeps its page. There is no way back.

    \b
    Examples:
      warp advisory withdraw 2026-w47-k3v9q2xd --as ana --reason "a false alarm" --data site
      warp advisory withdraw 2026-w47-k3v9q2xd --as luis --data site
    """
    async with open_site(data) as site:
        await site.check_clock()
        why = cleaning.clean_line(reason)
        say_removed(why.removed)
        async with site.alone():
            found = await _standing(site, identifier)
            if found.stage is not Stage.WITHDRAWN:
                made = await advising.withdraw(site.hub, identifier, _acting(site, name), why.text)
                found = Standing(made, made if made.status.is_out else found.public)
            if found.latest.status.is_out:
                await _issue(site, [found.latest])
        _say(site, found, as_json=as_json)


async def _let_out(
    data: Path, identifier: str, name: str, act: Act, at: datetime | str | None, *, as_json: bool
) -> None:
    async with open_site(data) as site:
        await site.check_clock()  # the time of publication stays in every feed
        acting = _acting(site, name)
        if at is not None:
            when = None if isinstance(at, str) else at
            made = await advising.schedule(site.hub, identifier, act, acting, when)
            _say(site, Standing(made, (await _standing(site, identifier)).public), as_json=as_json)
            return
        async with site.alone():
            found = await _standing(site, identifier)
            out = [found.latest]
            # Written again if it was let out before: its feeds may not have been reached then.
            if found.latest.status is not _MAKES[act]:
                out = await advising.let_out(site.hub, identifier, act, acting)
            await _issue(site, out)
        await say_older(site, identifier)
        _say(site, *(Standing(each, each) for each in out), as_json=as_json)


async def _issue(site: Site, out: Sequence[Advisory]) -> None:
    await site.publish_advisories([each.id for each in out])


async def _standing(site: Site, identifier: str) -> Standing:
    async with site.hub.reports.read() as connection:
        return await advising.standing(connection, identifier)


def _acting(site: Site, name: str) -> Acting:
    return Acting(name, site.clock(), site.rules)


class _Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a script is told of an act."""

    id: str
    revision: int
    stage: Stage
    version: int
    """Of what readers have; 0 if they have nothing."""
    next: str
    address: str
    """Of the page that changed; empty if readers see no change."""


def _say(site: Site, *standings: Standing, as_json: bool) -> None:
    done = [_done(site, each) for each in standings]
    if as_json:
        write_json({"advisories": done})
        return
    for standing, each in zip(standings, done, strict=True):
        if each.address:
            click.echo(f"{standing.latest.status.capitalize()}: {each.address}")
        else:
            click.echo(f"{each.id}, revision {each.revision}, {each.stage}. Next: {each.next}")


def _done(site: Site, standing: Standing) -> _Done:
    latest = standing.latest
    return _Done(
        id=latest.id,
        revision=latest.revision,
        stage=standing.stage,
        version=latest.version,
        next=stages.next_step(standing, site.rules),
        address=_address(site, latest) if latest.status.is_out else "",
    )


def _address(site: Site, out: Advisory) -> str:
    """Give the address of its page, in the widest tree that it stands in."""
    for_everybody = out.tlp in site.publisher.allowed
    members = "" if for_everybody else "/members"
    return f"{site.publisher.url}{members}/{advisory_path(site.publisher.default, out.id)}"
