from dataclasses import replace

import faiss
import numpy as np
import pytest

from index.errors import GenerationDamaged
from index.manifest import VectorIndexParams
from index.vectors import (
    Earlier,
    Selection,
    VectorIndex,
    build_vectors,
    carry_on,
    choose_params,
    is_worth_carrying_on,
)

DIMENSION = 32
CENTRES = np.random.default_rng(1).standard_normal((40, DIMENSION))


def unit_rows(count, seed):
    """Clustered unit vectors, as embeddings are, already rounded to 16 bits."""
    chance = np.random.default_rng(seed)
    rows = CENTRES[chance.integers(0, len(CENTRES), count)] + 0.6 * chance.standard_normal((count, DIMENSION))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float16).astype(np.float32)


ROWS = unit_rows(4000, 2)


def index_of(path, rows, params):
    build_vectors(path, lambda: iter(np.array_split(rows, 7)), params, DIMENSION)
    return VectorIndex(path, params)


def nearest(vector, top, mask=None):
    """The rows that a plain matrix product ranks first."""
    scores = ROWS @ vector[0]
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    return np.argsort(-scores, kind="stable")[:top].tolist()


@pytest.fixture(scope="module", params=["flat", "ivf-fp16", "ivf-sq8"])
def index(request, tmp_path_factory):
    exact = request.param == "flat"
    params = choose_params(
        len(ROWS), exact_below=len(ROWS) + exact, half_below=len(ROWS) + (request.param == "ivf-fp16")
    )
    assert params.kind == request.param
    return index_of(tmp_path_factory.mktemp("vectors") / "dense.faiss", ROWS, params)


def recall_at_10(index, mask=None):
    questions = unit_rows(100, 3)
    selection = None if mask is None else Selection(mask)
    found = [set(index.search(row[None], 10, selection)[1].tolist()) for row in questions]
    return np.mean(
        [len(rows & set(nearest(row[None], 10, mask))) / 10 for rows, row in zip(found, questions, strict=True)]
    )


def test_the_ten_nearest_are_found(index):
    assert recall_at_10(index) >= 0.97


@pytest.mark.parametrize("share", [0.5, 0.05, 0.005])
def test_the_ten_nearest_of_those_admitted_are_found(index, share):
    mask = np.random.default_rng(4).random(len(ROWS)) < share

    assert recall_at_10(index, mask) >= 0.97


def test_scores_are_cosines_in_falling_order(index):
    scores, rows = index.search(ROWS[17:18], 20, None)

    assert rows[0] == 17
    assert scores[0] == pytest.approx(1, abs=5e-3)
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)
    assert scores == pytest.approx(ROWS[rows] @ ROWS[17], abs=5e-3)


def test_only_and_all_admitted_rows_come_back(index):
    mask = np.zeros(len(ROWS), dtype=np.bool_)
    mask[[3, 999, 3999]] = True

    _, rows = index.search(ROWS[:1], 10, Selection(mask))

    assert sorted(rows.tolist()) == [3, 999, 3999]
    assert len(index.search(ROWS[:1], 10, Selection(np.zeros(len(ROWS), dtype=np.bool_)))[1]) == 0


def test_every_row_can_be_asked_for(index):
    assert sorted(index.search(ROWS[:1], 10_000, None)[1].tolist()) == list(range(len(ROWS)))


def test_rows_come_back_as_they_went_in(index):
    assert index.rows([5, 0, 3999]) == pytest.approx(ROWS[[5, 0, 3999]], abs=5e-3)
    assert index.rows([]).shape == (0, DIMENSION)


def test_equal_vectors_come_in_the_order_of_their_rows(tmp_path):
    index = index_of(tmp_path / "x.faiss", np.tile(ROWS[:1], (30, 1)), choose_params(30))

    assert index.search(ROWS[:1], 30, None)[1].tolist() == list(range(30))


def test_the_same_rows_make_the_same_file(tmp_path):
    params = choose_params(len(ROWS), exact_below=100)
    for name in ("a.faiss", "b.faiss"):
        build_vectors(tmp_path / name, lambda: iter([ROWS]), params, DIMENSION)

    assert (tmp_path / "a.faiss").read_bytes() == (tmp_path / "b.faiss").read_bytes()


def test_an_index_without_vectors_finds_nothing(tmp_path):
    index = index_of(tmp_path / "x.faiss", ROWS[:0], choose_params(0))

    assert [len(found) for found in index.search(ROWS[:1], 10, None)] == [0, 0]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (49_999, VectorIndexParams("flat", 49_999)),
        (50_000, VectorIndexParams("ivf-fp16", 50_000, lists=1024, probes=32)),
        (400_000, VectorIndexParams("ivf-fp16", 400_000, lists=2048, probes=64)),
        (4_000_000, VectorIndexParams("ivf-sq8", 4_000_000, lists=8192, probes=256)),
    ],
)
def test_the_index_follows_the_number_of_vectors(count, expected):
    assert choose_params(count) == expected


def test_files_that_are_no_index_or_another_are_damage(tmp_path):
    path = tmp_path / "dense.faiss"
    index_of(path, ROWS[:10], choose_params(10))
    with pytest.raises(GenerationDamaged, match=r"dense\.faiss holds 10"):
        VectorIndex(path, choose_params(11))
    path.write_bytes(b"nothing")
    with pytest.raises(GenerationDamaged, match=r"dense\.faiss cannot be read"):
        VectorIndex(path, choose_params(10))


def test_a_wrong_number_of_vectors_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Expected 11 vectors, got 10"):
        build_vectors(tmp_path / "x.faiss", lambda: iter([ROWS[:10]]), choose_params(11), DIMENSION)


OLD = unit_rows(400, 5)
"""Vectors that go; the new index holds ROWS, of which the last 400 come."""
LISTED = choose_params(len(ROWS), exact_below=100)


def carried(folder, *, before=None):
    """An index of ROWS that carries on one of OLD and all but the last 400 of ROWS, in another order."""
    rows = np.concatenate([OLD, ROWS[:3600]]) if before is None else before
    index_of(folder / "before.faiss", rows, LISTED)
    kept = np.concatenate([np.arange(400, 4000), np.full(400, -1)])
    earlier = Earlier(folder / "before.faiss", LISTED, kept)
    path = folder / "after.faiss"
    return VectorIndex(path, carry_on(path, iter([ROWS[3600:3900], ROWS[3900:]]), earlier, LISTED, DIMENSION))


def test_a_carried_on_index_finds_the_nearest_and_holds_every_vector(tmp_path):
    index = carried(tmp_path)

    assert recall_at_10(index) >= 0.97
    assert np.array_equal(index.rows(np.arange(len(ROWS))), ROWS)
    assert sorted(index.search(ROWS[:1], 10_000, None)[1].tolist()) == list(range(len(ROWS)))


def test_nothing_of_vectors_that_went_is_left_not_even_as_the_centre_of_a_list(tmp_path):
    strangers = np.repeat(unit_rows(4, 6) * np.float16(-1), 100, axis=0)

    carried(tmp_path, before=np.concatenate([strangers, ROWS[:3600]]))

    nearest_centre = {}
    for name in ("before", "after"):
        content = (tmp_path / f"{name}.faiss").read_bytes()
        assert [row.astype("<f2").tobytes() in content for row in strangers] == [name == "before"] * 400
        index = faiss.read_index(str(tmp_path / f"{name}.faiss"))
        nearest_centre[name] = (index.quantizer.reconstruct_n(0, LISTED.lists) @ strangers.T).max()
    assert nearest_centre["before"] > 0.9999
    assert nearest_centre["after"] < 0.95


def test_the_same_changes_make_the_same_file(tmp_path):
    contents = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        carried(tmp_path / name)
        contents.append((tmp_path / name / "after.faiss").read_bytes())

    assert contents[0] == contents[1]


def test_vectors_may_be_repeated_left_out_and_reordered(tmp_path):
    index_of(tmp_path / "before.faiss", ROWS, LISTED)
    kept = np.concatenate([np.arange(3999, 99, -1), [7, 7, 7]])
    params = choose_params(len(kept), exact_below=100)
    earlier = Earlier(tmp_path / "before.faiss", LISTED, kept)

    params = carry_on(tmp_path / "after.faiss", iter([]), earlier, params, DIMENSION)

    index = VectorIndex(tmp_path / "after.faiss", params)
    assert np.array_equal(index.rows(np.arange(len(kept))), ROWS[kept])
    assert params.exchanged == 100 - 1  # rows 0 to 99 went, but 7 did not
    with pytest.raises(ValueError, match="Expected 0 new vectors, got 1"):
        carry_on(tmp_path / "x.faiss", iter([ROWS[:1]]), earlier, params, DIMENSION)


@pytest.mark.parametrize(
    ("before", "came", "is_worth"),
    [
        (LISTED, 400, True),  # 400 came and 400 went: a fifth of 4000
        (LISTED, 401, False),
        (replace(LISTED, exchanged=700), 50, True),
        (replace(LISTED, exchanged=701), 50, False),
        (replace(LISTED, lists=LISTED.lists * 2), 0, False),
        (replace(LISTED, kind="ivf-sq8"), 0, False),
        (VectorIndexParams("flat", 4000), 0, False),
    ],
)
def test_lists_are_made_anew_once_a_fifth_of_the_vectors_came_or_went(before, came, is_worth):
    rows = np.where(np.arange(4000) < came, -1, np.arange(4000))

    assert is_worth_carrying_on(Earlier(None, before, rows), LISTED) is is_worth


def test_flat_and_eight_bit_indexes_are_built_anew():
    for params in (choose_params(4000), choose_params(4000, exact_below=100, half_below=200)):
        assert not is_worth_carrying_on(Earlier(None, params, np.arange(4000)), params)


def test_many_questions_at_once_find_what_each_finds_alone(index):
    questions = unit_rows(20, 5)

    scores, rows = index.search_many(questions, 10)

    for number, question in enumerate(questions):
        alone_scores, alone_rows = index.search(question[None], 10, None)
        assert len(set(rows[number].tolist()) & set(alone_rows.tolist())) >= 9
        assert scores[number][0] == pytest.approx(alone_scores[0], abs=1e-4)


def test_fewer_vectors_than_wanted_are_filled_up_with_none(tmp_path):
    few = index_of(tmp_path / "few.faiss", ROWS[:3], choose_params(3))

    _, rows = few.search_many(ROWS[:2], 5)

    assert rows.shape == (2, 5)
    assert rows[0].tolist()[3:] == [-1, -1]
