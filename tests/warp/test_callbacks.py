"""Which addresses strangers may have the server ask, as far as an address says so itself."""

from ipaddress import ip_address

import pytest

from warp.callbacks import BadCallback, Reach, check, host_of, is_public
from warp.calling import is_strangers
from warp.pushing import usual_terms

OPEN = usual_terms("https://warp.example").reach


@pytest.mark.parametrize(
    "url",
    [
        "https://reader.example/callback",
        "https://reader.example",
        "https://reader.example:443/a/b?c=d&e=%20",
        "https://READER.example/",
        "https://xn--bcher-kva.example/",
        "https://1.reader.example/",
        "https://8.8.8.8/callback",
        "https://[2606:4700:4700::1111]/callback",
    ],
)
def test_a_web_server_on_the_open_network_may_be_asked(url: str) -> None:
    check(url, OPEN)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "reader.example",
        "//reader.example/",
        "http://reader.example/",
        "ftp://reader.example/",
        "file:///etc/passwd",
        "gopher://reader.example/",
        "https:///path",
        "https:reader.example",
        "https://user@reader.example/",
        "https://user:password@reader.example/",
        "https://reader.example@127.0.0.1/",
        "https://reader.example#@127.0.0.1/",
        "https://reader.example/#part",
        "https://reader.example\\@127.0.0.1/",
        "https://reader.example:22/",
        "https://reader.example:6379/",
        "https://reader.example:8443/",
        "https://reader.example:0/",
        "https://reader.example:65536/",
        "https://reader.example:/",
        "https://reader.example:port/",
        "https://reader.example /",
        "https://reader.example/ HTTP/1.1\r\nX: y",
        "https://reader.example/\n",
        "https://réader.example/",
        "https://reader.example/é",
        "https://reader..example/",
        "https://.example/",
        "https://reader.example./",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 127 + "example/",
        "https://reader%2eexample/",
        "https://①②⑦.⓪.⓪.①/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://255.255.255.255/",
        "https://224.0.0.1/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fd00::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[127.0.0.1]/",
        "https://[reader.example]/",
        "https://[::1/",
    ],
)
def test_nothing_else_may_be_asked(url: str) -> None:
    with pytest.raises(BadCallback):
        check(url, OPEN)


def test_a_site_without_tls_may_ask_readers_without_it() -> None:
    plain = usual_terms("http://warp.example").reach
    check("http://reader.example/", plain)
    check("https://reader.example/", plain)
    with pytest.raises(BadCallback):
        check("ftp://reader.example/", plain)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("1.1.1.1", True),
        ("2606:4700:4700::1111", True),
        ("2001:4860:4860::8888", True),
        ("64:ff9b::808:808", True),
        ("0.0.0.0", False),  # noqa: S104 - it is no binding
        ("0.1.2.3", False),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("100.127.255.255", False),
        ("127.0.0.1", False),
        ("127.255.255.254", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("172.31.255.255", False),
        ("192.0.0.1", False),
        ("192.0.2.1", False),
        ("192.88.99.1", False),
        ("192.168.1.1", False),
        ("198.18.0.1", False),
        ("198.51.100.1", False),
        ("203.0.113.1", False),
        ("224.0.0.251", False),
        ("239.255.255.250", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::7f00:1", False),
        ("::808:808", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::808:808", False),
        ("100::1", False),
        ("2001::4136:e378:8000:63bf:3fff:fdd2", False),
        ("2001:db8::1", False),
        ("2002:7f00:1::1", False),
        ("2002:808:808::1", False),
        ("fc00::1", False),
        ("fd12:3456:789a::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("ff0e::1", False),
    ],
)
def test_what_is_public_is_one_hosts_on_the_open_network(address: str, *, public: bool) -> None:
    assert is_public(ip_address(address)) is public


def test_an_address_of_this_machine_is_no_strangers() -> None:
    assert is_strangers(ip_address("8.8.8.8"))
    assert not is_strangers(ip_address("127.0.0.1"))
    assert not is_strangers(ip_address("::1"))


def test_the_host_of_a_callback_is_its_name_in_lower_case() -> None:
    assert host_of("https://READER.example:443/x") == "reader.example"
    assert host_of("https://[2606:4700::1]/x") == "2606:4700::1"


def test_a_reach_without_ports_reaches_nothing() -> None:
    with pytest.raises(BadCallback):
        check("https://reader.example/", Reach(lambda _: True, frozenset()))
