"""Public lists: no length tells a count, nothing tells a filler, and nobody is shown another list."""

import os
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from keys import lists, reply
from keys.directory import certify, fingerprint
from keys.errors import ForkedList, ListError, MalformedList, UncertifiedList
from keys.lists import Kind
from tests.support import WEEK, flipped, seeded

ROOT, ONLINE = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
CERTIFICATE = certify(ROOT, ONLINE.public_key(), WEEK, WEEK)
PINNED = fingerprint(CERTIFICATE.root)
FRIDAY = date(2026, 11, 20)


def some(number: int, seed: int = 1) -> list[bytes]:
    random = seeded(seed)
    return [random.randbytes(32) for _ in range(number)]


def filler() -> bytes:
    return os.urandom(32)


def signed(items: list[bytes], day: date = FRIDAY, kind: Kind = Kind.ACCEPTED) -> bytes:
    return lists.sign(kind, day, items, ONLINE, CERTIFICATE)


def read(document: bytes, kind: Kind = Kind.ACCEPTED) -> lists.SignedList:
    return lists.read(document, kind, str(WEEK), PINNED)


@pytest.mark.parametrize(
    ("new", "length"), [(0, 64), (1, 64), (63, 64), (64, 64), (65, 128), (128, 128), (200, 256)]
)
def test_a_list_grows_by_a_multiple_of_64_and_always_grows(new: int, length: int) -> None:
    items = some(new)
    found = lists.grown((), items, filler)
    assert len(found) == length
    assert set(items) <= set(found)


@given(st.lists(st.integers(0, 130), max_size=5))
def test_a_list_is_sorted_and_only_ever_gains(days: list[int]) -> None:
    known: list[bytes] = []
    for number, new in enumerate(days):
        later = lists.grown(known, some(new, number), filler)
        assert later == sorted(set(later))
        assert set(known) < set(later)
        assert len(later) % 64 == 0
        known = later


def test_what_stands_in_a_list_already_does_not_come_twice() -> None:
    known = lists.grown((), some(3), filler)
    assert len(lists.grown(known, some(3), filler)) == 128
    assert len(lists.grown(known, [*some(3), *some(65, seed=2)], filler)) == 192


def test_a_list_comes_out_as_it_was_signed() -> None:
    items = lists.grown((), some(5), filler)
    found = read(signed(items))
    assert found.items == tuple(items)
    assert (found.head.day, found.head.items) == ("2026-11-20", 64)
    assert lists.read_items(signed(items)) == found.items
    assert lists.read_own(signed(items)) == found


def test_any_flipped_bit_of_a_list_is_refused() -> None:
    document = signed(lists.grown((), some(5), filler))
    for position in range(0, len(document), 3):
        with pytest.raises(ListError):
            read(flipped(document, position, position % 8))


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document[:-32],
        lambda document: document + bytes(32),
        lambda document: document[:-1],
        lambda _: b"",
        lambda _: b"\n\n",
        lambda _: b"{}\n{}\n",
    ],
)
def test_what_is_not_a_list_is_refused(change) -> None:
    with pytest.raises(ListError):
        read(change(signed(lists.grown((), some(5), filler))))


@pytest.mark.parametrize(
    "items", [some(63), sorted(some(64), reverse=True), sorted([*some(63), some(1)[0]])], ids=str
)
def test_items_that_are_not_64_sorted_ones_each_once_are_refused(items: list[bytes]) -> None:
    with pytest.raises(MalformedList):
        read(signed(items))


def test_another_list_than_was_asked_for_is_refused() -> None:
    document = signed(lists.grown((), [], filler))
    with pytest.raises(MalformedList):
        read(document, Kind.REPLIES)
    with pytest.raises(MalformedList):
        lists.read(document, Kind.ACCEPTED, str(WEEK.plus(1)), PINNED)


def test_a_list_that_another_key_or_another_root_signed_is_refused() -> None:
    items = lists.grown((), [], filler)
    for document in (
        lists.sign(Kind.ACCEPTED, FRIDAY, items, Ed25519PrivateKey.generate(), CERTIFICATE),
        lists.sign(Kind.ACCEPTED, FRIDAY, items, ONLINE, certify(ONLINE, ONLINE.public_key(), WEEK, WEEK)),
        lists.sign(
            Kind.ACCEPTED,
            FRIDAY,
            items,
            ONLINE,
            certify(ROOT, ONLINE.public_key(), WEEK.plus(1), WEEK.plus(2)),
        ),
    ):
        with pytest.raises(UncertifiedList):
            read(document)


def test_a_list_that_lost_something_went_back_or_has_two_states_of_a_day_is_a_fork() -> None:
    monday = read(signed(one := lists.grown((), some(5), filler), date(2026, 11, 16)))
    friday = read(signed(two := lists.grown(one, some(5, seed=2), filler)))
    lists.check_growth(monday, friday)
    lists.check_growth(friday, friday)
    other = read(signed(lists.grown(two, [], filler)))
    lost = read(signed(lists.grown((), [], filler), date(2026, 11, 21)))
    for earlier, later in ((friday, monday), (friday, other), (monday, lost)):
        with pytest.raises(ForkedList):
            lists.check_growth(earlier, later)


def test_a_reply_and_a_filler_are_of_one_size_and_live_in_a_list() -> None:
    root = CERTIFICATE.root
    items = lists.grown((), [reply.filler(root, os.urandom)], lambda: reply.filler(root, os.urandom))
    found = read(signed(items, kind=Kind.REPLIES), Kind.REPLIES)
    assert {len(item) for item in found.items} == {reply.SIZE} == {Kind.REPLIES.item_size}
