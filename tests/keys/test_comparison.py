"""Copies of the directory are compared, and what differs is said exactly."""

import re
import secrets
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from keys import directory
from keys.comparison import Copy, Difference, compare, differing, number_of, spoken
from keys.directory import Entry
from keys.hybrid import HybridKey
from tests.directories import Signer, after, chain, entry, recipient
from tests.support import WEEK, Stock


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer.new()


@pytest.fixture(scope="module")
def documents(signer: Signer, stock: Stock) -> dict[int, bytes]:
    return chain(signer, stock, 5)


def forked(signer: Signer, documents: dict[int, bytes], at: int, **changes: Any) -> dict[int, bytes]:
    """Give another chain: the same up to a number, where something differs, and joined from there on."""
    bent = {number: document for number, document in documents.items() if number < at}
    for number in range(at, len(documents)):
        own = after(bent) | (changes if number == at else {})
        bent[number] = signer.changed(documents[number], **own)
    return bent


def test_the_same_bytes_agree(signer: Signer, documents: dict[int, bytes]) -> None:
    found = compare([Copy("server", documents), Copy("mirror", dict(documents))], signer.pinned)
    assert found.agrees
    assert [(each.oldest, each.newest, each.behind) for each in found.copies] == [(0, 4, 0)] * 2


def test_a_mirror_that_lags_is_behind_and_no_fork(signer: Signer, documents: dict[int, bytes]) -> None:
    lagging = {number: documents[number] for number in range(3)}
    found = compare([Copy("server", documents), Copy("mirror", lagging)], signer.pinned)
    assert found.agrees
    assert [each.behind for each in found.copies] == [0, 2]


def test_a_copy_that_begins_late_is_compared_from_there(signer: Signer, documents: dict[int, bytes]) -> None:
    wallet = {number: documents[number] for number in (2, 3)}
    assert compare([Copy("server", documents), Copy("wallet", wallet)], signer.pinned).agrees
    other = forked(signer, documents, 2, members={"BR": 5})
    found = compare([Copy("server", other), Copy("wallet", wallet)], signer.pinned)
    assert [each.number for each in found.differences] == [2]


def test_a_server_that_is_behind_withholds(signer: Signer, documents: dict[int, bytes]) -> None:
    older = {number: documents[number] for number in range(4)}
    found = compare([Copy("server", older), Copy("wallet", documents)], signer.pinned)
    assert not found.agrees
    assert found.differences == (Difference(4, str(WEEK.plus(4)), ("server", "wallet"), ("missing",)),)


FIELDS: dict[str, tuple[Callable[[Entry], dict[str, Any]], tuple[str, ...]]] = {
    "report key": (
        lambda _: {"report_key": HybridKey.generate(secrets.token_bytes).public},
        ("report_key",),
    ),
    "token key of a class": (
        lambda entry: {"first_keys": {**entry.first_keys, "fraud": b"another"}},
        ("first_keys.fraud",),
    ),
    "key of further tokens": (lambda _: {"further_key": b"another"}, ("further_key",)),
    "recipients": (lambda _: {"recipients": (recipient(),)}, ("recipients",)),
    "membership": (lambda _: {"members": {"UY": 10, "BR": 1}}, ("members.BR", "members.UY")),
    "week": (lambda _: {"week": str(WEEK.plus(9))}, ("week",)),
}


@pytest.mark.parametrize("name", FIELDS)
def test_number_week_and_field_are_named_and_what_follows_is_left_out(
    signer: Signer, documents: dict[int, bytes], name: str
) -> None:
    change, fields = FIELDS[name]
    changes = change(msgspec.json.decode(documents[2].split(b"\n")[0], type=Entry))
    other = forked(signer, documents, 2, **changes)
    found = compare([Copy("server", documents), Copy("mirror", other)], signer.pinned)
    [difference] = found.differences
    assert difference.number == 2
    assert difference.week == str(WEEK.plus(2))
    assert set(difference.fields) - {"signature"} == set(fields)


def test_every_field_of_an_entry_is_compared(documents: dict[int, bytes]) -> None:
    """Also those that are added to it one day."""
    for name in Entry.__struct_fields__:
        line, proof, _ = documents[0].split(b"\n")
        values = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
        values[name] = msgspec.Raw(b"true")
        assert differing(documents[0], msgspec.json.encode(values) + b"\n" + proof + b"\n") == (name,)


def test_copies_are_told_apart_when_only_one_of_three_was_forged(
    signer: Signer, documents: dict[int, bytes]
) -> None:
    other = forked(signer, documents, 3, recipients=(recipient(),))
    found = compare(
        [Copy("server", documents), Copy("wallet", documents), Copy("mirror", other)], signer.pinned
    )
    assert {each.copies for each in found.differences} == {("server", "mirror")}


def test_an_entry_signed_twice_shows_in_the_certificate(documents: dict[int, bytes], signer: Signer) -> None:
    renewed = msgspec.structs.replace(signer.certificate, last_week=str(WEEK.plus(99)))
    again = Signer(signer.online, renewed).changed(documents[0])
    assert differing(documents[0], again) == ("certificate.last_week",)


def test_the_same_values_in_another_spelling_differ_too(documents: dict[int, bytes]) -> None:
    assert differing(documents[0], documents[0].replace(b'{"number":', b'{ "number":')) == ("spelling",)


@pytest.mark.parametrize(
    "rubbish",
    [b"", b"\n\n", b"{}\n{}\n", b"[" * 100_000, b"<html>", b'{"a\x07":1}', b'{"\\u001b[2J":1}\n{}\n'],
)
def test_rubbish_is_compared_without_harm_and_shows_nothing_of_itself(
    documents: dict[int, bytes], rubbish: bytes, signer: Signer
) -> None:
    found = compare([Copy("server", documents), Copy("mirror", {0: rubbish})], signer.pinned)
    assert not found.agrees
    assert "\\u001b" not in msgspec.json.encode(found).decode()
    assert number_of(rubbish) is None
    assert found.copies[1].fault is not None


def test_the_first_document_that_breaks_a_chain_is_named(
    signer: Signer, documents: dict[int, bytes], stock: Stock
) -> None:
    broken = documents | {3: signer.sign(entry(stock, WEEK.plus(3), number=3, previous="0" * 64))}
    [checked] = compare([Copy("server", broken)], signer.pinned).copies
    assert checked.fault is not None
    assert checked.fault.number == 3


def test_a_document_under_another_number_is_found(signer: Signer, documents: dict[int, bytes]) -> None:
    shifted = {number + 1: document for number, document in documents.items()}
    [checked] = compare([Copy("server", shifted)], signer.pinned).copies
    assert checked.fault is not None
    assert checked.fault.number == 1


def test_a_newest_document_that_is_not_the_last_is_found(signer: Signer, documents: dict[int, bytes]) -> None:
    [checked] = compare([Copy("server", documents, documents[3])], signer.pinned).copies
    assert checked.fault is not None
    assert compare([Copy("server", documents, documents[4])], signer.pinned).agrees


def test_the_spoken_digits_stand_for_a_document_and_all_before_it(
    signer: Signer, documents: dict[int, bytes]
) -> None:
    other = forked(signer, documents, 0, members={"BR": 1})
    assert re.fullmatch(r"(\d{5} ){11}\d{5}", spoken(documents[4]))
    assert spoken(documents[4]) == spoken(bytes(documents[4]))
    assert spoken(other[4]) != spoken(documents[4])
    assert directory.verify(other[4], signer.pinned).entry.members == {"UY": 5}
