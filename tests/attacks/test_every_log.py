"""
Attack: the operator keeps every log, at every level, and traces every system call.

A server of the real command line, with Python's loggers at debug level, asyncio in debug mode and all
warnings on; a client that bears marks in its headers, its address, its paths and its bodies; every success
and every class of error: refused envelopes, what is no HTTP, failing statements, a full disk. Then all that
was written is searched.
"""

from pathlib import Path

import pytest

from tests.attacks.eavesdropping import (
    ADDRESS,
    BLINDED,
    BODY,
    CODE,
    CREDENTIAL,
    FEED_PASSWORD,
    GUESS,
    HEADER,
    MEMBER,
    PATH,
    SHOWN,
    Ear,
    Overheard,
    need_strace,
    overhear,
)
from tests.attacks.marked import LOOKUP, NARRATIVE, NONCE, THREAD
from tests.marks import holders
from tests.support import Stock
from warp.events import Event

OF_MEMBERS = (CODE, CREDENTIAL, BLINDED, FEED_PASSWORD, SHOWN, GUESS)
OF_REQUESTS = (HEADER, PATH, BODY, *OF_MEMBERS, LOOKUP, NARRATIVE, NONCE, THREAD)


@pytest.fixture(scope="module", params=["uvloop", pytest.param("asyncio", marks=pytest.mark.slow)])
def overheard(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, stock: Stock
) -> Overheard:
    return overhear(Ear(tmp_path_factory.mktemp(request.param), request.param), stock)


@pytest.mark.parametrize("mark", [*OF_REQUESTS, ADDRESS.encode()])
def test_no_mark_of_a_request_is_in_anything_that_was_written(overheard: Overheard, mark: bytes) -> None:
    written = overheard.files | {"log": overheard.log, "said": overheard.said}
    assert holders(written, mark) == set()


def test_libraries_say_nothing_at_any_level(overheard: Overheard) -> None:
    assert overheard.log == b""


def test_nothing_is_said_but_listed_events(overheard: Overheard) -> None:
    events = [f"warp: {event}" for event in Event]
    for line in overheard.said.decode().splitlines():
        known = line in events or line.startswith((f"warp: {Event.FAULT}: ", "3 reports released under "))
        assert known, line
    faults = [line for line in overheard.said.decode().splitlines() if "fault" in line]
    assert len(faults) == 4
    assert MEMBER not in overheard.said


@pytest.mark.slow
def test_the_ear_hears_what_libraries_would_say(tmp_path: Path, stock: Stock) -> None:
    """
    The control: with their logging let through, addresses and names are there, so the search can fail.

    Even then nothing is there that only a request holds: no secret ever is a statement's value.
    """
    heard = overhear(Ear(tmp_path, "asyncio", heard=True), stock)
    assert MEMBER in heard.log
    assert ADDRESS.encode() in heard.log
    assert b"parameters hidden" in heard.log
    for mark in OF_REQUESTS:
        assert holders({"log": heard.log, "said": heard.said}, mark) == set()


@pytest.mark.slow
def test_no_mark_of_a_request_is_in_any_write_of_the_process(tmp_path: Path, stock: Stock) -> None:
    """Whatever it goes to: files, pipes, sockets, child processes; also what is deleted afterwards."""
    need_strace()
    traced = overhear(Ear(tmp_path, traced=True), stock)
    assert b"warp: started" in traced.trace
    assert b"HTTP/1.1 202 Accepted" in traced.trace
    assert b"reports.db-wal" in traced.trace
    assert MEMBER in traced.trace, "its own database holds it, and the trace sees that"
    for mark in (*OF_REQUESTS, ADDRESS.encode()):
        assert holders({"trace": traced.trace}, mark) == set(), mark
