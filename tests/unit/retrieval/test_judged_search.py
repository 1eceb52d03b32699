from app.retrieval.retriever import Retriever
from index.embedding.hashing import HashingEmbedder
from index.types import Query
from tests.fakes import FakeGeneration, passage

BASE = FakeGeneration(
    [passage(text, f"d#{number}") for number, text in enumerate(["运费自理。", "期限七天。", "再说。"])]
)


class LikesTheShort:
    def wanted(self, vector):
        return vector

    def best(self, question, found):
        return [-float(len(item.passage.text)) for item in found]


def test_the_first_hits_stand_in_the_order_of_their_best_sentence():
    plain = Retriever(HashingEmbedder()).search(Query("几天能退？"), BASE)
    judged = Retriever(HashingEmbedder(), scorer=LikesTheShort()).search(Query("几天能退？"), BASE)

    assert judged[0].passage_id == "d#2"
    assert {hit.passage_id for hit in judged} == {hit.passage_id for hit in plain}
    assert [hit.score for hit in judged] == [hit.score for hit in plain]
    assert [hit.stages["answer"] for hit in judged] == [-3.0, -5.0, -5.0]
    assert [hit.ranks["answer"] for hit in judged] == [1, 2, 3]


def test_passages_for_an_answer_keep_the_order_of_the_search():
    judged = Retriever(HashingEmbedder(), scorer=LikesTheShort()).retrieve(Query("几天能退？"), BASE)
    plain = Retriever(HashingEmbedder()).retrieve(Query("几天能退？"), BASE)

    assert [item.hit.passage_id for item in judged] == [item.hit.passage_id for item in plain]
