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

from aiohttp import web
from aiohttp.typedefs import Handler

from handlers import builder, bundles, health, hub, member_feeds, members, relayed, reports
from handlers.connection import expect
from handlers.keys import PUBLIC, Shelf
from handlers.member_feeds import Read
from handlers.published import BRIEF, FRESH, IMMUTABLE, METADATA

_HTML = "text/html; charset=utf-8"
_BINARY = "application/octet-stream"
_JSON = "application/json"
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
_FEED = f"{_ADDRESS}.{{format:[a-z]{{3,4}}}}"
_ANYTHING = "{path:(?s:.*)}"
_BELOW_M = "/m/{password:[a-z2-7]{26}}"
_TWIN = f"{{twin:{_NAME}(?:/[0-9]{{1,4}})?[.](?:json|sig)}}"
_get = functools.partial(web.get, expect_handler=expect)
_post = functools.partial(web.post, expect_handler=expect)


def routes(default_language: str) -> list[web.RouteDef]:
    """Give every route of the server."""
    return [
        _post("/v1/members", members.post),
        _post("/v1/bundles/{week}", bundles.post),
        _post("/v1/reports", reports.post),
        _post("/hub", hub.post),
        _get("/healthz", health.alive),
        _get("/readyz", health.ready),
        _get("/v1/directory", _file("v1/directory/newest.json", _JSON, BRIEF)),
        _get("/v1/directory/{n:[0-9]{1,6}}", _file("v1/directory/{n}.json", _JSON, IMMUTABLE)),
        _get(f"/v1/accepted/{_WEEK}", _file("v1/accepted/{week}.list", _BINARY, BRIEF)),
        _get(f"/v1/replies/{_WEEK}", _file("v1/replies/{week}.list", _BINARY, BRIEF)),
        *_figures(),
        *(_get(address, _public(read)) for address, read in _warnings(default_language)),
        _post(f"/{_LANGUAGE}/feeds/", builder.post),
        _get(f"/{_LANGUAGE}/feeds/{_ADDRESS}", builder.get),
        *_members(default_language),
    ]


def relay_routes() -> list[web.RouteDef]:
    """Give every route of a relay."""
    return [_post("/v1/reports", relayed.post), _get("/healthz", health.alive)]


def _figures() -> list[web.RouteDef]:
    data, progress, pages = "v1/figures", "v1/figures/progress", "{language}/figures"
    return [
        _get("/v1/figures", _file(f"{data}/index.json", _JSON, BRIEF)),
        _get("/v1/figures/archive.zip", _file(f"{data}/archive.zip", "application/zip", BRIEF)),
        _get("/v1/figures/schema.json", _file(f"{data}/schema.json", "application/schema+json")),
        _get("/v1/figures/csv-metadata.json", _file(f"{data}/csv-metadata.json", METADATA, BRIEF)),
        _get(f"/v1/figures/{_PERIOD}", _file(f"{data}/{{period}}.json", _JSON)),
        _get(f"/v1/figures/{_PERIOD}.csv", _file(f"{data}/{{period}}.csv", _CSV, link=_COLUMNS)),
        _get(f"/{progress}/csv-metadata.json", _file(f"{progress}/csv-metadata.json", METADATA, BRIEF)),
        _get(f"/{progress}/{_AREA}.csv", _file(f"{progress}/{{area}}.csv", _CSV, link=_COLUMNS)),
        _get(f"/{_LANGUAGE}/figures/", _file(f"{pages}/index.html", _HTML)),
        _get(f"/{_LANGUAGE}/figures/{_PERIOD}", _file(f"{pages}/{{period}}.html", _HTML)),
        _get(f"/{_LANGUAGE}/figures/progress/{_AREA}", _file(f"{pages}/progress/{{area}}.html", _HTML)),
    ]


def _warnings(default_language: str) -> list[tuple[str, Read]]:
    """Give the addresses that both trees have, the public and the members', and what answers for each."""
    data = "v1/advisories"
    return [
        (f"/feeds/{_LANGUAGE}/feeds.opml", _in_tree("feeds/{language}/feeds.opml", _OPML)),
        (f"/feeds/{_LANGUAGE}/{_FEED}", _feed),
        ("/v1/advisories", _in_tree(f"{data}/index.json", _JSON, BRIEF)),
        ("/v1/advisories/schema.json", _in_tree(f"{data}/schema.json", "application/schema+json")),
        (f"/v1/advisories/{_TWIN}", _in_tree(f"{data}/{{twin}}", _JSON)),
        ("/", _in_tree(f"{default_language}/index.html", _HTML)),
        (f"/{_LANGUAGE}/", _in_tree("{language}/index.html", _HTML)),
        (f"/{_LANGUAGE}/advisories/{{id:{_NAME}}}", _in_tree("{language}/advisories/{id}.html", _HTML)),
        (f"/{_LANGUAGE}/feeds/", _in_tree("{language}/feeds/index.html", _HTML)),
    ]


def _members(default_language: str) -> list[web.RouteDef]:
    """Give the addresses of the members' tree, and what answers alike for all that are none."""
    read = [*_warnings(default_language), (f"/{_ANYTHING}", member_feeds.nothing)]
    return [
        *(_get(f"/members{address}", member_feeds.by_password(each)) for address, each in read),
        *(_get(f"{_BELOW_M}{address}", member_feeds.by_address(each)) for address, each in read),
    ]


async def _feed(request: web.Request, tree: Shelf) -> web.StreamResponse:
    return await tree.feeds.respond(request)


def _file(path: str, media_type: str, caching: str = FRESH, link: str = "") -> Handler:
    return _public(_in_tree(path, media_type, caching, link))


def _public(read: Read) -> Handler:
    async def get(request: web.Request) -> web.StreamResponse:
        return await read(request, request.app[PUBLIC])

    return get


def _in_tree(path: str, media_type: str, caching: str = FRESH, link: str = "") -> Read:
    async def get(request: web.Request, tree: Shelf) -> web.StreamResponse:
        return tree.files.respond(request, path.format(**request.match_info), media_type, caching, link)

    return get
