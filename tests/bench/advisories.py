"""
What the benchmark publishes: warnings of every kind, as a busy community would have written them over years.

Texts are those of the tables that drafts and advice come from, so that feeds are as long, and as alike, as
real ones. Seeded, and stored straight away: no coordinator stands behind them.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import msgspec

from storage import advisories
from storage.database import open_database
from warp import advice, drafting, places, taxonomy
from warp.advice import Section
from warp.advisory import Advisory, Status, Text, Tlp, Version, facets
from warp.disclosure import Figure
from warp.weeks import Week

TYPES = [code for code in (*taxonomy.TYPES, *taxonomy.CLASSES) if code != taxonomy.TEST_TYPE]
PLACES = ("UY", "AR", "BR", "CL", "PY", "PE", "CO", "MX", "005", "013", "419", "019", "")
"""Countries, areas around them, and everywhere."""
BETWEEN = timedelta(hours=3)
"""Warnings come so often: 10,000 in three and a half years."""
_FATES = (Status.PUBLISHED,) * 16 + (Status.UPDATED,) * 3 + (Status.WITHDRAWN,)


def drawn(count: int, last: datetime, languages: Sequence[str], seed: int = 1) -> Iterator[list[Advisory]]:
    """Give so many, oldest first, the last published at `last`; each as the versions that readers had."""
    random = Random(seed)
    for number in reversed(range(count)):
        yield _versions(random, last - BETWEEN * number, languages)


async def store(site: Path, drawn: Iterable[list[Advisory]]) -> None:
    """Store them in one transaction."""
    database = await open_database(site / "reports.db", "reports")
    async with database.write() as connection:
        for each in itertools.chain.from_iterable(drawn):
            await advisories.save(connection, each)
    await database.close()


def _versions(random: Random, published: datetime, languages: Sequence[str]) -> list[Advisory]:
    type_, place, week = random.choice(TYPES), random.choice(PLACES), str(Week.of(published))
    first = Advisory(
        id=f"{week.lower()}-{random.getrandbits(40):010x}",
        revision=2,
        status=Status.PUBLISHED,
        tlp=Tlp.CLEAR,
        severity=random.choice(list(taxonomy.Severity)),
        type=type_,
        place=place,
        sector=random.choice(("", "", *taxonomy.SECTORS)),
        week=week,
        figure=random.choice((None, Figure(at_least=7), Figure(at_least=50))),
        texts={language: _text(type_, place, language) for language in languages},
        version=1,
        author="ana",
        approver="luis",
        published=published,
        updated=published,
    )
    fate = random.choice(_FATES)
    if fate is Status.PUBLISHED:
        return [first]
    before = Version(
        number=1, status=first.status, tlp=first.tlp, facets=facets(first), updated=published, reason=""
    )
    later = published + timedelta(minutes=random.randrange(1, 5_000))
    changes = {"status": fate, "reason": "More is known.", "revision": 3, "version": 2, "updated": later}
    return [first, msgspec.structs.replace(first, **changes, history=(before,))]


def _text(type_: str, place: str, language: str) -> Text:
    first = advice.advice(type_, language)[Section.FIRST_HOUR]
    title = taxonomy.type_name(type_, language)
    if place:
        title += f" – {places.place_name(place, language)}"
    return Text(title, first, drafting.advise(type_, language))
