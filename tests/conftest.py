"""Sites for the tests: a founded data folder is made once, and every test gets its own copy."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings

from tests.support import Clock, Served, Stock, found, served

# Cases are judged by what they show; how long one takes depends on what else the machine does.
settings.register_profile("warp", deadline=None)
settings.load_profile("warp")


@pytest.fixture(scope="session")
def stock() -> Stock:
    """Two weeks' issuer keys, used over and over; making them takes a second."""
    return Stock()


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory, stock: Stock) -> Path:
    """A founded site with the keys of five weeks, to be copied."""
    data = tmp_path_factory.mktemp("founded") / "site"
    asyncio.run(found(data, stock))
    return data


@pytest.fixture
def data(tmp_path: Path, founded: Path) -> Path:
    """The data folder of a new site."""
    return Path(shutil.copytree(founded, tmp_path / "site"))


@pytest.fixture
def clock() -> Clock:
    """Wednesday noon of 2026-W47."""
    return Clock()


@pytest_asyncio.fixture
async def server(data: Path, clock: Clock, stock: Stock) -> AsyncIterator[Served]:
    """A new site on a socket."""
    async with served(data, clock, stock) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(
    tmp_path_factory: pytest.TempPathFactory, founded: Path, stock: Stock
) -> AsyncIterator[Served]:
    """A site on a socket that all tests of a module share."""
    data = Path(shutil.copytree(founded, tmp_path_factory.mktemp("shared") / "site"))
    async with served(data, Clock(), stock) as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is marked slow, unless WARP_SLOW_TESTS is set."""
    if os.environ.get("WARP_SLOW_TESTS"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: set WARP_SLOW_TESTS=1 to run it"))
