"""
Attack: the server keeps all that it sees when it issues tokens, and later links what is spent to it.

It has the private keys, every blinded message with its sender and place, its own answers, which request came
twice, and every token in the order in which it was spent. It scores each pair of a token and a request by
whatever could join them, the blind that would make the pair a true one included, and takes the best request
for each token. Against the real client that is guessing; against clients that blind badly it is right.
"""

import functools
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from math import comb
from random import Random
from typing import NamedTuple

import gmpy2
import pytest

from keys import blindrsa, tokens
from keys.errors import BadSignature
from keys.tokens import EXPONENT, MODULUS_BITS, IssuerKey, Pending, VerifyKey
from tests.support import Stock, seeded

MEMBERS, EACH = 12, 12
REQUESTS = MEMBERS * EACH
CHALLENGE = tokens.challenge_digest("warp.example")
RARELY = 1e-7
"""So seldom may a guesser do as well as the bound."""


class Request(NamedTuple):
    """What the server has of one request."""

    member: int
    place: int
    """Among all that came, in order."""
    blinded: int
    signature: int
    came_twice: bool


class Spent(NamedTuple):
    """What the server has of a token, in the order of spending."""

    place: int
    message: int
    """What was signed, as a number: the signature to the power of e."""
    signature: int


class Transcript(NamedTuple):
    """All that a server can keep, and what it wants to know."""

    key: IssuerKey
    requests: list[Request]
    spent: list[Spent]
    truth: list[int]
    """Of each token: the place of its request."""


Blinding = Callable[[VerifyKey, int, int], Pending]
"""A client's way to begin a request: for a key, a member, and the place in its bundle."""


def real(key: VerifyKey, _member: int, _position: int) -> Pending:
    """Blind as the client does."""
    return tokens.blind(key, CHALLENGE, secrets.token_bytes)


def small(key: VerifyKey, member: int, position: int) -> Pending:
    """Blind with numbers that are far too small."""
    return _with_blind(real(key, member, position), 3 + 2 * (member * EACH + position))


def from_a_seed(key: VerifyKey, member: int, position: int) -> Pending:
    """Blind with what a seed of the member gives, the same for its whole bundle."""
    return _with_blind(real(key, member, position), Random(member).getrandbits(MODULUS_BITS - 8))


def _with_blind(pending: Pending, blind: int) -> Pending:
    wide = blind.to_bytes(tokens.REQUEST_SIZE)
    return Pending(pending.challenge_digest, pending.key_id, pending.nonce, pending.salt, wide)


def transcript(key: IssuerKey, blinding: Blinding, random: Random, *, retries: bool = False) -> Transcript:
    """Let members fetch and spend all their tokens; with `retries`, half of the requests come twice."""
    public = VerifyKey.from_spki(key.public)
    requests, made = [], []
    for place in range(REQUESTS):
        member, position = divmod(place, EACH)
        pending = blinding(public, member, position)
        sent, came_twice = tokens.request(pending, public), retries and random.random() < 0.5
        answers = [key.blind_sign(sent)]
        if came_twice:
            assert tokens.request(pending, public) == sent
            answers.append(key.blind_sign(sent))
            assert answers[0] == answers[1]
        requests.append(Request(member, place, int.from_bytes(sent), int.from_bytes(answers[-1]), came_twice))
        made.append((place, tokens.finalize(pending, public, answers[-1])))
    random.shuffle(made)
    spent = [read(token, place, public) for place, (_, token) in enumerate(made)]
    return Transcript(key, requests, spent, [place for place, _ in made])


def read(token: bytes, place: int, key: VerifyKey) -> Spent:
    signature = int.from_bytes(tokens.parse(token).authenticator)
    return Spent(place, int(gmpy2.powmod(signature, EXPONENT, key.numbers.n)), signature)


def derived_blind(spent: Spent, request: Request, n: int) -> int:
    """Give the blind that makes a token of a request: the quotient of the two signatures, modulo n."""
    return int(request.signature * gmpy2.invert(spent.signature, n) % n)


# What the attacker looks at: a higher score means a likelier pair.


def smallness(spent: Spent, request: Request, n: int) -> float:
    return -derived_blind(spent, request, n).bit_length()


def same_residues(spent: Spent, request: Request, _n: int) -> float:
    return sum(spent.message % prime == request.blinded % prime for prime in _PRIMES)


def same_residues_of_signatures(spent: Spent, request: Request, _n: int) -> float:
    return sum(spent.signature % prime == request.signature % prime for prime in _PRIMES)


def common_bits(spent: Spent, request: Request, _n: int) -> float:
    return -(spent.message ^ request.blinded).bit_count()


def common_bits_of_signatures(spent: Spent, request: Request, _n: int) -> float:
    return -(spent.signature ^ request.signature).bit_count()


def distance_of_bytes(spent: Spent, request: Request, _n: int) -> float:
    pairs = zip(spent.signature.to_bytes(256), request.signature.to_bytes(256), strict=True)
    return -sum(abs(a - b) for a, b in pairs)


def order(spent: Spent, request: Request, _n: int) -> float:
    return -abs(spent.place - request.place)


def reversed_order(spent: Spent, request: Request, _n: int) -> float:
    return -abs(REQUESTS - spent.place - request.place)


def bits_of_the_blind(spent: Spent, request: Request, n: int) -> float:
    return abs(derived_blind(spent, request, n).bit_count() - MODULUS_BITS / 2)


def coming_twice(spent: Spent, request: Request, n: int) -> float:
    return request.came_twice + common_bits(spent, request, n) / MODULUS_BITS


_PRIMES = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)
FEATURES = (
    smallness,
    same_residues,
    same_residues_of_signatures,
    common_bits,
    common_bits_of_signatures,
    distance_of_bytes,
    order,
    reversed_order,
    bits_of_the_blind,
    coming_twice,
)


def by_symbols(kept: Transcript) -> list[list[float]]:
    """Score by quadratic residues under the two secret primes: the message's against the blinded one's."""
    primes = (int(kept.key._numbers.p), int(kept.key._numbers.q))
    return [
        [
            sum(gmpy2.legendre(spent.message, p) == gmpy2.legendre(request.blinded, p) for p in primes)
            + (spent.message ^ request.blinded).bit_count() / 1e6
            for request in kept.requests
        ]
        for spent in kept.spent
    ]


def by_repetition(kept: Transcript) -> list[list[float]]:
    """Score by how many pairs have the same blind: whoever draws one twice is seen by it."""
    n = int(kept.key._numbers.public.n)
    blinds = [[derived_blind(spent, request, n) for request in kept.requests] for spent in kept.spent]
    often = Counter(blind for row in blinds for blind in row)
    return [[often[blind] + blind / n / 2 for blind in row] for row in blinds]


def scores(kept: Transcript, feature: Callable[[Spent, Request, int], float]) -> list[list[float]]:
    n = int(kept.key._numbers.public.n)
    return [[feature(spent, request, n) for request in kept.requests] for spent in kept.spent]


def matched(kept: Transcript, scored: list[list[float]]) -> tuple[int, int]:
    """Give how many tokens the attacker gives to the right request, and how many to the right member."""
    best = [max(range(REQUESTS), key=row.__getitem__) for row in scored]
    exact = sum(guess == true for guess, true in zip(best, kept.truth, strict=True))
    whose = sum(guess // EACH == true // EACH for guess, true in zip(best, kept.truth, strict=True))
    return exact, whose


def at_most(trials: int, chance: float) -> int:
    """Give the number of hits that a guesser exceeds with a probability of RARELY."""
    tail, hits = 0.0, trials
    while True:
        tail += comb(trials, hits) * chance**hits * (1 - chance) ** (trials - hits)
        if tail > RARELY:
            return hits
        hits -= 1


@functools.cache
def attackers() -> dict[str, Callable[[Transcript], list[list[float]]]]:
    named = {feature.__name__: functools.partial(scores, feature=feature) for feature in FEATURES}
    return {**named, "symbols": by_symbols, "repetition": by_repetition}


@pytest.fixture(scope="module")
def key(stock: Stock) -> IssuerKey:
    return next(iter(stock))


@pytest.fixture(scope="module", params=[False, True], ids=["once", "with retries"])
def kept(request: pytest.FixtureRequest, key: IssuerKey) -> Transcript:
    return transcript(key, real, seeded(3), retries=request.param)


def test_every_pair_of_a_token_and_a_request_could_be_the_true_one(kept: Transcript) -> None:
    """Exactly: for each there is one blind, it is invertible, and with it all that was seen fits."""
    public = kept.key._numbers.public
    for spent in kept.spent:
        for request in kept.requests:
            blind = derived_blind(spent, request, int(public.n))
            assert blindrsa.is_blind(blind, public)
            assert spent.message * gmpy2.powmod(blind, EXPONENT, public.n) % public.n == request.blinded
            assert request.signature * gmpy2.invert(blind, public.n) % public.n == spent.signature


def unevenness(values: Sequence[float]) -> float:
    """Give Kolmogorov's distance of values from the uniform distribution on 0 to 1, times the root of n."""
    ordered, n = sorted(values), len(values)
    return max(max((i + 1) / n - value, value - i / n) for i, value in enumerate(ordered)) * n**0.5


def test_the_blinds_of_true_and_of_false_pairs_are_alike_uniform(kept: Transcript) -> None:
    """2.8 is exceeded once in three million times."""
    n = int(kept.key._numbers.public.n)
    for shift in (0, 1, EACH, REQUESTS // 2):
        pairs = [
            (spent, kept.requests[(true + shift) % REQUESTS])
            for spent, true in zip(kept.spent, kept.truth, strict=True)
        ]
        assert unevenness([derived_blind(spent, request, n) / n for spent, request in pairs]) < 2.8


@pytest.mark.parametrize("name", attackers())
def test_no_attacker_links_better_than_by_chance(kept: Transcript, name: str) -> None:
    """Whether it takes the likeliest request by its score or the unlikeliest."""
    scored = attackers()[name](kept)
    for sign in (1, -1):
        exact, whose = matched(kept, [[sign * score for score in row] for row in scored])
        assert exact <= at_most(REQUESTS, 1 / REQUESTS)
        assert whose <= at_most(REQUESTS, 1 / MEMBERS)


@pytest.mark.parametrize(
    ("blinding", "name"), [(small, "smallness"), (from_a_seed, "repetition")], ids=["small", "from a seed"]
)
def test_the_same_attackers_link_what_a_client_has_blinded_badly(
    key: IssuerKey, blinding: Blinding, name: str
) -> None:
    """The control: so the test can fail."""
    weak = transcript(key, blinding, seeded(4))
    exact, whose = matched(weak, attackers()[name](weak))
    assert exact == whose == REQUESTS


def test_the_bound_is_that_of_the_binomial_distribution() -> None:
    assert at_most(1, 0.5) == 1
    assert at_most(100, 0.5) in range(74, 80)
    assert at_most(REQUESTS, 1 / REQUESTS) < 13


def crooked(stock: Stock) -> tuple[VerifyKey, int]:
    """Give a public key under which only one number in 65,537 has a root, and the prime that makes it so."""
    q = int(next(iter(stock))._numbers.q)
    p = (3 << 1022) // (2 * EXPONENT) * 2 * EXPONENT + 1
    while not gmpy2.is_prime(p):
        p += 2 * EXPONENT
    return VerifyKey.from_spki(tokens.spki(p * q, EXPONENT)), p


def test_a_key_that_would_tell_true_pairs_from_false_ones_makes_no_token(stock: Stock) -> None:
    """
    Under such a key blinding hides nothing: only the true pair's quotient has a root.

    But then the server has no root to answer with, either; and the client checks what it is answered.
    """
    key, p = crooked(stock)
    pending = [real(key, 0, n) for n in range(4)]
    blinded = [int.from_bytes(tokens.request(each, key)) for each in pending]
    messages = [
        int.from_bytes(blindrsa.encode(tokens._input(each), each.salt, MODULUS_BITS)) for each in pending
    ]
    quotients = [[b * gmpy2.invert(m, p) % p for b in blinded] for m in messages]
    linked = [[gmpy2.powmod(each, (p - 1) // EXPONENT, p) == 1 for each in row] for row in quotients]
    assert linked == [[n == i for n in range(4)] for i in range(4)]
    for each, number in zip(pending, blinded, strict=True):
        for answer in (number, int(gmpy2.powmod(number, EXPONENT, key.numbers.n)), 1):
            with pytest.raises(BadSignature):
                tokens.finalize(each, key, answer.to_bytes(tokens.REQUEST_SIZE))
