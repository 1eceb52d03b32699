"""A signed-in page of the console, and what every test of one asks."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Browser, Page

from tests.live import LiveService

_EXPECTED = ("404", "401", "403", "422", "Failed to load resource")
"""What a browser says of answers that the page itself asked for, such as parts that are not installed."""


class ConsolePage:
    """One browser context; what the browser complains about is kept in `complaints`."""

    def __init__(self, browser: Browser, service: LiveService, **options: Any) -> None:
        values: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}, "locale": "zh-CN", **options}
        self._context = browser.new_context(**values)
        self._context.set_default_timeout(20_000)
        self._service = service
        self.complaints: list[str] = []
        self.page: Page = self._context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))

    def sign_in(self, key: str | None = None) -> Page:
        """Through the door, with the admin's key or another."""
        self.page.goto(f"{self._service.url}/console")
        self.page.locator("#key").fill(key or self._service.admin_key)
        self.page.keyboard.press("Enter")
        self.page.locator("#menu").wait_for(state="attached")
        return self.page

    def open(self, address: str) -> Page:
        """A view by what stands behind the # of its address."""
        self.page.goto(f"{self._service.url}/console#/{address}")
        self.page.locator("#main h1").first.wait_for()
        return self.page

    def serious_faults(self) -> list[str]:
        """What axe-core finds at the levels serious and critical, in WCAG 2.2 A and AA."""
        axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        self.page.evaluate(f"(() => {{ if (!window.axe) {{ {axe} }} }})()")
        found = self.page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        return [
            f"{fault['id']}: {fault['nodes'][0]['target']} {fault['nodes'][0].get('failureSummary', '')[:300]}"
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
        ]

    def unexpected(self) -> list[str]:
        """Complaints that no page should cause."""
        return [text for text in self.complaints if not any(known in text for known in _EXPECTED)]

    def close(self) -> None:
        self._context.close()
