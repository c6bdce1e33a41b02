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

_PORTUGUESE = Texts(
    language="Português",
    languages="Idiomas",
    sections="Seções",
    warnings="Alertas",
    figures="Estatísticas",
    about=(
        "Equipes de resposta a incidentes notificam aqui, de forma anônima, o que lhes aconteceu. "
        "Os coordenadores acompanham as contagens e publicam alertas antecipados com recomendações. "
        "Qualquer pessoa pode ler e acompanhar os alertas, sem criar uma conta."
    ),
    report="Notificar um incidente",
    report_how=(
        "Os membros notificam com {command}: a notificação é cifrada na própria máquina de quem notifica e "
        "não leva nenhum nome, nem mesmo para quem opera este servidor. Para se tornar membro, fale com os "
        "coordenadores."
    ),
    none_yet="Nenhum alerta foi publicado ainda.",
    feeds="Acompanhar os alertas",
    feeds_how=(
        "Ponha um destes endereços em um leitor de feeds ou em uma ferramenta de segurança. O feed de um "
        "país também traz os alertas para a sua região e para todos os lugares."
    ),
    all_warnings="Todos os alertas",
    by_type="Por tipo de incidente",
    by_country="Por país",
    drills_how="O feed de exercícios serve para ensaiar: nada do que ele traz aconteceu.",
    published="Publicado",
    updated="Atualizado",
    identifier="Identificador permanente",
    marking="Marcação",
    back="Todos os alertas",
    footer="Sem cookies, sem scripts e sem conteúdo carregado de outros sites.",
)

_FRENCH = Texts(
    language="Français",
    languages="Langues",
    sections="Rubriques",
    warnings="Alertes",
    figures="Chiffres",
    about=(
        "Les équipes de réponse aux incidents signalent ici, de façon anonyme, ce qui leur est arrivé. "
        "Les coordinateurs surveillent les décomptes et publient des alertes précoces avec des conseils. "
        "Tout le monde peut lire les alertes et les suivre, sans compte."
    ),
    report="Signaler un incident",
    report_how=(
        "Les membres signalent avec {command} : le signalement est chiffré sur leur propre machine et ne "
        "porte aucun nom, même pour ceux qui exploitent ce serveur. Pour devenir membre, adressez-vous aux "
        "coordinateurs."
    ),
    none_yet="Aucune alerte n'a encore été publiée.",
    feeds="Suivre les alertes",
    feeds_how=(
        "Ajoutez une de ces adresses à un lecteur de flux ou à un outil de sécurité. Le flux d'un pays "
        "contient aussi les alertes pour sa région et pour tous les lieux."
    ),
    all_warnings="Toutes les alertes",
    by_type="Par type d'incident",
    by_country="Par pays",
    drills_how="Le flux des exercices sert à s'entraîner : rien de ce qu'il contient ne s'est produit.",
    published="Publiée",
    updated="Mise à jour",
    identifier="Identifiant permanent",
    marking="Marquage",
    back="Toutes les alertes",
    footer="Sans cookies, sans scripts, sans rien qui soit chargé d'ailleurs.",
)

TEXTS: Mapping[str, Texts] = {"en": _ENGLISH, "es": _SPANISH, "pt": _PORTUGUESE, "fr": _FRENCH}
"""Language code to texts, for every language of `feeds.words`."""
