"""Messages with the shipped classifiers, over the embedder that they were trained on."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.building.container import Container
from app.settings import ModelSettings, Settings
from app.understanding import MessageUnderstander

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def understander() -> MessageUnderstander:
    return Container(Settings()).understander_with(today=lambda: TODAY, products=["禾间 电饭煲 4升 HJ-R40"])


@pytest.mark.weights
@pytest.mark.parametrize(
    ("message", "intent", "slots"),
    [
        ("前天买的电饭煲想退货，订单SL2026112200", "return_request", ["2026-11-22", "电饭煲", "SL2026112200"]),
        ("where is my parcel SF1390012345678", "track_parcel", ["SF1390012345678"]),
        ("please cancel my order #W1234567", "cancel_order", ["#W1234567"]),
        ("我要转人工客服", "talk_to_human", []),
        ("双十一买的现在降价了，退我差价", "price_protection", ["2026-11-11", "price"]),
        ("2026-11-20", "provide_information", ["2026-11-20"]),
        ("我的order还没ship，什么时候发货", "order_status", []),
    ],
)
def test_ordinary_messages(message: str, intent: str, slots: list[str], understander: MessageUnderstander) -> None:
    understood = understander.understand(message)

    assert (understood.intent, understood.out_of_scope) == (intent, False)
    assert [slot.normalized for slot in understood.slots] == slots


@pytest.mark.weights
@pytest.mark.parametrize(
    "message", ["今天天气怎么样", "write me a poem about the sea", "帮我订一张去北京的机票", "asdf qwer"]
)
def test_what_a_shop_is_not_asked_is_out_of_scope(message: str, understander: MessageUnderstander) -> None:
    assert understander.understand(message).out_of_scope


@pytest.mark.weights
def test_moods(understander: MessageUnderstander) -> None:
    assert understander.understand("你们的服务太差了，气死我了").sentiment == "negative"
    assert understander.understand("thank you so much, great service").sentiment == "positive"
    assert understander.understand("快递到哪了").sentiment == "neutral"


@pytest.fixture
def without_weights(tmp_path: Path) -> Iterator[Container]:
    container = Container(Settings(home=tmp_path, models=ModelSettings(embedder="hashing")))
    yield container
    container.close()


def test_with_another_embedder_the_words_alone_decide(without_weights: Container) -> None:
    understood = without_weights.understander.understand("我要退货")

    assert understood.intent == "return_request"
    assert not understood.out_of_scope
