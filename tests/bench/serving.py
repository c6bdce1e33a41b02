"""
Servers in processes of their own, the load on them, and the comparison of two that take turns.

Every rate is one of interleaved repeats (WARP, floor, WARP, floor, …), because the speed of a machine changes
meanwhile: trust the ratios. Needs Linux, for /proc.
"""

import contextlib
import json
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
REPEATS = 5


class Served(NamedTuple):
    """A server in a process of its own."""

    port: int
    pid: int

    def memory_mb(self) -> tuple[float, float]:
        """Give resident memory now, and the most there ever was."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        now, most = (int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) for name in ("VmRSS", "VmHWM"))
        return now / 1024, most / 1024


@contextlib.contextmanager
def started(*command: str | Path) -> Iterator[Served]:
    """Run a Python program that prints where it serves."""
    with subprocess.Popen([sys.executable, *map(str, command)], stdout=subprocess.PIPE, text=True) as process:
        try:
            found = re.search(r"http://[^:]+:(\d+)", process.stdout.readline())
            if found is None:
                raise SystemExit("a server did not start; it says why above")
            yield Served(int(found[1]), process.pid)
        finally:
            process.terminate()


def warp_serve(data: Path) -> contextlib.AbstractContextManager[Served]:
    return started("-m", "warp.cli.main", "serve", "--data", data, "--port", "0")


def load(port: int, *asked: object) -> float:
    """Run the load process; gives answers per second."""
    done = subprocess.run(
        [sys.executable, HERE / "load.py", str(port), *map(str, asked)], stdout=subprocess.PIPE, check=True
    )
    counted = json.loads(done.stdout)
    return counted["answers"] / counted["seconds"]


class Compared(NamedTuple):
    """WARP and its floor, in answers per second, repeat by repeat."""

    ours: list[float]
    floor: list[float]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ours) / statistics.median(self.floor)


def interleaved(ours: Callable[[int], float], floor: Callable[[int], float]) -> Compared:
    """Measure both in turn; each is told the number of the repeat."""
    compared = Compared([], [])
    for repeat in range(REPEATS):
        compared.ours.append(ours(repeat))
        compared.floor.append(floor(repeat))
    return compared
