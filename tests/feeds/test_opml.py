"""OPML: the list of a site's feeds, as a reader that imports it finds it."""

import msgspec
import pytest
from lxml import etree

from feeds import filters, opml
from feeds.entry import Site
from tests.feeds.standards import check_opml


def outlines(site: Site, language: str) -> list[dict[str, str]]:
    tree = etree.fromstring(opml.document(site, language))
    return [dict(each.attrib) for each in tree.iter("outline") if each.get("xmlUrl")]


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_is_opml_2_that_readers_import(site: Site, language: str) -> None:
    check_opml(opml.document(site, language))


def test_it_holds_every_feed_by_one_facet_once_and_no_drill(site: Site) -> None:
    addresses = [each["xmlUrl"] for each in outlines(site, "es")]
    expected = [
        f"{site.url}/{filters.path(each, 'es', filters.Format.ATOM)}" for each in filters.single_filters()
    ]
    assert sorted(addresses) == sorted(expected)


def test_feeds_are_grouped_by_facet_in_the_order_of_an_address(site: Site) -> None:
    body = etree.fromstring(opml.document(site, "en")).find("body")
    names = [each.get("text") for each in body if not each.get("xmlUrl")]
    assert names == ["Type", "Country", "Region", "Sector", "Severity"]
    assert [each.get("xmlUrl") for each in body if each.get("xmlUrl")] == [f"{site.url}/feeds/en/all.atom"]


def test_a_feed_is_called_as_it_calls_itself(site: Site) -> None:
    found = {each["xmlUrl"]: each for each in outlines(site, "es")}
    spam = found[f"{site.url}/feeds/es/type/abusive-content/spam.atom"]
    title = filters.title(filters.Filter(types=("abusive-content/spam",)), site, "es")
    assert spam["text"] == spam["title"] == title
    assert (spam["language"], spam["htmlUrl"]) == ("es", f"{site.url}/es/")


def test_it_is_the_same_every_time_and_has_no_date(site: Site) -> None:
    assert opml.document(site, "en") == opml.document(site, "en")
    assert b"<date" not in opml.document(site, "en")


def test_no_name_of_a_site_breaks_it(site: Site) -> None:
    hostile = msgspec.structs.replace(site, name='</title> & "x" \x00\u202e')
    check_opml(opml.document(hostile, "en"))
    assert outlines(hostile, "en")[0]["text"].startswith('‹/title› & "x"')
