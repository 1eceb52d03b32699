"""Kept answers through the real pipeline: only the language model is a stand-in, which quotes the first evidence."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.answer_cache import CachedAssistant
from app.assistant.answerability import Answerability
from app.assistant.finding import EvidenceFinder
from app.building.container import Container
from app.cli import main
from app.domain import CitationEvent, DoneEvent, Message, SentenceEvent, Turn
from app.generation.scripted import ScriptedChatModel
from app.receipts.explanation import explain
from app.replay import Replayer
from app.retrieval.selection import SelectionParams
from app.settings import load_settings
from index.errors import QuestionEmpty, StoreMissing
from tests.live import ROOT, clean_environment

RETURNS = "# 退货政策\n\n## 期限\n\n签收后七日内可以无理由退货。\n\n## 运费\n\n质量问题退货，运费由商家承担。\n"
REFUNDS = "# Refunds\n\n## Time\n\nRefunds to a credit card take three to five working days.\n"
INVOICES = "# 发票\n\n## 开具\n\n电子发票在下单后24小时内开出。\n"
STAFF = "---\naccess: [staff]\n---\n# 赔付权限\n\n## 额度\n\n客服可以自行赔付五十元以内。\n"
QUESTION = "质量问题退货，运费由谁承担？"
INVOICE = "电子发票多久开出？"


class Shop:
    """Documents, an index, and an assistant that remembers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.model = ScriptedChatModel(_first_evidence)
        self.container = self.opened()
        self.assistant = self.container.remembering

    def opened(self, **settings: Any) -> Container:
        container = Container(load_settings().model_copy(update=settings))
        container.__dict__["chat_model"] = self.model
        # One piece of evidence, as a reader mostly chooses: without one a small shop's every passage is evidence.
        container.__dict__["finder"] = EvidenceFinder(
            container.retriever, Answerability.shipped(), selection=SelectionParams(items=1)
        )
        return container

    def write(self, **documents: str) -> None:
        (self.folder / "documents").mkdir(exist_ok=True)
        for name, text in documents.items():
            (self.folder / "documents" / f"{name}.md").write_text(text, encoding="utf-8")

    def publish(self) -> None:
        """As another process does it: the service learns of it from the pointer alone."""
        container = Container(load_settings())
        container.pipeline().run(container.sources([self.folder / "documents"]))
        container.close()
        if "container" in self.__dict__:
            self.container.serving.generation_name  # noqa: B018 - looks at once

    def ask(self, message: str = QUESTION, **fields: Any) -> Any:
        return self.assistant.reply(Turn(message, **fields))

    @property
    def rows(self) -> list[str]:
        path = self.folder / "var" / "answers.sqlite"
        if not path.exists():
            return []
        with sqlite3.connect(path) as database:
            return [row[0] for row in database.execute("SELECT key FROM entries")]

    @property
    def asked(self) -> int:
        """How often the model was asked."""
        return len(self.model.prompts)


def _first_evidence(messages: Sequence[Message]) -> str:
    found = re.search(r"^\[1\] (?:\([^)]*\) )?(.*)$", messages[-1].content, re.MULTILINE)
    return f"{found[1].rstrip('。.')}[1]。" if found else "没有。"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    environment = clean_environment(tmp_path, KEFU_ANSWER_CACHE__MIN_SIMILARITY="0.05")
    for name, value in environment.items():
        if name.startswith("KEFU_"):
            monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    made = Shop.__new__(Shop)
    made.folder = tmp_path
    made.write(returns=RETURNS, refunds=REFUNDS, invoices=INVOICES, staff=STAFF)
    made.publish()
    made.__init__(tmp_path)  # type: ignore[misc]
    yield made
    made.container.close()


def test_the_same_words_are_answered_once(shop: Shop) -> None:
    first, second = shop.ask(), shop.ask("  質量問題退貨，運費由誰承擔  ")

    assert shop.asked == 1
    assert (first.cached, second.cached) == (False, True)
    assert (second.text, second.citations, second.sentences) == (first.text, first.citations, first.sentences)
    assert (second.mode, second.model) == ("llm", "scripted")
    assert second.receipt_id != first.receipt_id
    assert second.timings_ms.generate == 0
    assert second.to_dict()["cached"] is True
    assert "cached" not in first.to_dict()
    assert shop.container.answer_cache.counts.exact == 1


def test_other_words_for_the_same_are_answered_once(shop: Shop) -> None:
    shop.ask(INVOICE)

    again = shop.ask("您好，请问一下电子发票要多长时间开出呢？谢谢！")

    assert again.cached
    assert shop.asked == 1
    assert shop.container.answer_cache.counts.meaning == 1


@pytest.mark.parametrize(
    "near",
    ["电子发票多久不开出？", "纸质发票多久开出？", "电子发票几点开出？", "电子发票48小时开出？", "电子发票谁开出？"],
)
def test_a_near_question_is_answered_by_itself(shop: Shop, near: str) -> None:
    shop.ask(INVOICE)

    assert not shop.ask(near).cached


def test_a_kept_answer_is_streamed_like_any_other(shop: Shop) -> None:
    fresh = list(shop.assistant.stream(Turn(QUESTION)))
    again = list(shop.assistant.stream(Turn(QUESTION, conversation_id="c1")))

    assert [type(event) for event in again] == [type(event) for event in fresh] == [
        CitationEvent, SentenceEvent, DoneEvent,
    ]  # fmt: skip
    assert again[:-1] == fresh[:-1]
    assert again[-1].answer.conversation_id == "c1"  # type: ignore[union-attr]


def test_a_publish_that_leaves_the_passages_alone_keeps_the_answers(shop: Shop) -> None:
    first = shop.ask()
    shop.write(pickup="# 自提\n\n## 时间\n\n自提点每天九点开门。\n")
    shop.publish()

    again = shop.ask()

    assert again.cached
    assert again.generation == shop.container.store.current_name() != first.generation
    assert shop.asked == 1


def test_an_edited_passage_takes_its_own_answers_alone(shop: Shop) -> None:
    shop.ask()
    shop.ask(INVOICE)
    shop.write(returns=RETURNS.replace("由商家承担", "由买家承担"))
    shop.publish()

    assert shop.ask(INVOICE).cached
    changed = shop.ask()

    assert not changed.cached
    assert "买家承担" in changed.text
    assert shop.container.answer_cache.counts.invalidated == 1


def test_a_renamed_document_is_cited_by_its_new_name(shop: Shop) -> None:
    shop.ask()
    (shop.folder / "documents" / "returns.md").rename(shop.folder / "documents" / "returns-2026.md")
    shop.publish()

    again = shop.ask()

    assert not again.cached
    assert again.citations[0].document_id == "returns-2026.md"


def test_what_a_deleted_document_said_is_nowhere_in_the_file(shop: Shop) -> None:
    shop.ask()
    shop.ask(INVOICE)
    with shop.container.answer_cache.store._open() as database:
        (kept,) = database.execute("SELECT body FROM entries ORDER BY number").fetchone()
    assert any(kept in path.read_bytes() for path in (shop.folder / "var").glob("answers.sqlite*"))
    (shop.folder / "documents" / "returns.md").unlink()
    shop.publish()

    shop.ask(INVOICE)  # whatever is asked first

    assert len(shop.rows) == 1
    left = b"".join(path.read_bytes() for path in (shop.folder / "var").glob("answers.sqlite*"))
    assert len(kept) > 300
    assert not any(kept[at : at + 24] in left for at in range(0, len(kept) - 24, 24))


def test_an_ingest_by_command_removes_them_before_anybody_asks(shop: Shop) -> None:
    shop.ask()
    (shop.folder / "documents" / "returns.md").unlink()

    assert main(["ingest", "documents", "--json"]) == 0

    assert shop.rows == []
    assert not shop.ask().cached


def test_a_new_passage_that_answers_better_is_not_missed(shop: Shop) -> None:
    shop.ask()
    shop.write(quality="# 质量问题\n\n## 质量问题退货运费\n\n质量问题退货，运费由谁承担：一律由平台承担。\n")
    shop.publish()

    assert not shop.ask().cached


def test_going_back_to_an_earlier_generation_is_a_change_too(shop: Shop) -> None:
    earlier = shop.container.store.current_name()
    shop.write(returns=RETURNS.replace("由商家承担", "由买家承担"))
    shop.publish()
    assert "买家承担" in shop.ask().text
    shop.container.store.activate(earlier)
    shop.container.serving.generation_name  # noqa: B018

    back = shop.ask()

    assert not back.cached
    assert "商家承担" in back.text


def test_what_one_caller_may_see_is_not_given_to_another(shop: Shop) -> None:
    question = "客服可以自行赔付多少？"
    staff = shop.ask(question, access=frozenset({"staff"}))
    assert "五十元" in staff.text
    assert shop.ask(question, access=frozenset({"staff"})).cached

    public = shop.ask(question)

    assert not public.cached
    assert "五十元" not in public.text


def test_a_passage_that_becomes_internal_is_no_longer_shown(shop: Shop) -> None:
    shop.ask()
    shop.write(returns=f"---\naccess: [staff]\n---\n{RETURNS}")
    shop.publish()

    again = shop.ask()

    assert not again.cached
    assert "商家承担" not in again.text


def _on(shop: Shop, day: date) -> CachedAssistant:
    """The assistant on another day."""
    assistant = shop.container.remembering
    assert isinstance(assistant, CachedAssistant)
    assistant._reader._today = lambda: day  # type: ignore[attr-defined]
    assistant._assistant._today = lambda: day  # type: ignore[attr-defined]
    return assistant


def test_another_day_asks_whether_the_rule_is_still_in_force(shop: Shop) -> None:
    shop.write(returns=f"---\nvalid_to: 2026-12-31\n---\n{RETURNS}")
    shop.publish()
    assert not _on(shop, date(2026, 12, 30)).reply(Turn(QUESTION)).cached

    assert _on(shop, date(2026, 12, 31)).reply(Turn(QUESTION)).cached
    over = _on(shop, date(2027, 1, 1)).reply(Turn(QUESTION))

    assert not over.cached
    assert "商家承担" not in over.text


def test_a_rule_that_begins_takes_the_place_of_the_kept_answer(shop: Shop) -> None:
    shop.write(
        returns=f"---\nvalid_to: 2026-12-31\n---\n{RETURNS}",
        new=f"---\nvalid_from: 2027-01-01\n---\n{RETURNS.replace('由商家承担', '由平台承担')}",
    )
    shop.publish()
    before, after = date(2026, 12, 30), date(2027, 1, 1)
    kept = _on(shop, before).reply(Turn(QUESTION, mode="llm"))
    assert "商家承担" in kept.text

    assert "平台承担" in _on(shop, after).reply(Turn(QUESTION)).text


def test_the_day_of_a_request_makes_another_question(shop: Shop) -> None:
    shop.ask(as_of=date(2026, 1, 1))

    assert shop.ask(as_of=date(2026, 1, 1)).cached
    assert not shop.ask(as_of=date(2026, 1, 2)).cached


def test_a_follow_up_is_kept_by_what_it_means(shop: Shop) -> None:
    history = (Message("user", "质量问题可以退货吗？"), Message("assistant", "可以。"))
    other = (Message("user", "电子发票怎么开？"),)
    shop.ask("那运费呢？", history=history)

    assert shop.ask("那运费呢？", history=history).cached
    assert not shop.ask("那运费呢？", history=other).cached
    assert not shop.ask("那运费呢？").cached


@pytest.mark.parametrize(
    "question",
    [
        "订单号2026112400123，质量问题退货运费谁承担？",
        "我的电话13812345678，质量问题退货运费谁出？",
        "运费退到a.b@example.com吗？",
    ],
)
def test_a_question_about_one_person_is_not_kept(shop: Shop, question: str) -> None:
    shop.ask(question)
    shop.ask(question)

    assert shop.rows == []
    assert not shop.ask(question).cached


def test_texts_that_came_with_the_question_are_answered_from_each_time(shop: Shop) -> None:
    shop.ask(passages=("质量问题退货，运费由平台承担。",))

    assert not shop.ask(passages=("质量问题退货，运费由平台承担。",)).cached
    assert shop.rows == []


def test_answers_in_the_documents_own_words_are_kept_when_wanted(shop: Shop) -> None:
    shop.ask(mode="extractive")
    assert not shop.ask(mode="extractive").cached

    keeping = load_settings().answer_cache.model_copy(update={"extractive": True})
    assistant = shop.opened(answer_cache=keeping).remembering
    assert not assistant.reply(Turn(QUESTION, mode="extractive")).cached
    assert assistant.reply(Turn(QUESTION, mode="extractive")).cached
    assert not assistant.reply(Turn(QUESTION, mode="llm")).cached


def test_nothing_is_kept_when_it_is_switched_off(shop: Shop) -> None:
    off = load_settings().answer_cache.model_copy(update={"enabled": False})
    container = shop.opened(answer_cache=off)

    assert container.remembering is container.assistant
    container.remembering.reply(Turn(QUESTION))
    assert shop.rows == []


def test_other_settings_make_another_answer(shop: Shop) -> None:
    shop.ask()
    answer = load_settings().answer.model_copy(update={"max_tokens": 100})

    assert not shop.opened(answer=answer).remembering.reply(Turn(QUESTION)).cached


def test_a_model_that_failed_is_asked_again(shop: Shop) -> None:
    shop.model.fault = "error"
    assert shop.ask().mode == "extractive"
    shop.model.fault = None

    again = shop.ask()

    assert (again.cached, again.mode) == (False, "llm")


def test_while_no_model_is_ready_the_documents_own_words_answer(shop: Shop) -> None:
    shop.ask()
    shop.model.is_ready = False

    assert (shop.ask().cached, shop.ask().mode) == (False, "extractive")


def test_what_was_declined_is_known_in_the_same_generation_only(shop: Shop) -> None:
    strict = load_settings().answer.model_copy(update={"min_confidence": 1.0})
    container = shop.opened(answer=strict)
    assistant = container.remembering
    assert assistant.reply(Turn(QUESTION)).status == "declined"
    again = assistant.reply(Turn(QUESTION))
    assert (again.cached, again.status) == (True, "declined")
    assert not assistant.reply(Turn("请问质量问题退货，运费由谁承担？")).cached
    shop.write(pickup="# 自提\n\n自提点每天九点开门。\n")
    shop.publish()
    container.serving.generation_name  # noqa: B018

    assert not assistant.reply(Turn(QUESTION)).cached


def test_a_tolerated_error_sets_the_threshold_of_kept_answers_too(shop: Shop) -> None:
    answer = load_settings().answer.model_copy(update={"max_error": 0.2})
    container = shop.opened(answer=answer)
    first, second = (container.remembering.reply(Turn(QUESTION)) for _ in range(2))
    assert container.receipt_writer is not None
    assert container.receipt_writer.flush(30)

    thresholds = {container.receipts.get(found.receipt_id).judged.threshold for found in (first, second)}

    assert (first.cached, second.cached) == (False, True)
    assert thresholds == {container.calibration.threshold}
    assert container.calibration.threshold != answer.min_confidence


def test_errors_are_those_of_the_assistant(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(QuestionEmpty):
        shop.ask("  ")
    empty = shop.opened(store=tmp_path / "nothing")
    with pytest.raises(StoreMissing):
        empty.remembering.reply(Turn(QUESTION))


def test_fifty_threads_get_the_right_answers(shop: Shop) -> None:
    expected = {question: shop.ask(question).text for question in (QUESTION, INVOICE, "信用卡退款要多久？")}
    shop.container.answer_cache.clear()
    questions = [list(expected)[number % 3] for number in range(300)]
    start = threading.Barrier(50)

    def work(number: int) -> list[str]:
        start.wait()
        return [shop.ask(question).text for question in questions[number * 6 : number * 6 + 6]]

    with ThreadPoolExecutor(50) as pool:
        texts = [text for some in pool.map(work, range(50)) for text in some]

    assert texts == [expected[question] for question in questions]
    assert len(shop.rows) == 3
    assert shop.container.answer_cache.counts.failed == 0


def test_a_document_is_edited_under_fifty_threads(shop: Shop) -> None:
    """Whoever asks after the service has seen the new generation is told the new rule."""
    shop.ask()
    stop, wrong = threading.Event(), []

    def work(_: int) -> None:
        while not stop.is_set():
            answer = shop.ask()
            is_new = answer.generation != before
            if ("买家承担" in answer.text) != is_new:
                wrong.append(answer)

    before = shop.container.store.current_name()
    with ThreadPoolExecutor(50) as pool:
        running = [pool.submit(work, number) for number in range(50)]
        shop.write(returns=RETURNS.replace("由商家承担", "由买家承担"))
        shop.publish()
        for _ in range(20):
            shop.ask()
        stop.set()
        for job in running:
            job.result()

    assert wrong == []


def test_a_receipt_names_the_first_one_and_replays_as_it(shop: Shop) -> None:
    first = shop.ask(INVOICE)
    again = shop.ask("请问电子发票多久开出呢？")
    assert shop.container.receipt_writer.flush()

    receipt = shop.container.receipts.get(again.receipt_id)

    assert receipt.given_again is not None
    assert (receipt.given_again.receipt_id, receipt.given_again.match) == (first.receipt_id, "meaning")
    assert receipt.given_again.question == INVOICE
    assert receipt.asked.message == "请问电子发票多久开出呢？"
    assert receipt.answer["cached"] is True
    assert type(receipt).of_bytes(receipt.to_bytes()) == receipt
    told = " ".join(explain(receipt, "en").question)
    assert first.receipt_id in told
    assert "in other words" in told
    with Replayer(shop.container) as replayer:
        assert replayer.replay(receipt).outcome == "identical"
        assert replayer.replay(shop.container.receipts.get(first.receipt_id)).outcome == "identical"


def test_deleting_a_receipt_deletes_the_kept_answer(shop: Shop) -> None:
    first = shop.ask()
    shop.container.receipt_writer.flush()

    assert main(["receipts", "delete", first.receipt_id]) == 0

    assert shop.rows == []
    assert not shop.ask().cached


def test_where_no_question_is_kept_answers_are_remembered_in_memory_alone(shop: Shop) -> None:
    receipts = load_settings().receipts.model_copy(update={"question": "hash"})
    container = shop.opened(receipts=receipts)
    container.remembering.reply(Turn(QUESTION))

    again = container.remembering.reply(Turn(QUESTION))

    assert again.cached
    assert not (shop.folder / "var" / "answers.sqlite").exists()
    assert container.receipt_writer.flush()
    receipt = container.receipts.get(again.receipt_id)
    assert receipt.given_again.question is None
    assert QUESTION not in receipt.to_bytes().decode()
    container.close()


def test_another_process_finds_what_this_one_kept(shop: Shop) -> None:
    shop.ask()
    other = shop.opened()

    assert other.remembering.reply(Turn(QUESTION)).cached
    assert other.remembering.reply(Turn(f"请问{QUESTION}")).cached
    other.answer_cache.clear()

    assert not shop.ask().cached


def test_the_commands_show_and_clear(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "show"]) == 0
    assert "No answers" in capsys.readouterr().out
    shop.ask()

    assert main(["cache", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["answers"], shown["entries"][0]["question"]) == (1, QUESTION)
    assert main(["cache", "show"]) == 0
    assert "1 answers on" in capsys.readouterr().out
    assert main(["cache", "clear", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"removed": 1}
    assert not shop.ask().cached


@pytest.mark.parametrize("harm", ["damaged", "locked", "folder", "truncated", "read-only"])
def test_a_file_that_cannot_be_used_costs_no_answer(shop: Shop, harm: str) -> None:
    path = shop.folder / "var" / "answers.sqlite"
    if harm in ("damaged", "truncated"):
        shop.ask()
        shop.container.close()
        whole = path.read_bytes()
        for end in ("-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        path.write_bytes(b"no database " * 4000 if harm == "damaged" else whole[: len(whole) // 2])
    elif harm == "folder":
        path.mkdir()
    blocker = None
    if harm == "locked":
        shop.ask()
        shop.container.close()
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("PRAGMA locking_mode = EXCLUSIVE")
        blocker.execute("BEGIN EXCLUSIVE")
    container = shop.opened()
    if harm == "read-only":
        container.answer_cache.store._connected().execute("PRAGMA query_only = ON")

    answers = [container.remembering.reply(Turn(QUESTION)) for _ in range(3)]

    assert {answer.text for answer in answers} == {answers[0].text}
    assert "商家承担" in answers[0].text
    if blocker is not None:
        blocker.close()
    container.close()


def test_a_full_disk_costs_no_answer(shop: Shop) -> None:
    shop.ask()
    store = shop.container.answer_cache.store
    with store._open() as database:
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        database.execute(f"PRAGMA max_page_count = {pages}")

    for number in range(2, 40):
        assert shop.ask(f"质量问题退货，{number}件的运费由谁承担？").text
    assert shop.container.answer_cache.counts.failed >= 1
    assert shop.ask().cached or shop.ask().text  # after the pause it is read again


_CRASH = """
import os, sys
from tests.integration.test_answer_cache import Shop
from app.answer_cache.store import EntryStore
shop = Shop(__import__("pathlib").Path.cwd())
shop.ask()
def dies(self, database):
    os._exit(9)
EntryStore._trim = dies
shop.ask("电子发票多久开出？")
"""


def test_a_crash_in_the_middle_of_a_write_leaves_what_was_there(shop: Shop) -> None:
    result = subprocess.run(
        [sys.executable, "-c", _CRASH],
        cwd=shop.folder,
        env={**clean_environment(shop.folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert result.returncode == 9, result.stderr
    assert len(shop.rows) == 1
    container = shop.opened()
    container.remembering.reply(Turn(INVOICE))
    assert len(shop.rows) == 2
    container.close()


def test_the_service_counts_and_forgets(shop: Shop) -> None:
    from fastapi.testclient import TestClient

    from app.main import build

    key = shop.container.keys.create("test", ("chat", "admin"))
    headers = {"Authorization": f"Bearer {key}"}
    with TestClient(build(shop.container), base_url="http://127.0.0.1") as client:
        first = client.post("/v1/chat", json={"message": QUESTION}, headers=headers).json()
        again = client.post("/v1/chat", json={"message": QUESTION, "stream": True}, headers=headers).text
        measured = client.get("/metrics").text
        client.delete(f"/v1/receipts/{first['receipt_id']}", headers=headers).raise_for_status()
        anew = client.post("/v1/chat", json={"message": QUESTION}, headers=headers).json()

    assert "cached" not in first
    events = [line.removeprefix("event: ") for line in again.splitlines() if line.startswith("event: ")]
    assert events == ["citation", "sentence", "done"]
    assert '"cached":true' in again
    assert 'kefu_answer_cache_total{outcome="hit_exact"} 1.0' in measured
    assert 'kefu_answer_cache_total{outcome="miss"} 1.0' in measured
    assert "kefu_answer_cache_invalidated_total 0.0" in measured
    assert "cached" not in anew
