"""Fetching a week's tokens: who gets them, once, and what a wrong request costs."""

import asyncio
import base64
import secrets

import pytest

from keys import tokens
from keys.directory import BUNDLE
from keys.keyring import WEEKS_AHEAD
from keys.tokens import Pending, VerifyKey
from storage import members
from tests.support import BINARY, WEEK, Answer, Served, entry_of, request, sealed, unchanged
from warp import exchange, taxonomy
from warp.weeks import Week

SIZE = BUNDLE * tokens.REQUEST_SIZE


async def joined(server: Served, name: str = "CERT Uno") -> bytes:
    """Let a member join; gives its credential."""
    code, credential = secrets.token_bytes(16), secrets.token_bytes(32)
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, name, "UY", code, str(WEEK))
        assert await members.join(connection, code, credential, str(WEEK))
    return credential


def blinded(server: Served, week: Week = WEEK) -> tuple[bytes, list[Pending], list[VerifyKey]]:
    entry = entry_of(server.site, week)
    keys = exchange.token_keys(entry)
    pending = exchange.blind_bundle(entry, keys, secrets.token_bytes)
    body = b"".join(tokens.request(one, key) for one, key in zip(pending, keys, strict=True))
    return body, pending, keys


def bearer(credential: bytes) -> dict[str, str]:
    return BINARY | {"Authorization": "Bearer " + base64.b64encode(credential).decode()}


async def fetch(server: Served, credential: bytes, body: bytes, week: object = WEEK) -> Answer:
    return await request(server.port, "POST", f"/v1/bundles/{week}", body, bearer(credential))


async def test_a_member_gets_a_token_of_each_class_and_24_more(server: Served) -> None:
    body, pending, keys = blinded(server)
    answer = await fetch(server, await joined(server), body)
    assert (answer.status, len(answer.body)) == (200, SIZE)
    assert answer.headers["cache-control"] == "no-store"
    assert len(set(keys)) == len(taxonomy.CLASSES) + 1
    pieces = [answer.body[i : i + 256] for i in range(0, SIZE, 256)]
    made = [tokens.finalize(*each) for each in zip(pending, keys, pieces, strict=True)]
    assert (await server.post(sealed(server.site, token=made[-1]))).status == 202
    first = made[taxonomy.CLASSES.index("fraud")]
    assert (await server.post(sealed(server.site, token=first))).status == 202


async def test_tokens_are_given_for_this_week_and_the_next_four(server: Served) -> None:
    credential = await joined(server)
    for ahead in range(WEEKS_AHEAD + 1):
        body, _, _ = blinded(server, WEEK.plus(ahead))
        assert (await fetch(server, credential, body, WEEK.plus(ahead))).status == 200


@pytest.mark.parametrize("week", [WEEK.plus(-1), WEEK.plus(5), WEEK.plus(500)])
async def test_no_tokens_are_given_for_other_weeks(server: Served, week: Week) -> None:
    credential, (body, _, _) = await joined(server), blinded(server)
    async with unchanged(server):
        answer = await fetch(server, credential, body, week)
    assert (answer.status, answer.problem) == (404, "no-keys")


async def test_a_week_that_is_over_gives_no_tokens_although_its_key_still_opens(server: Served) -> None:
    credential, (body, _, _) = await joined(server), blinded(server)
    server.clock.now = WEEK.end
    async with unchanged(server):
        answer = await fetch(server, credential, body)
    assert (answer.status, answer.problem) == (404, "no-keys")


@pytest.mark.parametrize("week", ["2026-47", "2026-W54", "2026-W00", "now", "2026-W47-1", "%00", "2026-w47"])
async def test_what_is_not_a_week_is_refused(server: Served, week: str) -> None:
    credential, (body, _, _) = await joined(server), blinded(server)
    async with unchanged(server):
        answer = await fetch(server, credential, body, week)
    assert (answer.status, answer.problem) == (404, "no-week")


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer !!!!",
        "Bearer \xff\xfe",
        "Basic dXNlcjpwYXNz",
        "Bearer " + base64.b64encode(bytes(32)).decode(),
        "Bearer " + base64.b64encode(bytes(5000)).decode(),
    ],
)
async def test_nobody_without_a_credential_gets_tokens(server: Served, authorization: str | None) -> None:
    await joined(server)
    body, _, _ = blinded(server)
    headers = BINARY | ({} if authorization is None else {"Authorization": authorization})
    async with unchanged(server):
        answer = await request(server.port, "POST", f"/v1/bundles/{WEEK}", body, headers)
    assert (answer.status, answer.problem) == (401, "credential")


async def test_a_revoked_member_gets_no_tokens(server: Served) -> None:
    credential, (body, _, _) = await joined(server), blinded(server)
    async with server.site.hub.identity.write() as connection:
        assert await members.revoke(connection, "CERT Uno")
    async with unchanged(server):
        answer = await fetch(server, credential, body)
    assert (answer.status, answer.problem) == (401, "credential")


async def test_the_same_request_again_gets_the_same_answer(server: Served) -> None:
    credential, (body, _, _) = await joined(server), blinded(server)
    first = await fetch(server, credential, body)
    async with unchanged(server):
        again = await asyncio.gather(*(fetch(server, credential, body) for _ in range(3)))
    assert {answer.body for answer in again} == {first.body}


async def test_another_request_of_the_same_member_and_week_is_refused(server: Served) -> None:
    credential, (body, _, _), (other, _, _) = await joined(server), blinded(server), blinded(server)
    first = await fetch(server, credential, body)
    async with unchanged(server):
        answer = await fetch(server, credential, other)
    assert (answer.status, answer.problem) == (409, "bundle-taken")
    assert (await fetch(server, credential, body)).body == first.body


async def test_of_two_requests_at_once_one_is_answered(server: Served) -> None:
    credential = await joined(server)
    bodies = [blinded(server)[0] for _ in range(4)]
    answers = await asyncio.gather(*(fetch(server, credential, body) for body in bodies))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]


async def test_each_member_has_a_bundle_of_its_own(server: Served) -> None:
    one, two = await joined(server), await joined(server, "CERT Dos")
    assert (await fetch(server, one, blinded(server)[0])).status == 200
    assert (await fetch(server, two, blinded(server)[0])).status == 200


async def test_a_blinded_message_out_of_range_is_refused_and_spends_no_bundle(server: Served) -> None:
    credential, (body, _, _) = await joined(server), blinded(server)
    for place in (0, 10, 34):
        for message in (bytes(256), b"\xff" * 256):
            bent = body[: place * 256] + message + body[(place + 1) * 256 :]
            async with unchanged(server):
                answer = await fetch(server, credential, bent)
            assert (answer.status, answer.problem) == (400, "bad-bundle")
    assert (await fetch(server, credential, body)).status == 200


@pytest.mark.parametrize("size", [0, 1, 256, SIZE - 1, SIZE + 1, 3 * SIZE])
async def test_a_bundle_of_another_length_is_refused_and_spends_no_bundle(server: Served, size: int) -> None:
    credential, (body, _, _) = await joined(server), blinded(server)
    async with unchanged(server):
        answer = await fetch(server, credential, (body * 3)[:size])
    assert (answer.status, answer.problem) == (400, "bad-bundle")
    assert (await fetch(server, credential, body)).status == 200


async def test_a_bundle_of_another_media_type_is_refused(server: Served) -> None:
    headers = bearer(await joined(server)) | {"Content-Type": "application/json"}
    async with unchanged(server):
        answer = await request(server.port, "POST", f"/v1/bundles/{WEEK}", blinded(server)[0], headers)
    assert (answer.status, answer.problem) == (415, "media-type")


async def test_who_had_a_bundle_is_forgotten_with_the_week(server: Served) -> None:
    credential, (body, _, _) = await joined(server), blinded(server)
    assert (await fetch(server, credential, body)).status == 200
    async with server.site.hub.identity.read() as connection:
        assert await members.holders(connection, str(WEEK)) == 1
    await server.site.midnight(WEEK.plus(3).start, weeks=[])
    async with server.site.hub.identity.read() as connection:
        assert await members.holders(connection, str(WEEK)) == 0
