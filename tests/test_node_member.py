"""
A member whose client is the libraries that the browser uses, against a real server, from bundle to narrative.

Needs Node and `npm ci` in tests/node. Without them these tests are skipped, or fail if WARP_REQUIRE_ALL is 1.
"""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

import pytest

from keys import age, narrative
from keys.directory import Entry, fingerprint, verify
from keys.hybrid import HybridKey
from keys.lists import read_items
from keys.receipt import Receipt, mark
from storage import inbox, members
from tests.interop import call, data, need_node, text
from tests.support import BINARY, PHISHING, WEEK, Answer, Served, request, sealed, tally
from warp import exchange
from warp.founding import TAKE_OFFLINE
from warp.report import encode_lookup

pytestmark = pytest.mark.usefixtures("node")
RECEIPT = Receipt(bytes(range(16)))
TEXT = "Un cargador, firmado. ✓"


@pytest.fixture(scope="module")
def node() -> None:
    need_node()


async def joined(server: Served) -> bytes:
    """Let a member join; gives its credential."""
    code, credential = secrets.token_bytes(16), secrets.token_bytes(32)
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, "CSIRT", "UY", code, str(WEEK))
    async with exchange.connection() as session:
        await exchange.redeem(session, server.url, code, credential)
    return credential


async def served_entry(server: Served) -> Entry:
    """Give this week's entry of the directory, as it is served, verified against the pinned root."""
    document = (await request(server.port, "GET", "/v1/directory/0")).body
    return verify(document, fingerprint(server.site.settings.root_key)).entry


async def fetched(server: Served, credential: bytes, bundle: bytes) -> Answer:
    authorization = {"Authorization": f"Bearer {text(credential)}"}
    return await request(server.port, "POST", f"/v1/bundles/{WEEK}", bundle, BINARY | authorization)


async def tokens_of_node(server: Served, entry: Entry) -> list[str]:
    """Let Node make a bundle's requests, and tokens of the answers."""
    asked = call("bundle", issuer=entry.issuer, keys=[text(key) for key in entry.token_keys])
    body = b"".join(map(data, asked["requests"]))
    answer = await fetched(server, await joined(server), body)
    assert answer.status == 200
    responses = [text(answer.body[i : i + 256]) for i in range(0, len(answer.body), 256)]
    made: list[str] = call("finalize", pending=asked["pending"], responses=responses)["tokens"]
    return made


def sealed_by_node(server: Served, entry: Entry, token: str, **changed: Any) -> bytes:
    """Let Node seal a report of a phishing in Uruguay."""
    facts = {
        "type": "fraud/phishing",
        "place": "UY",
        "sector": "banking",
        "occurred": "2026-11",
        "severity": "high",
        "similar": "2-5",
        "tags": ["smishing"],
        "lookup": encode_lookup(RECEIPT.lookup),
        "urgent": False,
    }
    told = {
        "text": TEXT,
        "language": "es-UY",
        "reply_key": text(RECEIPT.reply_key.public),
        "thread": text(RECEIPT.thread),
        "recipients": list(entry.recipients),
    }
    answer = call(
        "seal",
        report_key=text(entry.report_key),
        root=text(server.site.settings.root_key),
        token=token,
        facts=text(json.dumps(facts | changed, ensure_ascii=False).encode()),
        narrative=told,
    )
    return data(answer["envelope"])


def coordinator(server: Served) -> age.Identity:
    """Give the coordinator's identity, which the server cannot use: it is only kept beside it."""
    file = (server.site.data / TAKE_OFFLINE / "coordinator.identity").read_text(encoding="ascii")
    return age.Identity.from_string(file.splitlines()[-1])


async def narratives(server: Served) -> list[tuple[str, str, bytes, bytes]]:
    """Open the inbox as the coordinator does."""
    async with server.site.hub.reports.read() as connection:
        kept = await inbox.everything(connection)
    opened = [narrative.open_sealed(each.narrative, [coordinator(server)]) for each in kept]
    return [(each.text, each.language, each.thread, each.reply_key) for each in opened]


async def test_reports_by_node_are_accepted_counted_proved_and_read_by_the_coordinator(
    server: Served,
) -> None:
    entry = await served_entry(server)
    tokens = await tokens_of_node(server, entry)
    assert len(tokens) == 35
    first = sealed_by_node(server, entry, tokens[list(entry.first_keys).index("fraud")])
    further = sealed_by_node(server, entry, tokens[-1], type="availability/ddos", place="")
    assert [(await server.post(each)).status for each in (first, first, further)] == [202, 202, 202]
    midnight = server.clock.now = datetime(2026, 11, 19, tzinfo=UTC)
    await server.site.midnight(midnight, open_pool=True)
    assert await tally(server.site) == {
        ("2026-11-18", "fraud/phishing", "UY"): 1,
        ("2026-11-18", "availability/ddos", ""): 1,
    }
    listed = await request(server.port, "GET", f"/v1/accepted/{WEEK}")
    assert mark(RECEIPT.lookup) in read_items(listed.body)
    assert await narratives(server) == [(TEXT, "es-UY", RECEIPT.thread, RECEIPT.reply_key.public)] * 2


async def test_node_opens_and_reads_what_a_member_here_seals(server: Served) -> None:
    keys = server.site.hub.keyring.week(WEEK)
    assert keys is not None
    envelope = sealed(server.site, PHISHING)
    opened = call(
        "open",
        seed=text(keys.report.seed),
        root=text(server.site.settings.root_key),
        envelope=text(envelope),
    )
    facts = json.loads(data(opened["facts"]))
    assert (facts["type"], facts["place"]) == (PHISHING.type, PHISHING.place)
    told = call("read", file=opened["narrative"], identity=coordinator(server).to_string())
    assert (told["text"], told["language"]) == (PHISHING.text, PHISHING.language)
    assert len(data(told["reply_key"])) == len(HybridKey.generate(secrets.token_bytes).public)
