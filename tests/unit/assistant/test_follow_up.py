import pytest

from app.assistant.follow_up import standalone_question
from app.domain import Message

HISTORY = [Message("user", "手机可以退货吗？"), Message("assistant", "可以。")]


@pytest.mark.parametrize("message", ["那内衣呢？", "生鲜呢", "为什么", "what about shoes?", "运费？"])
def test_a_message_that_leans_on_the_one_before_gets_it(message):
    assert standalone_question(message, HISTORY) == f"手机可以退货吗？\n{message}"


@pytest.mark.parametrize("message", ["电子发票怎么开具？", "How long does express delivery take?"])
def test_a_message_that_stands_alone_stays_alone(message):
    assert standalone_question(message, HISTORY) == message


def test_without_history_a_message_stays_as_it_is():
    assert standalone_question("那内衣呢？", []) == "那内衣呢？"
    assert standalone_question("那内衣呢？", [Message("assistant", "您好")]) == "那内衣呢？"
