"""
A narrative is text, and nothing else: what a reporter hands over is read, and a file inside it is refused.

Attachments carry more than their sender sees (authors, paths, serial numbers), and have no room in an
envelope. A file that is written as text (base64, uuencode, a data URI) is an attachment, too.
"""

import re

_MAGIC = {
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "a ZIP or Office file",
    b"\xd0\xcf\x11\xe0": "an Office file",
    b"{\\rtf": "an RTF file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"7z\xbc\xaf": "an archive",
    b"Rar!": "an archive",
    b"\x1f\x8b": "an archive",
    b"MZ": "a program",
    b"\x7fELF": "a program",
}
_INSTEAD = "put hashes, addresses and names of files into the text instead"

_DATA_URI = re.compile(r"data:[\w/+.;=-]{0,100};base64,[\w+/%=\s-]{200}", re.IGNORECASE)
_UUENCODED = re.compile(r"^begin(?:-base64)? [0-7]{3} \S.{0,255}\n[ -`]{40}", re.MULTILINE)
_LINE = re.compile(r"[A-Za-z0-9+/_-]{60,}={0,2}")
_HEX = re.compile(r"[0-9a-fA-F]+")
_MOST_LINES = 4
"""A file in base64 has more; a list of hashes is hexadecimal and does not count."""
_MOST_LETTERS = 2_000
"""In one line: an encoded command may be shorter than that, a file is not."""


class NotText(ValueError):
    """What was handed over is not a text that can go into a report; says what it is and what to do."""


def read(data: bytes) -> str:
    """
    Give the text of a file.

    Raises:
        NotText: it is a file of another kind, or not UTF-8, or `check` refuses it.
    """
    for magic, kind in _MAGIC.items():
        if data.startswith(magic) and (magic != b"MZ" or b"\0" in data):
            raise NotText(f"this is {kind}, and files cannot be attached; {_INSTEAD}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotText("this text is UTF-16; save it as UTF-8")
    if b"\0" in data:
        raise NotText(f"this is not a text, and files cannot be attached; {_INSTEAD}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotText(f"this is not UTF-8; save a text as UTF-8, and of a file, {_INSTEAD}") from None
    check(text)
    return text


def check(text: str) -> None:
    """
    Check that a text holds no file that is written as text.

    Raises:
        NotText: it seems to.
    """
    lines = [line for line in text.split() if _LINE.fullmatch(line) and not _HEX.fullmatch(line)]
    is_base64 = len(lines) > _MOST_LINES or any(len(line) > _MOST_LETTERS for line in lines)
    if _DATA_URI.search(text) or _UUENCODED.search(text) or is_base64:
        raise NotText(f"the text holds a file (base64 or the like), which cannot be attached; {_INSTEAD}")
