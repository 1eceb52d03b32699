"""Runs that are killed, that hit a failing disk and that hit a full one: the old generation or the new, never half."""

import errno
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from index.disk import disk_errors
from index.errors import StoreError, StoreFull
from index.store import Store
from index.types import Query
from tests.index_samples import publish, question, rules
from tests.integration.index.dying_run import DOCUMENTS

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("KEFU_TEST_KILLS", "15"))
SEED = int(os.environ.get("KEFU_TEST_SEED", "20261124"))


def run(store, version, how, limit):
    """What a run in a process of its own printed, and how it ended."""
    child = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("dying_run.py")), str(store.root), version, how, str(limit)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert child.returncode in {0, -9}, child.stderr
    return child.stdout.split()


def version_served(store):
    """The one version that all documents of the current generation have."""
    with store.current() as generation:
        texts = {
            passage.text
            for document in generation.documents()
            for passage in generation.passages_of(document.document_id)
        }
        assert len(texts) == DOCUMENTS
        hits = generation.rank(Query("规定 退货"), question("规定"), depth=DOCUMENTS)
        assert len(hits["words"]) == len(hits["dense"]) == DOCUMENTS
        versions = {text.split("的")[0] for text in texts}
    assert len(versions) == 1
    return versions.pop()


def left_over(store):
    """Files that belong to no generation."""
    staged = [path for path in (store.root / "staging").rglob("*") if path.is_file()]
    return [*staged, *store.root.glob("CURRENT.*")]


def test_a_run_killed_at_any_moment_leaves_the_old_generation_or_the_new(tmp_path):
    chance = random.Random(SEED)
    print(f"seed={SEED}")
    store = Store(tmp_path / "store")
    run(store, "0", "events", 0)
    _, _, events, seconds = run(store, "1", "events", 0)
    served, killed = "版本1", 0
    for number in range(2, KILLS + 2):
        if number % 2:
            ended = run(store, str(number), "events", chance.randrange(1, int(events)))
        else:
            ended = run(store, str(number), "seconds", chance.uniform(0, float(seconds)))
        killed += not ended

        assert store.verify() == []
        now = version_served(store)
        assert now in {served, f"版本{number}"}
        assert now == f"版本{number}" or not ended
        served = now

    assert killed > KILLS // 3
    run(store, "last", "events", 0)
    assert version_served(store) == "版本last"
    store.gc(keep=1)
    assert (left_over(store), store.verify(), len(store.generations())) == ([], [], 1)


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_whichever_write_fails_the_old_generation_goes_on_serving(tmp_path, monkeypatch, call, error):
    store = Store(tmp_path / "store")
    old = publish(store, rules(5))
    owner = __import__("builtins") if call == "open" else os
    real, calls = getattr(owner, call), 0

    def failing(*arguments, **options):
        nonlocal calls
        writes = call != "open" or (len(arguments) > 1 and "w" in arguments[1])
        calls += writes
        if writes and calls == at:
            raise OSError(error, os.strerror(error))
        return real(*arguments, **options)

    monkeypatch.setattr(owner, call, failing)
    for at in range(1, 200):
        calls = 0
        failure = None
        try:
            new = publish(store, rules(at + 5))
        except StoreError as raised:
            failure = raised
        if failure is None:
            break
        assert isinstance(failure, StoreFull) == (error == errno.ENOSPC)
        assert store.current_name() == old
        assert store.verify() == []
        assert left_over(store) == []

    assert at > (2 if call == "open" else 1)
    assert store.current_name() == new
    assert store.verify() == []


@pytest.mark.parametrize("limit", [1_000, 8_000, 20_000, 40_000])
def test_a_file_that_cannot_grow_ends_the_run_with_a_code_and_changes_nothing(tmp_path, limit):
    store = Store(tmp_path / "store")
    run(store, "0", "events", 0)
    before = store.current_name()

    ended = run(store, "1", "limit", limit)

    assert ended[0] in {"store_full", "store"}
    assert (store.current_name(), store.verify(), left_over(store)) == (before, [], [])
    assert version_served(store) == "版本0"
    run(store, "1", "events", 0)
    assert version_served(store) == "版本1"


@pytest.mark.parametrize("size_kb", [280, 400, 600])
def test_a_full_disk_is_called_so_and_the_run_succeeds_once_there_is_space(tmp_path, size_kb):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", disk], capture_output=True
    ).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        store = Store(disk / "store")
        first = run(store, "0", "events", 0)
        outcomes = [run(store, str(version), "events", 0)[0] for version in range(1, 5)]
        assert "store_full" in outcomes
        assert set(outcomes) <= {"store_full", "published"}
        if first[0] == "published":
            assert store.verify() == []
            version_served(store)
        subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
        assert run(store, "9", "events", 0)[0] == "published"
        assert version_served(store) == "版本9"
        assert left_over(store) == []
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), StoreFull),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), StoreFull),
        (RuntimeError("Error in faiss: write error in x: 0 != 4 (No space left on device)"), StoreFull),
        (ValueError("An IO error occurred: 'No space left on device (os error 28)'"), StoreFull),
        (ValueError("An IO error occurred: 'Input/output error (os error 5)'"), StoreError),
        (OSError(errno.EROFS, "Read-only file system"), StoreError),
        (ValueError("Expected a number"), ValueError),
    ],
)
def test_errors_of_the_disk_get_names_and_others_pass(error, expected):
    with pytest.raises(expected) as raised, disk_errors("Testing"):
        raise error

    assert type(raised.value) is expected
