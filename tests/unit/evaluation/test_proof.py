from dataclasses import replace

from app.evaluation.proof import broken_citations, unfounded_figures
from tests.fakes import answer_of, passage

STORED = passage("签收后7天内可退。", "a.md#1")


def test_citations_are_held_against_the_stored_passage():
    answer = answer_of(("签收后7天内可退。", STORED))

    assert broken_citations(answer, lambda _: STORED) == []
    assert len(broken_citations(answer, lambda _: passage("签收后8天内可退。", "a.md#1"))) == 1


def test_a_citation_of_what_is_not_stored_is_a_fault():
    answer = answer_of(("签收后7天内可退。", STORED))

    assert broken_citations(answer, {}.__getitem__) == ["[1] cites a.md#1, which is not stored"]


def test_a_sentence_without_a_citation_and_a_marker_without_one_are_faults():
    answer = answer_of(("签收后7天内可退。", STORED))
    bare = replace(answer.sentences[0], citations=())
    astray = replace(answer.sentences[0], citations=(4,))

    assert broken_citations(replace(answer, sentences=(bare,)), lambda _: STORED) == ["no citation: 签收后7天内可退。"]
    assert broken_citations(replace(answer, sentences=(astray,)), lambda _: STORED) == ["no citation of number 4"]


def test_a_figure_that_the_cited_text_does_not_hold_is_a_fault():
    assert unfounded_figures(answer_of(("签收后七日内可退。", STORED))) == []
    (fault,) = unfounded_figures(answer_of(("签收后15天内可退。", STORED)))
    assert "15天" in fault


def test_a_sentence_that_was_not_delivered_is_no_fault():
    answer = answer_of(("签收后15天内可退。", STORED))
    dropped = replace(answer.sentences[0], supported=False)

    assert unfounded_figures(replace(answer, sentences=(dropped,))) == []
