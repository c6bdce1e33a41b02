"""
What in a narrative may identify the reporter: found before anything is sealed, each with a neutral word for
it.

The member's own domains, networks and names come from a list that never leaves the wallet; the rest is known
by its form (`warp.patterns`). It proposes; the reporter decides what is replaced, and what is the attacker's
and stays. It cannot know a name that is on no list, nor a style of writing.
"""

import bisect
import ipaddress
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from warp.folding import HIDDEN, Folded, fold
from warp.names.placeholders import TABLES
from warp.patterns import HASH, Address, Kind, Match, address, hidden, matches

OWN = frozenset({Kind.OWN_DOMAIN, Kind.OWN_ADDRESS, Kind.NAME})
"""Kinds that come from the local list: they are kept only one by one."""

_CODES = {Kind.OWN_DOMAIN: "domain", Kind.OWN_ADDRESS: "address"}
_PLACEHOLDERS = re.compile(
    "|".join(sorted({re.escape(fold(word).text) for table in TABLES.values() for word in table.values()}))
)


class InvalidOwn(ValueError):
    """Not a domain, network or word that can be looked for; says why."""


class Own(msgspec.Struct, frozen=True):
    """What is the member's own: the local list. Kept in the wallet, sent nowhere."""

    domains: tuple[str, ...] = ()
    """With all that is below them."""
    networks: tuple[str, ...] = ()
    """IPv4 or IPv6, with the length of the prefix."""
    words: tuple[str, ...] = ()
    """Names of people and of organisations, one or more words each."""


class Hit(msgspec.Struct, frozen=True):
    """A part of a narrative that may identify."""

    kind: Kind
    start: int
    end: int
    text: str
    """What stands there."""
    replacement: str
    """What could stand there."""


def parse_domain(text: str) -> str:
    """
    Give a domain as the local list holds it.

    Raises:
        InvalidOwn: it is none.
    """
    domain = text.strip().lower().removeprefix("*.").strip(".")
    labels = r"[^\W_][\w-]*(?:\.[^\W_][\w-]*)+"
    if not re.fullmatch(labels, domain) or address(domain) or _in_ascii(domain) is None:
        raise InvalidOwn("not a domain; write it as example.org")
    return domain


def parse_network(text: str) -> str:
    """
    Give a network as the local list holds it; a single address is a network of one.

    Raises:
        InvalidOwn: it is none.
    """
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise InvalidOwn("not a network; write it as 192.0.2.0/24 or 2001:db8::/32") from None


def parse_word(text: str) -> str:
    """
    Give a word or name as the local list holds it.

    Raises:
        InvalidOwn: fewer than two letters or digits: it would be found everywhere.
    """
    if len(_letters(fold(text).text)) < 2:
        raise InvalidOwn("a word has at least two letters or digits")
    return " ".join(text.split())


def find(text: str, own: Own, language: str = "en") -> tuple[Hit, ...]:
    """
    Find what may identify; in order, and no two overlap.

    What belongs to the member is the most telling, and takes the whole of an address, path or machine's name
    that it is in. In a web address or domain of somebody else it is a part of its own, because the rest may
    be the attacker's. Of other parts that overlap, the longest gives its kind to all of it.

    Args:
        text: The narrative.
        own: The local list.
        language: BCP 47 tag of the narrative; it says in which language the replacements are.
    """
    folded = fold(text)
    seen = hidden(folded.text, (found.span() for found in _PLACEHOLDERS.finditer(folded.text)))
    parts: list[_Part] = []
    while new := _look(text, folded, seen, own):
        # Once more without them: what was taken for a part of something longer may be something by itself.
        seen = hidden(seen, (folded.whole(part.start, part.end) for part in new))
        parts += new
    table = TABLES.get(language.partition("-")[0].lower(), TABLES["en"])
    hits, done = [], 0
    for part in sorted(parts):
        start, end = folded.span(part.start, part.end)
        start = max(start, done)  # one written character can fold to parts of two things
        if start < end:
            hits.append(Hit(part.kind, start, end, text[start:end], table[part.code]))
            done = end
    return tuple(hits)


def named(text: str, hits: Iterable[Hit], texts: Collection[str]) -> frozenset[Hit]:
    """
    Give the hits that some texts name, however either is written.

    A hit is named when it stands within one of the texts, as a part of an attacker's web address does; what
    is the member's own only when it is the text, so that nobody keeps it together with something else.
    """
    folded = fold(text)
    wanted = {fold(each.strip()).text for each in texts} - {""}
    spans = [folded.span(*found) for each in wanted for found in _occurrences(folded.text, each)]
    return frozenset(
        hit
        for hit in hits
        if fold(hit.text).text in wanted
        or (hit.kind not in OWN and any(start <= hit.start and hit.end <= end for start, end in spans))
    )


def neutral(text: str, hits: Iterable[Hit], kept: Collection[Hit] = ()) -> str:
    """
    Give the text with every hit replaced, but those that are kept; hits that touch become one placeholder.

    Args:
        text: The narrative in which they were found.
        hits: In order.
        kept: Those that stay.
    """
    parts, done = [], -1
    for hit in hits:
        if hit in kept:
            continue
        if hit.start != done:
            parts += [text[max(done, 0) : hit.start], hit.replacement]
        done = hit.end
    return "".join((*parts, text[max(done, 0) :]))


def _occurrences(text: str, part: str) -> Iterator[tuple[int, int]]:
    start = text.find(part)
    while start >= 0:
        yield start, start + len(part)
        start = text.find(part, start + len(part))


class _Part(NamedTuple):
    """A part of the folded text on its way to become a hit."""

    start: int
    end: int
    kind: Kind
    code: str
    """Of its placeholder: what is own can be a whole e-mail address, path, …"""

    @classmethod
    def of(cls, match: Match) -> "_Part":
        return cls(match.start, match.end, match.kind, match.kind)


def _look(text: str, folded: Folded, seen: str, own: Own) -> list[_Part]:
    """Give what is found in what is not hidden yet: in order and apart from each other."""
    others = matches(text, folded, seen)
    mine = _merged([*_listed(seen, own), *_own_addresses(seen, others, own)])
    mine = _merged([*mine, *_whole(seen, mine, others)])
    return sorted([*mine, *_around(seen, mine, _merged(_Part.of(match) for match in others))])


def _merged(parts: Iterable[_Part]) -> list[_Part]:
    """Join the parts that overlap: in order and apart from each other."""
    joined: list[_Part] = []
    telling = list(Kind)
    for part in sorted(parts, key=lambda each: (each.start, -each.end, telling.index(each.kind))):
        if not joined or part.start >= joined[-1].end:
            joined.append(part)
            continue
        last = joined[-1]
        longer = part if part.end - part.start > last.end - last.start else last
        joined[-1] = longer._replace(start=last.start, end=max(last.end, part.end))
    return joined


def _whole(seen: str, mine: Sequence[_Part], others: Iterable[Match]) -> Iterator[_Part]:
    """Give the addresses, paths and names of machines that something of the member's makes its own."""
    for match in others:
        inside = list(_overlapping(mine, match.start, match.end))
        if match.kind in (Kind.URL, Kind.DOMAIN):
            inside = [part for part in inside if _is_host_of(part, match, seen)]
        if inside:
            kind = min((part.kind for part in inside), key=list(Kind).index)
            yield _Part(match.start, match.end, kind, match.kind)


def _is_host_of(part: _Part, match: Match, seen: str) -> bool:
    """Say whether a machine is in the member's domain or network, and not one of somebody else like it."""
    if match.host is None or part.kind is Kind.NAME:
        return False
    first, last = match.host
    is_below = part.start == first or seen[part.start - 1] == "."
    return first <= part.start and part.end == last and is_below


def _around(seen: str, mine: Sequence[_Part], others: Iterable[_Part]) -> Iterator[_Part]:
    """Give the other parts without what is the member's, as far as letters or digits are left."""
    for part in others:
        start = part.start
        for inner in (*_overlapping(mine, part.start, part.end), None):
            end = part.end if inner is None else inner.start
            if start < end and _letters(seen[start:end]):
                yield part._replace(start=start, end=end)
            start = part.end if inner is None else inner.end


def _overlapping(parts: Sequence[_Part], start: int, end: int) -> Iterator[_Part]:
    """Give those of some parts (in order, apart) that share something with a span."""
    index = bisect.bisect_right(parts, start, key=lambda part: part.end)
    while index < len(parts) and parts[index].start < end:
        yield parts[index]
        index += 1


def _own_addresses(seen: str, others: Iterable[Match], own: Own) -> Iterator[_Part]:
    networks = [ipaddress.ip_network(network) for network in own.networks]
    for match in others:
        if match.kind is Kind.ADDRESS:
            found = address(seen[match.start : match.end])
            if found is not None and any(_is_within(found, network) for network in networks):
                yield _Part(match.start, match.end, Kind.OWN_ADDRESS, "address")


def _is_within(found: Address, network: Address) -> bool:
    """Say whether an address, or a part of a network, lies in a network; ::ffff:192.0.2.1 is 192.0.2.1."""
    first = found.network_address
    if isinstance(first, ipaddress.IPv6Address) and first.ipv4_mapped and found.prefixlen >= 96:
        found = ipaddress.ip_network((int(first.ipv4_mapped), found.prefixlen - 96), strict=False)
    return found.version == network.version and found.overlaps(network)


def _in_ascii(domain: str) -> str | None:
    """Give a domain as it goes over the wire (xn--…); none for what is no domain."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return None


class _Term(NamedTuple):
    """Something of the local list, as it is looked for: its letters and digits, and where they may part."""

    kind: Kind
    code: str
    letters: str
    joints: frozenset[int]
    between: re.Pattern[str]


_BETWEEN_LABELS = re.compile(r"[._-]{1,2}")
_BETWEEN_WORDS = re.compile(r"\s*[._'’,+/\\-]?\s*")


def _terms(own: Own) -> Iterator[_Term]:
    for domain in own.domains:
        for written in {domain, _in_ascii(domain) or domain}:
            yield _term(Kind.OWN_DOMAIN, "domain", written, _BETWEEN_LABELS)
    for word in own.words:
        yield _term(Kind.NAME, "name", word, _BETWEEN_WORDS)


def _term(kind: Kind, code: str, written: str, between: re.Pattern[str]) -> _Term:
    tokens = re.findall(r"[^\W_]+", fold(written).text)
    joints, length = set(), 0
    for token in tokens:
        length += len(token)
        joints.add(length)
    return _Term(kind, code, "".join(tokens), frozenset(joints), between)


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def _listed(seen: str, own: Own) -> Iterator[_Part]:
    """Find what the local list names, whatever parts its words: ana.perez, ana_perez and anaperez, too."""
    at = [position for position, letter in enumerate(seen) if letter.isalnum()]
    letters = "".join(seen[position] for position in at)
    random = _merged(_Part(*found.span(), Kind.NAME, "") for found in HASH.finditer(seen))
    for term in _terms(own):
        first = letters.find(term.letters)
        while first >= 0:
            last = first + len(term.letters)
            if _stands_alone(seen, at, first, last) and _is_parted_right(seen, at[first:last], term):
                start, end = at[first], at[last - 1] + 1
                if not any(_overlapping(random, start, end)):
                    yield _Part(start, end, term.kind, term.code)
            first = letters.find(term.letters, first + 1)


def _stands_alone(seen: str, at: Sequence[int], first: int, last: int) -> bool:
    """Say whether letters begin and end a word; numbers, and letters without case, end a word before them."""
    starts = first == 0 or at[first] - at[first - 1] > 1 or _are_apart(seen[at[first - 1]], seen[at[first]])
    ends = last == len(at) or at[last] - at[last - 1] > 1 or _are_apart(seen[at[last - 1]], seen[at[last]])
    return starts and ends


def _are_apart(left: str, right: str) -> bool:
    has_case = left.lower() != left.upper() and right.lower() != right.upper()
    return not has_case and not (left.isdecimal() and right.isdecimal())


def _is_parted_right(seen: str, at: Sequence[int], term: _Term) -> bool:
    for number, (left, right) in enumerate(itertools.pairwise(at), start=1):
        gap = seen[left + 1 : right]
        if gap and (number not in term.joints or HIDDEN in gap or not term.between.fullmatch(gap)):
            return False
    return True
