"""A wide question gets the main points of the document that its title says is about it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from app.assistant.answerability import LogisticWeights
from app.assistant.overview import Overviews
from app.retrieval.given import GivenPassages
from app.retrieval.retriever import Retriever
from index.text.sentences import split_sentences
from index.types import Location, Query
from tests.fakes import FakeGeneration, passage
from tests.unit.assistant.test_assistant import BigramEmbedder

DAY = date(2026, 11, 24)
SURE_IF_NAMED = LogisticWeights(-6.0, {"least_named": 12.0, "rank": 1.0})


class NoTokens:
    def query_tokens(self, text):
        return np.zeros((0, 4), np.float32)


def section(text: str, document: str, title: str, number: int = 1, heading: str | None = None, **fields):
    return passage(
        text,
        f"{document}#{number}",
        document_id=document,
        title=title,
        context=title,
        location=Location(0, len(text), heading=heading),
        sentences=tuple(split_sentences(text)),
        **{"language": "en", **fields},
    )


HOME = section("You have 7 days.", "home.md", "No-reason returns", heading="No-reason returns > Window")
COSTS = section("The buyer pays.", "home.md", "No-reason returns", 2, heading="No-reason returns > Costs")
GIFTS = section("A card is valid for 3 years.", "gifts.md", "Gift cards")


def find(question: str, *passages, top: int = 8, access: frozenset[str] = frozenset(), weights=SURE_IF_NAMED):
    overviews, source = Overviews(NoTokens(), weights=weights), FakeGeneration(passages)
    query = Query(question, top=top, as_of=DAY, access=access)
    found = Retriever(BigramEmbedder()).retrieve(query, source)
    words = overviews.asked(question, source)
    return overviews.told(words, query, source, found, []) if words else None


def quotes(finding) -> list[str]:
    return [item.quote for item in finding.evidence]


def test_the_document_that_is_named_is_told_section_by_section():
    finding = find("What is your return policy?", GIFTS, HOME, COSTS)

    assert quotes(finding) == ["You have 7 days.", "The buyer pays."]
    assert [item.number for item in finding.evidence] == [1, 2]
    assert finding.confidence > 0.99
    assert finding.overview.weighing.features["least_named"] == (1.0, 12.0)


@pytest.mark.parametrize("question", ["How long do I have to return it?", "What is your policy on pets?", "Hello"])
def test_other_questions_are_left_to_the_reader(question):
    assert find(question, GIFTS, HOME) is None


def test_passages_that_are_handed_in_are_read():
    overviews = Overviews(NoTokens(), weights=SURE_IF_NAMED)

    assert overviews.asked("return policy", FakeGeneration([HOME])) == ("return",)
    assert overviews.asked("return policy", GivenPassages(["return"], BigramEmbedder())) == ()


def test_a_second_document_that_is_about_as_likely_is_told_and_a_third_named():
    abroad = section("Post it to Rotterdam.", "abroad.md", "International returns")
    shoes = section("Shoes may be tried on.", "shoes.md", "Returns of shoes")

    finding = find("What is your return policy?", HOME, abroad, shoes)

    assert quotes(finding) == ["You have 7 days.", "Post it to Rotterdam."]
    assert finding.overview.others == ("Returns of shoes",)


def test_what_holds_for_a_while_or_says_what_is_not_comes_behind_the_rule():
    sale = section("No returns in the sale.", "sale.md", "Returns in the sale", valid_to=date(2026, 12, 31))
    never = section("Food.", "never.md", "Goods that do not qualify for returns")

    assert quotes(find("return policy", sale, never, HOME)) == ["You have 7 days."]
    assert quotes(find("return policy", sale)) == ["No returns in the sale."]


def test_only_what_the_caller_may_read_today_is_told():
    staff = section("Agents may waive it.", "home.md", "No-reason returns", 3, access=("staff",))
    later = section("From May it is 10 days.", "home.md", "No-reason returns", 4, valid_from=date(2027, 5, 1))

    assert quotes(find("return policy", HOME, staff, later)) == ["You have 7 days."]
    assert "Agents may waive it." in quotes(find("return policy", HOME, staff, access=frozenset({"staff"})))


def test_what_was_found_holds_every_passage_that_is_told():
    overviews, source = Overviews(NoTokens(), weights=SURE_IF_NAMED), FakeGeneration([GIFTS, HOME, COSTS])
    query = Query("return policy", top=2, as_of=DAY)
    found = Retriever(BigramEmbedder()).retrieve(query, source)

    finding = overviews.told(("return",), query, source, found, [])

    assert [item.passage.passage_id for item in finding.look.retrieved] == ["gifts.md#1", "home.md#1", "home.md#2"]


def test_a_document_that_nothing_can_be_told_of_is_passed_over():
    empty = section("Effective from 1 March 2026.", "empty.md", "Return policy")

    assert quotes(find("return policy", empty, replace(HOME, title="Returns"))) == ["You have 7 days."]
    assert find("return policy", empty) is None
