"""What the pages of figures say in Spanish."""

from handlers.figure_texts.table import FigureTexts
from warp.weeks import Span

TEXTS = FigureTexts(
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
