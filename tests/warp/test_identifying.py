"""What may identify is found however it is written, replaced by neutral words, and nothing else changes."""

import sys
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp import patterns, taxonomy
from warp.folding import fold
from warp.identifying import (
    OWN,
    InvalidOwn,
    Own,
    find,
    named,
    neutral,
    parse_domain,
    parse_network,
    parse_word,
)
from warp.names.placeholders import TABLES
from warp.patterns import Kind

NOTHING = Own()
MINE = Own(
    domains=("example.org", "ñandú.uy"),
    networks=("192.0.2.0/24", "2001:db8::/32"),
    words=("Ana Pérez", "AGESIC", "東京"),
)


def found(text: str, own: Own = NOTHING) -> list[tuple[str, str]]:
    return [(hit.kind.value, hit.text) for hit in find(text, own)]


def replaced(text: str, own: Own = MINE, language: str = "en") -> str:
    return neutral(text, find(text, own, language))


# By its form


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("de bob@mail.example a", ("email", "bob@mail.example")),
        ("bob[at]mail[.]example", ("email", "bob[at]mail[.]example")),
        ("root@srv01", ("email", "root@srv01")),
        ("(https://bad.example/a?b=c).", ("url", "https://bad.example/a?b=c")),
        ("hxxps://bad[.]example[:]8080/a", ("url", "hxxps://bad[.]example[:]8080/a")),
        ("http://[2001:db8::1]:80/", ("url", "http://[2001:db8::1]:80/")),
        ("bad.example/login, dijo", ("url", "bad.example/login")),
        ("bad[.]example", ("domain", "bad[.]example")),
        ("пример.рф", ("domain", "пример.рф")),
        ("www.gub.uy.", ("domain", "www.gub.uy")),
        ("volvió a bad.example.Luego cayó", ("domain", "bad.example")),
        ("dc.corp.local", ("host", "dc.corp.local")),
        ("198.51.100[.]7:443", ("address", "198.51.100[.]7")),
        ("198.51.100.0/25", ("address", "198.51.100.0/25")),
        ("(198.51.100.x)", ("address", "198.51.100.x")),
        ("2001:db8::1", ("address", "2001:db8::1")),
        ("::ffff:198.51.100.7", ("address", "::ffff:198.51.100.7")),
        ("::198.51.100.7 o 1", ("address", "::198.51.100.7")),
        ("00:11:22:AA:bb:cc", ("mac", "00:11:22:AA:bb:cc")),
        ("0011.22aa.bbcc", ("mac", "0011.22aa.bbcc")),
        ("en srv-01 y", ("host", "srv-01")),
        ("DC01", ("host", "DC01")),
        ("DESKTOP-AB12CD3", ("host", "DESKTOP-AB12CD3")),
        ("MVD-FIN-03", ("host", "MVD-FIN-03")),
        (r"\\FS01\finanzas", ("host", r"\\FS01\finanzas")),
        (r"\\FS01\finanzas\2026\a.docx", ("path", r"\\FS01\finanzas\2026\a.docx")),
        (r"C:\Program Files\Acme Corp\x.exe se abrió", ("path", r"C:\Program Files\Acme Corp\x.exe")),
        ("/var/www/intranet/x.php", ("path", "/var/www/intranet/x.php")),
        ("~/notas", ("path", "~/notas")),
        (r"CORP\aperez", ("user", r"CORP\aperez")),
        ("user=aperez;", ("user", "aperez")),
        ("usuário: aperez", ("user", "aperez")),
        ("/home/aperez", ("user", "aperez")),
        (r"C:\Users\aperez", ("user", "aperez")),
        ("+598 99 123 456", ("phone", "+598 99 123 456")),
        ("+598 (2) 400-1234", ("phone", "+598 (2) 400-1234")),
        ("2400 1234", ("phone", "2400 1234")),
        ("099123456", ("phone", "099123456")),
        ("01.23.45.67.89", ("phone", "01.23.45.67.89")),
        ("tel. 24001234", ("phone", "24001234")),
        ("INC0012345", ("ticket", "INC0012345")),
        ("RT#123", ("ticket", "RT#123")),
        ("caso nº 4711", ("ticket", "caso nº 4711")),
        ("SOC-1234", ("ticket", "SOC-1234")),
    ],
)
def test_a_thing_is_known_by_its_form(text: str, hit: tuple[str, str]) -> None:
    assert found(text) == [hit]


@pytest.mark.parametrize(
    "text",
    [
        "d41d8cd98f00b204e9800998ecf8427e",
        "SHA256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "123e4567-e89b-12d3-a456-426614174000",
        "CVE-2026-12345, CWE-79, T1059.001, MS17-010, KB5034441, APT-28, TLP:AMBER",
        "2026-11-20, 20/11/2026, 20.11.2026, 2026-W47, 2026-11-20T14:30:00Z, 14:30:12, 2019-2026",
        "version 1.2.3.4, v10.2.3, OpenSSL 3.0.2-beta, log4j-2.14.1, 10.0.19045.3693",
        "setup.exe, factura.pdf.exe, config.json",
        "1 000 000, 10.000.000, 22, 80, 443",
        r"HKLM\Software\Microsoft\Run, NT AUTHORITY\SYSTEM",
        "and/or, y/o, 24/7, /24, <b>x</b>, std::string, C#, web3",
        "e.g. p.ej. EE.UU. S.A.",
        "El atacante pidió 2 BTC. Luego cifró todo.",
        *taxonomy.TYPES,
        *taxonomy.TAGS,
    ],
)
def test_what_tells_nobody_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_what_stood_in_another_things_way_is_found_in_a_second_look() -> None:
    assert found("2400 1234 5@bad.example") == [("phone", "2400 1234"), ("email", "5@bad.example")]
    assert found("agesic℀bad.example", MINE) == [("name", "agesic"), ("domain", "℀bad.example")]


@pytest.mark.parametrize(("language", "table"), TABLES.items())
def test_placeholders_are_in_the_language_of_the_narrative(language: str, table: dict[str, str]) -> None:
    text = "bob@mail.example 099123456"
    assert neutral(text, find(text, NOTHING, f"{language}-UY")) == f"{table['email']} {table['phone']}"


def test_another_language_has_english_placeholders() -> None:
    assert replaced("bob@mail.example", language="de") == "[e-mail]"


def test_every_language_has_a_placeholder_for_every_kind() -> None:
    codes = {kind.value for kind in Kind} - {"own-domain", "own-address"}
    for table in TABLES.values():
        assert set(table) == codes
        assert [word for word in table.values() if not (word[0] == "[" and word[-1] == "]")] == []


# From the local list


@pytest.mark.parametrize(
    "written",
    [
        "Ana Pérez",
        "ANA PEREZ",
        "ana  \n perez",
        "ana.perez",
        "Ana_Pérez",
        "anaperez",
        "Ａｎａ Ｐéｒｅｚ",
        "A\u200bna Pe\u0301rez",
        "Ana\u00a0P\u00e9rez",
        "agesic",
        "AGÉSIC",
        "ag\u00adesic",
        "東京",
    ],
)
def test_a_name_on_the_list_is_found_however_it_is_written(written: str) -> None:
    text = f"dijo {written}, ayer"
    assert found(text, MINE) == [("name", written)]
    assert replaced(text) == "dijo [name], ayer"


def test_a_name_is_found_beside_numbers_and_within_a_script_without_spaces() -> None:
    assert found("agesic2026 私は東京大学の", MINE) == [("name", "agesic"), ("name", "東京")]


@pytest.mark.parametrize("text", ["banana", "Anapérezco", "Ana y Pérez", "agesicano", "el caso Ana. Z"])
def test_a_part_of_another_word_is_no_name(text: str) -> None:
    assert found(text, MINE) == []


def test_the_digits_of_a_hash_spell_no_name() -> None:
    own = Own(words=("ABBA",))
    assert found("0123456789abba0123456789abcdef01", own) == []
    assert found("abba01", own) == [("name", "abba")]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("https://mail.example.org/owa/?x=1", "https://mail.example.org/owa/?x=1"),
        ("hxxps://EXAMPLE[.]org", "hxxps://EXAMPLE[.]org"),
        ("bob@mail.example.org", "bob@mail.example.org"),
        ("correo.example.org", "correo.example.org"),
        ("xn--and-6ma2c.uy", "xn--and-6ma2c.uy"),
        ("www.ñandú.uy", "www.ñandú.uy"),
    ],
)
def test_an_address_in_an_own_domain_is_own_as_a_whole(text: str, whole: str) -> None:
    assert found(text, MINE) == [("own-domain", whole)]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        (
            "hxxps://bad.example/?u=ana.perez",
            [("url", "hxxps://bad.example/?u="), ("name", "ana.perez")],
        ),
        (
            "example.org.bad.example",
            [("own-domain", "example.org"), ("domain", ".bad.example")],
        ),
        ("agesic-login.example", [("name", "agesic"), ("domain", "-login.example")]),
        ("my-example.org", [("domain", "my-"), ("own-domain", "example.org")]),
    ],
)
def test_of_an_attackers_address_only_what_is_own_is_own(text: str, hits: list[tuple[str, str]]) -> None:
    assert found(text, MINE) == hits


@pytest.mark.parametrize("other", ["notexample.org", "example.organic", "example.net"])
def test_another_domain_is_not_own(other: str) -> None:
    assert [kind for kind, _ in found(other, MINE)] == ["domain"]


@pytest.mark.parametrize(
    "address",
    [
        "192.0.2.77",
        "192.0.2[.]77",
        "192.000.002.077",
        "192.0.2.x",
        "192.0.0.0/8",
        "2001:DB8::1",
        "::ffff:192.0.2.1",
    ],
)
def test_an_address_in_an_own_network_is_own(address: str) -> None:
    assert found(f"desde {address}, dos veces", MINE) == [("own-address", address)]


def test_a_web_address_on_an_own_machine_is_own() -> None:
    assert found("http://192.0.2.77:8080/x", MINE) == [("own-address", "http://192.0.2.77:8080/x")]
    assert replaced("http://192.0.2.77:8080/x") == "[URL]"


def test_an_address_elsewhere_is_not_own() -> None:
    assert [kind for kind, _ in found("192.0.3.1 2001:db9::1", MINE)] == ["address", "address"]


def test_an_own_name_makes_a_path_an_address_or_a_machine_own() -> None:
    assert found(r"D:\agesic\planes.docx", MINE) == [("name", r"D:\agesic\planes.docx")]
    assert found("agesic.csirt@mail.example", MINE) == [("name", "agesic.csirt@mail.example")]
    assert replaced(r"D:\agesic\planes.docx agesic.csirt@mail.example") == "[path] [e-mail]"


# What is done with it


def test_what_is_kept_stays_and_hits_that_touch_become_one_placeholder() -> None:
    text = "C:\\Users\\bob\\x.exe de hxxp://bad.example/?u=ana.perez"
    hits = find(text, MINE)
    assert neutral(text, hits) == "C:\\Users\\[user] de [URL]"
    kept = named(text, hits, ["hxxp://bad.example/?u=ana.perez"])
    assert neutral(text, hits, kept) == "C:\\Users\\[user] de hxxp://bad.example/?u=[name]"


def test_what_is_own_is_named_only_by_itself() -> None:
    text = "bad.example y Ana Pérez"
    hits = find(text, MINE)
    assert {hit.text for hit in named(text, hits, [text])} == {"bad.example"}
    assert {hit.text for hit in named(text, hits, ["ANA PEREZ"])} == {"Ana Pérez"}


def test_a_text_is_named_however_it_is_defanged_and_not_by_a_part_of_it() -> None:
    text = "bad[.]example"
    hits = find(text, NOTHING)
    assert named(text, hits, [" bad.example "]) == set(hits)
    assert named(text, hits, ["bad", "example", "", "other.example"]) == set()


# The local list itself


@pytest.mark.parametrize(
    ("written", "listed"),
    [("Example.ORG", "example.org"), ("*.example.org.", "example.org"), (" ñandú.uy ", "ñandú.uy")],
)
def test_a_domain_is_listed_in_one_form(written: str, listed: str) -> None:
    assert parse_domain(written) == listed


@pytest.mark.parametrize(
    "written", ["", "example", "exa mple.org", "192.0.2.1", "a..b", "a." + "b" * 64, "@b.c"]
)
def test_what_is_no_domain_is_refused(written: str) -> None:
    with pytest.raises(InvalidOwn, match="not a domain"):
        parse_domain(written)


def test_a_network_is_listed_in_one_form() -> None:
    assert parse_network("192.0.2.7/24") == "192.0.2.0/24"
    assert parse_network("2001:DB8::1") == "2001:db8::1/128"
    for written in ("", "192.0.2", "192.0.2.0/33", "example.org"):
        with pytest.raises(InvalidOwn, match="not a network"):
            parse_network(written)


def test_a_word_needs_two_letters() -> None:
    assert parse_word("  Ana   Pérez ") == "Ana Pérez"
    for written in ("", "A", "¡!", "e\u0301"):
        with pytest.raises(InvalidOwn, match="at least two letters"):
            parse_word(written)


# Properties

PIECES = (
    "ana,Ana Pérez,perez,example.org,mail.,https://,hxxp://,[.],.,-,_,/,\\,\\\\,@, ,\n,192.0.2.7,"
    "2001:db8::1,x,1,é,bad.example,C:\\Users\\,/home/,user=,+598 99 123 456,2400,099123456,INC0012345,"
    "RT#1,SRV-01,#,[name],[domain],[,],(,),:,CVE-2026-12345,2026-11-20,14:30,\u200b,\u0301,ß,½,℀,ＡＮＡ,"
    "d41d8cd98f00b204e9800998ecf8427e,agesic,\0,İ,00:11:22:33:44:55,v1.2.3.4,東京,',?u=,=,%,~,ſ"
)
texts = st.lists(st.sampled_from(PIECES.split(",")) | st.text(max_size=3), max_size=14).map("".join)
languages = st.sampled_from([*TABLES, "de"])


@given(texts, languages)
def test_hits_are_apart_in_order_and_what_is_between_them_is_unchanged(text: str, language: str) -> None:
    hits = find(text, MINE, language)
    left, done = [], 0
    for hit in hits:
        assert done <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end] == hit.text
        left.append(text[done : hit.start])
        done = hit.end
    result = neutral(text, hits)
    position = 0
    for part in (*left, text[done:]):
        position = result.index(part, position) + len(part)
    assert result.endswith(text[done:])
    assert neutral(text, hits, hits) == text


@given(texts, languages)
def test_nothing_is_found_in_a_text_that_was_made_neutral(text: str, language: str) -> None:
    assert find(replaced(text, language=language), MINE, language) == ()


@given(texts, languages)
def test_nothing_own_is_found_in_a_text_in_which_only_other_things_were_kept(
    text: str, language: str
) -> None:
    hits = find(text, MINE, language)
    left = neutral(text, hits, [hit for hit in hits if hit.kind not in OWN])
    assert [hit for hit in find(left, MINE, language) if hit.kind in OWN] == []


around = st.text(st.sampled_from("vxz .,;:\n-_/@'()1\u200b"), max_size=8)
names = st.sampled_from(
    ["Ana Pérez", "AGESIC", "example.org", "ana.perez", "ＡＧＥＳＩＣ", "Pe\u0301rez, Ana Pérez"]
)


@given(around, names, around)
def test_no_word_of_the_list_is_left_when_none_is_kept(before: str, name: str, after: str) -> None:
    left = fold(replaced(f"{before} {name} {after}")).text
    assert "ana perez" not in left
    assert not any(word in left for word in ("agesic", "example.org", "ana.perez"))


# Work

HOSTILE = (
    "a,1,a.,1.,a@,@,/,~/,\\,\\\\a,c:\\,c:\\a b c d e ,/home/,http://,[.],ana ,ana,ana perez,a-,A1-,A-,"
    "1.1,::,a:,0:,+,user=,user:user:,#1,a#,a #,INC0001,\n,\u200b,e\u0301,½,[name],[,bad.example/,a_,"
    "192.0.2.1 ,aa:bb:,srv-,https://x/ana.example.org?,2400 1234 192.0.2.7 ,ticket no 1,"
    "d41d8cd98f00b204e9800998ecf8427e,cve-2026-1,'a,version 1.,2026-11-20,srv01,desktop-a,web-a-b-c-1,"
    "CORP\\a,a.b\\,東京,xn--,Example.Org,(1,1(,1),tel 123 "
)
LONG = ("a" * 63 + ".", "a" * 64 + "@", "a" * 64 + "\\")
SIZE = 10_000
"""Characters: more than a narrative has room for."""


def steps(text: str) -> int:
    """Count the calls that looking through a text takes."""
    counted = 0

    def count(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal counted
        counted += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        find(text, MINE)
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("piece", [*HOSTILE.split(","), *LONG])
def test_the_work_grows_with_the_length_of_a_text_and_no_faster(piece: str) -> None:
    text = (piece * SIZE)[:SIZE]
    assert steps(text) <= 100 * SIZE
    folded = fold(text)
    read = sum(match.end - match.start for match in patterns.matches(text, folded, folded.text))
    assert read <= 20 * SIZE
