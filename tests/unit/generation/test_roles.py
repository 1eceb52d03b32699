import pytest

from app.generation.roles import is_swapped

SWAPPED = [
    ("质量问题的退货运费由买家承担。", "质量问题退货，运费由商家承担。"),
    ("退货运费由我们出。", "退货运费由买家自理。"),
    ("You pay the return postage for faulty goods.", "We pay the return postage for faulty goods."),
    ("The seller bears the customs duty.", "Customs duty is borne by the buyer."),
]
KEPT = [
    ("质量问题的退货运费由商家承担。", "质量问题退货，运费由本店承担。"),
    ("无理由退货的运费您自己出。", "质量问题退货，运费由商家承担；无理由退货运费由买家承担。"),
    ("The customs duty is paid by you.", "Customs duty is borne by the buyer."),
    ("我们三天内退款。", "退款三天内到账。"),
]


@pytest.mark.parametrize(("claim", "evidence"), SWAPPED)
def test_the_other_side_is_not_burdened(claim, evidence):
    assert is_swapped(claim, evidence)


@pytest.mark.parametrize(("claim", "evidence"), KEPT)
def test_the_same_side_in_other_words_stands(claim, evidence):
    assert not is_swapped(claim, evidence)
