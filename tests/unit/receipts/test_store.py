import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.receipts.errors import ReceiptDamaged, ReceiptMissing
from app.receipts.store import ReceiptStore
from tests.receipt_samples import QUESTION, declined, receipt

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def store(folder: Path, **options) -> ReceiptStore:
    return ReceiptStore(folder / "home" / "receipts.sqlite", clock=lambda: NOW, **options)


def aged(number: int, days: int):
    at = (NOW - timedelta(days=days)).isoformat(timespec="milliseconds")
    return receipt(f"r{number}", created_at=at)


def test_receipts_are_found_by_id_and_listed_newest_first(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.add([receipt("a"), declined(receipt_id="b")])
    kept.add([receipt("c")])

    assert kept.get("b") == declined(receipt_id="b")
    assert [line.receipt_id for line in kept.list()] == ["c", "b", "a"]
    assert [line.receipt_id for line in kept.list(status="declined")] == ["b"]
    assert len(kept.list(limit=2)) == 2
    assert (kept.holds("a"), kept.holds("z")) == (True, False)


def test_asking_makes_no_file(tmp_path: Path) -> None:
    kept = store(tmp_path)

    assert (kept.list(), kept.holds("a"), kept.counts(["g"]), kept.collected_at("g"), kept.sweep()) == (
        [], False, {}, None, 0
    )  # fmt: skip
    with pytest.raises(ReceiptMissing, match="kefu receipts list"):
        kept.get("a")
    with pytest.raises(ReceiptMissing):
        kept.delete("a")
    assert list(tmp_path.iterdir()) == []


def test_a_receipt_is_written_once(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.add([receipt("a")])
    kept.add([receipt("a", generation="g000002-abcdef01")])

    assert kept.get("a").generation == "g000001-abcdef01"


def test_a_deleted_receipt_leaves_no_byte_behind(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.add([receipt("secret-id"), receipt("other")])

    kept.delete("secret-id")

    assert not kept.holds("secret-id")
    assert kept.holds("other")
    assert all(b"secret-id" not in path.read_bytes() for path in (tmp_path / "home").iterdir())


def test_what_is_too_old_goes(tmp_path: Path) -> None:
    kept = store(tmp_path, keep_days=30)
    kept.add([aged(1, 31), aged(2, 29), aged(3, 0)])

    assert kept.sweep() == 1
    assert [line.receipt_id for line in kept.list()] == ["r3", "r2"]


def test_beyond_the_most_bytes_the_oldest_go_and_the_file_shrinks(tmp_path: Path) -> None:
    kept = store(tmp_path, max_bytes=200_000)
    kept.add([aged(number, 0) for number in range(400)])
    path = tmp_path / "home" / "receipts.sqlite"
    before = path.stat().st_size

    removed = kept.sweep()

    assert before > 200_000
    assert 0 < removed < 400
    assert path.stat().st_size <= 200_000
    assert not kept.holds("r0")
    assert kept.holds("r399")


def test_a_generation_that_was_removed_is_remembered_with_its_receipts_counted(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.add([receipt("a"), receipt("b"), receipt("c", generation="g000002-bb")])

    assert kept.counts(["g000001-abcdef01", "g000009-cc"]) == {"g000001-abcdef01": 2}
    kept.note_collected(["g000001-abcdef01"])
    assert kept.collected_at("g000001-abcdef01") == "2026-11-24T12:00:00+00:00"
    assert kept.collected_at("g000002-bb") is None


def test_a_row_that_was_damaged_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.add([receipt("a"), receipt("b")])
    with sqlite3.connect(tmp_path / "home" / "receipts.sqlite") as database:
        database.execute("UPDATE receipts SET body = substr(body, 1, 100) WHERE receipt_id = 'a'")
    database.close()

    with pytest.raises(ReceiptDamaged, match=r"a is damaged in receipts\.sqlite"):
        kept.get("a")
    assert kept.get("b").asked.message == QUESTION


def test_bounds_are_checked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="keep_days >= 1"):
        store(tmp_path, keep_days=0)


def test_how_sure_answers_were_is_read_newest_first_without_those_of_given_passages(tmp_path: Path) -> None:
    kept = store(tmp_path)
    assert kept.judged(limit=5) == []
    kept.add([receipt("a"), declined(receipt_id="b"), receipt("c", generation="given")])

    found = kept.judged(limit=5)

    assert [(line.confidence, line.is_answered) for line in found] == [
        (declined().judged.confidence, False),
        (0.93, True),
    ]
    assert len(kept.judged(limit=1)) == 1


def test_a_damaged_receipt_is_left_out_of_the_judgements(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.add([receipt("a"), receipt("b")])
    with sqlite3.connect(tmp_path / "home" / "receipts.sqlite") as database:
        database.execute("UPDATE receipts SET body = ? WHERE receipt_id = 'b'", (b"damaged",))

    assert len(kept.judged(limit=5)) == 1
