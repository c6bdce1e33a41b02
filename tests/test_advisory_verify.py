"""`warp advisory verify` and the recipe of the documentation, as somebody meets them who has two files."""

import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from feeds import twin
from feeds.entry import Site
from keys import detached
from keys.directory import certify, fingerprint
from tests.commandline import Done, refused, run
from tests.support import WEEK, flipped
from warp.advisory import Advisory, Status, Text, Tlp
from warp.taxonomy import Severity

SITE = Site(name="WARP of the South", url="https://warp.example", languages=("en",), created=date(2026, 1, 5))
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
ID = "2026-w47-k3v9q2xd"
TAG = f"tag:warp.example,2026-01-05:advisory/{ID}"
ROOT, ONLINE = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
FINGERPRINT = fingerprint(ROOT.public_key().public_bytes_raw()).hex()
OTHER = fingerprint(ONLINE.public_key().public_bytes_raw()).hex()
RECIPE = re.findall(
    r"^```python\n(.*?)^```$",
    (Path(__file__).resolve().parents[1] / "docs" / "protocol.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


class Files(NamedTuple):
    """A document and its signature, as they were fetched."""

    document: Path
    signature: Path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return write(tmp_path, ID, 1)


def write(folder: Path, name: str, version: int) -> Files:
    advisory = Advisory(
        id=ID,
        revision=version,
        version=version,
        status=Status.PUBLISHED,
        tlp=Tlp.CLEAR,
        severity=Severity.HIGH,
        type="fraud/phishing",
        place="UY",
        week="2026-W47",
        texts={"en": Text("A title", "A text.")},
        published=NOON,
        updated=NOON,
    )
    made = Files(folder / f"{name}.json", folder / f"{name}.sig")
    made.document.write_bytes(twin.twin(advisory, SITE))
    certificate = certify(ROOT, ONLINE.public_key(), WEEK, WEEK)
    made.signature.write_bytes(detached.sign(made.document.read_bytes(), ONLINE, certificate, WEEK))
    return made


def verified(*arguments: str | Path) -> Done:
    return run("advisory", "verify", *arguments)


def by_recipe(document: Path, signature: Path, root: str) -> int:
    [source] = RECIPE
    done = subprocess.run(
        [sys.executable, "-c", source, document, signature, root], capture_output=True, check=False
    )
    return done.returncode


def test_a_document_that_holds_is_told_in_one_line(files: Files) -> None:
    done = verified(files.document, "--root", FINGERPRINT)
    assert (done.status, done.err) == (0, "")
    assert done.out == f"Holds: {TAG}, version 1, signed in 2026-W47\n"


def test_a_script_is_told_which_advisory_version_bytes_and_week_it_is(files: Files) -> None:
    found = json.loads(verified(files.document, "--root", FINGERPRINT, "--json").out)
    assert found.pop("sha256")
    assert found == {"holds": True, "id": TAG, "version": 1, "week": "2026-W47"}


def test_a_signature_may_lie_elsewhere_under_another_name(files: Files, tmp_path: Path) -> None:
    elsewhere = files.signature.rename(tmp_path / "kept")
    assert verified(files.document, "--signature", elsewhere, "--root", FINGERPRINT).status == 0


def test_a_changed_document_a_changed_signature_and_another_root_end_with_1(files: Files) -> None:
    document, signature = files.document.read_bytes(), files.signature.read_bytes()
    assert verified(files.document, "--root", OTHER).out == (
        "Does not hold: The signature is certified by another root key than the one of this fingerprint.\n"
    )
    files.document.write_bytes(flipped(document, 200))
    done = verified(files.document, "--root", FINGERPRINT)
    assert (done.status, done.err) == (1, "")
    assert done.out.startswith("Does not hold: ")
    files.document.write_bytes(document)
    files.signature.write_bytes(flipped(signature, 80))
    assert verified(files.document, "--root", FINGERPRINT).status == 1


def test_an_old_version_does_not_pass_for_another_one(files: Files, tmp_path: Path) -> None:
    newer = write(tmp_path, "newer", 2)
    done = verified(newer.document, "--signature", files.signature, "--root", FINGERPRINT, "--json")
    assert done.status == 1
    assert json.loads(done.out) == {
        "holds": False,
        "reason": "The signature is of another version, of another advisory, or of other bytes than these.",
    }


def test_what_cannot_be_checked_ends_with_2_in_one_line(files: Files, tmp_path: Path) -> None:
    assert "No such file" in refused("advisory", "verify", tmp_path / "none.json", "--root", FINGERPRINT)
    files.signature.unlink()
    assert "No such file" in refused("advisory", "verify", files.document, "--root", FINGERPRINT)
    write(tmp_path, ID, 1)
    assert "32 digits" in refused("advisory", "verify", files.document, "--root", "abc")
    assert "--root" in refused("advisory", "verify", files.document)


def test_the_recipe_of_the_documentation_says_the_same(files: Files, tmp_path: Path) -> None:
    newer = write(tmp_path, "newer", 2)
    assert by_recipe(files.document, files.signature, FINGERPRINT) == 0
    assert by_recipe(files.document, files.signature, OTHER) == 1
    assert by_recipe(newer.document, files.signature, FINGERPRINT) == 1
    files.signature.write_bytes(files.signature.read_bytes().replace(b'"version":1', b'"version":2'))
    assert by_recipe(files.document, files.signature, FINGERPRINT) == 1
