"""Founding a site: whole or not at all, and which of its files belong elsewhere."""

import base64
import stat
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keys import age
from keys.errors import BadRecipient
from storage import coordinators
from storage.database import open_database
from tests.support import WEEK, Clock, Logged, Stock, opened
from warp import config, founding
from warp.config import ConfigError
from warp.counting import Threshold
from warp.founding import AlreadyThere
from warp.weeks import Week

TODAY = date(2026, 11, 18)
URL = "https://warp.example"


def recipient() -> str:
    return age.Identity.generate(bytes).recipient.to_string()


async def names(data: Path) -> dict[str, str]:
    database = await open_database(data / "identity.db", "identity")
    try:
        async with database.read() as connection:
            return await coordinators.everyone(connection)
    finally:
        await database.close()


async def test_a_new_site_has_its_settings_keys_and_databases(tmp_path: Path) -> None:
    data = tmp_path / "site"
    made = await founding.found(data, "Example WARP", URL, TODAY)
    assert config.read(data) == made
    assert (made.name, made.url, made.created) == ("Example WARP", URL, TODAY)
    assert sorted(str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()) == [
        "identity.db",
        "keys/certificate.json",
        "keys/online.key",
        "reports.db",
        "take-offline/coordinator.identity",
        "take-offline/root.pem",
        "warp.toml",
    ]


async def test_settings_that_were_given_are_written(tmp_path: Path) -> None:
    settings = {
        "languages": ("es", "en"),
        "four_eyes": False,
        "thresholds": (Threshold(type="fraud", place="UY", reports=4),),
    }
    made = await founding.found(tmp_path / "site", 'A "quoted" \\ name', URL, TODAY, settings=settings)
    assert config.read(tmp_path / "site") == made
    assert made.thresholds == settings["thresholds"]


async def test_secrets_are_for_their_owner_only(tmp_path: Path) -> None:
    data = tmp_path / "site"
    await founding.found(data, "Example", URL, TODAY)
    for name in ("identity.db", "reports.db", "keys/online.key", "take-offline/root.pem"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600, name
    for name in ("", "keys/weeks", "take-offline"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o700, name


async def test_the_root_key_is_only_where_it_can_be_taken_away(tmp_path: Path) -> None:
    data = tmp_path / "site"
    await founding.found(data, "Example", URL, TODAY)
    assert [path.name for path in founding.left_online(data)] == ["coordinator.identity", "root.pem"]
    root = founding.read_root(data / "take-offline" / "root.pem")
    assert root.public_key().public_bytes_raw() == config.read(data).root_key
    secret = root.private_bytes_raw()
    elsewhere = [path for path in data.rglob("*") if path.is_file() and path.parent.name != "take-offline"]
    for path in elsewhere:
        content = path.read_bytes()
        assert secret not in content, path
        assert base64.b64encode(secret) not in content, path


async def test_a_site_works_without_what_was_taken_offline(tmp_path: Path, stock: Stock) -> None:
    data = tmp_path / "site"
    await founding.found(data, "Example", URL, TODAY)
    (data / "take-offline").rename(tmp_path / "safe")
    assert list(founding.left_online(data)) == []
    async with opened(data, Clock(), Logged(), stock) as site:
        assert await site.announce([WEEK]) == [WEEK]
        assert await site.is_ready()


async def test_given_coordinators_replace_the_one_that_would_be_made(tmp_path: Path) -> None:
    key = recipient()
    await founding.found(tmp_path / "site", "Example", URL, TODAY, {"ana": key, "luis": key})
    assert await names(tmp_path / "site") == {"ana": key, "luis": key}
    assert [path.name for path in founding.left_online(tmp_path / "site")] == ["root.pem"]


async def test_the_coordinator_that_is_made_has_an_identity_for_its_recipient(tmp_path: Path) -> None:
    await founding.found(tmp_path / "site", "Example", URL, TODAY)
    path = tmp_path / "site" / "take-offline" / "coordinator.identity"
    comment, line = path.read_text().splitlines()
    made = age.Identity.from_string(line).recipient.to_string()
    assert await names(tmp_path / "site") == {"coordinator": made}
    assert comment == f"# public key: {made}"


async def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(AlreadyThere, match="not empty"):
        await founding.found(tmp_path, "Example", URL, TODAY)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


async def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    await founding.found(tmp_path / "site", "Example", URL, TODAY)
    assert (tmp_path / "site" / "warp.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("", URL, TODAY), ValueError),
        (("Example", "warp.example", TODAY), ValueError),
        (("Example", f"{URL}/path", TODAY), ValueError),
        (("Example", URL, TODAY, {"ana": "age1nonsense"}), BadRecipient),
        (("Example", URL, TODAY, {"ana": ""}), BadRecipient),
    ],
)
async def test_what_cannot_be_founded_leaves_nothing(
    tmp_path: Path, arguments: tuple[object, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await founding.found(tmp_path / "deep" / "site", *arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "deep" / "site").exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_the_root_certifies_the_online_key_for_the_weeks_it_says(tmp_path: Path, stock: Stock) -> None:
    data = tmp_path / "site"
    await founding.found(data, "Example", URL, TODAY, last_week=WEEK.plus(1))
    async with opened(data, Clock(), Logged(), stock) as site:
        assert (site.epochs.certificate.first_week, site.epochs.certificate.last_week) == (
            str(WEEK),
            str(WEEK.plus(1)),
        )
    founding.certify(data, data / "take-offline" / "root.pem", WEEK, WEEK.plus(60))
    async with opened(data, Clock(), Logged(), stock) as site:
        assert site.epochs.certificate.last_week == str(Week.of(TODAY).plus(60))


async def test_only_the_sites_own_root_certifies(tmp_path: Path) -> None:
    data = tmp_path / "site"
    await founding.found(data, "Example", URL, TODAY)
    before = (data / "keys" / "certificate.json").read_bytes()
    other = Ed25519PrivateKey.generate()
    (tmp_path / "other.pem").write_bytes(
        other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    with pytest.raises(ConfigError, match="not the one"):
        founding.certify(data, tmp_path / "other.pem", WEEK, WEEK.plus(60))
    (tmp_path / "none.pem").write_text("nothing")
    with pytest.raises(ValueError, match=r"PEM|key|decode"):
        founding.certify(data, tmp_path / "none.pem", WEEK, WEEK.plus(60))
    assert (data / "keys" / "certificate.json").read_bytes() == before


@pytest.mark.parametrize("damage", [b"", b"{}", None])
async def test_a_damaged_certificate_is_told_and_can_be_made_anew(
    tmp_path: Path, stock: Stock, damage: bytes | None
) -> None:
    data = tmp_path / "site"
    await founding.found(data, "Example", URL, TODAY)
    path = data / "keys" / "certificate.json"
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(ConfigError, match=r"certificate\.json is damaged.*warp certify"):
        async with opened(data, Clock(), Logged(), stock):
            pass
    founding.certify(data, data / "take-offline" / "root.pem", WEEK, WEEK.plus(60))
    async with opened(data, Clock(), Logged(), stock) as site:
        assert site.epochs.certificate.last_week == str(WEEK.plus(60))


async def test_a_new_certificate_takes_the_place_of_the_old_one_at_once(tmp_path: Path) -> None:
    data = tmp_path / "site"
    await founding.found(data, "Example", URL, TODAY)
    path = data / "keys" / "certificate.json"
    before = path.read_bytes()
    with path.open("rb") as still_open:
        founding.certify(data, data / "take-offline" / "root.pem", WEEK, WEEK.plus(60))
        assert still_open.read() == before, "another file, not the same one written over"
    assert path.read_bytes() != before
    assert sorted(each.name for each in path.parent.iterdir()) == ["certificate.json", "online.key", "weeks"]
