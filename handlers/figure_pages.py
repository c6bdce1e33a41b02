"""
The pages of figures: all of them, one closed period, the progress of an area; files that publication writes.

Pure rendering of `Release`s and of what `feeds` adds up from them. Each page says what is counted, how, and
what is missing, so that nobody has to look for it elsewhere.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from feeds import archive, figures, ladder, progress, schemas
from feeds.entry import Site, figures_path, href, line
from feeds.figures import Closed, place_label, type_label
from feeds.progress import Progress, Quarter
from handlers.chart import Chart, draw
from handlers.figure_texts.languages import FIGURE_TEXTS
from handlers.figure_texts.table import FigureTexts
from handlers.rendering import Link, render
from warp import places
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
    begun: str
    """When the site began, where that was in the period."""
    rows: list[tuple[str, str, str]]
    """Type, place, reports."""
    of_this_length: bool
    """Whether its policy has figures of its length."""
    other_policy: str
    """Which policy, where it is not the one that the page explains."""
    links: tuple[Link, ...]


class _Periods(NamedTuple):
    """All periods of one length."""

    heading: str
    lists: list[tuple[str, list[Link]]]
    """With figures, without, and of no length that has any; those that are not empty."""


class _Table(NamedTuple):
    """A chart with the table that says the same."""

    chart: Chart
    quarters: list[str]
    rows: list[tuple[str, list[str]]]
    begun: str
    """When the site began, where that was in the first of the quarters."""


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
        _part(site, language, of_span[span][-1], texts.latest[span], policy)
        for span in policy.spans
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
        latest=latest,
        explained_once=next((part.period for part in latest if part.of_this_length and not part.rows), ""),
        from_next_quarter=texts.from_next_quarter if _goes_on_by_another(releases, policy) else "",
        table=_table(site, areas[0], language) if areas else None,
        progress_links=[
            Link(_place(each.area, language), href(site, progress.page_path(language, each.area)))
            for each in areas
        ],
        all_periods=[_periods(site, language, span, of_span[span]) for span in Span if of_span[span]],
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
        part=_part(site, language, closed.release, texts.title[period.span], closed.policy),
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
        table=_table(site, report, language),
        parts=texts.parts[report.parts_kind],
        quarters=[_quarter(site, each, report, language) for each in reversed(report.quarters)],
        no_share="" if all(each.parts for each in report.quarters) else texts.no_share,
        cite_as=_cite_as(site, report, language, title),
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


def _part(site: Site, language: str, release: Release, heading: str, explained: Policy) -> _Part:
    texts, period = FIGURE_TEXTS[language], Period.parse(release.period)
    days = texts.days.format(first=period.first.monday.isoformat(), last=period.last.sunday.isoformat())
    links = (
        Link(texts.as_form.format(period=period, form="JSON"), href(site, f"{figures.FOLDER}/{period}")),
        Link(texts.as_form.format(period=period, form="CSV"), href(site, figures.csv_path(str(period)))),
    )
    page = Link(texts.whole_page.format(period=period), href(site, figures_path(language, str(period))))
    rows = [_row(cell, language) for cell in figures.ordered(release.cells)]
    return _Part(
        period=str(period),
        heading=heading.format(period=period),
        days=days,
        begun=_begun(site, language, period),
        rows=rows,
        of_this_length=period.span in release.policy.spans,
        other_policy=_other_policy(release.policy, explained, language),
        links=(page, *links),
    )


def _other_policy(policy: Policy, explained: Policy, language: str) -> str:
    """Name the policy of a period, if it is not the one that the page explains."""
    if policy == explained:
        return ""
    texts, name = FIGURE_TEXTS[language], ladder.LADDERS[language].names[policy.preset]
    of_other_numbers = policy.preset is explained.preset
    return (texts.other_numbers if of_other_numbers else texts.other_policy).format(policy=name)


def _begun(site: Site, language: str, period: Period) -> str:
    """Say when the site began, if the period began before it."""
    day = figures.counted_from(site, period)
    return "" if day == period.first.monday else FIGURE_TEXTS[language].begun.format(day=day)


def _row(cell: Cell, language: str) -> tuple[str, str, str]:
    at_least = FIGURE_TEXTS[language].at_least.format(n=cell.figure.at_least)
    return type_label(cell.type, language), place_label(cell.place, language), at_least


def _periods(site: Site, language: str, span: Span, releases: Sequence[Release]) -> _Periods:
    texts = FIGURE_TEXTS[language]
    links: dict[figures.Note, list[Link]] = {
        figures.LOWER_BOUND: [],
        figures.TOO_FEW: [],
        figures.NOT_OF_THIS_LENGTH: [],
    }
    for each in reversed(releases):
        link = Link(each.period, href(site, figures_path(language, each.period)))
        links[Closed(each).note].append(link)
    names = (texts.with_figures, texts.without_figures, texts.not_of_this_length_list)
    lists = [(name, each) for name, each in zip(names, links.values(), strict=True) if each]
    return _Periods(texts.all_periods[span], lists)


def _data_links(site: Site, texts: FigureTexts) -> list[Link]:
    return [
        Link(texts.all_data, href(site, figures.FOLDER)),
        Link(texts.archive, href(site, archive.PATH)),
        Link(texts.schema, href(site, schemas.JSON_SCHEMA_PATH)),
        Link(texts.csv_schema, href(site, schemas.METADATA_PATH)),
    ]


def _table(site: Site, report: Progress, language: str) -> _Table | None:
    """Give the chart of the latest quarters, by class; none where they show nothing."""
    quarters = report.quarters[-_QUARTERS:]
    series = [
        (type_label(code, language), [each.by_class.get(code, 0) for each in quarters])
        for code in report.classes
        if any(code in each.by_class for each in quarters)
    ]
    if not series:
        return None
    names = [str(each.period) for each in quarters]
    rows = [(name, [str(number) if number else "–" for number in numbers]) for name, numbers in series]
    return _Table(draw(names, series), names, rows, _begun(site, language, quarters[0].period))


def _quarter(site: Site, quarter: Quarter, report: Progress, language: str) -> _Quarter:
    texts = FIGURE_TEXTS[language]
    mix = [
        (
            type_label(code, language),
            texts.at_least.format(n=quarter.by_class[code]),
            _share(quarter.by_class[code], quarter.at_least),
        )
        for code in report.classes
        if code in quarter.by_class
    ]
    volume = texts.at_least.format(n=quarter.at_least) if mix else texts.too_few
    share = texts.share.format(n=len(quarter.parts), total=len(report.parts)) if quarter.parts else "–"
    name, day = str(quarter.period), figures.counted_from(site, quarter.period)
    if day != quarter.period.first.monday:
        name = texts.quarter_begun.format(quarter=name, day=day)
    return _Quarter(name, volume, share, mix)


def _share(part: int, whole: int) -> str:
    """Give a share in percent; never 0 % of something, nor 100 % of less than all."""
    if part == whole:
        return "100 %"
    percent = 100 * part / whole
    return "< 1 %" if percent < 1 else "> 99 %" if percent > 99 else f"{round(percent)} %"


def _cite_as(site: Site, report: Progress, language: str, title: str) -> str:
    """Give the line by which to cite a progress report, with its address."""
    texts, first, last = FIGURE_TEXTS[language], report.quarters[0].period, report.quarters[-1].period
    return texts.cite_as.format(
        site=line(site.name),
        title=title,
        quarters=first if first == last else texts.from_to.format(first=first, last=last),
        day=last.end.date(),
        address=f"{site.url}/{progress.page_path(language, report.area)}",
    )


def _place(place: str, language: str) -> str:
    return places.place_name(place, language)


def _goes_on_by_another(releases: Sequence[Release], policy: Policy) -> bool:
    """Say whether the quarter that is open has begun with another policy than the one in force."""
    newest = releases[-1] if releases else None
    open_quarter = newest is not None and Period.parse(newest.period).span is not Span.QUARTER
    return newest is not None and open_quarter and newest.policy != policy
