import pytest

from app.retrieval.fusion import ReciprocalRankFusion
from index.types import Hit


def test_passage_found_by_both_searches_outranks_either_top_hit():
    dense = [Hit("returns-zh", 0.91), Hit("refund-en", 0.88)]
    lexical = [Hit("shipping-en", 14.2), Hit("refund-en", 9.7)]

    fused = ReciprocalRankFusion(k=60)({"dense": dense, "words": lexical})

    assert [hit.passage_id for hit in fused] == ["refund-en", "returns-zh", "shipping-en"]
    assert fused[0].score == pytest.approx(1 / 62 + 1 / 62)  # worked by hand from the paper's formula
    assert fused[0].stages == {"dense": 0.88, "words": 9.7}


def test_a_stage_counts_by_its_weight():
    fused = ReciprocalRankFusion(k=20, weights={"words": 0.5})({"dense": [Hit("a", 1.0)], "words": [Hit("b", 9.0)]})

    assert [(hit.passage_id, hit.score) for hit in fused] == [("a", 1 / 21), ("b", 0.5 / 21)]


def test_the_best_sentence_is_kept():
    fused = ReciprocalRankFusion()({"dense": [Hit("a", 1.0)], "sentence": [Hit("a", 0.9, best_sentence=3)]})

    assert fused[0].best_sentence == 3


def test_ties_go_by_id_and_the_limit_holds():
    rankings = {"dense": [Hit("b", 1.0)], "words": [Hit("a", 1.0)], "bigrams": [Hit("c", 1.0)]}

    assert [hit.passage_id for hit in ReciprocalRankFusion(limit=2)(rankings)] == ["a", "b"]


def test_no_rankings_give_no_hits():
    assert ReciprocalRankFusion()({}) == []


@pytest.mark.parametrize("wrong", [{"k": 0}, {"limit": 0}, {"weights": {"dense": -1.0}}])
def test_senseless_parameters_are_refused(wrong):
    with pytest.raises(ValueError, match="Expected"):
        ReciprocalRankFusion(**wrong)
