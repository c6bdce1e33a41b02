"""What the pages of figures say in English."""

from handlers.figure_texts.table import FigureTexts
from warp.weeks import Span

TEXTS = FigureTexts(
    intro=(
        "How many incidents the members of this site reported, by type and place. Each number is a lower "
        "bound, and stands only where enough reports from enough members are behind it."
    ),
    explained="What is counted, how, and what is missing.",
    title={
        Span.WEEK: "Figures for week {period}",
        Span.MONTH: "Figures for month {period}",
        Span.QUARTER: "Figures for quarter {period}",
    },
    latest={
        Span.WEEK: "Latest week: {period}",
        Span.MONTH: "Latest month: {period}",
        Span.QUARTER: "Latest quarter: {period}",
    },
    days="{first} to {last}",
    begun="The site began on {day}. Earlier reports are not counted.",
    other_policy="This period was closed under the policy “{policy}”, which its own page explains.",
    other_numbers=(
        "This period was closed under the policy “{policy}” with other numbers, which its own page explains."
    ),
    from_next_quarter="The policy has changed: this explanation holds from the next quarter on.",
    reports="Reports",
    at_least="at least {n}",
    too_few="Too few to publish.",
    too_few_kindly=(
        "There were too few reports, or too few members behind them, for any row. That is usual in a small "
        "community, and protects whoever reported: a number could point to the team that made it. It does "
        "not mean that nothing happened."
    ),
    not_of_this_length="The policy that it was closed under has figures of longer periods only.",
    none_closed="No week has closed yet.",
    whole_page="{period}: page and data",
    as_form="{period} as {form}",
    leaves_out="Reports that a shorter period shows are not counted here again:",
    may_count_later="Reports that are hidden here may still show in {periods}.",
    counted="What is counted",
    counted_how=(
        "Reports that members of this site, incident response teams, sent to it anonymously. A report counts "
        "on the day of its release into the counts, not on that of the incident. A report that stands for "
        "several similar incidents is one report. Test reports are left out. Weeks begin on Monday, UTC; "
        "months and quarters are whole weeks, and a week belongs to those of its Thursday."
    ),
    how="How",
    how_ladder=(
        "Each report is counted in one row at most, in all weeks, months and quarters together: in the "
        "finest row that has enough. So rows may be added up, and a wide row leaves out what narrower rows "
        "show. “The rest” is what no finer row shows, not a total. The policy of publication is “{policy}”. "
        "{why}"
    ),
    policies="The policies that a site can choose from",
    policy_risk="One report changes the chances of what is shown by at most {percent} percentage points.",
    missing="What is missing",
    missing_what=(
        "Too few: what is not enough for a row of the week waits for its month, then its quarter. What is "
        "still not enough is never published. A row that is absent does not mean zero.",
        "Late: a period is closed once and never changes. A report that arrives later counts in the period "
        "in which it arrives, so recent incidents may show in later periods only.",
        "Not reported: incidents that no member reported are in no figure. A rise can also mean that more "
        "members report.",
    ),
    data="Data",
    data_how=(
        "The same as files, to load into a spreadsheet, pandas or R. Codes are stable: RSIT for types, "
        "ISO 3166-1 and UN M49 for places. A period without a row says so in the file."
    ),
    all_data="index of all periods",
    schema="JSON Schema",
    csv_schema="schema of the CSV files (CSV on the Web)",
    archive="all figures in one archive, with hashes",
    chart="Reports by class and quarter",
    chart_how=(
        "Lower bounds, as the sum of all figures of a quarter, its weeks and its months; each report at most "
        "once. No bar: too few to publish. “The rest” is what could be shown over all types together only. "
        "Do not read a change between quarters as a trend: each number may be under half of the truth, and "
        "by chance alone a number can halve, double or vanish."
    ),
    all_periods={Span.WEEK: "All weeks", Span.MONTH: "All months", Span.QUARTER: "All quarters"},
    with_figures="With figures:",
    without_figures="Too few to publish:",
    not_of_this_length_list="The policy had no figures of this length:",
    progress="Progress reports",
    progress_how="Volume, parts of the area with figures, and mix of types, quarter by quarter:",
    progress_of="Progress report: {area}",
    no_progress="The first one comes with the first closed quarter that has a figure.",
    progress_intro=(
        "What the published figures of this site show, quarter by quarter. Volumes are lower bounds. A "
        "change from one quarter to the next is no trend; see the method."
    ),
    quarter="Quarter",
    quarter_begun="{quarter} (from {day}, when the site began)",
    volume="Volume",
    parts={
        "regions": "Regions with figures",
        "sub-regions": "Sub-regions with figures",
        "countries": "Countries with figures",
    },
    share="{n} of {total}",
    no_share=(
        "–: no figure of the quarter is as narrow as one of these parts. It does not mean that none of them "
        "reported."
    ),
    mix="Mix of types",
    mix_share="Share of what is shown",
    method="Method",
    method_what=(
        "The volume of a quarter is the sum of the lower bounds of all figures that lie in this area: of the "
        "quarter, of its months and of its weeks. Each report is in at most one figure, so it is counted at "
        "most once, and the sum is a lower bound, too.",
        "Do not read a change between periods as a trend. Each number may be under half of the truth, and "
        "what one quarter shows for an area may be in a wider area, or hidden, in the next. By chance alone "
        "a volume can halve or double.",
        "A part of the area counts as having figures if a figure of the quarter lies in it. What could be "
        "shown for a wider place only is in none; so a part without figures may still have reported.",
        "Reports that could be shown over all types together only stand in a row of their own. Shares are of "
        "the lower bounds shown, not of all reports.",
        "Only closed quarters are listed. Their numbers do not change any more.",
    ),
    cite="Cite as",
    cite_as="{site}: {title}, {quarters}, closed on {day}. {address}",
    from_to="{first} to {last}",
)
