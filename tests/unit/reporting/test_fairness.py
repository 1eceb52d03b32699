"""Groups of customers compared: made-up rows whose true shares are known."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from app.insight.rows import MetricRow
from app.reporting.fairness import _p, compared

AT = datetime(2026, 11, 18, tzinfo=UTC)


def rows(draw, shares, *, each=100, questions=1):
    """Of each language so many conversations; questions of one share its chance."""
    found = []
    for language, share in shares.items():
        for number in range(each):
            likely = share if questions == 1 else share * draw.choice([0.0, 2.0])
            for at in range(questions):
                name = f"{language}{number}"
                value = float(draw.random() < likely)
                found.append(MetricRow(f"{name}-{at}", AT, value, conversation_id=name, language=language))
    return found


def test_a_language_that_is_declined_far_more_often_is_marked_and_one_group_shows_its_share():
    found = compared({"decline_rate": rows(random.Random(1), {"zh": 0.1, "en": 0.4})})

    assert [(item.metric, item.by.en, item.is_marked) for item in found] == [("decline_rate", "language", True)]
    shares = {group.name.en: group.value for group in found[0].groups}
    assert shares["English"] > 3 * shares["Chinese"]


def test_groups_of_few_conversations_are_listed_and_not_compared():
    found = compared({"csat": rows(random.Random(1), {"zh": 0.0, "en": 1.0}, each=15)})

    assert (found[0].p, found[0].is_marked, len(found[0].groups)) == (None, False, 2)


def test_one_language_and_channel_leave_nothing_to_compare():
    assert compared({"csat": rows(random.Random(1), {"zh": 0.5}), "decline_rate": []}) == ()


@pytest.mark.parametrize("questions", [1, 4])
def test_groups_that_are_alike_seem_to_differ_once_in_twenty(questions):
    draw = random.Random(7)
    shares = {"zh": 0.3, "en": 0.3, "mixed": 0.3}

    alarms = sum(_p(rows(draw, shares, questions=questions), lambda row: row.language) < 0.05 for _ in range(400))

    assert 8 <= alarms <= 36  # 20 expected; beyond these by chance once in ten thousand


def test_groups_without_a_single_case_are_alike():
    assert _p(rows(random.Random(1), {"zh": 0.0, "en": 0.0}), lambda row: row.language) == 1.0
