import itertools

import pytest

from app.assistant.translating import in_other_language
from app.generation.scripted import ScriptedChatModel


@pytest.mark.parametrize(
    ("question", "reply", "expected"),
    [
        ("运费谁付", "Who pays for shipping?", "Who pays for shipping?"),
        ("Who pays for shipping?", "“运费谁付？”\n（译文）", "运费谁付？"),
        ("power bank可以寄吗", "\n Can power banks be sent? ", "Can power banks be sent?"),
        ("运费谁付", "运费谁付", None),
        ("Who pays?", "Who pays?", None),
        ("运费谁付", "  \n", None),
        ("运" * 201, "Shipping?", None),
    ],
)
def test_the_question_in_the_other_language_or_nothing(question, reply, expected):
    assert in_other_language(ScriptedChatModel([reply]), question, limit_s=5) == expected


def test_a_model_that_fails_or_takes_too_long_translates_nothing():
    ticks = itertools.count(step=3.0)
    model = ScriptedChatModel(["Who pays for shipping?"])

    assert in_other_language(ScriptedChatModel(["x"], fault="error"), "运费谁付", limit_s=5) is None
    assert in_other_language(model, "运费谁付", limit_s=5, clock=lambda: next(ticks)) is None
    assert model.closed == 1
