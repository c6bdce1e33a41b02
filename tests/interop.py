"""What the tests with Node share: a call of the program in tests/node, and base64 as it speaks it."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent / "node"


class NodeRefused(Exception):
    """The program ended with a message and no answer."""


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def data(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


def need_node() -> None:
    """Skip the test where Node or its packages are missing; fail it if WARP_REQUIRE_ALL is 1."""
    missing = "" if shutil.which("node") else "node is not installed"
    if not missing and not (FOLDER / "node_modules").is_dir():
        missing = "npm ci has not been run in tests/node"
    if missing and os.environ.get("WARP_REQUIRE_ALL") == "1":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


def call(command: str, cases: Sequence[dict[str, Any]] | None = None, **fields: Any) -> Any:
    """Give the answer of one of the commands of interop.mjs; with `cases`, the answer to each."""
    done = subprocess.run(
        [shutil.which("node") or "node", str(FOLDER / "interop.mjs"), command],
        input=json.dumps(fields if cases is None else cases).encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise NodeRefused(done.stderr.decode())
    return json.loads(done.stdout)
