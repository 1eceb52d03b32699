"""The socket of the service.

Errors here are leaves of `app.settings.SettingsError`, for it is a setting that has to change.
"""

from __future__ import annotations

import errno
import socket

from app.settings import SettingsError


class AddressInUse(SettingsError):
    """Another program listens at that address."""

    code = "address_in_use"


class AddressInvalid(SettingsError):
    """The address is not one of this machine, or its port is not for this user."""

    code = "address_invalid"


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at once, so that a port in use is told before anything is loaded.

    Raises `AddressInUse` or `AddressInvalid`.
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
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(
                f"Port {port} of {host} is in use by another program. Stop it, or choose another: "
                f"kefu serve --port {port + 1}"
            ) from error
        raise AddressInvalid(f"Cannot listen at {host} port {port}: {error.strerror or error}.") from error
    return listener
