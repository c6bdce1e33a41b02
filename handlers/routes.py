"""
The whole URL map.

| method and address | what |
|---|---|
| POST /v1/members | join with an invitation |
| POST /v1/bundles/{week} | a member's blinded tokens, signed |
| POST /v1/reports | one envelope |
| POST /hub | subscribe to a feed by WebSub, if the site has a hub of its own |
| GET /v1/directory, /v1/directory/{n} | public keys and policy: the newest entry; any entry, for ever |
| GET /v1/accepted/{week}, /v1/replies/{week} | public lists: marks of accepted reports, sealed replies |
| GET /v1/figures, /v1/figures/archive.zip | the index of all closed periods; all their files in one |
| GET /v1/figures/{period}, …/{period}.csv | protected figures of a closed week, month or quarter |
| GET /v1/figures/progress/{area}.csv | an area's progress, quarter by quarter, from figures alone |
| GET /v1/figures/schema.json, csv-metadata.json, progress/csv-metadata.json | schemas of these |
| GET /feeds/{lang}/{filter} . atom, rss or json | warnings: all, or type/…/country/… and so on |
| GET /feeds/{lang}/{filter}/archive/{month}-{part} . atom, rss or json | those that a feed has no room for |
| GET /feeds/{lang}/drill . atom, rss or json | rehearsed warnings, of which nothing has happened |
| GET /feeds/{lang}/feeds.opml | all feeds by one facet, to import into a reader |
| GET /v1/advisories, /v1/advisories/schema.json | the catalogue of all advisories; the schema of the twins |
| GET /v1/advisories/{id}.json, {id}.sig, {id}/{version} . json or sig | machine twins, and their signatures |
| GET /, /{lang}/ | the front page |
| GET /{lang}/advisories/{id} | one warning; one whose id begins with drill- is rehearsed |
| GET /{lang}/feeds/ | all feeds, and the form that composes the address of any |
| POST /{lang}/feeds/ | a choice made in that form: leads to the page of its feed |
| GET /{lang}/feeds/{filter} | one feed: what it holds, its addresses, its newest warnings |
| GET /{lang}/figures/, /{lang}/figures/{period}, /{lang}/figures/progress/{area} | figures as pages |
| GET /members/… | feeds, warnings, twins, pages for members, with a feed password by HTTP Basic |
| GET /m/{password}/… | the same, with the feed password in the address |
| GET /healthz, /readyz | for whatever watches the process |

A relay has POST /v1/reports and GET /healthz, and nothing else.

Every GET but the last two, and what is composed of feeds and of their pages, is a file of the public or the
members' tree, under the path that stands beside it here. Patterns admit no dot-dot and no slash, and the
parts of a path are checked by nothing else. Only `_ANYTHING` admits all that there is, and leads to nothing.
"""

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

from aiohttp import web
from aiohttp.typedefs import Handler

from handlers import builder, bundles, health, hub, member_feeds, members, relayed, reports
from handlers.connection import expect
from handlers.keys import PUBLIC, Shelf
from handlers.member_feeds import Read
from handlers.published import BRIEF, FRESH, IMMUTABLE, METADATA

HTML = "text/html; charset=utf-8"
_BINARY = "application/octet-stream"
_JSON = "application/json"
_SCHEMA = "application/schema+json"
_CSV = "text/csv; charset=utf-8"
_OPML = "text/x-opml; charset=utf-8"
_COLUMNS = f'<csv-metadata.json>; rel="describedby"; type="{METADATA}"'
"""Leads from a table to what its columns mean, beside it."""
_LANGUAGE = "{language:[a-z]{2}}"
_WEEK = "{week:[0-9]{4}-W[0-9]{2}}"
_PERIOD = "{period:[0-9]{4}-(?:W[0-9]{2}|[01][0-9]|Q[1-4])}"
_AREA = "{area:[0-9]{3}}"
_NAME = "[a-z0-9-]{1,80}"
_ADDRESS = "{address:[A-Za-z0-9,/-]{1,2000}}"
"""Of a feed or archive: facets with values, as `feeds.filters` reads them."""
FEED = f"/feeds/{_LANGUAGE}/{_ADDRESS}.{{format:[a-z]{{3,4}}}}"
"""A feed or archive."""
FEED_PAGE = f"/{_LANGUAGE}/feeds/{_ADDRESS}"
_ANYTHING = "{path:(?s:.*)}"
_BELOW_M = "/m/{password:[a-z2-7]{26}}"
_TWIN = f"{{twin:{_NAME}(?:/[0-9]{{1,4}})?[.](?:json|sig)}}"
PART = re.compile(r"{(\w+):((?:[^{}]|{[^{}]*})*)}")
"""A part of an address: its name and pattern."""
_get = functools.partial(web.get, expect_handler=expect)
_post = functools.partial(web.post, expect_handler=expect)


class Standing(NamedTuple):
    """A file of a tree, and how it is served."""

    address: str
    """In aiohttp's patterns."""
    path: str
    """Below the tree, with the parts of the address in braces."""
    media_type: str
    caching: str = FRESH
    link: str = ""
    """Link header; empty for none."""

    @property
    def pattern(self) -> str:
        """Regular expression of its paths."""
        parts = {name: f"(?:{pattern})" for name, pattern in PART.findall(self.address)}
        pieces = re.split(r"{(\w+)}", self.path)
        return "".join(parts[each] if odd % 2 else re.escape(each) for odd, each in enumerate(pieces))


def routes(languages: Sequence[str]) -> list[web.RouteDef]:
    """
    Give every route of the server.

    Args:
        languages: The site's, the default first. Of any other there is nothing, whatever files may be left.
    """
    language, every = f"{{language:{'|'.join(languages)}}}", _routes(languages[0])
    return [
        web.RouteDef(at.method, at.path.replace(_LANGUAGE, language), at.handler, at.kwargs) for at in every
    ]


def _routes(default_language: str) -> list[web.RouteDef]:
    return [
        _post("/v1/members", members.post),
        _post("/v1/bundles/{week}", bundles.post),
        _post("/v1/reports", reports.post),
        _post("/hub", hub.post),
        _get("/healthz", health.alive),
        _get("/readyz", health.ready),
        *(_get(each.address, _public(_in_tree(each))) for each in files(default_language)),
        _get(FEED, _public(_feed)),
        _post(f"/{_LANGUAGE}/feeds/", builder.post),
        _get(FEED_PAGE, builder.get),
        *_members(default_language),
    ]


def relay_routes() -> list[web.RouteDef]:
    """Give every route of a relay."""
    return [_post("/v1/reports", relayed.post), _get("/healthz", health.alive)]


def files(default_language: str) -> list[Standing]:
    """Give all that is a file of the public tree, but feeds."""
    return [
        Standing("/v1/directory", "v1/directory/newest.json", _JSON, BRIEF),
        Standing("/v1/directory/{n:[0-9]{1,6}}", "v1/directory/{n}.json", _JSON, IMMUTABLE),
        Standing(f"/v1/accepted/{_WEEK}", "v1/accepted/{week}.list", _BINARY, BRIEF),
        Standing(f"/v1/replies/{_WEEK}", "v1/replies/{week}.list", _BINARY, BRIEF),
        *_figures(),
        *_warnings(default_language),
    ]


def _figures() -> list[Standing]:
    data, progress, pages = "v1/figures", "v1/figures/progress", "{language}/figures"
    return [
        Standing("/v1/figures", f"{data}/index.json", _JSON, BRIEF),
        Standing("/v1/figures/archive.zip", f"{data}/archive.zip", "application/zip", BRIEF),
        Standing("/v1/figures/schema.json", f"{data}/schema.json", _SCHEMA),
        Standing("/v1/figures/csv-metadata.json", f"{data}/csv-metadata.json", METADATA, BRIEF),
        Standing(f"/v1/figures/{_PERIOD}", f"{data}/{{period}}.json", _JSON),
        Standing(f"/v1/figures/{_PERIOD}.csv", f"{data}/{{period}}.csv", _CSV, link=_COLUMNS),
        Standing(f"/{progress}/csv-metadata.json", f"{progress}/csv-metadata.json", METADATA, BRIEF),
        Standing(f"/{progress}/{_AREA}.csv", f"{progress}/{{area}}.csv", _CSV, link=_COLUMNS),
        Standing(f"/{_LANGUAGE}/figures/", f"{pages}/index.html", HTML),
        Standing(f"/{_LANGUAGE}/figures/{_PERIOD}", f"{pages}/{{period}}.html", HTML),
        Standing(f"/{_LANGUAGE}/figures/progress/{_AREA}", f"{pages}/progress/{{area}}.html", HTML),
    ]


def _warnings(default_language: str) -> list[Standing]:
    """Give the files that both trees have, the public and the members'."""
    data = "v1/advisories"
    return [
        Standing(f"/feeds/{_LANGUAGE}/feeds.opml", "feeds/{language}/feeds.opml", _OPML),
        Standing("/v1/advisories", f"{data}/index.json", _JSON, BRIEF),
        Standing("/v1/advisories/schema.json", f"{data}/schema.json", _SCHEMA),
        Standing(f"/v1/advisories/{_TWIN}", f"{data}/{{twin}}", _JSON),
        Standing("/", f"{default_language}/index.html", HTML),
        Standing(f"/{_LANGUAGE}/", "{language}/index.html", HTML),
        Standing(f"/{_LANGUAGE}/advisories/{{id:{_NAME}}}", "{language}/advisories/{id}.html", HTML),
        Standing(f"/{_LANGUAGE}/feeds/", "{language}/feeds/index.html", HTML),
    ]


def _members(default_language: str) -> list[web.RouteDef]:
    """Give the addresses of the members' tree, and what answers alike for all that are none."""
    read = [(each.address, _in_tree(each)) for each in _warnings(default_language)]
    read += [(FEED, _feed), (f"/{_ANYTHING}", member_feeds.nothing)]
    return [
        *(_get(f"/members{address}", member_feeds.by_password(each)) for address, each in read),
        *(_get(f"{_BELOW_M}{address}", member_feeds.by_address(each)) for address, each in read),
    ]


async def _feed(request: web.Request, tree: Shelf) -> web.StreamResponse:
    return await tree.feeds.respond(request)


def _public(read: Read) -> Handler:
    async def get(request: web.Request) -> web.StreamResponse:
        return await read(request, request.app[PUBLIC])

    return get


def _in_tree(file: Standing) -> Read:
    async def get(request: web.Request, tree: Shelf) -> web.StreamResponse:
        path = file.path.format(**request.match_info)
        return tree.files.respond(request, path, file.media_type, file.caching, file.link)

    return get
