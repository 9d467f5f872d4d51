"""Which network addresses may be connected to: public ones, however they are written or wrapped."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any


class NotPublic(Exception):
    """The address in it is not one of the public internet."""


Resolve = Callable[..., Sequence[tuple[Any, ...]]]

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_REFUSED_V6 = (
    IPv6Network("64:ff9b:1::/48"),  # RFC 8215: local-use NAT64
    IPv6Network("::/96"),  # IPv4-compatible, long deprecated, yet `::127.0.0.1` counts as global in ipaddress
    IPv6Network("::ffff:0:0:0/96"),  # RFC 2765: IPv4 translated, counts as global in ipaddress
    IPv6Network("2001::/32"),  # Teredo
    IPv6Network("3fff::/20"),  # RFC 9637: documentation
    IPv6Network("fec0::/10"),  # site-local, deprecated
)


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet.

    `ipaddress.is_global` alone is not enough: it lets multicast, NAT64 and 6to4 addresses through that lead to a
    private IPv4 address.
    """
    address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = _wrapped(address)
        if inner is not None:
            address = inner
        elif any(address in each for each in _REFUSED_V6):
            return False
    return address.is_global and not address.is_multicast


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


def is_own(text: str) -> bool:
    """Whether an IP address is of this machine or a private network, so that `--allow-local` may open it.

    Link-local ones are not: the keys of a machine in a cloud are given out at 169.254.169.254.
    """
    address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        address = _wrapped(address) or address
    return address.is_private and not (address.is_link_local or address.is_multicast or address.is_unspecified)


def resolve(host: str, port: int, allow_local: bool, lookup: Resolve = socket.getaddrinfo) -> list[tuple[Any, ...]]:
    """What `host` stands for, as getaddrinfo gives it, each address checked.

    The names a resolver understands (`2130706433`, `0x7f.1`, `127.1`) become addresses here, so it is the address
    that is judged and never the text. One private address among public ones refuses the host.

    Raises:
        OSError: the name is not known.
        NotPublic: an address is private, loopback, link-local, multicast or reserved; with `allow_local`, only if it is
            neither of this machine nor of a private network.
    """
    found = list(lookup(host, port, type=socket.SOCK_STREAM))
    for *_, place in found:
        if not is_public(place[0]) and not (allow_local and is_own(place[0])):
            raise NotPublic(place[0])
    return found
