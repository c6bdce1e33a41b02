"""
Issuing: writes what readers get of advisories: machine twins, pages, the feed of all, and the catalogue.

Only what changed is written: the documents of the advisories themselves, and their entries, rendered once for
every feed that will ever show them. From these all other feeds are composed when somebody asks for them
(`feeds.compose`): a warning for everywhere is in thousands. Documents come first, then the feed of all
warnings, and the catalogue last: nothing leads to what is not there yet.
"""

import hashlib
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

import msgspec

from feeds import catalogue, compose, filters, machine, opml, twin
from feeds.catalogue import Catalogue, Chosen, Index, Listed
from feeds.compose import Fragments, Rendered
from feeds.entry import WINDOW, Site, feeds_path, href
from feeds.filters import ALL, DRILL, Filter, Format
from feeds.words import WORDS
from storage.advisories import Outline
from warp.advisory import Advisory, Status, public_history
from warp.publication import Pages, Tree, newest, page_path

_ENDINGS = (*machine.MACHINE_FORMATS, "sig")
"""Of the documents of a version, its signature included."""


class Outlet(NamedTuple):
    """A tree, and whom it is for."""

    tree: Tree
    site: Site
    """The publisher, as this tree's readers see it; what its labels do not allow never stands there."""
    store: Tree
    """Keeps the entries of all feeds, each rendered once; nobody is served from it."""


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
    rows = {each.name: each for each in read(outlet.tree).advisories}
    _write_documents(outlet, pages, changed, rows)
    _write_lists(outlet, pages, rows)


class Whole:
    """Writes what readers get of all advisories, some at a time, and removes what is of none."""

    def __init__(self, outlet: Outlet, pages: Pages, names: Container[str]) -> None:
        """
        Begin a whole tree.

        Args:
            outlet: Where, and for whom.
            pages: Page renderers.
            names: Of all advisories that the tree's readers are to have.
        """
        self._outlet = outlet
        self._pages = pages
        self._names = names
        self._rows: dict[str, Listed] = {}

    def write(self, some: Sequence[Issued]) -> None:
        """Write the documents of some of them."""
        _write_documents(self._outlet, self._pages, some, self._rows, self._names)

    def finish(self) -> None:
        """Write what lists them."""
        tree = self._outlet.tree
        for each in read(tree).advisories:
            if each.name not in self._rows:
                _remove(self._outlet, each.name)
        site = self._outlet.site
        for language in set(WORDS) - set(site.languages):
            tree.remove_folder(language)
            tree.remove_folder(f"feeds/{language}")
        tree.write(twin.SCHEMA_PATH, twin.schema(), newest(site, []))
        for language in site.languages:
            page = self._pages.feeds(site, language)
            tree.write(f"{feeds_path(language)}index.html", page, newest(site, []))
            tree.write(opml.path(language), opml.document(site, language), newest(site, []))
        _write_lists(self._outlet, self._pages, self._rows)


def issue_drills(tree: Tree, site: Site, pages: Pages, rehearsed: Sequence[Advisory]) -> None:
    """Write the drill feed in every language, empty or not, with the twins and pages of what is in it."""
    known = {each.id: each for each in rehearsed}
    for each in rehearsed:
        _write_document(tree, site, pages, each)

    def load(name: str, _number: int) -> Rendered:
        return compose.rendered(known[name], site)

    rows = [catalogue.listed(each, _sha256(tree, each.id)) for each in rehearsed]
    _write_feed(tree, site, DRILL, Index(rows).of(ALL), Fragments(site, load))


def read(tree: Tree) -> Catalogue:
    """Give a tree's catalogue; an empty one where there is none yet, or a damaged one."""
    try:
        return msgspec.json.decode(tree.read(twin.INDEX_PATH) or b"", type=Catalogue)
    except msgspec.DecodeError:
        return Catalogue(publisher="", schema="", advisories=())


def remove(tree: Tree, site: Site, name: str) -> None:
    """Remove the documents and pages of an advisory; feeds and catalogue stay as they are."""
    for file in tree.names(f"{twin.FOLDER}/{name}"):
        tree.remove(f"{twin.FOLDER}/{name}/{file}")
    for ending in _ENDINGS:
        tree.remove(twin.path(name, ending))
    for language in site.languages:
        tree.remove(f"{language}/advisories/{name}.html")


def _write_documents(
    outlet: Outlet,
    pages: Pages,
    changed: Sequence[Issued],
    rows: dict[str, Listed],
    others: Container[str] | None = None,
) -> None:
    """Write the twins, pages and entries of advisories, and bring their rows up to date."""
    site = outlet.site
    wanted = [each for each in changed if is_for(site, each.advisory)]
    names = others if others is not None else rows.keys() | {each.advisory.id for each in wanted}
    for name in {each.advisory.id for each in changed} - {each.advisory.id for each in wanted}:
        if rows.pop(name, None):
            _remove(outlet, name)
    for each in wanted:
        _write_earlier(outlet, each, names)
        advisory = _for_tree(each.advisory, site, names)
        _write_document(outlet.tree, site, pages, advisory)
        _keep_entries(outlet, advisory)
        rows[advisory.id] = catalogue.listed(advisory, _sha256(outlet.tree, advisory.id))


def _write_earlier(outlet: Outlet, issued: Issued, names: Container[str]) -> None:
    """Write the versions before, or remove them: what is withdrawn stands nowhere in its old words."""
    tree, site, store = outlet
    is_gone = issued.advisory.status is Status.WITHDRAWN
    for each in issued.earlier:
        if is_gone or not is_for(site, each):
            for ending in _ENDINGS:
                tree.remove(twin.version_path(each.id, each.version, ending))
            store.remove(compose.packed_name(each.id, each.version))
            continue
        old = _for_tree(each, site, names)
        for ending, render in machine.MACHINE_FORMATS.items():
            path = twin.version_path(old.id, old.version, ending)
            _write_twin(tree, path, render(old, site), newest(site, [old]))
        _keep_entries(outlet, old)


def _write_document(tree: Tree, site: Site, pages: Pages, advisory: Advisory) -> None:
    when = newest(site, [advisory])
    for ending, render in machine.MACHINE_FORMATS.items():
        _write_twin(tree, twin.path(advisory.id, ending), render(advisory, site), when)
    for language in site.languages:
        tree.write(page_path(language, advisory), pages.advisory(site, language, advisory), when)


def _write_twin(tree: Tree, path: str, document: bytes, when: datetime) -> None:
    """Write a twin; a signature of other bytes goes first: beside these it would look like a forgery."""
    if tree.read(path) != document:
        tree.remove(f"{path.rpartition('.')[0]}.sig")
    tree.write(path, document, when)


def _keep_entries(outlet: Outlet, advisory: Advisory) -> None:
    packed = compose.pack(compose.rendered(advisory, outlet.site))
    name = compose.packed_name(advisory.id, advisory.version)
    outlet.store.write(name, packed, newest(outlet.site, [advisory]), twin=False)


def _write_lists(outlet: Outlet, pages: Pages, rows: Mapping[str, Listed]) -> None:
    """Write what lists advisories: the feed of all, the front pages, the catalogue."""
    tree, site, store = outlet
    chosen = Index(rows.values()).of(ALL)
    _write_feed(tree, site, ALL, chosen, Fragments(site, compose.kept(site, store.read, tree.read)))
    latest = list(_latest(chosen, tree))
    for language in site.languages:
        tree.write(f"{language}/index.html", pages.front(site, language, latest), newest(site, latest))
    _write_catalogue(outlet, rows)


def _write_feed(tree: Tree, site: Site, filter_: Filter, chosen: Chosen, fragments: Fragments) -> None:
    for language in site.languages:
        for format_ in Format:
            made = compose.feed(site, filter_, chosen, fragments, language, format_)
            tree.write(filters.path(filter_, language, format_), made.document, made.updated)


def _write_catalogue(outlet: Outlet, rows: Mapping[str, Listed]) -> None:
    site = outlet.site
    document = Catalogue(
        publisher=site.url,
        schema=href(site, twin.SCHEMA_PATH),
        advisories=tuple(rows[name] for name in sorted(rows)),
    )
    times = [each.buried or each.current.updated for each in document.advisories]
    when = max(times, default=newest(site, []))
    outlet.tree.write(twin.INDEX_PATH, catalogue.encode(document), when)


def is_for(site: Site, advisory: Advisory | Outline) -> bool:
    """Say whether a tree's readers are to have an advisory; a drill's is none (`warp.drilled`)."""
    return advisory.status.is_out and advisory.tlp in site.allowed and not advisory.drill


def _for_tree(advisory: Advisory, site: Site, names: Container[str]) -> Advisory:
    """
    Give an advisory without what a tree's readers may not know of: earlier versions, other advisories.

    Their first version is new to them, whatever others had before. Of what is withdrawn neither earlier
    reasons nor links stay: any of them may be what had to go.
    """
    history = public_history(advisory, site.allowed)
    escalates = advisory.escalates if advisory.escalates in names else ""
    is_gone = advisory.status is Status.WITHDRAWN
    is_new = not history and advisory.status is Status.UPDATED
    return msgspec.structs.replace(
        advisory,
        published=history[0].updated if history else advisory.updated,
        status=Status.PUBLISHED if is_new else advisory.status,
        reason="" if is_new or (advisory.version == 1 and not escalates) else advisory.reason,
        history=tuple(
            msgspec.structs.replace(
                each,
                status=each.status if number else Status.PUBLISHED,
                reason="" if is_gone or not (number or (each.number == 1 and escalates)) else each.reason,
            )
            for number, each in enumerate(history)
        ),
        related=() if is_gone else tuple(each for each in advisory.related if each in names),
        escalates=escalates,
        escalated_by=advisory.escalated_by if advisory.escalated_by in names else "",
    )


def _latest(chosen: Chosen, tree: Tree) -> Iterator[Advisory]:
    shown = (event for event in chosen.newest() if event.listed.buried is None)
    for event in islice(shown, WINDOW):
        yield compose.from_twin(tree.read, event.listed.name, event.version.number)


def _sha256(tree: Tree, name: str) -> str:
    return hashlib.sha256(tree.read(twin.path(name)) or b"").hexdigest()


def _remove(outlet: Outlet, name: str) -> None:
    remove(outlet.tree, outlet.site, name)
    for file in outlet.store.names("."):
        if file.rpartition(".")[0] == name:
            outlet.store.remove(file)
