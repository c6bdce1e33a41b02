"""Runs `warp` as its users do: as a program of its own, or (faster) by its own `main` in this process."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from warp.cli.main import main

PROGRAM = (sys.executable, "-m", "warp.cli.main")
_ENVIRONMENT = {"WARP_PASSPHRASE": "correct horse", "COLUMNS": "200"}


class Done(NamedTuple):
    """What a command ended with."""

    status: object
    out: str
    err: str


def program(*arguments: str | Path, typed: str = "") -> str:
    """Run a command that succeeds, as a program; gives what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WARP_")}
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        input=typed,
        capture_output=True,
        text=True,
        env=environment | _ENVIRONMENT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(*arguments: str | Path) -> Done:
    """Run a command by `main`, here."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("WARP_DATA", raising=False)
        for name, value in _ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["warp", *map(str, arguments)])
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            main()
    return Done(ended.value.code, out.getvalue(), err.getvalue())


def warp(*arguments: str | Path) -> str:
    """Run a command that succeeds; gives what it printed."""
    done = run(*arguments)
    assert done.status == 0, done.err
    return done.out


def warp_json(*arguments: str | Path) -> Any:
    """Run a command that writes JSON; gives what it wrote."""
    return json.loads(warp(*arguments, "--json"))


def refused(*arguments: str | Path) -> str:
    """Run a command that a user got wrong; gives the one sentence that says so."""
    done = run(*arguments)
    assert (done.status, done.out) == (2, ""), done
    *usage, sentence = done.err.splitlines()
    assert all(line.startswith(("Usage: ", "Try ")) or not line for line in usage), done.err
    return sentence


@contextlib.contextmanager
def serving(data: Path) -> Iterator[str]:
    """Serve a site on any free port while the block runs; gives its address."""
    command = [*PROGRAM, "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.fullmatch(r"Serving on (http://\S+)\n", line)
            assert found is not None, line
            yield found[1]
        finally:
            process.terminate()
            _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in said
