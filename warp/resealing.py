"""
Seals a report again whose token turned out to be used: the wallet was copied, or restored from a copy.

Over the client, in the outbox's one bad case. The server says `token-spent` of an envelope that it never
took, so the report counts once, under the receipt that its reporter has. It is sealed again once per attempt:
whoever answers in the server's place could otherwise draw one token after another out of a wallet.
"""

from datetime import datetime

import msgspec

from keys.hybrid import RandBytes
from keys.receipt import Receipt
from warp import client, taxonomy
from warp.carrier import DIRECT, Carrier
from warp.client import Draft
from warp.exchange import Refused
from warp.wallet import Contents, Kept, Wallet
from warp.weeks import Week


async def deliver(wallet: Wallet, now: datetime, randbytes: RandBytes, carrier: Carrier = DIRECT) -> int:
    """
    Send what is in the outbox as `client.deliver` does; gives how many reports were sealed again on the way.

    Raises:
        Unreachable: what is left stays in the outbox.
        Refused: the server does not take the first one, which stays.
        GivenUp: its token was used, and nothing is left to seal it from.

    Over a relay nothing is sealed again: it could keep the first envelope, deny it, and deliver both.
    """
    again: set[bytes] = set()
    while True:
        try:
            await client.deliver(wallet, carrier)
        except Refused as refused:
            if refused.problem != "token-spent" or isinstance(refused, client.GivenUp):
                raise
            if carrier.relay:
                raise Refused(_BY_RELAY, refused.problem) from None
            kept = wallet.contents.kept_of(wallet.contents.outbox[0])
            if kept is None:
                raise
            if kept.receipt in again:
                raise Refused(_USED_TWICE, refused.problem) from None
            if not _reseal(wallet, kept, now, randbytes):
                raise Refused(_NONE_LEFT, refused.problem) from None
            again.add(kept.receipt)
        else:
            return len(again)


_BY_RELAY = (
    "the relay says that the report's token has been used. Only the server knows, and a relay that says so "
    "untruly would have the report counted twice. The report is still in the wallet; to ask the server, run "
    "warp report --retry without the relay"
)
_COPIED = "this wallet was copied, or restored from an older copy. The report is still in it: "
_USED_TWICE = (
    f"the report's token had been used, and so had the next one: {_COPIED}"
    "to try another token, run warp report --retry"
)
_NONE_LEFT = (
    f"the report's token had been used, and no other is left for it: {_COPIED}"
    "to send it in a week whose tokens the wallet has, run warp report --retry then"
)


def _reseal(wallet: Wallet, kept: Kept, now: datetime, randbytes: RandBytes) -> bool:
    """Put the first report of the outbox under another token, as one step; False when there is none left."""
    contents, receipt = wallet.contents, Receipt(kept.receipt)
    draft = msgspec.msgpack.decode(kept.draft, type=Draft)
    for week in dict.fromkeys((kept.week, str(Week.of(now)))):
        token = _any_token(contents, week, taxonomy.class_of(draft.type), randbytes)
        if token is None:
            continue
        entry, root = client.entry_of_week(wallet, Week.parse(week))
        sealed = client.seal_with(draft, token, entry, root, receipt, randbytes)
        contents.tokens[week].erase(token)
        contents.outbox[0] = sealed
        contents.kept.append(client.keep(sealed, draft, week, receipt))
        contents.forget_delivered()
        wallet.save()
        return True
    return False


def _any_token(contents: Contents, week: str, of_class: str, randbytes: RandBytes) -> bytes | None:
    """Give a token, drawn so that two copies of a wallet do not go on to use the same ones."""
    left = contents.tokens.get(week)
    if left is None:
        return None
    if of_class in left.first:
        return left.first[of_class]
    return left.further[int.from_bytes(randbytes(8)) % len(left.further)] if left.further else None
