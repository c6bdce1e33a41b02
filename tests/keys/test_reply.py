"""Replies: only the reporter reads them, and nothing tells one from a filler."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import reply
from keys.errors import BadLanguage, MalformedReply, NotYourReply, TextTooLong
from keys.hybrid import HybridKey
from keys.receipt import Receipt
from keys.reply import Reply

ROOT = bytes(range(32))
RECEIPT = Receipt(bytes(range(16)))


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=400),
    language=st.sampled_from(["en", "pt-BR"]),
)
def test_a_reply_comes_back_as_it_was_written(text: str, language: str) -> None:
    sealed = reply.seal(Reply(text, language), RECEIPT.reply_key.public, ROOT)
    assert len(sealed) == reply.SIZE
    assert reply.open_sealed(sealed, RECEIPT.reply_key, ROOT) == Reply(text, language)


def test_the_longest_text_fits_and_one_byte_more_does_not() -> None:
    room = reply.room("es")
    sealed = reply.seal(Reply("x" * room, "es"), RECEIPT.reply_key.public, ROOT)
    assert reply.open_sealed(sealed, RECEIPT.reply_key, ROOT).text == "x" * room
    with pytest.raises(TextTooLong) as caught:
        reply.seal(Reply("x" * (room + 1), "es"), RECEIPT.reply_key.public, ROOT)
    assert caught.value.room == room


def test_another_receipt_another_server_or_a_filler_opens_nothing() -> None:
    sealed = reply.seal(Reply("advice", "en"), RECEIPT.reply_key.public, ROOT)
    filler = reply.filler(ROOT, secrets.token_bytes)
    for data, key, root in (
        (sealed, HybridKey.generate(secrets.token_bytes), ROOT),
        (sealed, RECEIPT.reply_key, bytes(32)),
        (filler, RECEIPT.reply_key, ROOT),
    ):
        with pytest.raises(NotYourReply):
            reply.open_sealed(data, key, root)


@given(position=st.integers(0, reply.SIZE - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_is_refused(position: int, bit: int) -> None:
    sealed = bytearray(SEALED)
    sealed[position] ^= 1 << bit
    with pytest.raises(NotYourReply):
        reply.open_sealed(bytes(sealed), RECEIPT.reply_key, ROOT)


SEALED = reply.seal(Reply("advice", "en"), RECEIPT.reply_key.public, ROOT)


def test_a_reply_of_another_length_or_language_is_refused() -> None:
    with pytest.raises(MalformedReply):
        reply.open_sealed(SEALED[:-1], RECEIPT.reply_key, ROOT)
    with pytest.raises(BadLanguage):
        reply.seal(Reply("advice", "not a tag"), RECEIPT.reply_key.public, ROOT)


def test_the_lengths_of_texts_do_not_show() -> None:
    sizes = {len(reply.seal(Reply("a" * n, "en"), RECEIPT.reply_key.public, ROOT)) for n in (0, 1, 500, 1900)}
    assert sizes == {reply.SIZE}
    assert len(reply.filler(ROOT, secrets.token_bytes)) == reply.SIZE
