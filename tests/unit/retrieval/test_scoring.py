"""The features of sentences, and the weights over them."""

from dataclasses import replace

import numpy as np
import pytest

from app.retrieval.retriever import Retrieved
from app.retrieval.scoring import FEATURES, SentenceScorer, pool_features
from app.retrieval.selection import candidate_windows
from app.training.pools import Pool
from app.training.sentence_scorer import TrainingParams, fit, recall
from index.text.sentences import split_sentences
from index.types import Hit, Location, Passage


def found(text, similarities, answering=(), context=""):
    spans = tuple(split_sentences(text))
    passage = Passage(text[:6], text[:6], "t", text, context, "zh", Location(0, len(text)), spans)
    hit = Hit(text[:6], 0.03, {"dense": 0.91})
    return Retrieved(passage, hit, np.array(similarities, np.float32), np.array(answering, np.float32))


def scorer(**weights):
    own = np.array([weights.get(name, 0.0) for name in FEATURES], np.float32)
    return SentenceScorer(
        own=own, across=-own, into=np.eye(4, 2, dtype=np.float32), out_of=np.eye(2, 4, dtype=np.float32)
    )


def test_a_question_lends_its_nearness_and_is_no_candidate_itself():
    pool = [found("退款多久到账？三天。", [0.95, 0.6]), found("运费自理。", [0.7])]

    features = pool_features("退款多久到账", pool)

    column = {name: features.values[:, at].tolist() for at, name in enumerate(FEATURES)}
    assert features.places == [(0, 1), (1, 0)]
    assert column["lent"][0] > column["near"][0]
    assert column["lent"][1] == column["near"][1]
    assert column["rank"] == [1.0, 0.5]


def test_words_above_count_half():
    features = pool_features("运费", [found("由商家承担。", [0.8], context="运费")])

    column = dict(zip(FEATURES, features.values[0].tolist(), strict=True))
    assert (column["held_alone"], column["held_around"], column["held"]) == (0.0, 1.0, 0.5)


def test_nothing_found_gives_no_features():
    assert pool_features("运费", []).values.shape == (0, len(FEATURES))


def test_the_sentence_that_points_to_an_answer_comes_first():
    pool = [found("本店销售家电。退款在3个工作日内到账。", [0.8, 0.8], [0.1, 2.0])]

    (windows,) = candidate_windows("多久到账", pool, scorer=scorer())

    assert windows[0].sentences()[-1] == "退款在3个工作日内到账。"
    assert windows[0].score == 0.0


def test_windows_are_scored_by_how_far_they_lie_below_the_best():
    pool = [found("退款在3个工作日内到账。", [0.8], [2.0]), found("本店销售家电。", [0.8], [0.5])]

    (windows,) = candidate_windows("多久到账", pool, scorer=scorer())

    assert [item.score for item in windows] == pytest.approx([0.0, -1.5])


def test_another_reading_takes_what_found_no_room_before():
    pool = [
        found(
            "".join(f"第{n}条规定了很长很长的一件事情。" for n in range(40)), [0.8] * 40, [float(-n) for n in range(40)]
        )
    ]

    first, second = candidate_windows("多久到账", pool, scorer=scorer(), readings=2)

    read = [(item.first, item.last) for item in (*first, *second)]
    assert len(read) == len(set(read))
    assert max(last for _, last in read[: len(first)]) < min(first for first, _ in read[len(first) :])
    assert [item.number for item in (*first, *second)] == list(range(1, len(read) + 1))


def test_the_other_language_has_weights_of_its_own():
    pool = [found("退款到账。", [0.8], [0.0])]
    features = pool_features("退款", pool)

    own, across = (scorer(held=1.0).scores(features, pool, is_across=flag) for flag in (False, True))

    assert own[0] > 0 > across[0]


def test_weights_come_back_as_they_were_saved(tmp_path):
    made = scorer(near=0.5)
    made.save(tmp_path / "w.safetensors")

    loaded = SentenceScorer.load(tmp_path / "w.safetensors")

    vector = np.array([[1, 2, 3, 4]], np.float32)
    assert loaded.wanted(vector) == pytest.approx(made.wanted(vector))
    assert loaded.dimension == 4


@pytest.mark.parametrize("content", [b"", b"not weights at all, surely not"])
def test_something_else_is_refused(tmp_path, content):
    (tmp_path / "w.safetensors").write_bytes(content)

    with pytest.raises(ValueError, match=r"w\.safetensors"):
        SentenceScorer.load(tmp_path / "w.safetensors")


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="weights"):
        SentenceScorer(
            own=np.zeros(3, np.float32),
            across=np.zeros(3, np.float32),
            into=np.zeros((4, 2), np.float32),
            out_of=np.zeros((2, 4), np.float32),
        )


def test_the_shipped_weights_fit_the_default_embedder():
    assert SentenceScorer.shipped().dimension == 384


def test_training_brings_answers_to_the_front():
    """An answer's vector is that of its question turned by a fixed rotation, which likeness cannot know."""
    chance = np.random.default_rng(3)
    rotation, _ = np.linalg.qr(chance.normal(size=(16, 16)))

    def pool():
        question = chance.normal(size=16)
        sentences = chance.normal(size=(12, 16))
        sentences[5] = question @ rotation + 0.3 * chance.normal(size=16)
        vectors = (rows / np.linalg.norm(rows, axis=-1, keepdims=True) for rows in (question, sentences))
        asked, rows = (vector.astype(np.float32) for vector in vectors)
        features = chance.normal(size=(12, len(FEATURES))).astype(np.float32)
        return Pool(asked, rows, features, np.arange(12) == 5, np.full(12, 20), np.arange(12), is_across=False)

    taught, unseen = [pool() for _ in range(600)], [pool() for _ in range(100)]

    trained = fit(taught, replace(TrainingParams(), epochs=6, matrix_rate=1e-2))

    assert recall(trained, unseen, 40) > 0.8 > recall(None, unseen, 40)
