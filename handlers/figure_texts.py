"""
What the pages of figures say in each language, beside `handlers.texts` and `feeds.ladder`.

Read by `handlers.figure_pages` alone. One struct per language, so that a missing translation does not
type-check.
"""

from collections.abc import Mapping

import msgspec

from feeds.progress import PartKind
from warp.weeks import Span


class FigureTexts(msgspec.Struct, frozen=True, kw_only=True):
    """The texts in one language; braces stand for what is filled in."""

    intro: str
    explained: str
    title: Mapping[Span, str]
    """{period}."""
    latest: Mapping[Span, str]
    """{period}; above the table on the page of all figures."""
    days: str
    """{first}, {last}: the days of the period."""
    begun: str
    """{day}: the site's first, in a period that began before it."""
    other_policy: str
    """{policy}: that of a period, where it is not the one in force."""
    other_numbers: str
    """{policy}: the same, where only its numbers are others."""
    from_next_quarter: str
    """Beside the explanation, where it is not that of all that is shown."""
    reports: str
    at_least: str
    """{n}: a number of reports that is surely true."""
    too_few: str
    too_few_kindly: str
    not_of_this_length: str
    none_closed: str
    whole_page: str
    """{period}."""
    as_form: str
    """{period}, {form}: JSON or CSV."""
    leaves_out: str
    may_count_later: str
    """{periods}."""
    counted: str
    counted_how: str
    how: str
    how_ladder: str
    """{policy}, {why}."""
    policies: str
    policy_risk: str
    """{percent}."""
    missing: str
    missing_what: tuple[str, ...]
    data: str
    data_how: str
    all_data: str
    schema: str
    csv_schema: str
    archive: str
    chart: str
    chart_how: str
    all_periods: Mapping[Span, str]
    with_figures: str
    without_figures: str
    not_of_this_length_list: str
    progress: str
    progress_how: str
    progress_of: str
    """{area}."""
    no_progress: str
    progress_intro: str
    quarter: str
    quarter_begun: str
    """{quarter}, {day}: the site's first, in that quarter."""
    volume: str
    parts: Mapping[PartKind, str]
    share: str
    """{n} of {total}."""
    no_share: str
    """What a dash in the place of a share means."""
    mix: str
    mix_share: str
    method: str
    method_what: tuple[str, ...]
    cite: str
    cite_as: str
    """{site}, {title}, {quarters}, {day}: on which the last one closed; {address}."""
    from_to: str
    """{first}, {last}: quarters."""


_ENGLISH = FigureTexts(
    intro=(
        "How many incidents the members of this site reported, by type and place. Each number is a lower "
        "bound, and stands only where enough reports from enough members are behind it."
    ),
    explained="What is counted, how, and what is missing.",
    title={
        Span.WEEK: "Figures for week {period}",
        Span.MONTH: "Figures for month {period}",
        Span.QUARTER: "Figures for quarter {period}",
    },
    latest={
        Span.WEEK: "Latest week: {period}",
        Span.MONTH: "Latest month: {period}",
        Span.QUARTER: "Latest quarter: {period}",
    },
    days="{first} to {last}",
    begun="The site began on {day}. Earlier reports are not counted.",
    other_policy="This period was closed under the policy “{policy}”, which its own page explains.",
    other_numbers=(
        "This period was closed under the policy “{policy}” with other numbers, which its own page explains."
    ),
    from_next_quarter="The policy has changed: this explanation holds from the next quarter on.",
    reports="Reports",
    at_least="at least {n}",
    too_few="Too few to publish.",
    too_few_kindly=(
        "There were too few reports, or too few members behind them, for any row. That is usual in a small "
        "community, and protects whoever reported: a number could point to the team that made it. It does "
        "not mean that nothing happened."
    ),
    not_of_this_length="The policy that it was closed under has figures of longer periods only.",
    none_closed="No week has closed yet.",
    whole_page="{period}: page and data",
    as_form="{period} as {form}",
    leaves_out="Reports that a shorter period shows are not counted here again:",
    may_count_later="Reports that are hidden here may still show in {periods}.",
    counted="What is counted",
    counted_how=(
        "Reports that members of this site, incident response teams, sent to it anonymously. A report counts "
        "on the day of its release into the counts, not on that of the incident. A report that stands for "
        "several similar incidents is one report. Test reports are left out. Weeks begin on Monday, UTC; "
        "months and quarters are whole weeks, and a week belongs to those of its Thursday."
    ),
    how="How",
    how_ladder=(
        "Each report is counted in one row at most, in all weeks, months and quarters together: in the "
        "finest row that has enough. So rows may be added up, and a wide row leaves out what narrower rows "
        "show. “The rest” is what no finer row shows, not a total. The policy of publication is “{policy}”. "
        "{why}"
    ),
    policies="The policies that a site can choose from",
    policy_risk="One report changes the chances of what is shown by at most {percent} percentage points.",
    missing="What is missing",
    missing_what=(
        "Too few: what is not enough for a row of the week waits for its month, then its quarter. What is "
        "still not enough is never published. A row that is absent does not mean zero.",
        "Late: a period is closed once and never changes. A report that arrives later counts in the period "
        "in which it arrives, so recent incidents may show in later periods only.",
        "Not reported: incidents that no member reported are in no figure. A rise can also mean that more "
        "members report.",
    ),
    data="Data",
    data_how=(
        "The same as files, to load into a spreadsheet, pandas or R. Codes are stable: RSIT for types, "
        "ISO 3166-1 and UN M49 for places. A period without a row says so in the file."
    ),
    all_data="index of all periods",
    schema="JSON Schema",
    csv_schema="schema of the CSV files (CSV on the Web)",
    archive="all figures in one archive, with hashes",
    chart="Reports by class and quarter",
    chart_how=(
        "Lower bounds, as the sum of all figures of a quarter, its weeks and its months; each report at most "
        "once. No bar: too few to publish. “The rest” is what could be shown over all types together only. "
        "Do not read a change between quarters as a trend: each number may be under half of the truth, and "
        "by chance alone a number can halve, double or vanish."
    ),
    all_periods={Span.WEEK: "All weeks", Span.MONTH: "All months", Span.QUARTER: "All quarters"},
    with_figures="With figures:",
    without_figures="Too few to publish:",
    not_of_this_length_list="The policy had no figures of this length:",
    progress="Progress reports",
    progress_how="Volume, parts of the area with figures, and mix of types, quarter by quarter:",
    progress_of="Progress report: {area}",
    no_progress="The first one comes with the first closed quarter that has a figure.",
    progress_intro=(
        "What the published figures of this site show, quarter by quarter. Volumes are lower bounds. A "
        "change from one quarter to the next is no trend; see the method."
    ),
    quarter="Quarter",
    quarter_begun="{quarter} (from {day}, when the site began)",
    volume="Volume",
    parts={
        "regions": "Regions with figures",
        "sub-regions": "Sub-regions with figures",
        "countries": "Countries with figures",
    },
    share="{n} of {total}",
    no_share=(
        "–: no figure of the quarter is as narrow as one of these parts. It does not mean that none of them "
        "reported."
    ),
    mix="Mix of types",
    mix_share="Share of what is shown",
    method="Method",
    method_what=(
        "The volume of a quarter is the sum of the lower bounds of all figures that lie in this area: of the "
        "quarter, of its months and of its weeks. Each report is in at most one figure, so it is counted at "
        "most once, and the sum is a lower bound, too.",
        "Do not read a change between periods as a trend. Each number may be under half of the truth, and "
        "what one quarter shows for an area may be in a wider area, or hidden, in the next. By chance alone "
        "a volume can halve or double.",
        "A part of the area counts as having figures if a figure of the quarter lies in it. What could be "
        "shown for a wider place only is in none; so a part without figures may still have reported.",
        "Reports that could be shown over all types together only stand in a row of their own. Shares are of "
        "the lower bounds shown, not of all reports.",
        "Only closed quarters are listed. Their numbers do not change any more.",
    ),
    cite="Cite as",
    cite_as="{site}: {title}, {quarters}, closed on {day}. {address}",
    from_to="{first} to {last}",
)

_SPANISH = FigureTexts(
    intro=(
        "Cuántos incidentes reportaron los miembros de este sitio, por tipo y lugar. Cada número es un "
        "mínimo, y solo aparece donde lo respaldan suficientes reportes de suficientes miembros."
    ),
    explained="Qué se cuenta, cómo y qué falta.",
    title={
        Span.WEEK: "Cifras de la semana {period}",
        Span.MONTH: "Cifras del mes {period}",
        Span.QUARTER: "Cifras del trimestre {period}",
    },
    latest={
        Span.WEEK: "Última semana: {period}",
        Span.MONTH: "Último mes: {period}",
        Span.QUARTER: "Último trimestre: {period}",
    },
    days="del {first} al {last}",
    begun="El sitio empezó el {day}. Los reportes anteriores no se cuentan.",
    other_policy="Este período se cerró con la política «{policy}», que su propia página explica.",
    other_numbers=(
        "Este período se cerró con la política «{policy}» con otros números, que su propia página explica."
    ),
    from_next_quarter="La política ha cambiado: esta explicación vale desde el próximo trimestre.",
    reports="Reportes",
    at_least="al menos {n}",
    too_few="Muy pocos para publicar.",
    too_few_kindly=(
        "Hubo muy pocos reportes, o muy pocos miembros que los respaldaran, para mostrar alguna fila. Es lo "
        "habitual en una comunidad pequeña y protege a quien reportó: un número podría delatar al equipo que "
        "lo originó. No significa que no haya pasado nada."
    ),
    not_of_this_length="La política con la que se cerró solo tiene cifras de períodos más largos.",
    none_closed="Todavía no se ha cerrado ninguna semana.",
    whole_page="{period}: página y datos",
    as_form="{period} en {form}",
    leaves_out="Los reportes que muestra un período más corto no se vuelven a contar aquí:",
    may_count_later="Los reportes que aquí no se muestran todavía pueden aparecer en {periods}.",
    counted="Qué se cuenta",
    counted_how=(
        "Reportes que los miembros de este sitio, equipos de respuesta a incidentes, enviaron de forma "
        "anónima. Un reporte cuenta en el día en que pasa a los recuentos, no en el del incidente. Un "
        "reporte que abarca varios incidentes similares es un reporte. Los reportes de prueba no se cuentan. "
        "Las semanas empiezan el lunes (UTC); los meses y trimestres son semanas enteras, y una semana "
        "pertenece a los de su jueves."
    ),
    how="Cómo",
    how_ladder=(
        "Cada reporte se cuenta como máximo en una fila, entre todas las semanas, meses y trimestres: en la "
        "más específica que tenga lo suficiente. Por eso las filas pueden sumarse, y una fila amplia no "
        "incluye lo que muestran las más específicas. «El resto» es lo que no muestra ninguna fila más "
        "específica, no un total. La política de publicación es «{policy}». {why}"
    ),
    policies="Las políticas entre las que un sitio puede elegir",
    policy_risk=(
        "Un reporte cambia las probabilidades de lo que se muestra en {percent} puntos porcentuales como "
        "máximo."
    ),
    missing="Qué falta",
    missing_what=(
        "Demasiado poco: lo que no alcanza para una fila de la semana espera a su mes y luego a su "
        "trimestre. Lo que tampoco alcanza entonces nunca se publica. Que falte una fila no significa cero.",
        "Lo que llega tarde: un período se cierra una sola vez y no cambia más. Un reporte que llega después "
        "cuenta en el período en que llega; por eso los incidentes recientes pueden aparecer solo en "
        "períodos posteriores.",
        "Lo que no se reportó: los incidentes que ningún miembro reportó no están en ninguna cifra. Un "
        "aumento también puede significar que reportan más miembros.",
    ),
    data="Datos",
    data_how=(
        "Lo mismo en archivos, para una hoja de cálculo, pandas o R. Los códigos son estables: RSIT para los "
        "tipos, ISO 3166-1 y M49 de la ONU para los lugares. Un período sin filas lo dice en el archivo."
    ),
    all_data="índice de todos los períodos",
    schema="JSON Schema",
    csv_schema="esquema de los archivos CSV (CSV on the Web)",
    archive="todas las cifras en un archivo comprimido, con sus hashes",
    chart="Reportes por clase y trimestre",
    chart_how=(
        "Mínimos, como suma de todas las cifras de un trimestre, de sus semanas y de sus meses; cada reporte "
        "una vez como máximo. Sin barra: muy pocos para publicar. «El resto» es lo que solo pudo mostrarse "
        "con todos los tipos juntos. Un cambio entre trimestres no debe leerse como una tendencia: cada "
        "número puede ser menos de la mitad de la verdad, y por puro azar puede reducirse a la mitad, "
        "duplicarse o desaparecer."
    ),
    all_periods={
        Span.WEEK: "Todas las semanas",
        Span.MONTH: "Todos los meses",
        Span.QUARTER: "Todos los trimestres",
    },
    with_figures="Con cifras:",
    without_figures="Muy pocos para publicar:",
    not_of_this_length_list="La política no tenía cifras de esta duración:",
    progress="Informes de avance",
    progress_how="Volumen, partes del área con cifras y distribución por tipo, por trimestre:",
    progress_of="Informe de avance: {area}",
    no_progress="El primero llega con el primer trimestre cerrado que tenga una cifra.",
    progress_intro=(
        "Lo que muestran las cifras publicadas de este sitio, trimestre a trimestre. Los volúmenes son "
        "mínimos. Un cambio de un trimestre al siguiente no es una tendencia; véase el método."
    ),
    quarter="Trimestre",
    quarter_begun="{quarter} (desde el {day}, cuando empezó el sitio)",
    volume="Volumen",
    parts={
        "regions": "Regiones con cifras",
        "sub-regions": "Subregiones con cifras",
        "countries": "Países con cifras",
    },
    share="{n} de {total}",
    no_share=(
        "–: ninguna cifra del trimestre es tan específica como una de estas partes. No significa que ninguna "
        "haya reportado."
    ),
    mix="Distribución por tipo",
    mix_share="Proporción de lo que se muestra",
    method="Método",
    method_what=(
        "El volumen de un trimestre es la suma de los mínimos de todas las cifras que caen en esta área: del "
        "trimestre, de sus meses y de sus semanas. Cada reporte está en una cifra como máximo, así que se "
        "cuenta una vez como máximo, y la suma también es un mínimo.",
        "Un cambio entre períodos no debe leerse como una tendencia. Cada número puede ser menos de la mitad "
        "de la verdad, y lo que un trimestre muestra para un área puede estar en un área más amplia, o no "
        "mostrarse, en el siguiente. Por puro azar un volumen puede reducirse a la mitad o duplicarse.",
        "Una parte del área tiene cifras si alguna cifra del trimestre cae en ella. Lo que solo pudo "
        "mostrarse para un lugar más amplio no cae en ninguna; así que una parte sin cifras puede haber "
        "reportado.",
        "Los reportes que solo pudieron mostrarse con todos los tipos juntos tienen una fila propia. Las "
        "proporciones son de los mínimos que se muestran, no de todos los reportes.",
        "Solo se incluyen trimestres cerrados. Sus números ya no cambian.",
    ),
    cite="Citar como",
    cite_as="{site}: {title}, {quarters}, cerrado el {day}. {address}",
    from_to="{first} a {last}",
)

FIGURE_TEXTS: Mapping[str, FigureTexts] = {"en": _ENGLISH, "es": _SPANISH}
"""Language code to texts, for every language of `feeds.words`."""
