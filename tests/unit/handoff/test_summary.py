from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.domain.conversation import ConversationMessage, Role
from app.domain.handoff import HandOffPacket
from app.domain.understanding import Slot
from app.handoff.summary import summarise

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def packet(*said: tuple[Role, str], **fields: Any) -> HandOffPacket:
    messages = tuple(ConversationMessage(str(n), "c1", role, text, NOW) for n, (role, text) in enumerate(said))
    values: dict[str, Any] = {"reason": "failed", "language": "zh", "intent": "refund_status", "slots": (), **fields}
    return HandOffPacket("c1", messages=messages, **values)


def test_the_matter_is_told_in_the_customers_words_without_greetings() -> None:
    slot = Slot("order_number", "A100", "A100", 0, 4)
    found = summarise(
        packet(
            ("customer", "你好。"),
            ("customer", "订单 A100 的退款三天了还没到账！"),
            ("assistant", "退款 1 到 3 个工作日到账。"),
            ("customer", "已经第五天了，到底什么时候能到？"),
            ("customer", "转人工"),
            slots=(slot,),
            sentiment="negative",
        )
    )

    assert found.zh.splitlines() == [
        "转人工原因：助手多次未能解答",
        "客户：“订单 A100 的退款三天了还没到账！” / “已经第五天了，到底什么时候能到？”",
        "提到：订单号 A100",
        "助手最后回复：“退款 1 到 3 个工作日到账。”",
        "情绪：不满",
    ]
    assert found.en.splitlines()[0] == "Why: the assistant could not answer several times"


def test_the_same_said_thrice_is_told_once_and_long_texts_are_cut() -> None:
    found = summarise(
        packet(*(("customer", f"Where is my parcel{end}") for end in ("?", "??", " now?")), ("assistant", "x" * 500))
    )

    customer, last = found.en.splitlines()[1:3]
    assert customer.count("parcel") == 1
    assert len(last) < 200


def test_nothing_said_is_no_fault() -> None:
    assert summarise(packet()).zh == "转人工原因：助手多次未能解答"
    assert summarise(packet(("customer", "👍👍"), ("customer", ""))).zh == "转人工原因：助手多次未能解答"
