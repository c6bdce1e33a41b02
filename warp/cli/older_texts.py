"""What a coordinator is told of languages that no longer say what the site's first language says."""

from collections.abc import Sequence
from itertools import pairwise

import click

from storage import advisories
from warp.advisory import Advisory
from warp.site import Site


async def say_older(site: Site, identifier: str) -> None:
    """Name on stderr the languages of an advisory whose text is older than the default language's."""
    default = site.publisher.default
    async with site.hub.reports.read() as connection:
        revisions = await advisories.revisions(connection, identifier)
        versions = await advisories.versions(connection, identifier)
        old = await advisories.public(connection, revisions[0].escalates)
    known = [old] if old is not None else []
    older = _older([*known, revisions[0], *versions, revisions[-1]], default)
    if older:
        said = f"Older than the text in {default}, and maybe not true any more: {', '.join(older)}."
        how = f"Write it anew: warp advisory edit {identifier} --language …; or take it out: --drop-language"
        click.echo(f"{said} {how}", err=True)


def _older(states: Sequence[Advisory], default: str) -> list[str]:
    """
    Give the languages whose text stayed when the default language's last changed.

    Args:
        states: Of one warning: as it was begun, each version that readers have had, and as it is.
        default: The site's first language; where the warning has no text in it, none is older.
    """
    texts = states[-1].texts
    changed = dict.fromkeys(texts, 0)
    for number, (before, after) in enumerate(pairwise(states), start=1):
        changed |= {code: number for code in texts if after.texts.get(code) != before.texts.get(code)}
    return sorted(code for code in texts if changed[code] < changed.get(default, 0))
