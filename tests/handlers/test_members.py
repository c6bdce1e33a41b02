"""Joining with an invitation."""

import asyncio
import base64
import json
import secrets

import pytest

from storage import members
from tests.support import NOON, WEEK, Answer, Served, request, unchanged
from warp.weeks import Week

JSON = {"Content-Type": "application/json"}


async def invited(server: Served, name: str = "CERT Uno", week: Week = WEEK) -> bytes:
    code = secrets.token_bytes(16)
    async with server.site.hub.identity.write() as connection:
        await members.invite(connection, name, "UY", code, str(week))
    return code


def body_of(code: bytes, credential: bytes) -> bytes:
    return json.dumps(
        {"invitation": base64.b64encode(code).decode(), "credential": base64.b64encode(credential).decode()}
    ).encode()


async def join(server: Served, code: bytes, credential: bytes) -> Answer:
    return await request(server.port, "POST", "/v1/members", body_of(code, credential), JSON)


async def owner(server: Served, credential: bytes) -> str | None:
    async with server.site.hub.identity.read() as connection:
        return await members.by_credential(connection, credential)


async def test_an_invitation_binds_the_credential_that_the_client_chose(server: Served) -> None:
    code, credential = await invited(server), secrets.token_bytes(32)
    answer = await join(server, code, credential)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert await owner(server, credential) == "CERT Uno"


async def test_joining_again_with_the_same_two_changes_nothing(server: Served) -> None:
    code, credential = await invited(server), secrets.token_bytes(32)
    await join(server, code, credential)
    async with unchanged(server):
        answers = await asyncio.gather(*(join(server, code, credential) for _ in range(4)))
    assert {answer.status for answer in answers} == {204}


async def test_an_unknown_invitation_is_refused(server: Served) -> None:
    await invited(server)
    async with unchanged(server):
        answer = await join(server, secrets.token_bytes(16), secrets.token_bytes(32))
    assert (answer.status, answer.problem) == (403, "invitation")


async def test_an_invitation_that_another_has_used_is_refused(server: Served) -> None:
    code, credential = await invited(server), secrets.token_bytes(32)
    await join(server, code, credential)
    async with unchanged(server):
        answer = await join(server, code, secrets.token_bytes(32))
    assert (answer.status, answer.problem) == (403, "invitation")
    assert await owner(server, credential) == "CERT Uno"


async def test_of_two_that_join_at_once_with_one_invitation_one_is_taken(server: Served) -> None:
    code = await invited(server)
    answers = await asyncio.gather(*(join(server, code, secrets.token_bytes(32)) for _ in range(6)))
    assert sorted(answer.status for answer in answers) == [204] + [403] * 5


async def test_an_invitation_holds_for_four_weeks_after_its_own(server: Served) -> None:
    held, lapsed = await invited(server, "Held", WEEK.plus(-4)), await invited(server, "L", WEEK.plus(-5))
    assert (await join(server, held, secrets.token_bytes(32))).status == 204
    async with unchanged(server):
        answer = await join(server, lapsed, secrets.token_bytes(32))
    assert (answer.status, answer.problem) == (403, "invitation")


async def test_a_lost_answer_can_be_asked_for_again_even_after_the_invitation_lapsed(server: Served) -> None:
    code, credential = await invited(server), secrets.token_bytes(32)
    await join(server, code, credential)
    server.clock.now = WEEK.plus(6).start
    assert (await join(server, code, credential)).status == 204


async def test_a_revoked_invitation_is_refused(server: Served) -> None:
    code = await invited(server)
    async with server.site.hub.identity.write() as connection:
        await members.revoke(connection, "CERT Uno")
    assert (await join(server, code, secrets.token_bytes(32))).status == 403


async def test_two_members_cannot_have_one_credential(server: Served) -> None:
    one, two, credential = await invited(server), await invited(server, "CERT Dos"), secrets.token_bytes(32)
    assert (await join(server, one, credential)).status == 204
    async with unchanged(server):
        answer = await join(server, two, credential)
    assert (answer.status, answer.problem) == (403, "invitation")


GOOD = json.loads(body_of(bytes(16), bytes(32)))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"mark",
        b"\xff" * 20,
        b"[" * 1000,
        json.dumps(GOOD | {"mark": 1}).encode(),
        json.dumps(GOOD | {"credential": "mark!"}).encode(),
        json.dumps(GOOD | {"credential": 5}).encode(),
        json.dumps(GOOD | {"credential": None}).encode(),
        json.dumps({"credential": GOOD["credential"]}).encode(),
        body_of(bytes(15), bytes(32)),
        body_of(bytes(17), bytes(32)),
        body_of(bytes(16), bytes(31)),
        body_of(bytes(16), b""),
        body_of(bytes(16), bytes(32)) + b" " * 2000,
        body_of(bytes(16), bytes(2000)),
    ],
)
async def test_a_request_of_another_form_is_refused_without_repeating_it(server: Served, body: bytes) -> None:
    await invited(server)
    async with unchanged(server):
        answer = await request(server.port, "POST", "/v1/members", body, JSON)
    assert (answer.status, answer.problem) == (400, "bad-request")
    assert b"mark" not in answer.raw


@pytest.mark.parametrize("media_type", ["text/plain", "application/octet-stream", "application/x-json"])
async def test_joining_takes_json_only(server: Served, media_type: str) -> None:
    body = body_of(await invited(server), bytes(32))
    async with unchanged(server):
        answer = await request(server.port, "POST", "/v1/members", body, {"Content-Type": media_type})
    assert (answer.status, answer.problem) == (415, "media-type")


async def test_invitations_that_nobody_used_are_forgotten_and_members_stay(server: Served) -> None:
    used, _ = await invited(server), await invited(server, "Never came")
    await join(server, used, secrets.token_bytes(32))
    await server.site.midnight(Week.of(NOON).plus(5).start, weeks=[])
    async with server.site.hub.identity.read() as connection:
        assert [each.name for each in await members.everyone(connection)] == ["CERT Uno"]
