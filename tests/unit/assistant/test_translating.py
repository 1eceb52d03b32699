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


def test_into_chinese_the_model_sees_the_nearest_sentences_of_the_documents():
    model = ScriptedChatModel(["退货用哪种承运人？"])
    sentences = ["买家退货时应采用相同类型的承运人。" * 9, "退货地址。", "运费。", "第四句。"]

    assert in_other_language(model, "What carrier for returns?", limit_s=5, beside=sentences) == "退货用哪种承运人？"
    asked = model.prompts[0][-1].content
    assert "相同类型的承运人" in asked
    assert "第四句" not in asked
    assert len(asked) < 200
    assert asked.endswith("What carrier for returns?")


def test_into_english_it_sees_none():
    model = ScriptedChatModel(["Who pays for shipping?"])

    in_other_language(model, "运费谁付", limit_s=5, beside=["You pay the freight."])

    assert "freight" not in model.prompts[0][-1].content


@pytest.mark.parametrize(
    ("question", "reply", "expected"),
    [
        ("What is the hotline?", "热线是400-000-8620。", None),
        ("Can I return it within 7 days?", "7天内可以退货吗？", "7天内可以退货吗？"),
    ],
)
def test_a_translation_with_a_figure_out_of_the_documents_is_an_answer_and_not_taken(question, reply, expected):
    beside = ["客服热线400-000-8620。"]

    assert in_other_language(ScriptedChatModel([reply]), question, limit_s=5, beside=beside) == expected


def test_a_model_that_fails_or_takes_too_long_translates_nothing():
    ticks = itertools.count(step=3.0)
    model = ScriptedChatModel(["Who pays for shipping?"])

    assert in_other_language(ScriptedChatModel(["x"], fault="error"), "运费谁付", limit_s=5) is None
    assert in_other_language(model, "运费谁付", limit_s=5, clock=lambda: next(ticks)) is None
    assert model.closed == 1
