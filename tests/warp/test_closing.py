"""A full week is closed within the time and memory of a small machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CLOSING = Path(__file__).resolve().parents[1] / "bench" / "closing.py"


@pytest.mark.slow
@pytest.mark.parametrize("period", ["2026-W47", "2026-Q4"])
def test_every_type_of_every_country_filled_closes_in_a_small_child_process(period: str) -> None:
    command = [sys.executable, CLOSING, period, "standard"]
    cost = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    assert cost["peak_mb"] <= 250
    # On any machine that tests run on; `make bench` measures against five seconds.
    assert cost["seconds"] <= 30
