"""
The pages of figures: all of them, one closed period, the progress of an area; files that publication writes.

Pure rendering of `Release`s and of what `feeds` adds up from them. Each page says what is counted, how, and
what is missing, so that nobody has to look for it elsewhere.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from feeds import archive, figures, ladder, progress, schemas
from feeds.entry import Site, figures_path, href
from feeds.figures import Closed
from feeds.progress import Progress, Quarter
from handlers.chart import Chart, draw
from handlers.figure_texts import FIGURE_TEXTS, FigureTexts
from handlers.rendering import Link, render
from warp import places, taxonomy
from warp.disclosure import Cell, Release
from warp.policies import Policy
from warp.weeks import Period, Span

_QUARTERS = 6
"""In a chart: as many as a narrow screen has room for."""


class _Part(NamedTuple):
    """A period with its rows."""

    period: str
    heading: str
    days: str
    rows: list[tuple[str, str, str]]
    """Type, place, reports."""
    links: tuple[Link, ...]


class _Periods(NamedTuple):
    """All periods of one length."""

    heading: str
    shown: list[Link]
    hidden: list[Link]


class _Table(NamedTuple):
    """A chart with the table that says the same."""

    chart: Chart
    quarters: list[str]
    rows: list[tuple[str, list[str]]]


class _Quarter(NamedTuple):
    """A row of the table of volumes."""

    name: str
    volume: str
    share: str
    mix: list[tuple[str, str, str]]
    """Class, reports, share."""


def render_figures(
    site: Site, language: str, policy: Policy, releases: Sequence[Release], areas: Sequence[Progress]
) -> bytes:
    """
    Give the page of all figures: the latest of each length, a chart, all periods, data, explanation.

    Args:
        site: The publisher.
        language: One of the site's.
        policy: In force.
        releases: Of all closed periods, in order of their ends.
        areas: Progress of every area in which a figure lies, the world first.
    """
    of_span = {span: [each for each in releases if Period.parse(each.period).span is span] for span in Span}
    texts = FIGURE_TEXTS[language]
    latest = [
        _part(site, language, of_span[span][-1], texts.latest[span])
        for span in reversed(policy.spans)
        if of_span[span]
    ]
    return _render(
        "figures.html",
        site,
        language,
        figures_path,
        policy,
        presets=[
            (name, why, texts.policy_risk.format(percent=percent))
            for name, why, percent in ladder.presets(language)
        ],
        latest=sorted(latest, key=lambda part: not part.rows),
        table=_table(areas[0], language) if areas else None,
        progress_links=[
            Link(_place(each.area, language), href(site, progress.page_path(language, each.area)))
            for each in areas
        ],
        all_periods=[
            _periods(site, language, span, of_span[span]) for span in reversed(Span) if of_span[span]
        ],
        data_links=_data_links(site, texts) if releases else [],
    )


def render_period(site: Site, language: str, closed: Closed) -> bytes:
    """Give the page of one closed period."""
    texts, period = FIGURE_TEXTS[language], closed.period
    earlier = figures.shorter(period, site.created)
    return _render(
        "period.html",
        site,
        language,
        lambda code: figures_path(code, str(period)),
        closed.policy,
        part=_part(site, language, closed.release, texts.title[period.span]),
        of_this_length=period.span in closed.policy.spans,
        earlier=[Link(each, href(site, figures_path(language, each))) for each in earlier],
        later=texts.may_count_later.format(periods=", ".join(figures.longer(period)))
        if period.span is not Span.QUARTER
        else "",
    )


def render_progress(site: Site, language: str, report: Progress) -> bytes:
    """Give the page of an area's progress."""
    texts = FIGURE_TEXTS[language]
    title = texts.progress_of.format(area=_place(report.area, language))
    return _render(
        "progress.html",
        site,
        language,
        lambda code: progress.page_path(code, report.area),
        None,
        title=title,
        table=_table(report, language),
        parts=texts.countries if report.parts_are_countries else texts.sub_regions,
        quarters=[_quarter(each, report, language) for each in reversed(report.quarters)],
        cite_as=progress.cite_as(site, report, language, title),
        csv=href(site, progress.csv_path(report.area)),
    )


def _render(
    name: str,
    site: Site,
    language: str,
    path: Callable[[str], str],
    policy: Policy | None,
    **values: Any,
) -> bytes:
    texts, words = FIGURE_TEXTS[language], ladder.LADDERS[language]
    if policy is not None:
        values["ladder"] = ladder.sentences(policy, language)
        values["terms"] = ladder.terms(policy, language)
        values["how"] = texts.how_ladder.format(
            policy=words.names[policy.preset], why=words.why[policy.preset]
        )
    return render(name, site, language, {code: path(code) for code in site.languages}, f=texts, **values)


def _part(site: Site, language: str, release: Release, heading: str) -> _Part:
    texts, period = FIGURE_TEXTS[language], Period.parse(release.period)
    days = texts.days.format(first=period.first.monday.isoformat(), last=period.last.sunday.isoformat())
    links = (
        Link("JSON", href(site, f"{figures.FOLDER}/{period}")),
        Link("CSV", href(site, figures.csv_path(str(period)))),
    )
    page = Link(texts.whole_page, href(site, figures_path(language, str(period))))
    rows = [_row(cell, language) for cell in figures.ordered(release.cells)]
    return _Part(str(period), heading.format(period=period), days, rows, (page, *links))


def _row(cell: Cell, language: str) -> tuple[str, str, str]:
    at_least = FIGURE_TEXTS[language].at_least.format(n=cell.figure.at_least)
    return taxonomy.type_name(cell.type, language), _place(cell.place, language), at_least


def _periods(site: Site, language: str, span: Span, releases: Sequence[Release]) -> _Periods:
    links: dict[bool, list[Link]] = {True: [], False: []}
    for each in reversed(releases):
        link = Link(each.period, href(site, figures_path(language, each.period)))
        links[bool(each.cells)].append(link)
    return _Periods(FIGURE_TEXTS[language].all_periods[span], links[True], links[False])


def _data_links(site: Site, texts: FigureTexts) -> list[Link]:
    return [
        Link(texts.all_data, href(site, figures.FOLDER)),
        Link(texts.archive, href(site, archive.PATH)),
        Link(texts.schema, href(site, schemas.JSON_SCHEMA_PATH)),
        Link(texts.csv_schema, href(site, schemas.METADATA_PATH)),
    ]


def _table(report: Progress, language: str) -> _Table | None:
    """Give the chart of the latest quarters, by class; none where they show nothing."""
    quarters = report.quarters[-_QUARTERS:]
    series = [
        (taxonomy.type_name(code, language), [each.by_class.get(code, 0) for each in quarters])
        for code in report.classes
        if any(code in each.by_class for each in quarters)
    ]
    if not series:
        return None
    names = [str(each.period) for each in quarters]
    rows = [(name, [str(number) if number else "–" for number in numbers]) for name, numbers in series]
    return _Table(draw(names, series), names, rows)


def _quarter(quarter: Quarter, report: Progress, language: str) -> _Quarter:
    texts = FIGURE_TEXTS[language]
    mix = [
        (
            taxonomy.type_name(code, language),
            texts.at_least.format(n=quarter.by_class[code]),
            f"{round(100 * quarter.by_class[code] / quarter.at_least)} %",
        )
        for code in report.classes
        if code in quarter.by_class
    ]
    volume = texts.at_least.format(n=quarter.at_least) if mix else texts.too_few
    share = texts.share.format(n=len(quarter.parts), total=len(report.parts))
    return _Quarter(str(quarter.period), volume, share, mix)


def _place(place: str, language: str) -> str:
    return places.place_name(place, language)
