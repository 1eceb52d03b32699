"""A message is cut where a word adds a wish, and nowhere else."""

import pytest

from app.dialogue.several import pieces


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("帮我查一下SL2026110100012到哪了，另外我想开发票", ["帮我查一下SL2026110100012到哪了", "我想开发票"]),
        ("查物流顺便把地址改了", ["查物流", "把地址改了"]),
        ("帮我取消SL1，再帮我开下SL2的发票", ["帮我取消SL1", "帮我开下SL2的发票"]),
        ("可以退吗？还有我想换货", ["可以退吗？", "我想换货"]),
        ("取消订单。对了，我的退款到了吗", ["取消订单", "我的退款到了吗"]),
        ("Track my order, and also cancel SL2", ["Track my order", "cancel SL2"]),
        ("Where is my order? Also, cancel SL2", ["Where is my order?", "cancel SL2"]),
        ("Cancel it, I'd also like an invoice.", ["Cancel it", "I'd also like an invoice"]),
        ("How long do refunds take? By the way, track my parcel", ["How long do refunds take?", "track my parcel"]),
    ],
)
def test_a_word_that_adds_cuts(message, found):
    assert pieces(message) == found


@pytest.mark.parametrize(
    "message",
    [
        "我要退货，还有货吗",
        "还有库存吗",
        "另外，我想开发票",
        "这个很好，也很便宜，质量和包装都不错",
        "Do you also sell shoes?",
        "By the way, where's my order?",
        "I bought a kettle and a lamp, both arrived broken",
        "查物流，另外开发票，顺便改地址，对了，退个货",
        "",
        "，另外，",
    ],
)
def test_all_else_is_one_piece(message):
    assert pieces(message) == [message]


@pytest.mark.parametrize("message", ["，" * 4000, " " * 4000, "另外" * 2000, ", also" * 600, "!" * 3999 + "?"])
@pytest.mark.timeout(2)
def test_a_message_made_to_be_slow_is_not(message):
    assert len(pieces(message)) <= 3
