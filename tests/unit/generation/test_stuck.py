import pytest

from app.generation.stuck import is_stuck


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("因为拆开包装试了一下就不能退，因为拆开包装试了一下就不能退，因为拆开包装试了一下就不能退。", True),
        ("拆开就不能退，拆开就不能退。", True),
        ("It is free, it is free, it is free of charge, it is free.", True),
        ("顺丰到付，京东到付，由买家承担。", False),
        ("退回的商品由买家寄出，运费由买家承担，退回的商品由商家验收。", False),
        ("红色，红色，红色。", False),
        ("", False),
    ],
)
def test_the_same_clause_again_and_again_is_seen(sentence, expected):
    assert is_stuck(sentence) is expected
