"""What the reader is sure of and the model leaves out is quoted."""

import pytest

from app.assistant.answerability import Answerability, LogisticWeights
from app.assistant.assistant import Assistant, AssistantParams
from app.assistant.completing import other_items
from app.assistant.finding import EvidenceFinder, Finding
from app.assistant.parts import Part
from app.domain import Evidence, Turn
from app.generation.check import SentenceChecker
from app.generation.scripted import ScriptedChatModel
from app.retrieval.given import given_passages
from app.retrieval.reading import Reading
from app.retrieval.retriever import Retriever
from tests.unit.assistant.test_assistant import BigramEmbedder

RULE = "欺诈顾客的，赔偿价款的三倍。不足五百元的，按五百元赔偿。投诉由客服受理。"


class Reader:
    """Gives each sentence the logit that is set for a word of it."""

    def __init__(self, logits):
        self._logits = logits

    def read(self, _question, packs):
        rows = tuple(
            tuple(next((logit for word, logit in self._logits.items() if word in sentence), -9.0) for sentence in each)
            for pack in packs
            for each in (window.sentences for window in pack)
        )
        return Reading(5.0, rows)


def ask(said, logits, *, passages=(RULE,), question="欺诈顾客的赔偿几倍，最少多少"):
    embedder, weights = BigramEmbedder(), LogisticWeights(9.0, {})
    asking = Assistant(
        borrow=lambda: pytest.fail("the index is not asked when passages are given"),
        embedder=embedder,
        finder=EvidenceFinder(Retriever(embedder), Answerability(plain=weights, read=weights), reader=Reader(logits)),
        checker=SentenceChecker(embedder),
        chat_model=ScriptedChatModel([said]),
        params=AssistantParams(),
    )
    return asking.reply(Turn(question, passages=passages))


def test_the_other_half_of_a_rule_is_told_in_its_own_words():
    answer = ask("欺诈顾客的赔偿价款的三倍[1]。", {"三倍": 4.0, "五百元": 2.5})

    assert answer.text == "欺诈顾客的赔偿价款的三倍 [1]。不足五百元的，按五百元赔偿 [2]。"
    assert (answer.mode, answer.model) == ("llm", "scripted")


@pytest.mark.parametrize(
    ("said", "logits"),
    [
        ("欺诈顾客的赔偿价款的三倍[1]。", {"三倍": 4.0, "五百元": 0.5}),  # not sure of the other
        ("欺诈顾客的赔偿价款的三倍[1]。不足五百元的，按五百元赔偿[1]。", {"三倍": 4.0, "五百元": 2.5}),
    ],
    ids=["unsure", "told"],
)
def test_what_is_not_sure_or_told_already_is_not_added(said, logits):
    answer = ask(said, logits)

    assert answer.text.count("五百元") == 2 * said.count("按五百元")
    assert "投诉" not in answer.text


def test_an_answer_that_has_nothing_of_what_the_reader_chose_is_followed_by_the_likeliest():
    answer = ask("投诉由客服受理[1]。", {"三倍": 0.5, "投诉": -2.6})

    assert answer.text == "投诉由客服受理 [1]。欺诈顾客的，赔偿价款的三倍 [2]。"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (
            "欺诈顾客的，赔偿价款的三倍；不足五百元的，为五百元。",
            "欺诈顾客的，赔偿价款的三倍 [1]。不足五百元的，为五百元 [2]。",
        ),
        ("欺诈顾客的，赔偿价款的三倍；由客服受理。", "欺诈顾客的，赔偿价款的三倍 [1]。"),  # no figure
        ("欺诈顾客的，赔偿价款的三倍。不足五百元的，为五百元。", "欺诈顾客的，赔偿价款的三倍 [1]。"),  # another rule
    ],
    ids=["figure", "words", "sentence"],
)
def test_the_clause_with_a_figure_behind_the_one_that_is_told_comes_with_it(rule, told):
    assert ask("欺诈顾客的，赔偿价款的三倍[1]。", {"三倍": 4.0}, passages=(rule,)).text == told


def test_the_clause_for_the_other_case_comes_with_the_one_that_is_told():
    rule = "商品完好的，支持退货退款；若已经使用，支持打款；由客服受理。"

    answer = ask("商品完好的，支持退货退款[1]。", {"完好": 4.0}, passages=(rule,))

    assert answer.text == "商品完好的，支持退货退款 [1]。若已经使用，支持打款 [2]；"


LIST = "下列商品不适用无理由退货：\n（一）定作的商品；\n（二）鲜活易腐的商品；\n（三）报纸、期刊。\n其他商品另行规定。"


@pytest.mark.parametrize(
    ("question", "said", "told"),
    [
        (
            "哪些商品不适用无理由退货",
            "定作的商品不适用无理由退货[1]。",
            "定作的商品不适用无理由退货 [1]。（二）鲜活易腐的商品 [2]；（三）报纸、期刊 [3]。",
        ),
        (
            "哪些商品不适用无理由退货",
            "定作的商品、鲜活易腐的商品、报纸和期刊[1]。",
            "定作的商品、鲜活易腐的商品、报纸和期刊 [1]。",
        ),
        ("定作的商品可以退货吗", "定作的商品不适用无理由退货[1]。", "定作的商品不适用无理由退货 [1]。"),
    ],
    ids=["some", "all", "one"],
)
def test_who_asks_for_all_is_told_the_whole_list(question, said, told):
    assert ask(said, {"下列": 0.5}, passages=(LIST,), question=question).text == told


@pytest.mark.parametrize(
    ("told", "count"), [("Goods made to order.", 3), ("Goods made to order, perishable ones and newspapers.", 0)]
)
def test_across_languages_a_list_is_told_whole_unless_as_many_things_are_named(told, count):
    (source,) = given_passages([LIST])
    part = Part("Which goods are excluded from returns?", Finding((Evidence(1, source, 0, 4, 1.0),), 0.9))

    items = [text for text, _ in other_items(part, told, lambda item: item.first < 4)]

    assert items == ["（一）定作的商品；", "（二）鲜活易腐的商品；", "（三）报纸、期刊。"][:count]


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("哪些商品不能退", True),
        ("开发票需要什么材料", True),
        ("Which goods are excluded from returns?", True),
        ("What kind of items can't I return?", True),
        ("商品可以退吗", False),
        ("What does the warranty say?", False),
        ("Which of this does it cover?", False),
    ],
)
def test_who_asks_for_one_thing_is_told_no_list(question, asks):
    (source,) = given_passages([LIST])
    part = Part(question, Finding((Evidence(1, source, 0, 4, 1.0),), 0.9))

    assert bool(list(other_items(part, "定作的商品", lambda item: item.first == 1))) == asks
