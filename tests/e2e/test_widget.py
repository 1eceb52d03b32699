"""The widget on a shop's page with hostile styles and a strict content security policy, against a real service."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.security.widget_session import WidgetSessions
from tests.e2e.shop_page import Shop
from tests.live import ROOT, LiveService, clean_environment, serving

pytestmark = pytest.mark.browser

SECRET = "of the shop"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, shop: Shop) -> Iterator[LiveService]:
    folder = tmp_path_factory.mktemp("widget")
    environment = clean_environment(
        folder, KEFU_WIDGET__ORIGINS=f"http://127.0.0.1:{shop.port}", KEFU_WIDGET__SECRET=SECRET
    )
    with serving(folder, documents=ROOT / "knowledge" / "zh" / "returns", environment=environment) as live:
        shop.service = live.url
        yield live


@pytest.fixture
def visit(browser: Browser, service: LiveService, shop: Shop) -> Iterator[Callable[..., Page]]:
    complaints: list[str] = []
    contexts = []

    def make(attributes: str = "", *, host: str = "127.0.0.1", width: int = 1000) -> Page:
        shop.attributes = attributes
        context = browser.new_context(viewport={"width": width, "height": 760}, locale="zh-CN")
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.goto(f"http://{host}:{shop.port}/")
        return page

    yield make
    for context in contexts:
        context.close()
    assert [text for text in complaints if "403" not in text and "CORS" not in text and "net::" not in text] == []


def test_a_question_is_answered_with_its_source_on_the_page_of_a_shop(visit: Callable[..., Page]) -> None:
    page = visit('data-color="#7a3cc8" data-title="小店客服"')
    page.get_by_role("button", name="打开客服对话").click()
    panel = page.get_by_role("dialog", name="小店客服")
    panel.get_by_label("您的问题").fill("无理由退货的运费谁承担？")
    page.keyboard.press("Enter")

    expect(panel.locator(".words")).to_contain_text("买家承担")
    panel.get_by_role("button", name="来源 1").click()
    expect(panel.locator(".source q")).to_contain_text("运费由买家承担")
    assert panel.locator(".words").first.evaluate("node => getComputedStyle(node).color") != "rgb(255, 0, 0)"
    assert panel.locator(".words").first.evaluate("node => getComputedStyle(node).fontSize") == "15px"
    assert page.locator(".bubble").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(122, 60, 200)"

    page.reload()
    page.get_by_role("button", name="打开客服对话").click()
    expect(page.locator(".words")).to_contain_text("买家承担")
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".choice").first).to_be_visible()


def test_who_writes_before_the_session_is_there_stays_in_one_conversation(visit: Callable[..., Page]) -> None:
    page = visit("")
    held: list[Route] = []
    answer = held.append
    page.route("**/v1/widget/session", lambda route: answer(route))
    page.get_by_role("button", name="打开客服对话").click()
    field = page.get_by_label("您的问题")
    field.fill("我要退货")
    field.press("Enter")
    expect(page.locator(".asked")).to_have_count(1)

    answer = Route.continue_
    for route in held:
        route.continue_()

    expect(page.locator(".words")).to_contain_text("核实身份")
    assert len(held) == 1


def test_keys_of_the_widget_stay_in_it(visit: Callable[..., Page]) -> None:
    page = visit("")
    page.evaluate("window.heard = 0; addEventListener('keydown', () => (window.heard += 1))")
    page.get_by_role("button", name="打开客服对话").click()
    field = page.get_by_label("您的问题")
    expect(field).to_be_focused()
    field.fill("tuihuo")
    press = """(node, options) => node.dispatchEvent(new KeyboardEvent("keydown",
        {key: "Enter", bubbles: true, composed: true, cancelable: true, ...options}))"""

    field.evaluate(press, {"isComposing": True})
    field.evaluate(press, {"keyCode": 229})

    assert page.locator(".asked").count() == 0
    assert page.evaluate("window.heard") == 0
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="打开客服对话")).to_be_focused()


def test_a_site_that_is_not_allowed_is_told_so(visit: Callable[..., Page]) -> None:
    page = visit(host="localhost")

    page.get_by_role("button", name="打开客服对话").click()

    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator(".choice").count() == 0


def test_a_signed_customer_is_let_in_and_a_forged_one_is_not(visit: Callable[..., Page]) -> None:
    signature = WidgetSessions(lambda: b"", identity_secret=SECRET).signature("c-7")

    known = visit(f'data-customer-id="c-7" data-signature="{signature}"')
    known.get_by_role("button", name="打开客服对话").click()
    expect(known.locator(".choice").first).to_be_visible()

    forged = visit(f'data-customer-id="c-8" data-signature="{signature}"')
    forged.get_by_role("button", name="打开客服对话").click()
    expect(forged.get_by_role("alert")).to_contain_text("无法确认您的身份")


def test_on_a_phone_it_fills_the_window_and_speaks_english_on_request(visit: Callable[..., Page]) -> None:
    page = visit('data-language="en" data-position="left"', width=360)
    page.get_by_role("button", name="Open the support chat").click()
    page.locator(".panel").evaluate("node => Promise.all(node.getAnimations().map(one => one.finished))")

    box = page.locator(".panel").bounding_box()

    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, 360)
    expect(page.get_by_label("Your question")).to_be_visible()
    page.get_by_role("button", name="切换到中文").click()
    expect(page.get_by_label("您的问题")).to_be_visible()


def test_the_preview_of_the_console_shows_it(browser: Browser, service: LiveService) -> None:
    page = browser.new_page(locale="zh-CN")
    page.goto(f"{service.url}/static/widget/preview.html?color=%23aa3300&greeting=欢迎")

    expect(page.locator(".greeting")).to_have_text("欢迎")
    page.close()
