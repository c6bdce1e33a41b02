"""Signing: every twin has a signature that holds, and nobody needs the key where nothing is to be signed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from feeds import twin
from feeds.entry import Site
from keys import detached, sealing
from keys.directory import Certificate, certify, fingerprint
from keys.errors import KeysLocked, SignatureError
from keys.keyring import Keyring
from tests.support import WEEK, Clock, Logged, opened
from warp import signing
from warp.advisory import Advisory, Status, Text, Tlp
from warp.publication import Tree
from warp.taxonomy import Severity

PUBLISHER = Site(
    name="WARP of the South", url="https://warp.example", languages=("en",), created=date(2026, 1, 5)
)
FIRST, SECOND = "2026-w47-k3v9q2xd", "2026-w46-aaaaaaaa"
UPDATED = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
ROOT = Ed25519PrivateKey.generate()
PINNED = fingerprint(ROOT.public_key().public_bytes_raw())


def document(identifier: str, version: int = 1, title: str = "A title") -> bytes:
    advisory = Advisory(
        id=identifier,
        revision=version,
        version=version,
        status=Status.PUBLISHED,
        tlp=Tlp.CLEAR,
        severity=Severity.HIGH,
        type="fraud/phishing",
        place="UY",
        week="2026-W47",
        texts={"en": Text(title, "A text.")},
        published=UPDATED,
        updated=UPDATED,
    )
    return twin.twin(advisory, PUBLISHER)


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    made = Keyring(tmp_path / "keys")
    made.create()
    return made


@pytest.fixture
def certificate(keyring: Keyring) -> Certificate:
    return certify(ROOT, keyring.online.public_key(), WEEK, WEEK)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Two advisories, one of them in its second version, beside their index and schema."""
    made = Tree(tmp_path / "public")
    made.write(twin.path(FIRST), document(FIRST, 2), UPDATED)
    made.write(twin.version_path(FIRST, 1), document(FIRST, 1), UPDATED)
    made.write(twin.path(SECOND), document(SECOND), UPDATED)
    made.write(twin.SCHEMA_PATH, twin.schema(), UPDATED)
    made.write(twin.INDEX_PATH, b'{"id": "index", "version": 1}\n', UPDATED)
    return made


def holds(tree: Tree, path: str, signature: str) -> bool:
    document, signed = tree.read(path), tree.read(signature)
    assert document is not None
    if signed is None:
        return False
    try:
        detached.check(document, signed, PINNED)
    except SignatureError:
        return False
    return True


SIGNED = (
    (twin.path(FIRST), twin.signature_path(FIRST)),
    (twin.version_path(FIRST, 1), twin.version_signature_path(FIRST, 1)),
    (twin.path(SECOND), twin.signature_path(SECOND)),
)


def signatures(tree: Tree) -> Iterator[Path]:
    return tree.folder.rglob("*.sig")


def test_every_current_and_earlier_version_is_signed_and_nothing_else(
    tree: Tree, keyring: Keyring, certificate: Certificate
) -> None:
    assert signing.sign_missing(tree, keyring, certificate, WEEK) == 3
    assert all(holds(tree, *each) for each in SIGNED)
    assert len(list(signatures(tree))) == 3


def test_the_time_of_a_signature_is_that_of_its_twin(
    tree: Tree, keyring: Keyring, certificate: Certificate
) -> None:
    signing.sign_missing(tree, keyring, certificate, WEEK)
    assert {path.stat().st_mtime for path in signatures(tree)} == {UPDATED.timestamp()}


def test_what_is_signed_is_signed_once_and_needs_no_key_again(
    tree: Tree, keyring: Keyring, certificate: Certificate, tmp_path: Path
) -> None:
    signing.sign_missing(tree, keyring, certificate, WEEK)
    before = {path: path.stat().st_ino for path in signatures(tree)}
    nobodys = Keyring(tmp_path / "nowhere")
    assert signing.sign_missing(tree, nobodys, certificate, WEEK) == 0
    assert {path: path.stat().st_ino for path in signatures(tree)} == before


def test_only_what_has_changed_is_signed_again(
    tree: Tree, keyring: Keyring, certificate: Certificate
) -> None:
    signing.sign_missing(tree, keyring, certificate, WEEK)
    # The same length and the same time: only the bytes tell.
    tree.write(twin.path(FIRST), document(FIRST, 2, "B title"), UPDATED)
    assert not holds(tree, *SIGNED[0])
    assert signing.sign_missing(tree, keyring, certificate, WEEK) == 1
    assert all(holds(tree, *each) for each in SIGNED)


def test_of_some_advisories_only_those_are_looked_at(
    tree: Tree, keyring: Keyring, certificate: Certificate
) -> None:
    assert signing.sign_missing(tree, keyring, certificate, WEEK, [FIRST, "2026-w01-zzzzzzzz"]) == 2
    assert [holds(tree, *each) for each in SIGNED] == [True, True, False]


def test_the_signature_of_what_is_gone_goes_too(
    tree: Tree, keyring: Keyring, certificate: Certificate
) -> None:
    signing.sign_missing(tree, keyring, certificate, WEEK)
    tree.remove(twin.version_path(FIRST, 1))
    assert signing.sign_missing(tree, keyring, certificate, WEEK) == 0
    assert tree.read(twin.version_signature_path(FIRST, 1)) is None
    assert holds(tree, *SIGNED[0])


def test_a_new_root_signs_everything_again(tree: Tree, keyring: Keyring, certificate: Certificate) -> None:
    signing.sign_missing(tree, keyring, certificate, WEEK)
    root = Ed25519PrivateKey.generate()
    renewed = certify(root, keyring.online.public_key(), WEEK, WEEK)
    assert signing.sign_missing(tree, keyring, renewed, WEEK) == 3
    pinned = fingerprint(root.public_key().public_bytes_raw())
    document, signature = tree.read(SIGNED[0][0]), tree.read(SIGNED[0][1])
    assert document is not None
    assert signature is not None
    assert detached.check(document, signature, pinned).version == 2


def test_without_a_certificate_for_the_week_nothing_is_signed(
    tree: Tree, keyring: Keyring, certificate: Certificate
) -> None:
    assert signing.sign_missing(tree, keyring, certificate, WEEK.plus(1)) == 0
    assert list(signatures(tree)) == []


def test_a_damaged_twin_is_no_reason_to_leave_the_others(
    tree: Tree, keyring: Keyring, certificate: Certificate
) -> None:
    tree.write(twin.path(SECOND), b"{", UPDATED)
    assert signing.sign_missing(tree, keyring, certificate, WEEK) == 2
    assert tree.read(twin.signature_path(SECOND)) is None


def test_a_tree_without_advisories_has_nothing_to_sign(
    tmp_path: Path, keyring: Keyring, certificate: Certificate
) -> None:
    assert signing.sign_missing(Tree(tmp_path / "empty"), keyring, certificate, WEEK) == 0


def test_a_sealed_key_is_needed_only_where_something_is_to_be_signed(tmp_path: Path, tree: Tree) -> None:
    Keyring(tmp_path / "sealed").create(b"a long passphrase")
    unlocked = Keyring(tmp_path / "sealed", lambda: b"a long passphrase")
    certificate = certify(ROOT, unlocked.online.public_key(), WEEK, WEEK)
    nobodys = Keyring(tmp_path / "sealed")
    with pytest.raises(KeysLocked):
        signing.sign_missing(tree, nobodys, certificate, WEEK)
    assert list(signatures(tree)) == []
    assert signing.sign_missing(tree, unlocked, certificate, WEEK) == 3
    assert signing.sign_missing(tree, nobodys, certificate, WEEK) == 0


def test_a_signature_of_other_bytes_goes_also_where_nobody_can_make_the_new_one(
    tmp_path: Path, tree: Tree
) -> None:
    Keyring(tmp_path / "sealed").create(b"a long passphrase")
    unlocked = Keyring(tmp_path / "sealed", lambda: b"a long passphrase")
    certificate = certify(ROOT, unlocked.online.public_key(), WEEK, WEEK)
    signing.sign_missing(tree, unlocked, certificate, WEEK)
    tree.write(twin.path(FIRST), document(FIRST, 3), UPDATED)
    tree.remove(twin.version_path(FIRST, 1))
    with pytest.raises(KeysLocked):
        signing.sign_missing(tree, Keyring(tmp_path / "sealed"), certificate, WEEK)
    assert [tree.read(signature) is None for _, signature in SIGNED] == [True, True, False]


async def test_a_site_signs_what_is_published_in_it(data: Path, clock: Clock) -> None:
    async with opened(data, clock, Logged()) as site:
        site.tree.write(twin.path(FIRST), document(FIRST), UPDATED)
        assert await site.sign_twins() == 1
        assert await site.sign_twins([FIRST]) == 0
        found, signature = site.tree.read(twin.path(FIRST)), site.tree.read(twin.signature_path(FIRST))
    assert found is not None
    assert signature is not None
    pinned = fingerprint(site.settings.root_key)
    assert detached.check(found, signature, pinned).week == "2026-W47"


async def test_a_site_whose_keys_are_sealed_leaves_signing_to_who_has_the_passphrase(
    data: Path, clock: Clock
) -> None:
    sealing.seal_folder(data / "keys", b"a long passphrase")
    async with opened(data, clock, Logged()) as site:
        site.tree.write(twin.path(FIRST), document(FIRST), UPDATED)
        assert await site.sign_twins() == 0
    async with opened(data, clock, Logged(), secret=lambda: b"a long passphrase") as site:
        assert await site.sign_twins() == 1


async def test_nothing_is_signed_by_a_clock_that_is_in_doubt(data: Path, clock: Clock) -> None:
    async with opened(data, clock, Logged()) as site:
        site.tree.write(twin.path(FIRST), document(FIRST), UPDATED)
        await site.standing()
        with clock.at(datetime(2027, 1, 1, tzinfo=UTC)):
            assert await site.sign_twins() == 0
        assert await site.sign_twins() == 1
