"""The chat page in headless Chromium, against a live server with an assistant of fixed answers."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.database import Database
from app.domain import SentenceEvent
from app.feedback.store import FeedbackStore
from app.jobs.uploads import UploadFolder
from app.security.keys import KeyRing
from app.web.app import build_app
from app.web.services import LanguageModelState, Services
from index.errors import StoreMissing
from index.types import Location
from tests.fakes import (
    FakeAssistant,
    FakeGeneration,
    FakeJobs,
    FakeRetriever,
    FakeServing,
    FakeStore,
    answer_of,
    passage,
)
from tests.live_server import live

pytestmark = pytest.mark.browser

QUESTION = "签收后几天内可以退货？"
RETURNS = passage(
    "🛒自签收之日起计算。签收后七日内，商品完好的，可以无理由退货。定制商品不适用。",
    "zh/returns/no-reason.md#3",
    title="七天无理由退货规则",
    location=Location(0, 40, heading="七天无理由退货规则 > 适用范围 > 期限"),
)
FEE = passage(
    "退货运费由买家承担；因质量问题退货的，运费由商家承担。",
    "zh/returns/fees.xlsx#2",
    title="退货运费标准",
    location=Location(0, 30, sheet="运费", row=4),
)
ANSWER = answer_of(("签收后七日内，商品完好的，可以无理由退货。", RETURNS), ("因质量问题退货的，运费由商家承担。", FEE))
QUOTE = "签收后七日内，商品完好的，可以无理由退货。"
START = RETURNS.text.index(QUOTE)


class PageAssistant(FakeAssistant):
    """Fails once for one question, then answers it; behind its first sentence it waits while `goes_on` is cleared."""

    has_failed = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.goes_on = threading.Event()
        self.goes_on.set()

    def stream(self, turn):
        if turn.message == "坏了？" and not self.has_failed:
            self.has_failed = True
            raise StoreMissing("There is no index yet.")
        return self._held(super().stream(turn))

    def _held(self, events):
        with closing(events):
            for event in events:
                yield event
                if isinstance(event, SentenceEvent):
                    self.goes_on.wait(10)


def shaped(answer: Any) -> Any:
    """The answer, with the first citation narrowed to one sentence of its passage."""
    first = replace(answer.citations[0], quote=QUOTE, start=START, end=START + len(QUOTE))
    return replace(answer, citations=(first, *answer.citations[1:]))


@pytest.fixture
def assistant() -> FakeAssistant:
    english = answer_of(
        ("You can return an item within seven days of delivery.", RETURNS), ("Shipping is free.", FEE), language="en"
    )
    return PageAssistant(
        shaped(ANSWER),
        delay_s=0.15,
        answers={"火星能送货吗？": answer_of(text="抱歉，没有找到。"), "Returns?": english},
    )


@pytest.fixture
def services(tmp_path: Path, assistant: FakeAssistant) -> Services:
    return Services(
        assistant=assistant,
        retriever=FakeRetriever(),
        serving=FakeServing(FakeGeneration([RETURNS, FEE])),
        store=FakeStore(),
        keys=KeyRing(tmp_path / "keys.sqlite"),
        jobs=FakeJobs(),
        uploads=UploadFolder(tmp_path / "uploads"),
        feedback=FeedbackStore(Database.in_file(tmp_path / "kefu.sqlite")),
        language_model=lambda: LanguageModelState("arriving", "qwen", 0.42),
    )


@pytest.fixture
def open_page(browser: Browser, services: Services) -> Iterator[Callable[..., Page]]:
    """Opens the page; whatever the browser complains about fails the test."""
    complaints: list[str] = []
    contexts = []

    def make(*, width: int = 1280, height: int = 800, locale: str = "zh-CN", **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(url)
        return page

    with live(build_app(services)) as url:
        yield make
        for context in contexts:
            context.close()
    assert [text for text in complaints if "503" not in text and "401" not in text] == []


def ask(page: Page, text: str) -> None:
    page.get_by_label(re.compile("您的问题|Your question")).fill(text)
    page.keyboard.press("Enter")


def test_question_is_answered_sentence_by_sentence_with_no_key_typed(
    open_page: Callable[..., Page], assistant: PageAssistant
) -> None:
    assistant.goes_on.clear()
    page = open_page()

    ask(page, QUESTION)

    expect(page.locator(".sentence")).to_have_count(1)  # the second is still to come
    expect(page.locator(".wait")).to_be_visible()
    assistant.goes_on.set()
    expect(page.locator(".sentence")).to_have_count(2)
    expect(page.locator(".text")).to_have_text(
        "签收后七日内，商品完好的，可以无理由退货1。因质量问题退货的，运费由商家承担2。"
    )
    expect(page.locator(".meta")).to_contain_text("摘自资料原文")


def test_citation_opens_the_passage_with_the_quote_marked(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, QUESTION)

    page.get_by_role("button", name="来源 1：七天无理由退货规则").first.click()

    drawer = page.get_by_role("dialog", name="七天无理由退货规则")
    expect(drawer.locator("mark")).to_have_text(QUOTE)
    expect(drawer.locator("blockquote")).to_have_text(RETURNS.text)
    expect(drawer).to_contain_text("逐字一致")
    expect(drawer).to_contain_text("期限")
    page.get_by_role("button", name="下一个来源").click()
    expect(page.get_by_role("dialog", name="退货运费标准")).to_contain_text("第 4 行")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()


def test_enter_that_picks_a_candidate_of_an_input_method_does_not_send(
    open_page: Callable[..., Page], assistant: FakeAssistant
) -> None:
    page = open_page()
    field = page.get_by_label("您的问题")
    field.fill("tuihuo")
    press = """(node, options) => node.dispatchEvent(
        new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...options}))"""

    field.evaluate(press, {"isComposing": True})
    field.evaluate(press, {"keyCode": 229})
    field.press("Shift+Enter")

    assert page.locator(".turn").count() == 0
    assert field.input_value() == "tuihuo\n"
    assert assistant.turns == []
    field.evaluate(press, {})
    expect(page.locator(".turn")).to_have_count(1)


def test_language_switches_without_a_reload_and_is_remembered(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, QUESTION)
    expect(page.locator(".meta")).to_be_visible()
    page.evaluate("window.stays = true")

    page.get_by_role("button", name="Switch to English").click()

    expect(page.get_by_label("Your question")).to_be_visible()
    expect(page.locator(".meta")).to_contain_text("Quoted from the documents")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate("window.stays") is True
    page.reload()
    expect(page.locator(".meta")).to_contain_text("Quoted from the documents")


def test_language_of_the_browser_is_taken_first(open_page: Callable[..., Page]) -> None:
    expect(open_page(locale="en-GB").get_by_label("Your question")).to_be_visible()


def test_theme_goes_from_system_to_light_to_dark(open_page: Callable[..., Page]) -> None:
    page = open_page(color_scheme="dark")
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")

    page.locator("#theme").click()
    expect(root).to_have_attribute("data-theme", "light")
    page.locator("#theme").click()
    expect(root).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-choice", "dark")


def test_declined_answer_looks_different_and_has_no_sources(open_page: Callable[..., Page]) -> None:
    page = open_page()

    ask(page, "火星能送货吗？")

    expect(page.locator('.answer[data-status="declined"]')).to_contain_text("资料中没有找到答案")
    assert page.locator(".chip").count() == 0


def test_failure_is_told_kindly_and_can_be_retried(open_page: Callable[..., Page]) -> None:
    page = open_page()

    ask(page, "坏了？")
    expect(page.get_by_role("alert").filter(has_text="知识库还没有内容")).to_be_visible()
    page.get_by_role("button", name="重试").click()

    expect(page.locator(".sentence")).to_have_count(2)
    expect(page.locator(".failure")).to_have_count(0)


def test_stop_keeps_what_was_said(open_page: Callable[..., Page], assistant: FakeAssistant) -> None:
    assistant._delay_s = 1.0
    page = open_page()

    ask(page, QUESTION)
    expect(page.locator(".sentence")).to_have_count(1)
    page.get_by_role("button", name="停止回答").click()

    expect(page.locator(".wait")).to_contain_text("已停止")
    expect(page.locator(".sentence")).to_have_count(1)
    assert assistant.closed.wait(5)


def test_thumb_down_with_a_reason_reaches_the_store(open_page: Callable[..., Page], services: Services) -> None:
    page = open_page()
    ask(page, QUESTION)

    with page.expect_response("**/v1/feedback"):
        page.get_by_role("button", name="没有帮助").click()
    page.get_by_text("不完整").click()
    with page.expect_response("**/v1/feedback"):
        page.get_by_role("button", name="提交").click()

    (feedback,) = services.feedback.list()
    assert (feedback.receipt_id, feedback.rating, feedback.reason) == ("receipt-1", "down", "reasonIncomplete")


def test_words_of_a_document_are_never_markup(open_page: Callable[..., Page], assistant: FakeAssistant) -> None:
    evil = passage('<img src=x onerror="window.hacked=1">可以退货。', "zh/returns/no-reason.md#3", title="<b>标题</b>")
    assistant._answer = answer_of(("<script>window.hacked=1</script>可以退货。", evil))
    page = open_page()

    ask(page, QUESTION)
    page.locator(".chip").first.click()

    expect(page.locator("#drawer-title")).to_have_text("<b>标题</b>")
    expect(page.locator(".text")).to_contain_text("<script>")
    assert page.evaluate("window.hacked") is None


def test_suggestion_is_asked_with_one_click_and_a_new_chat_brings_them_back(open_page: Callable[..., Page]) -> None:
    page = open_page()

    page.locator(".suggestion").first.click()
    expect(page.locator(".meta")).to_be_visible()
    page.get_by_role("button", name="新对话").click()

    expect(page.locator(".suggestion").first).to_be_visible()
    assert page.locator(".turn").count() == 0


def test_conversation_survives_a_reload(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, QUESTION)
    expect(page.locator(".meta")).to_be_visible()

    page.reload()

    expect(page.locator(".sentence")).to_have_count(2)
    page.locator(".chip").first.click()
    expect(page.locator("#drawer mark")).to_be_visible()


def test_everything_can_be_reached_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, QUESTION)
    expect(page.locator(".meta")).to_be_visible()
    page.locator(".chip").first.focus()

    page.keyboard.press("Enter")
    expect(page.locator("#drawer-title")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator(".chip").first).to_be_focused()


def test_badge_says_that_the_model_is_on_its_way(open_page: Callable[..., Page]) -> None:
    expect(open_page().locator("#mode")).to_contain_text("模型下载 42%")


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_wider_than_the_window(open_page: Callable[..., Page], width: int, theme: str) -> None:
    page = open_page(width=width, color_scheme=theme)
    shots = os.environ.get("KEFU_TEST_SHOTS")

    def check(name: str) -> None:
        if shots:
            page.wait_for_timeout(400)
            page.screenshot(path=f"{shots}/{name}-{theme}-{width}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(
            "document.querySelector('#talk').scrollWidth <= document.querySelector('#talk').clientWidth"
        )

    expect(page.locator(".suggestion").first).to_be_visible()
    check("empty")
    ask(page, QUESTION)
    expect(page.locator(".meta")).to_have_count(1)
    ask(page, "火星能送货吗？")
    expect(page.locator(".meta")).to_have_count(2)
    check("answer")
    page.locator(".chip").first.click()
    expect(page.locator("#drawer .drawer-note")).to_be_visible()
    check("source")


def test_page_that_is_not_public_asks_for_a_key(
    browser: Browser, services: Services, open_page: Callable[..., Page]
) -> None:
    token = services.keys.create("page", ["chat"])
    with live(build_app(replace(services, public_chat=False))) as url:
        page = browser.new_page(locale="zh-CN")
        page.goto(url)
        dialog = page.get_by_role("dialog", name="需要访问密钥")
        dialog.get_by_label("访问密钥").fill("kefu_wrong")
        dialog.get_by_role("button").click()
        expect(dialog).to_contain_text("密钥无效")
        dialog.get_by_label("访问密钥").fill(token)
        dialog.get_by_role("button").click()
        expect(dialog).to_be_hidden()
        ask(page, QUESTION)
        expect(page.locator(".sentence")).to_have_count(2)
        page.close()
