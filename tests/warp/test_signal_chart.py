"""The chart of a signal shows its numbers to scale, says them as text, and needs nothing but itself."""

import re
from xml.etree import ElementTree

from hypothesis import given

from tests.signals import COUNTS, RISE, THRESHOLD, anything, changed
from warp.signal import Kind, Signal
from warp.signal_chart import svg

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "desc", "style", "defs", "pattern", "rect", "line", "polygon", "polyline", "text"}


def drawing(signal: Signal) -> ElementTree.Element:
    return ElementTree.fromstring(svg(signal))  # noqa: S314 - our own


def bars(root: ElementTree.Element) -> list[tuple[str, float, float]]:
    """Give the bars of the weeks, without those of the legend: what they are, their top, their height."""
    found = [each for each in root.iter(f"{SVG}rect") if each.get("class") in ("bar", "judged", "open")]
    return [
        (each.attrib["class"], float(each.attrib["y"]), float(each.attrib["height"]))
        for each in found
        if each.get("width") != "14"
    ]


def texts(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{SVG}text")]


def test_bars_are_as_high_as_their_counts_and_stand_on_zero() -> None:
    found = bars(drawing(RISE))
    heights = [height for _, _, height in found]
    counts = [count for count in COUNTS if count]
    unit = heights[-1] / counts[-1]
    assert all(abs(height - unit * n) < 0.2 for height, n in zip(heights, counts, strict=True))
    assert len({round(top + height) for _, top, height in found}) == 1


def test_the_judged_weeks_are_marked_and_the_incomplete_one_is_hollow() -> None:
    assert [kind for kind, _, _ in bars(drawing(RISE))] == ["bar", "bar", "bar", "judged", "open"]
    complete = drawing(changed(elapsed=1))
    assert [kind for kind, _, _ in bars(complete)][-2:] == ["judged", "judged"]
    assert "incomplete" in texts(drawing(RISE))
    assert "incomplete" not in texts(complete)


def test_the_bound_of_two_weeks_is_drawn_at_half_and_said_whole() -> None:
    root = drawing(RISE)
    [bound] = [each for each in root.iter(f"{SVG}line") if each.get("class") == "bound"]
    zero = next(top + height for _, top, height in bars(root))
    unit = bars(root)[-1][2] / COUNTS[-1]
    assert abs(zero - float(bound.attrib["y1"]) - unit * RISE.bound / 2) < 0.2
    assert "unusual from 6 in two weeks" in texts(root)


def test_few_weeks_are_labelled_and_the_last_one_always() -> None:
    points = RISE.points * 4
    labels = [text for text in texts(drawing(changed(points=points))) if re.fullmatch(r"2026-W\d\d", text)]
    assert len(labels) <= 10
    assert labels[-1] == "2026-W47"


def test_the_numbers_stand_in_it_as_text() -> None:
    root = drawing(RISE)
    described = root.findtext(f"{SVG}desc") or ""
    assert root.findtext(f"{SVG}title") == "fraud/phishing, South America, 2026-W47 (rise)"
    assert described.startswith(RISE.why)
    for point in RISE.points:
        assert f"{point.week}: {point.observed} observed, 0.6 expected (0 to 2)" in described
    assert described.endswith("The last week is incomplete.")


def test_what_a_signal_says_cannot_break_out_of_the_chart() -> None:
    hostile = changed(type="</title><script>alert(1)</script>")
    assert {each.tag.removeprefix(SVG) for each in drawing(hostile).iter()} <= ALLOWED


def test_a_signal_that_keeps_no_weeks_is_drawn_as_its_window() -> None:
    root = drawing(changed(THRESHOLD, points=()))
    assert len(bars(root)) == 1
    assert "2026-W47" in texts(root)
    assert "12" in texts(root)


@given(anything)
def test_any_signal_has_a_chart_that_needs_nothing_else(signal: Signal) -> None:
    root = drawing(signal)
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= ALLOWED
    for each in root.iter():
        assert not [name for name in each.attrib if "href" in name or name.startswith("on")]
    assert not re.search(r"\b(nan|inf)\b", svg(signal).partition("</desc>")[2])
    assert not re.search(
        r"url\((?!#)|@import|https?://(?!www\.w3\.org/2000/svg)", svg(signal).partition("</desc>")[2]
    )
    for coordinate in re.findall(r'\b[xy][12]?="([^"]+)"', svg(signal)):
        assert -10 <= float(coordinate) <= 800


def test_a_month_is_labelled_as_one() -> None:
    month = changed(kind=Kind.OCCURRENCE, week="2026-10", points=())
    assert "2026-10" in texts(drawing(month))
