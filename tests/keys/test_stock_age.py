"""A narrative opens with the stock `age` program, which knows post-quantum recipients from 1.3 on."""

import re
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from keys import age, narrative
from keys.narrative import Narrative
from keys.receipt import Receipt

FIRST = (1, 3)
"""Earlier versions have no mlkem768x25519; distributions still ship them, so nothing requires this test."""


def stock_age() -> str:
    """Give the program, or skip the test and say why."""
    program = shutil.which("age")
    if program is None:
        pytest.skip("age is not installed")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < FIRST:
        pytest.skip(f"age is {said.strip()}; post-quantum recipients need 1.3")
    return program


def test_a_coordinator_opens_a_narrative_with_the_stock_program(tmp_path: Path) -> None:
    program = stock_age()
    identity, receipt = age.Identity.generate(secrets.token_bytes), Receipt.new(secrets.token_bytes)
    written = Narrative("qué pasó ✓", "es", receipt.reply_key.public, receipt.thread)
    (tmp_path / "narrative.age").write_bytes(
        narrative.seal(written, [identity.recipient.to_string()], secrets.token_bytes)
    )
    (tmp_path / "identity").write_text(identity.to_string() + "\n", encoding="ascii")
    command = [program, "--decrypt", "-i", "identity", "narrative.age"]
    opened = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert opened.returncode == 0, opened.stderr
    assert "qué pasó ✓".encode() in opened.stdout
    assert receipt.reply_key.public in opened.stdout
