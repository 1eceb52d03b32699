import pytest

from app.generation.bounds import turned_bounds

TURNED = [
    ("运费至少15元。", "运费不超过15元。"),
    ("最多可以用3张券。", "每单须用至少3张券。"),
    ("30天以上可以退。", "30天以内可以退。"),
    ("The fee is at least 20 yuan.", "The fee is up to 20 yuan."),
    ("You must order at most 5 pieces.", "A minimum of 5 pieces is needed."),
    ("Parcels over 30 kg are carried upstairs.", "We carry parcels upstairs if they are under 30 kg."),
]
KEPT = [
    ("运费最多15元。", "运费不超过15元。"),
    ("别穿超过四个小时。", "每天穿不超过 4 小时。"),
    ("15元的运费。", "运费不超过15元。"),
    ("满99元包邮。", "订单99元起免运费。"),
    ("A wallet can hold no more than 5,000 yuan.", "A wallet may not hold more than 5,000 yuan."),
    ("Up to 3 coupons can be used.", "No more than 3 coupons can be used."),
    ("最多3件，满3件包邮。", "最多3件。满3件包邮。"),
]


@pytest.mark.parametrize(("claim", "evidence"), TURNED)
def test_a_ceiling_is_no_floor(claim, evidence):
    assert turned_bounds(claim, evidence)


@pytest.mark.parametrize(("claim", "evidence"), KEPT)
def test_other_words_for_the_same_limit_stand(claim, evidence):
    assert turned_bounds(claim, evidence) == []
