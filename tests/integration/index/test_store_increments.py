"""A generation made from the one before is the one that a full build would have made, only cheaper."""

import json
import random

import numpy as np
import pytest

import index.build
import index.vectors
from index.manifest import MANIFEST, Manifest
from index.store import Store
from index.types import Query
from tests.index_samples import item, publish, question, rules

QUESTIONS = ["Rule 8: refunds take 8 days.", "第7条：自签收之日起7天内可以退货。", "refund desk", "运费由买家承担"]


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store", exact_below=50)


@pytest.fixture
def counted(monkeypatch):
    """How often texts are cut into words, lists trained and carried on."""
    counts = dict.fromkeys(("tokens_of", "build_vectors", "carry_on"), 0)

    def count(name, real):
        def counting(*arguments):
            counts[name] += 1
            return real(*arguments)

        return counting

    for name in counts:
        monkeypatch.setattr(index.build, name, count(name, getattr(index.build, name)))
    return counts


def state(store):
    """Everything that can be asked of the current generation."""
    with store.current() as generation:
        passages = [one for document in generation.documents() for one in generation.passages_of(document.document_id)]
        ids = [one.passage_id for one in passages]
        ranked = {
            text: {
                stage: [(hit.passage_id, hit.score, hit.best_sentence) for hit in hits]
                for stage, hits in generation.rank(Query(text), question(text), depth=len(ids)).items()
            }
            for text in QUESTIONS
        }
        similar = generation.sentence_similarities(question(QUESTIONS[0]), ids)
        return (
            generation.manifest.content_digest,
            passages,
            ranked,
            {key: rows.tolist() for key, rows in similar.items()},
        )


def nearly(ranked):
    """Scores without their last digits, which depend on where in memory a vector lies."""
    return {
        text: {
            stage: sorted((name, round(score, 5), best) for name, score, best in hits) for stage, hits in one.items()
        }
        for text, one in ranked.items()
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_changes_the_store_answers_like_one_built_at_once(store, tmp_path, counted, seed):
    chance = random.Random(seed)
    content = dict(enumerate(rules(120)))
    publish(store, content.values())
    for step in range(6):
        changed = {
            number: item(
                f"rules/{number:04d}.md", *(f"第{step}版第{number}条，第{part}段。可以退货。" for part in range(size))
            )
            for number in chance.sample(range(125), 3)
            if (size := chance.randrange(3))
        }
        copied = chance.choice(list(content.values()))
        twin = item(f"copy/{step}.md", *(passage.text for passage in copied[1]))
        removed = chance.choice([number for number in content if number not in changed])
        content.update(changed)
        content[f"copy/{step}"] = twin
        gone = content.pop(removed)[0].document_id
        publish(store, [*changed.values(), twin], remove=[gone])
    assert counted["carry_on"] >= 8
    fresh = Store(tmp_path / "fresh", exact_below=50)
    publish(fresh, chance.sample(list(content.values()), len(content)))

    (digest, passages, ranked, similar), expected = state(store), state(fresh)

    assert (digest, passages) == expected[:2]
    assert nearly(ranked) == nearly(expected[2])
    for name, rows in expected[3].items():
        assert np.allclose(similar[name], rows, atol=1e-6)
    assert store.verify() == []


def test_only_new_content_is_cut_into_words_and_lists_are_not_trained_again(store, counted):
    publish(store, rules(100))
    assert counted == {"tokens_of": 100, "build_vectors": 2, "carry_on": 0}

    publish(store, [item("rules/0003.md", "新的规定。"), item("z.md", *(passages[0].text for _, passages in rules(2)))])

    assert counted == {"tokens_of": 101, "build_vectors": 2, "carry_on": 2}
    with store.current() as generation:
        # Of passages 3 came (two of them copies of content that stays) and 1 went.
        assert (generation.manifest.dense.exchanged, generation.manifest.dense.count) == (2, 102)


def test_lists_are_trained_again_once_a_fifth_has_changed(store, counted):
    publish(store, rules(100))
    for number in range(11):
        publish(store, [item(f"rules/{number:04d}.md", f"新的规定{number}。")])
    assert counted["build_vectors"] > 2
    with store.current() as generation:
        assert generation.manifest.dense.exchanged == 0


@pytest.mark.parametrize("name", ["dense.faiss", "sentences.faiss", "sentence_passage.npy"])
def test_nothing_is_copied_from_a_damaged_file(store, counted, name):
    first = publish(store, rules(100))
    path = store.root / "generations" / first / name
    path.write_bytes(path.read_bytes()[:-4] + b"\x01\x02\x03\x04")

    second = publish(Store(store.root, exact_below=50), [item("new.md", "新的规定。")])

    assert counted["carry_on"] == 0
    assert store.verify(second) == []


def test_vectors_of_another_embedder_are_not_copied(store, counted):
    from tests.index_samples import HashedEmbedder

    class Other(HashedEmbedder):
        embedder_id = "hashed-2"

    publish(store, rules(100))
    publish(store, [item("new.md", "新的规定。")], embedder=Other())

    assert (counted["carry_on"], counted["tokens_of"]) == (0, 101)


@pytest.mark.parametrize("content", [None, b"", b"not a database", b"SQLite format 3\x00" + b"\xff" * 9000])
def test_without_its_cached_tokens_the_store_cuts_them_anew(store, counted, content):
    publish(store, rules(100))
    path = store.root / "cache" / "tokens.sqlite"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)

    publish(store, [item("new.md", "新的规定。")])

    assert counted["tokens_of"] == 201
    assert store.verify() == []


def test_a_store_of_the_first_format_is_served_and_carried_on(store, counted):
    name = publish(store, rules(100))
    path = store.root / "generations" / name / MANIFEST
    manifest = Manifest.of_bytes(path.read_bytes())
    old = json.loads(path.read_bytes())
    del old["checksum"], old["dense"]["exchanged"], old["sentence"]["exchanged"]
    old["format"] = 1
    path.write_bytes(first_format(old))
    (store.root / "cache" / "tokens.sqlite").unlink()

    store = Store(store.root, exact_below=50)
    assert store.verify() == []
    with store.current() as generation:
        assert generation.manifest.dense == manifest.dense
        assert generation.rank(Query("Rule 8"), question("Rule 8"))["words"]
    publish(store, [item("new.md", "新的规定。")])

    assert counted["carry_on"] == 2
    with store.current() as generation:
        assert generation.count == 101
    assert store.verify() == []


def first_format(content):
    """The bytes of a manifest, spelled as the first format was."""
    import hashlib

    def spelled(values):
        return (json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    return spelled({**content, "checksum": hashlib.sha256(spelled(content)).hexdigest()})
