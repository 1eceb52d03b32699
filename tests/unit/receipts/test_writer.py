import errno
import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.receipts.store import ReceiptStore
from app.receipts.writer import ReceiptCounts, ReceiptWriter
from tests.receipt_samples import receipt

ROOT = Path(__file__).parents[3]


def store(folder: Path, **options) -> ReceiptStore:
    return ReceiptStore(folder / "receipts.sqlite", **options)


def test_receipts_are_written_behind_the_answers_back(tmp_path: Path) -> None:
    writer = ReceiptWriter(store(tmp_path))
    gate, threads = threading.Event(), set()

    def make(number: int):
        threads.add(threading.current_thread())
        gate.wait(10)
        return receipt(f"r{number}")

    for number in range(5):
        writer.put(lambda number=number: make(number))
    gate.set()

    assert writer.flush()
    assert threading.current_thread() not in threads
    assert writer.counts == ReceiptCounts(written=5)
    assert {line.receipt_id for line in store(tmp_path).list()} == {f"r{number}" for number in range(5)}
    (thread,) = threads
    del writer
    thread.join(10)
    assert not thread.is_alive(), "a writer that nobody holds keeps no thread"


def test_what_waits_is_written_when_the_writer_is_closed_and_later_ones_are_lost(tmp_path: Path) -> None:
    writer = ReceiptWriter(store(tmp_path))
    writer.put(lambda: receipt("r1"))

    writer.close()
    writer.put(lambda: receipt("r2"))

    assert writer.flush()
    assert writer.counts == ReceiptCounts(written=1, lost=1)


def test_a_program_that_ends_writes_what_waits(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app.receipts.store import ReceiptStore;"
        "from app.receipts.writer import ReceiptWriter; from tests.receipt_samples import receipt;"
        "writer = ReceiptWriter(ReceiptStore(Path(sys.argv[1])));"
        "[writer.put(lambda n=n: receipt(f'r{n}')) for n in range(20)]"
    )

    subprocess.run([sys.executable, "-c", code, str(tmp_path / "receipts.sqlite")], cwd=ROOT, check=True, timeout=60)

    assert len(store(tmp_path).list()) == 20


def test_waiting_for_the_newest_ends_although_others_go_on_coming(tmp_path: Path) -> None:
    writer = ReceiptWriter(store(tmp_path))
    stopped = threading.Event()

    def feed():
        for number in range(100_000):
            if stopped.is_set():
                return
            writer.put(lambda number=number: receipt(f"other{number}"))
            time.sleep(0.001)

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        writer.put(lambda: receipt("mine"))
        assert writer.flush(10)
        assert store(tmp_path).holds("mine")
        assert feeder.is_alive()
    finally:
        stopped.set()
        feeder.join()
    assert writer.flush()


class FullDisk(ReceiptStore):
    """Fails as often as it is told to."""

    def __init__(self, path: Path, *failures: Exception) -> None:
        super().__init__(path)
        self.failures = list(failures)

    def add(self, receipts) -> None:
        if self.failures:
            raise self.failures.pop(0)
        super().add(receipts)


@pytest.mark.parametrize(
    "failure",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        sqlite3.OperationalError("database or disk is full"),
        sqlite3.OperationalError("database is locked"),
        sqlite3.DatabaseError("file is not a database"),
        MemoryError(),
    ],
)
def test_a_disk_that_fails_costs_the_receipt_is_told_once_and_heals(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    writer = ReceiptWriter(FullDisk(tmp_path / "receipts.sqlite", failure, failure))

    with caplog.at_level(logging.WARNING):
        for number in range(3):
            writer.put(lambda number=number: receipt(f"r{number}"))
            writer.flush()

    assert writer.counts == ReceiptCounts(written=1, lost=2)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "answers go on" in caplog.text


def test_a_file_that_cannot_be_opened_costs_only_receipts(tmp_path: Path) -> None:
    (tmp_path / "receipts.sqlite").mkdir()
    writer = ReceiptWriter(store(tmp_path))

    writer.put(lambda: receipt("r1"))

    assert writer.flush()
    assert writer.counts == ReceiptCounts(lost=1)


def test_a_locked_file_costs_only_receipts(tmp_path: Path) -> None:
    store(tmp_path).add([receipt("r0")])
    writer = ReceiptWriter(store(tmp_path, timeout_s=0.05))
    other = sqlite3.connect(tmp_path / "receipts.sqlite")
    other.execute("BEGIN EXCLUSIVE")

    writer.put(lambda: receipt("r1"))
    assert writer.flush()
    other.rollback()
    other.close()
    writer.put(lambda: receipt("r2"))
    assert writer.flush()

    assert writer.counts == ReceiptCounts(written=1, lost=1)


def test_a_receipt_that_cannot_be_made_does_not_hold_up_the_others(tmp_path: Path) -> None:
    writer = ReceiptWriter(store(tmp_path))
    writer.put(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    writer.put(lambda: receipt("r1"))

    assert writer.flush()
    assert writer.counts == ReceiptCounts(written=1, lost=1)


def test_more_than_may_wait_are_lost_instead_of_filling_the_memory(tmp_path: Path) -> None:
    writer = ReceiptWriter(store(tmp_path), most_waiting=2)
    gate, begun = threading.Event(), threading.Event()

    def slow():
        begun.set()
        gate.wait(10)
        return receipt("slow")

    writer.put(slow)
    begun.wait(10)
    for number in range(5):
        writer.put(lambda number=number: receipt(f"r{number}"))
    gate.set()

    assert writer.flush()
    assert writer.counts == ReceiptCounts(written=3, lost=3)


def test_old_receipts_go_while_new_ones_come(tmp_path: Path) -> None:
    kept = store(tmp_path, keep_days=30)
    kept.add([receipt("old", created_at="2020-01-01T00:00:00.000+00:00")])
    writer = ReceiptWriter(kept)

    writer.put(lambda: receipt("new", created_at="2999-01-01T00:00:00.000+00:00"))
    assert writer.flush()

    assert [line.receipt_id for line in kept.list()] == ["new"]
