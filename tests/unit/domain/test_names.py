"""What agents read in place of codes."""

from typing import get_args

from app.domain.names import INTENTS, RISKS, SLOTS, intent_name, risk_name
from app.domain.understanding import SlotType
from app.handoff.risk_words import RISK_WORDS
from app.understanding import INTENTS as CLASSIFIER
from app.understanding import shipped_classifier


def test_every_intent_slot_and_risk_that_comes_with_kefu_has_a_name_in_both_languages() -> None:
    assert set(shipped_classifier(CLASSIFIER).labels) == set(INTENTS)
    assert set(get_args(SlotType)) == set(SLOTS)
    assert set(RISK_WORDS) == set(RISKS)
    for name in (*INTENTS.values(), *SLOTS.values(), *RISKS.values()):
        assert not name.zh.isascii()
        assert name.en.isascii()
        assert "_" not in name.en


def test_an_intent_of_the_companys_own_is_told_by_its_code() -> None:
    assert intent_name("gift_wrapping").zh == "gift wrapping"


def test_a_risk_is_told_with_the_words_that_named_it() -> None:
    told = risk_name("injury: 烫伤")

    assert (told.zh, told.en) == ("人身安全：烫伤", "injury or danger: 烫伤")
    assert risk_name("6800.00 > 5000.00").en == "6800.00 > 5000.00"
    assert risk_name("").zh == ""
