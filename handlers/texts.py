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
    follow: str
    follow_how: str
    more_feeds: str
    all_warnings: str
    published: str
    updated: str
    version: str
    earlier: str
    signature: str
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
    feeds="Feeds",
    follow="Follow the warnings",
    follow_how="Put one of these addresses into a feed reader or a security tool.",
    more_feeds="Feeds by type, place, sector and severity, and your own choice",
    all_warnings="All warnings",
    published="Published",
    updated="Updated",
    version="Version",
    earlier="Earlier versions",
    signature="Signature",
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
    feeds="Canales",
    follow="Seguir las alertas",
    follow_how="Agregue una de estas direcciones a un lector de canales o a una herramienta de seguridad.",
    more_feeds="Canales por tipo, lugar, sector y severidad, y a su propia elección",
    all_warnings="Todas las alertas",
    published="Publicada",
    updated="Actualizada",
    version="Versión",
    earlier="Versiones anteriores",
    signature="Firma",
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
    feeds="Feeds",
    follow="Acompanhar os alertas",
    follow_how="Ponha um destes endereços em um leitor de feeds ou em uma ferramenta de segurança.",
    more_feeds="Feeds por tipo, lugar, setor e severidade, e à sua própria escolha",
    all_warnings="Todos os alertas",
    published="Publicado",
    updated="Atualizado",
    version="Versão",
    earlier="Versões anteriores",
    signature="Assinatura",
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
    feeds="Flux",
    follow="Suivre les alertes",
    follow_how="Ajoutez une de ces adresses à un lecteur de flux ou à un outil de sécurité.",
    more_feeds="Flux par type, lieu, secteur et gravité, et selon votre choix",
    all_warnings="Toutes les alertes",
    published="Publiée",
    updated="Mise à jour",
    version="Version",
    earlier="Versions antérieures",
    signature="Signature",
    identifier="Identifiant permanent",
    marking="Marquage",
    back="Toutes les alertes",
    footer="Sans cookies, sans scripts, sans rien qui soit chargé d'ailleurs.",
)

TEXTS: Mapping[str, Texts] = {"en": _ENGLISH, "es": _SPANISH, "pt": _PORTUGUESE, "fr": _FRENCH}
"""Language code to texts, for every language of `feeds.words`."""
