import random
from dataclasses import replace
from functools import partial

import pytest

from app.generation.probe import PROBES
from app.generation.prompts import NO_ANSWER
from app.retrieval.given import given_passages
from app.training.llm import answer_data
from app.training.llm.answer_data import Laid, records_of, renumber
from app.training.snippets import Snippets
from tests.unit.training.llm.shop import RETURNS, piece

QUESTION = "几天内可以退？"


def given(*texts):
    return [piece(passage, 0, len(passage.sentences) - 1) for passage in given_passages(texts)]


def test_a_question_with_an_answer_gives_a_probe_and_its_reply():
    laid = Laid(QUESTION, (piece(RETURNS, 0, 1),), True, "七天内可以退[1]。")

    probe, reply = records_of(laid, random.Random(0))

    assert probe.reply == "有"
    assert probe.prompt[-1].content == reply.prompt[-1].content + PROBES["zh"].text
    assert probe.prompt[0] == reply.prompt[0]
    assert reply.reply == laid.reply
    assert "[1] " in reply.prompt[-1].content


def test_a_question_without_one_is_a_probe_and_declines_now_and_then():
    laid = Laid("How many days?", (piece(RETURNS, 0, 1),), False)
    made = [list(records_of(laid, random.Random(seed))) for seed in range(200)]

    assert {records[0].reply for records in made} == {"no"}
    declining = [records[1].reply for records in made if len(records) > 1]
    assert set(declining) == {NO_ANSWER["en"]}
    assert 10 < len(declining) < 60


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("七天内[2]，运费自付[1][2]。", "七天内[5]，运费自付[4][5]。"),
        ("Within 7 days [2]. You pay [1].", "Within 7 days [5]. You pay [4]."),
        ("无标记。", "无标记。"),
        ("七天内[3]。", ""),
    ],
)
def test_markers_become_those_of_the_evidence_at_hand(reply, told):
    assert renumber(reply, lambda number, _: {1: 4, 2: 5}.get(number)) == told


def test_of_several_pieces_of_a_passage_the_one_that_answers_is_cited_then_the_one_with_the_words():
    evidence = given("无关。", "七天内可退。运费自付。", "")
    first = replace(evidence[1], last=0)
    second = replace(evidence[1], first=1)
    by_passage = partial(answer_data._by_passage, [evidence[0], first, second])

    assert by_passage(["运费自付。"])(2, "七天内可退") == 3
    assert by_passage([])(2, "七天内可退") == 2
    assert by_passage([])(9, "七天内可退") is None


def test_values_that_disagree_are_told_one_after_the_other_each_with_its_source():
    item = Snippets("得票率多少", ("25.7%",), ("p",), ("n",), "26.8%", "社民党得票率为25.7%。")
    evidence = given("社民党得票26.8%。", "无关。", "社民党得票25.7%。", "是25.7%。")
    told = partial(answer_data._of_values, item)

    assert told(("25.7%", "26.8%"), evidence) == "社民党得票率为26.8%[1]。社民党得票率为25.7%[3]。"
    assert told(("25.7%",), evidence) == "社民党得票率为25.7%[3][4]。"
    assert told(("26.8%",), evidence) == "社民党得票率为26.8%[1]。"
    assert told((), evidence) == ""
    assert told(("25.7%",), evidence[:2]) == ""
    assert answer_data._of_values(replace(item, reply=""), ("25.7%",), evidence) == ""
