"""Token codes in a store: kept by content, copied on, checked, deleted, and never mixed."""

import dataclasses

import numpy as np
import pytest

from index.kind import Kind
from index.store import Store
from index.types import Query
from index.vector_cache import VectorCache
from tests.index_samples import HashedEmbedder, fill, item, question, rules


@dataclasses.dataclass
class Codec:
    """Stands for what made the codes; the store asks it for no more."""

    codec_id: str = "letters-1"
    size: int = 3


class CodingEmbedder(HashedEmbedder):
    """Codes of a passage: three bytes for each of its characters."""

    def embed_passages(self, passages):
        made = super().embed_passages(passages)
        return dataclasses.replace(made, codes=tuple(codes_of(passage.text) for passage in passages))


def codes_of(text):
    return np.array([[ord(letter) % 251, ord(letter) // 251 % 251, 7] for letter in text], np.uint8).reshape(-1, 3)


def run(store, items=(), *, remove=(), codec=None, adds_codes=False, embedder=None):
    embedder = embedder or CodingEmbedder()
    with store.writer(
        embedder_id=embedder.embedder_id, dimension=embedder.dimension, codec=codec, adds_codes=adds_codes
    ) as writer:
        for document, passages in items:
            writer.put(document, passages)
        for document_id in remove:
            writer.remove(document_id)
        fill(writer, embedder)
        return writer.publish(), embedder.embedded


def assert_coded(store):
    with store.current() as generation:
        assert generation.token_codec == "letters-1"
        passages = [one for document in generation.documents() for one in generation.passages_of(document.document_id)]
        found = generation.token_codes([one.passage_id for one in passages])
        assert [codes.tolist() for codes in found] == [codes_of(one.text).tolist() for one in passages]


def test_codes_follow_their_passages_through_changes(tmp_path):
    store = Store(tmp_path)
    assert run(store, rules(1200), codec=Codec())[1] == 1200
    assert_coded(store)

    _, embedded = run(
        store, [*rules(1, start=1200), item("rules/0003.md", "改过了。")], remove=["rules/0700.md"], codec=Codec()
    )

    assert embedded == 2
    assert_coded(store)
    assert store.verify() == []
    assert run(store, rules(1, start=5), codec=Codec())[0] is None


def test_a_store_from_before_there_were_codes_goes_on_without_until_they_are_asked_for(tmp_path):
    store = Store(tmp_path)
    run(store, rules(20), embedder=HashedEmbedder())

    assert run(store, rules(2, start=20), codec=Codec())[1] == 2
    with store.current() as generation:
        assert (generation.token_codec, generation.token_codes(["rules/0001.md#0"])) == ("", [])
        assert generation.rank(Query("Rule 8"), question("Rule 8"))["words"]

    name, embedded = run(store, codec=Codec(), adds_codes=True)
    assert (name is not None, embedded) == (True, 20)  # those of the run before have theirs
    assert_coded(store)
    assert run(store, codec=Codec(), adds_codes=True) == (None, 0)


def test_codes_of_another_codec_are_not_taken_for_these(tmp_path):
    store = Store(tmp_path)
    run(store, rules(5), codec=Codec())

    run(store, rules(1, start=5), codec=Codec("letters-2"))
    with store.current() as generation:
        assert generation.token_codec == ""

    assert run(store, codec=Codec("letters-2"), adds_codes=True)[1] == 5
    store.gc(keep=1)
    cache = VectorCache(tmp_path / "cache" / "vectors.sqlite", Kind("hashed-1", 24, "letters-1"), code_size=3)
    passages = [passage for _, some in rules(6) for passage in some]
    assert cache.coded([bytes.fromhex(passage.content_hash) for passage in passages]) == set()
    cache.close()


def test_what_is_deleted_leaves_no_codes(tmp_path):
    store, secret = Store(tmp_path), "内部机密：折扣码是九八七六五四三二一。"
    run(store, [*rules(5), item("secret.md", secret)], codec=Codec())
    traces = [
        path for path in tmp_path.rglob("*") if path.is_file() and codes_of(secret).tobytes() in path.read_bytes()
    ]
    assert len(traces) == 2  # the generation and the cache

    run(store, remove=["secret.md"], codec=Codec())
    store.gc(keep=1)

    assert not any(codes_of(secret).tobytes() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert_coded(store)


@pytest.mark.parametrize("name", ["token_codes.npy", "token_ends.npy"])
def test_a_damaged_file_is_found_and_built_anew_from_the_cache(tmp_path, name):
    store = Store(tmp_path)
    first, _ = run(store, rules(8), codec=Codec())
    path = tmp_path / "generations" / first / name
    content = bytearray(path.read_bytes())
    content[-1] ^= 0xFF
    path.write_bytes(content)
    assert [damage.file for damage in store.verify(first)] == [f"{first}/{name}"]

    second, embedded = run(Store(tmp_path), codec=Codec())

    assert (second is not None, embedded) == (True, 0)
    assert_coded(Store(tmp_path))


def test_codes_of_some_passages_only_are_refused(tmp_path):
    with Store(tmp_path).writer(embedder_id="hashed-1", dimension=24, codec=Codec()) as writer:
        document, passages = rules(1)[0]
        writer.put(document, passages)
        with pytest.raises(ValueError, match="Expected token codes of 1 passages"):
            writer.put_vectors(passages, HashedEmbedder().embed_passages(passages))
