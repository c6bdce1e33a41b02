"""What a directory document, and a chain of them, must be to be believed."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys import directory
from keys.directory import Entry
from keys.errors import (
    BadFingerprint,
    BrokenChain,
    KeyUsedTwice,
    MalformedDirectory,
    SecondKeysForWeek,
    UncertifiedDirectory,
    UnknownRoot,
)
from tests.directories import Signer, after, chain, entry, recipient
from tests.support import WEEK, Stock, flipped


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer.new()


@pytest.fixture(scope="module")
def documents(signer: Signer, stock: Stock) -> dict[int, bytes]:
    return chain(signer, stock, 3)


def entry_in(document: bytes) -> Entry:
    return msgspec.json.decode(document.split(b"\n")[0], type=Entry)


def test_a_chain_of_signed_entries_is_believed(signer: Signer, documents: dict[int, bytes]) -> None:
    verified = directory.check_chain(list(documents.values()), signer.pinned)
    assert [each.entry.week for each in verified] == [str(WEEK.plus(n)) for n in range(3)]


def test_another_root_is_not_believed(documents: dict[int, bytes]) -> None:
    with pytest.raises(UnknownRoot):
        directory.verify(documents[0], Signer.new().pinned)


def test_an_online_key_that_the_root_has_not_certified_is_not_believed(
    signer: Signer, documents: dict[int, bytes]
) -> None:
    own = Ed25519PrivateKey.generate()
    forged = msgspec.structs.replace(signer.certificate, key=own.public_key().public_bytes_raw())
    with pytest.raises(UncertifiedDirectory):
        directory.verify(Signer(own, forged).changed(documents[0]), signer.pinned)


@pytest.mark.parametrize("position", range(40, 4000, 371))
def test_a_flipped_bit_is_not_believed(signer: Signer, documents: dict[int, bytes], position: int) -> None:
    with pytest.raises((UncertifiedDirectory, MalformedDirectory)):
        directory.verify(flipped(documents[0], position), signer.pinned)


@pytest.mark.parametrize(("ahead", "good"), [(-1, False), (0, True), (3, True), (4, False)])
def test_an_entry_is_believed_within_the_weeks_of_its_certificate_only(
    stock: Stock,
    ahead: int,
    good: bool,  # noqa: FBT001
) -> None:
    signer = Signer.new(first=WEEK, last=WEEK.plus(3))
    document = signer.sign(entry(stock, WEEK.plus(ahead)))
    if good:
        directory.verify(document, signer.pinned)
        return
    with pytest.raises(UncertifiedDirectory):
        directory.verify(document, signer.pinned)


def first_keys_with(of_class: str, key: bytes) -> Callable[[Entry], dict[str, Any]]:
    return lambda entry: {"first_keys": {**entry.first_keys, of_class: key}}


NO_KEYS: dict[str, Callable[[Entry], dict[str, Any]]] = {
    "a report key that is too short": lambda entry: {"report_key": entry.report_key[:-1]},
    "a report key that is none": lambda _: {"report_key": b"\xff" * 1216},
    "a token key that is none": first_keys_with("fraud", b"no key"),
    "a key of further tokens that is none": lambda entry: {"further_key": entry.further_key[:-1]},
    "a token key of another class than there is": first_keys_with("weather", b"no key"),
    "a class without a key": lambda entry: {
        "first_keys": {c: key for c, key in entry.first_keys.items() if c != "fraud"}
    },
    "more tokens than there are": lambda _: {"further_tokens": 1_000_000_000},
    "no recipient": lambda _: {"recipients": ()},
    "more recipients than a narrative has room for": lambda _: {
        "recipients": tuple(recipient() for _ in range(5))
    },
    "a recipient that is none": lambda entry: {"recipients": (entry.recipients[0][:-1],)},
}


@pytest.mark.parametrize("name", NO_KEYS)
def test_an_entry_whose_keys_are_none_is_refused(
    signer: Signer, documents: dict[int, bytes], name: str
) -> None:
    changes = NO_KEYS[name](entry_in(documents[0]))
    with pytest.raises(MalformedDirectory):
        directory.verify(signer.changed(documents[0], **changes), signer.pinned)


@pytest.mark.parametrize(
    ("stated", "instead"),
    [
        (b'"reports":5', b'"reports":4'),
        (b'"members":3', b'"members":2'),
        (b'"preset":"standard"', b'"preset":"none"'),
        (b'"reports_per_member":3', b'"reports_per_member":4'),
        (b'"places":3', b'"places":2'),
        (b'"types":2', b'"types":1'),
        (b'"members_to_name_a_place":5', b'"members_to_name_a_place":1'),
    ],
)
def test_a_policy_under_the_floors_is_refused_though_it_is_signed(
    signer: Signer, documents: dict[int, bytes], stated: bytes, instead: bytes
) -> None:
    line = documents[0].split(b"\n")[0]
    assert line.count(stated) == 1
    with pytest.raises(MalformedDirectory):
        directory.verify(signer.sign_line(line.replace(stated, instead)), signer.pinned)


def test_one_key_for_two_kinds_of_token_is_refused(signer: Signer, documents: dict[int, bytes]) -> None:
    """Or the tokens of a class could be told from each other, or counted as those of another."""
    made = entry_in(documents[0])
    for changes in (
        first_keys_with("fraud", made.first_keys["availability"])(made),
        {"further_key": made.first_keys["fraud"]},
    ):
        with pytest.raises(KeyUsedTwice):
            directory.verify(signer.changed(documents[0], **changes), signer.pinned)


LATER: dict[str, tuple[Callable[[Entry], dict[str, Any]], type[Exception]]] = {
    "another one before it": (lambda _: {"previous": "0" * 64}, BrokenChain),
    "a number left out": (lambda entry: {"number": entry.number + 1}, BrokenChain),
    "a number given twice": (lambda entry: {"number": entry.number - 1}, BrokenChain),
    "a second set of keys for a week": (lambda _: {"week": str(WEEK.plus(2))}, SecondKeysForWeek),
    "keys for a week that was passed over": (lambda _: {"week": str(WEEK.plus(1))}, SecondKeysForWeek),
}


@pytest.mark.parametrize("name", LATER)
def test_an_entry_that_does_not_follow_is_refused(
    signer: Signer, documents: dict[int, bytes], stock: Stock, name: str
) -> None:
    change, error = LATER[name]
    honest = entry(stock, WEEK.plus(3), **after(documents))
    directory.check_chain([*documents.values(), signer.sign(honest)], signer.pinned)
    bent = msgspec.structs.replace(honest, **change(honest))
    with pytest.raises(error):
        directory.check_chain([*documents.values(), signer.sign(bent)], signer.pinned)


AGAIN: dict[str, Callable[[Entry], dict[str, Any]]] = {
    "the report key": lambda earlier: {"report_key": earlier.report_key},
    "the key of a class, for the same class": lambda earlier: {
        "first_keys": earlier.first_keys,
    },
    "the key of a class, for further tokens": lambda earlier: {"further_key": earlier.first_keys["fraud"]},
    "the key of further tokens": lambda earlier: {"further_key": earlier.further_key},
}


@pytest.mark.parametrize("name", AGAIN)
def test_a_key_of_an_earlier_week_is_refused(
    signer: Signer, documents: dict[int, bytes], stock: Stock, name: str
) -> None:
    """Also of one that is not the week before: a key lives for one week."""
    changes = AGAIN[name](entry_in(documents[0]))
    bent = entry(stock, WEEK.plus(3), **after(documents) | changes)
    with pytest.raises(KeyUsedTwice):
        directory.check_chain([*documents.values(), signer.sign(bent)], signer.pinned)


@pytest.mark.parametrize("text", ["", "00", "g" * 32, "0" * 31, "0" * 33, "0x" + "0" * 30])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(BadFingerprint):
        directory.read_fingerprint(text)


def test_a_fingerprint_is_read_as_it_is_printed(signer: Signer) -> None:
    assert directory.read_fingerprint(f" {signer.pinned.hex().upper()}\n") == signer.pinned
