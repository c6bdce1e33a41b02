"""Readers of what is published, written after the standards, not the code: JSON Schema, CSV on the Web."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

PATTERNS = {"anyURI": r"https?://\S+"}


def flaws(value: Any, schema: dict[str, Any], whole: dict[str, Any], where: str = "") -> Iterator[str]:
    """
    Give where a JSON value does not fit a JSON Schema (2020-12); knows the keywords that ours uses.

    Args:
        value: The document, or a part.
        schema: What it should fit.
        whole: The schema that `$ref` refers to.
        where: The part.
    """
    if reference := schema.get("$ref"):
        yield from flaws(value, whole["$defs"][reference.removeprefix("#/$defs/")], whole, where)
    if "anyOf" in schema and all(any(flaws(value, each, whole)) for each in schema["anyOf"]):
        yield f"{where}: anyOf"
    known = {"$ref", "$defs", "$schema", "title", "description", "default", "anyOf"}
    for keyword, wanted in schema.items():
        if keyword not in known and not _fits(value, keyword, wanted, schema):
            yield f"{where}: {keyword}"
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for name, part in value.items():
            inside = properties.get(name, schema.get("additionalProperties"))
            if isinstance(inside, dict):
                yield from flaws(part, inside, whole, f"{where}/{name}")
    if isinstance(value, list) and "items" in schema:
        for place, part in enumerate(value):
            yield from flaws(part, schema["items"], whole, f"{where}/{place}")


def _fits(value: Any, keyword: str, wanted: Any, schema: dict[str, Any]) -> bool:
    match keyword:
        case "type":
            return _is_kind(value, wanted)
        case "enum":
            return value in wanted
        case "required":
            return set(wanted) <= set(value)
        case "additionalProperties":
            return wanted is not False or set(value) <= set(schema["properties"])
        case "pattern":
            return re.search(wanted, value) is not None
        case "minimum":
            return bool(value >= wanted)
        case "format":
            return {"date": _is_date, "date-time": _is_moment}[wanted](value)
        case "properties" | "items":
            return True
    raise AssertionError(f"{keyword} is not known here")


def _is_kind(value: Any, wanted: str) -> bool:
    kinds: dict[str, Any] = {
        "object": dict,
        "array": list,
        "string": str,
        "null": type(None),
        "boolean": bool,
    }
    kinds |= {"integer": int, "number": (int, float)}
    return isinstance(value, kinds[wanted]) and (wanted == "boolean" or not isinstance(value, bool))


def table_flaws(table: bytes, metadata: dict[str, Any]) -> Iterator[str]:
    """
    Give where a CSV file does not fit its metadata (W3C, Metadata Vocabulary for Tabular Data).

    Args:
        table: The file.
        metadata: A table group whose tables share one schema.
    """
    header, *rows = csv.reader(io.StringIO(table.decode("utf-8"), newline=""))
    columns = metadata["tableSchema"]["columns"]
    if header != [column["titles"] for column in columns]:
        yield "header"
        return
    keys = [tuple(row[header.index(name)] for name in metadata["tableSchema"]["primaryKey"]) for row in rows]
    if len(set(keys)) < len(keys):
        yield "primary key"
    for number, row in enumerate(rows):
        if len(row) != len(columns):
            yield f"row {number}: length"
        for text, column in zip(row, columns, strict=False):
            if (not text and column["required"]) or (text and not _is_of(text, column["datatype"])):
                yield f"row {number}: {column['name']}"


def _is_of(text: str, datatype: Any) -> bool:
    of = datatype if isinstance(datatype, dict) else {"base": datatype}
    match of["base"]:
        case "string":
            return re.fullmatch(of.get("format", ".*"), text) is not None
        case "date":
            assert of["format"] == "yyyy-MM-dd"
            return _is_date(text)
        case "integer":
            return re.fullmatch("[0-9]+", text) is not None and int(text) >= of["minimum"]
    return re.fullmatch(PATTERNS[of["base"]], text) is not None


def _is_moment(text: str) -> bool:
    """Say whether it is a whole second in UTC, as RFC 3339 writes it."""
    try:
        return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%SZ") == text
    except ValueError:
        return False


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
