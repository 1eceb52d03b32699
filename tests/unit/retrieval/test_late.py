import numpy as np
import pytest

from app.retrieval.late import LateInteraction, max_similarities
from index.types import Hit, Location, Passage


class Corners:
    """A codec whose codes name the axes: code 0 is [1, 0], code 1 is [0, 1], code 2 is [0.6, 0.8]."""

    codec_id = "corners"
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)

    def similarities(self, question, codes):
        return self.vectors[codes[:, 0]] @ question.T


class Asking:
    def __init__(self, *tokens):
        self.tokens = np.asarray(tokens, np.float32).reshape(-1, 2)

    def query_tokens(self, text):
        return self.tokens

    def sentence_tokens(self, passages):
        return [[(1, 2), (2, 4)] for _ in passages]


class Source:
    def __init__(self, codes, token_codec="corners"):
        self.codes, self.token_codec = codes, token_codec

    def token_codes(self, ids):
        return [np.asarray(self.codes[name], np.uint8).reshape(-1, 1) for name in ids]


HITS = [Hit("a", 0.3, {"dense": 0.9}, ranks={"dense": 1}), Hit("b", 0.2), Hit("c", 0.1)]


def late(*tokens, **options):
    return LateInteraction(Asking(*tokens), Corners(), **options)


def test_each_token_of_the_question_counts_by_its_best_match():
    codes = [np.array([[0], [2]], np.uint8), np.array([[1]], np.uint8), np.zeros((0, 1), np.uint8)]

    found = max_similarities(np.array([[1, 0], [0, 1]], np.float32), codes, Corners())

    assert found == pytest.approx([(1 + 0.8) / 2, (0 + 1) / 2, 0])


def test_the_words_order_the_first_hits_and_the_receipt_can_say_so():
    source = Source({"a": [0], "b": [1], "c": [2]})

    found = late([0, 1], weight=0)("x", HITS, source)

    assert [hit.passage_id for hit in found] == ["b", "c", "a"]
    first = found[2]
    assert (first.stages["dense"], first.stages["fusion"], first.stages["late"]) == (0.9, 0.3, 0.0)
    assert first.ranks == {"dense": 1, "fusion": 1, "late": 3}
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_the_fusion_counts_by_its_weight():
    source = Source({"a": [2], "b": [1], "c": [0]})  # 0.8, 1, 0: z .46, .93, -1.39; fusion's z 1.22, 0, -1.22

    assert [hit.passage_id for hit in late([0, 1], weight=0.3)("x", HITS, source)] == ["b", "a", "c"]
    assert [hit.passage_id for hit in late([0, 1], weight=0.5)("x", HITS, source)] == ["a", "b", "c"]


def test_hits_behind_the_first_stay_behind_them():
    source = Source({"a": [0], "b": [1], "c": [1]})

    found = late([0, 1], depth=2)("x", HITS, source)

    assert [hit.passage_id for hit in found] == ["b", "a", "c"]
    assert found[2] == HITS[2]
    assert found[1].score >= found[2].score


@pytest.mark.parametrize(
    ("tokens", "source"),
    [
        ([[0, 1]], Source({"a": [0], "b": [1], "c": [1]}, token_codec="")),
        ([[0, 1]], Source({"a": [0], "b": [1], "c": [1]}, token_codec="another")),
        ([], Source({"a": [0], "b": [1], "c": [1]})),
    ],
)
def test_without_codes_of_this_codec_or_words_nothing_changes(tokens, source):
    assert late(*tokens)("x", HITS, source) == HITS


def test_equal_words_leave_the_order_of_the_fusion():
    found = late([0, 1])("x", HITS, Source({"a": [1], "b": [1], "c": [1]}))

    assert [hit.passage_id for hit in found] == ["a", "b", "c"]
    assert late([0, 1])("x", [], Source({})) == []


def test_a_sentence_is_held_against_the_words_alone_and_with_what_stands_above_it():
    source = Source({"a": [0, 1, 2, 2]})  # one token above, one in the first sentence, two in the second

    (found,) = late([1, 0], [0, 1]).by_sentence("x", [two_sentences("a")], source)

    assert found == pytest.approx(np.array([[(0 + 1) / 2, (1 + 1) / 2], [(0.6 + 0.8) / 2, (1 + 0.8) / 2]]))


def test_sentences_behind_the_last_code_and_those_without_codes_match_nothing():
    cut = Source({"a": [0, 1]})

    (found,) = late([1, 0]).by_sentence("x", [two_sentences("a")], cut)
    (other,) = late([1, 0]).by_sentence("x", [two_sentences("a")], Source({"a": [0]}, token_codec=""))

    assert found[1].tolist() == [0, 0]
    assert not other.any()


def two_sentences(passage_id):
    text = "一。二。"
    location = Location(0, len(text))
    return Passage(passage_id, "d", "", text, "上", "zh", location, ((0, 2), (2, 4)))
