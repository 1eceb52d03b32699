"""Transitions that the scripted dialogues do not show, or not by themselves."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from app.dialogue import (
    AnswerQuestion,
    AskConfirmation,
    AskSlot,
    DialogueEngine,
    DialogueParams,
    DialogueState,
    End,
    FlowLibrary,
    HandOff,
    OfferChoices,
    Perform,
    Say,
)
from app.dialogue.flow_file import read_flows
from app.dialogue.state import Later
from app.domain.action import Wording
from tests.dialogue_samples import NOW, outcome, shipped_engine, take, understood

ENGINE = shipped_engine()
KNOWN = DialogueState(customer_id="C1", language="en")
CANCEL = "Cancel SL1001, I changed my mind"


def _confirming(**data: object) -> DialogueState:
    state, effects = take(ENGINE, KNOWN, CANCEL, understood(CANCEL, "cancel_order", ("order_number", "SL1001")))
    assert isinstance(effects[-1], Perform)
    state, effects = ENGINE.resume(state, outcome("needs_confirmation", data=data))
    assert isinstance(effects[-1], AskConfirmation)
    return state


def test_a_slot_knows_the_turn_and_the_place_that_it_comes_from():
    state, _ = take(ENGINE, KNOWN, CANCEL, understood(CANCEL, "cancel_order", ("order_number", "SL1001")))

    assert state.active is not None
    filled = state.active.slots["order_id"]
    assert (filled.value, filled.turn, CANCEL[filled.start : filled.end]) == ("SL1001", 1, "SL1001")


def test_a_yes_carries_what_the_gate_wants_to_see_again():
    _, effects = take(ENGINE, _confirming(confirmation="abc"), "yes")

    (effect,) = effects
    assert isinstance(effect, Perform)
    assert effect.request.is_confirmed
    assert effect.request.confirmation == "abc"
    assert effect.request.arguments == {"order_id": "SL1001", "reason": "no longer needed"}


def test_the_gate_may_describe_anew_what_has_changed_meanwhile():
    state, _ = take(ENGINE, _confirming(), "yes")
    state, effects = ENGINE.resume(state, outcome("needs_confirmation", data={"confirmation": "new"}))

    assert isinstance(effects[-1], AskConfirmation)
    assert not effects[-1].request.is_confirmed


def test_an_outcome_that_nobody_waits_for_changes_nothing():
    assert ENGINE.resume(KNOWN, outcome("done")) == (KNOWN, ())


def test_an_open_question_of_yesterday_takes_no_yes_of_today():
    state = replace(_confirming(), at=(NOW - timedelta(hours=13)).isoformat())

    state, effects = take(ENGINE, state, "yes")

    assert not any(isinstance(effect, Perform) for effect in effects)
    assert [frame.flow for frame in state.cancelled] == ["cancel_order"]


def test_a_wish_of_yesterday_waits_no_longer():
    waiting = replace(KNOWN, later=(Later("an invoice, too", "invoice_request"),))
    taken = [
        take(ENGINE, replace(waiting, at=(NOW - timedelta(hours=hours)).isoformat()), "thanks", understood("thanks"))
        for hours in (1, 13)
    ]

    assert [len(state.later) for state, _ in taken] == [1, 0]


def test_missing_input_is_asked_for_with_the_gates_own_words_and_choices():
    state, _ = take(ENGINE, KNOWN, CANCEL, understood(CANCEL, "cancel_order", ("order_number", "SL1001")))
    choices = [{"order_id": "SL1", "label": {"zh": "耳机", "en": "headphones"}}, {"order_id": "SL2"}]
    state, effects = ENGINE.resume(state, outcome("needs_input", data={"choices": choices}, missing=("order_id",)))

    (offer,) = effects
    assert isinstance(offer, OfferChoices)
    assert offer.wording == Wording("好了", "done")
    assert [choice.value for choice in offer.choices] == ["SL1", "SL2"]
    assert offer.choices[0].label.en == "SL1 headphones"
    _, effects = take(ENGINE, state, "the first one")
    assert isinstance(effects[0], Perform)
    assert effects[0].request.arguments["order_id"] == "SL1"


def test_what_only_the_rules_want_to_know_is_asked_when_they_want_it():
    message = "Return SL1001, it is too small"
    state, _ = take(ENGINE, KNOWN, message, understood(message, "return_request", ("order_number", "SL1001")))
    state, effects = ENGINE.resume(state, outcome("done", data={"lines": [{"sku": "A", "name": "shirt"}]}))
    assert isinstance(effects[-1], Perform)
    state, effects = ENGINE.resume(state, outcome("needs_input", missing=("is_opened",)))
    assert isinstance(effects[-1], OfferChoices)

    _, effects = take(ENGINE, state, "no, it is still sealed")

    assert isinstance(effects[-1], Perform)
    assert effects[-1].request.arguments["is_opened"] is False


def test_who_cannot_be_identified_twice_is_not_asked_in_a_circle():
    state, _ = take(
        ENGINE, DialogueState(language="en"), CANCEL, understood(CANCEL, "cancel_order", ("order_number", "SL1001"))
    )
    state, _ = ENGINE.resume(state, outcome("needs_identity"))
    state, _ = take(ENGINE, state, "a@b.com", understood("a@b.com", "provide_information", ("email", "a@b.com")))
    state, _ = ENGINE.resume(state, outcome("done", data={"customer_id": "C1"}))
    state, effects = ENGINE.resume(state, outcome("needs_identity"))

    assert isinstance(effects[-1], HandOff)
    assert state.frames == ()


def test_many_wishes_on_top_of_one_another_stay_bounded():
    state = KNOWN
    for intent in (
        "cancel_order",
        "return_request",
        "exchange_request",
        "invoice_request",
        "refund_status",
        "order_status",
    ):
        message = f"I want {intent}"
        state, _ = take(ENGINE, state, message, understood(message, intent))
        state, _ = ENGINE.resume(state, outcome("refused"))

    assert len(state.suspended) == 3
    assert len(state.cancelled) == 2


def test_the_same_wish_again_is_no_second_flow():
    state = KNOWN
    for intent in ("cancel_order", "return_request", "cancel_order"):
        message = f"I want {intent}"
        state, _ = take(ENGINE, state, message, understood(message, intent))
        state, _ = ENGINE.resume(state, outcome("refused"))

    assert sorted(frame.flow for frame in state.frames) == ["cancel_order", "return_request"]


def test_an_unsure_understanding_starts_nothing():
    state, effects = take(ENGINE, KNOWN, "hm return", understood("hm return", "return_request", confidence=0.3))

    assert effects == [AnswerQuestion("hm return")]
    assert state.frames == ()


def test_three_angry_messages_in_a_row_call_a_person():
    state = KNOWN
    for _ in range(3):
        state, effects = take(ENGINE, state, "still nothing", understood("still nothing", sentiment="negative"))

    assert effects == [HandOff("anger")]


def test_a_failure_too_many_calls_a_person_without_asking():
    engine = DialogueEngine(FlowLibrary.load(), params=DialogueParams(max_failures=1))
    state, effects = take(engine, _confirming(), "blub")
    assert isinstance(effects[-1], Say)
    assert state.asked is not None
    assert state.asked.kind == "person"

    state, effects = take(engine, state, "blub blub")

    assert isinstance(effects[-1], HandOff)


def test_a_person_takes_over_whatever_is_under_way():
    state, effects = ENGINE.interrupt(_confirming(), "money")

    assert effects == (HandOff("money", "orders"),)
    assert state.frames == ()
    assert [frame.flow for frame in state.cancelled] == ["cancel_order"]


def test_a_companys_flow_says_branches_and_answers():
    problems: list[object] = []
    flows = read_flows(
        """\
flow: gift
name: {zh: 礼品包装, en: the gift wrap}
intents: [gift_wrap]
slots:
  paper:
    ask: {zh: 什么颜色的纸, en: Which paper}
    options: [{value: red, zh: 红色, en: red}, {value: none, zh: 不用, en: none}]
steps:
  - collect: paper
  - {when: paper, is: [none], go: no_paper}
  - say: {zh: "用{paper}纸包好。", en: "Wrapped in {paper} paper."}
  - answer: {zh: 礼品包装多少钱, en: What does gift wrap cost}
  - go: end
  - id: no_paper
    say: {zh: 好的，不包。, en: No wrap then.}
""",
        "own.yaml",
        problems,  # type: ignore[arg-type]
    )
    engine = DialogueEngine(FlowLibrary(flows))
    assert problems == []

    state, effects = take(engine, KNOWN, "wrap it as a gift", understood("wrap it as a gift", "gift_wrap"))
    assert isinstance(effects[0], OfferChoices)
    _, effects = take(engine, state, "red")
    assert effects == [
        Say(Wording("用红色纸包好。", "Wrapped in red paper.")),
        AnswerQuestion("What does gift wrap cost"),
        End("gift"),
    ]
    _, effects = take(engine, state, "none")
    assert effects == [Say(Wording("好的，不包。", "No wrap then.")), End("gift")]


@pytest.mark.parametrize("message", ["", "   ", "🙂", "\u200b", "！！！", "…"])
def test_a_message_without_words_asks_for_words(message):
    _, effects = take(ENGINE, KNOWN, message)

    assert isinstance(effects[0], Say)
    assert "请用文字" in effects[0].wording.zh


@pytest.mark.parametrize(
    "message", ["a" * 4000, "退" * 4000, "{order_id}{message}%s\x00", "第" * 3000 + "个", "- " * 2000]
)
def test_a_monstrous_message_is_borne_in_little_time(message):
    state, _ = take(ENGINE, KNOWN, "I want a return", understood("I want a return", "return_request"))
    state, effects = ENGINE.resume(state, outcome("done", data={"orders": [{"order_id": "A1"}, {"order_id": "B2"}]}))
    assert isinstance(effects[-1], OfferChoices)
    take(ENGINE, state, "第三个呢")  # loads the dictionary of words
    understanding = understood(message)
    started = time.perf_counter()

    state, effects = take(ENGINE, state, message, understanding)

    assert time.perf_counter() - started < 1.0
    assert effects


def test_a_reminder_says_what_it_reminds_of():
    state, _ = take(
        ENGINE,
        KNOWN,
        "change address of SL1001",
        understood("change address of SL1001", "change_address", ("order_number", "SL1001")),
    )
    message = "Where is SL1002?"
    state, effects = take(ENGINE, state, message, understood(message, "order_status", ("order_number", "SL1002")))
    state, effects = ENGINE.resume(state, outcome("done"))

    assert isinstance(effects[-1], AskSlot)
    assert effects[-1].is_reminder
    assert effects[-1].wording.en.startswith("Back to the change of address.")


def _offered(message: str, intent: str) -> DialogueState:
    state, _ = take(ENGINE, KNOWN, message, understood(message, intent))
    state, effects = ENGINE.answered(state, is_answered=True)
    assert isinstance(effects[-1], Say)
    return state


@pytest.mark.parametrize(
    ("question", "intent", "message"),
    [
        ("怎么取消订单？", "cancel_order", "SL1001"),
        ("How do I cancel an order?", "cancel_order", "order SL1001"),
        ("怎么取消订单？", "cancel_order", "订单号是SL1001"),
    ],
)
def test_the_number_of_an_order_behind_an_offer_takes_it(question, intent, message):
    said = understood(message, None, ("order_number", "SL1001"))

    state, effects = take(ENGINE, _offered(question, intent), message, said)

    assert not any(isinstance(effect, OfferChoices) and not effect.slot for effect in effects)
    assert state.active is not None
    assert (state.active.flow, state.active.slots["order_id"].value) == ("cancel_order", "SL1001")


def test_a_number_with_a_no_does_not_take_the_offer():
    message = "不用了，SL1001"
    said = understood(message, None, ("order_number", "SL1001"))

    state, _ = take(ENGINE, _offered("怎么取消订单？", "cancel_order"), message, said)

    assert state.active is None or state.active.flow != "cancel_order"


def test_a_number_some_turns_behind_an_offer_still_gets_the_menu():
    state = _offered("怎么取消订单？", "cancel_order")
    state, _ = take(ENGINE, state, "你们几点上班", understood("你们几点上班", "business_hours"))

    _, effects = take(ENGINE, state, "SL1001", understood("SL1001", None, ("order_number", "SL1001")))

    assert isinstance(effects[-1], OfferChoices)
