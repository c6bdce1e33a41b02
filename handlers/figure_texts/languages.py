"""
What the pages of figures say in every language; read by `handlers.figure_pages` alone.

Holds no texts itself.
"""

from collections.abc import Mapping

from handlers.figure_texts import en, es, fr, pt
from handlers.figure_texts.table import FigureTexts

FIGURE_TEXTS: Mapping[str, FigureTexts] = {
    "en": en.TEXTS,
    "es": es.TEXTS,
    "pt": pt.TEXTS,
    "fr": fr.TEXTS,
}
"""Language code to texts, for every language of `feeds.words`."""
