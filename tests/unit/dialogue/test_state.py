import json

import pytest

from app.dialogue.errors import DialogueStateInvalid
from app.dialogue.state import (
    Asked,
    Choice,
    DialogueState,
    Filled,
    Frame,
    Later,
    Mention,
    Offered,
    Pending,
    Question,
)
from app.domain.action import ActionRequest, Wording

FULL = DialogueState(
    turn=7,
    frames=(
        Frame(
            "return_request", 1, "collect_1", {"items": Filled(["A"], "红色", 3, 0, 2)}, (Filled(None, "红色那件", 3),)
        ),
        Frame("verify_identity", 2, "who", is_called=True),
    ),
    asked=Asked("confirmation", "", Wording("确认？", "Sure?"), ActionRequest("cancel_order", {"order_id": "SL1"})),
    offered=Offered("return_request", "items", (Choice("A", Wording("甲", "A"), {"price_cents": "100"}),), 5),
    pending=Pending(ActionRequest("list_orders", {}), "order_id"),
    customer_id="C1",
    language="zh",
    failures=1,
    serial=2,
    mentions=(Mention("order", "SL1", 2),),
    question=Question("运费谁出？", 4),
    cancelled=(Frame("cancel_order", 3, "collect_1"),),
    finished=Frame("order_status", 4, "end"),
    later=(Later("帮我开发票", "invoice_request"),),
    at="2026-11-25T09:00:00+00:00",
)


def test_a_state_survives_json():
    assert DialogueState.from_dict(json.loads(json.dumps(FULL.to_dict()))) == FULL


def test_nothing_is_a_new_dialogue():
    assert DialogueState.from_dict({}) == DialogueState()


@pytest.mark.parametrize(
    "data",
    [
        {"version": 99},
        {"turn": 3},
        {"version": 1, "frames": 7},
        {**FULL.to_dict(), "frames": [{"flow": "x"}]},
        {**FULL.to_dict(), "unknown": 1},
    ],
)
def test_a_damaged_or_foreign_state_is_refused(data):
    with pytest.raises(DialogueStateInvalid):
        DialogueState.from_dict(data)


def test_what_was_talked_about_long_ago_is_forgotten():
    state = DialogueState(turn=2).with_mention("order", "SL1")

    assert state.mentioned("order") == Mention("order", "SL1", 2)
    assert DialogueState(turn=40, mentions=state.mentions).mentioned("order") is None
