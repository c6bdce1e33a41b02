"""Detached signatures: good for one document's bytes under one root, for years, and for nothing else."""

import json
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys import detached, directory
from keys.detached import Statement
from keys.directory import Certificate, certify, fingerprint
from keys.errors import (
    ForeignRoot,
    MalformedSignature,
    NotADocument,
    OtherDocument,
    SignatureError,
    UncertifiedSignature,
)
from tests.support import WEEK, flipped

ROOT, ONLINE = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
CERTIFICATE = certify(ROOT, ONLINE.public_key(), WEEK, WEEK.plus(4))
PINNED = fingerprint(CERTIFICATE.root)
ID = "tag:warp.example,2026-01-05:advisory/2026-w47-k3v9q2xd"
OTHER_ID = "tag:warp.example,2026-01-05:advisory/2026-w47-aaaaaaaa"


def document(**said: Any) -> bytes:
    return json.dumps({"id": ID, "version": 2} | said).encode()


def signed(
    what: bytes | None = None,
    online: Ed25519PrivateKey = ONLINE,
    certificate: Certificate = CERTIFICATE,
    weeks: int = 0,
) -> bytes:
    return detached.sign(document() if what is None else what, online, certificate, WEEK.plus(weeks))


def test_a_signed_document_holds_and_says_which_one_it_is() -> None:
    found = detached.check(document(), signed(), PINNED)
    assert (found.id, found.version, found.week) == (ID, 2, "2026-W47")


def test_the_same_document_is_always_signed_with_the_same_bytes() -> None:
    assert signed() == signed()


def test_any_flipped_bit_of_the_document_is_refused() -> None:
    signature = signed()
    for position in range(len(document())):
        with pytest.raises(SignatureError):
            detached.check(flipped(document(), position, position % 8), signature, PINNED)


def test_any_flipped_bit_of_the_signature_is_refused() -> None:
    signature = signed()
    for position in range(len(signature)):
        for bit in range(8):
            with pytest.raises(SignatureError):
                detached.check(document(), flipped(signature, position, bit), PINNED)


@pytest.mark.parametrize("cut", [slice(1, None), slice(None, -1), slice(0, 0)])
def test_a_cut_signature_is_refused(cut: slice) -> None:
    with pytest.raises(MalformedSignature):
        detached.check(document(), signed()[cut], PINNED)


@pytest.mark.parametrize("added", [b"\n", b" ", b"{}\n"])
def test_a_signature_with_something_behind_it_is_refused(added: bytes) -> None:
    with pytest.raises(MalformedSignature):
        detached.check(document(), signed() + added, PINNED)


def test_a_signature_under_another_root_is_refused() -> None:
    other = Ed25519PrivateKey.generate()
    with pytest.raises(ForeignRoot):
        detached.check(document(), signed(), fingerprint(other.public_key().public_bytes_raw()))
    own = certify(other, ONLINE.public_key(), WEEK, WEEK)
    with pytest.raises(ForeignRoot):
        detached.check(document(), signed(certificate=own), PINNED)


def test_a_key_that_the_root_has_not_certified_signs_nothing() -> None:
    with pytest.raises(UncertifiedSignature):
        detached.check(document(), signed(online=Ed25519PrivateKey.generate()), PINNED)


def test_a_certificate_that_the_root_has_not_signed_is_refused() -> None:
    own = certify(ROOT, ONLINE.public_key(), WEEK, WEEK)
    longer = msgspec.structs.replace(own, last_week=str(WEEK.plus(99)))
    with pytest.raises(UncertifiedSignature):
        detached.check(document(), signed(certificate=longer), PINNED)


@pytest.mark.parametrize(("weeks", "holds"), [(-1, False), (0, True), (4, True), (5, False)])
def test_a_signature_is_believed_within_the_weeks_of_its_certificate_only(weeks: int, holds: bool) -> None:  # noqa: FBT001
    if holds:
        assert detached.check(document(), signed(weeks=weeks), PINNED).week == str(WEEK.plus(weeks))
        return
    with pytest.raises(UncertifiedSignature):
        detached.check(document(), signed(weeks=weeks), PINNED)


def test_the_signature_of_an_earlier_version_fits_no_newer_one() -> None:
    for other in (document(version=3), document(version=1), document(text="another")):
        with pytest.raises(OtherDocument):
            detached.check(other, signed(), PINNED)


def test_the_signature_of_another_advisory_does_not_fit() -> None:
    with pytest.raises(OtherDocument):
        detached.check(document(id=OTHER_ID), signed(), PINNED)


def test_a_statement_that_names_another_version_than_its_document_is_refused_although_the_bytes_fit() -> None:
    right = msgspec.json.decode(signed().split(b"\n")[0], type=Statement)
    for wrong in ({"version": 3}, {"id": OTHER_ID}):
        line = msgspec.json.encode(msgspec.structs.replace(right, **wrong))
        proof = directory.prove(b"WARP advisory v1\n", line, ONLINE, CERTIFICATE)
        with pytest.raises(OtherDocument):
            detached.check(document(), line + b"\n" + proof + b"\n", PINNED)


def test_what_is_signed_for_another_purpose_is_no_signature_of_an_advisory() -> None:
    line = signed().split(b"\n")[0]
    for label in (b"WARP directory v1\n", b"WARP list v1\n"):
        proof = directory.prove(label, line, ONLINE, CERTIFICATE)
        with pytest.raises(UncertifiedSignature):
            detached.check(document(), line + b"\n" + proof + b"\n", PINNED)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"id": 1, "version": 1}', b"\xff"])
def test_what_does_not_say_which_version_it_is_is_not_signed_and_does_not_hold(data: bytes) -> None:
    with pytest.raises(NotADocument):
        signed(data)
    with pytest.raises(NotADocument):
        detached.check(data, signed(), PINNED)


def test_a_signature_tells_no_time_finer_than_a_week() -> None:
    line, proof, _ = signed().split(b"\n")
    assert sorted(json.loads(line)) == ["id", "sha256", "version", "week"]
    assert sorted(json.loads(proof)) == ["certificate", "signature"]


def test_a_signature_after_the_key_was_replaced_leaves_the_old_ones_good() -> None:
    new = Ed25519PrivateKey.generate()
    renewed = certify(ROOT, new.public_key(), WEEK.plus(5), WEEK.plus(9))
    assert detached.check(document(), signed(), PINNED)
    later = detached.sign(document(), new, renewed, WEEK.plus(5))
    assert detached.check(document(), later, PINNED).week == str(WEEK.plus(5))
    assert detached.is_of(signed(), document(), renewed)


def test_a_signature_is_made_anew_for_other_bytes_or_another_root_only() -> None:
    other = certify(Ed25519PrivateKey.generate(), ONLINE.public_key(), WEEK, WEEK)
    assert detached.is_of(signed(), document(), CERTIFICATE)
    assert not detached.is_of(signed(), document(version=3), CERTIFICATE)
    assert not detached.is_of(signed(), document(), other)
    assert not detached.is_of(b"", document(), CERTIFICATE)
