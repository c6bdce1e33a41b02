"""
What a member's client says to a server: single requests, each free of anything that identifies the machine.

Under the client, which keeps the wallet, and the replay, which has members without one. A sync and a report
never share a connection, because each takes its own. An answer that is no WARP server's is told from a
refusal.
"""

import base64
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

import aiohttp
import msgspec
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError

from keys import tokens
from keys.directory import Entry
from keys.hybrid import RandBytes
from keys.tokens import Pending, VerifyKey
from warp import taxonomy
from warp.carrier import DIRECT, Carrier, Proxy, is_onion
from warp.wallet import Tokens

_TIMEOUT = aiohttp.ClientTimeout(total=120)
_LARGEST_ANSWER = 1 << 20
_TEMPORARY = frozenset({408, 425, 429})
_NOT_WARP = "the answer ({}) is not a WARP server's; check the address and the network"


class ClientError(Exception):
    """Something that the reporter can act on; says what."""

    def __init__(self, message: str, problem: str = "") -> None:
        super().__init__(message)
        self.problem = problem
        """Name of the problem that the server gave, as in docs/protocol.md §11; empty when it gave none."""


class Refused(ClientError):
    """The server refused a request and said why."""


class Unreachable(ClientError):
    """No answer came; the same request can be made again."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


def is_temporary(status: int) -> bool:
    """Say whether a refusal with this status may be followed by another answer to the same request."""
    return status in _TEMPORARY or status >= 500


@contextlib.asynccontextmanager
async def connection(proxy: Proxy | None = None) -> AsyncIterator[aiohttp.ClientSession]:
    """Give a session that shares nothing with any other, no circuit either, and hides its machine."""
    async with aiohttp.ClientSession(
        connector=proxy.connector() if proxy else None,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "gzip"},  # or it would name what is installed on this machine
        skip_auto_headers=["User-Agent"],
        timeout=_TIMEOUT,
        trust_env=False,
    ) as session:
        yield session


async def request(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """
    Make one request; redirects are not followed.

    Raises:
        Unreachable: no answer of a WARP server, or one that may be another at the next try.
        Refused: the server will never take this request.
        ClientError: an onion address without a proxy.
    """
    answer = await _ask(session, method, url, body, headers)
    if 200 <= answer.status < 300:
        return answer
    problem = _problem(answer.body)
    if problem is None:
        raise Unreachable(_NOT_WARP.format(answer.status))
    detail = problem.detail if problem.detail.isprintable() else "it does not say why"
    refusal = Unreachable if is_temporary(answer.status) else Refused
    raise refusal(f"the server answered {answer.status}: {detail}", problem.type.removeprefix(_PROBLEM))


async def public_file(session: aiohttp.ClientSession, url: str, most: int = _LARGEST_ANSWER) -> bytes | None:
    """
    Give a public file, from a WARP server or any static copy of its files; none where there is no such file.

    Raises:
        Unreachable: no answer, or one that is neither a file nor its absence.
    """
    answer = await _ask(session, "GET", url, most=most)
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise Unreachable(f"it answered {answer.status} where a file should be")
    return answer.body


async def _ask(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    most: int = _LARGEST_ANSWER,
) -> Answer:
    if is_onion(url) and not isinstance(session.connector, ProxyConnector):
        raise ClientError("an onion address is reached through Tor only: --proxy socks5h://127.0.0.1:9050")
    try:
        async with session.request(
            method, url, data=body, headers=headers, allow_redirects=False
        ) as response:
            parts, length = [], 0
            while length < most and (part := await response.content.read(most - length)):
                parts.append(part)
                length += len(part)
    except ProxyConnectionError:
        raise Unreachable("no answer from the proxy, and nothing went round it; is it running?") from None
    except (ProxyError, ProxyTimeoutError):
        raise Unreachable("the proxy found no way to the server; try again later") from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise Unreachable("no answer from the server; try again later") from None
    return Answer(response.status, b"".join(parts))


class _ProblemDocument(msgspec.Struct):
    type: str
    detail: str


_PROBLEM = "urn:warp:problem:"


def _problem(body: bytes) -> _ProblemDocument | None:
    """Give what a WARP server says of a refusal; none when something else on the way has answered."""
    try:
        document = msgspec.json.decode(body, type=_ProblemDocument)
    except msgspec.DecodeError:
        return None
    return document if document.type.startswith(_PROBLEM) else None


async def redeem(session: aiohttp.ClientSession, url: str, code: bytes, credential: bytes) -> None:
    """
    Bind a credential to an invitation's code.

    Raises:
        Refused, Unreachable.
    """
    body = msgspec.json.encode({"invitation": code, "credential": credential})
    headers = {"Content-Type": "application/json"}
    answer = await request(session, "POST", f"{url}/v1/members", body, headers)
    if answer.status != 204:
        raise Unreachable(_NOT_WARP.format(answer.status))


class Bundle(NamedTuple):
    """A request for a week's tokens."""

    week: str
    keys: Sequence[VerifyKey]
    """Of each of its 35 tokens."""
    pending: Sequence[Pending]


def token_keys(entry: Entry) -> list[VerifyKey]:
    """Give the keys of a bundle's 35 tokens, in order."""
    known = {spki: VerifyKey.from_spki(spki) for spki in set(entry.token_keys)}
    return [known[spki] for spki in entry.token_keys]


def blind_bundle(entry: Entry, keys: Sequence[VerifyKey], randbytes: RandBytes) -> list[Pending]:
    """Blind a week's 35 tokens."""
    challenge = tokens.challenge_digest(entry.issuer)
    return [tokens.blind(key, challenge, randbytes) for key in keys]


async def fetch_tokens(session: aiohttp.ClientSession, url: str, credential: bytes, bundle: Bundle) -> Tokens:
    """
    Have a bundle signed and make its tokens.

    Raises:
        Refused, Unreachable, TokenError: a signature is wrong.
    """
    body = b"".join(
        tokens.request(pending, key) for pending, key in zip(bundle.pending, bundle.keys, strict=True)
    )
    return finish_bundle(bundle, await fetch_signatures(session, url, credential, bundle.week, body))


async def fetch_signatures(
    session: aiohttp.ClientSession, url: str, credential: bytes, week: str, body: bytes
) -> bytes:
    """
    Have the blinded messages of a bundle signed; gives as many bytes.

    Raises:
        Refused, Unreachable.
    """
    headers = {
        "Content-Type": "application/octet-stream",
        "Authorization": "Bearer " + base64.b64encode(credential).decode(),
    }
    answer = (await request(session, "POST", f"{url}/v1/bundles/{week}", body, headers)).body
    if len(answer) != len(body):
        raise Refused("the server sent a bundle of another size")
    return answer


def finish_bundle(bundle: Bundle, answer: bytes) -> Tokens:
    """
    Make the tokens of a bundle from the server's answer.

    Raises:
        TokenError: a signature is wrong.
    """
    size, classes = tokens.REQUEST_SIZE, taxonomy.CLASSES
    made = [
        tokens.finalize(pending, key, answer[i * size : (i + 1) * size])
        for i, (pending, key) in enumerate(zip(bundle.pending, bundle.keys, strict=True))
    ]
    return Tokens(dict(zip(classes, made, strict=False)), made[len(classes) :])


async def send(url: str, sealed: bytes, carrier: Carrier = DIRECT) -> None:
    """
    Hand over an envelope, on a connection of its own, to the carrier's relay if it has one.

    Raises:
        Refused, Unreachable.
    """
    async with connection(carrier.proxy) as session:
        await post_envelope(session, carrier.relay or url, sealed)


async def post_envelope(session: aiohttp.ClientSession, url: str, sealed: bytes) -> None:
    """
    Hand over an envelope.

    Raises:
        Refused, Unreachable.
    """
    headers = {"Content-Type": "application/octet-stream"}
    answer = await request(session, "POST", f"{url}/v1/reports", sealed, headers)
    if answer != Answer(202, b""):
        raise Unreachable(_NOT_WARP.format(answer.status))
