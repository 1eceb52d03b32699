import numpy as np
import pytest

from app.assistant.counsel import judged_by
from app.domain import Evidence
from app.generation.scripted import ScriptedChatModel
from app.training.opinion import Said, fit
from tests.fakes import passage


def said(count: int = 2000) -> list[Said]:
    """Right by a confidence that is fair without the model, and by a model that says 2 at even odds."""
    chance, found = np.random.default_rng(1), []
    for number in range(count):
        own, told = chance.normal(), chance.normal()
        right = chance.random() < 1 / (1 + np.exp(-(own + 1.5 * told)))
        confidence = float(1 / (1 + np.exp(-own)))
        found.append(Said(str(number), "documents", "zh", confidence, 2.0 + told, bool(right)))
    return found


def test_the_weight_and_the_centre_are_found():
    opinion = fit(said())

    assert opinion.weight == pytest.approx(1.5, abs=0.2)
    assert opinion.centre == pytest.approx(2.0, abs=0.15)
    assert opinion.confidence(0.5, 2.0) == pytest.approx(0.5, abs=0.05)
    assert opinion.confidence(0.5, 3.0) > 0.7 > 0.3 > opinion.confidence(0.5, 1.0)
    assert opinion.confidence(0.5, 99.0) < 0.99


def test_a_few_questions_that_are_told_apart_wholly_do_not_make_a_model_infallible():
    some = [Said(str(at), "handed_in", "zh", 0.5, 1.0 + 0.1 * (at % 2), bool(at % 2)) for at in range(40)]

    assert fit(some).confidence(0.5, 1.1) < 0.95


def test_answers_of_one_kind_teach_nothing():
    with pytest.raises(ValueError, match="one kind only"):
        fit([Said("a", "documents", "zh", 0.5, 1.0, True)])


def test_the_model_is_asked_with_what_was_found():
    model = ScriptedChatModel(["三天"], judges=1.25)

    assert judged_by(model, "几天到？", [Evidence(1, passage("三天送到。"), 0, 0, 1.0)], language="zh") == 1.25
    assert "三天送到。" in model.prompts[0][-1].content
