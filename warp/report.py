"""
What a report states: the structured facts inside an envelope.

The reporter's client writes them, the server reads them in memory only. Parsing is strict, because whatever
is accepted here is counted: unknown and duplicate keys, unknown codes and impossible dates are all refused.
The narrative is not here; it is sealed to the coordinators and the server cannot read it.
"""

import base64
import binascii
import json
import re
from datetime import date

import msgspec

from warp import places, taxonomy

LOOKUP_BYTES = 32
_OCCURRED = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


class InvalidReport(ValueError):
    """The facts are not a valid report; names the field at fault, never its value."""


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The facts of one report, as they stand in the envelope. Every field is always present."""

    type: str
    """RSIT type, class/type."""
    place: str
    """ISO 3166-1 alpha-2 of the victim, a wider M49 code, or empty for unknown."""
    sector: str
    """NIS2 annex sector, or empty for unknown."""
    occurred: str
    """YYYY, YYYY-MM, YYYY-MM-DD, or empty for unknown."""
    severity: taxonomy.Severity
    similar: taxonomy.Similar
    """How many similar incidents this report stands for, in bands; figures and detection ignore it."""
    tags: tuple[str, ...]
    """Sorted, each once."""
    lookup: str
    """The receipt's lookup value: 32 bytes, base64url without padding."""
    urgent: bool
    """Release at the next full hour instead of the next midnight, with less cover."""

    @property
    def is_test(self) -> bool:
        """Whether it is a test report, which goes the whole way and is never counted."""
        return self.type == taxonomy.TEST_TYPE

    def occurred_month(self, released: date) -> str:
        """Give the month of occurrence, YYYY-MM; empty when unknown, coarser, or after the release."""
        month = self.occurred[:7]
        return month if len(month) == 7 and month <= f"{released:%Y-%m}" else ""

    def latest_month(self, released: date) -> str:
        """Give the last month in which it can have occurred; empty when unknown or after the release."""
        month = f"{self.occurred}-12" if len(self.occurred) == 4 else self.occurred[:7]
        return month if month <= f"{released:%Y-%m}" else ""


def check(report: Report) -> None:
    """
    Check every code and date of a report.

    Raises:
        InvalidReport: names the first field that is wrong.
    """
    _require(report.type in taxonomy.TYPES, "type: not an RSIT type; write it class/type")
    _require(report.place == "" or places.is_place(report.place), "place: not an ISO 3166-1 or M49 code")
    _require(report.sector == "" or report.sector in taxonomy.SECTORS, "sector: not a NIS2 sector")
    _require(report.occurred == "" or _is_date(report.occurred), "occurred: not YYYY, YYYY-MM or YYYY-MM-DD")
    _require(all(tag in taxonomy.TAGS for tag in report.tags), "tags: not in the list of tags")
    _require(list(report.tags) == sorted(set(report.tags)), "tags: not sorted, or one stands twice")
    _require(_is_lookup(report.lookup), "lookup: not 32 bytes in base64url")


def rehearsed(report: Report, of_type: str) -> Report:
    """Give what a report counts as in a drill: a test one as the rehearsed type, any other as nothing."""
    return msgspec.structs.replace(report, type=of_type if report.is_test else taxonomy.TEST_TYPE)


def parse(facts: bytes) -> Report:
    """
    Give the report that an envelope's facts state.

    Raises:
        InvalidReport: not strict JSON of exactly these fields, or a value is not allowed.
    """
    try:
        report = msgspec.json.decode(facts, type=Report)
        json.loads(facts, object_pairs_hook=_refuse_duplicates)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Not "from error": the decoder's message repeats what stood in the report.
        raise InvalidReport("not JSON of exactly the fields of a report") from None
    check(report)
    return report


def encode(report: Report) -> bytes:
    """Give the facts as they stand in an envelope."""
    return msgspec.json.encode(report)


def encode_lookup(lookup: bytes) -> str:
    """Write a lookup value as the facts carry it."""
    return base64.urlsafe_b64encode(lookup).rstrip(b"=").decode()


def decode_lookup(text: str) -> bytes:
    """Give the 32 bytes of a lookup value that `check` has passed."""
    return base64.urlsafe_b64decode(text + "=")


def _require(holds: bool, message: str) -> None:  # noqa: FBT001 - reads as a sentence at every call
    if not holds:
        raise InvalidReport(message)


def _is_date(text: str) -> bool:
    if not _OCCURRED.fullmatch(text):
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _is_lookup(text: str) -> bool:
    try:
        lookup = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(lookup) == LOOKUP_BYTES and encode_lookup(lookup) == text


def _refuse_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidReport("a key stands twice")
    return found
