from __future__ import annotations

import pytest

from app.recommendation.errors import RuleUnknown
from app.recommendation.rules import Offer, RuleParams, arranged
from app.recommendation.switches import RULES, RuleSwitches, without

PARAMS = RuleParams()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "recommenders" / "rules.json"


def test_a_rule_that_is_off_is_off_for_every_process_until_it_is_on_again(path):
    switches = RuleSwitches(path)
    switches.switch("margin", is_on=False)
    switches.switch("fatigue", is_on=False)

    other = RuleSwitches(path)
    assert other.off() == {"margin", "fatigue"}
    assert other.applied(PARAMS).margin_weight == 0

    switches.switch("margin", is_on=True)
    switches.switch("fatigue", is_on=True)
    assert RuleSwitches(path).off() == frozenset()
    assert RuleSwitches(path).applied(PARAMS) == PARAMS


def test_a_damaged_file_switches_nothing_off(path):
    path.parent.mkdir()
    path.write_text("{", encoding="utf-8")

    assert RuleSwitches(path).off() == frozenset()


def test_an_unknown_rule_is_refused_with_those_that_there_are(path):
    with pytest.raises(RuleUnknown, match=r"no rule 'stock'.*margin"):
        RuleSwitches(path).switch("stock", is_on=False)
    assert not path.exists()


def test_without_rules_a_list_goes_by_fit_alone():
    offers = [
        (Offer(f"P{at}", f"S{at}", "pots", 100, 1, margin=0.9 if at == 9 else 0.1), 1.0 - at / 10) for at in range(10)
    ]
    ignored = {"P0": 99}

    shown = arranged(offers, PARAMS, vectors={}, ignored=ignored, top=10)
    plain = arranged(offers, without(PARAMS, RULES), vectors={}, ignored=ignored, top=10)

    assert len(shown) == PARAMS.most_of_category
    assert [offer.item_id for offer, _ in plain] == [f"P{at}" for at in range(10)]
