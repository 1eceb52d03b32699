import pytest

from app.dialogue.cues import cues, is_plain_no, yes_or_no


@pytest.mark.parametrize(
    "message",
    ["是", "是的", "好的", "好", "确认", "确定", "可以", "没问题", "对的，没错", "是的没错", "好的，谢谢", "确认取消",
     "OK", "ok!", "yes",
     "Yes, please.", "yes go ahead", "Sure", "that's right", "Confirm", "好，取消吧", "ＯＫ"],
)  # fmt: skip
def test_an_explicit_yes(message):
    assert yes_or_no(message) == "yes"


@pytest.mark.parametrize(
    "message",
    ["好的，但是退到支付宝", "可以吗？", "谢谢", "嗯", "嗯嗯谢谢", "取消",
     "yes but the other one", "ok if it is free", "thanks", "好吗",
     "等等", "yesterday", "okra", "对不起", "是不是", "确认一下运费", "great product", "👍", "", "   ", "继续"],
)  # fmt: skip
def test_what_is_no_explicit_yes(message):
    assert yes_or_no(message) != "yes"


@pytest.mark.parametrize("message", ["不", "不用了", "不要", "no", "No thanks", "nope", "不了，谢谢", "否", "don't"])
def test_no(message):
    assert yes_or_no(message) == "no"
    assert is_plain_no(message)


@pytest.mark.parametrize("message", ["不对，是昨天那单", "no, the other one", "不是，我要换货", "no the blue one"])
def test_a_no_that_says_what_instead_is_no_plain_one(message):
    assert not is_plain_no(message)


def test_wanting_something_is_a_yes_to_an_offer_alone():
    assert yes_or_no("需要", to_offer=True) == "yes"
    assert yes_or_no("需要") is None


@pytest.mark.parametrize(
    ("message", "cue"),
    [
        ("算了", "cancel"),
        ("还是算了吧", "cancel"),
        ("never mind", "cancel"),
        ("forget it", "cancel"),
        ("不对，是昨天那单", "correct"),
        ("我说错了，是红色的", "correct"),
        ("no, the other one", "correct"),
        ("I meant the blue one", "correct"),
        ("继续刚才的退货", "resume"),
        ("let's go back to the return", "resume"),
        ("再说一遍", "repeat"),
        ("what?", "repeat"),
        ("转人工", "person"),
        ("I want to talk to a real person", "person"),
        ("你们就是骗子", "anger"),
        ("this is ridiculous", "anger"),
        ("另外那单", "other"),
    ],
)
def test_steering_words(message, cue):
    assert cue in cues(message)


@pytest.mark.parametrize(
    "message", ["我要取消订单", "退货运费谁出", "垃圾袋有货吗", "How do I return this?", "怎么算了运费", "客服态度太差"]
)
def test_ordinary_wishes_steer_nothing(message):
    assert not cues(message) & {"cancel", "correct", "resume", "repeat", "person"}


@pytest.mark.parametrize(
    "message",
    [
        "等等，先别取消",
        "先别退了",
        "不要取消了",
        "别提交",
        "wait, don't cancel it",
        "no, keep it then",
        "please don't return it",
    ],
)
def test_holding_back_is_giving_up_for_now(message):
    assert "cancel" in cues(message)


@pytest.mark.parametrize(
    "message", ["不放弃", "不要换货，退款吧", "don't change the colour, change the size", "帮我取消订单"]
)
def test_what_is_wanted_otherwise_is_no_giving_up(message):
    assert "cancel" not in cues(message)
