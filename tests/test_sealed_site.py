"""
A site whose key files are sealed, as its operator meets it: made, served, restarted, changed, told apart.

The programs are real ones. Every file that they write is read raw for what is private in the keys.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from keys import sealing
from keys.errors import WrongSecret
from keys.keyring import Keyring
from keys.sealing import SiteKey
from tests.commandline import PROGRAM, refused, run, warp
from tests.support import readable
from warp.weeks import Week

PASSPHRASE = "a long passphrase"  # noqa: S105 - of sites that live for one test
SEALED = {"WARP_KEYS_PASSPHRASE": PASSPHRASE}


def started(
    *arguments: str | Path, fds: dict[str, str] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command as a program, with passphrases in pipes: option to what the pipe holds."""
    options: list[str] = []
    ends = []
    for option, text in (fds or {}).items():
        reading, writing = os.pipe()
        with os.fdopen(writing, "w") as file:
            file.write(text)
        options += [option, str(reading)]
        ends.append(reading)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WARP_")}
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments), *options],
        pass_fds=ends,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=clean | environment,
        check=False,
    )
    for end in ends:
        os.close(end)
    assert "Traceback" not in done.stderr
    return done


@contextmanager
def serving(data: Path, **environment: str) -> Iterator[str]:
    """Serve a site as a program; gives its address."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WARP_")}
    with subprocess.Popen(
        [*PROGRAM, "serve", "--data", str(data), "--port", "0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean | environment,
    ) as process:
        try:
            assert process.stdout is not None
            serving_on, _, address = process.stdout.readline().strip().rpartition(" ")
            assert serving_on == "Serving on"
            yield address
        finally:
            process.terminate()
            process.communicate(timeout=30)
    assert process.returncode == 0


def private(data: Path) -> list[bytes]:
    """Give every private key of this week and of the directory."""
    keyring = Keyring(data / "keys", PASSPHRASE.encode)
    week = keyring.week(Week.of(datetime.now(UTC)))
    assert week is not None
    issuers = [issuer.to_der() for issuer in week.issuers]
    return [keyring.online.private_bytes_raw(), week.report.seed, *issuers]


def status(data: Path) -> dict[str, Any]:
    """Give what `warp status` says; a new site lacks a second coordinator, so something is wrong."""
    done = run("status", "--data", data, "--json")
    assert done.status == 1, done
    return dict(json.loads(done.out))


class Sealed(NamedTuple):
    """A site that was made unsealed, then sealed, served and restarted."""

    data: Path
    before: dict[str, Any]
    """Its status while it was unsealed."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    data = tmp_path_factory.mktemp("sealed") / "site"
    made = started("init", "--data", data, "--name", "X", "--url", "http://127.0.0.1:8080")
    assert made.returncode == 0, made.stderr
    assert "Key files are not sealed: warp keys seal" in made.stdout
    assert readable(data, private(data)) == private(data)
    before = status(data)
    sealed = started("keys", "seal", "--data", data, **SEALED)
    assert sealed.returncode == 0, sealed.stderr
    for _ in range(2):
        with serving(data, **SEALED):
            pass
    return Sealed(data, before)


@pytest.fixture
def site(story: Sealed) -> Path:
    return story.data


def test_no_private_key_is_in_any_file_of_a_sealed_site(site: Path) -> None:
    assert len(private(site)) == 14
    assert readable(site, private(site)) == []


def test_a_site_that_is_made_with_a_passphrase_is_sealed_from_the_beginning(tmp_path: Path) -> None:
    data = tmp_path / "site"
    made = started("init", "--data", data, "--name", "X", "--url", "http://x", fds={"--key-fd": PASSPHRASE})
    assert made.returncode == 0, made.stderr
    assert "not sealed" not in made.stdout
    assert readable(data, private(data)) == []
    assert status(data)["advice"] == []


@pytest.mark.parametrize(
    "command",
    ["tally", "signals", "member list", "coordinator list", "advisory list", "forget --dry-run"],
)
def test_what_needs_no_private_key_asks_for_none(site: Path, command: str) -> None:
    warp(*command.split(), "--data", site)


def test_an_unsealed_site_is_advised_to_seal_its_keys_and_nothing_is_called_wrong(story: Sealed) -> None:
    assert story.before["advice"] == ["Key files are not sealed: warp keys seal"]
    assert status(story.data)["advice"] == []
    assert status(story.data)["wrong"] == story.before["wrong"]


@pytest.mark.parametrize("command", ["serve --port 0", "release", "midnight"])
def test_what_needs_a_private_key_says_so_where_nobody_can_be_asked(site: Path, command: str) -> None:
    done = started(*command.split(), "--data", site)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"warp: The key files are sealed, .*\n", done.stderr)


@pytest.mark.parametrize("command", ["serve --port 0", "release", "midnight", "keys seal", "keys unseal"])
def test_a_wrong_passphrase_gets_one_sentence_and_status_2(site: Path, command: str) -> None:
    before = {path: path.read_bytes() for path in (site / "keys").rglob("*") if path.is_file()}
    done = started(*command.split(), "--data", site, WARP_KEYS_PASSPHRASE="another")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"warp: The passphrase of the key files is another one, .*\n", done.stderr)
    assert {path: path.read_bytes() for path in (site / "keys").rglob("*") if path.is_file()} == before


def test_a_descriptor_counts_more_than_a_credential_and_that_more_than_the_environment(
    site: Path, tmp_path: Path
) -> None:
    (tmp_path / "warp-keys").write_text(f"{PASSPHRASE}\n")
    credential, wrong = {"CREDENTIALS_DIRECTORY": str(tmp_path)}, {"WARP_KEYS_PASSPHRASE": "another"}
    release = ("release", "--data", site)
    assert started(*release, **credential, **wrong).returncode == 0
    assert started(*release, fds={"--key-fd": PASSPHRASE}, **wrong).returncode == 0
    assert started(*release, fds={"--key-fd": "another"}, **credential).returncode == 2
    assert started(*release, **SEALED).returncode == 0


def test_a_descriptor_that_is_none_is_told(site: Path) -> None:
    assert "--key-fd" in refused("release", "--data", site, "--key-fd", "987")


def test_the_passphrase_is_not_handed_to_child_processes(site: Path) -> None:
    """The release's heavy work is done by children; an environment can be read by the same user."""
    look = """
import os, sys

def watch(event, arguments):
    if event == "subprocess.Popen":
        _, command, _, environment = arguments
        print("child", *[name for name in environment or os.environ if name.startswith("WARP_KEYS")])

sys.addaudithook(watch)
sys.argv = ["warp", "release", "--data", sys.argv[1]]
from warp.cli.main import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", look, str(site)],
        env=os.environ | SEALED,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    children = [line for line in done.stdout.splitlines() if line.startswith("child")]
    assert set(children) == {"child"}


def test_a_changed_passphrase_is_the_only_one(tmp_path: Path, site: Path) -> None:
    data = Path(shutil.copytree(site, tmp_path / "site"))
    done = started("keys", "change", "--data", data, fds={"--new-key-fd": "a new one"}, **SEALED)
    assert done.returncode == 0, done.stderr
    assert started("release", "--data", data, **SEALED).returncode == 2
    assert started("release", "--data", data, WARP_KEYS_PASSPHRASE="a new one").returncode == 0
    with pytest.raises(WrongSecret):
        SiteKey.unlock((data / "keys" / sealing.SITE_KEY).read_bytes(), PASSPHRASE.encode())


def test_an_unsealed_site_asks_for_nothing_again(tmp_path: Path, site: Path) -> None:
    data = Path(shutil.copytree(site, tmp_path / "site"))
    assert started("keys", "unseal", "--data", data, **SEALED).returncode == 0
    assert started("release", "--data", data).returncode == 0
    assert "not sealed" in started("keys", "unseal", "--data", data, **SEALED).stderr


@pytest.mark.parametrize("command", ["seal", "unseal", "change"])
def test_a_prompt_that_nobody_answers_stops_no_midnight(site: Path, command: str) -> None:
    keyboard, terminal = os.openpty()
    with (
        os.fdopen(keyboard, "wb"),
        os.fdopen(terminal, "rb") as stdin,
        subprocess.Popen(
            [*PROGRAM, "keys", command, "--data", str(site)],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as asking,
        (site / "lock").open("ab") as lock,
    ):
        try:
            assert asking.stderr is not None
            assert asking.stderr.read(len("Passphrase")) == b"Passphrase"
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            asking.kill()


def test_after_each_change_the_server_has_to_be_restarted(tmp_path: Path, site: Path) -> None:
    data = Path(shutil.copytree(site, tmp_path / "site"))
    fds = {"--new-key-fd": PASSPHRASE}
    for command, given in (("change", fds), ("unseal", {}), ("seal", {})):
        assert "Restart the server" in started("keys", command, "--data", data, fds=given, **SEALED).stdout


@pytest.mark.parametrize("command", ["seal", "change"])
def test_a_server_goes_on_while_its_key_files_are_sealed_beside_it(
    tmp_path: Path, site: Path, command: str
) -> None:
    data = Path(shutil.copytree(site, tmp_path / "site"))
    if command == "seal":
        started("keys", "unseal", "--data", data, **SEALED)
    with serving(data, **SEALED) as address:
        fds = {"--new-key-fd": "a new one"} if command == "change" else {}
        assert started("keys", command, "--data", data, fds=fds, **SEALED).returncode == 0
        with urllib.request.urlopen(f"{address}/readyz") as answer:  # noqa: S310 - the server that runs here
            assert answer.status == 200


def test_a_folder_that_is_no_site_has_no_key_files_to_seal(tmp_path: Path) -> None:
    assert "not a WARP data folder" in refused("keys", "seal", "--data", tmp_path / "none")
