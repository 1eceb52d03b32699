"""Where webhooks may go: to the outside, not to what only this machine can reach."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

from app.webhooks.errors import EndpointInvalid

_PORTS = {"http": 80, "https": 443}
_WRAPPED = tuple(ipaddress.ip_network(name) for name in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""Addresses of version 6 that lead to one of version 4 which may be inside: NAT64, 6to4, Teredo."""

Resolve = Callable[[str, int], Sequence[str]]
"""From a name and a port to its addresses. Raises `OSError`."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was looked at; the connection goes to it and not to what the name says a moment later."""

    url: str
    """With the number in place of the name."""
    host: str
    """For the Host header, with the port where it is not the usual one."""
    name: str
    """Whose certificate is wanted."""


def checked_url(url: str, *, allow_private: bool) -> SplitResult:
    """The parts of an address. Raises `EndpointInvalid` for what is no address, or visibly one inside."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise EndpointInvalid(f"{url[:200]!r} is no address: {error}.") from error
    if parts.scheme not in _PORTS or not host or port == 0:
        raise EndpointInvalid(f"{url[:200]!r} is no address such as https://example.com/hook.")
    if parts.username is not None or parts.password is not None:
        raise EndpointInvalid(
            "The address holds a user name or a password. Put a secret into its path, or check the signature."
        )
    if not allow_private:
        is_local = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
        if is_local or (_is_number(host) and not is_public(host)):
            raise EndpointInvalid(_inside(host))
    return parts


def target_of(url: str, *, allow_private: bool, resolve: Resolve | None = None) -> Target:
    """Where a request goes. Raises `EndpointInvalid` where any address of the name lies inside, `OSError` for none."""
    parts = checked_url(url, allow_private=allow_private)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    found = list((resolve or _resolve)(host, port))
    if not found:
        raise OSError(f"{host} has no address")
    if not allow_private and not all(is_public(address) for address in found):
        raise EndpointInvalid(_inside(host))
    number = f"[{found[0]}]" if ":" in found[0] else found[0]
    is_usual = port == _PORTS[parts.scheme]
    shown = f"[{host}]" if ":" in host else host
    direct = urlunsplit((parts.scheme, f"{number}:{port}", parts.path or "/", parts.query, ""))
    return Target(direct, shown if is_usual else f"{shown}:{port}", host)


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet at large."""
    try:
        number = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address):
        if number.ipv4_mapped is not None:
            number = number.ipv4_mapped
        elif any(number in network for network in _WRAPPED):
            return False
    return number.is_global and not number.is_multicast


def _is_number(host: str) -> bool:
    """Also the odd spellings that the system takes: 127.1, 0x7f000001, 2130706433."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        try:
            socket.inet_aton(host)
        except OSError:
            return False
    return True


def _resolve(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _inside(host: str) -> str:
    return (
        f"{host} lies inside this network, which webhooks must not reach. "
        "KEFU_WEBHOOKS__ALLOW_PRIVATE=true allows it, where you run the receiver yourself."
    )
