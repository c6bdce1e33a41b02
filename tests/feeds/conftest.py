"""A site and its warnings, as feeds are handed them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from feeds.entry import Site
from warp.advisory import Advisory, Status, Text, Tlp
from warp.disclosure import Figure
from warp.taxonomy import Severity

ENGLISH = Text(
    title="Phishing campaign – banks of the region",
    summary="Messages pretend to come from banks.\n\nThe pages ask for the second factor, too.",
    actions=("Block the senders.", "Warn customers by another channel than e-mail."),
)
SPANISH = Text(
    title="Campaña de phishing – bancos de la región",
    summary="Los mensajes simulan provenir de bancos.\n\nLas páginas piden también el segundo factor.",
    actions=("Bloquee los remitentes.", "Avise a los clientes por un canal distinto del correo."),
)


def _advisory(**changed: Any) -> Advisory:
    values: dict[str, Any] = {
        "id": "2026-W47-k3v9q2xd",
        "revision": 4,
        "status": Status.PUBLISHED,
        "tlp": Tlp.CLEAR,
        "severity": Severity.HIGH,
        "type": "fraud/phishing",
        "place": "UY",
        "sector": "banking",
        "week": "2026-W47",
        "figure": Figure(at_least=12),
        "texts": {"en": ENGLISH, "es": SPANISH},
        "author": "ana",
        "approver": "luis",
        "published": datetime(2026, 11, 20, 14, 3, 7, tzinfo=UTC),
        "updated": datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    }
    return Advisory(**(values | changed))


@pytest.fixture
def advisory() -> Callable[..., Advisory]:
    """Make a published advisory, with the fields named changed."""
    return _advisory


@pytest.fixture
def site() -> Site:
    return Site(
        name="WARP of the South", url="https://warp.example", languages=("en", "es"), created=date(2026, 1, 5)
    )
