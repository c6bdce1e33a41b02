"""
Issuing: writes what readers get of advisories: machine twins, pages, feeds, and the catalogue.

Only what changed is written: the twins and pages of the advisories themselves, and each feed of a single facet
that holds one of them. A server composes all other feeds when they are asked for (`feeds.compose`). Twins and
pages come first, then the feeds, and the catalogue last, so that nothing leads to what is not there yet.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from feeds import catalogue, compose, filters, machine, twin
from feeds.catalogue import Catalogue, Chosen, Index, Listed
from feeds.compose import WINDOW, Fragments, Load
from feeds.entry import Site, href
from feeds.filters import ALL, DRILL, Filter, Format
from warp.advisory import Advisory, Status, Version, public_history
from warp.publication import Pages, Tree, newest, page_path


class Outlet(NamedTuple):
    """A tree, and whom it is for."""

    tree: Tree
    site: Site
    """The publisher, as this tree's readers see it; what its labels do not allow never stands there."""
    as_files: bool
    """Whether feeds of single facets are written to files, too, and not only composed when asked for."""


class Issued(NamedTuple):
    """One advisory, as readers have it."""

    advisory: Advisory
    earlier: tuple[Advisory, ...] = ()
    """Its versions before, oldest first, as they stood."""


def issued(versions: Sequence[Advisory]) -> Issued:
    """Give an advisory by its versions, oldest first; at least one."""
    return Issued(versions[-1], tuple(versions[:-1]))


def issue(outlet: Outlet, pages: Pages, changed: Sequence[Issued]) -> None:
    """
    Write what changes with some advisories.

    Args:
        outlet: Where, and for whom.
        pages: Page renderers.
        changed: The advisories as they are now.
    """
    tree, site, as_files = outlet
    rows = {each.name: each for each in read(tree).advisories}
    known = _write_documents(tree, site, pages, changed, rows)
    facets = [version.facets for each in changed for version in _versions(rows.get(each.advisory.id))]
    _write_feeds(tree, site, pages, rows, known, filters.affected(facets) if as_files else [])
    _write_catalogue(tree, site, rows)


def issue_all(outlet: Outlet, pages: Pages, everything: Sequence[Issued]) -> None:
    """Write what readers get of all advisories, and remove what is of none; see `issue`."""
    tree, site, as_files = outlet
    rows: dict[str, Listed] = {}
    known = _write_documents(tree, site, pages, everything, rows)
    for each in read(tree).advisories:
        if each.name not in rows:
            remove(tree, site, each.name)
    index = Index(rows.values())
    every = list(filters.single_filters())
    holding = [each for each in every if each == ALL or index.of(each)] if as_files else []
    _write_feeds(tree, site, pages, rows, known, holding)
    for filter_ in (each for each in every if each not in holding):
        for language in site.languages:
            for format_ in Format:
                tree.remove(filters.path(filter_, language, format_))
    tree.write(twin.SCHEMA_PATH, twin.schema(), newest(site, []))
    _write_catalogue(tree, site, rows)


def issue_drills(tree: Tree, site: Site, pages: Pages, rehearsed: Sequence[Advisory]) -> None:
    """Write the drill feed in every language, empty or not, with the twins and pages of what is in it."""
    rows: dict[str, Listed] = {}
    known = _write_documents(tree, site, pages, [Issued(each) for each in rehearsed], rows, drills=True)
    chosen = Index(rows.values()).of(ALL)
    _write_feed(tree, site, DRILL, chosen, Fragments(site, _loader(tree, known)))


def read(tree: Tree) -> Catalogue:
    """Give a tree's catalogue; an empty one where there is none yet."""
    document = tree.read(twin.INDEX_PATH)
    if document is None:
        return Catalogue(publisher="", schema="", advisories=())
    return msgspec.json.decode(document, type=Catalogue)


def _write_documents(
    tree: Tree,
    site: Site,
    pages: Pages,
    changed: Sequence[Issued],
    rows: dict[str, Listed],
    *,
    drills: bool = False,
) -> dict[tuple[str, int], Advisory]:
    """Write the twins and pages of advisories, and bring their rows up to date; gives what was written."""
    wanted = [each for each in changed if _is_for(site, each.advisory) and each.advisory.drill is drills]
    names = rows.keys() | {each.advisory.id for each in wanted}
    known: dict[tuple[str, int], Advisory] = {}
    for each in changed:
        if each not in wanted and rows.pop(each.advisory.id, None):
            remove(tree, site, each.advisory.id)
    for each in wanted:
        advisory = _for_tree(each.advisory, site, names)
        is_gone = advisory.status is Status.WITHDRAWN
        for old in (_for_tree(one, site, names) for one in each.earlier if _is_for(site, one)):
            for ending, render in machine.MACHINE_FORMATS.items():
                path = twin.version_path(old.id, old.version, ending)
                if is_gone:
                    tree.remove(path)
                else:
                    tree.write(path, render(old, site), newest(site, [old]))
            if is_gone:
                tree.remove(twin.version_signature_path(old.id, old.version))
            else:
                known[old.id, old.version] = old
        for ending, render in machine.MACHINE_FORMATS.items():
            tree.write(twin.path(advisory.id, ending), render(advisory, site), newest(site, [advisory]))
        for language in site.languages:
            page = pages.advisory(site, language, advisory)
            tree.write(page_path(language, advisory), page, newest(site, [advisory]))
        known[advisory.id, advisory.version] = advisory
        rows[advisory.id] = catalogue.listed(advisory, _sha256(tree, advisory.id))
    return known


def _write_feeds(
    tree: Tree,
    site: Site,
    pages: Pages,
    rows: Mapping[str, Listed],
    known: Mapping[tuple[str, int], Advisory],
    wanted: Iterable[Filter],
) -> None:
    """Write feeds, that of all warnings first, and the front pages."""
    index, load = Index(rows.values()), _loader(tree, known)
    fragments = Fragments(site, load)
    for filter_ in wanted:
        _write_feed(tree, site, filter_, index.of(filter_), fragments)
    latest = list(_latest(index.of(ALL), load))
    for language in site.languages:
        tree.write(f"{language}/index.html", pages.front(site, language, latest), newest(site, latest))


def _write_feed(tree: Tree, site: Site, filter_: Filter, chosen: Chosen, fragments: Fragments) -> None:
    for language in site.languages:
        for format_ in Format:
            made = compose.feed(site, filter_, chosen, fragments, language, format_)
            tree.write(filters.path(filter_, language, format_), made.document, made.updated)


def _write_catalogue(tree: Tree, site: Site, rows: Mapping[str, Listed]) -> None:
    document = Catalogue(
        publisher=site.url,
        schema=href(site, twin.SCHEMA_PATH),
        advisories=tuple(rows[name] for name in sorted(rows)),
    )
    times = [each.buried or each.current.updated for each in document.advisories]
    tree.write(twin.INDEX_PATH, catalogue.encode(document), max(times, default=newest(site, [])))


def _is_for(site: Site, advisory: Advisory) -> bool:
    return advisory.status.is_out and advisory.tlp in site.allowed


def _for_tree(advisory: Advisory, site: Site, names: Iterable[str]) -> Advisory:
    """Give an advisory without what a tree's readers may not know of: earlier versions, other advisories."""
    return msgspec.structs.replace(
        advisory,
        history=public_history(advisory, site.allowed),
        related=tuple(each for each in advisory.related if each in names),
        escalates=advisory.escalates if advisory.escalates in names else "",
        escalated_by=advisory.escalated_by if advisory.escalated_by in names else "",
    )


def _latest(chosen: Chosen, load: Load) -> Iterator[Advisory]:
    shown = (event for event in chosen.newest() if event.listed.buried is None)
    for event in islice(shown, WINDOW):
        yield load(event.listed.name, event.version.number)


def _loader(tree: Tree, known: Mapping[tuple[str, int], Advisory]) -> Load:
    from_twins = compose.from_twins(tree.read)

    def load(name: str, number: int) -> Advisory:
        found = known.get((name, number))
        return from_twins(name, number) if found is None else found

    return load


def _versions(row: Listed | None) -> tuple[Version, ...]:
    return row.versions if row else ()


def _sha256(tree: Tree, name: str) -> str:
    return hashlib.sha256(tree.read(twin.path(name)) or b"").hexdigest()


def remove(tree: Tree, site: Site, name: str) -> None:
    """Remove the documents and pages of an advisory; feeds and catalogue stay as they are."""
    for folder in (twin.FOLDER, f"{twin.FOLDER}/{name}"):
        for file in tree.names(folder):
            if folder != twin.FOLDER or file.partition(".")[0] == name:
                tree.remove(f"{folder}/{file}")
    for language in site.languages:
        tree.remove(f"{language}/advisories/{name}.html")
