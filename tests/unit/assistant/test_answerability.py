import math

import numpy as np
import pytest

from app.assistant.answer_features import extract_features
from app.assistant.answerability import Answerability, LogisticWeights
from app.domain import Evidence
from app.retrieval.given import given_passages
from app.retrieval.reading import Reading
from app.retrieval.reading.reader import ShortAnswer
from app.retrieval.retriever import Retrieved
from index.types import Hit, Location, Passage


def found(text: str, cosine: float) -> tuple[Retrieved, Evidence]:
    passage = Passage("p", "d", "t", text, "", "zh", Location(), ((0, len(text)),))
    hit = Hit("p", 0.1, {"dense": cosine, "words": 3.0})
    return Retrieved(passage, hit, np.array([cosine], np.float32)), Evidence(1, passage, 0, 0, 1.0)


def features(question: str, text: str, cosine: float = 0.9):
    retrieved, evidence = found(text, cosine)
    return extract_features(question, [retrieved], [evidence])


def test_nearness_is_scaled_to_what_the_embedder_gives():
    near, far = features("退款", "退款3天到账。", 0.90), features("退款", "退款3天到账。", 0.78)

    assert near["nearest_sentence"] == pytest.approx(1.0, abs=1e-5)
    assert far["nearest_sentence"] == pytest.approx(0.0, abs=1e-5)


def test_words_that_the_evidence_lacks_count_against_it():
    held, lacking = features("停车收费", "停车收费10元。"), features("停车收费", "退款3天到账。")

    assert held["all_held"] > lacking["all_held"]
    assert held["heaviest_open"] < lacking["heaviest_open"]


def test_words_are_looked_up_across_languages():
    crossing, unknown = features("How long do refunds take?", "退款3天到账。"), features("How long?", "退款3天到账。")

    assert crossing["crossing"] == unknown["crossing"] == 1.0
    assert (crossing["best_held"], unknown["best_held"]) == (1.0, 0.0)
    assert crossing["heaviest_open"] == unknown["heaviest_open"] == 0.0


def test_a_figure_that_is_asked_for_and_absent_is_noted():
    assert features("退款多久到账", "退款原路退回。")["figure_missing"] == 1.0
    assert features("退款多久到账", "退款3天到账。")["figure_found"] == 1.0


@pytest.mark.parametrize(
    ("texts", "agreeing"),
    [
        (["军运会在武汉举行。", "成都举办过大运会。"], 0.0),
        (["军运会在武汉举行。", "武汉 军运会开幕。"], 0.5),
        (["军运会在武汉举行。", "武汉军运会开幕。", "武汉的场馆。", "去武汉。"], 1.0),
    ],
)
def test_of_passages_that_are_handed_in_those_that_say_the_same_are_counted(texts, agreeing):
    passages = given_passages(texts)
    retrieved = [Retrieved(item, Hit(item.passage_id, 0.1, {}), np.array([0.9], np.float32)) for item in passages]
    reading = Reading(1.0, ((1.0,),), ((ShortAnswer(2.0, 4, 6, "武汉"),),))

    found = extract_features("军运会在哪举办", retrieved, [Evidence(1, passages[0], 0, 0, 1.0)], reading)

    assert found["agreeing"] == agreeing


def test_a_shop_says_a_thing_once_and_nothing_is_made_of_it():
    retrieved, evidence = found("军运会在武汉举行。", 0.9)
    reading = Reading(1.0, ((1.0,),), ((ShortAnswer(2.0, 4, 6, "武汉"),),))

    assert extract_features("军运会在哪举办", [retrieved] * 3, [evidence], reading)["agreeing"] == 0.0


def test_the_probability_is_the_logistic_of_the_weighted_sum():
    weights = LogisticWeights(-1.0, {"a": 2.0, "absent": 5.0})

    assert weights.probability({"a": 1.0, "unknown": 9.0}) == pytest.approx(1 / (1 + math.exp(-1.0)))


def test_nothing_found_cannot_be_answered():
    weights = LogisticWeights(5.0, {})

    assert Answerability(plain=weights, read=weights).probability("退款", [], []) == 0.0


def test_a_reading_is_judged_by_weights_of_its_own():
    retrieved, evidence = found("退款3天到账。", 0.9)
    judge = Answerability(plain=LogisticWeights(0.0, {}), read=LogisticWeights(0.0, {"read_answerable": 4.0}))

    assert judge.probability("退款", [retrieved], [evidence]) == 0.5
    assert judge.probability("退款", [retrieved], [evidence], Reading(2.0, ((1.0,),))) > 0.8
    assert judge.probability("退款", [retrieved], [evidence], Reading(-2.0, ((-1.0,),))) < 0.2


def test_the_shipped_weights_can_be_read_and_name_known_features():
    retrieved, evidence = found("退款3天到账。", 0.9)
    plain = features("退款", "退款3天到账。")
    read = extract_features("退款", [retrieved], [evidence], Reading(1.0, ((1.0,),)))

    assert set(LogisticWeights.shipped("answerability.json").weights) <= set(plain)
    assert set(LogisticWeights.shipped("answerability_read.json").weights) <= set(read)


@pytest.mark.parametrize("text", ["{}", "[]", '{"intercept": 1}', '{"intercept": "x", "weights": {}}', "nonsense"])
def test_weights_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=r"Expect|could not convert"):
        LogisticWeights.from_json(text)
