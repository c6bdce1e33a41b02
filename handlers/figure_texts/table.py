"""
The shape of what the pages of figures say in one language, beside `handlers.texts` and `feeds.ladder`.

One struct per language, so that a missing translation does not type-check.
"""

from collections.abc import Mapping

import msgspec

from feeds.progress import PartKind
from warp.weeks import Span


class FigureTexts(msgspec.Struct, frozen=True, kw_only=True):
    """The texts in one language; braces stand for what is filled in."""

    intro: str
    explained: str
    title: Mapping[Span, str]
    """{period}."""
    latest: Mapping[Span, str]
    """{period}; above the table on the page of all figures."""
    days: str
    """{first}, {last}: the days of the period."""
    begun: str
    """{day}: the site's first, in a period that began before it."""
    other_policy: str
    """{policy}: that of a period, where it is not the one in force."""
    other_numbers: str
    """{policy}: the same, where only its numbers are others."""
    from_next_quarter: str
    """Beside the explanation, where it is not that of all that is shown."""
    reports: str
    at_least: str
    """{n}: a number of reports that is surely true."""
    too_few: str
    too_few_kindly: str
    not_of_this_length: str
    none_closed: str
    whole_page: str
    """{period}."""
    as_form: str
    """{period}, {form}: JSON or CSV."""
    leaves_out: str
    may_count_later: str
    """{periods}."""
    counted: str
    counted_how: str
    how: str
    how_ladder: str
    """{policy}, {why}."""
    policies: str
    policy_risk: str
    """{percent}."""
    missing: str
    missing_what: tuple[str, ...]
    data: str
    data_how: str
    all_data: str
    schema: str
    csv_schema: str
    archive: str
    chart: str
    chart_how: str
    all_periods: Mapping[Span, str]
    with_figures: str
    without_figures: str
    not_of_this_length_list: str
    progress: str
    progress_how: str
    progress_of: str
    """{area}."""
    no_progress: str
    progress_intro: str
    quarter: str
    quarter_begun: str
    """{quarter}, {day}: the site's first, in that quarter."""
    volume: str
    parts: Mapping[PartKind, str]
    share: str
    """{n} of {total}."""
    no_share: str
    """What a dash in the place of a share means."""
    mix: str
    mix_share: str
    method: str
    method_what: tuple[str, ...]
    cite: str
    cite_as: str
    """{site}, {title}, {quarters}, {day}: on which the last one closed; {address}."""
    from_to: str
    """{first}, {last}: quarters."""
