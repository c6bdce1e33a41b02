"""
What the pages of feeds say in each language, beside the words that they share with the feeds themselves.

Read by `handlers.feed_pages` alone. One struct per language, so that a missing
translation does not type-check.
"""

from collections.abc import Mapping

import msgspec


class FeedTexts(msgspec.Struct, frozen=True, kw_only=True):
    """The texts in one language; braces stand for what is filled in."""

    how: str
    by_type: str
    by_country: str
    by_region: str
    by_sector: str
    by_severity: str
    places_how: str
    severity_how: str
    import_all: str
    """Before the link to the OPML file."""
    opml: str
    drills_how: str
    choose: str
    single_how: str
    choose_how: str
    """{most}: of a facet in an address."""
    any_severity: str
    show: str
    """On the button."""
    not_stored: str
    write: str
    on_copies: str
    write_how: tuple[str, ...]
    """{most}: as above."""
    example: str
    """{address}: of the feed that this explains."""
    too_many: str
    """{most}: as above."""
    unknown: str
    narrower: str
    """Before what a feed is chosen by."""
    all_held: str
    or_: str
    least: str
    """{name}: of a severity."""
    addresses: str
    copy: str
    newest: str
    none_yet: str
    other: str


_ENGLISH = FeedTexts(
    how=(
        "Put the address of a feed into a feed reader or a security tool. This server does not keep who "
        "reads what."
    ),
    by_type="By type of incident",
    by_country="By country",
    by_region="By region",
    by_sector="By sector",
    by_severity="By least severity",
    places_how="The feed of a place also holds the warnings for what lies around it and for all places.",
    severity_how="Such a feed holds this severity and all that are worse.",
    import_all="The feeds by type, place, sector and severity in one file, to import into a reader:",
    opml="OPML",
    drills_how="The feed of drills is for rehearsing: what stands in it has not happened.",
    choose="Choose what concerns you",
    single_how="Each line leads to the feed of that alone.",
    choose_how=(
        "For a feed of several, tick them, at most {most} in a list, and press the button below. A list in "
        "which you tick nothing leaves nothing out."
    ),
    any_severity="Any",
    show="Show the addresses",
    not_stored="Your choice is not stored; the address is all there is of it.",
    write="Write an address by hand",
    on_copies="A copy of this page on another server cannot answer the button. Write the address then.",
    write_how=(
        "An address names types, countries, regions, sectors and the least severity, in this order. Leave "
        "out what you do not choose by.",
        "A comma means “or”, a slash “and”. The values of a part are sorted, at most {most}. Types are those "
        "of RSIT, countries ISO 3166-1 codes, regions UN M49 codes, sectors those of NIS2.",
        "The ending gives the format: .atom, .rss or .json.",
    ),
    example="Phishing in Brazil or Uruguay, of high severity or worse: {address}",
    too_many="Choose at most {most} in each list. Follow two feeds if you need more.",
    unknown="Something in this choice is none that there are feeds of. Choose again from the lists.",
    narrower="It holds the warnings for which all of this is true:",
    all_held="It holds every warning.",
    or_="or",
    least="{name} or worse",
    addresses="Addresses",
    copy="Copy one of them into your reader; all three hold the same.",
    newest="Newest in this feed",
    none_yet="No warning is in this feed yet. It can be followed all the same.",
    other="All feeds, and another choice",
)

_SPANISH = FeedTexts(
    how=(
        "Agregue la dirección de un canal a un lector de canales o a una herramienta de seguridad. Este "
        "servidor no guarda quién lee qué."
    ),
    by_type="Por tipo de incidente",
    by_country="Por país",
    by_region="Por región",
    by_sector="Por sector",
    by_severity="Por severidad mínima",
    places_how=(
        "El canal de un lugar incluye también las alertas para lo que lo rodea y para todos los lugares."
    ),
    severity_how="Un canal así incluye esta severidad y todas las peores.",
    import_all="Los canales por tipo, lugar, sector y severidad en un archivo, para importarlo en un lector:",
    opml="OPML",
    drills_how="El canal de simulacros sirve para ensayar: nada de lo que contiene ha ocurrido.",
    choose="Elegir lo que le interesa",
    single_how="Cada línea lleva al canal de eso solo.",
    choose_how=(
        "Para un canal de varias cosas, márquelas, como máximo {most} por lista, y pulse el botón de abajo. "
        "Una lista en la que no marque nada no excluye nada."
    ),
    any_severity="Cualquiera",
    show="Mostrar las direcciones",
    not_stored="Su elección no se guarda; lo único que queda de ella es la dirección.",
    write="Escribir una dirección a mano",
    on_copies="Una copia de esta página en otro servidor no responde al botón. Escriba la dirección.",
    write_how=(
        "Una dirección nombra tipos, países, regiones, sectores y la severidad mínima, en este orden. Omita "
        "aquello por lo que no elige.",
        "Una coma significa «o»; una barra, «y». Los valores de una parte van ordenados, como máximo {most}. "
        "Los tipos son los de RSIT, los países códigos ISO 3166-1, las regiones códigos M49 de la ONU, los "
        "sectores los de NIS2.",
        "La terminación indica el formato: .atom, .rss o .json.",
    ),
    example="Phishing en Brasil o Uruguay, de severidad alta o peor: {address}",
    too_many="Elija como máximo {most} en cada lista. Siga dos canales si necesita más.",
    unknown="Algo de esta elección no existe entre los canales. Elija de nuevo en las listas.",
    narrower="Incluye las alertas que cumplen todo esto:",
    all_held="Incluye todas las alertas.",
    or_="o",
    least="{name} o peor",
    addresses="Direcciones",
    copy="Copie una de ellas en su lector; las tres contienen lo mismo.",
    newest="Lo más reciente de este canal",
    none_yet="Todavía no hay ninguna alerta en este canal. Se puede seguir de todos modos.",
    other="Todos los canales, y otra elección",
)

_PORTUGUESE = FeedTexts(
    how=(
        "Ponha o endereço de um feed em um leitor de feeds ou em uma ferramenta de segurança. Este servidor "
        "não guarda quem lê o quê."
    ),
    by_type="Por tipo de incidente",
    by_country="Por país",
    by_region="Por região",
    by_sector="Por setor",
    by_severity="Por severidade mínima",
    places_how="O feed de um lugar também traz os alertas para o que o cerca e para todos os lugares.",
    severity_how="Um feed desses traz esta severidade e todas as piores.",
    import_all="Os feeds por tipo, lugar, setor e severidade em um arquivo, para importar em um leitor:",
    opml="OPML",
    drills_how="O feed de exercícios serve para ensaiar: nada do que ele traz aconteceu.",
    choose="Escolher o que lhe interessa",
    single_how="Cada linha leva ao feed só daquilo.",
    choose_how=(
        "Para um feed de várias coisas, marque-as, no máximo {most} por lista, e aperte o botão abaixo. Uma "
        "lista em que nada for marcado não exclui nada."
    ),
    any_severity="Qualquer",
    show="Mostrar os endereços",
    not_stored="Sua escolha não é guardada; o endereço é tudo o que fica dela.",
    write="Escrever um endereço à mão",
    on_copies="Uma cópia desta página em outro servidor não responde ao botão. Escreva então o endereço.",
    write_how=(
        "Um endereço nomeia tipos, países, regiões, setores e a severidade mínima, nesta ordem. Omita aquilo "
        "pelo que não escolhe.",
        "Uma vírgula significa “ou”; uma barra, “e”. Os valores de cada parte são ordenados, no máximo "
        "{most}. Os tipos são os da RSIT, os países códigos ISO 3166-1, as regiões códigos M49 da ONU, os "
        "setores os da NIS2.",
        "A terminação indica o formato: .atom, .rss ou .json.",
    ),
    example="Phishing no Brasil ou no Uruguai, de severidade alta ou pior: {address}",
    too_many="Escolha no máximo {most} de cada lista. Acompanhe dois feeds se precisar de mais.",
    unknown="Algo nesta escolha não existe entre os feeds. Escolha de novo nas listas.",
    narrower="Traz os alertas que cumprem tudo isto:",
    all_held="Traz todos os alertas.",
    or_="ou",
    least="{name} ou pior",
    addresses="Endereços",
    copy="Copie um deles para o seu leitor; os três trazem o mesmo.",
    newest="O mais recente neste feed",
    none_yet="Ainda não há nenhum alerta neste feed. Mesmo assim, é possível acompanhá-lo.",
    other="Todos os feeds, e outra escolha",
)

_FRENCH = FeedTexts(
    how=(
        "Ajoutez l'adresse d'un flux à un lecteur de flux ou à un outil de sécurité. Ce serveur ne garde pas "
        "qui lit quoi."
    ),
    by_type="Par type d'incident",
    by_country="Par pays",
    by_region="Par région",
    by_sector="Par secteur",
    by_severity="Par gravité minimale",
    places_how=("Le flux d'un lieu contient aussi les alertes pour ce qui l'entoure et pour tous les lieux."),
    severity_how="Un tel flux contient cette gravité et toutes celles qui sont pires.",
    import_all="Les flux par type, lieu, secteur et gravité en un fichier, à importer dans un lecteur :",
    opml="OPML",
    drills_how="Le flux des exercices sert à s'entraîner : rien de ce qu'il contient ne s'est produit.",
    choose="Choisir ce qui vous concerne",
    single_how="Chaque ligne mène au flux de cela seul.",
    choose_how=(
        "Pour un flux qui réunit plusieurs choix, cochez-les, au plus {most} par liste, et appuyez sur le "
        "bouton ci-dessous. Une liste où rien n'est coché n'exclut rien."
    ),
    any_severity="Toutes",
    show="Afficher les adresses",
    not_stored="Votre choix n'est pas conservé ; il n'en reste que l'adresse.",
    write="Écrire une adresse à la main",
    on_copies="Une copie de cette page sur un autre serveur ne répond pas au bouton. Écrivez l'adresse.",
    write_how=(
        "Une adresse nomme les types, les pays, les régions, les secteurs et la gravité minimale, dans cet "
        "ordre. Omettez ce qui ne fait pas partie de votre choix.",
        "Une virgule signifie « ou », une barre « et ». Les valeurs de chaque partie sont triées, au plus "
        "{most}. Les types sont ceux de RSIT, les pays des codes ISO 3166-1, les régions des codes M49 de "
        "l'ONU, les secteurs ceux de NIS2.",
        "La terminaison donne le format : .atom, .rss ou .json.",
    ),
    example="Hameçonnage au Brésil ou en Uruguay, de gravité élevée ou pire : {address}",
    too_many="Choisissez au plus {most} valeurs par liste. Suivez deux flux s'il vous en faut plus.",
    unknown="Ce choix contient une valeur dont il n'y a pas de flux. Choisissez de nouveau dans les listes.",
    narrower="Il contient les alertes qui remplissent toutes ces conditions :",
    all_held="Il contient toutes les alertes.",
    or_="ou",
    least="{name} ou pire",
    addresses="Adresses",
    copy="Copiez l'une d'elles dans votre lecteur ; toutes trois contiennent la même chose.",
    newest="Le plus récent dans ce flux",
    none_yet="Aucune alerte n'est encore dans ce flux. On peut déjà le suivre.",
    other="Tous les flux, et un autre choix",
)

FEED_TEXTS: Mapping[str, FeedTexts] = {
    "en": _ENGLISH,
    "es": _SPANISH,
    "pt": _PORTUGUESE,
    "fr": _FRENCH,
}
"""Language code to texts, for every language of `feeds.words`."""
