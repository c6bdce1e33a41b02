"""The same envelope or the same token again: after a lost answer, at once, and long after."""

import asyncio
from datetime import timedelta

from tests.support import NOON, WEEK, Served, new_token, sealed, tally, unchanged, waiting

ONE = {("2026-11-18", "fraud/phishing", "UY"): 1}


async def taken(server: Served, sent: bytes) -> None:
    assert (await server.post(sent)).status == 202


async def test_the_same_envelope_again_is_accepted_and_counted_once(server: Served) -> None:
    again = sealed(server.site)
    for _ in range(3):
        await taken(server, again)
    assert await waiting(server.site) == 1
    await server.site.release(NOON)
    assert await tally(server.site) == ONE


async def test_the_same_envelope_after_the_release_is_accepted_and_not_counted_again(server: Served) -> None:
    again = sealed(server.site)
    await taken(server, again)
    await server.site.release(NOON)
    await taken(server, again)
    assert await waiting(server.site) == 0
    await server.site.release(NOON)
    assert await tally(server.site) == ONE


async def test_the_same_envelope_many_times_at_once_is_counted_once(server: Served) -> None:
    again = sealed(server.site)
    answers = await asyncio.gather(*(server.post(again) for _ in range(30)))
    assert {answer.status for answer in answers} == {202}
    assert await waiting(server.site) == 1


async def test_of_many_envelopes_with_one_token_one_is_accepted(server: Served) -> None:
    token = new_token(server.site)
    envelopes = [sealed(server.site, token=token) for _ in range(20)]
    answers = await asyncio.gather(*(server.post(each) for each in envelopes))
    assert sorted(answer.status for answer in answers) == [202] + [409] * 19
    assert await waiting(server.site) == 1


async def test_the_same_envelope_after_its_week_is_forgotten_is_refused(server: Served) -> None:
    again = sealed(server.site)
    await taken(server, again)
    await server.site.release(NOON)
    server.clock.now = WEEK.end + timedelta(days=14)
    await server.site.midnight(server.clock.now, weeks=[])
    assert (await server.post(again)).status == 410
    assert await waiting(server.site) == 0


async def test_an_envelope_to_a_destroyed_key_is_refused(server: Served) -> None:
    late = sealed(server.site)
    await server.site.midnight(WEEK.end + timedelta(days=14), weeks=[])
    async with unchanged(server):
        answer = await server.post(late)
    assert (answer.status, answer.problem) == (410, "unknown-key")
