"""Experiments, the learning page and the reports in headless Chromium, against a real service with some history."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from app.database import Database
from app.domain.service_events import ServiceEvent
from app.insight.events import ServiceEvents
from tests.e2e.console_page import ConsolePage
from tests.live import ROOT, LiveService, clean_environment, serving

pytestmark = pytest.mark.browser
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveService]:
    folder = tmp_path_factory.mktemp("learning")
    environment = clean_environment(folder, KEFU_SERVER__REQUESTS_PER_MINUTE="100000")
    with serving(folder, documents=ROOT / "knowledge" / "zh" / "returns", environment=environment) as live:
        with_history(live.folder / "var")
        yield live


def with_history(home: Path) -> None:
    """Ten weeks of conversations, and three nights."""
    draw, events = random.Random(3), []
    for number in range(600):
        at, name = NOW - timedelta(hours=1 + draw.random() * 24 * 70), f"c{number}"
        kind = "declined" if draw.random() < 0.2 else "answered"
        events += [
            ServiceEvent("conversation_started", at, conversation_id=name, language="zh"),
            ServiceEvent("customer_wrote", at, conversation_id=name, language="zh"),
            ServiceEvent(kind, at, conversation_id=name, language="zh", data={"seconds": 0.4, "tokens": 300}),
        ]
    database = Database.in_file(home / "kefu.sqlite")
    ServiceEvents(database).append(*events)
    database.close()
    night = {"kind": "embedder", "pairs": 64, "metrics": {"held_out_before": 0.61, "held_out_after": 0.7}}
    told = [
        {"outcome": "too_little", "why": "Expected at least 20 questions, got 3.", "pairs": 3, "metrics": {}},
        {
            "outcome": "refused",
            "why": "Not better by more than chance.",
            "why_zh": "没有明显变好。",
            "candidate": "emb1",
        },
        {"outcome": "promoted", "why": "It serves.", "why_zh": "已上线。", "candidate": "emb2", "pairs": 90},
    ]
    lines = [
        json.dumps({**night, **row, "at": (NOW - timedelta(days=3 - at)).isoformat(timespec="seconds")})
        for at, row in enumerate(told)
    ]
    (home / "learning").mkdir(parents=True, exist_ok=True)
    (home / "learning" / "nights.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def shot(console: ConsolePage, name: str) -> None:
    if folder := os.environ.get("KEFU_TEST_SHOTS"):
        console.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_an_experiment_is_planned_started_looked_at_and_ended(console: ConsolePage) -> None:
    console.sign_in()
    page = console.open("experiments")
    page.get_by_role("button", name="新建实验").click()
    dialog = page.get_by_role("dialog", name="新建实验")
    dialog.get_by_label("名称").fill("lower-threshold")
    dialog.get_by_label("试验组的设定（JSON）").fill("{not json")
    dialog.get_by_role("button", name="估算样本量").click()
    expect(dialog.get_by_role("alert")).to_contain_text("不是有效的 JSON")
    dialog.get_by_label("试验组的设定（JSON）").fill('{"min_confidence": 0.3}')
    dialog.get_by_label("指标").select_option("decline_rate")
    dialog.get_by_label("要看出的变化（%）").fill("20")
    dialog.get_by_role("button", name="估算样本量").click()
    expect(dialog.locator(".notice")).to_contain_text("个样本")
    shot(console, "experiment-start")
    assert console.serious_faults() == []
    dialog.get_by_role("button", name="开始", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.get_by_role("link", name="lower-threshold").click()

    expect(page.locator("#main h1")).to_have_text("lower-threshold")
    expect(page.get_by_role("table").first).to_contain_text('{"min_confidence":0.3}')
    expect(page.locator("#main")).to_contain_text("为时过早")
    shot(console, "experiment-one")
    assert console.serious_faults() == []
    page.get_by_role("button", name="结束实验").click()
    ending = page.get_by_role("dialog", name="结束实验")
    ending.get_by_label("原因").fill("只是试试")
    ending.get_by_role("button", name="结束实验").click()
    expect(page.locator("#main")).to_contain_text("只是试试")
    expect(page.get_by_role("button", name="结束实验")).to_have_count(0)


def test_values_that_the_switch_does_not_know_are_told_in_the_form(console: ConsolePage) -> None:
    console.sign_in()
    page = console.open("experiments")
    page.get_by_role("button", name="新建实验").click()
    dialog = page.get_by_role("dialog", name="新建实验")
    dialog.get_by_label("名称").fill("odd")
    dialog.get_by_label("试验组的设定（JSON）").fill('{"colour": "red"}')
    dialog.get_by_role("button", name="开始", exact=True).click()

    expect(dialog.get_by_role("alert")).to_contain_text("colour")


def test_the_form_waits_for_the_metrics_that_it_offers(console: ConsolePage) -> None:
    console.sign_in()
    held: list[Route] = []
    answer = held.append
    console.page.route("**/v1/admin/metrics/definitions", lambda route: answer(route))
    page = console.open("experiments")
    page.get_by_role("button", name="新建实验").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    answer = Route.continue_
    for route in held:
        route.continue_()

    expect(page.get_by_role("dialog", name="新建实验").get_by_label("指标")).to_have_value("resolution_rate")


@pytest.mark.parametrize("width", [360, 1440])
def test_the_nights_and_weeks_are_shown_in_both_languages(browser: Browser, service: LiveService, width: int) -> None:
    theme = "dark" if width == 360 else "light"
    console = ConsolePage(browser, service, viewport={"width": width, "height": 900}, color_scheme=theme)
    console.sign_in()
    page = console.open("learning")

    nights = page.get_by_role("table", name="夜间训练").or_(page.get_by_role("region", name="夜间训练"))
    expect(nights.first).to_contain_text("没有明显变好。")
    expect(nights.first).to_contain_text("已上线")
    expect(page.locator(".plot").first).to_be_visible()
    shot(console, f"learning-{width}")
    assert console.serious_faults() == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("#main")).to_contain_text("Not better by more than chance.")
    assert console.unexpected() == []
    console.close()


def test_last_weeks_report_is_written_and_downloaded(console: ConsolePage) -> None:
    console.sign_in()
    page = console.open("reports")

    page.get_by_role("button", name="生成上周周报").click()
    expect(page.get_by_role("table")).to_be_visible(timeout=60_000)
    shot(console, "reports")
    assert console.serious_faults() == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="PDF, 中文").first.click()

    assert saved.value.suggested_filename.endswith("-zh.pdf")
    assert Path(saved.value.path()).read_bytes()[:4] == b"%PDF"
