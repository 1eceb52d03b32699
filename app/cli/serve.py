"""`kefu serve`: API, page and nightly run in one process."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import options
from app.cli.opening import read_settings
from app.cli.terminal import emit, emit_json, note

if TYPE_CHECKING:
    from types import FrameType

    from fastapi import FastAPI

_DRAIN_S = 25


def serve(
    *,
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen at; by default that of the settings.")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port; 0 takes any free one.")] = None,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Serve the API, the chat page and the nightly run until it is interrupted.

    The first start makes an admin key and shows it once.

    \b
    Example:
      kefu serve
      kefu serve --host 0.0.0.0 --port 8080
    """
    from app.cli.listening import bound, is_loopback

    settings = read_settings(store)
    changes = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update={"server": settings.server.model_copy(update=changes)})
    listener = bound(settings.server.host, settings.server.port)
    from app.building.container import Container
    from app.main import build

    container = Container(settings, is_service=True)
    first_key = container.keys.ensure_admin()
    url = _url(listener)

    def announce() -> None:
        if as_json:
            emit_json({"url": url, "admin_key": first_key})
            return
        emit(f"kefu listens at {url}")
        if first_key is not None:
            emit(f"Admin key, shown this once: {first_key}")
        if settings.server.public_chat and not is_loopback(listener.getsockname()[0]):
            note(
                "Anyone who reaches this address can use the chat page; KEFU_SERVER__PUBLIC_CHAT=false asks for a key."
            )

    try:
        _run(build(container), listener, announce)
    finally:
        container.close()


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def _run(application: FastAPI, listener: socket.socket, announce: object) -> None:
    import uvicorn

    class Announced(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started and callable(announce):
                announce()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            application.state.web.end_streams()
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        application, log_level="info", access_log=False, timeout_graceful_shutdown=_DRAIN_S, server_header=False
    )
    before = signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again after it has drained
    try:
        server = Announced(config)
        server.run(sockets=[listener])
        if not server.started:
            note("The service did not start; the lines above say why.")
            raise typer.Exit(1)
    finally:
        signal.signal(signal.SIGTERM, before)
        listener.close()
