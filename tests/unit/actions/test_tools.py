import json

import pytest

from app.actions import ToolSession, answer_call, openai_tools


@pytest.fixture
def session(counter) -> ToolSession:
    return ToolSession(counter.gate, actor="assistant")


def call(name: str, **arguments: object) -> dict[str, object]:
    return {"id": "call-1", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


def test_actions_are_tools_whose_changes_take_a_confirmation(counter):
    tools = {tool["function"]["name"]: tool["function"] for tool in openai_tools(counter.gate.specs())}

    assert len(tools) == 19
    assert "confirmation" in tools["cancel_order"]["parameters"]["properties"]
    assert "confirmation" not in tools["order_status"]["parameters"]["properties"]
    assert tools["cancel_order"]["parameters"]["required"] == ["order_id"]
    assert "confirmation" in openai_tools(counter.gate.specs(), language="zh")[9]["function"]["description"]


def test_a_model_identifies_describes_and_does(session, counter):
    def told(name: str, **arguments: object) -> dict[str, object]:
        message = answer_call(call(name, **arguments), session)
        assert (message["role"], message["tool_call_id"]) == ("tool", "call-1")
        return json.loads(message["content"])

    assert told("cancel_order", order_id="SL2")["status"] == "needs_identity"
    assert told("identify_customer", email="xiaoyu.wang@example.com")["status"] == "done"
    asked = told("cancel_order", order_id="SL2")
    assert asked["status"] == "needs_confirmation"
    confirmation = asked["data"]["confirmation"]

    done = told("cancel_order", order_id="SL2", confirmation=confirmation)

    assert done["status"] == "done"
    assert told("cancel_order", order_id="SL2", confirmation=confirmation) == done
    assert len(counter.shop.changes) == 1


@pytest.mark.parametrize("confirmation", ["yes", True, "0" * 32, 1])
def test_a_confirmation_that_was_made_up_does_nothing(counter, confirmation):
    session = ToolSession(counter.gate, actor="assistant", customer_id="C1")

    assert session.call("cancel_order", {"order_id": "SL2", "confirmation": confirmation}).status == "refused"
    assert counter.shop.changes == []


def test_a_confirmation_of_one_change_is_none_of_another(counter):
    session = ToolSession(counter.gate, actor="assistant", customer_id="C1")
    asked = session.call("cancel_order", {"order_id": "SL2"})

    outcome = session.call("cancel_order", {"order_id": "SL3", "confirmation": asked.data["confirmation"]})

    assert outcome.status == "needs_confirmation"
    assert outcome.data["order_id"] == "SL3"
    assert counter.shop.changes == []


def test_the_same_change_may_be_made_again_after_it_was_undone(counter):
    session = ToolSession(counter.gate, actor="assistant", customer_id="C1")
    for name in ("甲", "乙", "甲"):
        arguments = {"order_id": "SL2", "address": {"recipient": name}}
        asked = session.call("change_order_address", arguments)
        confirmed = {**arguments, "confirmation": asked.data["confirmation"]}
        assert session.call("change_order_address", confirmed).status == "done"
    assert counter.shop.orders["SL2"].address.recipient == "甲"


def test_one_conversation_serves_one_customer(session):
    assert session.call("identify_customer", {"email": "xiaoyu.wang@example.com"}).status == "done"
    assert session.call("identify_customer", {"email": "emma.smith@example.com"}).status == "refused"
    assert session.customer_id == "C1"


@pytest.mark.parametrize("arguments", ["", "{", "[]", '"x"', "null", None])
def test_arguments_that_are_no_object_are_told_to_the_model(session, arguments):
    function = {"name": "order_status", "arguments": arguments}

    content = json.loads(answer_call({"id": "1", "function": function}, session)["content"])

    assert content["status"] in ("needs_input", "needs_identity")
