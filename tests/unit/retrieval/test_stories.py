import pytest

from app.retrieval.retriever import Retriever
from app.retrieval.stories import merged, sentences_told, weights_of
from index.embedding.hashing import HashingEmbedder
from index.types import Hit, Query
from tests.fakes import FakeGeneration, passage

STORY = (
    "我上周在你们店里买了两样东西。Hello. 昨天快递员把它们放在门口就走了。我打开一看有一只杯子碎了。"
    "另外一件衣服的尺码也不对。我想知道衣服能不能换大一号。杯子的钱什么时候可以退给我。"
)


def test_a_story_is_searched_by_its_sentences_and_greetings_are_left_out():
    told = sentences_told(STORY)

    assert len(told) == 6
    assert told[0] == "我上周在你们店里买了两样东西。"


@pytest.mark.parametrize("text", ["", "几天能退？", "What is the fee? And how long does it take?"])
def test_a_question_is_no_story(text):
    assert sentences_told(text) == []


def test_what_one_sentence_finds_first_beats_what_two_find_far_down():
    # d: 1/3 and no more; a: 1/3 + 1/4; c: 1/5 + 1/5
    found = merged(
        [[Hit("a", 9.0), Hit("b", 8.0), Hit("c", 7.0)], [Hit("d", 5.0), Hit("a", 4.0), Hit("c", 3.0)]],
        [1.0, 1.0],
        limit=3,
    )

    assert [hit.passage_id for hit in found] == ["a", "c", "d"]
    assert found[0].score == pytest.approx(1 / 3 + 1 / 4)


def test_a_sentence_that_is_near_to_nothing_hardly_counts():
    near = [Hit("near", 1.0, stages={"dense": 0.90}), Hit("also", 0.9, stages={"dense": 0.70})]
    far = [Hit("far", 1.0, stages={"dense": 0.80})]
    words_only = [Hit("words", 1.0, stages={"words": 3.0})]

    weights = weights_of([near, far, words_only])
    found = merged([near, far, words_only], weights, limit=4)

    # e to the power of 0.05 / 0.02 on either side of the mean 0.85
    assert weights == pytest.approx([12.182, 0.0821, 0.0], rel=1e-3)
    assert [hit.passage_id for hit in found] == ["near", "also", "far", "words"]


def test_sentences_count_alike_where_nothing_is_known_of_their_nearness():
    assert weights_of([[Hit("a", 1.0)], []]) == [1.0, 1.0]


def test_each_need_of_a_story_finds_its_passage():
    texts = ["衣服尺码不对可以换大一号。", "杯子碎了可以退钱。", "会员积分一年有效。", "发票在订单页下载。"]
    base = FakeGeneration([passage(text, f"d#{number}") for number, text in enumerate(texts)])

    hits = Retriever(HashingEmbedder()).search(Query(STORY, top=2), base)

    assert len(hits) == 2
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
