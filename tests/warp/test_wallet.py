"""The wallet: sealed at rest, whole or not at all, for one process at a time."""

import multiprocessing
import os
import secrets
import stat
from pathlib import Path

import pytest

from keys.errors import ShortKeyFile
from keys.lock import Lock
from tests.support import flipped
from warp import wallet
from warp.wallet import Contents, Filed, Tokens, WalletError

MARK = secrets.token_bytes(32)
URL = "https://warp.example"


def contents() -> Contents:
    return Contents(
        URL,
        bytes(16),
        bytes(16),
        MARK,
        documents={3: b"document"},
        tokens={"2026-W47": Tokens({"fraud": MARK}, [MARK])},
        outbox=[MARK],
        filed=[Filed("2026-W47", MARK[:16])],
    )


@pytest.fixture
def key(tmp_path: Path) -> Lock:
    return Lock.key_file(tmp_path / "key")


@pytest.fixture
def path(tmp_path: Path, key: Lock) -> Path:
    wallet.create(tmp_path / "wallet", key, contents(), secrets.token_bytes)
    return tmp_path / "wallet"


def test_what_was_saved_is_there_when_it_is_opened_again(path: Path, key: Lock) -> None:
    with wallet.opened(path, key, secrets.token_bytes) as found:
        assert found.contents == contents()
        found.contents.outbox.clear()
        found.contents.tokens["2026-W47"].first.clear()
        found.save()
    with wallet.opened(path, key, secrets.token_bytes) as found:
        assert found.contents.outbox == []
        assert found.contents.tokens["2026-W47"].left() == 1


def test_what_was_not_saved_is_as_it_was(path: Path, key: Lock) -> None:
    with wallet.opened(path, key, secrets.token_bytes) as found:
        found.contents.outbox.clear()
    with wallet.opened(path, key, secrets.token_bytes) as found:
        assert found.contents.outbox == [MARK]


def test_a_passphrase_opens_what_it_locked_and_no_other_does(tmp_path: Path) -> None:
    path = tmp_path / "wallet"
    wallet.create(path, Lock.passphrase("a passphrase"), contents(), secrets.token_bytes)
    with wallet.opened(path, Lock.passphrase("a passphrase"), secrets.token_bytes) as found:
        assert found.contents.credential == MARK
    with (
        pytest.raises(WalletError, match="passphrase or key file is another one"),
        wallet.opened(path, Lock.passphrase("A passphrase"), secrets.token_bytes),
    ):
        pass


def test_nothing_in_the_file_can_be_read_or_found_twice(path: Path, key: Lock) -> None:
    before = path.read_bytes()
    assert MARK not in before
    assert URL.encode() not in before
    with wallet.opened(path, key, secrets.token_bytes) as found:
        found.save()
    after = path.read_bytes()
    start = len(b"WARP wallet v1\n")
    pieces = {before[i : i + 16] for i in range(start, len(before) - 16)}
    assert not [i for i in range(start, len(after) - 16) if after[i : i + 16] in pieces]


@pytest.mark.parametrize("position", [0, 14, 15, 30, 31, 42, 43, 60, -16, -1])
def test_a_changed_byte_anywhere_is_noticed(path: Path, key: Lock, position: int) -> None:
    path.write_bytes(flipped(path.read_bytes(), position))
    with pytest.raises(WalletError), wallet.opened(path, key, secrets.token_bytes):
        pass


@pytest.mark.parametrize("length", [0, 10, 15, 31, 43, 58])
def test_a_file_that_is_cut_off_is_noticed(path: Path, key: Lock, length: int) -> None:
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(WalletError), wallet.opened(path, key, secrets.token_bytes):
        pass


def test_a_wallet_and_its_key_file_are_for_their_owner_only(path: Path, tmp_path: Path) -> None:
    for file in (path, tmp_path / "key"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_wallet_is_never_overwritten_by_a_new_one(path: Path, key: Lock) -> None:
    before = path.read_bytes()
    with pytest.raises(WalletError, match="belongs to one membership"):
        wallet.create(path, key, contents(), secrets.token_bytes)
    assert path.read_bytes() == before


def test_a_missing_wallet_is_told_and_not_made(tmp_path: Path, key: Lock) -> None:
    path = tmp_path / "none"
    with pytest.raises(WalletError, match="warp join"), wallet.opened(path, key, secrets.token_bytes):
        pass
    assert not path.exists()


def test_a_key_file_that_is_too_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(bytes(31))
    with pytest.raises(ShortKeyFile, match="at least 32"):
        Lock.key_file(tmp_path / "short")


def test_a_key_file_is_made_where_there_is_none_and_kept(tmp_path: Path) -> None:
    Lock.key_file(tmp_path / "new")
    made = (tmp_path / "new").read_bytes()
    Lock.key_file(tmp_path / "new")
    assert len(made) == 32
    assert (tmp_path / "new").read_bytes() == made


def test_a_crash_while_saving_leaves_the_wallet_as_it_was(path: Path, key: Lock) -> None:
    path.with_name("wallet.partial").write_bytes(b"WARP wallet v1\nhalf")
    with wallet.opened(path, key, secrets.token_bytes) as found:
        assert found.contents == contents()
        found.save()
    assert not path.with_name("wallet.partial").exists()


def _try_to_open(path: Path, key_file: Path) -> str:
    try:
        with wallet.opened(path, Lock.key_file(key_file), secrets.token_bytes):
            return "opened"
    except WalletError as error:
        return str(error)


def test_only_one_process_at_a_time_has_a_wallet_open_however_often_it_saves(path: Path, key: Lock) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as other:
        with wallet.opened(path, key, secrets.token_bytes) as found:
            for _ in range(3):
                assert "in use" in other.apply(_try_to_open, (path, path.with_name("key")))
                found.save()
        assert other.apply(_try_to_open, (path, path.with_name("key"))) == "opened"


def test_an_open_wallet_says_nothing_of_its_secrets(path: Path, key: Lock) -> None:
    with wallet.opened(path, key, os.urandom) as found:
        shown = repr(found) + repr(key)
    assert MARK.hex() not in shown
    assert repr(MARK) not in shown
