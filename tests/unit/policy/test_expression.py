from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.expression import ExpressionInvalid, facts_of, parse
from app.policy.judging import holds


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("days_since_delivered <= 7", {"days_since_delivered": 7}, True),
        ("days_since_delivered <= 7", {"days_since_delivered": 8}, False),
        ("days_since_delivered <= 7", {}, None),
        ("order_total > 99.90", {"order_total": Decimal("99.91")}, True),
        ('tier contains "PLUS" or days_since_placed < 1', {"tier": "金卡 PLUS"}, True),
        ('tier contains "PLUS" and days_since_placed < 1', {"tier": "普通"}, False),
        ('tier contains "PLUS" and days_since_placed < 1', {"tier": "PLUS"}, None),
        ("not is_opened", {"is_opened": False}, True),
        ("not is_opened", {}, None),
        ('country not in ["CN", "HK"]', {"country": "US"}, True),
        ("reason is unknown", {}, True),
        ("reason is not known", {"reason": "x"}, False),
        ("delivered_on < 2026-03-01", {"delivered_on": __import__("datetime").date(2026, 2, 28)}, True),
        ("method_balance >= difference", {"method_balance": Decimal(10), "difference": Decimal("10.01")}, False),
        ("difference < -5", {"difference": Decimal(-6)}, True),
        # `and` binds tighter than `or`
        ("is_opened or is_installed and is_activated", {"is_opened": True, "is_installed": False}, True),
        ('category == "say \\"hi\\""', {"category": 'say "hi"'}, True),
        ("false", {}, False),
    ],
)
def test_a_condition_holds_fails_or_cannot_be_said(text, facts, expected):
    assert holds(parse(text), facts) is expected


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("statuss == 'x'", "did you mean status?", 1),
        ("status == 'deliverd'", "never 'deliverd'", 8),
        ("days_since_delivered", "compare it with something", 1),
        ("days_since_delivered <= 'seven'", "cannot be compared", 22),
        ("tier < 'A'", "numbers and dates", 6),
        ("reason = 'x'", "written ==", 8),
        ("(is_opened", "expected ')'", 11),
        ("is_opened is_opened", "nothing is expected behind", 11),
        ("country in [1]", "holds texts only", 13),
        ("1 < 2", "names a fact", 3),
        ("", "ends where", 1),
        ("2026-02-31 < today", "no day", 1),
        ("__import__('os')", "there is no fact", 1),
        ("status.__class__ == 'x'", "no meaning", 7),
        ("not " * 60 + "is_opened", "nested at most", 161),
        ("is_opened and " * 200 + "is_opened", "at most 2000 characters", 1),
    ],
)
def test_a_wrong_condition_is_told_with_its_column(text, message, column):
    with pytest.raises(ExpressionInvalid) as caught:
        parse(text)

    assert message in caught.value.message
    assert caught.value.column == column


def test_the_facts_of_a_condition_are_those_it_names():
    condition = parse("(is_opened or not status in ['pending']) and method_balance >= difference")

    assert facts_of(condition) == {"is_opened", "status", "method_balance", "difference"}


@given(st.text(max_size=80))
def test_no_text_does_anything_but_parse_or_be_refused(text):
    try:
        condition = parse(text)
    except ExpressionInvalid as error:
        column = error.column
    else:
        column = 1
        assert holds(condition, {}) in (True, False, None)
    assert 1 <= column <= len(text) + 1
