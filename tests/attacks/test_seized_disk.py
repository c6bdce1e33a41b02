"""
Attack: the disk is seized, at any moment, by somebody who reads its bytes.

Five hundred reports arrive on three days, each with marks of its own; they are released, their keys are
destroyed and their narratives deleted. At each step all files are copied raw: databases, write-ahead logs,
what child processes put aside, the public tree. What must not be told is then looked for in the copies.
"""

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from keys import tokens
from keys.lists import Kind
from tests.attacks import seizure
from tests.attacks.marked import LOOKUP, NARRATIVE, NONCE, THREAD, Sent
from tests.attacks.seizure import BATCHES, Seizure
from tests.marks import holders
from tests.support import NOON, WEEK, Stock
from warp.publication import list_path

WAITING = ("waiting 0", "waiting 1", "waiting 2")
RELEASED = ("released 0", "released 1", "released 2")
DATABASE = ("reports.db", "reports.db-wal", "reports.db-shm")
ACCEPTED = f"public/{list_path(Kind.ACCEPTED, WEEK)}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seized(tmp_path_factory: pytest.TempPathFactory, stock: Stock) -> Seizure:
    return await seizure.seized(tmp_path_factory.mktemp("seized"), stock)


def test_everything_was_there_to_be_seized(seized: Seizure) -> None:
    assert sum(len(batch) for batch in seized.sent) == 500
    assert len(seized.moments) == 10
    files = seized.files("waiting 1")
    assert {"reports.db-wal", "reports.db-shm", "identity.db", "warp.toml"} <= set(files)
    assert seized.sent[1][0].envelope[2000:2032] in files["reports.db-wal"] + files["reports.db"]
    assert {"ended", *WAITING, *RELEASED} <= set(seized.moments)
    assert any(b"age-encryption.org" in content for content in seized.aside.values())


# Facts


@pytest.mark.parametrize("value", [NARRATIVE, LOOKUP, NONCE, THREAD])
def test_no_mark_of_a_report_is_in_any_file_at_any_moment(seized: Seizure, value: bytes) -> None:
    for moment in seized.moments:
        assert holders(seized.files(moment), value) == set(), moment
    assert holders(seized.aside, value) == set()


def test_no_facts_and_no_token_are_in_any_file_at_any_moment(seized: Seizure) -> None:
    """Neither as JSON nor in part: the names of its keys and the digest in each token would show."""
    digest = tokens.challenge_digest("warp.example:8080")
    for moment in seized.moments:
        for value in (b'","lookup":"', b'"similar":"', b'"occurred":"', digest):
            assert holders(seized.files(moment), value) == set(), moment


def test_nothing_that_only_the_sender_knows_is_in_any_file_at_any_moment(seized: Seizure) -> None:
    """Some of each batch in full, every one by its mark above."""
    some = [batch[0] for batch in seized.sent]
    own = [
        value
        for sent in some
        for value in (
            sent.receipt.secret,
            sent.receipt.reply_key.seed,
            sent.receipt.reply_key.public[:32],
            sent.token[98:130],
        )
    ]
    for moment in seized.moments:
        everything = {"all": b"\0".join(seized.files(moment).values())}
        for value in own:
            assert holders(everything, value) == set(), moment


@pytest.mark.parametrize("day", [0, 1, 2])
def test_what_a_report_states_is_in_no_database_before_its_release(seized: Seizure, day: int) -> None:
    before, after = seized.files(WAITING[day]), seized.files(RELEASED[day])
    for stated in BATCHES[day].told:
        assert not any(stated in before[name] for name in DATABASE), stated
        assert any(stated in after[name] for name in DATABASE), "the search cannot find it"


def test_an_urgent_release_tells_nothing_of_what_still_waits(seized: Seizure) -> None:
    files = seized.files("urgent")
    for stated in BATCHES[2].told:
        assert not any(stated in files[name] for name in DATABASE)
    assert any(BATCHES[3].told[0] in files[name] for name in DATABASE)


@pytest.mark.parametrize("day", [0, 1, 2])
def test_no_envelope_outlives_its_release(seized: Seizure, day: int) -> None:
    before, after = (b"".join(seized.files(moment).values()) for moment in (WAITING[day], RELEASED[day]))
    for sent in seized.sent[day]:
        assert any(part in before for part in parts(sent.envelope))
        assert not any(part in after for part in parts(sent.envelope))


def parts(value: bytes) -> list[bytes]:
    """Give pieces of a long value: a page may hold only some of it."""
    return [value[start : start + 32] for start in (1200, 5200, 9200, 13200)]


# Order


def spearman(order: Sequence[int]) -> float:
    """Give the rank correlation of a sequence of different numbers with 0, 1, 2, …"""
    rank = {value: n for n, value in enumerate(sorted(order))}
    squares = sum((n - rank[value]) ** 2 for n, value in enumerate(order))
    return 1 - 6 * squares / (len(order) * (len(order) ** 2 - 1))


def chance(number: int) -> float:
    """Give what pure chance exceeds once in some two million times: five standard deviations."""
    return float(5 / (number - 1) ** 0.5)


def offsets(content: bytes, values: Sequence[bytes]) -> list[int]:
    """Give where each value stands in a file."""
    found = [content.find(value) for value in values]
    assert -1 not in found
    return found


def narrative_ends(content: bytes, sent: Sequence[Sent]) -> list[int]:
    """Give where each narrative ends; a page's border may cut one of two places, never both."""
    found = [
        max(content.find(each.narrative[-40:]), content.find(each.narrative[-200:-160])) for each in sent
    ]
    assert -1 not in found
    return found


def places_of(seized: Seizure, moment: str, statement: str, values: Sequence[bytes]) -> list[int]:
    """Give where each value stands among the rows of a statement, in a database as it was seized."""
    with seized.database(moment, "reports.db") as database:
        rows = [row[0] for row in database.execute(statement)]
    order = {value: n for n, value in enumerate(rows)}
    return [order[value] for value in values]


ORDERS: dict[str, Callable[[Seizure, str, list[Sent]], list[int]]] = {
    "narratives in the file": lambda seized, moment, sent: narrative_ends(
        seized.files(moment)["reports.db"], sent
    ),
    "narratives by key": lambda seized, moment, sent: places_of(
        seized, moment, "SELECT narrative FROM inbox ORDER BY id", [each.narrative for each in sent]
    ),
    "narratives as a query gives them": lambda seized, moment, sent: places_of(
        seized, moment, "SELECT narrative FROM inbox", [each.narrative for each in sent]
    ),
    "accepted marks as published": lambda seized, moment, sent: offsets(
        seized.files(moment)[ACCEPTED], [each.accepted_mark for each in sent]
    ),
    "spent marks in the file": lambda seized, moment, sent: offsets(
        seized.files(moment)["reports.db"], [each.spent_mark for each in sent]
    ),
    "spent marks as a query gives them": lambda seized, moment, sent: places_of(
        seized, moment, "SELECT mark FROM spent", [each.spent_mark for each in sent]
    ),
}


@pytest.mark.parametrize("name", ORDERS)
def test_nothing_tells_in_which_order_released_reports_came(seized: Seizure, name: str) -> None:
    everything = [sent for batch in seized.sent for sent in batch]
    for moment, sent in (("released 0", seized.sent[0]), ("released 2", everything)):
        assert abs(spearman(ORDERS[name](seized, moment, sent))) < chance(len(sent)), moment


def test_nothing_tells_a_mark_from_a_filler_once_it_is_published(seized: Seizure) -> None:
    """The database held it until midnight, so that the list could grow; then only the list does."""
    for day, moment in enumerate(RELEASED):
        files = seized.files(moment)
        marks = [each.accepted_mark for each in seized.sent[day]]
        assert all(each in files[ACCEPTED] for each in marks)
        assert not any(each in files[name] for each in marks for name in DATABASE)


def test_order_shows_in_the_pool_until_the_release_so_the_measure_can_fail(seized: Seizure) -> None:
    """The limit that the threat model states; the same measure that is nil afterwards."""
    files = seized.files("waiting 0")
    content = files["reports.db"] + files["reports.db-wal"]
    sent = seized.sent[0]
    placed = [max(content.rfind(part) for part in parts(each.envelope)) for each in sent]
    assert spearman(placed) > 0.5


def test_the_keys_of_waiting_envelopes_are_in_no_order(seized: Seizure) -> None:
    sent = seized.sent[0]
    order = places_of(
        seized, "waiting 0", "SELECT envelope FROM pool ORDER BY id", [each.envelope for each in sent]
    )
    assert abs(spearman(order)) < chance(len(sent))


def test_what_a_rewriting_puts_aside_is_in_no_order_either(seized: Seizure) -> None:
    """A temporary file has no name, but it has been on the disk."""
    sent, measured = seized.sent[0], 0
    for content in seized.aside.values():
        found = [(n, content.find(each.narrative[-40:])) for n, each in enumerate(sent)]
        there = [place for _, place in found if place >= 0]
        if len(there) > 100:
            measured += 1
            assert abs(spearman(there)) < chance(len(there))
    assert measured


def test_the_rank_correlation_is_right() -> None:
    assert spearman(range(500)) == pytest.approx(1)
    assert spearman(range(500, 0, -1)) == pytest.approx(-1)
    assert spearman([2, 4, 1, 3, 5]) == pytest.approx(0.5)


# Times


def test_the_time_of_no_file_and_no_folder_is_that_of_a_report(seized: Seizure) -> None:
    """
    Databases and keys have none; public files have that of a schedule; the rest that of the founding.

    The folder of the databases is compared after a rewriting; from the server's start until then its time is
    that of the start.
    """
    settled = [moment for moment in seized.moments if moment not in {"waiting 0", "ended"}]
    for moment in seized.moments:
        top = seized.moments[moment]
        assert top.stat().st_mtime == 0 or moment not in settled, moment
        for path in top.rglob("*"):
            name, time = str(path.relative_to(top)), path.stat().st_mtime
            if name.startswith(("identity.db", "reports.db", "keys/weeks/", "keys/online")):
                assert time == 0, (moment, name)
            elif name.startswith("public/") and path.is_file():
                assert time % 86_400 == 0, (moment, name)


FINER = re.compile(rb"\b([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?|\b\d{10}(?:\d{3}){0,3}\b")
"""A time of day, or what may be seconds, milliseconds, microseconds or nanoseconds since 1970."""


def too_fine(text: bytes, began: float) -> list[bytes]:
    """Give what in a text may be a time of the run, by its own clock or by the machine's."""
    found = [match[0] for match in FINER.finditer(text)]
    return [
        each for each in found if (is_time(int(each), began) if each.isdigit() else set(each) - set(b"0:"))
    ]


def is_time(number: int, began: float) -> bool:
    """Say whether a number lies in the site's days, or in the machine's days around the test, in any unit."""
    spans = (
        (NOON.timestamp() - 86_400, NOON.timestamp() + 200 * 86_400),
        (began - 86_400, began + 86_400),
    )
    return any(low <= number / unit <= high for low, high in spans for unit in (1, 10**3, 10**6, 10**9))


def test_the_search_for_times_sees_some(seized: Seizure) -> None:
    for text in (b'{"at":1795003200}', b"2026-11-18T12:00:01Z", b"1795003200123", b"at 09:15"):
        assert too_fine(text, NOON.timestamp()), text
    for text in (b"2026-11-18T00:00:00Z", b"fraud/phishing", b"0123456789"):
        assert not too_fine(text, NOON.timestamp()), text


def test_no_value_of_a_database_is_a_time_finer_than_a_day(seized: Seizure) -> None:
    """Every column of every row: no number and no text that could be a moment."""
    began, looked_at = machine_began(seized), 0
    for moment in (*RELEASED, "ended"):
        for name in ("identity.db", "reports.db"):
            for value in values(seized, moment, name):
                looked_at += 1
                if isinstance(value, (int, float)):
                    assert not is_time(int(value), began), (moment, name, value)
                elif isinstance(value, str):
                    assert not too_fine(value.encode(), began), (moment, name, value)
    assert looked_at > 5_000


def values(seized: Seizure, moment: str, name: str) -> Iterator[object]:
    with seized.database(moment, name) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - its own tables' names
                yield from row


def machine_began(seized: Seizure) -> float:
    """Give when the run began by the machine's clock, from a file that is no database."""
    return (seized.moments["waiting 0"].parent / "temporary").stat().st_ctime


def test_no_public_file_and_no_setting_tells_a_time_finer_than_a_day(seized: Seizure) -> None:
    began, looked_at = machine_began(seized), 0
    for moment in seized.moments:
        for name, content in seized.files(moment).items():
            if not name.startswith(("identity.db", "reports.db", "keys/", "take-offline/")):
                looked_at += 1
                assert not too_fine(written(name, content), began), (moment, name)
    assert looked_at > 100


def written(name: str, content: bytes) -> bytes:
    """Give what of a file is text; random bytes of a list may look like a time of day."""
    return b"\n".join(content.split(b"\n", 2)[:2]) if name.endswith(".list") else content


def test_no_gzip_header_holds_a_time_or_a_name(seized: Seizure) -> None:
    packed = [path for moment in seized.moments.values() for path in moment.rglob("*.gz")]
    assert packed
    for path in packed:
        content = path.read_bytes()
        assert (content[3], content[4:8]) == (0, bytes(4)), path


def counters(path: Path) -> tuple[int, int, int]:
    """Give the counters in a database's header: changes, schema changes, changes at its last writer's."""
    head = path.read_bytes()[:100]
    return tuple(struct.unpack(">I", head[at : at + 4])[0] for at in (24, 40, 92))  # type: ignore[return-value]


def test_a_databases_header_counts_rewritings_and_no_report(seized: Seizure) -> None:
    """
    The change counter does not follow commits of one connection, and only one connection writes.

    It rises by the same at each rewriting, whatever came in between, so it tells how often that was: once a
    midnight, and once for each other hour at which something urgent was released.
    """
    seen = {moment: counters(seized.moments[moment] / "reports.db") for moment in seized.moments}
    pairs = (
        ("released 0", "released 1"),  # 150 reports in between
        ("released 1", "urgent"),  # 150
        ("urgent", "released 2"),  # none
    )
    steps = [tuple(b - a for a, b in zip(seen[one], seen[other], strict=True)) for one, other in pairs]
    assert steps == [(2, 1, 2)] * 3


def test_the_index_of_the_write_ahead_log_counts_transactions_until_the_server_ends(seized: Seizure) -> None:
    """The limit that the threat model states: how many there were since the server began, not when."""
    at = {moment: log_counter(seized, moment) for moment in (*WAITING, *RELEASED)}
    assert 0 < at["waiting 1"] - at["released 0"] <= len(seized.sent[1])
    assert not (seized.moments["ended"] / "reports.db-shm").exists()


def log_counter(seized: Seizure, moment: str) -> int:
    index = (seized.moments[moment] / "reports.db-shm").read_bytes()
    return int(struct.unpack("=I", index[8:12])[0])


# What is gone


def key_values(seized: Seizure) -> Iterator[bytes]:
    """Give values each of which is enough to have a destroyed key back: seed, primes, exponents, DER."""
    assert seized.keys is not None
    yield seized.keys.seed
    for der in seized.keys.issuers:
        private = load_der_private_key(der, None)
        assert isinstance(private, RSAPrivateKey)
        numbers = private.private_numbers()
        for number in (numbers.p, numbers.q, numbers.d, numbers.dmp1, numbers.iqmp):
            yield number.to_bytes((number.bit_length() + 7) // 8)[:32]
        yield der[-48:]


def test_no_destroyed_key_remains_in_any_form(seized: Seizure) -> None:
    before, after = seized.files("released 2"), seized.files("keys destroyed")
    ended = {"all": b"\0".join(seized.files("ended").values())}
    assert f"keys/weeks/{WEEK}.json" in before
    assert f"keys/weeks/{WEEK}.json" not in after
    there = {"all": b"\0".join(content for name, content in after.items() if name != "names")}
    found = list(key_values(seized))
    assert len(found) == 1 + 12 * 6
    assert any(holders({"key": before[f"keys/weeks/{WEEK}.json"]}, value) for value in found)
    for value in found:
        assert holders(there, value) == holders(ended, value) == set()


def test_what_hung_on_destroyed_keys_is_gone_with_them(seized: Seizure) -> None:
    before, after = (seized.files(moment)["reports.db"] for moment in ("released 2", "keys destroyed"))
    for sent in seized.sent[0]:
        assert sent.spent_mark in before
        assert sent.spent_mark not in after


def test_no_deleted_narrative_remains(seized: Seizure) -> None:
    kept, after, ended = (
        b"".join(seized.files(moment).values())
        for moment in ("keys destroyed", "narratives deleted", "ended")
    )
    for batch in seized.sent:
        for sent in batch:
            pieces = [sent.narrative[start : start + 32] for start in (1700, 5700, 9700, 13700)]
            assert any(piece in kept for piece in pieces)
            assert not any(piece in after or piece in ended for piece in pieces)
