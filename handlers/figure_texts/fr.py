"""What the pages of figures say in French."""

from handlers.figure_texts.table import FigureTexts
from warp.weeks import Span

TEXTS = FigureTexts(
    intro=(
        "Combien d'incidents les membres de ce site ont signalés, par type et par lieu. Chaque nombre est un "
        "minimum, et ne figure que là où assez de signalements d'assez de membres l'appuient."
    ),
    explained="Ce qui est compté, comment, et ce qui manque.",
    title={
        Span.WEEK: "Chiffres de la semaine {period}",
        Span.MONTH: "Chiffres du mois {period}",
        Span.QUARTER: "Chiffres du trimestre {period}",
    },
    latest={
        Span.WEEK: "Dernière semaine : {period}",
        Span.MONTH: "Dernier mois : {period}",
        Span.QUARTER: "Dernier trimestre : {period}",
    },
    days="du {first} au {last}",
    begun="Le site a commencé le {day}. Les signalements antérieurs ne sont pas comptés.",
    other_policy="Cette période a été close sous la politique « {policy} », que sa propre page explique.",
    other_numbers=(
        "Cette période a été close sous la politique « {policy} » avec d'autres nombres, que sa propre page "
        "explique."
    ),
    from_next_quarter="La politique a changé : cette explication vaut à partir du prochain trimestre.",
    reports="Signalements",
    at_least="au moins {n}",
    too_few="Trop peu pour publier.",
    too_few_kindly=(
        "Il y a eu trop peu de signalements, ou trop peu de membres derrière eux, pour afficher une ligne. "
        "C'est habituel dans une petite communauté et cela protège ceux qui ont signalé : un nombre pourrait "
        "désigner l'équipe dont il vient. Cela ne signifie pas que rien ne s'est passé."
    ),
    not_of_this_length="La politique de sa clôture n'a de chiffres que pour des périodes plus longues.",
    none_closed="Aucune semaine n'est encore close.",
    whole_page="{period} : page et données",
    as_form="{period} en {form}",
    leaves_out="Les signalements qu'affiche une période plus courte ne sont pas recomptés ici :",
    may_count_later="Les signalements qui ne sont pas affichés ici peuvent encore l'être dans {periods}.",
    counted="Ce qui est compté",
    counted_how=(
        "Les signalements que les membres de ce site, des équipes de réponse aux incidents, ont envoyés de "
        "façon anonyme. Un signalement compte le jour où il entre dans les décomptes, non celui de "
        "l'incident. Un signalement qui couvre plusieurs incidents semblables est un signalement. Les "
        "signalements de test sont exclus. Les semaines commencent le lundi (UTC) ; les mois et les "
        "trimestres sont des semaines entières, et une semaine appartient à ceux de son jeudi."
    ),
    how="Comment",
    how_ladder=(
        "Chaque signalement est compté dans une ligne au plus, toutes semaines, tous mois et tous trimestres "
        "confondus : dans la plus fine qui en a assez. Les lignes peuvent donc s'additionner, et une ligne "
        "large exclut ce qu'affichent les plus fines. « Le reste » est ce qu'aucune ligne plus fine "
        "n'affiche, non un total. La politique de publication est « {policy} ». {why}"
    ),
    policies="Les politiques parmi lesquelles un site peut choisir",
    policy_risk=(
        "Un signalement change les chances de ce qui est affiché d'au plus {percent} points de pourcentage."
    ),
    missing="Ce qui manque",
    missing_what=(
        "Ce qui est trop peu : ce qui ne suffit pas à une ligne de la semaine attend son mois, puis son "
        "trimestre. Ce qui ne suffit toujours pas n'est jamais publié. Une ligne absente ne signifie pas "
        "zéro.",
        "Ce qui arrive tard : une période est close une seule fois et ne change plus. Un signalement arrivé "
        "plus tard compte dans la période où il arrive ; des incidents récents peuvent donc n'apparaître que "
        "dans des périodes ultérieures.",
        "Ce qui n'est pas signalé : les incidents qu'aucun membre n'a signalés ne sont dans aucun chiffre. "
        "Une hausse peut aussi signifier que davantage de membres signalent.",
    ),
    data="Données",
    data_how=(
        "La même chose en fichiers, pour un tableur, pandas ou R. Les codes sont stables : RSIT pour les "
        "types, ISO 3166-1 et M49 de l'ONU pour les lieux. Une période sans ligne le dit dans le fichier."
    ),
    all_data="index de toutes les périodes",
    schema="JSON Schema",
    csv_schema="schéma des fichiers CSV (CSV on the Web)",
    archive="tous les chiffres en une archive, avec leurs empreintes",
    chart="Signalements par classe et par trimestre",
    chart_how=(
        "Des minimums, sommes de tous les chiffres d'un trimestre, de ses semaines et de ses mois ; chaque "
        "signalement une fois au plus. Pas de barre : trop peu pour publier. « Le reste » est ce qui n'a pu "
        "être affiché que pour tous les types ensemble. Ne lisez pas un changement entre trimestres comme "
        "une tendance : chaque nombre peut être inférieur à la moitié de la vérité et, par le seul hasard, "
        "être divisé par deux, doubler ou disparaître."
    ),
    all_periods={
        Span.WEEK: "Toutes les semaines",
        Span.MONTH: "Tous les mois",
        Span.QUARTER: "Tous les trimestres",
    },
    with_figures="Avec des chiffres :",
    without_figures="Trop peu pour publier :",
    not_of_this_length_list="La politique n'avait pas de chiffres de cette durée :",
    progress="Rapports d'étape",
    progress_how="Volume, parties de la zone avec des chiffres et répartition par type, par trimestre :",
    progress_of="Rapport d'étape : {area}",
    no_progress="Le premier viendra avec le premier trimestre clos qui a un chiffre.",
    progress_intro=(
        "Ce que montrent les chiffres publiés de ce site, trimestre par trimestre. Les volumes sont des "
        "minimums. Un changement d'un trimestre au suivant n'est pas une tendance ; voir la méthode."
    ),
    quarter="Trimestre",
    quarter_begun="{quarter} (depuis le {day}, début du site)",
    volume="Volume",
    parts={
        "regions": "Régions avec des chiffres",
        "sub-regions": "Sous-régions avec des chiffres",
        "countries": "Pays avec des chiffres",
    },
    share="{n} sur {total}",
    no_share=(
        "– : aucun chiffre du trimestre n'est aussi fin qu'une de ces parties. Cela ne signifie pas "
        "qu'aucune n'a signalé."
    ),
    mix="Répartition par type",
    mix_share="Part de ce qui est affiché",
    method="Méthode",
    method_what=(
        "Le volume d'un trimestre est la somme des minimums de tous les chiffres situés dans cette zone : "
        "ceux du trimestre, de ses mois et de ses semaines. Chaque signalement est dans un chiffre au plus ; "
        "il est donc compté une fois au plus, et la somme est elle aussi un minimum.",
        "Ne lisez pas un changement entre périodes comme une tendance. Chaque nombre peut être inférieur à "
        "la moitié de la vérité, et ce qu'un trimestre affiche pour une zone peut, au suivant, être dans une "
        "zone plus large ou ne pas être affiché. Par le seul hasard, un volume peut être divisé par deux ou "
        "doubler.",
        "Une partie de la zone a des chiffres si un chiffre du trimestre s'y trouve. Ce qui n'a pu être "
        "affiché que pour un lieu plus large n'est dans aucune ; une partie sans chiffres peut donc avoir "
        "signalé.",
        "Les signalements qui n'ont pu être affichés que pour tous les types ensemble ont une ligne à eux. "
        "Les parts sont celles des minimums affichés, non de tous les signalements.",
        "Seuls les trimestres clos figurent ici. Leurs nombres ne changent plus.",
    ),
    cite="Citer comme",
    cite_as="{site} : {title}, {quarters}, clos le {day}. {address}",
    from_to="{first} à {last}",
)
