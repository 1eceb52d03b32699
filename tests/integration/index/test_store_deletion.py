"""A document that was removed is gone: from every search, and from every file once old generations are collected."""

import pytest

from index.serving import Serving
from index.store import Store
from index.types import Query
from tests.index_samples import HashedEmbedder, item, publish, question, rules

SECRET = "绝密的退货口令是芝麻开门。The secret word is Xylophone9000."
TRACES = ["芝麻开门", "芝麻", "Xylophone9000", "xylophone9000", "secret.md"]


@pytest.fixture(params=["flat", "inverted"])
def store(tmp_path, request):
    """With inverted lists the next generation is carried on from the one before, not built anew."""
    return Store(tmp_path / "store", exact_below=30 if request.param == "inverted" else 50_000)


def holders(store, needle):
    return [str(path) for path in store.root.rglob("*") if path.is_file() and needle in path.read_bytes()]


def vector_bytes():
    vectors = HashedEmbedder().embed_passages(item("secret.md", SECRET)[1])
    rows = [vectors.passages[0], *vectors.sentences[0]]
    for row in rows:
        half = row.astype("<f2")
        yield half.tobytes()
        yield half.astype("<f4").tobytes()


def test_text_and_vectors_of_a_removed_document_are_in_no_file(store):
    publish(store, [*rules(40), item("secret.md", SECRET)])
    assert all(holders(store, trace.encode()) for trace in (TRACES[0], TRACES[2], TRACES[4]))
    assert any(holders(store, vector) for vector in vector_bytes())

    publish(store, remove=["secret.md"])
    store.gc(keep=1)

    assert [holders(store, trace.encode()) for trace in TRACES] == [[]] * len(TRACES)
    assert [holders(store, vector) for vector in vector_bytes()] == [[]] * 6
    assert store.verify() == []


def test_a_replaced_text_is_in_no_file(store):
    publish(store, [*rules(40), item("secret.md", SECRET)])

    publish(store, [item("secret.md", "公开的规定。")])
    store.gc(keep=1)

    assert [holders(store, trace.encode()) for trace in TRACES[:4]] == [[]] * 4


def test_a_removed_document_is_found_by_no_stage(store):
    publish(store, [*rules(40), item("secret.md", SECRET)])
    serving = Serving(store, check_every_s=0)
    with serving.borrow() as generation:
        assert generation.rank(Query(SECRET), question(SECRET), depth=1)["dense"][0].passage_id == "secret.md#0"

    publish(store, remove=["secret.md"])

    with serving.borrow() as generation:
        for hits in generation.rank(Query(SECRET), question(SECRET)).values():
            assert "secret.md#0" not in {hit.passage_id for hit in hits}
        assert generation.document("secret.md") is None
        with pytest.raises(KeyError):
            generation.passages(["secret.md#0"])
        with pytest.raises(KeyError):
            generation.sentence_similarities(question(SECRET), ["secret.md#0"])
    serving.close()


def test_vectors_that_a_kept_generation_uses_stay_for_the_rollback(store):
    first = publish(store, [*rules(5), item("secret.md", SECRET)])
    publish(store, remove=["secret.md"])
    store.gc(keep=2)
    store.activate(first)
    embedder = HashedEmbedder()

    publish(store, [item("new.md", "新。")], embedder=embedder)

    assert embedder.embedded == 1
