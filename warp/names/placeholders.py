"""
What stands in a narrative for what was taken out of it, in the languages that have words for it.

Keys are the codes of `warp.identifying.Kind`. Each is one word or two in square brackets, so that a second
look at the text knows it again.
"""

from collections.abc import Mapping

TABLES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "name": "[name]",
        "domain": "[domain]",
        "address": "[IP address]",
        "email": "[e-mail]",
        "url": "[URL]",
        "user": "[user]",
        "path": "[path]",
        "host": "[host]",
        "mac": "[MAC]",
        "phone": "[phone]",
        "ticket": "[ticket]",
    },
    "es": {
        "name": "[nombre]",
        "domain": "[dominio]",
        "address": "[dirección IP]",
        "email": "[correo]",
        "url": "[URL]",
        "user": "[usuario]",
        "path": "[ruta]",
        "host": "[equipo]",
        "mac": "[MAC]",
        "phone": "[teléfono]",
        "ticket": "[caso]",
    },
    "pt": {
        "name": "[nome]",
        "domain": "[domínio]",
        "address": "[endereço IP]",
        "email": "[e-mail]",
        "url": "[URL]",
        "user": "[usuário]",
        "path": "[caminho]",
        "host": "[máquina]",
        "mac": "[MAC]",
        "phone": "[telefone]",
        "ticket": "[chamado]",
    },
    "fr": {
        "name": "[nom]",
        "domain": "[domaine]",
        "address": "[adresse IP]",
        "email": "[courriel]",
        "url": "[URL]",
        "user": "[utilisateur]",
        "path": "[chemin]",
        "host": "[machine]",
        "mac": "[MAC]",
        "phone": "[téléphone]",
        "ticket": "[dossier]",
    },
}
"""ISO 639-1 code to placeholders; the first is for all languages that have none of their own."""
