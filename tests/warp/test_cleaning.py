"""What is typed or pasted becomes plain text that shows all it holds, and cleaning twice is cleaning once."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp.cleaning import clean_line, clean_text, clean_title, from_html, is_clean

UNSEEN = {
    "control": "\x00\x07\x1b\x7f\x85\x9f",
    "bidirectional": "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "zero width": "\u200b\u200c\u200d\u2060\ufeff\u180e\u034f",
    "soft hyphen": "\u00ad",
    "tags": "\U000e0001\U000e0041\U000e007f",
    "variation selectors": "\ufe00\ufe0f\U000e0100\U000e01ef",
    "fillers": "\u115f\u1160\u3164\uffa0",
    "noncharacters": "\ufdd0\ufdef\ufffe\uffff\U0001fffe\U0010ffff",
    "surrogates": "\ud800\udfff",
}
_ANY = st.text(st.characters(), max_size=60)
_HOSTILE = st.lists(
    st.sampled_from(
        [*"".join(UNSEEN.values()), "<", ">", "&", "\r\n", "\n", "\u2028", " ", "\u00a0", "e\u0301"]
    )
    | _ANY,
    max_size=20,
).map("".join)
_MARKUP = st.lists(
    st.sampled_from(
        (
            *("<p>", "</p>", "<li>", "<br>", "<h1>", "</h1>", "<div>", "<ul>", "</ul>", "<b", "<!--", "-->"),
            *("<script>", "</script>", "<style>", "<svg onload=x>", "<a href='javascript:x'>", "</a>"),
            *("<a href='https://x.example/?a=1&amp;b'>", "&#x202e;", "&lt;b&gt;", "]]>"),
        )
    )
    | _HOSTILE,
    max_size=20,
).map("".join)
CLEANERS = (clean_text, clean_line, clean_title, from_html)


@pytest.mark.parametrize("kind", UNSEEN)
@pytest.mark.parametrize("clean", CLEANERS)
def test_what_nobody_can_see_goes_and_is_counted(clean, kind: str) -> None:
    unseen = UNSEEN[kind]
    assert clean(f"one{unseen}two") == ("onetwo", len(unseen))
    assert not any(map(is_clean, unseen))


@pytest.mark.parametrize("clean", CLEANERS)
def test_what_people_write_stays_as_it_is(clean) -> None:
    for written in (
        "Atención: «estafas» por SMS – ¡cuidado!",
        "تحذير: ارتفاع",
        "עברית and English",
        "警告 🛰",
        "{week} %s $(x) `x` 50 % \\n",
    ):
        assert clean(written) == (written, 0)
        assert is_clean(written)


def test_letters_are_composed_and_spaces_are_spaces() -> None:
    assert clean_line("e\u0301\u00a0a\u2003b\tc\u202f!") == ("é a b c !", 0)
    assert clean_text("a\u3000b\tc").text == "a b c"


def test_line_ends_are_line_feeds_and_one_line_of_several_stays_empty() -> None:
    assert clean_text("a\r\nb\rc\u2028d\u2029e").text == "a\nb\nc\nd\ne"
    assert clean_text("\n\na  \n\n\n \nb\n").text == "a\n\nb"
    assert clean_line("a\r\nb\n c").text == "a b c"


def test_a_less_than_in_a_text_means_that() -> None:
    written = "a < b, b > c & <script>alert(1)</script> &lt;"
    assert clean_text(written) == (written, 0)
    assert clean_line(written) == (written, 0)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<b>Phishing</b> by SMS", "Phishing by SMS"),
        ("a < b and c > d", "a ‹ b and c › d"),
        ("R&D &amp; more", "R&D &amp; more"),
        ("R&D < &lt;x&gt;", "R&D ‹ &lt;x&gt;"),
        ("x <script>alert(1)</script>y", "x y"),
        ("<<b>script>alert(1)<</b>/script>", "‹script›alert(1)‹/script›"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<\u200bb>Phishing", "Phishing"),
    ],
)
def test_a_title_holds_no_markup_and_no_angle_bracket(written: str, title: str) -> None:
    assert clean_title(written).text == title


def test_markup_in_a_title_is_counted_too() -> None:
    assert clean_title("<b>Phi\u00adshing</b> & more") == ("Phishing & more", 8)


def test_a_page_becomes_paragraphs_list_lines_and_addresses() -> None:
    pasted = """<html><head><title>News</title><style>p { color: red }</style></head><body>
      <h1>Phishing &amp; SMS</h1><p>It came <b>by
      SMS</b>;<br>the link leads to <a href="https://x.example/?a=1&amp;b=2">a copy</a>.</p>
      <script>alert(1)</script>
      <ul><li>Warn <i>users</i>.</li><li><p>Block it.</p></li></ul>
      <div>Write to <a href="mailto:a@x.example">a@x.example</a></div><div>a &lt; b</div>
      <table><tr><td>one</td><td>two</td></tr></table><img src="x.png" onerror="alert(1)"></body></html>"""
    assert from_html(pasted).text == (
        "Phishing & SMS\n\n"
        "It came by SMS;\nthe link leads to a copy (https://x.example/?a=1&b=2).\n\n"
        "- Warn users.\n- Block it.\n\n"
        "Write to a@x.example\n\na < b\n\none two"
    )


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "/relative"])
def test_of_a_link_that_leads_nowhere_good_only_the_words_stay(address: str) -> None:
    assert from_html(f'<p>see <a href="{address}">this</a></p>').text == "see this"


@given(_HOSTILE)
def test_whatever_was_typed_is_clean_afterwards_and_stays_so(written: str) -> None:
    for clean in (clean_text, clean_line, clean_title):
        made = clean(written)
        assert is_clean(made.text)
        assert clean(made.text) == (made.text, 0)
        assert unicodedata.is_normalized("NFC", made.text)
        made.text.encode()
    assert "\n" not in clean_line(written).text + clean_title(written).text
    assert not set("<>") & set(clean_title(written).text)


@given(_HOSTILE)
def test_nothing_that_can_be_seen_is_lost_of_a_plain_text(written: str) -> None:
    def seen(text: str) -> str:
        composed = unicodedata.normalize(
            "NFC", "".join(c for c in text if is_clean(c) or c in "\r\u2028\u2029")
        )
        return "".join(composed.split())

    assert seen(clean_text(written).text) == seen(written)


@given(_MARKUP)
def test_whatever_was_pasted_is_plain_text_afterwards(pasted: str) -> None:
    made = from_html(pasted)
    assert is_clean(made.text)
    assert clean_text(made.text) == (made.text, 0)
