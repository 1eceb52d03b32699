"""What lies beyond a limit is no limit turned round."""

from __future__ import annotations

import pytest

from app.generation.bounds import turned_bounds

KEPT = [
    ("不满14岁不能开账号。", "Shoppers must be at least 14 to open an account."),
    ("超过800公斤就要分成两托。", "单托重量上限为 800 公斤，超出的拆成两托。"),
    ("Below 199 yuan it costs 11 yuan.", "Parcels are free from 199 yuan; below that we charge 11 yuan."),
    ("别人可以代取，不过订单超过1000元要出示照片。", "超过 1000 元的订单须出示照片。"),
    ("不过不到20块的海岸线替您付。", "税费低于20元的直邮订单，由海岸线代付。"),
    ("没满18岁不能买。", "未满 18 岁的用户不能购买。"),
    ("Children under 12 must not use it.", "Do not let children under 12 use it."),
    ("You cannot pay for more than 40 per cent with shells.", "Shells may pay for up to 40 percent of the goods."),
]
TURNED = [
    ("单笔不到79元的包邮。", "单笔满 79 元包邮，不满的收 8 元。"),
    ("Collection is free for orders below 30 yuan.", "Collection is free for orders above 30 yuan; below that 3 yuan."),
    ("税费超过20元的直邮订单，由海岸线代付。", "税费低于20元的直邮订单，由海岸线代付。"),
    ("至少4800元。", "上限为4800元，超过的请拆成两单。"),
    ("Pots of at least 20 cm fit.", "Pots up to 20 centimetres wide fit."),
]


@pytest.mark.parametrize(("claim", "evidence"), KEPT)
def test_the_other_side_of_a_limit_is_left_to_be_read(claim, evidence):
    assert turned_bounds(claim, evidence) == []


@pytest.mark.parametrize(("claim", "evidence"), TURNED)
def test_the_same_consequence_on_the_other_side_is_turned(claim, evidence):
    assert turned_bounds(claim, evidence)
