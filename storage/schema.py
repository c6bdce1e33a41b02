"""
The two databases, column by column: what each value means, its unit, and how long it lives.

`identity` knows members and nothing of reports; `reports` knows reports and nothing of members. No column of
one can be joined with a column of the other. No address, user agent, time of day, sequence number or request
value has a column. Days and weeks are ISO 8601 text, UTC. `docs/data.md` says the same for readers; a test
holds the two together. The migrations under `migrations/` build what stands here.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy import Float as Real
from sqlalchemy.schema import SchemaItem

identity = MetaData()
reports = MetaData()


def _table(name: str, metadata: MetaData, *columns: SchemaItem) -> Table:
    """Rows lie under their key, not under a row number, which would count insertions."""
    return Table(name, metadata, *columns, sqlite_with_rowid=False)


members = _table(
    "members",
    identity,
    Column("name", Text, primary_key=True, comment="the team's name, as the operator wrote it"),
    Column("place", Text, nullable=False, comment="its country, M49 area, or empty"),
    Column("invitation", LargeBinary, nullable=False, comment="SHA-256 of the invitation's code"),
    Column("invited", Text, nullable=False, comment="ISO week of the invitation; it lapses after four more"),
    Column("credential", LargeBinary, comment="SHA-256 of the member's credential; null until it joins"),
    Column(
        "joined",
        Integer,
        nullable=False,
        server_default="0",
        comment="1 once it has joined; stays so when it is invited again",
    ),
)

bundles = _table(
    "bundles",
    identity,
    Column("member", Text, ForeignKey("members.name", ondelete="CASCADE"), primary_key=True, comment="who"),
    Column("week", Text, primary_key=True, comment="ISO week of the tokens; row deleted with its keys"),
    Column(
        "request", LargeBinary, nullable=False, comment="SHA-256 of the blinded request, for exact retries"
    ),
)

feed_passwords = _table(
    "feed_passwords",
    identity,
    Column("password", LargeBinary, primary_key=True, comment="SHA-256 of a label and the feed password"),
    Column(
        "member",
        Text,
        ForeignKey("members.name", ondelete="CASCADE"),
        nullable=False,
        unique=True,
        comment="whose; until it is revoked, replaced, or the member is deleted",
    ),
)

coordinators = _table(
    "coordinators",
    identity,
    Column("name", Text, primary_key=True, comment="the coordinator's name, as in --as NAME"),
    Column("recipient", Text, nullable=False, comment="public age recipient, age1pq1…"),
)

subscriptions = _table(
    "subscriptions",
    identity,
    Column("topic", Text, primary_key=True, comment="path of the feed, from the site's root"),
    Column("callback", Text, primary_key=True, comment="address that its news is sent to"),
    Column("host", Text, nullable=False, comment="of the callback; each may have so many subscriptions"),
    Column("secret", LargeBinary, nullable=False, comment="of the subscriber, under 200 bytes; or empty"),
    Column("until", Text, nullable=False, comment="last day of the lease; row deleted after it"),
    Column("sent", LargeBinary, nullable=False, comment="SHA-256 of the feed last sent, or current at first"),
)

pool = Table(
    "pool",
    reports,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="63 random bits"),
    Column("envelope", LargeBinary, nullable=False, comment="still sealed, 16,384 bytes; until the release"),
)

waiting = _table(
    "waiting",
    reports,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="always 1: one row for the pool"),
    Column("midnights", Integer, nullable=False, comment="midnights that the pool has waited through"),
    Column("day", Text, nullable=False, comment="last day whose midnight work is done"),
    CheckConstraint("id = 1", name="one_row"),
)

spent = _table(
    "spent",
    reports,
    Column("mark", LargeBinary, primary_key=True, comment="SHA-256 of the token; until its week's keys go"),
    Column(
        "envelope", LargeBinary, nullable=False, comment="SHA-256 of token and envelope, for exact retries"
    ),
    Column("week", Text, nullable=False, comment="ISO week of the token"),
)

tally_day = _table(
    "tally_day",
    reports,
    Column("day", Text, primary_key=True, comment="day of release"),
    Column("type", Text, primary_key=True, comment="RSIT type"),
    Column("place", Text, primary_key=True, comment="country, M49 code, or empty"),
    Column("reports", Integer, nullable=False, comment="reports; kept for good"),
)

tally_similar = _table(
    "tally_similar",
    reports,
    Column("day", Text, primary_key=True, comment="day of release"),
    Column("type", Text, primary_key=True, comment="RSIT type"),
    Column("place", Text, primary_key=True, comment="country, M49 code, or empty"),
    Column("similar", Text, primary_key=True, comment="band of similar incidents that one report covers"),
    Column("reports", Integer, nullable=False, comment="reports; kept for good"),
)

tally_first = _table(
    "tally_first",
    reports,
    Column("day", Text, primary_key=True, comment="day of release"),
    Column("type", Text, primary_key=True, comment="RSIT type"),
    Column("place", Text, primary_key=True, comment="country, M49 code, or empty"),
    Column("token_week", Text, primary_key=True, comment="ISO week of the token"),
    Column("first_tokens", Integer, nullable=False, comment="reports made with a first token; kept for good"),
)

tally_late_first = _table(
    "tally_late_first",
    reports,
    Column("day", Text, primary_key=True, comment="day of release"),
    Column("type", Text, primary_key=True, comment="RSIT type"),
    Column("place", Text, primary_key=True, comment="country, M49 code, or empty"),
    Column("token_week", Text, primary_key=True, comment="ISO week of the token"),
    Column(
        "first_tokens",
        Integer,
        nullable=False,
        comment="of tally_first, those of old incidents' reports; kept for good",
    ),
)

tally_sector = _table(
    "tally_sector",
    reports,
    Column("quarter", Text, primary_key=True, comment="quarter of release, 2026-Q4"),
    Column("class", Text, primary_key=True, comment="RSIT class"),
    Column("sector", Text, primary_key=True, comment="NIS2 sector, or empty"),
    Column("reports", Integer, nullable=False, comment="reports; kept for good"),
)

tally_severity = _table(
    "tally_severity",
    reports,
    Column("quarter", Text, primary_key=True, comment="quarter of release"),
    Column("class", Text, primary_key=True, comment="RSIT class"),
    Column("severity", Text, primary_key=True, comment="unknown, low, medium, high, critical"),
    Column("reports", Integer, nullable=False, comment="reports; kept for good"),
)

tally_tag = _table(
    "tally_tag",
    reports,
    Column("quarter", Text, primary_key=True, comment="quarter of release"),
    Column("class", Text, primary_key=True, comment="RSIT class"),
    Column("tag", Text, primary_key=True, comment="tag; a report counts under each of its tags"),
    Column("reports", Integer, nullable=False, comment="reports; kept for good"),
)

tally_occurrence = _table(
    "tally_occurrence",
    reports,
    Column("month", Text, primary_key=True, comment="month of occurrence, 2026-11, or empty"),
    Column("class", Text, primary_key=True, comment="RSIT class"),
    Column("sub_region", Text, primary_key=True, comment="M49 sub-region (or region) of the place, or empty"),
    Column("reports", Integer, nullable=False, comment="reports; kept for good"),
)

tally_delay = _table(
    "tally_delay",
    reports,
    Column("quarter", Text, primary_key=True, comment="quarter of release"),
    Column(
        "delay", Text, primary_key=True, comment="band of months from occurrence to release; 0, …, over-60"
    ),
    Column("reports", Integer, nullable=False, comment="reports whose month is known; kept for good"),
)

tally_late = _table(
    "tally_late",
    reports,
    Column("day", Text, primary_key=True, comment="day of release"),
    Column("type", Text, primary_key=True, comment="RSIT type"),
    Column("place", Text, primary_key=True, comment="country, M49 code, or empty"),
    Column(
        "reports",
        Integer,
        nullable=False,
        comment="reports of incidents three or more calendar months before their release; kept for good",
    ),
)

inbox = _table(
    "inbox",
    reports,
    Column("id", LargeBinary, primary_key=True, comment="16 random bytes"),
    Column("week", Text, nullable=False, comment="ISO week of release; row deleted 90 days after it"),
    Column(
        "narrative", LargeBinary, nullable=False, comment="age file sealed to the coordinators, 13,824 bytes"
    ),
)

unlisted = _table(
    "unlisted",
    reports,
    Column("kind", Text, primary_key=True, comment="the public list that it will join: accepted or replies"),
    Column(
        "item",
        LargeBinary,
        primary_key=True,
        comment="a mark or a sealed reply; deleted at the next midnight",
    ),
)

figures = _table(
    "figures",
    reports,
    Column("period", Text, primary_key=True, comment="the closed week, month or quarter, 2026-W47"),
    Column("release", Text, nullable=False, comment="JSON of the published figures; written once"),
)

signals = _table(
    "signals",
    reports,
    Column("id", Text, primary_key=True, comment="40 random bits, base 32"),
    Column("week", Text, nullable=False, comment="ISO week last judged; of an occurrence the month"),
    Column("type", Text, nullable=False, comment="RSIT type, class, or empty"),
    Column("place", Text, nullable=False, comment="country, M49 code, or empty for an unknown one"),
    Column("kind", Text, nullable=False, comment="rise, threshold, batch or occurrence"),
    Column("state", Text, nullable=False, comment="new, watched, dismissed, drafted or closed"),
    Column("advisory", Text, comment="id of the advisory drafted from it"),
    Column("verdict", Text, nullable=False, comment="JSON of the latest verdict, counts in reports"),
    Column(
        "steps", Text, nullable=False, comment="JSON of the changes of state: ISO week, state, by whom, why"
    ),
)

calibration = _table(
    "calibration",
    reports,
    Column("week", Text, primary_key=True, comment="ISO week judged"),
    Column("level", Text, primary_key=True, comment="cell, area or type"),
    Column("observed", Integer, nullable=False, comment="cells of the level with a p of 1 % or less"),
    Column("expected", Real, nullable=False, comment="such cells, if nothing happened"),
    Column("variance", Real, nullable=False, comment="of their number"),
)

advisories = _table(
    "advisories",
    reports,
    Column("id", Text, primary_key=True, comment="permanent random id"),
    Column("revision", Integer, primary_key=True, comment="1 at the first draft"),
    Column(
        "status",
        Text,
        nullable=False,
        comment="that of the document: draft, in-review, published, updated, escalated or withdrawn",
    ),
    # After the status, which is looked at alone: what comes behind a long value is read with it.
    Column("document", Text, nullable=False, comment="JSON of the advisory at this revision; kept for good"),
    # Of ten thousand advisories, what readers have is found without opening what they do not have.
    Index("advisories_statuses", "id", "revision", "status"),
)
