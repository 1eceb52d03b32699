"""Messages of several questions and false premises through the whole turn; the judgement is by words alone."""

from app.assistant.answerability import Answerability, LogisticWeights
from app.assistant.assistant import Assistant, AssistantParams
from app.assistant.finding import EvidenceFinder
from app.assistant.opinion import Opinion
from app.assistant.parts import divided
from app.assistant.premises import without_assent
from app.domain import Message, Turn
from app.generation.check import SentenceChecker
from app.generation.errors import ChatModelUnavailable
from app.generation.scripted import ScriptedChatModel
from app.retrieval.given import GivenPassages
from app.retrieval.retriever import Retriever
from index.types import Query
from tests.unit.assistant.test_assistant import BigramEmbedder, Model
from tests.unit.assistant.test_left_out import Reader

PASSAGES = (
    "质量问题退货，运费由商家承担。",
    "退款在3个工作日内到账。",
    "The warranty on kettles is 12 months.",
    "Gift cards are not refundable.",
    "生鲜不支持七天无理由退货。",
)


def assistant(model: Model | ScriptedChatModel | None = None, *, min_confidence: float = 0.5) -> Assistant:
    """Answers what most words of the question are found for."""
    weights = LogisticWeights(-6.0, {"best_held": 10.0})
    embedder = BigramEmbedder()
    return Assistant(
        borrow=lambda: None,
        embedder=embedder,
        finder=EvidenceFinder(Retriever(embedder), Answerability(plain=weights, read=weights)),
        checker=SentenceChecker(embedder),
        chat_model=model,
        opinions={"scripted": {"handed_in": {"zh": Opinion(2.0, 0.0, 6.0)}}},
        params=AssistantParams(min_confidence=min_confidence),
    )


def ask(message: str, model: Model | None = None, **fields):
    return assistant(model).reply(Turn(message, passages=PASSAGES, **fields))


def test_every_part_that_is_found_is_answered():
    answer = ask("退款多久到账，质量问题退货运费谁承担？")

    assert (answer.status, answer.missing) == ("answered", ())
    assert "3个工作日" in answer.text
    assert "商家承担" in answer.text


def test_a_part_that_nothing_answers_is_named_in_the_customers_language():
    zh = ask("退款多久到账，老板今年几岁？")
    en = ask("Is the warranty on kettles 12 months and who founded Rome?")

    assert (zh.status, zh.missing) == ("partial", ("老板今年几岁？",))
    assert zh.text.endswith("关于“老板今年几岁？”，现有资料中没有找到答案，您可以补充具体情况或转人工客服。")
    assert (en.status, en.missing) == ("partial", ("who founded Rome?",))
    assert "12 months" in en.text
    assert "On “who founded Rome?” our documents hold no answer" in en.text
    assert all(sentence.citations for sentence in (*zh.sentences, *en.sentences))


def test_what_speaks_of_the_other_thing_alone_does_not_answer_for_this_one():
    finals = ("决赛男单冠军是王楚钦。", "决赛男单冠军王楚钦与女单冠军孙颖莎合影。")

    half = assistant(min_confidence=0.001).reply(Turn("决赛男单和女单冠军分别是谁", passages=finals[:1]))
    both = assistant(min_confidence=0.001).reply(Turn("决赛男单和女单冠军分别是谁", passages=finals))

    assert (half.status, half.missing) == ("partial", ("决赛女单冠军是谁？",))
    assert both.status == "answered"
    assert "孙颖莎" in both.text


def test_of_a_part_that_nothing_answers_at_first_more_is_read():
    beside = tuple(f"签收{number}号包裹的是谁，谁来签收，签收的人是谁，{'签收的' * 12}谁。" for number in range(9))
    weights, embedder = LogisticWeights(0.0, {"read_best": 4.0}), BigramEmbedder()
    finder = EvidenceFinder(
        Retriever(embedder),
        Answerability(plain=weights, read=weights),
        reader=Reader({"工作日": 5.0, "邻居": 5.0}),
    )

    def found(*questions: str) -> list[bool]:
        source = GivenPassages(("退款在3个工作日内到账。", "\n".join(("邻居可以代收。", *beside))), embedder)
        told = divided(
            questions,
            query=Query(questions[0], top=8),
            finder=finder,
            source=source,
            answers=lambda it: it.confidence > 0.5,
        )
        return [any(word in item.quote for item in told.finding.evidence) for word in ("工作日", "邻居")]

    assert found("谁来签收？") == [False, False]
    assert found("退款多久到账？", "谁来签收？") == [True, True]


def test_men_and_women_are_known_by_the_short_words_for_their_events():
    finals = ("决赛男单冠军是王楚钦。", "决赛女单冠军是孙颖莎。")

    answer = assistant(min_confidence=0.001).reply(Turn("决赛男女单打冠军是谁", passages=finals))

    assert (answer.status, answer.missing) == ("answered", ())
    assert "王楚钦" in answer.text
    assert "孙颖莎" in answer.text


def test_a_part_that_the_model_left_out_is_told_in_the_documents_own_words():
    model = Model("退款3个工作日内到账[1]。")

    answer = ask("退款多久到账，质量问题退货运费谁承担？", model)

    assert (answer.status, answer.model) == ("answered", "scripted")
    assert answer.text.startswith("退款3个工作日内到账 [1]。")
    assert "质量问题退货，运费由商家承担 [2]。" in answer.text


def test_where_no_part_is_found_everything_is_declined():
    answer = ask("老板今年几岁，公司有多少人？")

    assert (answer.status, answer.missing, answer.closing) == ("declined", (), None)


def test_a_model_is_asked_only_what_can_be_answered():
    model = Model("退款3个工作日内到账[1]。")

    answer = ask("退款多久到账，老板今年几岁？", model)

    assert (answer.status, answer.mode) == ("partial", "llm")
    assert "老板今年几岁" not in model.prompts[0][-1].content
    assert "退款多久到账" in model.prompts[0][-1].content


def test_of_a_part_that_would_be_missing_the_model_is_asked_and_its_word_counts():
    """Of the other part it is not asked again, and what it says of one whose evidence is of nothing is not heard."""
    said = {}
    for judges in (4.0, -4.0):
        model = ScriptedChatModel(["退款3个工作日内到账[1]。"], judges=judges)
        said[judges] = ask("退款多久到账，运费找谁要？", model), model.prompts

    (yes, asked), (no, _) = said[4.0], said[-4.0]
    assert (yes.status, yes.missing) == ("answered", ())
    assert "质量问题退货，运费由商家承担" in yes.text
    assert (no.status, no.missing) == ("partial", ("运费找谁要？",))
    assert "运费找谁要" in asked[0][-1].content
    assert "退款多久到账" not in asked[0][-1].content
    assert len(asked) == 2


def test_a_model_that_fails_when_it_is_asked_leaves_the_part_missing():
    class Failing(Model):
        takes_probes = True

    answer = ask("退款多久到账，运费找谁要？", Failing(ChatModelUnavailable("It is gone.")))

    assert (answer.status, answer.mode, answer.missing) == ("partial", "extractive", ("运费找谁要？",))


def test_the_sureness_is_that_of_the_surest_part_so_that_a_stricter_threshold_never_answers_more():
    both, one = "退款多久到账，老板今年几岁？", "退款多久到账？"
    found = {text: assistant(min_confidence=0.0).reply(Turn(text, passages=PASSAGES)) for text in (both, one)}

    assert found[both].confidence >= found[one].confidence - 1e-9


def test_a_follow_up_is_one_question():
    answer = ask("那运费呢？", history=(Message("user", "质量问题退货，运费由谁承担？"),))

    assert answer.missing == ()


def test_a_false_premise_is_put_right_first_in_both_languages():
    zh = ask("既然生鲜可以七天无理由退货，那怎么退？")
    en = ask("I thought gift cards are refundable?")

    assert zh.text.startswith("并非如此：生鲜不支持七天无理由退货 [1]。")
    assert en.text.startswith("That is not the case: Gift cards are not refundable [1].")
    assert zh.status == en.status == "answered"


def test_a_model_does_not_agree_with_what_was_corrected():
    model = Model("是的，生鲜不支持七天无理由退货[1]。是的。退款在3个工作日内到账[2]。")

    answer = ask("既然生鲜可以七天无理由退货，那怎么退？", model)

    assert answer.text.startswith("并非如此：")
    assert "是的" not in answer.text


def test_a_model_of_which_nothing_stands_beside_a_correction_gives_way_to_the_evidence():
    answer = ask("既然生鲜可以七天无理由退货，那怎么退？", Model("我们支持比特币。"))

    assert answer.mode == "extractive"
    assert answer.text.startswith("并非如此：")


def test_a_true_premise_is_not_corrected():
    for question in ("生鲜不支持七天无理由退货对吧？", "Gift cards are not refundable, right?"):
        answer = ask(question)

        assert answer.status == "answered"
        assert "并非如此" not in answer.text
        assert "not the case" not in answer.text


def test_assent_is_taken_from_the_front_alone():
    assert without_assent("是的，可以退货。") == "可以退货。"
    assert without_assent("Yes, you can.") == "you can."
    assert without_assent("是的。") == ""
    assert without_assent("对公账户可以退款。") == "对公账户可以退款。"
    assert without_assent("Rightly so.") == "Rightly so."
