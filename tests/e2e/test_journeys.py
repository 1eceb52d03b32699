"""What customers and agents do with each other, in headless Chromium against the real service with the sample shop."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.console_page import ConsolePage
from tests.e2e.shop_page import Shop
from tests.live import ROOT, LiveService, clean_environment, kefu, serving

pytestmark = pytest.mark.browser

ORDER, EMAIL = "SL8620000005", "xiaoyu.wang@example.com"
SHOTS = os.environ.get("KEFU_TEST_SHOTS")


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("flows")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, shop: Shop, flows: Path) -> Iterator[LiveService]:
    folder = tmp_path_factory.mktemp("journeys")
    environment = clean_environment(
        folder,
        KEFU_WIDGET__ORIGINS=f"http://127.0.0.1:{shop.port}",
        KEFU_DIALOGUE__FLOWS=str(flows),
        KEFU_POLICY__RULES=str(ROOT / "policies" / "rules.yaml"),
        KEFU_SERVER__REQUESTS_PER_MINUTE="100000",
    )
    catalogue = ROOT / "knowledge" / "catalogue" / "products.csv"
    options = ("--customers", "20", "--catalogue", str(catalogue))
    filled = kefu("shop", "fill", *options, folder=folder, environment=environment)
    assert filled.returncode == 0, filled.stderr
    with serving(folder, documents=ROOT / "knowledge" / "zh" / "returns", environment=environment) as live:
        shop.service = live.url
        yield live


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address as a customer; whatever the browser complains about fails the test."""
    complaints: list[str] = []
    contexts = []

    def make(url: str, *, width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN")
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.goto(url)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def api(service: LiveService, path: str, body: Any = None) -> Any:
    """What the service answers to the admin; POST where there is a body."""
    request = urllib.request.Request(
        service.url + path,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Authorization": f"Bearer {service.admin_key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as reply:
        text = reply.read()
    return json.loads(text) if text else None


def say(page: Page, text: str) -> None:
    """Send a message and wait until the reply is whole."""
    field = page.get_by_label("您的问题").or_(page.get_by_label("Your question"))
    field.fill(text)
    field.press("Enter")
    settled(page)


def choose(page: Page, words: str) -> None:
    """Click on what is offered last."""
    page.get_by_role("group", name="可选项").get_by_role("button", name=words).click()
    settled(page)


def settled(page: Page) -> None:
    expect(page.locator(".wait .dots, .wait i")).to_have_count(0)


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def ticket_of(console: ConsolePage, words: str) -> Locator:
    return console.page.locator(".ticket").filter(has_text=words)


@pytest.mark.parametrize("width", [360, 1440])
def test_a_return_goes_from_the_wish_to_the_rating(
    visit: Callable[..., Page], console: ConsolePage, service: LiveService, width: int
) -> None:
    order, email = (ORDER, EMAIL) if width == 1440 else ("SL8620000007", EMAIL)
    api(service, "/v1/agent/presence", {"state": "offline"})  # nobody is given the conversation before it was seen
    page = visit(service.url, width=width)
    say(page, "无理由退货的运费谁承担？")
    expect(page.locator(".turn").last).to_contain_text("买家承担")
    with page.expect_response("**/v1/citations/opened") as opened:
        page.locator(".chip").first.click()
    assert opened.value.status == 204
    page.keyboard.press("Escape")

    say(page, "我要退货")
    expect(page.locator(".turn").last).to_contain_text("核实身份")
    say(page, order)
    say(page, email)
    choose(page, "不想要了")
    settled(page)
    expect(page.locator(".turn").last).to_contain_text(order)  # the number that was given is the one that is meant
    expect(page.locator(".turn").last).to_contain_text("请确认是否办理")
    assert page.locator(".turn").last.get_by_text("1. ").count() == 0
    choose(page, "确认")
    expect(page.locator(".turn").last).to_contain_text("退货申请已提交")
    expect(page.locator(".choices")).to_have_count(0)
    assert page.locator("html").evaluate("node => node.scrollWidth - innerWidth") <= 0
    shot(page, f"chat-return-{width}")

    say(page, f"转人工 {width}")
    expect(page.locator(".people")).to_contain_text("等待人工客服")
    expect(page.locator(".turns").get_by_text(re.compile("已为您转[接给]"))).to_have_count(1)

    agent = console.sign_in()
    console.open("inbox")
    ticket_of(console, f"转人工 {width}").click()
    expect(agent.locator(".message").filter(has_text="不想要了").last).to_be_visible()  # the button, not its value
    expect(agent.locator(".packet")).to_contain_text("客户要求人工")
    assert console.serious_faults() == []
    if (take := agent.get_by_role("button", name="接手")).count():
        take.click()
    expect(agent.get_by_role("button", name="放回队列")).to_be_visible()
    box = agent.get_by_label("回复", exact=True)
    box.fill("半句")
    say(page, "运费谁承担？")
    expect(page.locator(".turn").last).to_contain_text("已送达")
    expect(agent.locator(".message").last).to_contain_text("运费谁承担")
    expect(box).to_have_value("半句")  # news do not disturb who writes
    agent.get_by_role("button", name="建议回复").click()
    agent.locator(".suggestion-card").get_by_role("button", name="使用").click()
    expect(box).to_have_value(re.compile("^无理由退货：运费由买家承担。[^\\[]*$"))  # the agent's words bear no markers
    shot(agent, f"inbox-{width}")
    agent.keyboard.press("Control+Enter")

    expect(page.locator(".turn").last).to_contain_text("运费由买家承担")
    expect(page.locator(".turn").last.locator(".source").first).to_be_visible()
    expect(page.locator(".people")).to_contain_text("正在为您服务")
    page.reload()
    expect(page.locator(".turns").get_by_text(re.compile("已为您转[接给]"))).to_have_count(1)
    expect(page.locator(".turn").filter(has_text="运费由买家承担").last).to_be_visible()

    agent.get_by_role("button", name="解决", exact=True).click()
    expect(page.locator(".turns")).to_contain_text("本次服务已结束")
    expect(page.locator(".people")).to_be_hidden()
    if width == 360:  # the first of the two; nobody is asked again within two weeks
        page.get_by_role("button", name="5 分", exact=True).click()
        expect(page.locator(".survey")).to_contain_text("感谢反馈")
        shot(page, "chat-rated")


def test_a_canned_reply_is_filled_in(console: ConsolePage, service: LiveService, visit: Callable[..., Page]) -> None:
    page = visit(service.url)
    say(page, "I want to talk to a human")
    expect(page.locator(".people")).to_be_visible()
    request = urllib.request.Request(
        f"{service.url}/v1/agent/canned/sorry",
        method="PUT",
        data=json.dumps({"title": "道歉", "zh": "非常抱歉！", "en": "We are sorry!"}).encode(),
        headers={"Authorization": f"Bearer {service.admin_key}", "Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=20).close()

    agent = console.sign_in()
    console.open("inbox")
    ticket_of(console, "talk to a human").click()
    box = agent.get_by_label("回复", exact=True)
    box.press_sequentially("/so")
    expect(agent.get_by_role("option")).to_have_count(1)
    agent.keyboard.press("Enter")

    expect(box).to_have_value("We are sorry!")


def test_the_widget_offers_choices_and_lets_a_person_answer(
    visit: Callable[..., Page], service: LiveService, shop: Shop
) -> None:
    page = visit(f"http://127.0.0.1:{shop.port}/", width=360)
    page.get_by_role("button", name="打开客服对话").click()
    panel = page.get_by_role("dialog")
    say(page, "我要退货")
    say(page, "haoran.li@example.com")
    expect(panel.locator(".choice").first).to_be_visible()
    offered = panel.locator(".choice").first.inner_text()
    assert offered not in panel.locator(".words").last.inner_text()
    shot(page, "widget-choices")
    say(page, "转人工客服，谢谢")
    expect(panel.locator(".people")).to_be_visible()
    expect(panel.locator(".choice")).to_have_count(0)

    inbox = api(service, "/v1/agent/inbox")["conversations"]
    key = next(item["conversation_id"] for item in inbox if "谢谢" in item["preview"])
    api(service, f"/v1/agent/conversations/{key}/assign", {})
    api(service, f"/v1/agent/conversations/{key}/reply", {"text": "我来帮您看看。"})
    expect(panel.locator(".words").last).to_have_text("我来帮您看看。")
    api(service, f"/v1/agent/conversations/{key}/resolve", {})

    expect(panel.locator(".people")).to_be_hidden()
    panel.get_by_role("button", name="4", exact=True).click()
    expect(panel.locator(".survey")).to_contain_text("感谢")
    expect(panel.get_by_text(re.compile("已为您转[接给]"))).to_have_count(1)
    shot(page, "widget-rated")


def test_the_numbers_of_what_happened_are_on_the_first_page(console: ConsolePage, service: LiveService) -> None:
    api(service, "/v1/chat", {"message": "无理由退货的运费谁承担？"})
    page = console.sign_in()
    console.open("home")

    card = page.locator(".metric").filter(has_text="婉拒率").or_(page.locator(".card").filter(has_text="婉拒率")).first
    expect(card.locator(".metric-value")).to_contain_text("%")
    card.get_by_role("button", name="定义与明细").click()
    expect(page.get_by_role("dialog", name="婉拒率").locator("tbody tr").first).to_be_visible()
    assert console.serious_faults() == []


def test_a_flow_of_ones_own_shows_its_faults(console: ConsolePage, flows: Path) -> None:
    file = flows / "broken.yaml"
    file.write_text("flow: broken\nname: {zh: 坏的, en: broken}\nsteps: []\n", encoding="utf-8")
    page = console.sign_in()
    try:
        console.open("flows")
        page.locator(".list-button").filter(has_text="broken.yaml").click()

        expect(page.locator(".line-fault").first).to_be_visible()
        expect(page.locator(".list-button").filter(has_text="10_orders.yaml")).to_contain_text("通过")
        assert console.serious_faults() == []
    finally:
        file.unlink()
