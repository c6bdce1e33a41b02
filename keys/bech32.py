"""
Bech32 without a limit on length, as age writes its keys.

Under `keys.age` only. It knows letters and checksums, and not what the bytes are.

Source: BIP 173; age specification, "Conventions used in this document".
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import xor

from keys.errors import BadSpelling

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_SIZE = 6


def _step(top: int) -> int:
    return reduce(xor, (generator for i, generator in enumerate(_GENERATOR) if top >> i & 1), 0)


_STEPS = tuple(_step(top) for top in range(32))
"""What each value of the checksum's top five bits adds to it."""


def encode(prefix: str, data: bytes) -> str:
    """Give the lower-case text of some bytes after a lower-case prefix."""
    values = list(_regroup(data, 8, 5))
    remainder = _polymod([*_expand(prefix), *values, *bytes(_CHECKSUM_SIZE)]) ^ 1
    checksum = [remainder >> 5 * (_CHECKSUM_SIZE - 1 - i) & 31 for i in range(_CHECKSUM_SIZE)]
    return prefix + "1" + "".join(_ALPHABET[value] for value in values + checksum)


def decode(prefix: str, text: str) -> bytes:
    """
    Give the bytes of a lower-case text.

    Raises:
        BadSpelling: another prefix, a foreign letter, a wrong checksum, or padding that is not zero.
    """
    values = [_ALPHABET.find(letter) for letter in text[len(prefix) + 1 :]]
    if not text.startswith(prefix + "1") or -1 in values:
        raise BadSpelling
    if len(values) < _CHECKSUM_SIZE or _polymod([*_expand(prefix), *values]) != 1:
        raise BadSpelling
    data = values[:-_CHECKSUM_SIZE]
    spare = 5 * len(data) % 8
    if spare >= 5 or (spare and data[-1] & (1 << spare) - 1):
        raise BadSpelling
    return bytes(_regroup(data, 5, 8))[: 5 * len(data) // 8]


def _expand(prefix: str) -> list[int]:
    letters = prefix.encode("ascii")
    return [letter >> 5 for letter in letters] + [0] + [letter & 31 for letter in letters]


def _polymod(values: Iterable[int]) -> int:
    checksum = 1
    for value in values:
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value ^ _STEPS[checksum >> 25]
    return checksum


def _regroup(values: Iterable[int], width: int, wanted: int) -> Iterator[int]:
    """Give numbers of `wanted` bits out of numbers of `width` bits, the last one filled with zero bits."""
    held = bits = 0
    for value in values:
        held = held << width | value
        bits += width
        while bits >= wanted:
            bits -= wanted
            yield held >> bits
            held &= (1 << bits) - 1
    if bits:
        yield held << wanted - bits
