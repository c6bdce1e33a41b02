"""
Topics: the feeds that a WebSub hub tells of, which are the public ones under their canonical addresses.

Pages, archives and members' feeds are none.
"""

import re

from feeds import filters
from feeds.entry import Site
from feeds.filters import MEDIA_TYPES, Format, UnknownFilter

_PATH = re.compile(rf"feeds/([a-z]{{2}})/([A-Za-z0-9,/-]+)\.({'|'.join(Format)})")


def path_of(address: str, site: Site) -> str | None:
    """Give the path, from the site's root, of the feed at a canonical address; none where it is no topic."""
    base, path = address[: len(site.url) + 1], address[len(site.url) + 1 :]
    return path if base == f"{site.url}/" and is_topic(path, site) else None


def is_topic(path: str, site: Site) -> bool:
    """Say whether a path is that of a public feed as it is canonically written."""
    match = _PATH.fullmatch(path)
    if match is None or match[1] not in site.languages:
        return False
    try:
        return filters.parse(match[2]).address == match[2]
    except UnknownFilter:
        return False


def media_type(path: str) -> str:
    """Give the media type of a topic."""
    return f"{MEDIA_TYPES[Format(path.rpartition('.')[2])]}; charset=utf-8"


def link_header(site: Site, path: str) -> str:
    """Give the Link header (RFC 8288) that names a topic and its hub; empty where there is none."""
    if not site.hub or not is_topic(path, site):
        return ""
    return f'<{site.hub}>; rel="hub", <{site.url}/{path}>; rel="self"'
