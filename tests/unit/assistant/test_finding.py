"""Which evidence is found, in the question's own language and in the other."""

import threading

import numpy as np
import pytest

from app.assistant.answerability import Answerability, LogisticWeights
from app.assistant.finding import EvidenceFinder, Finding
from app.retrieval.reading import Reading
from app.retrieval.retriever import Retriever
from index.types import Hit, Query
from tests.fakes import passage

OWN = passage("退款在3个工作日内到账。", "zh#1")
OTHER = passage("Refunds to a credit card take 7 days.", "en#1", language="en")


class Embedder:
    def embed_queries(self, texts):
        return np.ones((len(texts), 2), np.float32)


class Source:
    """Holds one passage a language; notes which languages were searched."""

    name = "g1"

    def __init__(self):
        self.asked = []

    def rank(self, query, vector, *, depth=50):
        self.asked.append(query.language)
        found = OTHER if query.language == "en" else OWN
        return {"dense": [Hit(found.passage_id, 0.9)], "sentence": [Hit(found.passage_id, 0.9)]}

    def holds(self, query):
        return not query.is_upcoming

    def in_language(self, vector, source, target):
        return vector

    def passages(self, ids):
        return [{"zh#1": OWN, "en#1": OTHER}[name] for name in ids]

    def sentence_similarities(self, vector, ids):
        return {name: np.array([0.9], np.float32) for name in ids}


class Reader:
    """Holds that a window answers when it holds the word."""

    def __init__(self, word):
        self.word, self.windows = word, []

    def read(self, question, packs):
        windows = [window for pack in packs for window in pack]
        self.windows.append(windows)
        logits = tuple(tuple(5.0 if self.word in text else -5.0 for text in item.sentences) for item in windows)
        return Reading(max((max(row) for row in logits), default=-30.0), logits)


def finder(reader):
    weights = LogisticWeights(0.0, {"read_answerable": 4.0})
    return EvidenceFinder(Retriever(Embedder()), Answerability(plain=weights, read=weights), reader=reader)


def find(reader, text="退款多久到账"):
    source = Source()
    return finder(reader).find(text, Query(text), source), source


def test_the_reader_sees_the_best_of_both_languages_side_by_side():
    reader = Reader("3个工作日")
    finding, source = find(reader)

    assert [item.passage.passage_id for item in finding.evidence] == ["zh#1"]
    assert finding.confidence > 0.9
    assert finding.is_read
    assert source.asked == [None, "en"]
    assert [item.sentences for item in reader.windows[0]] == [(OWN.text,), (OTHER.text,)]


def test_the_other_language_answers_where_the_own_does_not():
    finding, _ = find(Reader("7 days"), "信用卡退款多久")

    assert [item.passage.passage_id for item in finding.evidence] == ["en#1"]


def test_what_is_in_the_other_language_is_left_to_the_search_of_that_language():
    class Both(Source):
        def rank(self, query, vector, *, depth=50):
            hits = [Hit(OTHER.passage_id, 0.9), *([] if query.language == "en" else [Hit(OWN.passage_id, 0.8)])]
            return {"dense": hits, "sentence": hits}

    finding = finder(Reader("7 days")).find("信用卡退款多久", Query("信用卡退款多久"), Both())

    assert [item.passage.passage_id for item in finding.look.retrieved] == ["zh#1", "en#1"]
    assert finding.look.across == 1


def test_nothing_anywhere_leaves_little_confidence():
    finding, _ = find(Reader("停车"))

    assert finding.confidence < 0.1


def test_without_a_reader_similarity_chooses_in_the_own_language():
    finding, source = find(None)

    assert [item.passage.passage_id for item in finding.evidence] == ["zh#1"]
    assert not finding.is_read
    assert source.asked == [None]


def test_nothing_found_is_no_evidence():
    class Empty(Source):
        def rank(self, query, vector, *, depth=50):
            return {"dense": [], "sentence": []}

    finding = finder(Reader("7 days")).find("退款", Query("退款"), Empty())

    assert finding == Finding((), 0.0, is_read=True)


def test_several_questions_are_looked_up_side_by_side_and_stay_in_order():
    both = threading.Barrier(2)

    class Waiting(Reader):
        def read(self, question, packs):
            both.wait(timeout=10)  # passes only when the other is read at the same time
            return super().read(question, packs)

    own, other = finder(Waiting("3个工作日")).find_all(["退款多久到账", "停车多少钱"], Query("退款"), Source())

    assert own.confidence == other.confidence > 0.9
    assert [item.passage.passage_id for item in own.evidence] == ["zh#1"]


def test_an_error_of_one_of_several_is_told():
    class Broken(Reader):
        def read(self, question, packs):
            if question == "停车多少钱":
                raise ValueError("broken")
            return super().read(question, packs)

    with pytest.raises(ValueError, match="broken"):
        finder(Broken("3个工作日")).find_all(["退款多久到账", "停车多少钱"], Query("退款"), Source())
