"""Which addresses count as public."""

import socket

import pytest

from newsletter_cli.http.addresses import NotPublic, Resolve, is_own, is_public, resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "2001:0:7f00:1::",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "ff02::1",
        "::ffff:0:7f00:1",
        "3fff::1",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def answering(*addresses: str) -> Resolve:
    """A resolver that knows one host by these addresses."""
    return lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]


@pytest.mark.parametrize("addresses", [("93.184.215.14", "10.0.0.1"), ("10.0.0.1", "93.184.215.14")])
def test_one_private_address_among_public_ones_refuses_the_host(addresses: tuple[str, str]) -> None:
    with pytest.raises(NotPublic, match=r"10\.0\.0\.1"):
        resolve("mixed.example", 443, allow_local=False, lookup=answering(*addresses))
    assert len(resolve("mixed.example", 443, allow_local=True, lookup=answering(*addresses))) == 2


def test_a_host_with_public_addresses_only_is_let_through() -> None:
    found = resolve("public.example", 443, allow_local=False, lookup=answering("93.184.215.14"))
    assert [place for *_, place in found] == [("93.184.215.14", 443)]


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("192.168.1.1", True),
        ("fc00::1", True),
        ("::ffff:10.0.0.1", True),
        ("169.254.169.254", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:a9fe:a9fe::", False),
        ("fe80::1%eth0", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
    ],
)
def test_what_may_be_opened_as_one_s_own_is_neither_link_local_nor_multicast(address: str, own: bool) -> None:
    assert is_own(address) is own
