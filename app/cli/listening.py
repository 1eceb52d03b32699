"""The socket of the service."""

from __future__ import annotations

import errno
import ipaddress
import socket


class AddressError(OSError):
    """The service cannot listen at this address. No `KefuError`: it can never reach a client of the service."""

    code = "address_invalid"


class AddressInUse(AddressError):
    """Another program listens there."""

    code = "address_in_use"


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at once, so that a port in use is told before anything is loaded.

    Raises `AddressInUse` or `AddressError`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sets TCP_NODELAY on what it accepts; without, replies wait for delayed ACKs.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        number = error.errno or 0
        if number == errno.EADDRINUSE:
            message = f"Port {port} of {host} is in use by another program. Stop it, or choose another"
            raise AddressInUse(number, f"{message}: kefu serve --port {port + 1 if port < 65535 else 8620}") from error
        reason = error.strerror or str(error)
        raise AddressError(number, f"Cannot listen at {host} port {port}: {reason}") from error
    return listener


def is_loopback(address: str) -> bool:
    """Whether only programs on this machine can reach an address."""
    return ipaddress.ip_address(address).is_loopback
