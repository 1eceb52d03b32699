"""Receipts through the real pipeline: every answer writes one, it replays byte for byte, or is clear why it cannot."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.building.container import Container
from app.cli import main
from app.domain import Message, Turn
from app.evaluation.datasets import read_golden
from app.generation.scripted import ScriptedChatModel
from app.replay import Replayer
from app.settings import Settings, load_settings
from tests.live import ROOT, clean_environment

RETURNS = """# 退货政策

## 期限

签收后七日内可以无理由退货。定制商品不支持无理由退货。

## 运费

质量问题退货，运费由商家承担。无理由退货的运费由买家承担。
"""
REFUNDS = """# Refunds

Refunds to a credit card take three to five working days. Refunds to a gift card arrive at once.
"""
STAFF = """---
access: [staff]
---
# 赔付权限

客服可以自行赔付五十元以内。
"""
QUESTION = "质量问题退货，运费由谁承担？"
Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop of three documents, taken in; every command works in its folder and needs no weights."""
    for name, value in clean_environment(tmp_path).items():
        if name.startswith("KEFU_"):
            monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    for name, text in {"returns.md": RETURNS, "refunds.md": REFUNDS, "staff.md": STAFF}.items():
        (tmp_path / "documents").mkdir(exist_ok=True)
        (tmp_path / "documents" / name).write_text(text, encoding="utf-8")
    ingest(tmp_path)
    return tmp_path


def ingest(folder: Path) -> None:
    container = Container(load_settings())
    container.pipeline().run(container.sources([folder / "documents"]))


@pytest.fixture
def container() -> Iterator[Container]:
    made = Container(load_settings())
    yield made
    made.close()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: exit code, what it printed as JSON where it is JSON, and its other words."""

    def run(*arguments: str) -> tuple[int, Any, str]:
        code = main(arguments)
        printed = capsys.readouterr()
        try:
            return code, json.loads(printed.out), printed.err
        except ValueError:
            return code, printed.out, printed.err

    return run


def asked(container: Container, message: str = QUESTION, **fields: Any) -> str:
    """Ask, and give the id of the receipt once it is written."""
    answer = container.assistant.reply(Turn(message, **fields))
    assert container.receipt_writer is not None
    assert container.receipt_writer.flush()
    assert container.receipts.holds(answer.receipt_id)
    return answer.receipt_id


def test_a_receipt_holds_what_the_answer_came_from(container: Container) -> None:
    receipt = container.receipts.get(asked(container, as_of=date(2026, 11, 24), access=frozenset({"staff"})))

    assert receipt.asked.message == QUESTION
    assert (receipt.asked.day, receipt.asked.access) == ("2026-11-24", ("staff",))
    assert receipt.generation == container.store.current_name()
    first = receipt.found[0]
    assert (first.document_id, first.stages["words"].rank) == ("returns.md", 1)
    assert {"质量", "运费"} <= set(first.words)
    with container.serving.borrow() as generation:
        assert first.content_hash == generation.passages([first.passage_id])[0].content_hash
    assert receipt.evidence[0].quote in RETURNS
    assert receipt.drafted[0].fate == "kept"
    assert receipt.answer["receipt_id"] == receipt.receipt_id
    assert receipt.program.version
    assert receipt.program.settings["answer.min_confidence"] == 0
    assert set(receipt.judged.features) >= {"all_held", "stages"}


def test_fifty_answers_replay_identically(tmp_path: Path) -> None:
    """Questions in both languages, some with history, another day, labels, given passages, or nothing to be found."""
    home = tmp_path / "sample"
    container = Container(load_settings().model_copy(update={"home": home}))
    folders = [
        ROOT / "knowledge" / name for name in ("zh/returns", "zh/shipping", "zh/membership", "en/returns", "faq")
    ]
    container.pipeline().run(container.sources(folders))
    questions = [
        item
        for path in sorted((ROOT / "tests" / "evaluation" / "golden").glob("queries_*.jsonl"))
        for item in read_golden(path)
    ][::7][:45]
    turns = [Turn(item.text, as_of=item.as_of) for item in questions]
    turns += [
        Turn("那运费呢？", history=(Message("user", "生鲜可以退货吗？"), Message("assistant", "不可以。"))),
        Turn("七天无理由退货", as_of=date(2025, 3, 1)),
        Turn("赔付权限", access=frozenset({"staff"})),
        Turn("保修多久？", passages=("本产品保修两年。", "颜色为红色。")),
        Turn("How long?", language="zh", passages=("Delivery takes 2 days.",)),
    ]
    for turn in turns:
        container.assistant.reply(turn)
    assert container.receipt_writer is not None
    assert container.receipt_writer.flush(30)
    container.close()

    again = Container(container.settings)
    with Replayer(again) as replayer:
        results = [replayer.replay(again.receipts.get(line.receipt_id)) for line in again.receipts.list()]
    again.close()

    assert len(results) == 50
    assert [result.to_dict() for result in results if result.outcome != "identical"] == []


def test_a_models_answer_replays_through_the_same_checks(container: Container, monkeypatch) -> None:
    replies = ["质量问题退货，运费由商家承担[1]。我们支持比特币支付5次[1]。"]
    container.__dict__["chat_model"] = ScriptedChatModel(replies)
    receipt = container.receipts.get(asked(container))

    assert receipt.wrote is not None
    assert receipt.wrote.prompt is not None
    assert QUESTION in receipt.wrote.prompt[1].content
    assert [drafted.fate for drafted in receipt.drafted] == ["kept", "dropped"]
    assert receipt.drafted[1].reason == "not in the cited text: 5"
    with Replayer(container) as replayer:
        assert replayer.replay(receipt).outcome == "identical"

    container.__dict__["chat_model"] = ScriptedChatModel(["质量问题退货，运费由买家承担[1]。"], name="other")
    with Replayer(container) as replayer:
        changed = replayer.replay(receipt)
    assert changed.outcome == "different"
    assert "scripted wrote then, other now" in [item.message for item in changed.causes]


def test_a_model_that_is_not_there_any_more_is_named(container: Container) -> None:
    container.__dict__["chat_model"] = ScriptedChatModel(["质量问题退货，运费由商家承担[1]。"])
    receipt = container.receipts.get(asked(container))

    today = Container(container.settings)
    with Replayer(today) as replayer:
        changed = replayer.replay(receipt)
    today.close()

    assert changed.outcome == "different"
    assert "scripted wrote then, no model now" in [item.message for item in changed.causes]


def test_an_answer_of_a_batch_replays_like_any_other(shop: Path, run: Run) -> None:
    lines = [{"id": n, "text": text} for n, text in enumerate([QUESTION, "Refund to a gift card?", "无关的问题？"])]
    (shop / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    assert run("ask", "--batch", "in.jsonl", "--out", "out.jsonl")[0] == 0
    code, told, _ = run("replay", "--all", "--json")

    assert (code, told["receipts"], told["identical"]) == (0, 3, 3)


def test_the_commands_show_explain_replay_and_delete(shop: Path, container: Container, run: Run) -> None:
    receipt_id = asked(container)

    code, exported, _ = run("receipts", "show", receipt_id)
    (shop / "receipt.json").write_text(json.dumps(exported, indent=1), encoding="utf-8")
    listed = run("receipts", "list", "--json")[1]
    by_id, by_file = run("replay", receipt_id), run("replay", "receipt.json", "--json")
    zh, en = run("explain", receipt_id), run("explain", "receipt.json", "--language", "en")
    as_json = run("explain", receipt_id, "--json")[1]

    assert code == 0
    assert [line["receipt_id"] for line in listed] == [receipt_id]
    assert (by_id[0], by_file[0]) == (0, 0)
    assert by_id[1].startswith("identical: the same answer, byte for byte")
    assert by_file[1]["outcome"] == "identical"
    assert "含有问题里的词" in zh[1]
    assert "保留：这是资料的原话" in zh[1]
    assert "Kept: these are the document's own words" in en[1]
    assert as_json["passages"][0]["role"] == "quoted"
    assert run("receipts", "delete", receipt_id)[0] == 0
    gone = run("replay", receipt_id, "--json")
    assert (gone[0], gone[1]["error"]["code"]) == (1, "receipt_missing")


def test_an_edited_passage_leaves_the_replay_and_shows_against_the_current_index(
    shop: Path, container: Container, run: Run
) -> None:
    receipt_id = asked(container)
    (shop / "documents" / "returns.md").write_text(RETURNS.replace("由商家承担", "由平台承担"), encoding="utf-8")
    ingest(shop)

    assert run("replay", receipt_id)[0] == 0
    code, told, _ = run("replay", receipt_id, "--against", "current", "--json")

    assert (code, told["outcome"]) == (1, "different")
    messages = [item["message"] for item in told["causes"]]
    assert any(message.startswith("answered from g000001-") for message in messages)
    assert any(message.startswith("returns.md was edited: ") for message in messages)
    text = next(item for item in told["differences"] if item["kind"] == "text")["message"]
    assert "-质量问题退货，运费由商家承担。" in text
    assert "+质量问题退货，运费由平台承担。" in text


def test_a_document_that_is_gone_is_told_apart_from_an_edited_one(shop: Path, container: Container, run: Run) -> None:
    receipt_id = asked(container)
    (shop / "documents" / "returns.md").unlink()
    ingest(shop)

    told = run("replay", receipt_id, "--against", "current", "--json")[1]

    assert any("returns.md is no longer in the index" in item["message"] for item in told["causes"])


def test_a_generation_that_was_collected_is_told_with_the_time_and_the_way_out(
    shop: Path, container: Container, run: Run
) -> None:
    receipt_id, given = asked(container), asked(container, "保修多久？", passages=("本产品保修两年。",))
    first = container.store.current_name()
    (shop / "documents" / "new.md").write_text("# 积分\n\n每消费一元积一分。\n", encoding="utf-8")
    ingest(shop)
    container.close()

    code, told, _ = run("index", "gc", "--keep", "1", "--json")
    assert (code, told) == (0, {"removed": [first], "receipts_without_replay": 1})
    code, told, words = run("replay", receipt_id, "--json")

    assert (code, told["error"]["code"]) == (1, "generation_collected")
    assert f"{first} was collected at {date.today().year}-" in words
    assert "--against current" in words
    assert run("replay", receipt_id, "--against", "current")[0] == 0  # other documents came, the answer is the same
    assert run("replay", given)[0] == 0  # needs no index
    code, told, _ = run("replay", "--all", "--json")
    assert (code, told["identical"], told["impossible"]) == (3, 1, 1)
    code, _, _ = run("replay", "--all", "--last", "1", "--out", "out.jsonl")
    assert code == 0
    assert [json.loads(line)["outcome"] for line in (shop / "out.jsonl").read_text().splitlines()] == ["identical"]


def test_a_generation_removed_by_hand_is_told_without_a_time(shop: Path, container: Container, run: Run) -> None:
    import shutil

    receipt_id = asked(container)
    (shop / "documents" / "new.md").write_text("# 积分\n\n每消费一元积一分。\n", encoding="utf-8")
    ingest(shop)
    shutil.rmtree(shop / "var" / "store" / "generations" / container.receipts.get(receipt_id).generation)

    code, _, words = run("replay", receipt_id)

    assert code == 1
    assert "when it was removed is not known" in words


def test_settings_of_today_are_set_back_and_noted(
    container: Container, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt_id = asked(container)
    monkeypatch.setenv("KEFU_ANSWER__MIN_CONFIDENCE", "1")
    monkeypatch.setenv("KEFU_RETRIEVAL__RRF_K", "60")

    code, told, _ = run("replay", receipt_id, "--json")
    assert (code, told["outcome"]) == (0, "identical")
    assert [item["message"] for item in told["notes"]] == [
        "setting answer.min_confidence: 0.0 → 1.0",
        "setting retrieval.rrf_k: 20 → 60",
    ]

    code, told, _ = run("replay", receipt_id, "--against", "current", "--json")
    assert (code, told["outcome"]) == (1, "different")
    kinds = [item["kind"] for item in told["causes"]]
    assert "settings" in kinds
    assert "confidence" in kinds


def test_another_version_is_noted(container: Container, run: Run) -> None:
    from dataclasses import replace

    receipt = container.receipts.get(asked(container))
    older = replace(receipt, receipt_id="older", program=replace(receipt.program, version="0.0.1"))
    container.receipts.add([older])

    told = run("replay", "older", "--json")[1]

    assert told["outcome"] == "identical"
    assert [item["kind"] for item in told["notes"]] == ["version"]


@pytest.mark.parametrize("cut", [slice(0, 300), slice(0, 0)])
def test_a_damaged_file_is_one_line(shop: Path, container: Container, run: Run, cut: slice) -> None:
    exported = container.receipts.get(asked(container)).to_bytes()
    (shop / "cut.json").write_bytes(exported[cut])
    (shop / "edited.json").write_bytes(exported.replace("商家".encode(), "买家".encode()))

    for name in ("cut.json", "edited.json"):
        for command in ("replay", "explain"):
            code, _, words = run(command, name)
            assert code == 1
            assert words.startswith("kefu: ")
            assert words.count("\n") == 1, words


def test_with_the_hash_alone_no_word_of_the_customer_is_kept(
    shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEFU_RECEIPTS__QUESTION", "hash")
    container = Container(load_settings())
    container.__dict__["chat_model"] = ScriptedChatModel(["王小明您好，运费由商家承担[1]。"])
    receipt_id = asked(
        container, "我叫王小明，质量问题退货，运费由谁承担？", history=(Message("user", "王小明的订单"),)
    )
    container.close()

    body = container.receipts.get(receipt_id).to_bytes().decode()
    assert "王小明" not in body
    code, _, words = run("replay", receipt_id)
    assert code == 1
    assert "holds the hash of the question" in words
    assert run("explain", receipt_id)[0] == 0


def test_switched_off_nothing_is_written(shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_RECEIPTS__ENABLED", "false")

    assert run("ask", QUESTION, "--json")[0] == 0

    assert not (shop / "var" / "receipts.sqlite").exists()


def test_an_answer_survives_receipts_that_cannot_be_written(
    shop: Path, container: Container, caplog: pytest.LogCaptureFixture
) -> None:
    (shop / "var" / "receipts.sqlite").write_bytes(b"this is no database, and was never one" * 100)

    answers = [container.assistant.reply(Turn(QUESTION)) for _ in range(3)]
    assert container.receipt_writer is not None
    assert container.receipt_writer.flush()

    assert [answer.status for answer in answers] == ["answered"] * 3
    assert container.receipt_writer.counts.lost == 3
    assert len([record for record in caplog.records if "receipts are not written" in record.message]) == 1


def test_a_full_disk_costs_receipts_and_no_answer(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.receipts import store

    class FullConnection(sqlite3.Connection):
        def executemany(self, *_: Any) -> sqlite3.Cursor:
            raise sqlite3.OperationalError("database or disk is full")

    real = sqlite3.connect
    monkeypatch.setattr(store.sqlite3, "connect", lambda *a, **o: real(*a, **{**o, "factory": FullConnection}))

    assert container.assistant.reply(Turn(QUESTION)).status == "answered"
    assert container.receipt_writer is not None
    assert container.receipt_writer.flush()
    assert container.receipt_writer.counts.lost == 1


def test_a_reader_that_leaves_at_the_end_leaves_a_receipt_and_one_that_leaves_before_none(container: Container) -> None:
    stream = container.assistant.stream(Turn(QUESTION))
    next(stream)
    stream.close()
    events = list(container.assistant.stream(Turn(QUESTION)))
    assert container.receipt_writer is not None
    assert container.receipt_writer.flush()

    assert [line.receipt_id for line in container.receipts.list()] == [events[-1].answer.receipt_id]


def test_recorded_settings_hold_no_address_key_or_folder() -> None:
    from app.building.program import program_of

    settings = Settings.model_validate(
        {
            "home": "/srv/secret-place",
            "llm": {"remote": {"base_url": "http://10.1.2.3/v1", "api_key": "sk-secret", "model": "m"}},
        }
    )

    told = str(program_of(settings, embedder="e", has_scorer=False))
    assert "secret" not in told
    assert "10.1.2.3" not in told


def test_a_new_calibration_does_not_change_what_is_replayed(
    container: Container, run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt_id = asked(container)
    monkeypatch.setenv("KEFU_ANSWER__MAX_ERROR", "0.0001")  # declines everything

    code, told, _ = run("replay", receipt_id, "--json")

    assert (code, told["outcome"]) == (0, "identical")
    assert "setting answer.max_error: none → 0.0001" in [item["message"] for item in told["notes"]]


def test_an_answer_by_instructions_of_an_experiment_is_recorded_and_replayed_by_them(container: Container) -> None:
    text = "你是客服。只用一句话回答，句末写资料编号，如[1]。"
    container.__dict__["chat_model"] = ScriptedChatModel(["质量问题退货，运费由商家承担[1]。"])
    answer = container._assistant_by({}, {}, {"zh": text}).reply(Turn(QUESTION))
    assert container.receipt_writer is not None
    assert container.receipt_writer.flush()
    receipt = container.receipts.get(answer.receipt_id)

    assert receipt.program.settings["answer.prompt_zh"] == text
    assert receipt.wrote is not None
    assert receipt.wrote.prompt is not None
    assert receipt.wrote.prompt[0].content == text
    with Replayer(container) as replayer:
        again = replayer.replay(receipt)
    assert (again.outcome, again.causes) == ("identical", ())
    assert "answer.prompt_zh" not in container.program.settings
    with Replayer(container) as replayer:
        plain = replayer.replay(container.receipts.get(asked(container)))
    assert plain.outcome == "identical"
