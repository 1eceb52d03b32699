from datetime import date
from decimal import Decimal

from app.policy import NO_RULES, Policy, parse_rules

HEAD = "version: 1\nrules:\n"


def policy(*rules: str) -> Policy:
    body = "".join(
        f"  - id: r{number}\n    action: return_items\n    wording: {{zh: 规则{number}, en: rule {number}}}\n"
        f"    source: {{document: d{number}.md, quote: q{number}}}\n"
        + "".join(f"    {line}\n" for line in rule.split("; "))
        for number, rule in enumerate(rules, start=1)
    )
    found, faults = parse_rules(HEAD + body)
    assert faults == []
    return Policy(found)


def test_a_decision_names_each_rule_that_applied_with_its_quote_and_what_it_was_given():
    decided = policy(
        "require: days_since_delivered <= 7; verdict: refuse",
        "when: tier contains 'PLUS'; require: is_complete; verdict: refuse",
    ).decide("return_items", {"days_since_delivered": 9, "tier": "普通"})

    assert (decided.answer, decided.rule_id, decided.message.en) == ("refuse", "r1", "rule 1")
    (ground,) = decided.grounds
    assert (ground.rule_id, ground.holds, ground.document_id, ground.quote) == ("r1", False, "d1.md", "q1")
    assert ground.values == {"days_since_delivered": 9}


def test_a_refusal_goes_before_a_person_and_both_before_a_question():
    rules = (
        "require: is_opened; verdict: refuse",
        "require: is_installed; verdict: needs_person",
        "require: is_activated; verdict: refuse",
    )
    asked = policy(*rules)

    assert asked.decide("return_items", {}).answer == "needs_input"
    assert asked.decide("return_items", {}).missing == ("is_opened", "is_installed", "is_activated")
    assert asked.decide("return_items", {"is_installed": False}).answer == "needs_person"
    assert asked.decide("return_items", {"is_installed": False, "is_activated": False}).rule_id == "r3"


def test_what_neither_records_nor_customer_can_tell_goes_to_a_person():
    assert (
        policy("require: days_since_placed <= 30; verdict: refuse").decide("return_items", {}).answer == "needs_person"
    )


def test_an_unknown_fact_does_not_matter_where_the_rule_holds_anyway():
    decided = policy("when: is_opened; require: days_since_delivered <= 7; verdict: refuse").decide(
        "return_items", {"days_since_delivered": 3}
    )

    assert decided.answer == "allow"


def test_an_action_without_rules_goes_to_a_person():
    assert Policy(NO_RULES).decide("return_items", {}).answer == "needs_person"


def test_the_version_of_a_rule_is_that_of_the_day_that_counts():
    dated = policy(
        "require: days_since_delivered <= 7; verdict: refuse; valid_from: 2026-03-01; dated_by: delivered_on",
        "require: days_since_delivered <= 15; verdict: refuse; valid_to: 2026-02-28; dated_by: delivered_on",
    )
    facts = {"today": date(2026, 3, 8), "days_since_delivered": 10}

    assert dated.decide("return_items", {**facts, "delivered_on": date(2026, 2, 28)}).answer == "allow"
    assert dated.decide("return_items", {**facts, "delivered_on": date(2026, 3, 1)}).rule_id == "r1"


def test_a_rule_of_items_is_asked_for_each_and_one_of_the_order_once():
    decided = policy(
        "when: status == 'delivered'; verdict: charge; amount: 8 CNY",
        "require: not is_opened; verdict: refuse",
    ).decide("return_items", {"status": "delivered"}, lines=[{"is_opened": False}, {"is_opened": True}])

    assert [charge.cents for charge in decided.charges] == [800]
    assert [(ground.rule_id, ground.holds) for ground in decided.grounds] == [
        ("r1", False),
        ("r2", True),
        ("r2", False),
    ]


def test_charges_and_credits_take_their_amount_from_the_rule_or_from_a_fact():
    decided = policy(
        "when: status == 'delivered'; verdict: charge; amount: 8.50 CNY",
        "when: status == 'delivered'; verdict: credit; amount: shipping",
        "when: status == 'delivered'; verdict: notice",
    ).decide("return_items", {"status": "delivered", "shipping": Decimal("12.30")})

    assert [(charge.cents, charge.currency) for charge in decided.charges] == [(850, "CNY"), (-1230, "")]
    assert [notice.zh for notice in decided.notices] == ["规则3"]
    assert decided.answer == "allow"
