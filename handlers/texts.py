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
    published: str
    updated: str
    identifier: str
    marking: str
    back: str
    figures_of: str
    """{week}, like 2026-W47."""
    figures_intro: str
    days: str
    """{first}, {last}: the days of the week."""
    reports: str
    at_least: str
    """{n}: a number of reports that is surely true."""
    too_few: str
    no_week: str
    other_weeks: str
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
    published="Published",
    updated="Updated",
    identifier="Permanent identifier",
    marking="Marking",
    back="All warnings",
    figures_of="Figures for week {week}",
    figures_intro=(
        "Each report is counted in one row at most. A row is shown only if enough reports from enough "
        "members stand behind it. What is too small alone goes into a wider row, which leaves out what "
        "narrower rows show, or is not shown. The figures are lower bounds, not exact counts."
    ),
    days="{first} to {last}",
    reports="Reports",
    at_least="at least {n}",
    too_few=(
        "Too few reports to publish. In a week with few reports, a figure could point to the team that made "
        "one."
    ),
    no_week="No week has closed yet.",
    other_weeks="Other weeks",
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
    published="Publicada",
    updated="Actualizada",
    identifier="Identificador permanente",
    marking="Marcado",
    back="Todas las alertas",
    figures_of="Cifras de la semana {week}",
    figures_intro=(
        "Cada reporte se cuenta en una fila como máximo. Una fila se muestra solo si la respaldan "
        "suficientes reportes de suficientes miembros. Lo que por sí solo es demasiado poco pasa a una fila "
        "más amplia, que no incluye lo que muestran las filas más específicas, o no se muestra. Las cifras "
        "son mínimos, no recuentos exactos."
    ),
    days="del {first} al {last}",
    reports="Reportes",
    at_least="al menos {n}",
    too_few=(
        "Hay muy pocos reportes para publicar cifras. En una semana con pocos reportes, una cifra podría "
        "delatar al equipo que hizo alguno."
    ),
    no_week="Todavía no se ha cerrado ninguna semana.",
    other_weeks="Otras semanas",
    footer="Sin cookies, sin scripts y sin contenido cargado desde otros sitios.",
)

TEXTS: Mapping[str, Texts] = {"en": _ENGLISH, "es": _SPANISH}
"""Language code to texts, for every language of `feeds.words`."""
