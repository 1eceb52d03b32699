"""Moving a question's vector from the region of one language to that of another."""

import numpy as np
import pytest

from index.languages import LanguageCentres
from index.vectors import VectorIndex, build_vectors, choose_params

TOPICS = np.eye(16, dtype=np.float32)[:12]
ZH, EN = np.eye(16, dtype=np.float32)[14] * 3, np.eye(16, dtype=np.float32)[15] * 3


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


@pytest.fixture
def vectors(tmp_path):
    """Twelve topics, each told in Chinese (rows 0-11) and in English (rows 12-23)."""
    rows = unit(np.concatenate([TOPICS + ZH, TOPICS + EN]))
    params = choose_params(len(rows))
    build_vectors(tmp_path / "dense.faiss", lambda: iter([rows]), params, 16)
    return VectorIndex(tmp_path / "dense.faiss", params)


def test_a_moved_question_finds_its_topic_in_the_other_language(vectors):
    centres = LanguageCentres.of(["zh"] * 12 + ["en"] * 12, vectors)
    question = unit(TOPICS[4:5] + ZH)

    moved = centres.moved(question, "zh", "en")
    _, rows = vectors.search(moved, 1, None)

    assert rows.tolist() == [16]
    assert np.linalg.norm(moved) == pytest.approx(1.0, abs=1e-6)
    assert vectors.search(question, 1, None)[1].tolist() == [4]  # unmoved, its own language comes first


def test_there_is_no_moving_to_a_language_that_is_hardly_there(vectors):
    centres = LanguageCentres.of(["zh"] * 21 + ["en"] * 3, vectors)
    question = unit(TOPICS[4:5] + ZH)

    assert centres.moved(question, "zh", "en") is question


def test_an_empty_index_moves_nothing(tmp_path):
    params = choose_params(0)
    build_vectors(tmp_path / "dense.faiss", lambda: iter([]), params, 16)
    centres = LanguageCentres.of([], VectorIndex(tmp_path / "dense.faiss", params))

    question = unit(TOPICS[:1] + ZH)
    assert centres.moved(question, "zh", "en") is question
