"""A configuration is read exactly, a wrong setting is named, and what is written reads back."""

import base64
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warp import config
from warp.config import FILE, Config, ConfigError, Listen
from warp.counting import Threshold
from warp.disclosure import Policy
from warp.notify import Notify, When

ROOT = base64.b64encode(bytes(range(32))).decode()

LEAST = f"""
name = "WARP of the coast"
url = "https://warp.example"
created = 2026-11-16
root = "{ROOT}"
"""


def _site(**changes: object) -> Config:
    given = {"name": "A WARP", "url": "https://warp.example", "created": date(2026, 11, 16), "root": ROOT}
    return Config(**{**given, **changes})  # type: ignore[arg-type]


def _read(data: Path, text: str | bytes) -> Config:
    (data / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    return config.read(data)


def _refusal(data: Path, text: str | bytes) -> str:
    with pytest.raises(ConfigError) as refused:
        _read(data, text)
    assert str(data / FILE) in str(refused.value)
    return str(refused.value)


def test_four_settings_are_enough(tmp_path: Path) -> None:
    assert _read(tmp_path, LEAST) == _site(name="WARP of the coast")


def test_the_defaults_ask_for_four_eyes_and_listen_to_this_machine_only(tmp_path: Path) -> None:
    found = _read(tmp_path, LEAST)
    assert found.four_eyes
    assert not found.green_is_public
    assert (found.listen.host, found.listen.port) == ("127.0.0.1", 8080)
    assert (found.languages, found.policy, found.thresholds) == (("en", "es"), Policy(), ())


def test_all_settings_are_read(tmp_path: Path) -> None:
    found = _read(
        tmp_path,
        LEAST
        + """
        languages = ["es"]
        four_eyes = false
        hub = "own"
        [listen]
        host = "::1"
        port = 8443
        [policy]
        reports = 9
        [notify]
        when = "new"
        urgent = false
        command = ["tell", "--all"]
        mail_to = ["ana@warp.example"]
        mail_from = "warp@warp.example"
        smtp = "[::1]:25"
        [[thresholds]]
        type = "fraud"
        reports = 4
        [[thresholds]]
        place = "419"
        reports = 9
        """,
    )
    assert found == _site(
        name="WARP of the coast",
        languages=("es",),
        four_eyes=False,
        hub="own",
        listen=Listen("::1", 8443),
        policy=Policy(reports=9),
        notify=Notify(
            When.NEW,
            urgent=False,
            command=("tell", "--all"),
            mail_to=("ana@warp.example",),
            mail_from="warp@warp.example",
            smtp="[::1]:25",
        ),
        thresholds=(Threshold(type="fraud", reports=4), Threshold(place="419", reports=9)),
    )


def test_issuer_and_root_key_come_from_the_settings() -> None:
    assert _site().issuer == "warp.example"
    assert _site(url="http://127.0.0.1:8080").issuer == "127.0.0.1:8080"
    assert _site().root_key == bytes(range(32))


@pytest.mark.parametrize(
    "url",
    [
        "https://warp.example",
        "https://warp.example:8443",
        "http://localhost:8080",
        "http://[::1]:8080",
        "http://warp3fezdf6ubbq2jkdn5tgp6q4ekq4rxzf6rr2xdfbc6kzk7hmqmyd.onion",
    ],
)
def test_an_address_is_scheme_host_and_port(url: str) -> None:
    assert _site(url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "warp.example",
        "ftp://warp.example",
        "https://",
        "https://warp.example/",
        "https://warp.example/hub",
        "https://warp.example?",
        "https://warp.example#a",
        "https://user@warp.example",
        "https://:secret@warp.example",
        "https://WARP.example",
        "HTTPS://warp.example",
        "https://warp.example\\n",
        " https://warp.example",
        "https://warp example",
        "https://wärp.example",
        "https://warp.example:",
        "https://warp.example:0",
        "https://warp.example:65536",
        "https://warp.example:http",
        "https://[::1",
        "https://[:::::]",
    ],
)
def test_any_other_address_is_refused_by_name(tmp_path: Path, url: str) -> None:
    assert "url: " in _refusal(tmp_path, LEAST.replace("https://warp.example", url))


@pytest.mark.parametrize(
    "root",
    ["", ROOT[:-1], ROOT + "A", "!" + ROOT[1:], base64.b64encode(bytes(31)).decode(), bytes(32).hex(), "é"],
)
def test_a_root_that_is_no_key_is_refused_by_name(tmp_path: Path, root: str) -> None:
    assert "root: " in _refusal(tmp_path, LEAST.replace(ROOT, root))


@pytest.mark.parametrize("name", ["", "   ", "two\\nlines", "a\\ttab", "\\u202Ebackwards"])
def test_a_name_that_is_not_one_line_is_refused_by_name(tmp_path: Path, name: str) -> None:
    assert "name: " in _refusal(tmp_path, LEAST.replace("WARP of the coast", name))


WRONG = {
    "a setting that does not exist": ("colour = 1", "`colour`"),
    "a language without words": ('languages = ["en", "tlh"]', "languages: choose from en, es"),
    "no language": ("languages = []", "languages: "),
    "a language twice": ('languages = ["en", "en"]', "languages: "),
    "a text for yes or no": ('four_eyes = "false"', "$.four_eyes"),
    "a text for a port": ('[listen]\nport = "8080"', "$.listen.port"),
    "a port that no host has": ("[listen]\nport = 65536", "port: "),
    "a host over two lines": ('[listen]\nhost = "a\\nb"', "host: "),
    "a setting of listen that does not exist": ("[listen]\nuser = 1", "$.listen"),
    "a hub without TLS": ('hub = "http://hub.example/"', "hub: "),
    "a hub with a query": ('hub = "https://hub.example/?a"', "hub: "),
    "a hub over two lines": ('hub = "https://hub.example/\\n"', "hub: "),
    "a hub that would stand in a header as two": ('hub = "https://hub.example/>,<b"', "hub: "),
    "a hub that is none": ('hub = "none"', "hub: "),
    "a policy under its floor": ("[policy]\nmembers = 2", "policy: members"),
    "a policy with fractions": ("[policy]\nmembers = 5.5", "$.policy.members"),
    "a time to tell that is none": ('[notify]\nwhen = "hourly"', "$.notify.when"),
    "mail without a sender": ('[notify]\nmail_to = ["a@b.c"]', "notify: mail_to"),
    "a threshold without a number": ('[[thresholds]]\ntype = "fraud"', "`reports`"),
    "a threshold of no type": ('[[thresholds]]\ntype = "x"\nreports = 3', "threshold: type"),
    "a threshold of no place": ('[[thresholds]]\nplace = "x"\nreports = 3', "threshold: place"),
}


@pytest.mark.parametrize(("line", "named"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_setting_is_named(tmp_path: Path, line: str, named: str) -> None:
    assert named in _refusal(tmp_path, LEAST + line + "\n")


@pytest.mark.parametrize(
    ("hub", "address"),
    [("", ""), ("own", "https://warp.example/hub"), ("https://hub.example/", "https://hub.example/")],
)
def test_the_hub_that_readers_are_led_to_is_the_servers_or_the_one_that_is_named(
    hub: str, address: str
) -> None:
    assert (_site(hub=hub).hub_address, _site(hub=hub).has_own_hub) == (address, hub == "own")


@pytest.mark.parametrize("hub", ["own", "https://hub.example/"])
def test_an_onion_service_has_no_hub_because_that_would_tell_where_it_is(tmp_path: Path, hub: str) -> None:
    onion = LEAST.replace("https://warp.example", "http://warp.onion")
    assert _read(tmp_path, onion).hub == ""
    assert "onion" in _refusal(tmp_path, f'{onion}hub = "{hub}"\n')


@pytest.mark.parametrize("setting", ["name", "url", "created", "root"])
def test_a_missing_setting_is_named(tmp_path: Path, setting: str) -> None:
    lines = [line for line in LEAST.splitlines() if not line.startswith(setting)]
    assert f"`{setting}`" in _refusal(tmp_path, "\n".join(lines))


def test_a_first_day_is_a_day(tmp_path: Path) -> None:
    assert "$.created" in _refusal(tmp_path, LEAST.replace("2026-11-16", "2026-11-16T00:00:00Z"))
    assert _refusal(tmp_path, LEAST.replace("2026-11-16", "2026-02-30"))


@pytest.mark.parametrize("text", [b"\xff", b"name = = 1", b'name = "a"\nname = "b"', b"\0"])
def test_what_is_no_toml_is_refused_with_the_name_of_the_file(tmp_path: Path, text: bytes) -> None:
    assert _refusal(tmp_path, text)


def test_a_folder_without_a_configuration_is_no_data_folder_and_says_what_to_do(tmp_path: Path) -> None:
    a_file = tmp_path / "file"
    a_file.touch()
    for wrong in (tmp_path, tmp_path / "missing", a_file):
        with pytest.raises(ConfigError, match="warp init"):
            config.read(wrong)


@pytest.mark.parametrize(
    "name",
    [
        'The "Coast"',
        "back\\slash",
        '"',
        "\\",
        "\\\\n",
        'end\\"',
        "Alerta Ñandú – año 1",
        "#1 = [x]",
        "警報 🛰",
    ],
)
def test_a_name_with_quotes_and_backslashes_reads_back(tmp_path: Path, name: str) -> None:
    config.write(tmp_path, _site(name=name))
    assert config.read(tmp_path).name == name


def test_every_setting_that_is_written_reads_back(tmp_path: Path) -> None:
    site = _site(
        languages=("es", "en"),
        four_eyes=False,
        hub="https://hub.example/",
        green_is_public=True,
        listen=Listen("::1", 0),
        policy=Policy(reports=9, members=6, places=4),
        notify=Notify(command=("/opt/tell", 'the "team"'), mail_to=("a@b.c",), mail_from="w@b.c"),
        thresholds=(Threshold(type="fraud/phishing", place="UY", reports=3), Threshold(reports=20)),
    )
    config.write(tmp_path, site)
    assert config.read(tmp_path) == site


def test_the_default_policy_is_not_written_so_that_a_stricter_default_reaches_old_sites(
    tmp_path: Path,
) -> None:
    config.write(tmp_path, _site())
    assert "policy" not in (tmp_path / FILE).read_text(encoding="utf-8")


@settings(deadline=None)
@given(st.text().filter(lambda name: name.strip() and name.isprintable()))
def test_any_name_that_is_allowed_reads_back(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    data = tmp_path_factory.mktemp("site")
    config.write(data, _site(name=name))
    assert config.read(data).name == name
