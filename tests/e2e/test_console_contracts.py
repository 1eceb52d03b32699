"""Pages over parts that come with other capabilities, against answers of the form that those give."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from app.evaluation.result import write_result
from tests.e2e.console_page import ConsolePage
from tests.live import ROOT, LiveService, serving
from tests.unit.evaluation.samples import question_of, result_of

pytestmark = pytest.mark.browser

NOW = datetime.now(UTC)
GAP = {
    "gap_id": "g1",
    "kind": "not_covered",
    "state": "drafted",
    "label": {"zh": "能寄到台湾吗？", "en": None},
    "keywords": {"zh": ["台湾"], "en": []},
    "questions": 12,
    "conversations": 9,
    "minutes": 75.0,
    "figures": {},
    "draft": {
        "entries": {"zh": {"question": "能寄到台湾吗？", "answer": "可以，五天左右。"}},
        "support": {},
        "warnings": [],
    },
    "documents": [],
    "effect": {"declined": {"before": {"share": 0.8}, "after": {"share": None}}},
    "steps": [],
    "asked": [
        {
            "text": "寄台湾多久？",
            "at": NOW.isoformat(),
            "is_declined": True,
            "is_handed_off": False,
            "is_rated_down": False,
        }
    ],
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveService]:
    folder = tmp_path_factory.mktemp("contracts")
    with serving(folder, documents=ROOT / "knowledge" / "zh" / "returns") as live:
        yield live


def answering(page: Page, answers: dict[str, Any]) -> list[tuple[str, Any]]:
    """Answers requests whose path ends so; what was sent is noted."""
    sent: list[tuple[str, Any]] = []

    def answer(route: Route) -> None:
        path = route.request.url.split("?")[0]
        for end, body in answers.items():
            if path.endswith(end):
                if route.request.method != "GET":
                    sent.append((end, json.loads(route.request.post_data or "null")))
                kind = "text/event-stream" if end == "/events" else "application/json"
                route.fulfill(body=body if isinstance(body, str) else json.dumps(body), content_type=kind)
                return
        route.fallback()

    page.route("**/v1/**", answer)
    return sent


def test_a_gap_is_edited_and_approved(console: ConsolePage) -> None:
    page = console.sign_in()
    sent = answering(
        page,
        {"/v1/admin/gaps": {"gaps": [GAP]}, "/gaps/g1": GAP, "/g1/draft": GAP, "/g1/approve": GAP},
    )
    console.open("gaps")
    page.locator(".list-button").click()
    expect(page.locator(".split-main")).to_contain_text("寄台湾多久？")
    expect(page.locator(".split-main")).to_contain_text("80%")
    assert console.serious_faults() == []
    page.locator("textarea.draft").fill("可以，三至五天。")

    with page.expect_request("**/g1/approve"):
        page.get_by_role("button", name="批准").click()

    assert sent[0] == ("/g1/draft", {"zh": {"question": "能寄到台湾吗？", "answer": "可以，三至五天。"}})


def test_two_results_are_compared(console: ConsolePage, service: LiveService) -> None:
    results = service.folder / "var" / "evaluation" / "results"
    for name, second in (("before", False), ("after", True)):
        questions = [question_of(f"q{n}", right=n != 1 or second) for n in range(3)]
        write_result(result_of(*questions), results / name)
    page = console.sign_in()
    console.open("evaluations")
    for name in ("before", "after"):
        page.get_by_label(f"选择 {name}").check()
    assert console.serious_faults() == []

    page.get_by_role("button", name="比较").click()

    expect(page.locator("tbody tr").first).to_contain_text("3")
    assert console.serious_faults() == []
    console.open("evaluations/before")
    expect(page.locator(".result").first).to_be_visible()


def test_news_come_again_after_a_busy_service_as_late_as_it_asks_and_behind_the_last(console: ConsolePage) -> None:
    page = console.sign_in()
    asked: list[tuple[float, str | None]] = []

    def answer(route: Route) -> None:
        asked.append((time.monotonic(), route.request.headers.get("last-event-id")))
        if len(asked) == 2:
            route.fulfill(status=429, headers={"Retry-After": "3"}, json={"code": "too_many_requests"})
        else:
            route.fulfill(content_type="text/event-stream", body='id: 7\nevent: ready\ndata: {"after": 7}\n\n')

    page.route("**/v1/agent/events", answer)
    console.open("inbox")
    while len(asked) < 3:
        page.wait_for_timeout(100)

    assert [last for _, last in asked[:3]] == [None, "7", "7"]
    assert asked[2][0] - asked[1][0] >= 3.0


def test_recommendations_are_read_tried_and_a_rule_is_switched_off(console: ConsolePage) -> None:
    page = console.sign_in()
    figures = {"people": 900, "hit_rate": 0.12, "ndcg": 0.07}
    model = {
        "name": "20261124T020000",
        "is_current": True,
        "made_at": NOW.isoformat(),
        "people": 4500,
        "items": 120,
        "events": 90000,
        "inner": figures,
        "inner_beside": {
            "co_occurrence": figures | {"hit_rate": 0.081},
            "popularity": figures | {"hit_rate": 0.016},
        },
    }
    shown = {
        "item_id": "P2",
        "score": 1.0,
        "sku": "SL-2",
        "name": {"zh": "玻璃水壶", "en": "Glass kettle"},
        "price_cents": 9900,
        "currency": "CNY",
        "reason": {
            "kind": "together",
            "zh": "12 位顾客同时买了恒温水壶",
            "en": "12 customers chose both",
            "evidence": {},
        },
    }
    arms = [
        {"arm": name, "units": 50, "lists": 100, "clicked": opened, "ordered": 4}
        for name, opened in (("model", 30), ("popular", 12))
    ]
    difference = {"value": 0.18, "low": 0.06, "high": 0.29, "p": 0.004}
    sent = answering(
        page,
        {
            "/recommendations/models": {"models": [model]},
            "/recommendations/effect": {"arms": arms, "clicks": difference, "orders": None},
            "/recommendations/try": {"items": [shown]},
            "/recommendations/rules": {"rules": [{"name": "diversity", "is_on": True}]},
            "/rules/diversity": {"rules": [{"name": "diversity", "is_on": False}]},
        },
    )
    console.open("recommend")

    rows = page.get_by_role("region", name="上次训练的效果").locator("tbody tr")
    expect(rows).to_contain_text(["12%", "8.1%", "1.6%"])
    expect(page.get_by_text("不太可能是偶然")).to_be_visible()
    expect(page.get_by_text("数据还太少")).to_be_visible()
    page.get_by_label("顾客编号").fill("C1")
    page.get_by_role("button", name="看推荐").click()
    expect(page.get_by_text("12 位顾客同时买了恒温水壶")).to_be_visible()
    with page.expect_response("**/rules/diversity"):
        page.get_by_role("button", name="关闭：避免重复").click()
    assert sent == [("/rules/diversity", {"is_on": False})]
    assert console.serious_faults() == []
    assert console.unexpected() == []
