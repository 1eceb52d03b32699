import pytest

from app.domain import Evidence
from app.generation.check import SentenceChecker
from app.generation.echoes import checked, without_asked_years
from tests.fakes import passage


@pytest.mark.parametrize(
    ("sentence", "question", "expected"),
    [
        ("2023年德班世乒赛的男单冠军是樊振东。", "2023年德班世乒赛男单冠军是谁", "德班世乒赛的男单冠军是樊振东。"),
        ("在2023年的德班，樊振东夺冠。", "2023年德班世乒赛谁夺冠", "德班，樊振东夺冠。"),
        ("In 2023, Fan Zhendong won.", "Who won in 2023?", "Fan Zhendong won."),
        ("He won the 2023 Durban title.", "Who won the 2023 Durban title?", "He won the Durban title."),
        ("It was opened in 2023.", "What was opened in 2023?", "It was opened."),
        ("iPhone 15 , new, costs more.", "What does it cost in 2023?", "iPhone 15 , new, costs more."),  # as it is
        ("2023年iPhone 15降价。", "2023年iPhone 15降价吗", "iPhone 15降价。"),
        ("2022年的冠军是他。", "2023年的冠军是谁", "2022年的冠军是他。"),  # not the customer's year
        ("2023年5月开幕。", "2023年什么时候开幕", "2023年5月开幕。"),  # a date of its own
        ("共2023件。", "2023年卖了几件", "共2023件。"),
    ],
)
def test_years_of_the_question_are_left_out_alone(sentence, question, expected):
    assert without_asked_years(sentence, question) == expected


def judged(sentence, source):
    evidence = [Evidence(1, passage(source), 0, 0, 1.0)]
    return checked(SentenceChecker(), sentence, evidence, cited=[1], question="2023年德班世乒赛男单冠军是谁")


def test_a_sentence_stands_without_the_year_that_its_source_does_not_name():
    text, verdict = judged("2023年德班世乒赛男单冠军是樊振东。", "德班世乒赛男单冠军是樊振东。")

    assert verdict.is_supported
    assert text == "德班世乒赛男单冠军是樊振东。"


def test_a_year_that_the_source_names_stays_and_what_falls_falls_whole():
    said = "2023年德班世乒赛男单冠军是樊振东。"

    assert judged(said, said)[0] == said
    text, verdict = judged(said, "男单半决赛在周六进行。")
    assert not verdict.is_supported
    assert text == said
