"""
Marks on everything that could identify, and a search for them in all that a run leaves behind.

A real server process, the real command line as member, and raw requests with marked headers; then every byte
of databases, journals, logs, published files, names and times is searched, in the forms in which a mark could
have been written down.
"""

import base64
import gzip
import os
import re
import secrets
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from keys import feed_password
from keys.invitation import Invitation
from keys.receipt import Receipt, mark
from storage import feed_passwords, rewriting
from warp import client, wallet
from warp.client import Draft
from warp.wallet import Contents, Lock

MEMBER = "CSIRT Canary Kzv83"
OTHER = "CSIRT Sparrow Qfw52"
PLACE = "FJ"
"""A home that no report names."""
NARRATIVE = "narrative-canary-5d0e1f"
AGENT = "agent-canary-9b77c2"
FORWARDED = "203.0.113.77"
COOKIE = "cookie-canary-31aa8e"
ADDRESS = "127.83.119.7"
CALLBACK = "callback-canary-77d0c4"
SECRET = "secret-canary-12fe83"  # noqa: S105 - a mark, for one test
BINARY, FORM = "application/octet-stream", "application/x-www-form-urlencoded"
CHOSEN = "chosen-canary-5ac3"
"""In a form that asks for the address of a feed."""
COMBINED = ("NU,TV", "TV&country=NU")
"""Of countries that nothing else combines: in the address of a feed, and in the form."""
REPORTS = 2
PASSPHRASE = "passphrase-canary-66e2"  # noqa: S105 - a mark, for one test
USER = "user-canary-04d9"
ASKED = "asked-canary-7e51"
"""Part of addresses that a feed reader asks for."""


class Run(NamedTuple):
    """What a run left behind."""

    data: Path
    log: bytes
    contents: Contents
    """Of the member's wallet, at its end."""
    code: bytes
    """Of its invitation."""
    passwords: list[str]
    """Its feed passwords, the first of them revoked."""
    envelopes: list[bytes]
    left: dict[str, bytes]
    """Every file that the server wrote, compressed ones opened; the names of all; the log."""


def warp(*arguments: str, fails: bool = False) -> str:
    environment = os.environ | {"WARP_PASSPHRASE": PASSPHRASE}
    command = [sys.executable, "-m", "warp.cli.main", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode != 0) == fails, done.stderr
    return done.stdout


@contextmanager
def server(data: Path, port: int, log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "warp.cli.main", "serve", "--data", str(data), "--port", str(port)]
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            for _ in range(600):
                if process.poll() is None and b"Serving" in log.read_bytes():
                    break
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            assert process.wait(30) == 0


def post(
    port: int, path: str, body: bytes, *extra: str, method: str = "POST", media_type: str = BINARY
) -> int:
    """Post from a distinctive address, with everything that a careless client or proxy adds."""
    head = [
        f"{method} {path} HTTP/1.1",
        f"Host: {ADDRESS}",
        f"User-Agent: {AGENT}",
        f"X-Forwarded-For: {FORWARDED}",
        f"Forwarded: for={FORWARDED}",
        f"Cookie: session={COOKIE}",
        f"Referer: http://{COOKIE}.example/",
        f"Content-Type: {media_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *extra,
    ]
    with socket.create_connection(("127.0.0.1", port), 20, (ADDRESS, 0)) as connection:
        connection.sendall("\r\n".join((*head, "", "")).encode() + body)
        return int(connection.makefile("rb").readline().split()[1])


def read(port: int, password: str) -> list[int]:
    """Read as a member's feed reader does, by password and by address, what is there and what is not."""
    pair = base64.b64encode(f"{USER}:{password}".encode()).decode()
    statuses = []
    for address in ("feeds/en/all.atom", ASKED):
        authorization = f"Authorization: Basic {pair}"
        statuses.append(post(port, f"/members/{address}", b"", authorization, method="GET"))
        statuses.append(post(port, f"/m/{password}/{address}", b"", method="GET"))
    return statuses


@contextmanager
def statement(data: Path, before: str, after: str) -> Iterator[None]:
    """Break the reports database under the server, and mend it."""
    with closing(sqlite3.connect(data / "reports.db", isolation_level=None)) as connection:
        connection.execute(before)
        yield
        connection.execute(after)
    rewriting.hide_times(data / "reports.db")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("canary")
    data, path, log = folder / "site", folder / "wallet-canary-8c41", folder / "log"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    warp("init", "--data", str(data), "--name", "Example WARP", "--url", url)
    settings = data / "warp.toml"
    settings.write_text(settings.read_text("utf-8").replace('hub = ""', 'hub = "own"'), encoding="utf-8")
    invited = [
        warp("member", "add", name, "--place", PLACE, "--data", str(data)).split("warp join ")[1].split()[1]
        for name in (MEMBER, OTHER)
    ]
    envelopes = []
    passwords = [
        re.findall(r"password +([a-z2-7]{26})\n", warp("member", "feed", MEMBER, "--data", str(data)))[0]
        for _ in range(2)
    ]
    (folder / "note").write_text(NARRATIVE, encoding="utf-8")
    with server(data, port, log):
        warp("join", url, invited[0], "--wallet", str(path))
        for _ in range(REPORTS):
            warp(
                *("report", "--wallet", str(path), "--type", "fraud/phishing", "--place", "UY", "--yes"),
                *("--small-place", "keep"),
                *("--narrative", str(folder / "note")),
            )
        envelopes.append(secrets.token_bytes(16_384))
        assert post(port, "/v1/reports", envelopes[0]) == 400
        assert post(port, "/v1/reports", envelopes[0][:99]) == 400
        assert post(port, f"/v1/{COOKIE}", b"") == 404
        assert post(port, "/v1/members", f'{{"{COOKIE}": 1}}'.encode()) == 415
        assert post(port, "/v1/bundles/2026-W47", b"x", f"Authorization: Bearer {COOKIE}") == 401
        assert read(port, passwords[0]) == [401, 404, 401, 404]
        assert read(port, passwords[1]) == [200, 200, 404, 404]
        for topic, status in ((f"{url}/feeds/en/all.atom", 202), (f"{url}/{COOKIE}", 404)):
            # The name leads to this machine, so nobody is asked.
            fields = {"mode": "subscribe", "topic": topic, "callback": f"http://localhost/{CALLBACK}"}
            form = urlencode({f"hub.{name}": text for name, text in (fields | {"secret": SECRET}).items()})
            assert post(port, "/hub", form.encode(), media_type=FORM) == status
        refused = urlencode([("country", CHOSEN), (CHOSEN, "1")]).encode()
        assert post(port, "/en/feeds/", refused, media_type=FORM) == 400
        choice = urlencode([("country", "TV"), ("country", "NU")]).encode()
        assert post(port, "/en/feeds/", choice, media_type=FORM) == 303
        assert post(port, f"/en/feeds/country/{COMBINED[0]}", b"", method="GET") == 200
        warp("release", "--data", str(data))
        warp("sync", "--wallet", str(path))
        with wallet.opened(path, Lock.passphrase(PASSPHRASE), secrets.token_bytes) as found:
            draft = Draft(type="fraud/phishing", place="UY", text=NARRATIVE)
            sealed = client.seal(found, draft, datetime.now(UTC), secrets.token_bytes)
        envelopes.append(sealed.envelope)
        with statement(data, "ALTER TABLE spent RENAME TO aside", "ALTER TABLE aside RENAME TO spent"):
            assert post(port, "/v1/reports", sealed.envelope) == 500  # it fails inside, with all in hand
    with wallet.opened(path, Lock.passphrase(PASSPHRASE), secrets.token_bytes) as found:
        contents = found.contents
    code = Invitation.from_string(invited[0]).code
    left = left_behind(data, log.read_bytes())
    return Run(data, log.read_bytes(), contents, code, passwords, envelopes, left)


def forms(value: bytes) -> set[bytes]:
    """Give the ways in which a value could have been written down."""
    plain = {value, value.hex().encode(), value.hex().upper().encode()}
    plain |= {base64.b64encode(value).rstrip(b"="), base64.urlsafe_b64encode(value).rstrip(b"=")}
    plain.add(base64.b32encode(value).rstrip(b"=").lower())
    if value.isascii():
        plain |= {value.lower(), value.decode("ascii").encode("utf-16-le")}
    return plain


def left_behind(data: Path, log: bytes) -> dict[str, bytes]:
    files = {}
    for path in sorted(data.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            name = str(path.relative_to(data))
            files[name] = gzip.decompress(content) if name.endswith(".gz") else content
    files["the names"] = "\n".join(files).encode()
    files["the log"] = log
    return files


def holders(run: Run, value: bytes) -> set[str]:
    wanted = forms(value)
    return {name for name, data in run.left.items() if any(form in data for form in wanted)}


def test_the_search_finds_what_is_there(run: Run) -> None:
    assert "warp.toml" in holders(run, b"Example WARP")
    assert "identity.db" in holders(run, OTHER.encode())


def test_a_member_is_named_in_the_identity_database_only(run: Run) -> None:
    assert holders(run, MEMBER.encode()) == {"identity.db"}


@pytest.mark.parametrize(
    "value",
    [
        *(NARRATIVE, AGENT, FORWARDED, COOKIE, ADDRESS, PASSPHRASE, "wallet-canary-8c41", USER, ASKED),
        *(CALLBACK, SECRET, CHOSEN, *COMBINED),
    ],
)
def test_nothing_that_came_with_a_request_or_stayed_with_the_client_is_left(run: Run, value: str) -> None:
    assert holders(run, value.encode()) == set()


def test_no_secret_of_the_member_is_left(run: Run) -> None:
    contents = run.contents
    unused = [token for week in contents.tokens.values() for token in (*week.first.values(), *week.further)]
    receipts = [Receipt(each.receipt) for each in contents.filed]
    assert len(receipts) == REPORTS + 1
    for secret in (
        contents.credential,
        run.code,
        *unused[:20],
        *(receipt.secret for receipt in receipts),
        *(receipt.lookup for receipt in receipts),
        *(receipt.thread for receipt in receipts),
        *(receipt.reply_key.public[:64] for receipt in receipts),
        *(envelope[:64] for envelope in run.envelopes),
    ):
        assert holders(run, secret) == set()


def test_no_feed_password_is_left_and_of_reading_not_even_a_hash_of_one_that_is_void(run: Run) -> None:
    for text in run.passwords:
        password = feed_password.from_text(text)
        assert password is not None
        pair = base64.b64encode(f"{USER}:{text}".encode()).rstrip(b"=")
        assert [holders(run, each) for each in (password, text.encode(), pair)] == [set()] * 3
    void, good = (feed_passwords.digest(feed_password.from_text(text) or b"") for text in run.passwords)
    assert (holders(run, void), holders(run, good)) == (set(), {"identity.db"})


def test_a_report_left_only_what_joins_it_to_nobody(run: Run) -> None:
    marks = [mark(Receipt(each.receipt).lookup) for each in run.contents.filed]
    assert [holders(run, each) for each in marks] == [{"reports.db"}] * REPORTS + [set()]
    identity = run.left["identity.db"]
    assert not any(form in identity for each in marks for form in forms(each))


def test_the_log_holds_events_from_the_list_and_nothing_else(run: Run) -> None:
    allowed = {b"started", b"stopped", b"released", b"keys made", b"period closed"}
    lines = [line for line in run.log.splitlines() if not line.startswith(b"Serving on http://127.0.0.1:")]
    for line in lines:
        said = line.removeprefix(b"warp: ")
        assert said in allowed or said.startswith(b"fault: "), line
        assert b"canary" not in said.lower()
    assert any(line.startswith(b"warp: fault: OperationalError at ") for line in lines)


def test_no_database_file_tells_when_it_was_written(run: Run) -> None:
    for name in ("identity.db", "reports.db"):
        assert (run.data / name).stat().st_mtime == 0
