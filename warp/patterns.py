"""
What identifying things look like: addresses, names of machines and users, paths, numbers.

Under `warp.identifying`, which knows what is the reporter's own and decides. Patterns read folded text
(`warp.folding`). Each looks at a bounded stretch, or takes what it has read for good (possessive), and begins
only where nothing of its own kind goes before: so the work grows with the length of the text and no faster.
What is hidden counts as a part of a word, so that hiding one thing never uncovers half of another.
"""

import enum
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from warp import places
from warp.folding import HIDDEN, Folded

Address = ipaddress.IPv4Network | ipaddress.IPv6Network


class Kind(enum.StrEnum):
    """What a part of a text is, the most telling first."""

    OWN_DOMAIN = "own-domain"
    OWN_ADDRESS = "own-address"
    NAME = "name"
    """A name of a person or an organisation, or any other word of the local list."""
    EMAIL = "email"
    USER = "user"
    URL = "url"
    PATH = "path"
    HOST = "host"
    ADDRESS = "address"
    MAC = "mac"
    DOMAIN = "domain"
    PHONE = "phone"
    TICKET = "ticket"


class Match(NamedTuple):
    """A part of a folded text that looks like something."""

    kind: Kind
    start: int
    end: int
    host: tuple[int, int] | None = None
    """Where the name of the machine stands in an e-mail address, web address or domain."""


_BEFORE = r"(?<![\w\0-])"
_AFTER = r"(?![\w\0])"
_LABEL = r"\w[\w-]{0,62}+"
_NAME_OF_HOST = rf"{_LABEL}(?:\.{_LABEL})*+"
_IN_PATH = r'[^\\/:*?"<>|\s\0]'
_SLASH = r"(?:\\{1,2}|/)"

_URL = re.compile(r"(?<![\w\0+.-])[a-z][a-z0-9+.-]{1,20}://[^\s\0<>\"]++")
_EMAIL = re.compile(rf"(?<![\w\0.+%'-])[\w.+%'-]{{1,64}}+@({_NAME_OF_HOST}){_AFTER}")
_DOMAIN = re.compile(rf"{_BEFORE}(?<![\w\0-]\.){_LABEL}(?:\.{_LABEL})++{_AFTER}(?!\.\0)")
_PLACE_IN_SITE = re.compile(r"(?::\d{1,5})?/[^\s\0<>\"]*+")
_UNC = re.compile(
    rf"(?<![\w\0:\\])\\{{2,4}}[\w.$-]{{1,64}}+(?:\\{{1,2}}{_IN_PATH}{{1,200}}+)*+\\{{0,2}}{_AFTER}"
)
_WINDOWS = re.compile(
    rf"(?<![\w\0])[a-z]:{_SLASH}"
    rf"(?:{_IN_PATH}{{1,100}}+(?: {_IN_PATH}{{1,100}}+){{0,3}}{_SLASH})*+(?:{_IN_PATH}{{1,200}}+)?+{_AFTER}"
)
_POSIX = re.compile(rf"(?<![\w\0.:/~\\-])(?:~|\.{{1,2}})?(?:/[\w.+@%=~-]++)++/?+{_AFTER}")
_HOME = re.compile(
    rf"(?:[a-z]:{_SLASH}(?:users|documents and settings)|(?:/usr|/export)?/(?:home|users)){_SLASH}"
)
_USER = re.compile(r"\w[\w.@ -]*")
_DOWN_LEVEL = re.compile(r"(?<![\w\0\\/.:%-])([a-z][\w.-]{1,62})\\{1,2}([\w.$-]{1,64}+)(?![\\\0])")
_USER_IS = re.compile(
    r"(?<![\w\0])(?:user|usr|uid|login|logon|usuario|utilisateur|account|cuenta|conta|compte|samaccount)"
    r"(?:[ _-]?(?:name|id))? {0,2}[=:] {0,2}[\"']?([\w.\\@+-]{1,64}+)(?!\0)"
)
_IPV4 = re.compile(
    rf"(?<![\w\0.-])\d{{1,3}}\.\d{{1,3}}(?:\.(?:\d{{1,3}}|[x*])){{2}}(?:/\d{{1,2}})?{_AFTER}(?!\.[\w\0])"
)
_IPV6 = re.compile(
    rf"(?<![\w\0:.])(?=[0-9a-f]{{0,4}}:)[0-9a-f:]{{3,39}}+(?:(?:\.\d{{1,3}}){{3}})?(?:/\d{{1,3}})?{_AFTER}(?!:)"
)
_MAC = re.compile(
    rf"(?<![\w\0:-])[0-9a-f]{{2}}([:-])[0-9a-f]{{2}}(?:\1[0-9a-f]{{2}}){{4}}{_AFTER}(?!\1)"
    rf"|(?<![\w\0.])[0-9a-f]{{4}}\.[0-9a-f]{{4}}\.[0-9a-f]{{4}}{_AFTER}(?!\.[\w\0])"
)
_HOST = re.compile(
    rf"{_BEFORE}(?:(?:srv|server|dc|pc|ws|wks|laptop|notebook|nb|host|node|web|www|mail|mx|smtp|imap|ns|dns|db|sql"
    r"|ad|ldap|file|fs|nas|san|print|prn|fw|firewall|gw|rtr|router|sw|switch|ap|vpn|proxy|app|vm|esxi?|exch|bkp"
    r"|backup|s?ftp|citrix|rds|ts|jump|bastion|k8s|dev|prod|test|stg|qa)"
    r"(?:[a-z]{0,8}\d{2,3}|(?:-[a-z0-9]{1,15}){0,3}-[a-z]{0,12}\d{1,4})"
    rf"|(?:srv|dc|fs|fw|ns|mx)\d|(?:desktop|laptop|win)-(?=[a-z]{{0,14}}\d)[a-z0-9]{{5,15}}){_AFTER}(?!-)"
)
_CAPITALS = re.compile(rf"{_BEFORE}[a-z][a-z0-9]{{1,14}}+(?:-[a-z0-9]{{1,15}}+){{1,4}}(?<=\d){_AFTER}(?!-)")
_PHONE = re.compile(rf"(?<![\w\0.,/#@-])(?:\+ ?|\()?\d(?:[ .()/-]{{0,2}}\d){{6,14}}{_AFTER}(?![.:/-][\d\0])")
_CALLED = re.compile(
    r"(?<![\w\0])(?:tel|telefonos?|telephone|phone|fone|fax|cel|celular|movil|mobile|whatsapp)[ .:]{1,3}"
    rf"(\d{{6,15}}){_AFTER}"
)
_TICKET = re.compile(
    rf"{_BEFORE}(?:(?:inc|ritm|req|chg|prb|sctask|task|cs|sr|tkt|wo|crq)[-_]?\d{{4,12}}"
    r"|[a-z]{2,20} ?# ?\d{1,12}"
    r"|(?:ticket|case|caso|incident|incidente|chamado|expediente|dossier|rt|otrs)"
    rf"(?: (?:no|nro|num|numero|number|id)\.?)?[ :]{{1,2}}(?!(?:19|20)\d\d{_AFTER})\d{{3,12}}){_AFTER}"
    rf"|(?<![\w\0#&])#\d{{3,12}}{_AFTER}"
)

_HASH = rf"(?<![\w\0])(?:[0-9a-f]{{32,128}}+|[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}){_AFTER}"
HASH = re.compile(_HASH)
"""Of a file, or a UUID: random to the eye, and what coordinators want to see."""
_NOT_TELLING = re.compile(
    rf"{_HASH}"
    rf"|{_BEFORE}(?:(?:cve|cwe|capec)-\d{{1,4}}(?:-\d{{4,19}})?|ghsa(?:-[a-z0-9]{{4}}){{3}}){_AFTER}"
    rf"|{_BEFORE}(?:version|versao|release|build|ver|v)[ .:]{{0,2}}\d{{1,6}}(?:\.\d{{1,6}}){{1,5}}{_AFTER}"
    r"|(?<![\w\0.-])\d{4}-\d\d(?:-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:z|[+-]\d\d:?\d\d)?)?)?"
    rf"{_AFTER}(?!-[\d\0])"
    rf"|(?<![\w\0./-])[0-3]?\d([/.-])[0-3]?\d\1(?:19|20)?\d\d{_AFTER}(?![./-][\d\0])"
    rf"|(?<![\w\0.:-])\d\d?:\d\d(?::\d\d)?{_AFTER}(?!:)"
)
"""Hashes, names of vulnerabilities, versions, dates and times."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FILES = _words(
    "exe dll sys bat cmd ps1 vbs vbe js jse hta lnk msi scr jar apk bin dat iso img log txt csv json xml yml"
    " yaml toml ini cfg conf pdf doc docx docm xls xlsx xlsm ppt pptx rtf odt ods png jpg jpeg gif svg mp3"
    " mp4 eml msg rar gz tgz tar bz2 7z php asp aspx jsp html htm css sql bak tmp cpp class elf pcap evtx reg"
)
"""Ends of names of files, not of domains; those that are both (.zip, .sh, .py, .com) count as domains."""
_INTERNAL = _words("local lan internal intranet corp home localdomain private arpa")
_ROOTS = _words("etc home var opt usr tmp srv root mnt media bin sbin dev proc users data export")
_NOBODY = _words("public default shared root all")
_NO_DOMAIN = ("hklm", "hkcu", "hkcr", "hku", "hkcc", "hkey_", "authority", "builtin", "service")
"""What stands before a backslash and is no Windows domain: keys of the registry, accounts that all have."""
_FIELD = _words(
    "cve cwe capec rfc iso iec sha aes utf ms kb tlp covid apt fin unc ta uac tls ssl ipv nist sp http rsa"
    " crc win fips smb usb md storm dev"
)
"""What stands before a number and names no ticket and no machine."""
_TRAILING = ".,;:!?)]}'*_"


def matches(text: str, folded: Folded, seen: str) -> list[Match]:
    """
    Give all that looks like something, in no order; parts may overlap.

    Args:
        text: As written: capitals say a little.
        folded: The same, folded.
        seen: The folded text with what is not to be looked at hidden.
    """
    plain = hidden(seen, (found.span() for found in _NOT_TELLING.finditer(seen)))

    def written(start: int, end: int) -> str:
        first, last = folded.span(start, end)
        return text[first:last]

    addresses = [
        *_addresses(plain),
        *(Match(Kind.MAC, *found.span()) for found in _MAC.finditer(plain)),
    ]
    numbers = hidden(plain, ((match.start, match.end) for match in addresses))
    return [
        *addresses,
        *_urls(seen),
        *(Match(Kind.EMAIL, *found.span(), found.span(1)) for found in _EMAIL.finditer(seen)),
        *_domains(seen, written),
        *_paths(seen),
        *_users(plain),
        *(Match(Kind.HOST, *found.span()) for found in _HOST.finditer(plain)),
        *_in_capitals(plain, written),
        *(Match(Kind.PHONE, *found.span()) for found in _PHONE.finditer(numbers) if _is_phone(found[0])),
        *(Match(Kind.PHONE, *found.span(1)) for found in _CALLED.finditer(numbers)),
        *(Match(Kind.TICKET, *found.span()) for found in _TICKET.finditer(plain)),
    ]


def hidden(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Give a text of the same length in which nothing is seen in these spans, which may overlap."""
    parts, done = [], 0
    for start, end in sorted(spans):
        if end > done:
            first = max(start, done)
            parts += [text[done:first], HIDDEN * (end - first)]
            done = end
    return "".join((*parts, text[done:]))


def address(text: str) -> Address | None:
    """Give the network or single address that a text says; x and * stand for a whole part of one."""
    if "x" in text or "*" in text:
        parts = re.split(r"[x*]", text)[0].rstrip(".").split(".")
        text = f"{'.'.join(parts + ['0'] * (4 - len(parts)))}/{8 * len(parts)}"
    if "." in text and ":" not in text:
        text = re.sub(r"\b0+(?=\d)", "", text)
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _urls(seen: str) -> Iterator[Match]:
    for found in _URL.finditer(seen):
        start, end = found.start(), found.start() + len(found[0].rstrip(_TRAILING))
        authority = re.split(r"[/?#]", seen[found.start() : end].partition("://")[2], maxsplit=1)[0]
        host = authority.rpartition("@")[2]
        first = seen.index("://", start) + 3 + len(authority) - len(host)
        name = host.partition("]")[0].strip("[") if host.startswith("[") else host.partition(":")[0]
        first += host.startswith("[")
        yield Match(Kind.URL, start, end, (first, first + len(name)))


def _domains(seen: str, written: Callable[[int, int], str]) -> Iterator[Match]:
    done = 0
    for found in _DOMAIN.finditer(seen):
        start, end = found.span()
        if start < done:
            continue  # in the web address before it
        if _is_end_of_sentence(written(start, end)):
            end = seen.rindex(".", start, end)
        labels = seen[start:end].split(".")
        if not _is_domain(labels):
            continue
        rest = _PLACE_IN_SITE.match(seen, end)
        if rest:
            done = end + len(rest[0].rstrip(_TRAILING))
            yield Match(Kind.URL, start, done, (start, end))
        else:
            kind = Kind.HOST if labels[-1] in _INTERNAL else Kind.DOMAIN
            yield Match(kind, start, end, (start, end))


def _is_domain(labels: list[str]) -> bool:
    last = labels[-1]
    if not any(letter.isalpha() for label in labels[:-1] for letter in label):
        return False
    if len(last) == 2 and last.isascii():
        return last.upper() in places.countries() or last in ("uk", "eu", "su")
    return last.startswith("xn--") or (len(last) > 1 and last.isalpha() and last not in _FILES)


def _is_end_of_sentence(written: str) -> bool:
    """Say whether it is rather two sentences without a space between them."""
    before, _, last = written.rpartition(".")
    return last[:1].isupper() and last[1:].islower() and before[-1:].islower()


def _paths(seen: str) -> Iterator[Match]:
    for found in _UNC.finditer(seen):
        end = found.start() + len(found[0].rstrip(_TRAILING))
        is_deep = seen[found.start() : end].lstrip("\\").count("\\") > 1
        yield Match(Kind.PATH if is_deep else Kind.HOST, found.start(), end)
    for pattern in (_WINDOWS, _POSIX):
        for found in pattern.finditer(seen):
            end = found.start() + len(found[0].rstrip(_TRAILING))
            if pattern is _WINDOWS or _is_posix_path(seen[found.start() : end]):
                yield from _path(seen, found.start(), end)


def _is_posix_path(path: str) -> bool:
    parts = [part for part in path.split("/") if part]
    if not parts or all(part.isdecimal() for part in parts):
        return False
    return len(parts) > 1 or parts[0] in _ROOTS


def _path(seen: str, start: int, end: int) -> Iterator[Match]:
    """Give a path; of one below somebody's home the user and what is below."""
    home = _HOME.match(seen, start, end)
    user = home and _USER.match(seen, home.end(), end)
    if not user or user[0] in _NOBODY:
        yield Match(Kind.PATH, start, end)
        return
    yield Match(Kind.USER, *user.span())
    if end > user.end() + 1:
        yield Match(Kind.PATH, user.end(), end)


def _users(plain: str) -> Iterator[Match]:
    for found in _DOWN_LEVEL.finditer(plain):
        if not found[1].startswith(_NO_DOMAIN):
            is_file = found[2].rpartition(".")[2] in _FILES
            yield Match(Kind.PATH if is_file else Kind.USER, *found.span())
    for found in _USER_IS.finditer(plain):
        name = found[1].rstrip(_TRAILING)
        if any(letter.isalnum() for letter in name):
            yield Match(Kind.USER, found.start(1), found.start(1) + len(name))


def _addresses(plain: str) -> Iterator[Match]:
    for pattern in (_IPV4, _IPV6):
        for found in pattern.finditer(plain):
            if pattern is _IPV6 and (found[0].count(":") < 2 or found[0] == "::"):
                continue
            whole, single = found[0], found[0].partition("/")[0]
            length = next((len(each) for each in (whole, single) if address(each)), 0)
            if length:
                yield Match(Kind.ADDRESS, found.start(), found.start() + length)


def _in_capitals(plain: str, written: Callable[[int, int], str]) -> Iterator[Match]:
    """Give ABC-123, which is a ticket, and MVD-FIN-03, which is a machine; in small letters neither."""
    for found in _CAPITALS.finditer(plain):
        first, *rest = found[0].split("-")
        if first.rstrip("0123456789") in _FIELD or not written(*found.span()).isupper():
            continue
        is_ticket = len(rest) == 1 and first.isalpha() and rest[0].isdecimal()
        yield Match(Kind.TICKET if is_ticket else Kind.HOST, *found.span())


def _is_phone(text: str) -> bool:
    groups = re.findall(r"\d+", text)
    if text.startswith(("+", "00")) or "(" in text:
        return text.count("(") == text.count(")")
    if len(groups) == 1:
        return text.startswith("0") and len(text) <= 11
    return _is_grouped(text, groups) and not all(re.fullmatch(r"(?:19|20)\d\d", group) for group in groups)


def _is_grouped(text: str, groups: list[str]) -> bool:
    """Say whether digits stand in groups as in a number that one calls, not as in a big number or a list."""
    is_big_number = len(groups[0]) < 3 and text[0] != "0" and {len(group) for group in groups[1:]} == {3}
    is_list = len(groups) > 6 or any(not 2 <= len(group) <= 6 for group in groups[1:])
    only_dots = not set(text) - set("0123456789.")
    is_dotted_other = only_dots and text[0] != "0" and len(groups[-1]) != 4
    return not (is_big_number or is_list or is_dotted_other)
