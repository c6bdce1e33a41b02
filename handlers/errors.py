"""
The one place where what went wrong becomes an HTTP answer: problem details (RFC 9457).

A problem says what to do and nothing about what was sent. Faults of ours are logged as an event without any
value from the request; faults of the sender are not logged at all.
"""

from http import HTTPStatus
from typing import NamedTuple

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from handlers.turns import Busy
from keys import errors as keys_errors
from warp import opening
from warp.events import Event, Log
from warp.exchange import ClientError, Unreachable, is_temporary
from warp.intake import TokenSpent
from warp.relay import RelayFull
from warp.report import InvalidReport
from warp.schedule import ClockInDoubt
from warp.subscribing import HubFull

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that says what is wrong with a request."""

    def __init__(self, status: int, name: str, detail: str) -> None:
        super().__init__(name)
        self.status = status
        self.name = name
        self.detail = detail


class Answer(NamedTuple):
    """What a problem document says."""

    status: int
    name: str
    detail: str


_UPDATE = "Seal the report again with a client that is up to date."
_ANSWERS: dict[type[Exception], Answer] = {
    keys_errors.WrongLength: Answer(400, "wrong-length", "An envelope is exactly 16,384 bytes. " + _UPDATE),
    keys_errors.NotAnEnvelope: Answer(400, "not-an-envelope", "Send the envelope file itself, unchanged."),
    keys_errors.UnknownSuite: Answer(400, "unknown-suite", _UPDATE),
    keys_errors.ReservedBytesSet: Answer(400, "reserved-bytes", _UPDATE),
    keys_errors.CannotOpen: Answer(
        400,
        "cannot-open",
        "The envelope was damaged on its way, or is meant for another server. Send it again.",
    ),
    keys_errors.MalformedContent: Answer(400, "malformed-content", _UPDATE),
    opening.UnknownReportKey: Answer(
        410, "unknown-key", "Its key is not here, or is destroyed. Sync, and report again."
    ),
    opening.Expired: Answer(410, "expired", "Its week ended over 14 days ago. Sync, and report again."),
    opening.NotYetOpen: Answer(425, "not-yet-open", "It is sealed for a week to come. Send it in that week."),
    opening.WrongClassToken: Answer(
        403, "wrong-token", "The token is not good for this envelope. Use one of its week and class."
    ),
    TokenSpent: Answer(409, "token-spent", "The token was used for another report. Use another token."),
    keys_errors.TokenError: Answer(
        403, "bad-token", "The token is not valid here. Sync, and use another token."
    ),
    keys_errors.BadBlindedMessage: Answer(
        400, "bad-bundle", "Make the bundle's request again with a client."
    ),
    ClockInDoubt: Answer(503, "clock", "The server is not sure of the date. Try again later, unchanged."),
    InvalidReport: Answer(400, "invalid-report", "The facts inside are not a valid report. " + _UPDATE),
    HubFull: Answer(503, "hub-full", "The hub takes no more now. Try again in a minute, or read the feed."),
    Busy: Answer(503, "busy", "Too many ask for this now. Try again in a minute."),
    RelayFull: Answer(503, "relay-full", "The relay holds all that it can. Send it again in a minute."),
}
_UPSTREAM_AWAY = Answer(
    502, "upstream-away", "The relay cannot hand it on now. Keep the envelope, and send it again later."
)
_UPSTREAM_REFUSED = Answer(
    400, "upstream-refused", "The server refused it, for a reason that this relay does not know."
)
_PASSED_ON = {known.name: known for known in (*_ANSWERS.values(), _UPSTREAM_AWAY, _UPSTREAM_REFUSED)}
"""What a relay repeats of a server's refusals: made anew from here, so no byte of them passes through."""
_RETRY_SECONDS = "60"
NO_QUERY = Answer(400, "no-query", "No address here takes a query; leave out what follows the ?")
NOT_HTTP = Answer(400, "not-http", "Send a request as HTTP/1.1 (RFC 9112) has it.")
NOT_FOUND = Answer(404, "not-found", "There is nothing here.")
NOT_ALLOWED = Answer(405, "method-not-allowed", "This address does not take that method.")
FAULT = Answer(500, "fault", "The fault is ours. Nothing was kept; try again in a while.")


def problem(status: int, name: str, detail: str) -> web.Response:
    """Give a problem document; `name` identifies the kind, `detail` says what to do."""
    document = {
        "type": f"urn:warp:problem:{name}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    headers = {"Cache-Control": "no-store"}
    return web.Response(
        status=status, body=msgspec.json.encode(document), content_type=MEDIA_TYPE, headers=headers
    )


def answer(error: Exception) -> web.Response | None:
    """Give the answer to an exception; none when it is a fault of ours."""
    if isinstance(error, Problem):
        return problem(error.status, error.name, error.detail)
    if isinstance(error, ClientError):
        return _of_table(_of_upstream(error))
    for kind in type(error).__mro__:
        known = _ANSWERS.get(kind)
        if known is not None:
            return _of_table(known)
    if isinstance(error, web.HTTPMethodNotAllowed):
        response = problem(*NOT_ALLOWED)
        response.headers["Allow"] = error.headers["Allow"]
        return response
    if isinstance(error, web.HTTPNotFound):
        return problem(*NOT_FOUND)
    return None


def _of_table(known: Answer) -> web.Response:
    response = problem(*known)
    if known.status == 503:
        response.headers["Retry-After"] = _RETRY_SECONDS
    return response


def _of_upstream(error: ClientError) -> Answer:
    """Give a relay's answer for the server's; temporary where that was, and only there."""
    is_away = isinstance(error, Unreachable)
    known = _PASSED_ON.get(error.problem)
    if known is not None and is_temporary(known.status) == is_away:
        return known
    return _UPSTREAM_AWAY if is_away else _UPSTREAM_REFUSED


def middleware(log: Log) -> Middleware:
    """Give the middleware that answers every exception."""

    @web.middleware
    async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if "?" in request.raw_path:
                raise Problem(*NO_QUERY)  # noqa: TRY301 - one way out for every refusal
            return await handler(request)
        except web.HTTPPermanentRedirect as moved:
            headers = {"Location": moved.headers["Location"], "Cache-Control": "no-store"}
            return web.Response(status=308, headers=headers)
        except Exception as error:  # noqa: BLE001 - the last resort; whatever it is, its text is not repeated
            response = answer(error)
            if response is None:
                log(Event.FAULT, error)
                response = problem(*FAULT)
            return response

    return answer_errors
