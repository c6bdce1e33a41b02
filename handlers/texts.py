"""
What the public pages say in each language, beside the words that they share with the feeds.

Read by `handlers.pages` alone. One struct per language, so that a missing translation does not type-check.
"""

from collections.abc import Mapping

import msgspec


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """The pages' texts in one language; braces stand for what is filled in."""

    language: str
    """The language's own name."""
    languages: str
    sections: str
    warnings: str
    figures: str
    about: str
    report: str
    report_how: str
    """{command}: the command line that reports."""
    none_yet: str
    feeds: str
    feeds_how: str
    all_warnings: str
    by_type: str
    by_country: str
    drills_how: str
    published: str
    updated: str
    identifier: str
    marking: str
    back: str
    footer: str


_ENGLISH = Texts(
    language="English",
    languages="Languages",
    sections="Sections",
    warnings="Warnings",
    figures="Figures",
    about=(
        "Incident response teams report here, anonymously, what happened to them. "
        "Coordinators watch the counts and publish early warnings with advice. "
        "Anyone may read the warnings and follow them, without an account."
    ),
    report="Report an incident",
    report_how=(
        "Members report with {command}: it seals the report on their own machine, and the report carries no "
        "name, not even for the operators of this server. To become a member, ask the coordinators."
    ),
    none_yet="No warning has been published yet.",
    feeds="Follow the warnings",
    feeds_how=(
        "Put one of these addresses into a feed reader or a security tool. The feed of a country also holds "
        "the warnings for its region and for all places."
    ),
    all_warnings="All warnings",
    by_type="By type of incident",
    by_country="By country",
    drills_how="The feed of drills is for rehearsing: what stands in it has not happened.",
    published="Published",
    updated="Updated",
    identifier="Permanent identifier",
    marking="Marking",
    back="All warnings",
    footer="No cookies, no scripts, nothing loaded from elsewhere.",
)

_SPANISH = Texts(
    language="Español",
    languages="Idiomas",
    sections="Secciones",
    warnings="Alertas",
    figures="Cifras",
    about=(
        "Los equipos de respuesta a incidentes reportan aquí, de forma anónima, lo que les ocurrió. "
        "Los coordinadores observan los recuentos y publican alertas tempranas con recomendaciones. "
        "Cualquier persona puede leer las alertas y seguirlas, sin crear una cuenta."
    ),
    report="Reportar un incidente",
    report_how=(
        "Los miembros reportan con {command}: el reporte se cifra en la propia máquina de quien reporta y no "
        "lleva ningún nombre, ni siquiera para quienes operan este servidor. Para ser miembro, consulte a "
        "los coordinadores."
    ),
    none_yet="Todavía no se ha publicado ninguna alerta.",
    feeds="Seguir las alertas",
    feeds_how=(
        "Agregue una de estas direcciones a un lector de canales o a una herramienta de seguridad. El canal "
        "de un país incluye también las alertas para su región y para todos los lugares."
    ),
    all_warnings="Todas las alertas",
    by_type="Por tipo de incidente",
    by_country="Por país",
    drills_how="El canal de simulacros sirve para ensayar: nada de lo que contiene ha ocurrido.",
    published="Publicada",
    updated="Actualizada",
    identifier="Identificador permanente",
    marking="Marcado",
    back="Todas las alertas",
    footer="Sin cookies, sin scripts y sin contenido cargado desde otros sitios.",
)

TEXTS: Mapping[str, Texts] = {"en": _ENGLISH, "es": _SPANISH}
"""Language code to texts, for every language of `feeds.words`."""
