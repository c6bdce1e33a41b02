"""What a member is told when a wallet was lost, copied or restored from a copy, or is void."""

import contextlib
from collections.abc import Iterable, Iterator

from warp.exchange import ClientError, Refused
from warp.weeks import Week

_SOMEBODY = "If you neither lost, copied nor restored a wallet, somebody else may have it: tell the operator."

RESEALED = (
    "Its token had been used: this wallet was copied, or restored from an older copy. The report was sealed "
    f"again with another token, under the same receipt, and counts once. {_SOMEBODY}"
)
_VOID = (
    "the server does not know this wallet any more: its member was revoked, or was invited again. With a new "
    "invitation from the operator it goes on: warp join"
)
KEY_GIVEN_UP = (
    "A coordinator's key that this is sealed to is given up in the weeks to come. If it was stolen, its "
    "thief may read what you write: ask the operator first, or write nothing that must not be read."
)
USED_INVITATION = "This invitation was used, or has lapsed; the wallet stays the one that it was."


def taken(weeks: Iterable[str]) -> str:
    """Say which weeks' tokens another wallet of the member has had, and when this one gets some again."""
    parsed = sorted(map(Week.parse, weeks))
    span = str(parsed[0]) if len(parsed) == 1 else f"{parsed[0]} to {parsed[-1]}"
    return (
        f"The tokens of {span} went to another wallet of yours, one that was lost or that this is a copy of, "
        f"and cannot be had twice. This wallet's next tokens are those of {parsed[-1].plus(1)}. {_SOMEBODY}"
    )


@contextlib.contextmanager
def void_explained() -> Iterator[None]:
    """Say what to do about a credential that the server does not know any more."""
    try:
        yield
    except Refused as refused:
        if refused.problem == "credential":
            raise ClientError(_VOID) from None
        raise
