"""The pages of figures: numbers, and what is counted, how, and what is missing, from each page alone."""

import csv
import io
import json
import re
from datetime import date

import lxml.etree
import lxml.html
import msgspec
import pytest

from feeds.figures import Closed, as_csv, as_json
from feeds.progress import every_progress
from handlers import figure_pages
from handlers.chart import draw
from handlers.figure_texts.languages import FIGURE_TEXTS
from tests.releases import EARLIER, EMPTY, MONTH, POLICY, QUARTER, RELEASES, SITE, WEEK, cell
from warp.disclosure import Release
from warp.policies import Name, Policy

AREAS = every_progress(RELEASES)


def read(page: bytes) -> str:
    """Give a page's text as a reader sees it, on one line."""
    body = lxml.html.fromstring(page.decode()).find("body")
    return " ".join(re.findall(r"[^ \n]+", " ".join(body.itertext())))


def everything(language: str = "en", releases: list[Release] = RELEASES) -> bytes:
    return figure_pages.render_figures(SITE, language, POLICY, releases, every_progress(releases))


def period(release: Release, language: str = "en", policy: Policy = POLICY) -> bytes:
    return figure_pages.render_period(SITE, language, Closed(msgspec.structs.replace(release, policy=policy)))


def links(page: bytes) -> list[str]:
    return [str(link) for link in lxml.html.fromstring(page.decode()).xpath("//main//a/@href")]


def test_figures_are_lower_bounds_narrow_rows_first() -> None:
    text = read(period(WEEK, "es"))
    assert "Cifras de la semana 2026-W47 del 2026-11-16 al 2026-11-22" in text
    assert (
        "Tipo Lugar Reportes Phishing Brasil al menos 20 Phishing América del Sur al menos 10 "
        "Código malicioso Namibia al menos 5"
    ) in text


def test_a_period_with_too_few_reports_says_so_kindly() -> None:
    page = period(EMPTY)
    assert "Too few to publish." in read(page)
    assert "does not mean that nothing happened" in read(page)
    assert "may still show in 2026-11, 2026-Q4" in read(page)
    assert b"<table" not in page


def test_a_period_of_a_length_without_figures_says_which_have_some() -> None:
    cautious = Policy(preset=Name.CAUTIOUS)
    words = FIGURE_TEXTS["en"].not_of_this_length
    text = read(period(EMPTY, policy=cautious))
    assert f"2026-11-15 {words} Data:" in text
    assert "Too few to publish" not in text
    assert words not in read(period(EMPTY))


def test_periods_of_a_length_without_figures_are_listed_apart() -> None:
    cautious = msgspec.structs.replace(EMPTY, policy=Policy(preset=Name.CAUTIOUS))
    text = read(everything(releases=[cautious, WEEK]))
    assert "With figures: 2026-W47 The policy had no figures of this length: 2026-W46" in text
    latest = read(everything(releases=[cautious]))
    assert FIGURE_TEXTS["en"].not_of_this_length in latest
    assert FIGURE_TEXTS["en"].too_few_kindly not in latest


def test_rows_of_another_policy_than_the_one_in_force_say_which() -> None:
    assert "policy has changed" not in read(everything())
    stricter = Policy(preset=Name.SMALL_COMMUNITY, reports=6)
    for policy, said in ((Policy(), ","), (stricter, " with other numbers,")):
        text = read(figure_pages.render_figures(SITE, "en", policy, RELEASES, AREAS))
        assert text.count(f"closed under the policy “small community”{said} which its own page explains") == 3
        assert "policy has changed" not in text, "a quarter has just closed"
        text = read(figure_pages.render_figures(SITE, "en", policy, RELEASES[:-1], AREAS))
        assert "How The policy has changed: this explanation holds from the next quarter on." in text
    assert "closed under the policy" not in read(period(WEEK))


def test_a_period_in_which_the_site_began_says_when() -> None:
    site = msgspec.structs.replace(SITE, created=date(2026, 11, 18))
    text = read(figure_pages.render_period(site, "en", Closed(WEEK)))
    assert "2026-11-22 The site began on 2026-11-18." in text
    assert "The site began" not in read(period(WEEK))
    text = read(
        figure_pages.render_figures(site, "es", POLICY, [WEEK, MONTH, QUARTER], every_progress([QUARTER]))
    )
    assert text.count("El sitio empezó el 2026-11-18.") == 4  # week, month, quarter and chart


def test_rows_and_bars_of_what_is_left_are_named_the_rest() -> None:
    assert "All types (the rest) World (the rest) at least 5" in read(period(QUARTER))
    page = lxml.html.fromstring(everything().decode())
    assert "All types (the rest)" in page.xpath("//svg/text/text()")


@pytest.mark.parametrize("language", FIGURE_TEXTS)
@pytest.mark.parametrize("release", RELEASES, ids=lambda each: each.period)
def test_each_page_says_what_is_counted_how_and_what_is_missing(release: Release, language: str) -> None:
    texts = FIGURE_TEXTS[language]
    for page in (period(release, language), everything(language)):
        text = read(page)
        for said in (texts.counted_how, *texts.missing_what):
            assert said in text


def test_each_page_says_what_a_row_needs_under_the_policy_of_its_period() -> None:
    needs = (
        "fewer than {} reports or 3 members; always, if it stands for enough places and types, from {} "
        "reports on and {} members who reported the same class in the same week"
    )
    assert needs.format(5, 11, 9) in read(period(QUARTER))
    text = read(period(QUARTER, policy=Policy(preset=Name.CAUTIOUS, reports=8)))
    assert "“cautious”" in text
    assert needs.format(8, 21, 16) in text


def test_the_page_of_all_figures_tells_the_policies_apart() -> None:
    text = read(everything())
    assert "cautious Half the risk of the others" in text
    risk = "One report changes the chances of what is shown by at most {} percentage points."
    assert f"{risk.format(10)} standard" in text
    assert f"{risk.format(20)} small community For tens of members" in text


def test_a_long_period_leads_to_the_shorter_ones_that_it_leaves_out() -> None:
    inside = [f"/en/figures/2026-W{week}" for week in (45, 46, 47, 48)]
    assert [link for link in links(period(MONTH)) if "-W" in link] == inside
    assert not [link for link in links(period(WEEK)) if re.search("-W46|-Q", link)]


def test_a_period_leads_to_its_data() -> None:
    assert {"/v1/figures/2026-W47", "/v1/figures/2026-W47.csv"} <= set(links(period(WEEK)))


def test_the_page_of_all_figures_shows_the_latest_of_each_length() -> None:
    text = read(everything())
    latest = ("Latest week: 2026-W47", "Latest month: 2026-11", "Latest quarter: 2026-Q4")
    assert sorted(text.index(part) for part in latest) == [text.index(part) for part in latest]


def test_the_order_is_that_of_length_and_too_few_is_explained_once() -> None:
    text = read(
        everything(releases=[EARLIER, WEEK, Release("2026-11", (), POLICY), Release("2026-Q4", (), POLICY)])
    )
    latest = ("Latest week: 2026-W47", "Latest month: 2026-11", "Latest quarter: 2026-Q4")
    assert sorted(text.index(part) for part in latest) == [text.index(part) for part in latest]
    assert text.count(FIGURE_TEXTS["en"].too_few_kindly) == 1
    assert text.count(FIGURE_TEXTS["en"].too_few) == 2


@pytest.mark.parametrize("language", FIGURE_TEXTS)
def test_no_two_links_of_the_latest_periods_read_alike(language: str) -> None:
    found = lxml.html.fromstring(everything(language).decode()).xpath("//p[@class='links']/a")
    texts = [each.text for each in found]
    assert len(texts) == 9
    assert len(set(texts)) == 9


def test_the_page_of_all_figures_leads_to_every_period_and_to_all_data() -> None:
    found = links(everything("es"))
    assert {f"/es/figures/{each.period}" for each in RELEASES} <= set(found)
    assert {f"/es/figures/progress/{each.area}" for each in AREAS} <= set(found)
    data = ("", "/archive.zip", "/schema.json", "/csv-metadata.json")
    assert {f"/v1/figures{each}" for each in data} <= set(found)


def test_all_periods_are_listed_by_length_those_with_figures_apart() -> None:
    assert "All weeks With figures: 2026-W47 Too few to publish: 2026-W46" in read(everything())


def test_a_policy_without_weekly_figures_shows_no_latest_week() -> None:
    page = figure_pages.render_figures(SITE, "en", Policy(preset=Name.CAUTIOUS), RELEASES, AREAS)
    assert "Latest week" not in read(page)
    assert "Latest month" in read(page)


def test_before_the_first_close_the_page_explains_and_leads_nowhere() -> None:
    page = everything(releases=[])
    assert "No week has closed yet." in read(page)
    assert FIGURE_TEXTS["en"].counted_how in read(page)
    assert [link for link in links(page) if link != "#counted"] == []


def test_a_link_within_a_page_leads_somewhere() -> None:
    tree = lxml.html.fromstring(everything().decode())
    names = [str(name) for name in tree.xpath("//@id")]
    assert len(set(names)) == len(names)
    wanted = [link.removeprefix("#") for link in tree.xpath("//a/@href") if link.startswith("#")]
    wanted += [name for each in tree.xpath("//@aria-labelledby") for name in each.split()]
    assert wanted
    assert set(wanted) <= set(names)


def test_the_chart_shows_one_period_length_and_says_what_its_table_says() -> None:
    tree = lxml.html.fromstring(everything().decode())
    [picture] = tree.xpath("//svg")
    assert picture.xpath("string(title)") == "Reports by class and quarter"
    assert "Lower bounds" in picture.xpath("string(desc)")
    assert "Do not read a change between quarters as a trend" in picture.xpath("string(desc)")
    drawn = [str(text) for text in picture.xpath(".//text/text()")]
    [table] = tree.xpath("//div[@class='wide']/table")
    cells = [str(text) for text in table.xpath(".//th/text() | .//td/text()")]
    assert sorted(drawn) == sorted(text for text in cells if text not in ("–", "Type"))
    assert {"2026-Q3", "2026-Q4"} <= set(drawn)


def test_without_a_figure_in_a_closed_quarter_there_is_no_chart() -> None:
    assert b"<svg" not in everything(releases=[EMPTY, WEEK, MONTH])


def test_bars_stand_on_one_scale_beside_each_other() -> None:
    chart = draw(["2026-Q3", "2026-Q4"], [("a", [10, 40]), ("b", [0, 20])])
    (low, high), (half,) = (row.bars for row in chart.rows)
    assert (high.height, half.height, low.height) == (40, 20, 10)
    for row in chart.rows:
        assert {bar.y + bar.height for bar in row.bars} == {row.floor}
    assert low.x + chart.bar <= high.x == half.x
    assert high.x + chart.bar <= chart.width


def test_a_chart_of_small_numbers_shows_every_one_of_them() -> None:
    chart = draw(["2026-Q4"], [("a", [5]), ("b", [5 * 2**20])])
    assert all(bar.height > 0 for row in chart.rows for bar in row.bars)


def test_a_progress_report_says_volume_share_mix_method_and_how_to_cite_it() -> None:
    [americas] = [each for each in AREAS if each.area == "019"]
    text = read(figure_pages.render_progress(SITE, "en", americas))
    for part in (
        "Progress report: Americas",
        "Quarter Reports Sub-regions with figures 2026-Q4 at least 110 1 of 2 2026-Q3 at least 5 1 of 2",
        "Share of what is shown 2026-Q4 Fraud at least 110 100 % 2026-Q3 Availability at least 5 100 %",
        FIGURE_TEXTS["en"].method_what[0],
        FIGURE_TEXTS["en"].method_what[1],
        "Cite as WARP of the South: Progress report: Americas, 2026-Q3 to 2026-Q4, closed on 2027-01-04. "
        "https://warp.example/en/figures/progress/019",
    ):
        assert part in text


def test_a_progress_report_of_a_sub_region_counts_countries() -> None:
    [southern] = [each for each in AREAS if each.area == "018"]
    page = figure_pages.render_progress(SITE, "es", southern)
    assert "Países con cifras 2026-Q4 al menos 5 1 de 5 2026-Q3 Muy pocos para publicar. –" in read(page)
    assert FIGURE_TEXTS["es"].no_share in read(page)
    assert "/v1/figures/progress/018.csv" in links(page)


def progress_of(*releases: Release, created: date = SITE.created) -> str:
    site, [world, *_] = msgspec.structs.replace(SITE, created=created), every_progress(releases)
    return read(figure_pages.render_progress(site, "en", world))


def test_a_progress_report_of_one_quarter_is_cited_by_that_quarter() -> None:
    assert "Progress report: World, 2026-Q4, closed on 2027-01-04." in progress_of(QUARTER)


def test_regions_without_figures_are_a_dash_and_not_zero() -> None:
    text = progress_of(Release("2026-Q4", (cell("fraud", "001", 40),), POLICY))
    assert "Regions with figures 2026-Q4 at least 40 – –: no figure of the quarter is as narrow" in text
    assert FIGURE_TEXTS["en"].no_share not in progress_of(QUARTER)
    assert "at least 85 1 of 5" in progress_of(QUARTER)


def test_the_quarter_in_which_the_site_began_is_marked() -> None:
    text = progress_of(EARLIER, QUARTER, created=date(2026, 8, 12))
    assert "2026-Q3 (from 2026-08-12, when the site began) at least 5" in text
    assert "2026-Q4 at least 85" in text


def test_a_share_is_never_nothing_of_something_nor_all_of_less() -> None:
    cells = (cell("fraud", "BR", 5 * 2**12), cell("malicious-code", "BR", 5), cell("", "001", 40))
    text = progress_of(Release("2026-Q4", cells, POLICY))
    assert "Malicious code at least 5 < 1 %" in text
    assert "Fraud at least 20480 > 99 %" in text
    assert "All types (the rest) at least 40 < 1 %" in text


def test_a_long_history_charts_the_latest_quarters_only() -> None:
    years = [
        Release(f"{year}-Q{n}", (cell("fraud", "001", 5),), POLICY)
        for year in (2026, 2027)
        for n in (1, 2, 3, 4)
    ]
    page = everything(releases=[EARLIER, *years][1:])
    [picture] = lxml.html.fromstring(page.decode()).xpath("//svg")
    quarters = [text for text in picture.xpath(".//text/text()") if "-Q" in text]
    assert quarters == ["2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]


@pytest.mark.parametrize("language", SITE.languages)
@pytest.mark.parametrize("release", RELEASES, ids=lambda each: each.period)
def test_every_form_says_the_numbers_of_the_release_and_no_other(release: Release, language: str) -> None:
    """So that nothing can be learnt from the difference of two of them."""
    numbers = sorted(cell.figure.at_least for cell in release.cells)
    page = lxml.html.fromstring(figure_pages.render_period(SITE, language, Closed(release)))
    cells = page.xpath("//td[contains(@class, 'number')]")
    shown = [int(found) for cell in cells for found in re.findall(r"\d+", cell.text_content())]
    document = json.loads(as_json(SITE, Closed(release)))
    table = csv.DictReader(io.StringIO(as_csv(SITE, Closed(release)).decode(), newline=""))
    assert sorted(shown) == numbers
    assert sorted(cell["at_least"] for cell in document["cells"]) == numbers
    assert sorted(int(row["at_least"]) for row in table if row["at_least"]) == numbers
