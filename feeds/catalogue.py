"""
The catalogue: what every feed is chosen from, without a word of its text.

It is written last of all, to `v1/advisories/index.json`: whoever composes feeds reads it, and whoever mirrors
advisories finds them all in it, each with its versions. `Index` answers which of them a filter holds, in a
fraction of a millisecond for ten thousand: one bit for each version, one integer for each value of a facet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from feeds import filters
from feeds.entry import stamped
from feeds.filters import Filter
from warp.advisory import Advisory, Status, Version, version_of

PART = 10
"""Versions in one part of a month's archive."""


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One advisory in the catalogue."""

    name: str
    """`Advisory.id`."""
    sha256: str
    """Of its machine twin, in hexadecimal."""
    versions: tuple[Version, ...]
    """All of them, oldest first; the last one is what readers have."""
    buried: datetime | None = None

    @property
    def current(self) -> Version:
        """What readers have."""
        return self.versions[-1]

    @property
    def is_withdrawn(self) -> bool:
        """Whether nothing of it stands any more but that it was withdrawn."""
        return self.current.status is Status.WITHDRAWN


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All advisories of a tree, by name."""

    publisher: str
    """Address of the site."""
    schema: str
    """Of the twins; from the host's root."""
    advisories: tuple[Listed, ...]


class Event(NamedTuple):
    """One version of one advisory: what an entry shows."""

    listed: Listed
    version: Version

    @property
    def is_current(self) -> bool:
        """Whether no later version has followed."""
        return self.version is self.listed.current

    @property
    def time(self) -> datetime:
        """When it came out, as feeds write it."""
        return stamped(self.version.updated, self.listed.name)

    @property
    def month(self) -> str:
        """Like 2026-11, UTC."""
        return f"{self.version.updated:%Y-%m}"


def listed(advisory: Advisory, sha256: str) -> Listed:
    """
    Give an advisory's place in the catalogue.

    Args:
        advisory: What readers have, with the versions that they may know of.
        sha256: Of its machine twin.
    """
    versions = (*advisory.history, version_of(advisory))
    return Listed(name=advisory.id, sha256=sha256, versions=versions, buried=advisory.buried)


def encode(document: Catalogue) -> bytes:
    """Give the catalogue as JSON, an advisory a line."""
    head = msgspec.structs.replace(document, advisories=())
    lines = b",\n".join(msgspec.json.encode(each) for each in document.advisories)
    return msgspec.json.encode(head).removesuffix(b"]}") + b"\n" + lines + b"\n]}\n"


class Index:
    """Finds what a filter holds. Made once for each state of the catalogue."""

    def __init__(self, advisories: Iterable[Listed]) -> None:
        events = [Event(each, version) for each in advisories for version in each.versions]
        events.sort(key=lambda event: (event.time, event.listed.name, event.version.number))
        self._events = events
        keys: dict[tuple[str, str], list[int]] = {}
        months: dict[str, list[int]] = {}
        places: dict[str, list[int]] = {}
        for position, (each, version) in enumerate(events):
            facets = version.facets
            for key in (
                ("type", facets.type),
                ("place", facets.place),
                ("sector", facets.sector),
                ("severity", facets.severity),
            ):
                keys.setdefault(key, []).append(position)
            months.setdefault(events[position].month, []).append(position)
            places.setdefault(each.name, []).append(position)
        size = len(events)
        self._bits = {key: _bits(positions, size) for key, positions in keys.items()}
        self._months = {month: _bits(positions, size) for month, positions in sorted(months.items())}
        self._current = _bits([i for i, event in enumerate(events) if event.is_current], size)
        # What was about something else once: its later versions go to the readers of the earlier.
        self._moved = [
            _bits(positions, size)
            for positions in places.values()
            if len({events[i].version.facets for i in positions}) > 1
        ]

    def of(self, filter_: Filter) -> "Chosen":
        """Give what a filter holds; of drills, which are in no catalogue, nothing."""
        found = 0 if filter_.drill else (1 << len(self._events)) - 1
        for facet, values in (
            ("type", [near for code in filter_.types for near in filters.types_around(code)]),
            ("place", [near for code in filter_.countries for near in filters.places_of_country(code)]),
            ("place", [near for code in filter_.regions for near in filters.places_of_region(code)]),
            ("sector", [*filter_.sectors, ""] if filter_.sectors else []),
            ("severity", list(filters.levels_from(filter_.least)) if filter_.least else []),
        ):
            if values:
                found &= self._any(facet, values)
        for versions in self._moved:
            if matched := found & versions:
                first = matched & -matched
                found |= versions & -first
        return Chosen(self._events, self._months, found, found & self._current)

    def _any(self, facet: str, values: Sequence[str]) -> int:
        found = 0
        for value in values:
            found |= self._bits.get((facet, value), 0)
        return found


class Chosen:
    """What one filter holds, and how it is cut into a feed and its archives."""

    def __init__(self, events: Sequence[Event], months: Mapping[str, int], found: int, current: int) -> None:
        self._events = events
        self._found = found
        self._current = current
        self._counts = {
            month: count for month, bits in months.items() if (count := (found & bits).bit_count())
        }
        self._months = months

    def newest(self) -> Iterator[Event]:
        """Give what readers have, the latest first."""
        left = self._current
        while left:
            top = left.bit_length() - 1
            left ^= 1 << top
            yield self._events[top]

    def __len__(self) -> int:
        return self._current.bit_count()

    @property
    def open_since(self) -> datetime | None:
        """The time of the oldest version that no archive holds yet; none where archives hold all."""
        if not self._counts:
            return None
        month = next(reversed(self._counts))
        within = self._counts[month] % PART
        if not within:
            return None
        return self._positions(month)[-within].time

    def archives(self) -> list[str]:
        """Give the names of all archives, like 2026-11-1, oldest first."""
        newest = next(reversed(self._counts), None)
        return [
            f"{month}-{part}"
            for month, count in self._counts.items()
            for part in range(1, (count // PART if month == newest else -(-count // PART)) + 1)
        ]

    def archived(self, name: str) -> list[Event]:
        """
        Give what an archive holds, the latest first: of each advisory its last version of that time.

        Raises:
            KeyError: there is no such archive.
        """
        if name not in self.archives():
            raise KeyError("no such archive")
        month, _, part = name.rpartition("-")
        last = int(part) * PART
        return _part(self._positions(month)[last - PART : last])

    def parts(self) -> Iterator[tuple[str, list[Event]]]:
        """Give all archives with what each holds, oldest first; see `archived`."""
        month, events = "", list[Event]()
        for name in self.archives():
            of, _, part = name.rpartition("-")
            if of != month:
                month, events = of, self._positions(of)
            last = int(part) * PART
            yield name, _part(events[last - PART : last])

    def _positions(self, month: str) -> list[Event]:
        found, events = self._found & self._months[month], []
        while found:
            lowest = found & -found
            events.append(self._events[lowest.bit_length() - 1])
            found ^= lowest
        return events


def _part(events: Iterable[Event]) -> list[Event]:
    last = {each.listed.name: each for each in events}
    return sorted(last.values(), key=lambda event: event.time, reverse=True)


def _bits(positions: Iterable[int], size: int) -> int:
    packed = bytearray(size // 8 + 1)
    for position in positions:
        packed[position // 8] |= 1 << position % 8
    return int.from_bytes(packed, "little")
