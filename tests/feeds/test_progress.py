"""Progress of an area: sums of figures, each report once, of closed quarters only."""

import csv
import io
import json
from datetime import date

import msgspec
import pytest

from feeds import progress, schemas
from feeds.progress import Progress
from tests.releases import EARLIER, EMPTY, MONTH, POLICY, QUARTER, RELEASES, SITE, WEEK, cell
from tests.tables import table_flaws
from warp.disclosure import Release

AREAS = {each.area: each for each in progress.every_progress(RELEASES)}


def test_the_volume_of_a_quarter_is_the_sum_of_all_its_figures_of_any_length() -> None:
    earlier, latest = AREAS["001"].quarters
    assert latest.by_class == {"fraud": 10 + 20 + 40 + 80, "malicious-code": 5, "": 5}
    assert latest.at_least == 160
    assert earlier.by_class == {"availability": 5}


def test_an_area_counts_what_lies_in_it_and_not_what_is_wider() -> None:
    assert AREAS["019"].quarters[-1].by_class == {"fraud": 10 + 20 + 80}
    assert AREAS["419"].quarters[-1].by_class == {"fraud": 10 + 20}
    assert AREAS["018"].quarters[-1].by_class == {"malicious-code": 5}


def test_only_areas_in_which_a_figure_lies_have_a_report_the_world_first() -> None:
    assert list(AREAS) == ["001", "002", "019", "202", "419", "018", "005"]


def test_a_quarter_that_is_not_closed_is_left_out() -> None:
    assert progress.every_progress([EMPTY, WEEK, MONTH]) == []
    [world, *_] = progress.every_progress([EARLIER, EMPTY, WEEK, MONTH])
    assert [str(quarter.period) for quarter in world.quarters] == ["2026-Q3"]


@pytest.mark.parametrize(
    ("area", "kind", "parts", "with_figures"),
    [
        ("001", "regions", 5, {"002", "019"}),
        ("019", "sub-regions", 2, {"419"}),
        ("419", "countries", 52, {"BR"}),
        ("018", "countries", 5, {"NA"}),
    ],
)
def test_the_share_is_of_regions_sub_regions_or_countries_with_any_figure(
    area: str, kind: str, parts: int, with_figures: set[str]
) -> None:
    assert (AREAS[area].parts_kind, len(AREAS[area].parts)) == (kind, parts)
    assert AREAS[area].quarters[-1].parts == with_figures


def rows(report: Progress) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(progress.as_csv(SITE, report).decode(), newline="")))


@pytest.mark.parametrize("area", AREAS)
def test_the_csv_fits_its_published_metadata(area: str) -> None:
    metadata = json.loads(schemas.progress_metadata(SITE, AREAS))
    assert list(table_flaws(progress.as_csv(SITE, AREAS[area]), metadata)) == []
    assert {"url": f"{area}.csv"} in metadata["tables"]


def test_the_csv_has_a_row_for_each_quarter_and_class() -> None:
    found = [
        (row["quarter"], row["type"], row["at_least"], row["quarter_at_least"]) for row in rows(AREAS["001"])
    ]
    assert found == [
        ("2026-Q3", "availability", "5", "5"),
        ("2026-Q4", "malicious-code", "5", "160"),
        ("2026-Q4", "fraud", "150", "160"),
        ("2026-Q4", "all", "5", "160"),
    ]


def test_a_quarter_without_a_figure_says_too_few_to_publish() -> None:
    row = rows(AREAS["018"])[0]
    assert (row["quarter"], row["at_least"]) == ("2026-Q3", "")
    assert row["note"] == "too few to publish"


def test_where_no_figure_is_as_narrow_as_a_part_their_number_is_empty_and_not_zero() -> None:
    [world] = progress.every_progress([Release("2026-Q4", (cell("fraud", "001", 40),), POLICY)])
    assert [(row["at_least"], row["parts_with_figures"]) for row in rows(world)] == [("40", "")]


def test_a_quarter_in_which_the_site_began_says_from_when_it_counts() -> None:
    site = msgspec.structs.replace(SITE, created=date(2026, 8, 12))
    table = progress.as_csv(site, AREAS["001"]).decode()
    found = {row["quarter"]: row["counted_from"] for row in csv.DictReader(io.StringIO(table, newline=""))}
    assert found == {"2026-Q3": "2026-08-12", "2026-Q4": "2026-09-28"}


def test_the_metadata_says_that_a_change_is_no_trend() -> None:
    columns = json.loads(schemas.progress_metadata(SITE, AREAS))["tableSchema"]["columns"]
    assert "as a trend" in next(each["dc:description"] for each in columns if each["name"] == "at_least")


def test_antarctica_counts_for_the_world_alone() -> None:
    found = progress.every_progress([Release("2026-Q4", (cell("fraud", "AQ", 5),), POLICY)])
    assert [(each.area, each.quarters[0].parts) for each in found] == [("001", frozenset())]


def test_a_quarter_alone_has_what_its_release_says() -> None:
    found = {each.area: each for each in progress.every_progress([QUARTER])}
    assert set(found) == {"001", "019"}
