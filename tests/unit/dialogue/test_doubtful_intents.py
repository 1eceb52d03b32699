"""What a classifier makes of a few words or of a number is trusted less than what the dialogue has just asked."""

import pytest

from app.dialogue import AnswerQuestion, AskConfirmation, DialogueState, OfferChoices, Perform
from app.domain.understanding import Understanding
from tests.dialogue_samples import outcome, shipped_engine, take, understood

ENGINE = shipped_engine()
KNOWN = DialogueState(customer_id="C1", language="zh")


def _doubtful(message: str, number: str, intent: str, share: float) -> Understanding:
    """A number makes a message look like an answer; what it wishes for is the runner-up."""
    base = understood(message, "provide_information", ("order_number", number))
    return Understanding("provide_information", 0.88, False, base.slots, "zh", "neutral", ((intent, share),))


@pytest.mark.parametrize(("intent", "share"), [("order_status", 0.034), ("cancel_order", 0.1)])
def test_a_number_with_other_words_is_taken_for_the_likeliest_wish(intent, share):
    message = "把SL1001的情况处理一下"

    state, _ = take(ENGINE, KNOWN, message, _doubtful(message, "SL1001", intent, share))

    assert state.active is not None
    assert state.active.flow == intent


def test_a_number_alone_is_asked_about():
    _, effects = take(ENGINE, KNOWN, "SL1001", _doubtful("SL1001", "SL1001", "order_status", 0.1))

    (offer,) = effects
    assert isinstance(offer, OfferChoices)
    assert "cancel_order" in [choice.value for choice in offer.choices]


@pytest.mark.parametrize("intent", ["talk_to_human", "cancel_flow", "correct", "exchange_request"])
def test_a_short_answer_to_a_choice_is_that_whatever_it_looks_like(intent):
    message = "给SL1001开发票"
    state, effects = take(ENGINE, KNOWN, message, understood(message, "invoice_request", ("order_number", "SL1001")))
    assert isinstance(effects[-1], OfferChoices)

    state, _ = take(ENGINE, state, "个人", understood("个人", intent))

    assert state.active is not None
    assert state.active.slots["kind"].value == "personal"


def test_a_question_about_what_is_to_be_confirmed_starts_nothing_else():
    message = "不想要了，取消SL1001"
    state, effects = take(ENGINE, KNOWN, message, understood(message, "cancel_order", ("order_number", "SL1001")))
    assert isinstance(effects[-1], Perform)
    state, _ = ENGINE.resume(state, outcome("needs_confirmation"))

    _, effects = take(ENGINE, state, "退款几天到账？", understood("退款几天到账？", "refund_status"))

    assert [type(effect) for effect in effects] == [AnswerQuestion, AskConfirmation]


def test_a_follow_up_of_a_question_is_a_question():
    state, _ = take(ENGINE, KNOWN, "退货运费谁出？", understood("退货运费谁出？", "return_policy"))

    _, effects = take(ENGINE, state, "那换货呢？", understood("那换货呢？", "exchange_request"))

    assert effects == [AnswerQuestion("那换货呢？", "退货运费谁出？")]
