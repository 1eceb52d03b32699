"""What a wide question is about, and which questions are not wide."""

import pytest

from app.assistant.asked_topic import asked_topic


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is your return policy?", ("return",)),
        ("Hi, can you walk me through the membership programme please", ("membership",)),
        ("I'd like to know more about gift cards", ("gift", "cards")),
        ("Do you have a warranty?", ("warranty",)),
        ("How does delivery work?", ("delivery",)),
        ("退货政策", ("退货",)),
        ("请问你们的会员制度是怎样的？", ("会员",)),
        ("亲，介绍一下运费规则呗", ("运费",)),
        ("有质保吗", ("质保",)),
        ("价格保护是什么", ("价格", "保护")),
    ],
)
def test_what_is_left_without_the_words_that_ask_is_the_subject(question, words):
    assert asked_topic(question) == words


@pytest.mark.parametrize(
    "question",
    [
        "How long does a refund take?",
        "Who pays the return postage?",
        "Can I return opened earphones?",
        "Is the student discount valid for phones?",
        "What happens if my parcel is lost?",
        "会员积分多久过期",
        "运费谁出",
        "内衣能退吗",
        "礼品卡有效期最长几年",
        "R8报错怎么办",
        "Hello!",
        "你好，请问一下",
        "",
        "The kettle that I bought for my mother leaks at the bottom seam after a week of use",
    ],
)
def test_who_asks_one_thing_or_nothing_asks_about_no_subject_as_a_whole(question):
    assert asked_topic(question) == ()
