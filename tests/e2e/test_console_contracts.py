"""Pages over parts that come with other capabilities, against answers of the form that those give."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.evaluation.result import write_result
from tests.e2e.console_page import ConsolePage
from tests.live import ROOT, LiveService, serving
from tests.unit.evaluation.samples import question_of, result_of

pytestmark = pytest.mark.browser

NOW = datetime.now(UTC)
TICKET = {
    "ticket_id": "t1",
    "conversation_id": "c1",
    "state": "assigned",
    "reason": "anger",
    "priority": "high",
    "topic": "returns",
    "intent": "return_request",
    "language": "zh",
    "customer_id": "王女士",
    "agent": "admin",
    "is_for_supervisor": False,
    "preview": "我要退货，已经等了三天！",
    "opened_at": NOW.isoformat(),
    "changed_at": NOW.isoformat(),
    "waiting_since": (NOW - timedelta(minutes=9)).isoformat(),
    "due_at": (NOW - timedelta(minutes=1)).isoformat(),
}
CITATION = {
    "marker": 1,
    "passage_id": "七日无理由退货.md#1",
    "document_id": "七日无理由退货.md",
    "title": "七日无理由退货规则",
    "quote": "运费由买家承担。",
    "start": 0,
    "end": 8,
}
CONVERSATION = {
    "conversation": {"conversation_id": "c1", "labels": ["退货"], "status": "with_agent", "customer_id": "王女士"},
    "ticket": {
        **TICKET,
        "summary": {"zh": "客户要退一件外套。", "en": "The customer wants to return a coat."},
        "packet": {
            "reason": "anger",
            "slots": [{"type": "order", "value": "A100", "normalized": "A100"}],
            "sentiment": "angry",
            "risk": "",
            "facts": {"amount_cents": 19900},
            "customer": {"tier": "gold"},
            "draft": {"text": "运费由买家承担 [1]。", "citations": [CITATION]},
            "tried": ["七日无理由退货.md#1"],
        },
    },
    "messages": [
        {
            "message_id": "m1",
            "role": "customer",
            "text": "<b>我要退货</b>",
            "at": NOW.isoformat(),
            "author": "",
            "data": {},
        },
        {"message_id": "m2", "role": "note", "text": "老客户", "at": NOW.isoformat(), "author": "小李", "data": {}},
    ],
    "trail": [],
    "me": {"name": "admin", "is_supervisor": True},
}
SUGGESTION = {"text": "运费由买家承担 [1]。", "confidence": 0.91, "citations": [CITATION], "receipt_id": "r1"}
METRIC = {
    "name": "resolution_rate",
    "title": {"zh": "解决率", "en": "Resolution rate"},
    "unit": "share",
    "aggregate": "share",
    "source": ["resolved"],
    "numerator": 6,
    "denominator": 8,
    "note": {"zh": "", "en": ""},
    "value": 0.75,
    "low": 0.5,
    "high": 0.9,
    "groups": [{"group": NOW.date().isoformat(), "value": 0.75, "low": 0.5, "high": 0.9, "denominator": 8}],
}
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


@pytest.fixture
def console(browser: Browser, service: LiveService) -> Iterator[ConsolePage]:
    made = ConsolePage(browser, service)
    yield made
    made.close()
    assert made.unexpected() == []


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


def test_an_agent_reads_the_packet_and_answers_with_proof(console: ConsolePage) -> None:
    page = console.sign_in()
    sent = answering(
        page,
        {
            "/v1/agent/inbox": {"conversations": [TICKET], "cursor": None, "counts": {"queued": 2, "mine": 1}},
            "/v1/agent/events": 'event: ready\ndata: {"after": 3}\n\n',
            "/v1/agent/presence": {"presence": None, "next_within_s": 40},
            "/v1/agent/canned": {
                "canned": [{"shortcut": "sorry", "title": "道歉", "zh": "非常抱歉！", "en": "", "places": []}]
            },
            "/v1/agent/canned/sorry": {"shortcut": "sorry", "text": "王女士，非常抱歉！", "missing": []},
            "/conversations/c1": CONVERSATION,
            "/suggest": SUGGESTION,
            "/reply": {"message_id": "m3"},
            "/resolve": TICKET,
        },
    )
    console.open("inbox")
    page.locator(".ticket").click()

    expect(page.locator(".ticket")).to_contain_text("超时")
    expect(page.locator(".message").first).to_contain_text("<b>我要退货</b>")
    expect(page.locator(".packet")).to_contain_text("客户要退一件外套。")
    expect(page.locator(".packet")).to_contain_text("A100")
    expect(page.locator(".segment-count").first).to_have_text("2")
    assert console.serious_faults() == []
    if os.environ.get("KEFU_TEST_SHOTS"):
        page.screenshot(path=f"{os.environ['KEFU_TEST_SHOTS']}/inbox-conversation.png")

    page.get_by_role("button", name="建议回复").click()
    page.locator(".suggestion-card").get_by_role("button", name="使用").click()
    box = page.get_by_label("回复", exact=True)
    expect(box).to_have_value("运费由买家承担。")
    page.keyboard.press("Control+Enter")
    expect(box).to_have_value("")
    box.press_sequentially("/so")
    page.keyboard.press("Enter")
    expect(box).to_have_value("王女士，非常抱歉！")

    reply = next(body for end, body in sent if end == "/reply")
    assert (reply["text"], reply["receipt_id"], reply["citations"][0]["marker"]) == ("运费由买家承担。", "r1", 1)
    assert reply["request_id"]


def test_numbers_are_shown_with_their_interval_and_definition(console: ConsolePage) -> None:
    page = console.sign_in()
    meaning = {**METRIC, "numerator": {"zh": "已解决", "en": ""}, "denominator": {"zh": "已结束的会话", "en": ""}}
    rows = [
        {
            "row_id": "c1",
            "at": NOW.isoformat(),
            "value": 1,
            "conversation_id": "c1",
            "language": "zh",
            "intent": "",
            "channel": "page",
        }
    ]
    answering(
        page, {"/v1/admin/metrics": {"metrics": [METRIC]}, "/resolution_rate/rows": {"metric": meaning, "rows": rows}}
    )
    console.open("home")

    expect(page.locator(".metric-value")).to_contain_text("75%")
    expect(page.locator(".plot .dot")).to_have_count(1)
    page.locator(".plot").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".plot-readout")).to_contain_text("75%")
    page.get_by_role("button", name="定义与明细").click()
    expect(page.get_by_role("dialog", name="解决率")).to_contain_text("已结束的会话")
    expect(page.get_by_role("dialog").locator("tbody tr")).to_have_count(1)
    assert console.serious_faults() == []


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


def test_flows_show_their_faults_at_their_lines(console: ConsolePage) -> None:
    page = console.sign_in()
    flow = {"name": "returns.yaml", "origin": "shipped", "text": "id: returns\nsteps: []\n"}
    fault = {"file": "returns.yaml", "line": 2, "message": "There are no steps."}
    answering(page, {"/v1/admin/flows": {"flows": [flow], "findings": [fault]}})
    console.open("flows")

    expect(page.locator(".line.is-faulty")).to_contain_text("steps: []")
    expect(page.locator(".line-fault")).to_have_text("There are no steps.")
    assert console.serious_faults() == []


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
