"""`warp directory` as its users meet it: a server, mirrors of several kinds, a wallet, and mistakes."""

import asyncio
import contextlib
import json
import secrets
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from keys.directory import fingerprint
from tests.attacks.teams import Team, join
from tests.commandline import Done, refused, run
from tests.support import NOON, WEEK, Clock, Served, Stock, flipped, served
from warp import syncing

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEWEST = 4


class Static(NamedTuple):
    """A web server that has some files and knows nothing of WARP."""

    url: str
    asked: list[tuple[str, dict[str, str]]]
    """Path and headers of each request."""


@contextlib.contextmanager
def static(files: dict[str, bytes], otherwise: tuple[int, bytes] = (404, b"")) -> Iterator[Static]:
    asked: list[tuple[str, dict[str, str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, dict(self.headers.items())))
            status, body = (200, files[self.path]) if self.path in files else otherwise
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_given: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Static(f"http://127.0.0.1:{listener.server_port}", asked)
        finally:
            listener.shutdown()
            thread.join()


class Setting(NamedTuple):
    """A server, a member's wallet, and the documents that everybody should have."""

    server: Served
    team: Team
    documents: list[bytes]

    @property
    def root(self) -> str:
        return fingerprint(self.server.site.settings.root_key).hex()

    @property
    def source(self) -> tuple[str, str, str]:
        return self.server.url, "--root", self.root

    def mirror(self, layout: str = "/v1/directory/{}", upto: int = NEWEST) -> dict[str, bytes]:
        return {layout.format(number): self.documents[number] for number in range(upto + 1)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def setting(
    tmp_path_factory: pytest.TempPathFactory, founded: Path, stock: Stock
) -> AsyncIterator[Setting]:
    folder = tmp_path_factory.mktemp("directory")
    data = Path(shutil.copytree(founded, folder / "site"))
    async with served(data, Clock(), stock) as server:
        team = await join(server, folder / "wallet")
        await syncing.sync(team.wallet, NOON, secrets.token_bytes, [WEEK])
        documents = [server.site.tree.read(f"v1/directory/{number}.json") or b"" for number in range(5)]
        yield Setting(server, team, documents)


async def directory(*arguments: str | Path) -> Done:
    return await asyncio.to_thread(run, "directory", *arguments)


async def found(*arguments: str | Path) -> tuple[object, Any]:
    done = await directory("verify", *arguments, "--json")
    return done.status, json.loads(done.out)


async def test_without_a_wallet_an_address_and_a_root_are_enough(setting: Setting) -> None:
    status, said = await found(*setting.source)
    assert (status, said["agrees"], said["number"]) == (0, True, NEWEST)
    assert [each["newest"] for each in said["copies"]] == [NEWEST]


@pytest.mark.parametrize("layout", ["/v1/directory/{}", "/v1/directory/{}.json", "/copy/v1/directory/{}"])
async def test_any_static_copy_is_a_mirror(setting: Setting, layout: str) -> None:
    with static(setting.mirror(layout)) as mirror:
        url = mirror.url + ("/copy/" if layout.startswith("/copy") else "")
        done = await directory("verify", *setting.team.options, "--mirror", url)
    assert done.status == 0, done
    assert done.out.count("numbers 0 to 4; the chain holds") == 3


async def test_a_mirror_that_lags_is_said_to_be_behind(setting: Setting) -> None:
    with static(setting.mirror(upto=1)) as mirror:
        done = await directory("verify", *setting.source, "--mirror", mirror.url)
    assert done.status == 0
    assert f"{mirror.url}: numbers 0 to 1; the chain holds; 3 behind" in done.out


async def test_a_mirror_with_one_bit_changed_is_told_by_number_and_field(setting: Setting) -> None:
    files = setting.mirror()
    at = files["/v1/directory/3"].index(b'"further_key":"') + 40
    files["/v1/directory/3"] = flipped(files["/v1/directory/3"], at)
    with static(files) as mirror:
        status, said = await found(*setting.source, "--mirror", mirror.url)
    assert status == 1
    assert [(each["number"], each["fields"]) for each in said["differences"]] == [(3, ["further_key"])]
    assert said["copies"][1]["fault"]["number"] == 3


async def test_what_answers_every_question_with_a_page_is_no_mirror(setting: Setting) -> None:
    with static({}, (200, b"<html>Please accept our terms</html>")) as portal:
        status, said = await found(*setting.source, "--mirror", portal.url)
        assert len(portal.asked) < 20
    assert status == 1
    assert said["differences"][0]["fields"] == ["form"]


@pytest.mark.parametrize("answer", [(404, b""), (302, b""), (500, b"x")])
async def test_what_could_not_be_compared_is_not_called_good(
    setting: Setting, answer: tuple[int, bytes]
) -> None:
    with static({}, answer) as empty, static(setting.mirror()) as good:
        more = ("--mirror", empty.url, "--mirror", good.url)
        done = await directory("verify", *setting.source, *more)
        status, said = await found(*setting.source, *more)
    assert (done.status, status) == (2, 2)
    assert f"Not compared: {empty.url}: " in done.out
    assert done.err == "warp: not everything could be compared; what was agrees\n"
    assert (said["agrees"], len(said["unreachable"]), len(said["copies"])) == (True, 1, 2)


async def test_comparing_sends_no_credential_and_names_nobody(setting: Setting) -> None:
    with static(setting.mirror() | {"/v1/directory": setting.documents[NEWEST]}) as mirror:
        done = await directory("verify", mirror.url, *setting.team.options, "--mirror", mirror.url)
    assert done.status == 0, done
    assert {frozenset(headers) for _, headers in mirror.asked} == {
        frozenset({"Host", "Accept-Encoding", "Accept"})
    }
    assert {path.rpartition("/")[0] for path, _ in mirror.asked} == {"/v1/directory", "/v1"}


async def test_looking_into_the_wallets_copy_causes_no_request(setting: Setting) -> None:
    done = await directory("show", *setting.team.options)
    elsewhere = await directory("show", *setting.source)
    assert done.out == elsewhere.out
    assert f"Root key fingerprint: {setting.root}" in done.out
    assert [line.split()[:2] for line in done.out.splitlines()[1:]] == [
        [str(number), str(WEEK.plus(number))] for number in range(5)
    ]


async def test_no_directory_is_said_so(setting: Setting) -> None:
    with static({}) as empty:
        done = await directory("verify", empty.url, "--root", setting.root)
    assert (done.status, done.out) == (2, "")
    assert "there is no directory" in done.err


MISUSE = {
    "nothing at all": (("verify",), "give --wallet"),
    "an address without a root": (("verify", "http://127.0.0.1:1"), "--root"),
    "a root that is none": (("show", "http://127.0.0.1:1", "--root", "00"), "32 digits"),
    "an address without a scheme": (("verify", "warp.example", "--root", "0" * 32), "https://"),
    "a mirror without a scheme": (
        ("verify", "http://127.0.0.1:1", "--root", "0" * 32, "--mirror", "mirror.example"),
        "https://",
    ),
    "a server that is not there": (("verify", "http://127.0.0.1:1", "--root", "0" * 32), "no answer"),
    "no wallet": (("show", "--wallet", "nowhere"), "there is no wallet"),
}


@pytest.mark.parametrize("name", MISUSE)
async def test_a_mistake_gets_one_sentence(name: str) -> None:
    arguments, sentence = MISUSE[name]
    assert sentence in await asyncio.to_thread(refused, "directory", *arguments)


async def test_a_root_that_is_not_the_wallets_is_a_mistake(setting: Setting) -> None:
    done = await directory("verify", *setting.team.options, "--root", "0" * 32)
    assert (done.status, done.out) == (2, "")
    assert "another root key" in done.err
