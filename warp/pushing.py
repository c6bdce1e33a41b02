"""
How readers who asked for it are told of news (W3C WebSub): by this server, by another hub, or not at all.

Part of the composition, between the site and the server.
"""

import contextlib
import functools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from feeds import twin
from handlers.feeds import Feeds
from warp import announcing, calling
from warp.announcing import Announcing
from warp.background import Background
from warp.callbacks import Reach
from warp.calling import Lookup, open_caller
from warp.delivering import Delivering, Pace
from warp.site import Site
from warp.subscribing import AFTER_REFUSAL_SECONDS, Subscribing

_HUBS_REACH = Reach(lambda _: True, range(1, 65536))
"""An address from the settings may be anywhere."""


class Terms(NamedTuple):
    """On what terms the site's own hub asks and sends."""

    reach: Reach
    pace: Pace = Pace()
    after_refusal: float = AFTER_REFUSAL_SECONDS
    lookup: Lookup | None = None
    """The machine's own unless given."""


def usual_terms(url: str) -> Terms:
    """Give the terms of a site: hosts on the open network, with TLS unless the site itself has none."""
    schemes = {"https", urlsplit(url).scheme}
    return Terms(Reach(calling.is_strangers, schemes=frozenset(schemes)))


@contextlib.asynccontextmanager
async def pushing(site: Site, feeds: Feeds, terms: Terms) -> AsyncIterator[Subscribing | None]:
    """
    Tell of news while the block runs, as the site's settings say.

    Args:
        site: The site.
        feeds: Its public feeds.
        terms: Of its own hub.

    Returns:
        What takes subscriptions; none unless the site has a hub of its own.
    """
    if not site.settings.hub:
        yield None
        return
    reach = terms.reach if site.settings.has_own_hub else _HUBS_REACH
    published = functools.partial(_stamp, site.tree.folder, site.settings.languages)
    background = Background(site.hub.log)
    async with open_caller(reach, terms.lookup) as caller, background.running():
        if site.settings.has_own_hub:
            place = (site.hub.identity, site.publisher, feeds.content, caller, site.sure_clock)
            delivering = Delivering(*place, background, published, terms.pace)
            background.begin(delivering.keep_looking)
            yield Subscribing(*place, site.hub.random.randbytes, background, terms.after_refusal)
        else:
            here = (feeds.composer.tops, site.publisher, caller, site.clock)
            announcer = Announcing(*here, background, published, announcing.Pace())
            background.begin(announcer.keep_looking)
            yield None


def _stamp(folder: Path, languages: tuple[str, ...]) -> list[tuple[int, int] | None]:
    """
    Give what changes whenever a feed may have changed.

    The catalogue is the last thing that a publication writes; the drill feed is not in it, and lies in the
    folder of its language.
    """
    found: list[tuple[int, int] | None] = []
    for path in (twin.INDEX_PATH, *(f"feeds/{language}" for language in languages)):
        try:
            stat = (folder / path).stat()
        except FileNotFoundError:
            found.append(None)
        else:
            found.append((stat.st_ctime_ns, stat.st_ino))
    return found
