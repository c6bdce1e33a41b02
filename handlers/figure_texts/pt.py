"""What the pages of figures say in Portuguese."""

from handlers.figure_texts.table import FigureTexts
from warp.weeks import Span

TEXTS = FigureTexts(
    intro=(
        "Quantos incidentes os membros deste site notificaram, por tipo e lugar. Cada número é um mínimo e "
        "só aparece onde notificações suficientes de membros suficientes o sustentam."
    ),
    explained="O que se conta, como e o que falta.",
    title={
        Span.WEEK: "Estatísticas da semana {period}",
        Span.MONTH: "Estatísticas do mês {period}",
        Span.QUARTER: "Estatísticas do trimestre {period}",
    },
    latest={
        Span.WEEK: "Última semana: {period}",
        Span.MONTH: "Último mês: {period}",
        Span.QUARTER: "Último trimestre: {period}",
    },
    days="de {first} a {last}",
    begun="O site começou em {day}. Notificações anteriores não são contadas.",
    other_policy="Este período foi fechado com a política “{policy}”, que a sua própria página explica.",
    other_numbers=(
        "Este período foi fechado com a política “{policy}” com outros números, que a sua própria página "
        "explica."
    ),
    from_next_quarter="A política mudou: esta explicação vale a partir do próximo trimestre.",
    reports="Notificações",
    at_least="pelo menos {n}",
    too_few="Poucas demais para publicar.",
    too_few_kindly=(
        "Houve notificações de menos, ou membros de menos por trás delas, para mostrar alguma linha. Isso é "
        "comum em uma comunidade pequena e protege quem notificou: um número poderia apontar para a equipe "
        "que lhe deu origem. Não significa que nada tenha acontecido."
    ),
    not_of_this_length="A política com que foi fechado só tem números de períodos mais longos.",
    none_closed="Nenhuma semana foi fechada ainda.",
    whole_page="{period}: página e dados",
    as_form="{period} em {form}",
    leaves_out="As notificações que um período mais curto mostra não são contadas de novo aqui:",
    may_count_later="As notificações que aqui não se mostram ainda podem aparecer em {periods}.",
    counted="O que se conta",
    counted_how=(
        "Notificações que membros deste site, equipes de resposta a incidentes, enviaram de forma anônima. "
        "Uma notificação conta no dia em que passa às contagens, não no do incidente. Uma notificação que "
        "abrange vários incidentes semelhantes é uma notificação. As de teste não são contadas. As semanas "
        "começam na segunda-feira (UTC); meses e trimestres são semanas inteiras, e uma semana pertence aos "
        "da sua quinta-feira."
    ),
    how="Como",
    how_ladder=(
        "Cada notificação é contada no máximo em uma linha, entre todas as semanas, meses e trimestres: na "
        "mais específica que tenha o suficiente. Por isso as linhas podem ser somadas, e uma linha ampla não "
        "inclui o que mostram as mais específicas. “O restante” é o que nenhuma linha mais específica "
        "mostra, não um total. A política de publicação é “{policy}”. {why}"
    ),
    policies="As políticas entre as quais um site pode escolher",
    policy_risk=(
        "Uma notificação muda as chances do que se mostra em no máximo {percent} pontos percentuais."
    ),
    missing="O que falta",
    missing_what=(
        "O que é pouco demais: o que não basta para uma linha da semana espera pelo seu mês e depois pelo "
        "seu trimestre. O que ainda assim não basta nunca é publicado. Uma linha que falta não significa "
        "zero.",
        "O que chega tarde: um período é fechado uma só vez e não muda mais. Uma notificação que chega "
        "depois conta no período em que chega; por isso incidentes recentes podem aparecer só em períodos "
        "posteriores.",
        "O que não foi notificado: incidentes que nenhum membro notificou não estão em número algum. Um "
        "aumento também pode significar que mais membros notificam.",
    ),
    data="Dados",
    data_how=(
        "O mesmo em arquivos, para uma planilha, pandas ou R. Os códigos são estáveis: RSIT para os tipos, "
        "ISO 3166-1 e M49 da ONU para os lugares. Um período sem linhas diz isso no arquivo."
    ),
    all_data="índice de todos os períodos",
    schema="JSON Schema",
    csv_schema="esquema dos arquivos CSV (CSV on the Web)",
    archive="todas as estatísticas em um arquivo compactado, com os seus hashes",
    chart="Notificações por classe e trimestre",
    chart_how=(
        "Mínimos, como soma de todos os números de um trimestre, das suas semanas e dos seus meses; cada "
        "notificação no máximo uma vez. Sem barra: poucas demais para publicar. “O restante” é o que só pôde "
        "ser mostrado com todos os tipos juntos. Não leia uma mudança entre trimestres como tendência: cada "
        "número pode ser menos da metade da verdade e, por puro acaso, pode cair à metade, dobrar ou sumir."
    ),
    all_periods={
        Span.WEEK: "Todas as semanas",
        Span.MONTH: "Todos os meses",
        Span.QUARTER: "Todos os trimestres",
    },
    with_figures="Com números:",
    without_figures="Poucas demais para publicar:",
    not_of_this_length_list="A política não tinha números desta duração:",
    progress="Relatórios de progresso",
    progress_how="Volume, partes da área com números e distribuição por tipo, a cada trimestre:",
    progress_of="Relatório de progresso: {area}",
    no_progress="O primeiro vem com o primeiro trimestre fechado que tenha um número.",
    progress_intro=(
        "O que as estatísticas publicadas deste site mostram, trimestre a trimestre. Os volumes são mínimos. "
        "Uma mudança de um trimestre para o seguinte não é uma tendência; veja o método."
    ),
    quarter="Trimestre",
    quarter_begun="{quarter} (desde {day}, quando o site começou)",
    volume="Volume",
    parts={
        "regions": "Regiões com números",
        "sub-regions": "Sub-regiões com números",
        "countries": "Países com números",
    },
    share="{n} de {total}",
    no_share=(
        "–: nenhum número do trimestre é tão específico quanto uma destas partes. Não significa que nenhuma "
        "delas tenha notificado."
    ),
    mix="Distribuição por tipo",
    mix_share="Proporção do que se mostra",
    method="Método",
    method_what=(
        "O volume de um trimestre é a soma dos mínimos de todos os números que ficam nesta área: do "
        "trimestre, dos seus meses e das suas semanas. Cada notificação está em um número no máximo; por "
        "isso é contada no máximo uma vez, e a soma também é um mínimo.",
        "Não leia uma mudança entre períodos como tendência. Cada número pode ser menos da metade da "
        "verdade, e o que um trimestre mostra para uma área pode, no seguinte, estar em uma área mais ampla "
        "ou não ser mostrado. Por puro acaso um volume pode cair à metade ou dobrar.",
        "Uma parte da área tem números se algum número do trimestre fica nela. O que só pôde ser mostrado "
        "para um lugar mais amplo não fica em nenhuma; portanto, uma parte sem números pode ter notificado.",
        "As notificações que só puderam ser mostradas com todos os tipos juntos têm uma linha própria. As "
        "proporções são dos mínimos mostrados, não de todas as notificações.",
        "Só se incluem trimestres fechados. Os seus números não mudam mais.",
    ),
    cite="Citar como",
    cite_as="{site}: {title}, {quarters}, fechado em {day}. {address}",
    from_to="{first} a {last}",
)
