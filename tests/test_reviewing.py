"""The look at a report before it is sent, as a member meets it: asked, refused, or told beforehand."""

import base64
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commandline import program, refused, run, serving, warp, warp_json

NOTE = r"""Ayer a las 14:30 Ana Pérez (ana.perez@example.org) recibió un SMS de +598 99 123 456 con enlace a
hxxps://bad[.]example/login?u=ana.perez y lo abrió en DC01 (192.0.2.77, C:\Users\aperez\x.exe).
SHA256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, CVE-2026-12345.
Llamar a Ana Pérez.
"""
BAD = "hxxps://bad[.]example/login?u=ana.perez"
NEUTRAL = r"""Ayer a las 14:30 [nombre] ([correo]) recibió un SMS de [teléfono] con enlace a
hxxps://bad[.]example/login?u=[nombre] y lo abrió en [equipo] ([dirección IP], C:\Users\[usuario]).
SHA256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, CVE-2026-12345.
Llamar a [nombre].
"""


@dataclass
class Member:
    """A member of a served site, and the coordinator who reads what it sends."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "site"

    @property
    def wallet(self) -> tuple[str, Path]:
        return "--wallet", self.folder / "wallet"

    def file(self, content: str | bytes) -> Path:
        path = self.folder / f"{secrets.token_hex(4)}.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def report(self, content: str | bytes, *more: str) -> tuple[str | Path, ...]:
        told = ("--type", "fraud/phishing", "--language", "es", "--narrative", self.file(content))
        return "report", *self.wallet, *told, *more

    def read(self) -> list[str]:
        """Release what waits, and give all texts that a coordinator reads."""
        warp("release", "--data", self.data)
        identity = self.data / "take-offline/coordinator.identity"
        opened = warp_json("inbox", "--data", self.data, "--identity", identity)
        return [each["text"] for each in opened["narratives"]]

    def unspent(self) -> int:
        return sum(warp_json("wallet", *self.wallet)["tokens"].values())


@pytest.fixture(scope="module")
def member(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Member]:
    member = Member(tmp_path_factory.mktemp("reviewing"))
    warp("init", "--data", member.data, "--name", "Example WARP", "--url", "http://127.0.0.1:8080")
    invited = warp("member", "add", "a", "--place", "UY", "--data", member.data)
    with serving(member.data) as url:
        found = re.search(r"warp-[a-z2-7]{56}", invited)
        assert found is not None
        warp("join", url, found[0], *member.wallet)
        own = ("--domain", "Example.org", "--network", "192.0.2.9/24", "--word", "Ana Pérez")
        warp("own", "add", *member.wallet, *own)
        yield member


# The list


def test_the_list_is_kept_in_the_wallet_in_one_form(member: Member) -> None:
    listed = {"domains": ["example.org"], "networks": ["192.0.2.0/24"], "words": ["Ana Pérez"]}
    assert warp_json("own", "list", *member.wallet) == listed
    assert "network  192.0.2.0/24\n" in warp("own", "list", *member.wallet)


def test_what_is_added_twice_is_there_once_and_can_be_taken_off(member: Member) -> None:
    before = warp("own", "list", *member.wallet)
    warp("own", "add", *member.wallet, "--word", "AGESIC", "--word", "AGESIC", "--domain", "example.org")
    assert warp("own", "list", *member.wallet).count("AGESIC") == 1
    assert warp("own", "remove", *member.wallet, "--word", "AGESIC") == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "--domain", "example"), "not a domain"),
        (("add", "--network", "192.0.2"), "not a network"),
        (("add", "--word", "A"), "at least two letters"),
        (("add",), "say what"),
        (("remove", "--word", "Luis"), "Luis is not on the list"),
    ],
)
def test_what_cannot_be_listed_is_refused(member: Member, arguments: tuple[str, ...], sentence: str) -> None:
    before = warp("own", "list", *member.wallet)
    command, *more = arguments
    assert sentence in refused("own", command, *member.wallet, *more)
    assert warp("own", "list", *member.wallet) == before


# The text


def test_each_thing_is_asked_for_once_and_the_rest_is_sent_as_it_is(member: Member) -> None:
    answers = ["r", "", "r", "k", "r", "", "r", "a", "y"]
    said = program(*member.report(NOTE), typed="\n".join([*answers, ""]))
    assert "In the text, 9 things may identify you." in said
    assert (
        "1. lines 1, 4, a name on your list: Ayer a las 14:30 «Ana Pérez» (ana.perez@example.org) reci"
        in said
    )
    assert "3. line 1, phone number: " in said
    assert "[teléfono] (r, k, a) [r]: " in said
    assert NEUTRAL.splitlines()[1] in said
    assert NEUTRAL.strip() in [text.strip() for text in member.read()]


def test_who_stops_at_a_question_has_sent_nothing(member: Member) -> None:
    unspent = member.unspent()
    with pytest.raises(AssertionError, match="stopped; nothing was sent"):
        program(*member.report(NOTE), typed="r\n")
    assert member.unspent() == unspent


def test_a_script_is_refused_with_lines_and_kinds_and_nothing_of_the_text(member: Member) -> None:
    unspent = member.unspent()
    sentence = refused(*member.report(NOTE, "--yes"))
    assert (
        "line 1: a name on your list, your domain, phone number; line 2: web address, a name on" in sentence
    )
    assert "; line 4: a name on your list" in sentence
    assert "--replace-all, --keep TEXT, --reviewed" in sentence
    assert "Nothing was sent" in sentence
    assert not [word for word in ("Ana", "Pérez", "example", "99 123", "aperez", "192.0") if word in sentence]
    assert (member.unspent(), warp_json("wallet", *member.wallet)["undelivered"]) == (unspent, 0)


def test_a_script_can_have_everything_replaced_but_what_it_keeps(member: Member) -> None:
    said = warp(*member.report(NOTE, "--yes", "--replace-all", "--keep", BAD))
    assert NEUTRAL.splitlines()[1] in said
    assert NEUTRAL in member.read()


def test_what_is_own_stays_only_if_it_is_kept_by_itself(member: Member) -> None:
    sentence = refused(*member.report(NOTE, "--yes", "--reviewed"))
    assert "line 1: a name on your list, your domain; line 2: a name on your list, your network;" in sentence
    assert sentence.endswith("--replace-all, --keep TEXT")
    kept = ("ana perez", "ana.perez@example.org", "192.0.2[.]77", "ana.perez")
    options = [word for each in kept for word in ("--keep", each)]
    warp(*member.report(NOTE, "--yes", "--reviewed", *options))
    assert NOTE in member.read()


def test_replacing_everything_and_nothing_at_once_is_refused(member: Member) -> None:
    assert "either --replace-all or --reviewed" in refused(
        *member.report(NOTE, "--yes", "--replace-all", "--reviewed")
    )


def test_a_text_that_tells_nothing_is_sent_without_a_question(member: Member) -> None:
    text = "Un SMS con un enlace. CVE-2026-12345, 2026-11-20.\n"
    said = program(*member.report(text), typed="y\n")
    assert "may identify" not in said
    assert text in member.read()


# What is no text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 ...", "a PDF file, and files cannot be attached; put hashes"),
        (b"PK\x03\x04" + bytes(40), "a ZIP or Office file"),
        ("não".encode("latin-1"), "save a text as UTF-8"),
        (base64.encodebytes(bytes(range(256)) * 4), "the text holds a file"),
        ("ñ" * 6_000, "the text has 12,000 bytes and there is room for "),
    ],
    ids=["PDF", "ZIP", "Latin-1", "base64", "too long"],
)
def test_what_has_no_place_in_a_report_is_refused_in_one_line(
    member: Member, content: str | bytes, sentence: str
) -> None:
    unspent = member.unspent()
    assert sentence in refused(*member.report(content, "--yes"))
    assert member.unspent() == unspent


# The place


def test_a_small_place_is_asked_about_and_can_be_left_out(member: Member) -> None:
    said = program(*member.report("x", "--place", "UY"), typed="\ny\n")
    assert "fewer than 5 members are in Uruguay (UY)" in said
    assert "1  leave the place unknown" in said
    assert re.search(r"^  place +unknown$", said, re.MULTILINE)


def test_a_small_place_can_be_named_all_the_same(member: Member) -> None:
    said = program(*member.report("x", "--place", "UY"), typed="2\ny\n")
    assert re.search(r"^  place +UY \(Uruguay\)$", said, re.MULTILINE)


def test_a_script_that_names_a_small_place_is_told_and_not_stopped(member: Member) -> None:
    done = run(*member.report("x", "--place", "UY", "--yes"))
    assert done.status == 0
    assert "fewer than 5 members are in Uruguay (UY). To leave it out: --small-place widen" in done.err
    quiet = run(*member.report("x", "--place", "UY", "--small-place", "keep", "--yes"))
    assert (quiet.status, quiet.err) == (0, "")
    kept = done.out
    assert re.search(r"^  place +UY \(Uruguay\)$", kept, re.MULTILINE)
    widened = warp(*member.report("x", "--place", "UY", "--small-place", "widen", "--yes"))
    assert re.search(r"^  place +unknown$", widened, re.MULTILINE)
