from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.console_page import ConsolePage
from tests.e2e.shop_page import Shop
from tests.live import LiveService

CHROMIUM = next(filter(None, (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright keeps an event loop running in the thread of the tests, where no
    asynchronous test can run any more."""
    items.sort(key=lambda item: "browser" in item.fixturenames if isinstance(item, pytest.Function) else False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests: a second one in the same thread cannot be driven."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        environment = {**os.environ, "HOME": home}
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments, env=environment)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.close()


@pytest.fixture
def console(browser: Browser, service: LiveService) -> Iterator[ConsolePage]:
    """The console of the module's service; whatever the browser complains about fails the test."""
    made = ConsolePage(browser, service)
    yield made
    made.close()
    assert made.unexpected() == []
