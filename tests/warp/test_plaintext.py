"""A narrative is text: files, also those that are written as text, are refused with advice."""

import base64
import binascii
import hashlib
import io
import random
import zipfile

import pytest

from warp.plaintext import NotText, check, read

RANDOM = random.Random(47).randbytes(3_000)
HASHES = "\n".join(hashlib.sha512(bytes([n])).hexdigest() for n in range(40))


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "text")
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n", "a PDF file"),
        (zipped(), "a ZIP or Office file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office file"),
        (rb"{\rtf1\ansi}", "an RTF file"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"\xff\xd8\xff\xe0", "an image"),
        (b"\x1f\x8b\x08", "an archive"),
        (b"MZ\x90\0\x03\0", "a program"),
        (RANDOM, "not a text"),
    ],
)
def test_a_file_is_refused_by_what_it_is_with_advice(data: bytes, kind: str) -> None:
    with pytest.raises(NotText, match=f"this is {kind}.*cannot be attached; put hashes"):
        read(data)


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        ("texto".encode("utf-16"), "UTF-16; save it as UTF-8"),
        ("não".encode("latin-1"), "not UTF-8; save a text as UTF-8"),
    ],
)
def test_a_text_in_another_encoding_is_told_how_to_save_it(data: bytes, advice: str) -> None:
    with pytest.raises(NotText, match=advice):
        read(data)


ENCODED = base64.encodebytes(RANDOM).decode()
WRAPPED = "\n".join(base64.b64encode(RANDOM).decode()[start : start + 64] for start in range(0, 640, 64))
UUENCODED = "begin 644 note.doc\n" + "".join(
    binascii.b2a_uu(RANDOM[start : start + 45]).decode() for start in range(0, 450, 45)
)


@pytest.mark.parametrize(
    "file",
    [
        ENCODED,
        WRAPPED,
        ENCODED.replace("\n", ""),
        UUENCODED,
        f"<img src='data:image/png;base64,{ENCODED[:300]}'>",
    ],
    ids=["lines of 76", "lines of 64", "one line", "uuencode", "data URI"],
)
def test_a_file_written_as_text_is_a_file(file: str) -> None:
    with pytest.raises(NotText, match="holds a file"):
        check(f"Lo que llegó:\n{file}\nFin.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Un SMS con un enlace. ✓",
        HASHES,
        f"powershell -enc {base64.b64encode(RANDOM[:600]).decode()}",
        "begin 2026 with the campaign\nand so on",
        "MZ is how a program begins",
        "data:text/html;base64,PHNjcmlwdD4=",
        "https://bad.example/" + "a/" * 400,
    ],
)
def test_indicators_are_text(text: str) -> None:
    assert read(text.encode()) == text


def test_a_byte_order_mark_is_not_part_of_a_text() -> None:
    assert read(b"\xef\xbb\xbfhola") == "hola"
