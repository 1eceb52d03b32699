import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.embedding.windows import batches_of, plan_windows, tokens_of


def test_each_sentence_gets_the_tokens_that_touch_it():
    offsets = np.array([[0, 2], [2, 3], [3, 5], [5, 8]])  # "七日|。|可以|退货。"

    assert tokens_of([(0, 3), (3, 8)], offsets) == [(0, 2), (2, 4)]


def test_a_token_over_the_border_belongs_to_both_sentences():
    offsets = np.array([[0, 2], [2, 4], [4, 6]])

    assert tokens_of([(0, 3), (3, 6)], offsets) == [(0, 2), (1, 3)]


def test_a_span_without_tokens_is_an_empty_range():
    assert tokens_of([(3, 4)], np.array([[0, 3], [4, 6]])) == [(1, 1)]
    assert tokens_of([(0, 4)], np.empty((0, 2), np.int64)) == [(0, 0)]


def test_windows_end_between_sentences():
    assert list(plan_windows(10, [(0, 4), (4, 7), (7, 10)], 8)) == [(0, 7), (7, 10)]


def test_a_sentence_longer_than_a_window_is_cut_where_it_is_full():
    assert list(plan_windows(10, [(0, 2), (2, 10)], 4)) == [(0, 2), (2, 6), (6, 10)]


def test_a_text_that_fits_is_one_window_and_an_empty_text_too():
    assert list(plan_windows(5, [(0, 5)], 5)) == [(0, 5)]
    assert list(plan_windows(0, [], 5)) == [(0, 0)]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.integers(1, 25))
def test_windows_cover_every_token_once_and_none_is_too_long(lengths, capacity):
    ends = np.cumsum(lengths).tolist()
    sentences = list(zip([0, *ends[:-1]], ends, strict=True))

    windows = list(plan_windows(ends[-1], sentences, capacity))

    assert [token for first, last in windows for token in range(first, last)] == list(range(ends[-1]))
    assert max(last - first for first, last in windows) <= capacity


@given(st.lists(st.integers(1, 600), max_size=60), st.integers(1, 2000))
def test_batches_hold_every_item_once_and_keep_the_budget(lengths, budget):
    groups = list(batches_of(lengths, budget))

    assert sorted(item for group in groups for item in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[item] for item in group) <= budget
