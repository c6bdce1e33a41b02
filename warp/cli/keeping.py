"""Commands of the operator for what is kept: forget, catch up with a midnight, back up, restore."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from storage import pool
from warp import backup as backups
from warp import forgetting, restoring
from warp import release as acts
from warp.backup import MEANINGS, Part
from warp.cli import unlocking
from warp.cli.options import asynchronous, data_option, json_option, write_json
from warp.cli.unlocking import key_option
from warp.forgetting import Explained, KeptWeek
from warp.site import open_site, present


@click.command()
@data_option
@click.option("--dry-run", is_flag=True, help="Say what is kept, why and until when; destroy nothing.")
@key_option
@json_option
@asynchronous
async def forget(data: Path, key: bytes | None, *, dry_run: bool, as_json: bool) -> None:
    """
    Destroy now what has outlived its time, as the server does at midnight; or say what would go.

    \b
    Example:
      warp forget --dry-run --data site
    """
    async with open_site(data, secret=unlocking.secret(key)) as site:
        now = present()
        if not dry_run:
            await site.check_clock()
        async with site.hub.reports.read() as connection:
            waiting = await pool.size(connection)
        if waiting:
            site.hub.keyring.unlock()  # says which weeks' keys the envelopes need
        found = await forgetting.explain(site.hub.stores, now)
        if not dry_run:
            await site.forget(now)
    if as_json:
        write_json({"pool": waiting, "kept": found, "forgotten": not dry_run})
        return
    click.echo(f"Envelopes in the pool: {waiting}. They stay until a release, at midnight UTC: once")
    click.echo(f"{acts.AT_LEAST} wait, or something has waited through {acts.AFTER_MIDNIGHTS} midnights.")
    for each in found:
        _explain(each, "due now" if dry_run else "gone")


def _explain(each: Explained, due: str) -> None:
    click.echo(f"\n{each.what[0].upper()}{each.what[1:]}: for {each.days} days after their week.")
    click.echo(f"  Why: {each.why}.")
    for week in each.weeks:
        click.echo(f"  {week.week} {week.number:6}  {_until(week, due)}")
    if not each.weeks:
        click.echo("  There is nothing.")


def _until(week: KeptWeek, due: str) -> str:
    if week.waits:
        return "due, but an envelope in the pool needs it"
    return due if week.due else f"until {week.until}"


@click.command()
@data_option
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The date in UTC, as you know it. Has the clock believed although it has leapt.",
)
@key_option
@json_option
@asynchronous
async def midnight(data: Path, today: datetime | None, key: bytes | None, *, as_json: bool) -> None:
    """
    Do the last midnight's work now, if it is not done. The server does this by itself, but not when its clock
    has leapt by more than two weeks: then somebody has to look, since most of it cannot be undone.

    \b
    Examples:
      warp midnight --data site
      warp midnight --today 2026-11-24 --data site
    """
    now = present()
    if today is not None and today.date() != now.date():
        raise click.ClickException(f"the clock says {now.date()}: set it right first")
    async with open_site(data, secret=unlocking.secret(key)) as site:
        if today is None:
            await site.check_clock()
        site.hub.keyring.unlock()
        done = await site.catch_up(clock_is_right=today is not None)
        async with site.hub.reports.read() as connection:
            finished = (await pool.waiting(connection)).day
    if as_json:
        write_json({"done": done, "finished": finished})
        return
    click.echo(f"{'Done' if done else 'Nothing was due'}: the last finished day is {finished}.")


@click.command()
@data_option
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder for backups. Those in it that have passed their last day are destroyed.",
)
@click.option(
    "--with",
    "named",
    multiple=True,
    type=click.Choice([str(part) for part in Part]),
    help="Also this part, which is left out otherwise; repeat it.",
)
@json_option
@asynchronous
async def backup(data: Path, out: Path, named: Sequence[str], *, as_json: bool) -> None:
    """
    Write a backup without pool, inbox and keys, unless they are asked for; says what that means.

    \b
    Example:
      warp backup --data site --out /media/backups --with keys
    """
    parts = frozenset(map(Part, named))
    async with open_site(data) as site:
        await site.check_clock()
        async with site.alone():
            root, today = site.settings.root, present().date()
            made = await backups.back_up(data, site.hub.stores, root, out, parts, today)
        bare = Part.KEYS in parts and site.hub.keyring.unsealed()
    if as_json:
        write_json(
            {
                "file": str(made.path),
                "until": made.manifest.until,
                "with": made.manifest.parts,
                "keys sealed": None if Part.KEYS not in parts else not bare,
                "destroyed": made.destroyed,
            }
        )
        return
    click.echo(f"{made.path}\n")
    click.echo(
        "In it: settings, members who have joined, coordinators, counts, figures, signals, advisories,"
    )
    click.echo("public files. Invitations that nobody has used are not in it.")
    for part, meaning in MEANINGS.items():
        click.echo(f"\n{part}: {meaning.included if part in parts else meaning.omitted}")
    if bare:
        click.echo("\nTHE KEYS IN IT ARE NOT SEALED: whoever has this file has them. See: warp keys seal")
    click.echo("\nMembers who are revoked from now on stay in it.")
    click.echo(f"Destroy it and all copies by {made.manifest.until}, 00:00 UTC.")
    click.echo(f"The next warp backup into {out} destroys what is in that folder.")
    for name in made.destroyed:
        click.echo(f"Destroyed, because its last day has passed: {name}")


@click.command()
@click.argument("backup_file", metavar="BACKUP", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@data_option
@click.option(
    "--public",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A copy of the site's public folder, with what it has published since the backup.",
)
@click.option("--nothing-later", is_flag=True, help="You know that nothing was published since the backup.")
@key_option
@json_option
def restore(
    backup_file: Path,
    data: Path,
    public: Path | None,
    key: bytes | None,
    *,
    nothing_later: bool,
    as_json: bool,
) -> None:
    """
    Make a site from a backup. A passphrase seals the new online key that a backup without keys needs.

    \b
    Example:
      warp restore /media/backups/warp-backup-2026-11-24.tar --data site
    """
    done = restoring.restore(
        backup_file,
        data,
        present().date(),
        public,
        nothing_later=nothing_later,
        secret=unlocking.given(key),
    )
    new_key = Part.KEYS not in done.manifest.parts
    if as_json:
        lost = [str(week) for week in done.lost]
        write_json({"made": done.manifest.made, "new online key": new_key, "lost weeks": lost})
        return
    click.echo(f"The site of {done.manifest.made} is in {data}.")
    if new_key:
        click.echo("It has a new online key. Next: warp certify, with the root.")
    if done.lost:
        click.echo(f"Announced, but their keys are lost: {', '.join(map(str, done.lost))}.")
        click.echo("Tokens of these weeks are useless, and reports are refused until they are over.")
    click.echo("Members who were revoked since are members again: look at warp member list.")


COMMANDS: list[click.Command] = [forget, midnight, backup, restore]
