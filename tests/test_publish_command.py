"""`warp publish`: the public site as files, by the command line."""

import asyncio
import json
from pathlib import Path

import pytest

from handlers import nginx
from tests.commandline import run
from tests.support import Clock, Logged, Stock, opened
from warp import config
from warp.site import publisher


@pytest.fixture
def published(data: Path, stock: Stock) -> Path:
    """A site that has been started once."""

    async def start() -> None:
        async with opened(data, Clock(), Logged(), stock) as site:
            await site.publish_all()

    asyncio.run(start())
    return data


def test_it_writes_the_site_and_says_what_it_has_done(published: Path, tmp_path: Path) -> None:
    first = run("publish", "--data", published, "--out", tmp_path / "www", "--json")
    assert first.status == 0, first.err
    done = json.loads(first.out)
    assert done["files"] == len(done["written"]) > 1_000
    assert "v1/directory/newest.json" in done["written"]
    assert done["removed"] == []
    second = run("publish", "--data", published, "--out", tmp_path / "www")
    assert second.status == 0
    assert f"{done['files']:,} files; written: 0; removed: 0." in second.out


def test_a_folder_with_something_else_in_it_is_refused_in_a_line(published: Path, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "index.html").write_text("somebody's")
    refused = run("publish", "--data", published, "--out", tmp_path / "www")
    assert refused.status == 2
    assert refused.err.count("\n") == 1
    assert "has not written" in refused.err


def test_a_site_that_was_never_started_has_nothing_to_publish(data: Path, tmp_path: Path) -> None:
    refused = run("publish", "--data", data, "--out", tmp_path / "www")
    assert refused.status == 2
    assert "nothing yet" in refused.err


def test_it_gives_the_configuration_of_nginx_for_the_folder(data: Path, tmp_path: Path) -> None:
    server = "http://127.0.0.1:8080"
    for behind in ((), ("--behind", server)):
        given = run("publish", "--data", data, "--out", "/srv/www/warp", "--nginx", *behind)
        assert given.status == 0, given.err
        site = publisher(config.read(data))
        assert given.out == nginx.configuration("/srv/www/warp", site, server if behind else "")
    assert not (tmp_path / "www").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--out", "/srv/www", "--behind", "http://127.0.0.1:8080"),
        ("--out", '/srv/"; evil', "--nginx"),
        ("--out", "/srv/$host", "--nginx"),
        ("--out", "/srv/www", "--nginx", "--behind", "http://warp/;"),
        ("--out", "/srv/www", "--nginx", "--behind", "warp"),
    ],
)
def test_what_would_mean_something_else_to_nginx_is_refused(data: Path, arguments: tuple[str, ...]) -> None:
    refused = run("publish", "--data", data, *arguments)
    assert refused.status == 2
    assert refused.err.count("\n") == 1
