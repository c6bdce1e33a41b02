"""
Publication of figures: writes what `feeds` and pages make of the releases, period by period.

A closed period's own files are written once, at its close; what lists periods is written again whenever one
is added. Bytes and times depend on nothing but the releases, the publisher and the policy: a file's time is
the end of the newest period in it. It works on `Release`s only; no count comes here.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from feeds import archive, figures, index, progress, schemas
from feeds.entry import Site
from feeds.figures import Closed
from warp.disclosure import Release
from warp.policies import Policy
from warp.publication import Pages, Tree
from warp.weeks import Period, Span


def publish(
    tree: Tree, site: Site, pages: Pages, policy: Policy, releases: Sequence[Release], *, anew: bool
) -> None:
    """
    Write the figures of closed periods that are not public yet, and what lists them.

    Args:
        tree: Where.
        site: The publisher.
        pages: Page renderers.
        policy: In force.
        releases: Of all closed periods, in order of their ends.
        anew: Write everything, since the site's settings or the program may have changed.
    """
    # The index is written last: what stands in it has all its files, and stands wherever periods are listed.
    before = tree.read(index.PATH)
    listed = index.listed(before)
    wanted = [
        each
        for each in releases
        if anew or each.period not in listed or not _is_public(tree, site, each.period)
    ]
    for release in wanted:
        _publish_period(tree, site, pages, Closed(release))
    if wanted or anew or before is None:
        areas = progress.every_progress(releases)
        quarter = any(Period.parse(each.period).span is Span.QUARTER for each in wanted)
        if anew or quarter or not all(tree.read(progress.csv_path(each.area)) for each in areas):
            _publish_progress(tree, site, pages, areas)
        for language in site.languages:
            page = pages.figures(site, language, policy, releases, areas)
            tree.write(f"{language}/figures/index.html", page, _newest(site, releases))
        _publish_data(tree, site, policy, releases, areas)


def _is_public(tree: Tree, site: Site, period: str) -> bool:
    """Say whether a period has all its files."""
    pages = (f"{language}/figures/{period}.html" for language in site.languages)
    files = (figures.json_path(period), figures.csv_path(period), *pages)
    return all((tree.folder / path).exists() for path in files)


def _publish_period(tree: Tree, site: Site, pages: Pages, closed: Closed) -> None:
    end = closed.period.end
    for language in site.languages:
        page = pages.period(site, language, closed)
        tree.write(f"{language}/figures/{closed.period}.html", page, end)
    tree.write(figures.csv_path(closed.release.period), figures.as_csv(site, closed), end)
    tree.write(figures.json_path(closed.release.period), figures.as_json(site, closed), end)


def _publish_progress(tree: Tree, site: Site, pages: Pages, areas: Sequence[progress.Progress]) -> None:
    for each in areas:
        newest = each.quarters[-1].period.end
        tree.write(progress.csv_path(each.area), progress.as_csv(site, each), newest)
        for language in site.languages:
            page = pages.progress(site, language, each)
            tree.write(f"{language}/figures/progress/{each.area}.html", page, newest)
    if areas:
        metadata = schemas.progress_metadata(site, (each.area for each in areas))
        tree.write(schemas.PROGRESS_METADATA_PATH, metadata, areas[0].quarters[-1].period.end)


def _publish_data(
    tree: Tree,
    site: Site,
    policy: Policy,
    releases: Sequence[Release],
    areas: Sequence[progress.Progress],
) -> None:
    """Write schemas, archive and, last, the index."""
    newest, schema = _newest(site, releases), schemas.json_schema()
    tree.write(schemas.JSON_SCHEMA_PATH, schema, _begun(site))
    files: dict[str, bytes] = {}
    if releases:
        metadata = schemas.figures_metadata(site, (each.period for each in releases))
        tree.write(schemas.METADATA_PATH, metadata, newest)
        paths = [make(each.period) for each in releases for make in (figures.json_path, figures.csv_path)]
        if areas:
            paths += [schemas.PROGRESS_METADATA_PATH, *(progress.csv_path(each.area) for each in areas)]
        files = {path: (tree.folder / path).read_bytes() for path in paths}
        files |= {schemas.JSON_SCHEMA_PATH: schema, schemas.METADATA_PATH: metadata}
        packed = archive.pack({path.removeprefix(f"{figures.FOLDER}/"): data for path, data in files.items()})
        tree.write(archive.PATH, packed, newest, twin=False)
        files[archive.PATH] = packed
    tree.write(index.PATH, index.index(site, policy, releases, areas, files), newest)


def _newest(site: Site, releases: Sequence[Release]) -> datetime:
    return Period.parse(releases[-1].period).end if releases else _begun(site)


def _begun(site: Site) -> datetime:
    return datetime.combine(site.created, time(), UTC)
