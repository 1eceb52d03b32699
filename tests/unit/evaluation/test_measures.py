import pytest

from app.evaluation.measures import Measure, Ratio, estimate, is_bad, score_from_json, score_to_json

SHARE = Measure("right", "Answer right.", "share")
FAULTS = Measure("broken", "Faults.", "ratio", is_higher_better=False)
MEAN = Measure("recall@5", "Recall.", "mean")


def test_a_share_is_counted_with_wilsons_interval():
    found = estimate(SHARE, [True] * 5 + [False] * 5, seed=0)

    assert (found.value, found.count) == (0.5, 10)
    assert (found.low, found.high) == pytest.approx((0.2366, 0.7634), abs=5e-5)


def test_a_ratio_pools_the_counts_of_all_questions():
    found = estimate(FAULTS, [Ratio(1, 1), Ratio(0, 9)], seed=0)

    assert (found.value, found.count) == (0.1, 10)


def test_a_mean_lies_in_its_interval():
    found = estimate(MEAN, [0.0, 0.5, 1.0, 1.0], seed=0)

    assert found.value == 0.625
    assert 0 <= found.low < 0.625 < found.high <= 1


@pytest.mark.parametrize(("measure", "scores"), [(SHARE, []), (MEAN, []), (FAULTS, [Ratio(0, 0)])])
def test_over_nothing_there_is_no_figure(measure, scores):
    assert estimate(measure, scores, seed=0) is None


def test_a_score_of_another_kind_is_a_mistake():
    with pytest.raises(TypeError):
        estimate(SHARE, [0.5], seed=0)
    with pytest.raises(TypeError):
        estimate(MEAN, [Ratio(1, 2)], seed=0)


def test_what_to_look_at_follows_the_direction():
    declined = Measure("wrongly_declined", "Declined.", "share", is_higher_better=False)

    assert [is_bad(SHARE, True), is_bad(SHARE, False)] == [False, True]
    assert [is_bad(declined, True), is_bad(declined, False)] == [True, False]
    assert [is_bad(FAULTS, Ratio(1, 3)), is_bad(FAULTS, Ratio(0, 3))] == [True, False]
    assert not is_bad(MEAN, 0.0)


@pytest.mark.parametrize("score", [True, False, 0.25, 1.0, Ratio(2, 7)])
def test_scores_come_back_from_json_as_they_went(score):
    found = score_from_json(score_to_json(score))

    assert found == score
    assert type(found) is type(score)


@pytest.mark.parametrize("value", ["yes", None, [1], {"count": 1}])
def test_anything_else_is_no_score(value):
    with pytest.raises(ValueError, match="Expected"):
        score_from_json(value)
