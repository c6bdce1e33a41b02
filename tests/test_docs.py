"""The documentation says what the code does: every column, setting, command, event, address and refusal."""

import ast
import inspect
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec
import pytest

import warp.config
import warp.detection
import warp.disclosure
import warp.notify
import warp.scenario
from feeds import twin
from handlers import routes
from keys import detached, envelope, narrative
from storage import schema
from warp import places, report, taxonomy
from warp.cli.main import cli
from warp.events import Event

ROOT = Path(__file__).resolve().parents[1]
PAGES = {path.name: path.read_text("utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))}
PROTOCOL, DATA, OPERATING = PAGES["protocol.md"], PAGES["data.md"], PAGES["operating.md"]
COORDINATE, MODELS = PAGES["coordinate.md"], PAGES["threat-model.md"]

COLUMNS = {
    f"{table.name}.{column.name}"
    for metadata in (schema.identity, schema.reports)
    for table in metadata.tables.values()
    for column in table.columns
}


def _rows(page: str) -> dict[str, str]:
    """Give the rows of a page's tables by what their first cell holds in backticks."""
    found = re.finditer(r"^\| `([^`|]+)` \|(.*)\|$", page, re.MULTILINE)
    return {match[1]: match[2].strip() for match in found}


def _blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_every_column_is_described_and_no_other() -> None:
    tables = {name.partition(".")[0] for name in COLUMNS}
    described = {name for name in _rows(DATA) if name.partition(".")[0] in tables}
    assert described == COLUMNS


@pytest.mark.parametrize("metadata", [schema.identity, schema.reports], ids=["identity", "reports"])
def test_every_table_has_a_heading(metadata: Any) -> None:
    headings = set(re.findall(r"^#{3,4} (\w+)$", DATA, re.MULTILINE))
    assert set(metadata.tables) <= headings


def _settings() -> Iterator[tuple[str, msgspec.structs.FieldInfo]]:
    inner: dict[str, type[msgspec.Struct]] = {
        "listen": warp.config.Listen,
        "policy": warp.disclosure.Policy,
        "notify": warp.notify.Notify,
    }
    for field in msgspec.structs.fields(warp.config.Config):
        if field.name in inner:
            yield from (
                (f"{field.name}.{each.name}", each) for each in msgspec.structs.fields(inner[field.name])
            )
        else:
            yield field.name, field
    for each in msgspec.structs.fields(warp.detection.Threshold):
        yield f"thresholds.{each.name}", each


SETTINGS = dict(_settings())


def _as_toml(field: msgspec.structs.FieldInfo) -> str:
    if field.default is msgspec.NODEFAULT:
        return "required"
    value: object = msgspec.to_builtins(field.default)
    return f"`{msgspec.json.encode(value).decode().replace(',', ', ')}`"


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_described_with_its_default(name: str) -> None:
    default, _, meaning = _rows(OPERATING)[name].partition(" | ")
    assert default == _as_toml(SETTINGS[name])
    assert meaning


def test_no_setting_is_described_that_does_not_exist() -> None:
    section = OPERATING.partition("## Settings")[2].partition("\n## ")[0]
    assert set(_rows(section)) == set(SETTINGS)


def test_the_sample_settings_are_accepted() -> None:
    sample = "\n".join(_blocks(OPERATING, "toml"))
    needed = f'name = "X"\nurl = "https://warp.example"\ncreated = 2026-11-16\nroot = "{"A" * 43}="\n'
    settings = msgspec.toml.decode(needed + sample, type=warp.config.Config)
    assert len(settings.thresholds) == 2
    assert settings.notify.mail_to


SCENARIO = COORDINATE.partition("## Rehearsing")[2].partition("\n## ")[0]
_FIELDS = {field.name: field for field in msgspec.structs.fields(warp.scenario.Scenario)}


@pytest.mark.parametrize("name", _FIELDS)
def test_every_line_of_a_scenario_is_described_with_its_default(name: str) -> None:
    assert _rows(SCENARIO)[name].partition(" | ")[0] == _as_toml(_FIELDS[name])


def test_no_line_of_a_scenario_is_described_that_does_not_exist() -> None:
    assert set(_rows(SCENARIO)) == set(_FIELDS)


def test_the_sample_scenario_is_accepted() -> None:
    [sample] = _blocks(SCENARIO, "toml")
    assert msgspec.toml.decode(sample, type=warp.scenario.Scenario) != warp.scenario.Scenario()


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _commands(inner, f"{path} {name}")
    else:
        yield path, command


COMMANDS = dict(_commands(cli, "warp"))


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_help_with_an_example(path: str) -> None:
    command = COMMANDS[path]
    assert re.search(rf"^Examples?:\n +{path}\b", inspect.cleandoc(command.help or ""), re.MULTILINE)


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_is_named_in_the_documentation(path: str) -> None:
    assert any(re.search(rf"{path}\b", " ".join(page.split())) for page in PAGES.values())


def _examples() -> Iterator[tuple[str, str]]:
    """Give every line of the shell samples and of the commands' own examples that calls warp."""
    for name, page in PAGES.items():
        for block in _blocks(page, "sh"):
            yield from ((name, line) for line in _lines(block))
    for path, command in COMMANDS.items():
        _, _, examples = (command.help or "").rpartition("Example")
        yield from ((f"{path} --help", line) for line in _lines(examples))


def _lines(text: str) -> list[str]:
    joined = text.replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip().startswith("warp ")]


class _Call(NamedTuple):
    command: click.Command
    arguments: list[str]


def _call(line: str) -> _Call:
    words = shlex.split(re.sub(r"\$\([^)]*\)", "x", line))[1:]
    command: click.Command = cli
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    return _Call(command, words[: words.index(">")] if ">" in words else words)


@pytest.mark.parametrize(("where", "line"), list(_examples()))
def test_every_example_is_a_call_that_the_command_understands(where: str, line: str) -> None:
    command, arguments = _call(line)
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in arguments if word.startswith("--")} <= known, where
    parser = command.make_parser(click.Context(command, resilient_parsing=True))
    _, left_over, _ = parser.parse_args(arguments)
    assert left_over == [], where


@pytest.mark.parametrize("event", Event)
def test_every_event_is_explained(event: Event) -> None:
    assert _rows(OPERATING)[event.value]


def _address(route: Any) -> str:
    return f"{route.method} {re.sub(r':[^{}]*(?:{[^{}]*}[^{}]*)*}', '}', route.path)}"


SERVED = {_address(route) for route in routes.routes(("en", "es"))}
OF_MEMBERS = ("GET /members/", "GET /m/{password}/")


def test_the_map_of_addresses_is_the_servers() -> None:
    described = {name for name in _rows(PROTOCOL) if re.match(r"(GET|POST) /", name)}
    public = {address for address in SERVED if not address.startswith(OF_MEMBERS)}
    assert described == public | {f"{below}{{path}}" for below in OF_MEMBERS}


@pytest.mark.parametrize("below", OF_MEMBERS)
def test_members_have_addresses_of_the_public_tree_and_no_others(below: str) -> None:
    paths = {address.removeprefix(below) for address in SERVED if address.startswith(below)} - {"{path}"}
    assert "{language}/advisories/{id}" in paths
    assert {f"GET /{path}" for path in paths} <= SERVED


def test_the_map_of_a_relays_addresses_is_its_own() -> None:
    section = PROTOCOL.partition("## 17. Relays")[2].partition("\n## ")[0]
    assert set(_rows(section)) == {_address(route) for route in routes.relay_routes()}


class _Refusal(NamedTuple):
    status: int | None
    """None where the code computes it."""
    name: str


def _refusals() -> Iterator[_Refusal]:
    """Give every problem that the handlers can answer, as their source states it."""
    for path in sorted((ROOT / "handlers").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in {"Problem", "problem", "Answer"} and len(node.args) >= 2:
                status, name = node.args[:2]
                if isinstance(name, ast.Constant):
                    given = status.value if isinstance(status, ast.Constant) else None
                    yield _Refusal(given if isinstance(given, int) else None, str(name.value))


def test_every_refusal_is_described_with_its_status_and_no_other() -> None:
    section = PROTOCOL.partition("## 11. Refusals")[2].partition("\n## ")[0]
    described = {
        _Refusal(int(status), name)
        for status, name in re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \|", section, re.MULTILINE)
    }
    refusals = set(_refusals())
    names = {refusal.name for refusal in refusals}
    assert {refusal.name for refusal in described} == names
    assert {refusal for refusal in refusals if refusal.status is not None} <= described


@pytest.mark.parametrize(
    "codes",
    [
        taxonomy.TYPES,
        taxonomy.SECTORS,
        taxonomy.TAGS,
        tuple(taxonomy.Severity),
        tuple(taxonomy.Similar),
        tuple(places.AREAS),
    ],
    ids=["types", "sectors", "tags", "severities", "similar incidents", "areas"],
)
def test_every_code_is_listed(codes: tuple[str, ...]) -> None:
    vocabulary = PROTOCOL.partition("## 1. Vocabulary")[2].partition("\n## ")[0]
    assert set(codes) <= set(re.findall(r"`([^`]+)`", vocabulary))


def test_types_stand_in_the_order_of_the_code() -> None:
    vocabulary = PROTOCOL.partition("## 1. Vocabulary")[2].partition("\n## ")[0]
    listed = re.findall(r"`([^`]+)`", vocabulary)
    shown = tuple(dict.fromkeys(code for code in listed if code in taxonomy.TYPES))
    assert shown == taxonomy.TYPES


def test_the_sample_of_facts_is_a_report() -> None:
    [sample] = [block for block in _blocks(PROTOCOL, "json") if '"lookup"' in block]
    facts = report.parse(sample.encode())
    keys = _rows(PROTOCOL.partition("## 4. Facts")[2].partition("\n## ")[0])
    assert tuple(keys) == facts.__struct_fields__


def test_every_field_of_a_twin_and_of_its_signature_is_described_and_no_other() -> None:
    section = PROTOCOL.partition("## 18. Advisories as data")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[$a-z0-9_]+`(?:, `[a-z0-9_]+`)*) \|", section, re.MULTILINE)
    described = [name for cell in cells for name in re.findall("`([^`]+)`", cell)]
    fields = [*twin.Twin.__struct_encode_fields__, *detached.Statement.__struct_encode_fields__]
    assert sorted(described) == sorted(fields)


@pytest.mark.parametrize("module", ["detached", "directory", "envelope", "invitation", "receipt"])
def test_every_label_of_the_formats_is_given(module: str) -> None:
    labels = re.findall(r'b"(WARP [^"\\]+)', (ROOT / "keys" / f"{module}.py").read_text("utf-8"))
    assert labels
    assert [label for label in labels if f"`{label}`" not in PROTOCOL] == []


def test_the_labels_of_sealed_key_files_are_given() -> None:
    labels = re.findall(r'b"(WARP [^"\\]+)', (ROOT / "keys" / "sealing.py").read_text("utf-8"))
    assert len(labels) == 2
    assert [label for label in labels if f"`{label}`" not in DATA] == []


def test_the_sizes_of_envelopes_and_narratives_are_those_of_the_code() -> None:
    for size in (envelope.SIZE, envelope.PLAINTEXT_SIZE, narrative.SIZE, *map(narrative.room, (1, 2, 3, 4))):
        assert f"{size:,}" in PROTOCOL


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    folder = ROOT if page == "README.md" else ROOT / "docs"
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", PAGES[page]):
        path = folder / target if target else folder / page
        assert path.exists(), target
        if anchor:
            assert anchor in _anchors(path.read_text("utf-8")), f"{target}#{anchor}"


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_every_test_that_the_documentation_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", "\n".join(PAGES.values()))
    assert named
    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).exists()
        or not re.search(rf"^(async )?def {test}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)
    ]
    assert missing == []


def test_the_changelog_has_the_present_version() -> None:
    version = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version is not None
    assert f"## [{version[1]}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
