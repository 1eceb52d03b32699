"""The learnt map of questions' vectors: its arithmetic, its file, and whom it is for."""

from __future__ import annotations

import numpy as np
import pytest

from index.embedding.query_map import QUERY_MAP, QueryMap
from index.errors import QueryMapDamaged, QueryMapMismatch


def turning() -> QueryMap:
    """Adds the second axis to whatever lies along the first."""
    return QueryMap(np.array([[1.0], [0.0]]), np.array([[0.0, 1.0]]), embedder_id="toy@1")


def test_it_begins_as_the_identity():
    still = QueryMap(np.ones((2, 1)), np.zeros((1, 2)), embedder_id="toy@1")
    vectors = np.array([[0.6, 0.8], [1.0, 0.0]], np.float32)

    assert still.moved(vectors) == pytest.approx(vectors)


def test_a_question_is_moved_and_keeps_unit_length():
    moved = turning().moved(np.array([[1.0, 0.0], [0.0, 1.0]], np.float32))

    half = 2**-0.5
    assert moved == pytest.approx(np.array([[half, half], [0.0, 1.0]]))
    assert moved.dtype == np.float32


def test_a_question_without_words_stays_nowhere():
    assert not turning().moved(np.zeros((1, 2), np.float32)).any()
    assert turning().moved(np.zeros((0, 2), np.float32)).shape == (0, 2)


def test_two_maps_add_what_each_adds():
    both = turning().plus(turning())

    assert both.shifted(np.array([[1.0, 0.0]], np.float32)) == pytest.approx(np.array([[1.0, 2.0]]))
    with pytest.raises(ValueError, match="one embedder"):
        turning().plus(QueryMap(np.ones((2, 1)), np.ones((1, 2)), embedder_id="toy@2"))


def test_it_comes_back_from_its_folder(tmp_path):
    turning().save(tmp_path)

    assert QueryMap.load(tmp_path, embedder_id="toy@1").digest == turning().digest
    with pytest.raises(QueryMapMismatch, match=r"toy@1.*toy@2"):
        QueryMap.load(tmp_path, embedder_id="toy@2")


@pytest.mark.parametrize("content", [b"", b"no weights", None])
def test_a_damaged_file_is_told_in_one_line(tmp_path, content):
    if content is not None:
        (tmp_path / QUERY_MAP).write_bytes(content)

    with pytest.raises(QueryMapDamaged) as raised:
        QueryMap.load(tmp_path)
    assert "\n" not in raised.value.message
    assert "kefu train embedder" in raised.value.message


def test_a_file_that_was_cut_off_is_damaged(tmp_path):
    path = turning().save(tmp_path)
    path.write_bytes(path.read_bytes()[:-4])

    with pytest.raises(QueryMapDamaged):
        QueryMap.load(tmp_path)


def test_numbers_that_are_none_are_refused(tmp_path):
    QueryMap(np.array([[np.nan], [0.0]]), np.ones((1, 2)), embedder_id="toy@1").save(tmp_path)

    with pytest.raises(QueryMapDamaged):
        QueryMap.load(tmp_path)


def test_shapes_have_to_fit():
    with pytest.raises(ValueError, match="matrices"):
        QueryMap(np.ones((2, 1)), np.ones((2, 1)), embedder_id="toy@1")
