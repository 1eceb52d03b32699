"""Rules of yesterday, today and tomorrow: small documents through the real pipeline, store, search and assistant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.assistant.answerability import Answerability, LogisticWeights
from app.assistant.assistant import Assistant
from app.assistant.base_conflicts import ConflictParams, find_conflicts
from app.assistant.conflicts import Conflict
from app.assistant.finding import EvidenceFinder
from app.domain import Answer, SentenceEvent, Turn
from app.generation.check import SentenceChecker
from app.retrieval.retriever import Retriever
from index.serving import Serving
from index.store import Store
from ingest.pipeline import Pipeline
from ingest.sources import sources_of
from tests.pair_embedder import PairEmbedder

TODAY = date(2026, 11, 24)
DOCUMENTS = {
    "returns-2025.md": (
        "# 退货运费规则（2025年版）\n\n施行期间：2025年1月1日至2026年2月28日。\n\n## 退货运费\n\n"
        "退货运费一律由买家承担。\n"
    ),
    "returns.md": "# 退货运费规则\n\n自2026年3月1日起施行。\n\n## 退货运费\n\n退货运费前两次由商家承担。\n",
    "returns-2027.md": "# 退貨運費規則\n\n本規則自2027年1月1日起施行。\n\n## 退貨運費\n\n退貨運費一律由商家承擔。\n",
    "window-2025.md": (
        "# Return window (2025)\n\nIn force from 1 January 2025 to 28 February 2026.\n\n## Window\n\n"
        "The return window is 7 days for every member.\n"
    ),
    "window.md": (
        "# Return window\n\nEffective from 1 March 2026.\n\n## Window\n\n"
        "The return window is 15 days for every member.\n"
    ),
    "wrapping.md": "# 礼品包装\n\n本服务规则自2027年1月1日起施行。\n\n## 包装\n\n礼品包装每件收取6元。\n",
    "sale.md": "# 2026年运费\n\n## 双11期间（11月1日—11月11日）包邮规则\n\n大促包邮门槛为满19元。\n",
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Answer]:
    root = tmp_path_factory.mktemp("shop")
    for name, text in DOCUMENTS.items():
        (root / name).write_text(text, encoding="utf-8")
    desk = _desk(root, tmp_path_factory.mktemp("store"))

    def reply(message: str, **fields: object) -> Answer:
        return desk.reply(Turn(message, mode="extractive", **fields))  # type: ignore[arg-type]

    reply.desk = desk  # type: ignore[attr-defined]
    return reply


def _desk(documents: Path, folder: Path, *, on_conflict: Callable[[Conflict, str], None] | None = None) -> Assistant:
    embedder, store = PairEmbedder(), Store(folder)
    pipeline = Pipeline(store, lambda: embedder, embedder_id=embedder.embedder_id, dimension=embedder.dimension)
    assert pipeline.run(sources_of([documents])).refused == []
    weights = LogisticWeights(-2.4, {"best_held": 12.0})
    return Assistant(
        borrow=Serving(store).borrow,
        embedder=embedder,
        finder=EvidenceFinder(Retriever(embedder), Answerability(plain=weights, read=weights)),
        checker=SentenceChecker(),
        today=lambda: TODAY,
        on_conflict=on_conflict,
    )


def forces(answer: Answer) -> set[str]:
    return {citation.in_force for citation in answer.citations}


def test_todays_rule_answers_first_and_tomorrows_is_announced_behind_it(ask: Callable[..., Answer]) -> None:
    answer = ask("退货运费由谁承担？")

    assert answer.text.startswith("退货运费前两次由商家承担 [1]。自2027年1月1日起将适用：退貨運費一律由商家承擔 [2]。")
    assert "买家" not in answer.text
    assert [citation.in_force for citation in answer.citations] == ["current", "upcoming"]
    assert (answer.status, answer.as_of) == ("answered", TODAY)


@pytest.mark.parametrize(
    ("message", "fields", "label"),
    [
        ("退货运费由谁承担？", {"as_of": date(2025, 12, 1)}, "按2025年12月1日有效的规定："),
        ("我去年12月买的，退货运费由谁承担？", {}, "按2025年12月1日有效的规定："),
        ("我2026年2月28日签收的，退货运费由谁承担？", {}, "按2026年2月28日有效的规定："),
    ],
)
def test_a_past_day_is_answered_by_its_own_rule_and_says_so(
    ask: Callable[..., Answer], message: str, fields: dict[str, date], label: str
) -> None:
    answer = ask(message, **fields)

    assert answer.text.startswith(label)
    assert "退货运费一律由买家承担" in answer.text
    assert "商家" not in answer.text
    assert forces(answer) == {"past"}


def test_the_same_in_english(ask: Callable[..., Answer]) -> None:
    then = ask("For an order placed in March 2025, what is the return window for every member?")
    now = ask("What is the return window for every member?")

    assert then.text.startswith(
        "Under the rules in force on 1 March 2025: The return window is 7 days for every member [1]."
    )
    assert now.text.startswith("The return window is 15 days for every member [1].")


@pytest.mark.parametrize(
    ("day", "days"), [(date(2026, 2, 28), "7 days"), (date(2026, 3, 1), "15 days"), (date(2024, 2, 29), None)]
)
def test_the_day_of_the_change_belongs_to_the_new_rule(ask: Callable[..., Answer], day: date, days: str | None) -> None:
    answer = ask("What is the return window for every member?", as_of=day)

    assert (days in answer.text) if days else answer.status == "declined"


def test_a_rule_that_only_begins_later_is_announced_and_nothing_is_said_for_today(ask: Callable[..., Answer]) -> None:
    answer = ask("礼品包装每件收取多少钱？")

    assert answer.status == "partial"
    assert answer.text == "资料中没有找到目前适用的规定，以下规定自2027年1月1日起才适用：礼品包装每件收取6元 [1]。"
    assert forces(answer) == {"upcoming"}


def test_a_future_day_is_answered_by_the_rule_of_then(ask: Callable[..., Answer]) -> None:
    answer = ask("明年1月5日下单的话，礼品包装每件收取多少钱？")

    assert answer.text.startswith("按2027年1月5日有效的规定：礼品包装每件收取6元")
    assert answer.as_of == date(2027, 1, 5)


def test_a_section_of_a_sale_counts_during_the_sale_alone(ask: Callable[..., Answer]) -> None:
    during = ask("大促包邮门槛是多少？", as_of=date(2026, 11, 11))
    after = ask("大促包邮门槛是多少？")

    assert "满19元" in during.text
    assert "满19元" not in after.text


def test_todays_rule_stands_in_where_the_day_asked_about_has_none(ask: Callable[..., Answer]) -> None:
    answer = ask("The order was placed in March 2023: what is the return window for every member?")

    assert answer.text.startswith(
        "Our documents hold no rule of that day; this is the one in force today: The return window is 15 days"
    )
    assert answer.as_of == TODAY


def test_labels_travel_with_their_sentence_in_a_stream(ask: Callable[..., Answer]) -> None:
    events = list(ask.desk.stream(Turn("我去年12月买的，退货运费由谁承担？", mode="extractive")))  # type: ignore[attr-defined]

    leads = [event.sentence.lead for event in events if isinstance(event, SentenceEvent)]
    assert leads[0] == "按2025年12月1日有效的规定："
    assert not any(leads[1:])


def test_every_sentence_is_the_stored_words_of_what_it_cites(ask: Callable[..., Answer]) -> None:
    for answer in (ask("退货运费由谁承担？"), ask("退货运费由谁承担？", as_of=date(2025, 12, 1))):
        for sentence in answer.sentences:
            quotes = [citation.quote for citation in answer.citations if citation.marker in sentence.citations]
            assert sentence.text in quotes


CONTRADICTING = {
    "policy.md": (
        "---\ntitle: 价格保护规则\n---\n# 价格保护规则\n\n自2026年1月1日起施行。\n\n## 保护期限\n\n"
        "下单之日起30天内同款降价可以申请退还差价。\n"
    ),
    "notice.md": (
        "---\ntitle: 价格保护公告\n---\n# 价格保护规则公告\n\n自2026年6月1日起施行。\n\n## 保护期限\n\n"
        "下单之日起15天内同款降价可以申请退还差价。\n"
    ),
    "other.md": "# 发票\n\n## 开具\n\n发票在确认收货后24小时内开具。\n",
}


@pytest.fixture
def contradicting(tmp_path: Path) -> tuple[Path, Path]:
    documents = tmp_path / "documents"
    documents.mkdir()
    for name, text in CONTRADICTING.items():
        (documents / name).write_text(text, encoding="utf-8")
    return documents, tmp_path / "store"


def test_two_rules_in_force_that_disagree_are_both_shown_with_their_days_and_reported(
    contradicting: tuple[Path, Path],
) -> None:
    noted: list[tuple[Conflict, str]] = []
    desk = _desk(*contradicting, on_conflict=lambda conflict, generation: noted.append((conflict, generation)))

    answer = desk.reply(Turn("同款降价多少天内可以申请退还差价？", mode="extractive"))

    assert "30天内" in answer.text
    assert "15天内" in answer.text
    (lead,) = [sentence.lead for sentence in answer.sentences if sentence.lead]
    assert "《价格保护规则》自2026年1月1日起有效" in lead
    assert "《价格保护公告》自2026年6月1日起有效" in lead
    assert {citation.document_id for citation in answer.citations} == {"policy.md", "notice.md"}
    ((conflict, generation),) = noted
    assert (conflict.kind, generation) == ("number", answer.generation)


def test_a_pass_over_a_real_generation_finds_the_same(contradicting: tuple[Path, Path]) -> None:
    _desk(*contradicting)

    with Store(contradicting[1]).current() as generation:
        report = find_conflicts(generation, day=TODAY, params=ConflictParams(floor=0.8))
        earlier = find_conflicts(generation, day=date(2026, 2, 1), params=ConflictParams(floor=0.8))

    (conflict,) = report.conflicts
    assert [side.document_id for side in conflict.sides] == ["notice.md", "policy.md"]
    assert {side.value for side in conflict.sides} == {"15天", "30天"}
    assert earlier.conflicts == ()
