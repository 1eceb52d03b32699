"""A page of a shop, at a site of its own, that holds the widget; its styles are hostile and its policy is strict."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOSTILE = "* { color: red !important; font-size: 40px !important } button { display: none !important }"


class Shop:
    """A page of a shop at a site of its own; `service` is where its script comes from."""

    def __init__(self) -> None:
        self.service, self.attributes = "", ""
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body, kind = (HOSTILE, "text/css") if self.path == "/shop.css" else (shop.page(), "text/html")
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header(
                    "Content-Security-Policy",
                    f"default-src 'none'; script-src {shop.service}; connect-src {shop.service}; style-src 'self'; "
                    "require-trusted-types-for 'script'",
                )
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def page(self) -> str:
        script = f'<script src="{self.service}/widget.js" {self.attributes} async></script>'
        return f'<!doctype html><html lang="zh"><link rel="stylesheet" href="/shop.css"><h1>商城</h1>{script}</html>'

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
