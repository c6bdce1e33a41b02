"""
The configuration with which nginx answers for a published folder as the server does.

Beside the URL map, from which it is made: a new address is in both. It goes into a `server` block of the
operator's own, which says where to listen and with which certificate. What it cannot answer for needs the
server: feeds by several facets, other spellings of an address, the members' tree, and all that is posted.
"""

import re
from collections.abc import Iterator, Mapping

from feeds.entry import Site
from feeds.filters import MEDIA_TYPES
from handlers import errors
from handlers.published import FORM, FRESH, content_policy
from handlers.rendering import style_source
from handlers.routes import FEED, FEED_PAGE, HTML, PART, Standing, files
from handlers.validated import SAFE

_BRACED = re.compile(r"{(\w+)}")
_ARCHIVE = "/archive/[0-9]{4}-[0-9]{2}-[0-9]{1,6}"
_BEHIND = "http://127.0.0.1:8080"
"""Where `warp serve` listens unless told otherwise."""
_NO_FILE = "/.nothing"
_HEAD = """\
# Written by `warp publish --nginx`; include it in a server block. Write it anew after each upgrade: it holds
# the hash of the pages' style sheet.

root "{root}";

# Nothing about a reader is kept. nginx writes client addresses into most lines of its error log.
access_log off;
error_log /dev/null crit;
server_tokens off;

# Only what is named here has a type. Encodings are those on the disk: nothing is compressed on the way.
types {{ }}
default_type {problem};
gzip off;
gzip_static on;
gzip_vary on;
gzip_proxied any;
gzip_http_version 1.0;
if_modified_since exact;
max_ranges 0;
merge_slashes off;
absolute_redirect off;

client_header_timeout 10s;
client_body_timeout 30s;
client_max_body_size 32k;
client_body_buffer_size 32k;

if ($request_uri ~ "[?]") {{
    rewrite ^ /.no-query last;
}}
error_page 400 414 431 494 /.not-http;
error_page 403 404 /.nothing;
error_page 405 {otherwise};
error_page 500 502 504 /.fault;
"""
_PROXY = """\
proxy_pass {behind};
proxy_http_version 1.1;
proxy_set_header Host $host;
proxy_set_header Connection "";
proxy_set_header User-Agent "";
proxy_set_header Cookie "";
"""


def configuration(root: str, site: Site, behind: str = "") -> str:
    """
    Give the configuration.

    Args:
        root: The published folder, absolute.
        site: The publisher, as everybody sees it.
        behind: Address of the server, which gets what is no file; without one that is refused.
    """
    otherwise = "= @elsewhere" if behind else "/.not-allowed"
    blocks = [
        _HEAD.format(root=root, problem=errors.MEDIA_TYPE, otherwise=otherwise),
        *_refusals(),
        _elsewhere(behind),
        _location("/", {}, f"try_files {_NO_FILE} @elsewhere;"),
        *(_file(each) for each in files(site.default)),
        *_feeds(site.hub and f'<{site.hub}>; rel="hub", <{site.url}$uri>; rel="self"'),
        _feed_pages(),
    ]
    return "\n".join(blocks)


def _refusals() -> Iterator[str]:
    """Give what is answered with a problem, each by an address that only this configuration can ask for."""
    yield _refusal("/.no-query", errors.NO_QUERY)
    yield _refusal("/.not-http", errors.NOT_HTTP)
    yield _refusal(_NO_FILE, errors.NOT_FOUND)
    yield _refusal("/.not-allowed", errors.NOT_ALLOWED, {"Allow": "GET,HEAD"})
    yield _refusal("/.fault", errors.FAULT)


def _refusal(name: str, answer: errors.Answer, headers: Mapping[str, str] | None = None) -> str:
    body = errors.problem(*answer).text
    lines = ("internal;", f"return {answer.status} '{body}';")
    return _location(f"= {name}", {"Cache-Control": "no-store"} | dict(headers or {}), *lines)


def _elsewhere(behind: str) -> str:
    """Give where that goes which is no file: feeds by several facets, what members read, what is posted."""
    proxy = _PROXY.format(behind=behind or _BEHIND).splitlines()
    if behind:
        return _location("@elsewhere", {}, *proxy)
    note = "# With --behind, what is no file goes to the server instead:"
    return _location("@elsewhere", {}, "return 404;", note, *(f"#   {line}" for line in proxy))


def _file(file: Standing) -> str:
    headers = {"Cache-Control": file.caching, **SAFE}
    if file.media_type.startswith("text/html"):
        headers["Content-Security-Policy"] = _policy(has_form=file.path.endswith(FORM))
    if file.link:
        headers["Link"] = file.link
    path = _BRACED.sub(r"$\1", file.path)
    lines = f'default_type "{file.media_type}";', f"try_files /{path} @elsewhere;"
    return _location(_matching(file.address), headers, *lines)


def _policy(*, has_form: bool = False) -> str:
    return content_policy(style_source(), has_form=has_form)


def _feed_pages() -> str:
    language, address = (pattern for _, pattern in PART.findall(FEED_PAGE))
    headers = {"Cache-Control": FRESH, **SAFE, "Content-Security-Policy": _policy()}
    lines = f'default_type "{HTML}";', "try_files $uri.html @elsewhere;"
    return _location(rf'~ "^/{language}/feeds/(?!index\z){address}\z"', headers, *lines)


def _feeds(link: str) -> Iterator[str]:
    """Give feeds and archives, in each format; archives come first, without a link: no hub tells of them."""
    language, address, _ = (pattern for _, pattern in PART.findall(FEED))
    for format_, media_type in MEDIA_TYPES.items():
        for middle in (_ARCHIVE, "") if link else ("",):
            yield _location(
                rf'~ "^/feeds/{language}/{address}{middle}\.{format_}\z"',
                {"Cache-Control": FRESH, **SAFE} | ({"Link": link} if link and not middle else {}),
                f'default_type "{media_type}; charset=utf-8";',
                "try_files $uri @elsewhere;",
            )


def _matching(address: str) -> str:
    """Give how a location names what the router's pattern does."""
    if not PART.search(address):
        return f"= {address}"
    pattern, end = "", 0
    for part in PART.finditer(address):
        pattern += f"{re.escape(address[end : part.start()])}(?<{part[1]}>{part[2]})"
        end = part.end()
    return rf'~ "^{pattern}{re.escape(address[end:])}\z"'


def _location(name: str, headers: Mapping[str, str], *lines: str) -> str:
    always = " always" if "no-store" in headers.values() else ""
    added = (f"add_header {each} {_quoted(value)}{always};" for each, value in headers.items())
    body = "".join(f"    {line}\n" for line in (*added, *lines))
    return f"location {name} {{\n{body}}}\n"


def _quoted(value: str) -> str:
    return f"'{value}'" if '"' in value else f'"{value}"'
