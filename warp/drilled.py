"""
The drill feed: rehearsed warnings, published where nobody can take them for others.

The only way into the public tree for an advisory of a drill, which `warp.issuing` passes over. It touches
the drill feed and the pages of what is in it, and no other file. What is in it stands in the tree, too, so no
database of the site learns that there was a drill, and a backup keeps it with the other public files.
"""

import msgspec

from feeds.entry import WINDOW, NotPublicError, Site, newest_first
from warp.advisory import Advisory
from warp.issuing import issue_drills, remove
from warp.publication import Pages, Tree, newest

STORE = "feeds/drills.json"


def kept(tree: Tree) -> list[Advisory]:
    """Give what is in the drill feed, newest first; a damaged file counts as none: it is a drill's."""
    try:
        return msgspec.json.decode(tree.read(STORE) or b"[]", type=list[Advisory])
    except msgspec.DecodeError:
        return []


def add(tree: Tree, site: Site, pages: Pages, advisory: Advisory) -> None:
    """
    Put a rehearsed warning into the drill feed; who wrote and approved it stays in the drill.

    Raises:
        NotPublicError: it is not rehearsed, or nobody has published it.
    """
    if not advisory.drill:
        raise NotPublicError("the drill feed holds what was rehearsed, and nothing else")
    nameless = msgspec.structs.replace(advisory, author="", approver="")
    _keep(tree, site, newest_first([nameless, *kept(tree)], site))
    publish(tree, site, pages)


def clear(tree: Tree, site: Site, pages: Pages) -> int:
    """Empty the drill feed; gives how many rehearsed warnings are gone with their pages."""
    gone = len(kept(tree))
    _keep(tree, site, [])
    publish(tree, site, pages)
    return gone


def publish(tree: Tree, site: Site, pages: Pages) -> None:
    """Write the drill feed in every language, empty or not, and its pages."""
    issue_drills(tree, site, pages, kept(tree))


def _keep(tree: Tree, site: Site, advisories: list[Advisory]) -> None:
    """Keep as many as the feed shows; the pages of the others go."""
    shown = advisories[:WINDOW]
    for each in (old for old in kept(tree) if old not in shown):
        remove(tree, site, each.id)
    tree.keep(STORE, msgspec.json.encode(shown), newest(site, shown))
