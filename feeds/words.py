"""
The few words that a feed adds to what coordinators wrote, in each language.

On the way out, beside `feeds.entry`; pages use them, too, so that a warning reads the same everywhere. It
holds no names of types, severities, sectors or places: those belong to `warp.taxonomy` and `warp.places`.
"""

from collections.abc import Mapping

import msgspec

from warp.advisory import Tlp


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one language; braces stand for what is filled in."""

    rest: str
    """{name}: of all types or places, where only what no finer row shows is counted."""
    figure: str
    """{n}: a number of reports that is surely true."""
    actions: str
    type: str
    place: str
    sector: str
    severity: str
    week: str
    everywhere: str
    only_in: str
    """{language}: the one that the text is in, from `languages`."""
    languages: Mapping[str, str]
    tlp: Mapping[Tlp, str]
    """What a label allows, for the labels that may be public."""
    feed_of_all: str
    feed: str
    """{site}, {name}: of the type or place that the feed is about."""
    subtitle: str
    drills: str
    """Names the drill feed."""
    drills_subtitle: str
    drill_mark: str
    """Stands before the title of a rehearsed warning, in capitals."""
    drill_notice: str
    """Begins the text of a rehearsed warning."""


_ENGLISH = Words(
    rest="{name} (the rest)",
    figure="At least {n} reports stand behind this warning.",
    actions="Recommended actions",
    type="Type",
    place="Place",
    sector="Sector",
    severity="Severity",
    week="Week",
    everywhere="Everywhere",
    only_in="The text of this warning is available in {language} only.",
    languages={"en": "English", "es": "Spanish"},
    tlp={Tlp.CLEAR: "It may be shared with anyone; there is no limit on disclosure."},
    feed_of_all="{site}: all warnings",
    feed="{site}: {name}",
    subtitle="Early warnings of security incidents, drawn from reports by incident response teams.",
    drills="Drills",
    drills_subtitle="Rehearsed warnings only: nothing that stands here has happened.",
    drill_mark="DRILL",
    drill_notice="This is a drill: an exercise. Nothing of it has happened, and nothing needs to be done.",
)

_SPANISH = Words(
    rest="{name} (el resto)",
    figure="Al menos {n} reportes respaldan esta alerta.",
    actions="Acciones recomendadas",
    type="Tipo",
    place="Lugar",
    sector="Sector",
    severity="Severidad",
    week="Semana",
    everywhere="Todos los lugares",
    only_in="El texto de esta alerta solo está disponible en {language}.",
    languages={"en": "inglés", "es": "español"},
    tlp={Tlp.CLEAR: "Puede compartirse con cualquier persona; no hay límite a su divulgación."},
    feed_of_all="{site}: todas las alertas",
    feed="{site}: {name}",
    subtitle="Alertas tempranas de incidentes de seguridad, a partir de reportes de equipos de respuesta.",
    drills="Simulacros",
    drills_subtitle="Solo alertas de ensayo: nada de lo que aparece aquí ha ocurrido.",
    drill_mark="SIMULACRO",
    drill_notice="Esto es un simulacro: un ejercicio. Nada de esto ha ocurrido y no es necesario hacer nada.",
)

WORDS: Mapping[str, Words] = {"en": _ENGLISH, "es": _SPANISH}
"""Language code to words; a site can offer these languages."""
