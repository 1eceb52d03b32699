from __future__ import annotations

import pytest

from app.understanding.spelling import Spelling

SPELLING = Spelling([*["where is my package", "cancel the order", "will it arrive", "the world is red"] * 4, "forge"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wheres my pakcage", "wheres my package"),  # two letters changed about
        ("the ordr", "the order"),  # one missing
        ("wil it arrrive", "will it arrive"),  # one too many
    ],
)
def test_a_slip_of_the_finger_is_put_right(written, meant):
    assert SPELLING.corrected(written) == meant


@pytest.mark.parametrize(
    "text",
    ["would", "packages", "forge", "ARIVE", "arive@example.com", "wil's", "", "😀", "ordr-77"],
)
def test_other_words_names_and_codes_are_left_alone(text):
    assert SPELLING.corrected(text) == text


def test_the_shipped_examples_leave_their_own_words_alone():
    spelling = Spelling.shipped()

    assert (
        spelling.corrected("where is my order, it should have arrived") == "where is my order, it should have arrived"
    )
    assert spelling.corrected("wheres my pakcage") == "wheres my package"
