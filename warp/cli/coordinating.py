"""Commands of a coordinator who warns: write and publish advisories, look up advice."""

from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from feeds.entry import marked
from storage import advisories
from warp import advice, advising, drafting, taxonomy
from warp.advisory import Advisory, Status, Text, Tlp
from warp.cli import verifying
from warp.cli.options import as_option, asynchronous, data_option, json_option, write_json, write_table
from warp.config import ConfigError
from warp.site import Site, open_site, present
from warp.weeks import Week


@click.group()
def advisory() -> None:
    """Draft, publish and list advisories."""


class _Given(NamedTuple):
    """What a coordinator says of a draft; none is what it says nothing of."""

    title: str | None
    summary: str | None
    actions: tuple[str, ...]
    advice: bool
    change: advising.Change
    language: str


@advisory.command()
@click.argument("identifier", metavar="[ID]", required=False)
@data_option
@as_option
@click.option("--title", help="Title in the given language.")
@click.option("--summary", "summary_file", type=click.File(encoding="utf-8"), help="Text file, or -.")
@click.option(
    "--action", "actions", multiple=True, help="A recommended action; replaces the list; repeat it."
)
@click.option("--advice", is_flag=True, help="Recommend the first actions for the type; before --action.")
@click.option("--language", help="Which language's text is changed; the site's default unless given.")
@click.option("--severity", type=click.Choice([str(level) for level in taxonomy.Severity]))
@click.option("--tlp", type=click.Choice([str(label) for label in Tlp]))
@click.option("--place", help="Country, M49 area, or empty for everywhere.")
@click.option("--sector", help="NIS2 sector, or empty.")
@click.option("--type", "type_", help="RSIT type or class; only for a draft without ID.")
@asynchronous
async def draft(data: Path, identifier: str | None, name: str, type_: str | None, **given: Any) -> None:
    """
    Take over the draft ID and change what is given; without ID, write a new one.

    \b
    Examples:
      warp advisory draft 2026-w47-k3v9q2xd --as ana --severity high --data site
      warp advisory draft --as ana --type fraud/phishing --place UY --title "…" --summary text.txt --data site
    """
    async with open_site(data) as site:
        said = _given(site, given)
        if identifier is None:
            saved = await _write(site, name, type_, said)
        elif type_:
            raise click.UsageError("--type belongs to a new draft")
        else:
            change = msgspec.structs.replace(said.change, texts=await _texts(site, identifier, said))
            saved = await advising.edit(site.hub, identifier, name, change, site.settings.policy, present())
    click.echo(
        f"{saved.id}, revision {saved.revision}, by {saved.author}. Next: another coordinator publishes it."
    )


def _given(site: Site, given: dict[str, Any]) -> _Given:
    language = given["language"] or site.publisher.default
    if language not in site.settings.languages:
        raise ConfigError(f"the site's languages are {', '.join(site.settings.languages)}")
    file = given["summary_file"]
    change = advising.Change(
        severity=taxonomy.Severity(given["severity"]) if given["severity"] else None,
        tlp=Tlp(given["tlp"]) if given["tlp"] else None,
        place=given["place"],
        sector=given["sector"],
    )
    summary = file.read().strip() if file else None
    return _Given(given["title"], summary, given["actions"], given["advice"], change, language)


async def _write(site: Site, name: str, type_: str | None, said: _Given) -> Advisory:
    if not (type_ and said.title and said.summary):
        raise click.UsageError("a new draft needs --type, --title and --summary")
    if said.language != site.publisher.default:
        raise click.UsageError(f"write it in {site.publisher.default} first; then add other languages")
    texts = {said.language: Text(said.title, said.summary, _actions(said, type_))}
    new = advising.blank(site.hub, Week.of(present()), type_, said.change.place or "", texts)
    new = msgspec.structs.replace(
        new,
        severity=said.change.severity or new.severity,
        tlp=said.change.tlp or new.tlp,
        sector=said.change.sector or "",
    )
    return await advising.write(site.hub, new, name)


def _actions(said: _Given, of_type: str) -> tuple[str, ...]:
    """Give the recommended actions that were asked for; none leaves a draft's as they are."""
    if said.advice and not (of_type == "" or taxonomy.is_term(of_type)):
        raise click.BadParameter("not an RSIT type or class; see: warp terms types", param_hint="--type")
    return (*(drafting.advise(of_type, said.language) if said.advice else ()), *said.actions)


async def _texts(site: Site, identifier: str, said: _Given) -> dict[str, Text]:
    if not (said.title or said.summary or said.actions or said.advice):
        return {}
    async with site.hub.reports.read() as connection:
        found = await advisories.latest(connection, identifier)
    default = site.publisher.default
    old = found.texts.get(said.language, found.texts[default]) if found else Text("", "")
    actions = _actions(said, found.type if found else "")
    new = Text(said.title or old.title, said.summary or old.summary, actions or old.actions)
    return {said.language: new}


@advisory.command()
@click.argument("identifier", metavar="ID")
@data_option
@as_option
@asynchronous
async def publish(data: Path, identifier: str, name: str) -> None:
    """
    Approve a draft that another coordinator wrote, and publish it in every feed it belongs to.

    \b
    Example:
      warp advisory publish 2026-w47-k3v9q2xd --as luis --data site
    """
    async with open_site(data) as site:
        await site.check_clock()  # the time of publication stays in every feed
        four_eyes = site.settings.four_eyes
        async with site.hub.reports.read() as connection:
            done = await advisories.latest(connection, identifier)
        if done is None or done.status is not Status.PUBLISHED:
            done = await advising.publish(site.hub, identifier, name, present(), four_eyes=four_eyes)
        # Written again for one that was published before: its feeds may not have been reached then.
        await site.publish_advisories([done.id])
        click.echo(f"Published: {site.settings.url}/{site.publisher.default}/advisories/{done.id}")


@advisory.command(name="list")
@data_option
@click.option("--as", "name", metavar="NAME", help="Only drafts that this coordinator may publish.")
@json_option
@asynchronous
async def list_advisories(data: Path, name: str | None, *, as_json: bool) -> None:
    """
    List advisories, drafts included, latest week first.

    \b
    Example:
      warp advisory list --data site
    """
    async with open_site(data) as site:
        default, four_eyes = site.publisher.default, site.settings.four_eyes
        async with site.hub.reports.read() as connection:
            everything = await advisories.everything(connection)
    if name is not None:
        everything = [each for each in everything if _awaits(each, name, four_eyes=four_eyes)]
    everything.sort(key=lambda each: (each.week, each.id), reverse=True)
    if as_json:
        write_json({"advisories": everything})
        return
    rows = [(a.id, a.status, f"TLP:{a.tlp}", a.severity, _title(a, default), _who(a)) for a in everything]
    write_table("Advisories", ("id", "status", "marking", "severity", "title", "by"), rows, "No advisories.")


@advisory.command()
@click.argument("identifier", metavar="ID")
@data_option
@json_option
@asynchronous
async def show(data: Path, identifier: str, *, as_json: bool) -> None:
    """
    Show an advisory in all its languages, as its readers would see it.

    \b
    Example:
      warp advisory show 2026-w47-k3v9q2xd --data site
    """
    async with open_site(data) as site, site.hub.reports.read() as connection:
        found = await advisories.latest(connection, identifier)
    if found is None:
        raise click.ClickException("there is no advisory with this id; see: warp advisory list")
    if as_json:
        write_json(found)
        return
    click.echo(f"{found.id} revision {found.revision} · {found.status} · TLP:{found.tlp} · {found.severity}")
    where = found.place or "everywhere"
    click.echo(f"type {found.type or 'all'} · place {where} · week {found.week} · {_who(found)}")
    for language, text in found.texts.items():
        click.echo(f"\n[{language}] {marked(found, text, language)}\n\n{text.summary}\n")
        for number, action in enumerate(text.actions, start=1):
            click.echo(f"{number}. {action}")


def _awaits(found: Advisory, name: str, *, four_eyes: bool) -> bool:
    by_another = found.author not in ("", name) or (found.author == name and not four_eyes)
    return found.status is Status.DRAFT and by_another


def _title(found: Advisory, default: str) -> str:
    return marked(found, found.texts[default], default)


def _who(found: Advisory) -> str:
    author = found.author or "the machine"
    return f"{author}, {found.approver}" if found.status is Status.PUBLISHED else author


@click.command(name="advice")
@click.argument("code", metavar="TYPE")
@click.option("--language", default="en", show_default=True, type=click.Choice(advice.LANGUAGES))
@click.option("--tag", "tags", multiple=True, type=click.Choice(taxonomy.TAGS), metavar="TAG")
def advice_command(code: str, language: str, tags: tuple[str, ...]) -> None:
    """
    Print first advice for a type or class of incident: the first hour, evidence, whom to tell, recovery.

    \b
    Example:
      warp advice malicious-code --language es --tag ransomware
    """
    if not taxonomy.is_term(code):
        raise click.BadParameter("not an RSIT type or class; see: warp terms types", param_hint="TYPE")
    click.echo(advice.as_text(code, language, tags))


advisory.add_command(verifying.verify)
COMMANDS: list[click.Command] = [advisory, advice_command]
