"""Reads the vectors under tests/vectors; a test that takes `vector` runs once for each file of its folder."""

import base64
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from keys.errors import KeysError

FOLDER = Path(__file__).resolve().parents[1] / "vectors"


@dataclass(frozen=True)
class Vector:
    name: str
    fields: dict[str, str]
    body: bytes

    @property
    def expect(self) -> str:
        return self.fields["expect"]

    def __getitem__(self, name: str) -> str:
        return self.fields[name]

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def hex(self, name: str) -> bytes:
        return bytes.fromhex(self.fields[name])

    def number(self, name: str) -> int:
        return int(self.fields[name], 16)


def read(path: Path) -> Vector:
    head, _, body = path.read_text("utf-8").partition("\n\n")
    fields = {}
    for line in head.splitlines():
        name, _, value = line.partition(":")
        fields[name] = value.removeprefix(" ")
    data = base64.b64decode(body)
    return Vector(path.stem, fields, zlib.decompress(data) if fields.get("compressed") == "zlib" else data)


def vectors_in(folder: str) -> list[Vector]:
    found = [read(path) for path in sorted((FOLDER / folder).glob("*.txt"))]
    assert found, f"no vectors in {folder}"
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "vector" in metafunc.fixturenames:
        cases = vectors_in(metafunc.module.VECTORS)
        metafunc.parametrize("vector", cases, ids=[case.name for case in cases])


@pytest.fixture
def read_vectors():
    """Gives the vectors of a folder, for tests that go through them by themselves."""
    return vectors_in


@pytest.fixture(scope="session")
def outcome():
    """Gives what an act gave, as the headers name it: `success`, or the class of the refusal."""

    def run(act):
        try:
            act()
        except KeysError as error:
            return type(error).__name__
        return "success"

    return run
