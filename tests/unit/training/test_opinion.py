import numpy as np
import pytest

from app.domain import Evidence
from app.generation.scripted import ScriptedChatModel
from app.training.opinion import Said, fit, judged_by
from tests.fakes import passage


def said(count: int = 4000) -> list[Said]:
    """Right by a confidence that is fair without the model, and by a model that at even odds says 2 (zh) or -1 (en)."""
    chance, found = np.random.default_rng(1), []
    for number in range(count):
        language, own, told = ("zh", "en")[number % 2], chance.normal(), chance.normal()
        right = chance.random() < 1 / (1 + np.exp(-(own + 1.5 * told)))
        centre = 2.0 if language == "zh" else -1.0
        found.append(
            Said(str(number), "documents", language, float(1 / (1 + np.exp(-own))), centre + told, bool(right))
        )
    return found


def test_the_weight_and_the_centre_of_each_language_are_found():
    weights = fit(said())

    assert weights.weight == pytest.approx(1.5, abs=0.15)
    assert weights.centre["zh"] == pytest.approx(2.0, abs=0.15)
    assert weights.centre["en"] == pytest.approx(-1.0, abs=0.15)
    assert weights.confidence(0.5, 2.0, "zh") == pytest.approx(0.5, abs=0.05)
    assert weights.confidence(0.5, 3.0, "zh") > 0.7 > 0.3 > weights.confidence(0.5, 1.0, "zh")
    assert weights.confidence(0.5, 99.0, "zh") < 0.99


def test_a_language_of_which_nothing_is_said_lies_as_far_from_the_others_as_elsewhere():
    weights = fit([item for item in said() if item.language == "zh"], shift={"zh": 1.0, "en": 0.25})

    assert weights.centre["en"] == pytest.approx(weights.centre["zh"] - 0.75)


def test_answers_of_one_kind_teach_nothing():
    with pytest.raises(ValueError, match="one kind only"):
        fit([Said("a", "documents", "zh", 0.5, 1.0, True)])


def test_the_model_is_asked_with_what_was_found():
    model = ScriptedChatModel(["三天"], judges=1.25)

    assert judged_by(model, "几天到？", [Evidence(1, passage("三天送到。"), 0, 0, 1.0)]) == 1.25
    assert "三天送到。" in model.prompts[0][-1].content
