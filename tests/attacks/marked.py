"""Reports that bear marks wherever their sender can put one: in facts, narrative, token and lookup."""

import secrets
from typing import NamedTuple

from keys import envelope, tokens
from keys.narrative import Narrative
from keys.narrative import seal as seal_narrative
from keys.receipt import Receipt, mark
from keys.tokens import VerifyKey
from storage import pool
from tests.support import WEEK, entry_of, issuer_of
from warp.client import Draft
from warp.report import encode
from warp.site import Site
from warp.weeks import Week

NARRATIVE = b"narrative-heron-51c8"
LOOKUP = b"lookup-heron-93"
NONCE = b"nonce-heron-7d"
THREAD = b"thread-heron-2e0"
"""16 bytes."""


class Facts(NamedTuple):
    """What the reports of one batch state, and no other's."""

    type: str
    sector: str
    tag: str
    occurred: str
    number: int
    urgent: bool = False

    @property
    def told(self) -> list[bytes]:
        """What a release will write down of them."""
        return [each.encode() for each in (self.type, self.sector, self.tag, self.occurred[:7])]


class Sent(NamedTuple):
    """One report, as its sender knows it."""

    envelope: bytes
    narrative: bytes
    receipt: Receipt
    token: bytes
    lookup: bytes
    week: str

    @property
    def accepted_mark(self) -> bytes:
        return mark(self.lookup)

    @property
    def spent_mark(self) -> bytes:
        return pool.arrival(self.envelope, self.token, self.week).mark


def marked(size: int) -> bytes:
    """Give randomness of which every nonce bears a mark."""
    mark_ = NONCE if size == tokens.NONCE_SIZE else b""
    return mark_ + secrets.token_bytes(size - len(mark_))


def seal(site: Site, facts: Facts, number: int = 0, week: Week = WEEK) -> Sent:
    """Seal one marked report."""
    issuer, entry = issuer_of(site, week, None), entry_of(site, week)
    key = VerifyKey.from_spki(issuer.public)
    pending = tokens.blind(key, tokens.challenge_digest(site.settings.issuer), marked)
    token = tokens.finalize(pending, key, issuer.blind_sign(tokens.request(pending, key)))
    receipt, lookup = Receipt.new(secrets.token_bytes), LOOKUP + secrets.token_bytes(32 - len(LOOKUP))
    text = f"{NARRATIVE.decode()} number {number} of {facts.type}"
    reply_key = receipt.reply_key.public
    narrative = seal_narrative(
        Narrative(text, "en", reply_key, THREAD), entry.recipients, secrets.token_bytes
    )
    draft = Draft(
        type=facts.type,
        place="UY",
        sector=facts.sector,
        tags=(facts.tag,),
        occurred=facts.occurred,
        urgent=facts.urgent,
    )
    content = envelope.Content(token, encode(draft.facts(lookup)), narrative)
    sealed = envelope.seal(envelope.pack(content), entry.report_key, site.settings.root_key)
    return Sent(sealed, narrative, receipt, token, lookup, str(week))
