import hashlib
import json
import re
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.domain import Evidence
from app.domain.shop import Address, Customer
from app.feedback.store import Feedback
from app.generation.prompts import build_prompt
from app.learning.data import ExportParams, Kept, make_data, write_data
from app.learning.data.errors import ExportFolderTaken, NothingToLearn
from app.learning.data.near import near_pairs
from app.learning.data.records import Record
from app.learning.data.sample import plant_conversations
from app.learning.data.scrubbing import Scrubber, values_of
from app.learning.data.splitting import leaks, split
from index.types import Location, Passage

DAY = date(2026, 11, 25)


def passage(number: int, text: str, language: str = "zh") -> Passage:
    document = f"doc{number}.md"
    return Passage(
        f"{document}#1",
        document,
        f"规则{number}",
        text,
        f"规则{number}",
        language,
        Location(heading=f"规则{number}"),
        ((0, len(text)),),
    )


PASSAGES = [
    passage(1, "签收后七天内可以无理由退货。"),
    passage(2, "退款在三个工作日内到账。"),
    passage(3, "偏远地区运费二十元，由买家承担。"),
    passage(4, "Gift cards are valid for three years.", "en"),
    passage(5, "We answer mail to help@sprucelane.example within a day.", "en"),
    passage(6, "Batteries may not be sent by air.", "en"),
]


def spelled(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


def record(question: str, group: str, at: str = "2026-01-01", customer: str = "", kind: str = "pairs") -> Record:
    return Record(
        kind, "receipts", group, customer, at, "zh", question, {"query": question, "passage": "x", "label": 1}
    )


@pytest.fixture(scope="module")
def planted():
    return plant_conversations(PASSAGES, count=40, seed=3)


@pytest.fixture(scope="module")
def made(planted):
    return make_data(planted[0])


def test_nothing_planted_is_in_any_file_in_whatever_spelling(planted, made, tmp_path: Path):
    write_data(made, tmp_path / "data", as_of=DAY)
    written = spelled(
        "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "data").rglob("*") if path.is_file())
    )
    left = [one for one in planted[1] if spelled(one.value) in written]
    assert len(planted[1]) > 100
    assert left == []


def test_planted_values_stand_where_they_are_said_to(planted):
    kept, values = planted
    texts = {message.message_id: message.text for messages in kept.messages.values() for message in messages}
    assert all(texts[one.message_id][one.start : one.end] == one.value for one in values)


def test_the_same_seed_gives_the_same_conversations():
    assert plant_conversations(PASSAGES, count=5, seed=9) == plant_conversations(PASSAGES, count=5, seed=9)


def test_a_chat_record_is_what_the_model_is_asked_in_service():
    kept, _ = plant_conversations(PASSAGES, count=1, seed=1)
    (receipt,) = kept.receipts[:1]
    source = next(one for one in PASSAGES if one.passage_id == receipt.evidence[0].passage_id)
    asked = replace(receipt.asked, message="怎么规定的？", standalone="怎么规定的？")
    plain = replace(
        kept, receipts=[replace(receipt, asked=asked)], opinions={}, edits=[], messages={}, conversations=[]
    )

    made = make_data(plain, params=ExportParams(kinds=("sft",)))

    (sft,) = made.records["sft"]["train"]
    prompt = build_prompt("怎么规定的？", [Evidence(1, source, 0, 0, 1.0)], language=receipt.answer["language"])
    assert [(one["role"], one["content"]) for one in sft.body["messages"][:2]] == [(m.role, m.content) for m in prompt]
    assert sft.body["messages"][2] == {"role": "assistant", "content": receipt.answer["text"]}


def test_a_correction_is_preferred_to_the_answer_that_was_called_wrong(planted):
    kept, _ = planted
    receipt = kept.receipts[0]
    opinion = Feedback(
        receipt.receipt_id, "down", correction="十四天内可以退货。", conversation_id=receipt.asked.conversation_id
    )
    made = make_data(
        replace(kept, receipts=[receipt], opinions={receipt.receipt_id: [opinion]}, edits=[]),
        params=ExportParams(kinds=("preference", "sft")),
    )
    (choice,) = [one for part in made.records["preference"].values() for one in part]
    assert choice.body["chosen"] == [{"role": "assistant", "content": "十四天内可以退货。"}]
    assert not made.records["sft"].get("train"), "an answer that was called wrong is no example"


def test_a_question_with_the_evidence_of_another_is_declined(made):
    refusals = [one for part in made.records["sft"].values() for one in part if one.source == "refusals"]
    assert refusals
    for one in refusals:
        reply = one.body["messages"][-1]["content"]
        assert reply.startswith(("抱歉", "Sorry", "很抱歉"))


def test_mail_addresses_of_the_company_are_kept(made):
    texts = "".join(text for part in made.records["pretrain"].values() for one in part for text in one.texts())
    assert "help@sprucelane.example" in texts


def test_what_the_shop_knows_of_a_customer_goes_by_value_in_any_width_and_spacing():
    customer = Customer(
        "C1", "云朵朵", "d@x.example", "+8613800138000", Address("云朵朵", ("松涛巷甲",), "", "", "CN", "")
    )
    clean = Scrubber().clean("云朵朵说：云 朵 朵住松涛巷甲，１３８００１３８０００", values_of(customer))
    assert "朵" not in clean
    assert "松涛" not in clean
    assert "３８" not in clean


def test_what_one_message_tells_is_masked_in_all_others():
    scrubber = Scrubber()
    values = scrubber.values_in(["我叫伍思邈"])
    assert scrubber.clean("伍思邈的包裹", values) == "〔姓名〕的包裹"


def test_no_conversation_customer_or_near_question_stands_in_two_parts():
    records = [
        record(f"问题{name * 3}怎么办", f"c{name}", f"2026-01-{day:02d}", f"p{day % 7}")
        for day, name in enumerate("甲乙丙丁戊己庚辛壬癸子丑寅卯", 1)
    ]
    records += [record("运费由谁承担？", "x1", "2026-01-02"), record("运费 由谁承担?", "x2", "2026-02-28")]
    parts = split(records, validation=0.2, test=0.2)
    assert set(leaks(records, parts).values()) == {0}
    assert parts[-1] == parts[-2]


def test_the_newest_records_are_the_test():
    records = [record(name * 12, f"c{name}", f"2026-01-{day:02d}") for day, name in enumerate("abcdefghij", 1)]
    assert split(records) == ["train"] * 8 + ["validation", "test"]


def test_leaks_are_told_where_there_are_some():
    records = [record("运费由谁承担？", "x", customer="p"), record("运费由谁承担？", "x", customer="p")]
    assert leaks(records, ["train", "test"]) == {"conversations": 1, "customers": 1, "near-duplicate questions": 1}


def test_near_pairs_are_those_that_share_most_of_their_pieces():
    texts = ["七天无理由退货的运费谁出", "七天无理由退货运费谁出？", "发票怎么开", "", ""]
    assert list(near_pairs(texts, least=0.7)) == [(0, 1)]


def test_an_empty_base_is_told_in_one_line():
    with pytest.raises(NothingToLearn, match="kefu ingest"):
        make_data(Kept())


def test_the_card_names_each_file_with_its_hash(made, tmp_path: Path):
    facts = write_data(made, tmp_path / "data", as_of=DAY)
    assert json.loads((tmp_path / "data" / "card.json").read_text(encoding="utf-8")) == facts
    card = (tmp_path / "data" / "README.md").read_text(encoding="utf-8")
    for file in facts["files"]:
        raw = (tmp_path / "data" / file["path"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == file["sha256"]
        assert raw.count(b"\n") == file["records"]
        assert file["path"] in card
    assert set(facts["in_two_parts"].values()) == {0}


def test_a_former_export_is_replaced_and_nothing_else_is(made, tmp_path: Path):
    write_data(made, tmp_path / "data", as_of=DAY)
    write_data(made, tmp_path / "data", as_of=DAY)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    with pytest.raises(ExportFolderTaken, match="other"):
        write_data(made, tmp_path / "other", as_of=DAY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "other"]


def test_a_writer_that_fails_leaves_nothing_behind(made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.learning.data.writing._card", lambda facts: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_data(made, tmp_path / "data", as_of=DAY)
    assert list(tmp_path.iterdir()) == []


def test_other_programs_read_the_files(made, tmp_path: Path):
    datasets = pytest.importorskip("datasets")
    write_data(made, tmp_path / "data", as_of=DAY)
    datasets.disable_progress_bars()
    for kind, column in (("sft", "messages"), ("preference", "chosen"), ("pairs", "label"), ("triples", "negative")):
        read = datasets.load_dataset(str(tmp_path / "data"), kind, cache_dir=str(tmp_path / "cache"))
        assert read["train"].num_rows == len(made.records[kind]["train"])
        assert column in read["train"].column_names
