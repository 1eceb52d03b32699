from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.conversations import ConversingAssistant, TurnDone, TurnReply
from app.database.errors import DatabaseUnavailable
from app.domain import Answer, DoneEvent, Message, MessageEvent, Timings, Turn
from app.domain.conversation import ConversationMessage


def answer(text: str) -> Answer:
    return Answer(text, "answered", "zh", (), (), 0.9, "extractive", None, "g1", "r1", Timings())


class Documents:
    """Answers everything from the documents."""

    def reply(self, turn: Turn) -> Answer:
        return answer(f"documents: {turn.message}")

    def stream(self, turn: Turn):
        yield DoneEvent(self.reply(turn))


class Conversations:
    """Says one thing of its own, with choices."""

    def stream(self, incoming):
        choices = [{"value": "A", "label": "甲"}]
        message = ConversationMessage(
            "m1", "c1", "assistant", "哪一个？", datetime.now(UTC), data={"asks": "order_id", "choices": choices}
        )
        yield message
        yield TurnDone(TurnReply("c1", (message,), "zh", "open"))


def test_a_turn_without_an_owner_is_answered_from_the_documents():
    front = ConversingAssistant(Conversations, Documents())

    assert front.reply(Turn("你好")).text == "documents: 你好"


def test_a_client_that_brings_its_own_history_is_answered_from_the_documents():
    front = ConversingAssistant(Conversations, Documents())

    assert front.reply(Turn("那换货呢", owner="k1", history=(Message("user", "退货"),))).text.startswith("documents")


def test_what_a_flow_says_comes_as_a_message_with_its_choices():
    front = ConversingAssistant(Conversations, Documents())

    events = list(front.stream(Turn("我要退货", owner="k1", conversation_id="c1")))

    assert [type(event) for event in events] == [MessageEvent, DoneEvent]
    final = events[1].answer
    assert (final.text, final.status, final.mode) == ("哪一个？", "answered", "dialogue")
    assert final.conversation["choices"] == [{"value": "A", "label": "甲"}]


def test_with_its_records_out_of_reach_it_answers_from_the_documents(caplog):
    def build():
        raise DatabaseUnavailable("The database does not answer.")

    front = ConversingAssistant(build, Documents())

    assert front.reply(Turn("退货几天", owner="k1")).text == "documents: 退货几天"
    assert "documents alone" in caplog.text


def test_records_that_fail_in_the_middle_are_no_second_answer():
    class Breaking(Conversations):
        def stream(self, incoming):
            yield next(super().stream(incoming))
            raise DatabaseUnavailable("The database hung up.")

    front = ConversingAssistant(Breaking, Documents())

    with pytest.raises(DatabaseUnavailable):
        list(front.stream(Turn("我要退货", owner="k1")))
