"""`warp member feed`: what the operator is told, and that it is what holds."""

import re
from pathlib import Path

import pytest

from keys import feed_password
from storage import feed_passwords
from tests.commandline import refused, warp, warp_json

TEAM = "CERT Uno"


@pytest.fixture
def site(data: Path) -> Path:
    """A site with a member that was invited."""
    warp("member", "add", TEAM, "--place", "UY", "--data", data)
    return data


def stored(site: Path) -> bytes:
    return b"".join(path.read_bytes() for path in site.glob("identity.db*"))


def digest(password: str) -> bytes:
    found = feed_password.from_text(password)
    assert found is not None
    return feed_passwords.digest(found)


def test_the_operator_is_shown_the_password_once_and_both_addresses(site: Path) -> None:
    said = warp("member", "feed", TEAM, "--data", site)
    [password] = re.findall(r"^  password   ([a-z2-7]{26})$", said, re.MULTILINE)
    assert "http://warp.example:8080/members/feeds/en/all.atom" in said
    assert f"http://warp.example:8080/m/{password}/feeds/en/all.atom" in said
    assert "user name  warp" in said
    assert digest(password) in stored(site)
    assert password not in warp("member", "list", "--data", site)


def test_a_script_gets_the_same_as_json(site: Path) -> None:
    made = warp_json("member", "feed", TEAM, "--data", site)
    assert set(made) == {"member", "user", "password", "address", "secret_address"}
    assert made["secret_address"] == f"http://warp.example:8080/m/{made['password']}/feeds/en/all.atom"


def test_a_password_that_is_replaced_or_revoked_leaves_no_byte(site: Path) -> None:
    first, second = [warp_json("member", "feed", TEAM, "--data", site)["password"] for _ in range(2)]
    assert digest(first) not in stored(site)
    assert digest(second) in stored(site)
    assert "no members' feeds any more" in warp("member", "feed", TEAM, "--revoke", "--data", site)
    assert digest(second) not in stored(site)
    assert "had no feed password" in warp("member", "feed", TEAM, "--revoke", "--data", site)


def test_the_list_says_who_has_one(site: Path) -> None:
    warp("member", "add", "CERT Dos", "--data", site)
    warp("member", "feed", TEAM, "--data", site)
    listed = warp_json("member", "list", "--data", site)["members"]
    assert {each["name"]: each["reads"] for each in listed} == {TEAM: True, "CERT Dos": False}
    assert "feed password" in warp("member", "list", "--data", site)


@pytest.mark.parametrize("more", [(), ("--revoke",)])
def test_who_is_no_member_has_none(site: Path, more: tuple[str, ...]) -> None:
    before = stored(site)
    assert "no member of this name" in refused("member", "feed", "CERT Tres", *more, "--data", site)
    assert stored(site) == before


def test_a_new_invitation_says_that_reading_goes_on(site: Path) -> None:
    password = warp_json("member", "feed", TEAM, "--data", site)["password"]
    assert "warp member feed" in warp("member", "reinvite", TEAM, "--data", site)
    assert digest(password) in stored(site)


def test_nothing_is_left_of_a_member_that_is_revoked(site: Path) -> None:
    password = warp_json("member", "feed", TEAM, "--data", site)["password"]
    warp("member", "revoke", TEAM, "--data", site)
    assert digest(password) not in stored(site)
