"""
The rules of publication in plain words: what each step of a policy's ladder needs, for whom a preset is.

Beside `feeds.words`; the pages and the command line say the same. It decides nothing: `warp.policies` holds
the numbers.
"""

from collections.abc import Mapping

import msgspec

from warp.policies import PRESETS, Name, OfPlace, OfType, Policy, Step
from warp.weeks import Span


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one language; braces stand for what is filled in."""

    types: Mapping[OfType, str]
    """First in the sentence."""
    places: Mapping[OfPlace, str]
    spans: Mapping[Span, str]
    cell: str
    """{type}, {place}, {span}."""
    needs: str
    """{cell}, {reports}, {members}: the fewest; {sure_reports}, {sure_members}: always enough."""
    members: str
    """Which members count."""
    wide: str
    """{places}, {types}: what a rolled-up cell stands for."""
    bands: str
    """{first}, {second}, {third}, {fourth}; {capped}: reports counted for each member."""
    risk: str
    """{percent}."""
    names: Mapping[Name, str]
    why: Mapping[Name, str]


_ENGLISH = Ladder(
    types={
        OfType.TYPE: "One type of incident",
        OfType.CLASS: "One class of incidents",
        OfType.ALL: "All types together",
    },
    places={
        OfPlace.COUNTRY: "in one country",
        OfPlace.AREA: "in one part of a region (like South America)",
        OfPlace.SUB_REGION: "in one sub-region (like Latin America and the Caribbean)",
        OfPlace.REGION: "in one region (like the Americas)",
        OfPlace.WORLD: "in all places together",
    },
    spans={Span.WEEK: "in a week", Span.MONTH: "in a month", Span.QUARTER: "in a quarter"},
    cell="{type} {place} {span}",
    needs=(
        "{cell}: never shown with fewer than {reports} reports or {members} members; always, if it stands "
        "for enough places and types, from {sure_reports} reports on and {sure_members} members who reported "
        "the same class in the same week."
    ),
    members=(
        "Members are counted by what is sure: the most that made their first report of one class in one "
        "week. There may be many more."
    ),
    wide=(
        "A row that stands for several places has members in at least {places} of them, and one that stands "
        "for several types could hold at least {types} types that are not already shown finer. "
        "Else it is not shown, however many reports there are."
    ),
    bands=(
        "Numbers are lower bounds: “at least {first}”, {second}, {third}, {fourth} and so on. A row counts "
        "at most {capped} times as many reports as it surely has members."
    ),
    risk=(
        "Between “never” and “always” a secret number decides, drawn for each row and then destroyed. One "
        "report changes the chances of what is shown by at most {percent} percentage points; n reports of "
        "one member by up to n times as much."
    ),
    names={
        Name.CAUTIOUS: "cautious",
        Name.STANDARD: "standard",
        Name.SMALL_COMMUNITY: "small community",
    },
    why={name: preset.why for name, preset in PRESETS.items()},
)

_SPANISH = Ladder(
    types={
        OfType.TYPE: "Un tipo de incidente",
        OfType.CLASS: "Una clase de incidentes",
        OfType.ALL: "Todos los tipos juntos",
    },
    places={
        OfPlace.COUNTRY: "en un país",
        OfPlace.AREA: "en una parte de una región (como América del Sur)",
        OfPlace.SUB_REGION: "en una subregión (como América Latina y el Caribe)",
        OfPlace.REGION: "en una región (como las Américas)",
        OfPlace.WORLD: "en todos los lugares juntos",
    },
    spans={Span.WEEK: "en una semana", Span.MONTH: "en un mes", Span.QUARTER: "en un trimestre"},
    cell="{type} {place} {span}",
    needs=(
        "{cell}: nunca se muestra con menos de {reports} reportes o {members} miembros; siempre, si abarca "
        "suficientes lugares y tipos, a partir de {sure_reports} reportes y {sure_members} miembros que "
        "reportaron la misma clase en la misma semana."
    ),
    members=(
        "Los miembros se cuentan por lo que es seguro: el mayor número que hizo su primer reporte de una "
        "misma clase en una misma semana. Puede haber muchos más."
    ),
    wide=(
        "Una fila que abarca varios lugares tiene miembros en al menos {places} de ellos, y la que abarca "
        "varios tipos puede contener al menos {types} tipos que no se muestren ya de forma más específica. "
        "Si no, no se muestra, por muchos reportes que haya."
    ),
    bands=(
        "Los números son mínimos: «al menos {first}», {second}, {third}, {fourth} y así sucesivamente. "
        "Una fila cuenta como máximo {capped} veces tantos reportes como miembros tiene con seguridad."
    ),
    risk=(
        "Entre «nunca» y «siempre» decide un número secreto, que se sortea para cada fila y luego se "
        "destruye. Un reporte cambia las probabilidades de lo que se muestra en {percent} puntos "
        "porcentuales como máximo; n reportes de un mismo miembro, hasta n veces más."
    ),
    names={
        Name.CAUTIOUS: "prudente",
        Name.STANDARD: "estándar",
        Name.SMALL_COMMUNITY: "comunidad pequeña",
    },
    why={
        Name.CAUTIOUS: (
            "La mitad de riesgo que las demás, para reportes que no deben verse; menos cifras y más amplias."
        ),
        Name.STANDARD: (
            "Para una comunidad de varias regiones, para ver qué pasa en cada una: por clase y trimestre, y "
            "de forma más específica donde hay mucho."
        ),
        Name.SMALL_COMMUNITY: (
            "Para decenas de miembros de una región: toda la comunidad por clase, y lo que queda del "
            "trimestre en una sola fila."
        ),
    },
)

_PORTUGUESE = Ladder(
    types={
        OfType.TYPE: "Um tipo de incidente",
        OfType.CLASS: "Uma classe de incidentes",
        OfType.ALL: "Todos os tipos juntos",
    },
    places={
        OfPlace.COUNTRY: "em um país",
        OfPlace.AREA: "em uma parte de uma região (como a América do Sul)",
        OfPlace.SUB_REGION: "em uma sub-região (como a América Latina e Caribe)",
        OfPlace.REGION: "em uma região (como as Américas)",
        OfPlace.WORLD: "em todos os lugares juntos",
    },
    spans={Span.WEEK: "em uma semana", Span.MONTH: "em um mês", Span.QUARTER: "em um trimestre"},
    cell="{type} {place} {span}",
    needs=(
        "{cell}: nunca se mostra com menos de {reports} notificações ou {members} membros; sempre, se "
        "abrange lugares e tipos suficientes, a partir de {sure_reports} notificações e {sure_members} "
        "membros que notificaram a mesma classe na mesma semana."
    ),
    members=(
        "Os membros são contados pelo que é certo: o maior número que fez sua primeira notificação de uma "
        "mesma classe em uma mesma semana. Pode haver muitos mais."
    ),
    wide=(
        "Uma linha que abrange vários lugares tem membros em pelo menos {places} deles, e a que abrange "
        "vários tipos pode conter pelo menos {types} tipos que ainda não são mostrados de forma mais "
        "específica. Senão, não se mostra, por mais notificações que haja."
    ),
    bands=(
        "Os números são mínimos: “pelo menos {first}”, {second}, {third}, {fourth} e assim por diante. Uma "
        "linha conta no máximo {capped} vezes tantas notificações quantos membros certamente tem."
    ),
    risk=(
        "Entre “nunca” e “sempre” decide um número secreto, sorteado para cada linha e depois destruído. Uma "
        "notificação muda as chances do que se mostra em no máximo {percent} pontos percentuais; n "
        "notificações de um mesmo membro, em até n vezes isso."
    ),
    names={
        Name.CAUTIOUS: "cautelosa",
        Name.STANDARD: "padrão",
        Name.SMALL_COMMUNITY: "comunidade pequena",
    },
    why={
        Name.CAUTIOUS: (
            "Metade do risco das outras, para notificações que não devem ser vistas; menos números, e mais "
            "amplos."
        ),
        Name.STANDARD: (
            "Para uma comunidade de várias regiões, para ver o que acontece em cada uma: por classe e "
            "trimestre, e de forma mais específica onde há muito."
        ),
        Name.SMALL_COMMUNITY: (
            "Para dezenas de membros de uma região: toda a comunidade por classe, e o que resta do trimestre "
            "em uma só linha."
        ),
    },
)

_FRENCH = Ladder(
    types={
        OfType.TYPE: "Un type d'incident",
        OfType.CLASS: "Une classe d'incidents",
        OfType.ALL: "Tous les types ensemble",
    },
    places={
        OfPlace.COUNTRY: "dans un pays",
        OfPlace.AREA: "dans une partie d'une région (comme l'Amérique du Sud)",
        OfPlace.SUB_REGION: "dans une sous-région (comme l'Amérique latine et les Caraïbes)",
        OfPlace.REGION: "dans une région (comme les Amériques)",
        OfPlace.WORLD: "dans tous les lieux ensemble",
    },
    spans={Span.WEEK: "en une semaine", Span.MONTH: "en un mois", Span.QUARTER: "en un trimestre"},
    cell="{type} {place} {span}",
    needs=(
        "{cell} : jamais affiché avec moins de {reports} signalements ou de {members} membres ; toujours, si "
        "assez de lieux et de types sont couverts, à partir de {sure_reports} signalements et de "
        "{sure_members} membres qui ont signalé la même classe dans la même semaine."
    ),
    members=(
        "Les membres sont comptés par ce qui est sûr : le plus grand nombre à avoir fait leur premier "
        "signalement d'une même classe dans une même semaine. Ils sont peut-être bien plus nombreux."
    ),
    wide=(
        "Une ligne qui couvre plusieurs lieux a des membres dans au moins {places} d'entre eux, et une ligne "
        "qui couvre plusieurs types peut contenir au moins {types} types qui ne sont pas déjà affichés plus "
        "finement. Sinon elle n'est pas affichée, quel que soit le nombre de signalements."
    ),
    bands=(
        "Les nombres sont des minimums : « au moins {first} », {second}, {third}, {fourth} et ainsi de "
        "suite. Une ligne compte au plus {capped} fois autant de signalements qu'elle a de membres sûrs."
    ),
    risk=(
        "Entre « jamais » et « toujours », un nombre secret décide, tiré pour chaque ligne puis détruit. Un "
        "signalement change les chances de ce qui est affiché d'au plus {percent} points de pourcentage ; n "
        "signalements d'un même membre, jusqu'à n fois autant."
    ),
    names={
        Name.CAUTIOUS: "prudente",
        Name.STANDARD: "standard",
        Name.SMALL_COMMUNITY: "petite communauté",
    },
    why={
        Name.CAUTIOUS: (
            "Moitié moins de risque que les autres, pour des signalements qui ne doivent pas se voir ; des "
            "chiffres moins nombreux et plus larges."
        ),
        Name.STANDARD: (
            "Pour une communauté de plusieurs régions, pour voir ce qui se passe dans chacune : par classe "
            "et par trimestre, et plus finement là où il y a beaucoup."
        ),
        Name.SMALL_COMMUNITY: (
            "Pour quelques dizaines de membres d'une région : toute la communauté par classe, et ce qui "
            "reste du trimestre en une seule ligne."
        ),
    },
)

LADDERS: Mapping[str, Ladder] = {"en": _ENGLISH, "es": _SPANISH, "pt": _PORTUGUESE, "fr": _FRENCH}
"""Language code to words, for every language of `feeds.words`."""


def sentences(policy: Policy, language: str) -> list[str]:
    """Give what each step of a policy's ladder needs, from the finest to the widest."""
    return [_sentence(policy, step, LADDERS[language]) for step in policy.steps]


def terms(policy: Policy, language: str) -> list[str]:
    """Give what holds for every step: members, bands, wide rows, risk."""
    words = LADDERS[language]
    first, second, third, fourth = (policy.reports * 2**i for i in range(4))
    return [
        words.members,
        words.bands.format(
            first=first, second=second, third=third, fourth=fourth, capped=policy.reports_per_member
        ),
        words.wide.format(places=policy.places, types=policy.types),
        words.risk.format(percent=round(100 * PRESETS[policy.preset].risk)),
    ]


def presets(language: str) -> list[tuple[str, str, int]]:
    """Give the name of every preset, for whom it is, and its risk in percent."""
    words = LADDERS[language]
    return [(words.names[name], words.why[name], round(100 * PRESETS[name].risk)) for name in Name]


def _sentence(policy: Policy, step: Step, words: Ladder) -> str:
    cell = words.cell.format(
        type=words.types[step.type], place=words.places[step.place], span=words.spans[step.span]
    )
    reports, members = policy.needs(step)
    return words.needs.format(
        cell=cell,
        reports=reports[0],
        members=members[0],
        sure_reports=reports[-1],
        sure_members=members[-1],
    )
