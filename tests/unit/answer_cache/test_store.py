import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.answer_cache.entry import Entry, Mark
from app.answer_cache.meaning import meaning_key
from app.answer_cache.store import EntryStore
from app.domain import AnswerSentence
from tests.fakes import answer_of, passage

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ITEM = passage("签收后七日内可以无理由退货。")
VECTOR = np.asarray([0.6, 0.8], np.float32)


def entry(key: str = "k1", *, scope: str = "s1", question: str = "", item=ITEM, at: datetime = NOW, **fields) -> Entry:
    answer = answer_of((item.text, item), receipt_id=f"receipt-{key}", as_of=DAY, **fields)
    mark = Mark.of(item)
    return Entry(
        key, scope, question or f"question {key}", answer, (mark,), ((item.passage_id, 0, 0),), (mark,),
        answer.generation, DAY, at.isoformat(timespec="milliseconds"),
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> EntryStore:
    return EntryStore(tmp_path / "answers.sqlite", clock=lambda: NOW)


def test_an_entry_comes_back_as_it_went(store: EntryStore) -> None:
    store.put(entry(), VECTOR)

    assert store.get("k1") == entry()
    assert store.get("k2") is None


def test_entries_are_found_by_what_their_question_means(store: EntryStore) -> None:
    store.put(entry("k1", question="退款多久到账？"), VECTOR)
    store.put(entry("k2", question="请问退款多长时间到账"), VECTOR)
    store.put(entry("k3", question="退款多久到账？", scope="s2"), VECTOR)

    found = store.alike("s1", meaning_key("退款到账要多久？"))

    assert [item.key for item, _ in found] == ["k2", "k1"]
    assert found[0][1].tolist() == VECTOR.tolist()
    assert store.alike("s1", meaning_key("退款不到账？")) == []


def test_in_memory_nothing_is_written(tmp_path: Path) -> None:
    store = EntryStore(None, clock=lambda: NOW)
    assert not store.is_there
    store.put(entry(), VECTOR)

    assert store.get("k1") == entry()
    store.close()
    assert list(tmp_path.iterdir()) == []


def test_the_same_key_is_kept_once_and_one_without_a_vector_is_not_near(store: EntryStore) -> None:
    store.put(entry(), VECTOR)
    store.put(entry(status="declined"), None)

    assert store.counts().answers == 1
    assert store.alike("s1", meaning_key("question k1")) == []


def test_entries_age(tmp_path: Path) -> None:
    clock = [NOW]
    store = EntryStore(tmp_path / "a.sqlite", keep_days=30, clock=lambda: clock[0])
    store.put(entry(), VECTOR)
    clock[0] = NOW + timedelta(days=30, seconds=1)

    assert store.get("k1") is None
    assert store.alike("s1", meaning_key("question k1")) == []
    store.put(entry("k2", at=clock[0]), VECTOR)
    assert store.counts().answers == 1


def test_the_oldest_make_room(tmp_path: Path) -> None:
    store = EntryStore(tmp_path / "a.sqlite", most=20, clock=lambda: NOW)
    for number in range(50):
        store.put(entry(f"k{number}"), VECTOR)

    assert 18 <= store.counts().answers <= 20
    assert store.get("k49") is not None
    assert store.get("k0") is None


def test_entries_go_by_passage_receipt_and_generation(store: EntryStore) -> None:
    other = passage("退款三日内到账。", "refunds.md#1")
    for key, item in (("k1", ITEM), ("k2", other), ("k3", other)):
        store.put(entry(key, item=item), VECTOR)
    store.put(entry("k4", status="declined"), None)

    assert store.remove_of_marks([Mark.of(replace(other, title="anders"))]) == 0
    assert store.remove_of_receipt("receipt-k3") == 1
    assert store.remove_of_marks([Mark.of(other)]) == 1
    assert store.remove_bound("g000001-abcdef01") == 0
    assert store.remove_bound("g000002-00000000") == 1
    assert store.get("k1") is not None
    assert store.marks() == [Mark.of(ITEM)]
    assert store.clear() == 1


def test_damaged_bytes_are_removed(store: EntryStore, tmp_path: Path) -> None:
    store.put(entry(), VECTOR)
    with sqlite3.connect(tmp_path / "answers.sqlite") as database:
        body = bytearray(database.execute("SELECT body FROM entries").fetchone()[0])
        body[len(body) // 2] ^= 0xFF
        database.execute("UPDATE entries SET body = ?", (bytes(body),))

    assert store.get("k1") is None
    assert store.counts().answers == 0


def test_a_file_of_another_version_is_begun_anew(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "answers.sqlite") as database:
        database.executescript("CREATE TABLE entries (x); PRAGMA user_version = 99;")
    store = EntryStore(tmp_path / "answers.sqlite", clock=lambda: NOW)
    store.put(entry(), VECTOR)

    assert store.get("k1") == entry()


def test_a_file_that_is_no_database_is_dropped_once(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"not a database at all " * 500)
    store = EntryStore(path, clock=lambda: NOW)

    with pytest.raises(sqlite3.DatabaseError):
        store.get("k1")
    store.put(entry(), VECTOR)
    assert store.get("k1") == entry()


def test_another_connection_is_noticed(tmp_path: Path, store: EntryStore) -> None:
    store.put(entry(), VECTOR)
    before = store.version()
    EntryStore(tmp_path / "answers.sqlite", clock=lambda: NOW).remove("k1")

    assert store.version() != before


def test_fifty_threads_write_and_read(store: EntryStore) -> None:
    failures = []

    def work(number: int) -> None:
        try:
            for at in range(10):
                store.put(entry(f"k{number}-{at}"), VECTOR)
                assert store.get(f"k{number}-{at}") is not None
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert store.counts().answers == 500


@pytest.mark.parametrize(
    "change",
    [
        {"text": "签收后八日内可以无理由退货。"}, {"title": "新政策"}, {"context": "退货"}, {"access": ("staff",)},
        {"valid_to": DAY}, {"valid_from": DAY}, {"sentences": ((0, 5), (5, 14))}, {"document_id": "other.md"},
    ],
)  # fmt: skip
def test_any_change_of_a_passage_makes_another_mark(change: dict) -> None:
    assert Mark.of(replace(ITEM, **change)) != Mark.of(ITEM)


def test_only_plain_answers_of_today_last() -> None:
    plain = entry()
    said = AnswerSentence(ITEM.text, True, (1,), lead="按2025年有效的规定：")
    cited = replace(plain.answer.citations[0], in_force="past")

    assert plain.is_lasting
    assert not replace(plain, answer=replace(plain.answer, status="declined")).is_lasting
    assert not replace(plain, answer=replace(plain.answer, sentences=(said,))).is_lasting
    assert not replace(plain, answer=replace(plain.answer, citations=(cited,))).is_lasting


def test_bad_limits_are_refused() -> None:
    with pytest.raises(ValueError, match="most >= 1"):
        EntryStore(None, most=0)
