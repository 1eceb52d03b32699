"""A turn of a conversation: understood, acted on, answered, kept; once, and one after the other."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.conversations import ConversationService, Incoming, TurnDone
from app.conversations.errors import ConversationMissing
from app.domain import SentenceEvent
from app.domain.action import ActionOutcome, ActionRequest, Wording
from app.domain.conversation import Conversation, ConversationMessage
from index.errors import QuestionEmpty, QuestionTooLong, StoreBusy, StoreMissing
from tests.conversation_fakes import ConversingShop, FakeAnswerer
from tests.dialogue_samples import NOW, shipped_engine, understood

ENGINE = shipped_engine()
CANCEL = "不想要了，取消SL2026112400012"
KNOWN = {
    CANCEL: understood(CANCEL, "cancel_order", ("order_number", "SL2026112400012")),
    "确认": understood("确认", "affirm"),
    "我要退货": understood("我要退货", "return_request"),
    "转人工": understood("转人工", "talk_to_human"),
    "退货运费谁出？": understood("退货运费谁出？", "return_policy"),
    "那换货呢？": understood("那换货呢？", "policy_question"),
}


@pytest.fixture
def shop(tmp_path: Path) -> ConversingShop:
    return ConversingShop(tmp_path, KNOWN)


def test_an_order_is_cancelled_over_two_turns(shop: ConversingShop):
    asked = shop.say(CANCEL)
    done = shop.say("确认")

    assert "将取消订单SL2026112400012" in asked.text
    assert asked.messages[0].data["confirms"]["action"] == "cancel_order"
    assert done.text == "订单SL2026112400012已取消。"
    (request,) = shop.done()
    assert request.customer_id == "C1"
    assert request.conversation_id == "K1"
    assert request.idempotency_key is not None
    assert request.idempotency_key.startswith("K1:")
    roles = [message.role for message in shop.store.messages("K1")]
    assert roles == ["customer", "assistant", "customer", "assistant"]


def test_a_yes_that_is_sent_twice_has_the_same_key(shop: ConversingShop):
    shop.say(CANCEL)
    before = shop.store.get("K1")
    assert before is not None
    shop.say("确认")
    with shop.store.turn("K1"):
        shop.store.update(before)  # as if the process had died before it kept the turn
    shop.say("确认")

    first, second = shop.done()
    assert first.idempotency_key == second.idempotency_key


def test_a_repeated_request_is_given_the_first_replies_and_nothing_is_done_again(shop: ConversingShop):
    shop.say(CANCEL, request_id="r1")
    first = shop.say("确认", request_id="r2")
    again = shop.say("确认", request_id="r2")

    assert again.is_repeated
    assert [m.message_id for m in again.messages] == [m.message_id for m in first.messages]
    assert len(shop.done()) == 1
    assert len(shop.store.messages("K1")) == 4


def test_two_messages_at_once_are_served_one_after_the_other(shop: ConversingShop):
    threads = [
        threading.Thread(target=shop.say, args=("退货运费谁出？",), kwargs={"request_id": f"r{number}"})
        for number in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert shop.answerer.most_running == 1
    conversation = shop.store.get("K1")
    assert conversation is not None
    assert conversation.state["turn"] == 6
    assert [m.role for m in shop.store.messages("K1")] == ["customer", "assistant"] * 6


def test_the_same_request_at_once_is_served_once(shop: ConversingShop):
    replies = []
    threads = [
        threading.Thread(target=lambda: replies.append(shop.say("退货运费谁出？", request_id="same"))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(shop.answerer.turns) == 1
    assert sorted(reply.is_repeated for reply in replies) == [False, True, True, True, True]
    assert len({reply.text for reply in replies}) == 1


def test_a_question_is_answered_with_its_citations_and_a_follow_up_with_the_one_before(shop: ConversingShop):
    reply = shop.say("退货运费谁出？")
    shop.say("那换货呢？")

    assert reply.answer is not None
    assert reply.messages[0].receipt_id == reply.answer.receipt_id
    assert reply.messages[0].data["answer"]["citations"]
    assert [turn.history[0].content if turn.history else None for turn in shop.answerer.turns] == [
        None,
        "退货运费谁出？",
    ]


def test_an_answer_streams_and_the_turn_ends_with_its_reply(shop: ConversingShop):
    shop.say("我要退货")

    events = list(shop.service.stream(Incoming("退货运费谁出？", "K1", customer_id="C1", owner="page")))

    kinds = [type(event) for event in events]
    assert kinds == [SentenceEvent, ConversationMessage, ConversationMessage, TurnDone]
    assert isinstance(events[1], ConversationMessage)
    assert isinstance(events[2], ConversationMessage)
    assert "运费由商家承担" in events[1].text
    assert "请问是哪一笔订单" in events[2].text
    assert events[2].data["choices"]


def test_an_error_of_a_streamed_turn_reaches_the_reader(shop: ConversingShop):
    with pytest.raises(QuestionEmpty):
        list(shop.service.stream(Incoming("  ")))


def test_who_leaves_a_stream_finds_the_reply_in_the_conversation(shop: ConversingShop):
    stream = shop.service.stream(Incoming("退货运费谁出？", "K1", customer_id="C1", owner="page"))
    next(stream)
    stream.close()

    with shop.store.turn("K1"):  # once the turn is over
        pass
    for _ in range(200):
        if len(shop.store.messages("K1")) == 2:
            break
        threading.Event().wait(0.01)
    assert [message.role for message in shop.store.messages("K1")] == ["customer", "assistant"]


def test_a_person_gets_all_that_is_known(shop: ConversingShop):
    shop.say("我要退货")
    reply = shop.say("转人工")

    (packet,) = shop.desk.packets
    assert packet.reason == "asked"
    assert packet.customer_id == "C1"
    assert [message.text for message in packet.messages if message.role == "customer"] == ["我要退货", "转人工"]
    assert packet.facts["flow"] == "return_request"
    assert reply.text == "已为您转接人工。"
    assert reply.ticket is not None
    assert reply.messages[-1].role == "system"


def test_messages_of_a_conversation_with_the_desk_go_there(shop: ConversingShop):
    shop.say("转人工")
    silent = shop.say("在吗？")
    shop.desk.told = Wording("马上就来。", "In a moment.")
    told = shop.say("还在吗？")

    assert [message.text for message in shop.desk.written] == ["在吗？", "还在吗？"]
    assert silent.messages == ()
    assert told.text == "马上就来。"
    assert shop.answerer.turns == []


@pytest.mark.parametrize("reason", ["risk", "vip", "anger"])
def test_the_desks_triggers_come_before_the_dialogue(tmp_path: Path, reason: str):
    shop = ConversingShop(tmp_path, KNOWN, wants=reason)

    reply = shop.say("这个电池爆炸了")

    assert shop.desk.packets[0].reason == reason
    assert reply.text == "已为您转接人工。"
    assert shop.actions.requests == []


def test_a_question_with_a_risk_is_answered_from_the_documents_before_a_person_takes_over(tmp_path: Path):
    shop = ConversingShop(tmp_path, KNOWN, wants="risk")

    reply = shop.say("用了面膜脸过敏了，运费谁出？")

    assert [message.role for message in reply.messages] == ["assistant", "system"]
    assert reply.messages[0].text == "质量问题退货，运费由商家承担 [1]。"
    assert reply.messages[1].text == "已为您转接人工。"
    assert shop.desk.packets[0].draft is reply.answer
    assert reply.ticket is not None


def test_an_answer_that_fails_does_not_keep_the_person_away(tmp_path: Path):
    class Broken(FakeAnswerer):
        def _answer(self, turn):
            raise StoreBusy("The index is being written.")

    shop = ConversingShop(tmp_path, KNOWN, wants="risk")
    parts = replace(shop.service._parts, answerer=Broken())
    service = ConversationService(shop.store, parts, together=shop.database.writing, clock=lambda: NOW)

    reply = service.reply(Incoming("插座漏电了怎么办？", conversation_id="K1", owner="page"))

    assert reply.text == "已为您转接人工。"
    assert len(shop.desk.packets) == 1


def test_what_is_documented_of_a_risk_is_asked_in_the_customers_language(tmp_path: Path):
    shop = ConversingShop(tmp_path, KNOWN, wants="risk")

    shop.say("The kettle burned my hand. What does the recall cover?")

    assert [turn.language for turn in shop.answerer.turns] == ["en"]


@pytest.mark.parametrize("declines", [True, False])
def test_nothing_but_the_person_is_told_where_the_documents_are_silent_or_a_life_is_in_danger(
    tmp_path: Path, declines: bool
):
    shop = ConversingShop(tmp_path, KNOWN, wants="risk")
    shop.answerer.declines = declines

    reply = shop.say("充电宝着火了怎么办？" if declines else "不想活了怎么办？")

    assert reply.text == "已为您转接人工。"
    assert len(shop.answerer.turns) == int(declines)


def test_who_asks_for_a_person_is_passed_on_with_what_they_asked_before(shop: ConversingShop):
    shop.say("退货运费谁出？")
    shop.say("转人工")

    assert shop.desk.packets[0].intent == "return_policy"


def test_too_much_money_goes_to_a_person_instead_of_being_confirmed(tmp_path: Path):
    shop = ConversingShop(tmp_path, KNOWN, wants="money")
    describe = shop.actions.perform

    def dear(request: ActionRequest) -> ActionOutcome:
        found = describe(request)
        return ActionOutcome(found.status, found.message, {"refund_cents": 500_000})

    shop.actions.perform = dear  # type: ignore[method-assign]
    reply = shop.say(CANCEL)

    assert shop.desk.packets[0].reason == "money"
    assert shop.desk.packets[0].facts["amount_cents"] > 100_000
    assert "确认" not in reply.text
    assert shop.done() == []


def test_answers_that_are_not_found_lead_to_a_person(tmp_path: Path):
    shop = ConversingShop(tmp_path, KNOWN)
    shop.answerer.declines = True

    shop.say("你们老板叫什么？")
    offered = shop.say("火星上有门店吗？")

    assert "转接人工" in offered.messages[-1].text
    assert shop.desk.packets == []
    shop.say("要")
    assert shop.desk.packets[0].reason == "failed"


def test_a_company_that_gives_up_sooner_calls_a_person_at_once(tmp_path: Path):
    shop = ConversingShop(tmp_path, KNOWN, wants="failed")
    shop.answerer.declines = True

    shop.say("你们老板叫什么？")
    shop.say("火星上有门店吗？")

    assert shop.desk.packets[0].reason == "failed"


def test_without_an_index_orders_still_work(shop: ConversingShop):
    def missing(_turn: object):
        raise StoreMissing("no generation")
        yield

    shop.answerer.stream = missing  # type: ignore[method-assign]

    assert "知识库还没有准备好" in shop.say("退货运费谁出？").text
    assert "将取消订单" in shop.say(CANCEL).text


@pytest.mark.parametrize("fields", [{"owner": "other"}, {"customer_id": "C2"}])
def test_somebody_elses_conversation_looks_like_none(shop: ConversingShop, fields: dict[str, str]):
    shop.say("我要退货")

    with pytest.raises(ConversationMissing):
        shop.say("在吗", **fields)


def test_who_is_signed_in_later_is_known_from_then_on(shop: ConversingShop):
    stranger = shop.say("我要退货", customer_id=None)
    known = shop.say("我要退货")

    assert "核实身份" in stranger.text
    assert stranger.customer_id is None
    assert known.customer_id == "C1"


@pytest.mark.parametrize(
    ("message", "error"), [("", QuestionEmpty), (" \n", QuestionEmpty), ("长" * 501, QuestionTooLong)]
)
def test_a_message_that_cannot_be_served_is_refused_before_anything_is_kept(
    shop: ConversingShop, message: str, error: type
):
    with pytest.raises(error):
        shop.say(message)
    assert shop.store.get("K1") is None


def test_an_emoji_alone_gets_a_friendly_reply(shop: ConversingShop):
    assert "请用文字告诉我" in shop.say("😀").text


def test_ids_of_any_length_are_borne(shop: ConversingShop):
    first = shop.say("我要退货", request_id="r" * 5000)
    assert shop.say("我要退货", request_id="r" * 5000).text == first.text
    with pytest.raises(ConversationMissing):
        shop.say("我要退货", conversation_id="k" * 5000)


def test_a_state_of_another_version_begins_anew(shop: ConversingShop):
    shop.store.start(Conversation("K1", "page", "open", NOW, NOW, owner="page", state={"version": 99}))

    assert "请问是哪一笔订单" in shop.say("我要退货").text


def test_nothing_is_kept_of_a_turn_whose_hand_off_fails(shop: ConversingShop):
    def broken(_packet: object):
        raise RuntimeError("no desk")

    shop.desk.open = broken  # type: ignore[method-assign]

    with pytest.raises(RuntimeError):
        shop.say("转人工", request_id="r1")
    assert shop.store.messages("K1") == []
    del shop.desk.open
    assert shop.say("转人工", request_id="r1").text == "已为您转接人工。"
    assert [message.role for message in shop.store.messages("K1")] == ["customer", "system"]
