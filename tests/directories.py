"""Directories that a test signs itself: as an honest server does, or as one that means harm."""

import secrets
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys import age, directory
from keys.directory import Certificate, Entry, Proof
from keys.hybrid import HybridKey
from tests.support import WEEK, Stock
from warp import taxonomy
from warp.policies import Policy
from warp.site import Site
from warp.weeks import Week


class Signer(NamedTuple):
    """Whoever holds an online key, and its certificate."""

    online: Ed25519PrivateKey
    certificate: Certificate

    @classmethod
    def of(cls, site: Site) -> "Signer":
        """Take the online key of a site, as who runs it can."""
        return cls(site.hub.keyring.online, site.epochs.certificate)

    @classmethod
    def new(cls, first: Week = WEEK, last: Week | None = None) -> "Signer":
        """Make a root and an online key, certified for 20 weeks unless told otherwise."""
        root, online = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        return cls(online, directory.certify(root, online.public_key(), first, last or first.plus(19)))

    @property
    def pinned(self) -> bytes:
        return directory.fingerprint(self.certificate.root)

    def sign(self, entry: Entry) -> bytes:
        return directory.sign(entry, self.online, self.certificate)

    def sign_line(self, line: bytes) -> bytes:
        """Sign any line at all as an entry."""
        proof = Proof(self.certificate, self.online.sign(b"WARP directory v1\n" + line))
        return line + b"\n" + msgspec.json.encode(proof) + b"\n"

    def changed(self, document: bytes, **changes: Any) -> bytes:
        """Sign another version of a document."""
        entry = msgspec.json.decode(document.split(b"\n")[0], type=Entry)
        return self.sign(msgspec.structs.replace(entry, **changes))


def entry(stock: Stock, week: Week = WEEK, **given: Any) -> Entry:
    """Make an entry with keys of its own."""
    keys = iter(stock)
    own: dict[str, Any] = {
        "number": 0,
        "previous": "",
        "issuer": "warp.example",
        "week": str(week),
        "report_key": HybridKey.generate(secrets.token_bytes).public,
        "first_keys": {of_class: next(keys).public for of_class in taxonomy.CLASSES},
        "further_key": next(keys).public,
        "recipients": (recipient(),),
        "policy": Policy(),
        "release_at_least": 3,
        "release_after_midnights": 2,
        "members": {"UY": 5},
        "holders": 0,
        "lists": {},
    }
    return Entry(**(own | given))


def recipient() -> str:
    """Make a recipient of nobody in particular."""
    return age.Identity.generate(secrets.token_bytes).recipient.to_string()


def chain(signer: Signer, stock: Stock, length: int) -> dict[int, bytes]:
    """Sign so many weeks' entries, from WEEK on."""
    documents: dict[int, bytes] = {}
    for number in range(length):
        documents[number] = signer.sign(entry(stock, WEEK.plus(number), **after(documents)))
    return documents


def after(documents: dict[int, bytes]) -> dict[str, Any]:
    """Give what joins an entry to the documents before it."""
    number = len(documents)
    return {"number": number, "previous": directory.digest(documents[number - 1]) if number else ""}
