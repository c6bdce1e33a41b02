"""
The few words that a feed adds to what coordinators wrote, in each language.

On the way out, beside `feeds.entry`; pages use them, too, so that a warning reads the same everywhere. It
holds no names of types, severities, sectors or places: those belong to `warp.taxonomy` and `warp.places`.
"""

from collections.abc import Mapping

import msgspec

from warp.advisory import Status, Tlp


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one language; braces stand for what is filled in."""

    rest: str
    """{name}: of all types or places, where only what no finer row shows is counted."""
    figure: str
    """{n}: a number of reports that is surely true."""
    actions: str
    type: str
    place: str
    country: str
    region: str
    sector: str
    severity: str
    week: str
    everywhere: str
    only_in: str
    """{language}: the one that the text is in, from `languages`."""
    languages: Mapping[str, str]
    tlp: Mapping[Tlp, str]
    """What a label allows, for the labels that may stand in a feed."""
    statuses: Mapping[Status, str]
    """Stand in the title, for what readers have; in capitals."""
    update: str
    """{date}: of the update whose reason follows."""
    reason: str
    """Before the reason of a withdrawal."""
    replaced_by: str
    """Before the address of the warning that has taken the place of this one."""
    replaces: str
    """Before the address of the warning whose place this one takes."""
    withdrawn: str
    """{date}: since when a warning no longer holds."""
    related: str
    """Before the addresses of others."""
    valid_until: str
    colon: str
    """Between a label and what it says, before a space."""
    machine: str
    """Before the address of the warning as JSON."""
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
    country="Country",
    region="Region",
    sector="Sector",
    severity="Severity",
    week="Week",
    everywhere="Everywhere",
    only_in="The text of this warning is available in {language} only.",
    languages={"en": "English", "es": "Spanish", "pt": "Portuguese", "fr": "French"},
    tlp={
        Tlp.CLEAR: "It may be shared with anyone; there is no limit on disclosure.",
        Tlp.GREEN: "It may be shared within the community, but not in public.",
        Tlp.AMBER: "It may be shared in your organisation and with its clients, with those who need to know.",
    },
    statuses={
        Status.PUBLISHED: "NEW",
        Status.UPDATED: "UPDATED",
        Status.ESCALATED: "ESCALATED",
        Status.WITHDRAWN: "WITHDRAWN",
    },
    update="Update, {date}",
    reason="Reason",
    replaced_by="Another warning has taken the place of this one:",
    replaces="This warning takes the place of an earlier one:",
    withdrawn="This warning was withdrawn on {date}. It no longer holds.",
    related="Related warnings:",
    valid_until="Valid until",
    machine="This warning as JSON, for machines:",
    colon=":",
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
    country="País",
    region="Región",
    sector="Sector",
    severity="Severidad",
    week="Semana",
    everywhere="Todos los lugares",
    only_in="El texto de esta alerta solo está disponible en {language}.",
    languages={"en": "inglés", "es": "español", "pt": "portugués", "fr": "francés"},
    tlp={
        Tlp.CLEAR: "Puede compartirse con cualquier persona; no hay límite a su divulgación.",
        Tlp.GREEN: "Puede compartirse dentro de la comunidad, pero no en público.",
        Tlp.AMBER: "Puede compartirse en su organización y con sus clientes, con quienes deban conocerla.",
    },
    statuses={
        Status.PUBLISHED: "NUEVA",
        Status.UPDATED: "ACTUALIZADA",
        Status.ESCALATED: "ESCALADA",
        Status.WITHDRAWN: "RETIRADA",
    },
    update="Actualización, {date}",
    reason="Motivo",
    replaced_by="Otra alerta ha tomado el lugar de esta:",
    replaces="Esta alerta toma el lugar de una anterior:",
    withdrawn="Esta alerta se retiró el {date}. Ya no es válida.",
    related="Alertas relacionadas:",
    valid_until="Válida hasta",
    machine="Esta alerta en JSON, para máquinas:",
    colon=":",
    feed_of_all="{site}: todas las alertas",
    feed="{site}: {name}",
    subtitle="Alertas tempranas de incidentes de seguridad, a partir de reportes de equipos de respuesta.",
    drills="Simulacros",
    drills_subtitle="Solo alertas de ensayo: nada de lo que aparece aquí ha ocurrido.",
    drill_mark="SIMULACRO",
    drill_notice="Esto es un simulacro: un ejercicio. Nada de esto ha ocurrido y no es necesario hacer nada.",
)

_PORTUGUESE = Words(
    rest="{name} (o restante)",
    figure="Pelo menos {n} notificações sustentam este alerta.",
    actions="Ações recomendadas",
    type="Tipo",
    place="Lugar",
    country="País",
    region="Região",
    sector="Setor",
    severity="Severidade",
    week="Semana",
    everywhere="Todos os lugares",
    only_in="O texto deste alerta está disponível somente em {language}.",
    languages={"en": "inglês", "es": "espanhol", "pt": "português", "fr": "francês"},
    tlp={
        Tlp.CLEAR: "Pode ser compartilhado com qualquer pessoa; não há limite para a sua divulgação.",
        Tlp.GREEN: "Pode ser compartilhado dentro da comunidade, mas não em público.",
        Tlp.AMBER: "Pode ser compartilhado na sua organização e com seus clientes, com quem precise saber.",
    },
    statuses={
        Status.PUBLISHED: "NOVO",
        Status.UPDATED: "ATUALIZADO",
        Status.ESCALATED: "ESCALADO",
        Status.WITHDRAWN: "RETIRADO",
    },
    update="Atualização, {date}",
    reason="Motivo",
    replaced_by="Outro alerta tomou o lugar deste:",
    replaces="Este alerta toma o lugar de um anterior:",
    withdrawn="Este alerta foi retirado em {date}. Não é mais válido.",
    related="Alertas relacionados:",
    valid_until="Válido até",
    machine="Este alerta em JSON, para máquinas:",
    colon=":",
    feed_of_all="{site}: todos os alertas",
    feed="{site}: {name}",
    subtitle="Alertas antecipados de incidentes de segurança, vindos de notificações de equipes de resposta.",
    drills="Exercícios",
    drills_subtitle="Somente alertas de ensaio: nada do que aparece aqui aconteceu.",
    drill_mark="EXERCÍCIO",
    drill_notice="Isto é um exercício simulado. Nada disto aconteceu e não é preciso fazer nada.",
)

_FRENCH = Words(
    rest="{name} (le reste)",
    figure="Au moins {n} signalements sont à l'origine de cette alerte.",
    actions="Actions recommandées",
    type="Type",
    place="Lieu",
    country="Pays",
    region="Région",
    sector="Secteur",
    severity="Gravité",
    week="Semaine",
    everywhere="Tous les lieux",
    only_in="Le texte de cette alerte n'est disponible qu'en {language}.",
    languages={"en": "anglais", "es": "espagnol", "pt": "portugais", "fr": "français"},
    tlp={
        Tlp.CLEAR: "Elle peut être partagée avec tout le monde ; sa divulgation n'est pas limitée.",
        Tlp.GREEN: "Elle peut être partagée au sein de la communauté, mais pas en public.",
        Tlp.AMBER: (
            "Elle peut être partagée dans votre organisation et avec ses clients, s'ils ont à en connaître."
        ),
    },
    statuses={
        Status.PUBLISHED: "NOUVELLE",
        Status.UPDATED: "MISE À JOUR",
        Status.ESCALATED: "REMPLACÉE",
        Status.WITHDRAWN: "RETIRÉE",
    },
    update="Mise à jour du {date}",
    reason="Motif",
    replaced_by="Une autre alerte a pris la place de celle-ci :",
    replaces="Cette alerte prend la place d'une alerte antérieure :",
    withdrawn="Cette alerte a été retirée le {date}. Elle n'est plus valable.",
    related="Alertes liées :",
    valid_until="Valable jusqu'au",
    machine="Cette alerte en JSON, pour les machines :",
    colon=" :",
    feed_of_all="{site} : toutes les alertes",
    feed="{site} : {name}",
    subtitle="Alertes précoces sur des incidents de sécurité, tirées des signalements d'équipes de réponse.",
    drills="Exercices",
    drills_subtitle="Alertes d'entraînement uniquement : rien de ce qui figure ici ne s'est produit.",
    drill_mark="EXERCICE",
    drill_notice="Ceci est un exercice. Rien de tout cela ne s'est produit, et il n'y a rien à faire.",
)

WORDS: Mapping[str, Words] = {"en": _ENGLISH, "es": _SPANISH, "pt": _PORTUGUESE, "fr": _FRENCH}
"""Language code to words; a site can offer these languages."""
