"""Sealed key files: nothing of a private key in them, each good in its own place, whole after any crash."""

import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from keys import files, sealing
from keys.errors import DamagedKeyFile, KeyFileError, KeysError, KeysLocked, NoSecret, NotSealed, WrongSecret
from keys.keyring import Keyring, WeekKeys, make_week
from keys.sealing import SiteKey
from tests.support import Stock, flipped, readable
from warp.weeks import Week

WEEK = Week(2026, 47)
SECRET, OTHER = b"correct horse", b"battery staple"


@pytest.fixture(scope="module")
def keys(stock: Stock) -> WeekKeys:
    return make_week(WEEK, secrets.token_bytes, iter(stock).__next__)


@pytest.fixture
def folder(tmp_path: Path, keys: WeekKeys) -> Path:
    """Key files as they are without a passphrase."""
    keyring = Keyring(tmp_path / "keys")
    keyring.create()
    keyring.add(keys)
    return tmp_path / "keys"


def private(folder: Path, secret: bytes | None = None) -> list[bytes]:
    """Give every private key, as whoever knows the secret has it."""
    keyring = Keyring(folder, lambda: secret) if secret else Keyring(folder)
    week = keyring.week(WEEK)
    assert week is not None
    return [
        keyring.online.private_bytes_raw(),
        week.report.seed,
        *(issuer.to_der() for issuer in week.issuers),
    ]


def held(folder: Path) -> bytes:
    return b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_search_finds_keys_that_are_not_sealed(folder: Path) -> None:
    values = private(folder)
    assert readable(folder, values) == values


def test_sealed_files_hold_no_private_key_and_give_all_of_them_back(folder: Path) -> None:
    values = private(folder)
    sealing.seal_folder(folder, SECRET)
    assert readable(folder, values) == []
    assert private(folder, SECRET) == values
    assert not Keyring(folder).unsealed()


def test_keys_that_are_made_sealed_are_never_written_otherwise(tmp_path: Path, keys: WeekKeys) -> None:
    keyring = Keyring(tmp_path / "keys")
    keyring.create(SECRET)
    keyring.add(keys)
    values = private(tmp_path / "keys", SECRET)
    assert readable(tmp_path / "keys", values) == []


def test_a_sealed_file_says_nothing_by_being_sealed_twice(folder: Path) -> None:
    key = SiteKey.new()
    one, other = key.seal("online.key", bytes(64)), key.seal("online.key", bytes(64))
    pieces = {one[i : i + 16] for i in range(19, len(one) - 16)}
    assert not [i for i in range(19, len(other) - 16) if other[i : i + 16] in pieces]


@pytest.mark.parametrize("secret", [b"Correct horse", b"correct horse\n", OTHER])
def test_another_secret_opens_nothing(folder: Path, secret: bytes) -> None:
    sealing.seal_folder(folder, SECRET)
    with pytest.raises(WrongSecret):
        private(folder, secret)


def test_an_empty_secret_seals_nothing(folder: Path) -> None:
    before = held(folder)
    with pytest.raises(NoSecret):
        sealing.seal_folder(folder, b"")
    assert held(folder) == before


def test_what_is_locked_is_told_apart_from_an_envelope_that_cannot_be_opened(folder: Path) -> None:
    """A release gives up an envelope that is refused by a `KeysError`; these keys may be unlocked yet."""
    sealing.seal_folder(folder, SECRET)
    keyring = Keyring(folder)
    assert keyring.weeks() == [WEEK]
    assert keyring.has(WEEK)
    for need in (lambda: keyring.week(WEEK), lambda: keyring.by_report_key(bytes(8)), lambda: keyring.online):
        with pytest.raises(KeysLocked) as caught:
            need()
        assert not isinstance(caught.value, KeysError)


def test_nobody_is_asked_in_the_midst_of_things(folder: Path) -> None:
    """A server that was started without a passphrase would stand still at a prompt that nobody sees."""
    asked = []
    keyring = Keyring(folder, lambda: asked.append("") or SECRET)  # type: ignore[func-returns-value]
    keyring.unlock()
    sealing.seal_folder(folder, SECRET)
    with pytest.raises(KeysLocked):
        keyring.week(WEEK)
    assert asked == []


def test_a_file_is_good_in_its_own_place_only(folder: Path) -> None:
    sealing.seal_folder(folder, SECRET)
    week = folder / "weeks" / f"{WEEK}.json"
    shutil.copy(week, week.with_name(f"{WEEK.plus(1)}.json"))
    with pytest.raises(DamagedKeyFile):
        Keyring(folder, lambda: SECRET).week(WEEK.plus(1))


@pytest.mark.parametrize("name", ["online.key", "site.key"])
@pytest.mark.parametrize("position", [0, 16, 17, 20, 33, 34, 60, -17, -1])
def test_a_changed_byte_anywhere_is_noticed(folder: Path, name: str, position: int) -> None:
    sealing.seal_folder(folder, SECRET)
    path = folder / name
    path.write_bytes(flipped(path.read_bytes(), position))
    keyring = Keyring(folder, lambda: SECRET)
    if (name, position) == ("online.key", 0):
        assert keyring.unsealed(), "what does not begin as a sealed file is told of"
        return
    with pytest.raises(KeyFileError):
        _ = keyring.online


def test_a_new_secret_ends_the_old_one_and_the_key_that_it_locked(folder: Path) -> None:
    sealing.seal_folder(folder, SECRET)
    values, before = private(folder, SECRET), (folder / "site.key").read_bytes()
    sealing.change_secret(folder, SECRET, OTHER)
    assert private(folder, OTHER) == values
    with pytest.raises(WrongSecret):
        private(folder, SECRET)
    old = SiteKey.unlock(before, SECRET)
    with pytest.raises(DamagedKeyFile):
        old.open("online.key", (folder / "online.key").read_bytes())


def test_unsealed_files_are_as_they_were(folder: Path) -> None:
    before = held(folder)
    sealing.seal_folder(folder, SECRET)
    sealing.unseal_folder(folder, SECRET)
    assert held(folder) == before
    with pytest.raises(NotSealed):
        sealing.unseal_folder(folder, SECRET)


def test_a_server_whose_keys_are_unsealed_while_it_runs_makes_no_keys_that_nobody_can_open(
    folder: Path, stock: Stock
) -> None:
    sealing.seal_folder(folder, SECRET)
    running = Keyring(folder, lambda: SECRET)
    running.unlock()
    sealing.unseal_folder(folder, SECRET)
    later = WEEK.plus(1)
    running.add(make_week(later, secrets.token_bytes, iter(stock).__next__))
    assert Keyring(folder).week(later) is not None


def test_what_a_file_held_is_overwritten_when_another_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "key"
    files.write_new(path, b"before" * 100)
    with path.open("rb") as still_open:
        files.replace(path, b"after")
        assert path.read_bytes() == b"after"
        assert len(left := still_open.read()) == 600
        assert b"before" not in left
    assert [each.name for each in tmp_path.iterdir()] == ["key"]
    assert path.stat().st_mtime == 0


CRASH = """
import os, shutil, sys
from pathlib import Path
from keys import sealing

act, folder, out, stride = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
SECRET, OTHER = b"correct horse", b"battery staple"
left = None

def count(event, _arguments):
    global left
    if left is not None and event in ("open", "os.link", "os.rename", "os.remove", "os.utime"):
        left -= 1
        if left < 0:
            os._exit(9)

sys.addaudithook(count)
number, status = 0, 9
while status == 9:
    copy = Path(shutil.copytree(folder, out / f"{number}"))
    child = os.fork()
    if not child:
        left = number
        if act == "seal":
            sealing.seal_folder(copy, SECRET)
        elif act == "change":
            sealing.change_secret(copy, SECRET, OTHER)
        else:
            sealing.unseal_folder(copy, SECRET)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    number += stride
"""


every_so_many_steps = pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.slow)])


def crashed(act: str, folder: Path, out: Path, stride: int) -> list[Path]:
    """Give what a kill leaves at every so many of the steps on the disk that an act takes."""
    out.mkdir()
    subprocess.run([sys.executable, "-c", CRASH, act, str(folder), str(out), str(stride)], check=True)
    left = sorted(out.iterdir(), key=lambda path: int(path.name))
    assert len(left) * stride > 15
    return left


def finished(folder: Path) -> bool:
    return not [path for path in folder.rglob("*") if path.suffix in (".old", ".partial")]


@every_so_many_steps
def test_a_crash_while_sealing_loses_no_key_and_sealing_again_leaves_none_readable(
    folder: Path, tmp_path: Path, stride: int
) -> None:
    values = private(folder)
    for left in crashed("seal", folder, tmp_path / "crashed", stride):
        assert private(left, SECRET) == values
        sealing.seal_folder(left, SECRET)
        assert private(left, SECRET) == values
        assert readable(left, values) == []
        assert finished(left)


@every_so_many_steps
def test_a_crash_while_changing_leaves_every_key_to_one_of_the_two_secrets(
    folder: Path, tmp_path: Path, stride: int
) -> None:
    sealing.seal_folder(folder, SECRET)
    values = private(folder, SECRET)
    for left in crashed("change", folder, tmp_path / "crashed", stride):
        try:
            SiteKey.unlock((left / "site.key").read_bytes(), SECRET)
        except WrongSecret:
            secret = OTHER
        else:
            secret = SECRET
        assert private(left, secret) == values
        sealing.seal_folder(left, secret)
        assert private(left, secret) == values
        assert SiteKey.unlock((left / "site.key").read_bytes(), secret).is_settled
        assert finished(left)


@every_so_many_steps
def test_a_crash_while_unsealing_loses_no_key(folder: Path, tmp_path: Path, stride: int) -> None:
    values = private(folder)
    sealing.seal_folder(folder, SECRET)
    for left in crashed("unseal", folder, tmp_path / "crashed", stride):
        assert private(left, SECRET) == values
        if (left / "site.key").exists():
            sealing.unseal_folder(left, SECRET)
        assert private(left) == values
        Keyring(left).destroy_leftovers()
        assert finished(left)


def test_keys_that_were_being_destroyed_are_met_by_nobody_and_go_in_the_end(folder: Path) -> None:
    week = folder / "weeks" / f"{WEEK}.json"
    week.rename(week.with_name(f"{WEEK}.json.old"))
    keyring = Keyring(folder)
    assert keyring.weeks() == []
    assert keyring.by_report_key(bytes(8)) is None
    keyring.destroy_leftovers()
    assert finished(folder)


def test_a_second_name_of_a_key_file_is_no_leftover_of_another(folder: Path) -> None:
    """A crash between two names of one file: overwriting what looks old would destroy the key."""
    values = private(folder)
    week = folder / "weeks" / f"{WEEK}.json"
    week.with_name(f"{WEEK}.json.old").hardlink_to(week)
    week.with_name(f"{WEEK}.json.0011223344556677.partial").hardlink_to(week)
    Keyring(folder).destroy_leftovers()
    assert private(folder) == values
    assert finished(folder)
