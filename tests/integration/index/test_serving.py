"""Fifty readers while generations come and go."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.errors import GenerationDamaged, StoreMissing
from index.serving import Serving
from index.store import Store
from index.types import Query
from tests.index_samples import item, publish, question

READERS = 50
GENERATIONS = 10


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_nothing_published_is_said_and_the_first_generation_is_found(store):
    serving = Serving(store, check_every_s=0)
    with pytest.raises(StoreMissing), serving.borrow():
        pass
    assert (serving.generation_name, serving.refresh()) == (None, None)

    name = publish(store, [item("a.md", "退货。")])

    with serving.borrow() as generation:
        assert generation.name == serving.generation_name == name
    serving.close()


def test_a_reader_keeps_what_it_was_lent_and_the_next_gets_the_new_one(store):
    first = publish(store, [item("a.md", "旧。")])
    serving = Serving(store, check_every_s=0)
    with serving.borrow() as old:
        second = publish(store, [item("a.md", "新。")])
        with serving.borrow() as new:
            assert (old.name, new.name) == (first, second)
            assert old.passages(["a.md#0"])[0].text == "旧。"
            assert new.passages(["a.md#0"])[0].text == "新。"
        assert store.gc(keep=1) == []  # the old one is still borrowed
    assert store.gc(keep=1) == [first]
    serving.close()


def test_the_pointer_is_looked_at_no_more_often_than_asked(store):
    now = [100.0]
    first = publish(store, [item("a.md", "旧。")])
    serving = Serving(store, check_every_s=0.5, clock=lambda: now[0])
    with serving.borrow():
        pass
    second = publish(store, [item("a.md", "新。")])

    now[0] += 0.4
    with serving.borrow() as generation:
        assert generation.name == first
    now[0] += 0.2
    with serving.borrow() as generation:
        assert generation.name == second
    third = publish(store, [item("a.md", "更新。")])
    assert serving.refresh() == third
    serving.close()


def test_a_damaged_new_generation_leaves_the_old_one_serving(store, caplog):
    first = publish(store, [item("a.md", "旧。")])
    serving = Serving(store, check_every_s=0)
    with serving.borrow():
        pass
    second = publish(store, [item("a.md", "新。")])
    (store.root / "generations" / second / "dense.faiss").write_bytes(b"IxFI")

    with serving.borrow() as generation:
        assert generation.name == first
    assert "dense.faiss" in caplog.text
    with pytest.raises(GenerationDamaged), Serving(store).borrow():
        pass
    serving.close()


def test_rollback_reaches_the_readers(store):
    first = publish(store, [item("a.md", "旧。")])
    publish(store, [item("a.md", "新。")])
    serving = Serving(store, check_every_s=0)
    with serving.borrow():
        pass

    store.activate(first)

    with serving.borrow() as generation:
        assert generation.name == first
    serving.close()


def test_fifty_readers_see_whole_generations_while_ten_are_published(store):
    """Every reader finds each document in the same version as the others of its generation."""
    texts = [
        [item(f"d{number}.md", f"版本{version}的第{number}条规定，可以退货。") for number in range(12)]
        for version in range(GENERATIONS)
    ]
    publish(store, texts[0])
    serving = Serving(store, check_every_s=0.01)
    stop = threading.Event()
    vector = question("退货")

    def read(_):
        seen = set()
        while not stop.is_set():
            with serving.borrow() as generation:
                hits = generation.rank(Query("版本 规定 退货"), vector, depth=12)
                ids = [hit.passage_id for hit in hits["words"]]
                versions = {passage.text.split("的")[0] for passage in generation.passages(ids)}
                assert len(ids) == 12
                assert len(versions) == 1, (generation.name, versions)
                assert len(generation.sentence_similarities(vector, ids)) == 12
                seen.add((generation.name, versions.pop()))
            time.sleep(0.02)
        return seen

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read, number) for number in range(READERS)]
        try:
            for items in texts[1:]:
                publish(store, items)
                store.gc(keep=1)
        finally:
            time.sleep(0.1)
            stop.set()
        seen = set().union(*(reader.result() for reader in readers))

    names = [name for name, _ in seen]
    assert len(names) == len(set(names))  # one version for each generation
    assert len(names) >= 3
    assert serving.refresh() == store.current_name()
    serving.close()
    store.gc(keep=1)
    assert len(store.generations()) == 1
