"""A thousand envelopes at once, a tenth sent twice and a tenth forged: nothing lost, nothing twice."""

import asyncio
import resource
import secrets
from collections import Counter

import aiohttp

from storage import schema
from tests.support import BINARY, NOON, Served, issuer_of, rows, sealed_facts, seeded, tally, token_of
from warp import exchange
from warp.client import Draft
from warp.report import encode
from warp.site import Site
from warp.weeks import Week

GOOD, AGAIN, FORGED = 800, 100, 100
AT_ONCE = 1000
DRAFTS = (
    Draft(type="fraud/phishing", place="UY"),
    Draft(type="fraud/phishing", place="BR"),
    Draft(type="availability/ddos", place="UY"),
    Draft(type="malicious-code/infected-system", place=""),
)


def seal(site: Site, number: int, *, forged: bool = False) -> bytes:
    token = token_of(issuer_of(site, Week.of(NOON), None), site.settings.issuer)
    if forged:
        token = token[:-256] + secrets.token_bytes(256)
    facts = encode(DRAFTS[number % len(DRAFTS)].facts(secrets.token_bytes(32)))
    return sealed_facts(site, facts, token)


def allow_open_files(number: int) -> None:
    """Both ends of every connection are in this process, and systems allow 1,024 open files unless asked."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = number if hard == resource.RLIM_INFINITY else min(number, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))


async def post(session: aiohttp.ClientSession, url: str, envelope: bytes) -> tuple[int, bytes]:
    async with session.post(f"{url}/v1/reports", data=envelope, headers=BINARY) as response:
        return response.status, await response.read()


async def test_of_a_thousand_envelopes_at_once_each_good_one_counts_once(server: Served) -> None:
    good = [seal(server.site, number) for number in range(GOOD)]
    forged = [seal(server.site, number, forged=True) for number in range(FORGED)]
    sent = [*good, *good[:AGAIN], *forged]
    seeded(5).shuffle(sent)
    allow_open_files(3 * AT_ONCE)
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:
        answers = await asyncio.gather(*(post(session, server.url, each) for each in sent))

    assert len(sent) == AT_ONCE
    outcomes = dict(zip(sent, answers, strict=True))
    assert {outcomes[each] for each in good} == {(202, b"")}
    assert Counter(status for status, _ in answers) == {202: GOOD + AGAIN, 403: FORGED}
    assert all(b"urn:warp:problem:bad-token" in outcomes[each][1] for each in forged)
    assert server.logged.events == []

    stored = await rows(server.site.hub.reports, schema.reports)
    assert sorted(envelope for _, envelope in stored["pool"]) == sorted(good)
    assert len({mark for mark, _, _ in stored["spent"]}) == len(stored["spent"]) == GOOD

    assert (await server.site.release(NOON)).reports == GOOD
    assert await tally(server.site) == {
        ("2026-11-18", draft.type, draft.place): GOOD // len(DRAFTS) for draft in DRAFTS
    }


async def test_envelopes_that_arrive_while_the_pool_is_opened_are_counted_once(server: Served) -> None:
    envelopes = [seal(server.site, number) for number in range(120)]
    done = asyncio.Event()

    async def release_again_and_again() -> int:
        released = 0
        while not done.is_set():
            released += (await server.site.release(NOON)).reports
            await asyncio.sleep(0)
        return released

    releasing = asyncio.create_task(release_again_and_again())
    async with exchange.connection() as session:
        for start in range(0, len(envelopes), 12):
            some = envelopes[start : start + 12]
            answers = await asyncio.gather(*(post(session, server.url, each) for each in some * 2))
            assert {status for status, _ in answers} == {202}
    done.set()
    released = await releasing + (await server.site.release(NOON)).reports
    assert released == len(envelopes)
    assert sum((await tally(server.site)).values()) == len(envelopes)
    kept = (await rows(server.site.hub.reports, schema.reports))["spent"]
    assert len({mark for mark, _, _ in kept}) == len(envelopes)
