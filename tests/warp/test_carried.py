"""Envelope files: whole or not there, silent about their making, and never the only copy too early."""

import secrets
import stat
from pathlib import Path

import pytest

from keys import envelope
from keys.errors import NotAnEnvelope, ReservedBytesSet, UnknownSuite, WrongLength
from keys.lock import Lock
from tests.support import NOON, Served, flipped, waiting
from tests.warp.test_client import DRAFT, joined, reopened
from warp import carried, client, exchange
from warp.wallet import Wallet


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock.key_file(tmp_path / "key")


async def with_one_to_carry(server: Served, path: Path, lock: Lock) -> tuple[Wallet, bytes]:
    made = await joined(server, path, lock)
    return made, client.seal_to_carry(made, DRAFT, NOON, secrets.token_bytes).envelope


async def test_a_file_carries_a_report_and_the_wallet_keeps_the_receipt_only(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made, sealed = await with_one_to_carry(server, tmp_path / "w", lock)
    carried.carry(made, tmp_path / "file")
    kept = reopened(tmp_path / "w", lock)
    assert (kept.to_carry, kept.outbox, len(kept.filed)) == ([], [], 1)
    assert carried.read(tmp_path / "file") == sealed
    await exchange.send(server.url, sealed)
    assert await waiting(server.site) == 1


async def test_a_file_tells_nothing_of_its_making(server: Served, tmp_path: Path, lock: Lock) -> None:
    made, _ = await with_one_to_carry(server, tmp_path / "w", lock)
    carried.carry(made, tmp_path / "file")
    status = (tmp_path / "file").stat()
    assert status.st_size == envelope.SIZE
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert (status.st_mtime_ns, status.st_atime_ns) == (0, 0)
    assert {path.name for path in tmp_path.iterdir()} == {"site", "key", "w", "file"}


async def test_no_file_is_written_over(server: Served, tmp_path: Path, lock: Lock) -> None:
    made, sealed = await with_one_to_carry(server, tmp_path / "w", lock)
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="nothing is written over"):
        carried.check_new(tmp_path / "file")
    with pytest.raises(FileExistsError, match="nothing is written over"):
        carried.carry(made, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"mine"
    assert reopened(tmp_path / "w", lock).to_carry == [sealed]


async def test_a_file_that_cannot_be_written_leaves_the_report_in_the_wallet(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made, sealed = await with_one_to_carry(server, tmp_path / "w", lock)
    with pytest.raises(OSError, match="no such folder"):
        carried.check_new(tmp_path / "nowhere" / "file")
    with pytest.raises(FileNotFoundError):
        carried.carry(made, tmp_path / "nowhere" / "file")
    assert reopened(tmp_path / "w", lock).to_carry == [sealed]


async def test_half_a_file_is_never_under_its_name(
    server: Served, tmp_path: Path, lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, sealed = await with_one_to_carry(server, tmp_path / "w", lock)

    def full(_path: object, _times: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.utime", full)  # comes after the bytes are written, and before the name
        with pytest.raises(OSError, match="No space"):
            carried.carry(made, tmp_path / "file")
    assert not (tmp_path / "file").exists()
    assert not list(tmp_path.glob(".*"))
    carried.carry(made, tmp_path / "file")
    assert carried.read(tmp_path / "file") == sealed


async def test_after_a_crash_between_file_and_wallet_the_same_command_makes_good(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made, sealed = await with_one_to_carry(server, tmp_path / "w", lock)
    (tmp_path / "file").write_bytes(sealed)
    carried.carry(made, tmp_path / "file")
    assert reopened(tmp_path / "w", lock).to_carry == []


async def test_what_is_to_be_carried_never_goes_out_by_the_network_of_this_machine(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made, _ = await with_one_to_carry(server, tmp_path / "w", lock)
    assert await client.deliver(made) == 0
    assert await waiting(server.site) == 0


async def test_a_report_that_could_not_be_sent_can_be_carried_instead(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made = await joined(server, tmp_path / "w", lock)
    sealed = client.seal(made, DRAFT, NOON, secrets.token_bytes).envelope
    with pytest.raises(FileNotFoundError):
        carried.carry(made, tmp_path / "nowhere" / "file")
    kept = reopened(tmp_path / "w", lock)
    assert (kept.outbox, kept.to_carry) == ([], [sealed])
    carried.carry(made, tmp_path / "file")
    assert carried.read(tmp_path / "file") == sealed


async def test_a_report_that_is_in_no_file_can_be_given_up(
    server: Served, tmp_path: Path, lock: Lock
) -> None:
    made, _ = await with_one_to_carry(server, tmp_path / "w", lock)
    client.discard(made)
    kept = reopened(tmp_path / "w", lock)
    assert (kept.to_carry, kept.outbox) == ([], [])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda sealed: sealed[:-1], WrongLength),
        (lambda sealed: sealed + b"\n", WrongLength),
        (lambda sealed: b"age1" + sealed[4:], NotAnEnvelope),
        (lambda sealed: flipped(sealed, 5), UnknownSuite),
        (lambda sealed: flipped(sealed, 14), ReservedBytesSet),
    ],
)
async def test_what_is_no_envelope_is_told_without_a_request(
    server: Served, tmp_path: Path, lock: Lock, change: object, error: type[Exception]
) -> None:
    _, sealed = await with_one_to_carry(server, tmp_path / "w", lock)
    assert callable(change)
    (tmp_path / "file").write_bytes(change(sealed))
    with pytest.raises(error):
        carried.read(tmp_path / "file")
