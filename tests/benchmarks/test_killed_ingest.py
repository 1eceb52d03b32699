"""`kefu ingest` killed at random moments: the old index or the new one is served, whole."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.building.container import Container
from app.domain import Turn
from app.evaluation.proof import broken_citations
from app.settings import AnswerSettings, LLMSettings, ModelSettings, Settings
from index.store import Store
from tests.benchmarks.scale import scaled
from tests.benchmarks.versioned_rules import question, versions_in, write_rules
from tests.live import KEFU, clean_environment, kefu

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]

KILLS = scaled(50, least=5)
DOCUMENTS = 300
SEED = int(os.environ.get("KEFU_TEST_SEED", "20261124"))


def test_nothing_is_lost_and_nothing_is_half_done(tmp_path, measurements):
    """Every run rewrites all documents; it is killed at a random moment after it has begun to write.

    The hashing embedder is used: it loads at once, so that the kills meet the writing and not the loading of a model.
    """
    chance, tree, store = random.Random(SEED), tmp_path / "rules", Store(tmp_path / "var" / "store")
    print(f"seed={SEED}")
    write_rules(tree, 0, documents=DOCUMENTS)
    first = kefu("ingest", str(tree), "--json", folder=tmp_path)
    assert first.returncode == 0, first.stderr
    write_rules(tree, 1, documents=DOCUMENTS)
    with _ingest(tmp_path, tree, store) as process:
        seconds = _seconds(process)
    container = _reader(tmp_path)
    served, version, killed, lost, halves, when = 1, 1, 0, 0, [], []
    while killed < KILLS and version < 4 * KILLS:
        version += 1
        write_rules(tree, version, documents=DOCUMENTS)
        after_s = chance.uniform(0, seconds)
        with _ingest(tmp_path, tree, store) as process:
            time.sleep(after_s)
            process.kill()
            is_killed = process.wait() == -9
        killed += is_killed
        now, missing, faults = _state(store, container)
        lost += missing
        if faults or (now != {served} and now != {version}) or (now == {served} and not is_killed):
            halves.append(f"kill {killed} after {after_s:.2f} s: versions {now}, {served} served before; {faults}")
        else:
            when.append("new" if now == {version} and is_killed else "old")
            served = max(now)
    write_rules(tree, version + 1, documents=DOCUMENTS)
    last = kefu("ingest", str(tree), "--json", folder=tmp_path)
    assert last.returncode == 0, last.stderr
    report, final = json.loads(last.stdout), _state(store, container)
    container.close()
    store.gc(keep=2)

    print(f"\n{version - 1} runs of {seconds:.1f} s, {killed} killed, {when.count('new')} of them after the switch")
    measurements.note(
        f"kill -9 at {killed} random points of a re-ingest of {DOCUMENTS} documents",
        target="old or new generation whole, 0 documents lost",
        measured=f"{len(halves)} half-done, {lost} documents lost",
        is_met=not halves and not lost,
    )
    assert (halves, lost, killed) == ([], 0, KILLS)
    assert (report["changed"], report["refused"]) == (DOCUMENTS, [])
    assert (final, store.verify()) == (({version + 1}, 0, []), [])


@contextmanager
def _ingest(folder: Path, tree: Path, store: Store) -> Iterator[subprocess.Popen[bytes]]:
    """A run that has begun to write."""
    staging = store.root / "staging"
    left_over = _names(staging)
    with subprocess.Popen(
        [*KEFU, "ingest", str(tree), "--json"],
        cwd=folder,
        env=clean_environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None and not _names(staging) - left_over:
            time.sleep(0.002)
        yield process


def _names(staging: Path) -> set[str]:
    try:
        return set(os.listdir(staging))
    except FileNotFoundError:
        return set()


def _seconds(process: subprocess.Popen[bytes]) -> float:
    started = time.perf_counter()
    assert process.wait() == 0
    return time.perf_counter() - started


def _reader(folder: Path) -> Container:
    """A reader that stays open while the runs die around it."""
    return Container(
        Settings(
            home=folder / "var",
            models=ModelSettings(embedder="hashing", cache=folder / "models"),
            llm=LLMSettings(order=("extractive",)),
            answer=AnswerSettings(min_confidence=0),
        )
    )


def _state(store: Store, container: Container) -> tuple[set[int], int, list[str]]:
    """Versions in the index that is served, documents that it lacks, and what is wrong with it."""
    with store.current() as generation:
        faults = [f"{damage.file}: {damage.what}" for damage in store.verify(generation.name)]
        ids = {document.document_id for document in generation.documents()}
        texts = [passage.text for one in ids for passage in generation.passages_of(one)]
        name = generation.name
    assert container.serving.generation_name == name
    for number in random.Random(name).sample(range(DOCUMENTS), 3):
        answer = container.assistant.reply(Turn(question(number), mode="extractive"))
        with container.serving.borrow() as generation:
            faults += broken_citations(answer, lambda one, g=generation: g.passages([one])[0])
        if answer.generation != name or not answer.citations:
            faults.append(f"no answer from {name}: {answer.text}")
        if versions_in(citation.quote for citation in answer.citations) - versions_in(texts):
            faults.append(f"an answer of another version: {answer.text}")
    return versions_in(texts), len({f"{number:04d}.md" for number in range(DOCUMENTS)} - ids), faults
