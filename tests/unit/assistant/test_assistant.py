"""The whole turn over passages that are handed in; only the language model and the embedder are stand-ins."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from app.assistant.answerability import Answerability, LogisticWeights
from app.assistant.assistant import Assistant, AssistantParams
from app.assistant.finding import EvidenceFinder
from app.assistant.opinion import Opinion
from app.domain import CitationEvent, DoneEvent, Message, Probe, SentenceEvent, Turn
from app.generation.check import SentenceChecker
from app.generation.errors import ChatModelTimeout
from app.generation.scripted import ScriptedChatModel
from app.retrieval.given import GivenPassages
from app.retrieval.retriever import Retriever
from index.errors import QuestionEmpty, QuestionTooLong
from index.types import EmbeddedPassages, Query

PASSAGES = (
    "退款在3个工作日内到账。节假日顺延。",
    "内衣拆封后不支持七天无理由退货。",
    "Delivery within the city takes 2 days. Orders over 99 yuan ship free.",
)


class BigramEmbedder:
    """Hashes character pairs; texts that share pairs are near each other."""

    embedder_id = "bigrams"
    dimension = 512

    def embed_queries(self, texts):
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0] = 0.1
            for at in range(len(text) - 1):
                row[sum(map(ord, text[at : at + 2])) * 31 % self.dimension] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed_passages(self, passages):
        sentences = [
            self.embed_queries([item.sentence_text(at) for at in range(len(item.sentences))]) for item in passages
        ]
        return EmbeddedPassages(self.embed_queries([item.embedded_text for item in passages]), tuple(sentences))


class Model:
    """Says what it is given, piece by piece; raises in place of a piece that is an error."""

    name = "scripted"
    is_ready = True

    def __init__(self, *pieces: str | Exception) -> None:
        self.pieces, self.prompts, self.is_closed = pieces, [], False

    takes_probes = False

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 256, probe: Probe | None = None
    ) -> Generator[str, None, None]:
        self.prompts.append(messages)
        try:
            for piece in self.pieces:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.is_closed = True


def finder(embedder, intercept: float) -> EvidenceFinder:
    weights = LogisticWeights(intercept, {})
    return EvidenceFinder(Retriever(embedder), Answerability(plain=weights, read=weights))


def assistant(model=None, *, intercept: float = 9.0, opinion: Opinion | None = None, **params) -> Assistant:
    embedder = BigramEmbedder()
    return Assistant(
        borrow=lambda: pytest.fail("the index is not asked when passages are given"),
        embedder=embedder,
        finder=finder(embedder, intercept),
        checker=SentenceChecker(embedder),
        chat_model=model,
        opinions={"scripted": {"handed_in": {"zh": opinion}}} if opinion else {},
        params=AssistantParams(**params),
    )


def turn(message: str, **fields) -> Turn:
    return Turn(message, **{"passages": PASSAGES, **fields})


def test_without_a_model_the_answer_quotes_the_evidence():
    answer = assistant().reply(turn("退款多久到账？"))

    assert answer.status == "answered"
    assert answer.mode == "extractive"
    assert answer.model is None
    assert answer.text.startswith("退款在3个工作日内到账 [1]。")
    assert PASSAGES[0][answer.citations[0].start : answer.citations[0].end] == answer.citations[0].quote


def test_a_sentence_that_stands_is_the_models_own():
    answer = assistant(Model("退款3个工作日内", "到账[1]。")).reply(turn("退款多久到账？"))

    assert (answer.mode, answer.model) == ("llm", "scripted")
    assert answer.text == "退款3个工作日内到账 [1]。"
    assert answer.citations[0].quote == "退款在3个工作日内到账。"


def test_an_invented_sentence_is_dropped_and_listed():
    answer = assistant(Model("退款3个工作日内到账[1]。我们支持比特币支付[1]。")).reply(turn("退款多久到账？"))

    assert "比特币" not in answer.text
    assert [sentence.supported for sentence in answer.sentences] == [True, False]


def test_a_turned_no_is_put_right_in_the_evidences_own_words():
    answer = assistant(Model("内衣拆封后支持七天无理由退货[1]。")).reply(turn("内衣拆封能退货吗"))

    assert answer.text == "内衣拆封后不支持七天无理由退货 [1]。"
    assert answer.sentences[0].reason == "the cited text says the opposite"


def test_a_model_of_which_nothing_stands_gives_way_to_the_evidence():
    answer = assistant(Model("我们支持比特币。")).reply(turn("退款多久到账？"))

    assert answer.mode == "extractive"
    assert "3个工作日" in answer.text


@pytest.mark.parametrize(("certainty", "status"), [(0.1, "declined"), (3.0, "answered")])
def test_a_model_that_finds_no_answer_takes_from_what_was_certain(certainty, status):
    model = Model("资料里没有这个问题的答案。")

    answer = assistant(model, intercept=certainty).reply(turn("退款多久到账？"))

    assert (answer.status, answer.mode) == (status, "extractive")
    assert answer.confidence < assistant(intercept=certainty).reply(turn("退款多久到账？")).confidence


def test_a_model_that_only_says_what_does_not_stand_takes_nothing():
    answer = assistant(Model("资料里没有这个问题的答案。我们支持比特币。"), intercept=0.3).reply(turn("退款多久到账？"))

    assert answer.status == "answered"


@pytest.mark.parametrize(
    ("certainty", "judged", "status", "mode"),
    [
        (3.0, 2.0, "answered", "llm"),
        (0.5, -9.0, "declined", "extractive"),
        (-1.5, 9.0, "answered", "llm"),
        (-9.0, 9.0, "declined", "extractive"),
    ],
)
def test_what_the_model_judges_before_it_writes_counts(certainty, judged, status, mode):
    model = ScriptedChatModel(["退款3个工作日内到账[1]。"], judges=judged)
    opinion = Opinion(weight=1.0, centre=0.0, most=2.0)

    answer = assistant(model, intercept=certainty, opinion=opinion).reply(turn("退款多久到账？"))

    assert (answer.status, answer.mode) == (status, mode)
    assert len(model.prompts) == (certainty > -9)


def test_a_message_whose_model_is_not_to_be_asked_goes_by_the_evidence_alone():
    model = ScriptedChatModel(["退款3个工作日内到账[1]。"], judges=-9.0)
    opinion = Opinion(weight=9.0, centre=0.0, most=9.0)

    assert assistant(model, opinion=opinion).reply(turn("退款多久到账？")).status == "declined"
    assert assistant(model, opinion=opinion, asks_model=False).reply(turn("退款多久到账？")).mode == "llm"
    assert assistant(model).reply(turn("退款多久到账？")).mode == "llm"


def test_a_model_that_judges_and_then_fails_gives_way_to_the_evidence():
    model = ScriptedChatModel(["退款3个工作日内到账[1]。"], judges=2.0, fault="error")

    assert assistant(model).reply(turn("退款多久到账？")).mode == "extractive"


class Languages(EvidenceFinder):
    """Finds nothing sure for Chinese, and an answer for a question in English."""

    def __init__(self, found: EvidenceFinder) -> None:
        self._found, self.asked = found, []

    def find(self, question, query, source, **reading):
        self.asked.append((question, query.text))
        found = self._found.find(question, query, source, **reading)
        look = replace(found.look, across=1)
        return replace(found, look=look, confidence=0.9 if question.isascii() else 0.01)

    def weigh(self, question, look):
        return self._found.weigh(question, look)


def test_a_question_that_finds_nothing_sure_is_asked_in_the_other_language():
    model = ScriptedChatModel(["How long does delivery take?", "市内配送需要2天[3]。"])
    asking = assistant(model)
    asking._finder = finder = Languages(asking._finder)
    traces = []
    asking._recorder = SimpleNamespace(keep=lambda trace, _answer: traces.append(trace))

    answer = asking.reply(turn("市内配送要几天"))

    assert finder.asked == [("市内配送要几天",) * 2, ("How long does delivery take?",) * 2]
    assert (answer.status, answer.language) == ("answered", "zh")
    assert "市内配送要几天" in model.prompts[1][-1].content
    assert [trace.translated for trace in traces] == ["How long does delivery take?"]
    assert assistant(model, translate_s=0, intercept=-9.0).reply(turn("市内配送要几天")).status == "declined"


def test_a_model_that_fails_gives_way_to_the_evidence():
    answer = assistant(Model(ChatModelTimeout("no answer in 5 s"))).reply(turn("退款多久到账？"))

    assert answer.status == "answered"
    assert answer.mode == "extractive"


def test_a_model_that_fails_half_way_keeps_what_stood():
    answer = assistant(Model("退款3个工作日内到账[1]。节假", ChatModelTimeout("cut"))).reply(turn("退款多久到账？"))

    assert answer.text == "退款3个工作日内到账 [1]。"


def test_a_reply_in_the_wrong_language_is_not_shown():
    model = Model("Refunds arrive within 3 working days, holidays excluded [1].")

    assert "Refunds" not in assistant(model).reply(turn("退款多久到账？")).text


def test_extractive_mode_asks_no_model():
    model = Model("退款3个工作日内到账[1]。")

    assert assistant(model).reply(turn("退款多久到账？", mode="extractive")).mode == "extractive"
    assert model.prompts == []


def test_what_is_hardly_answerable_is_declined_without_asking_the_model():
    model = Model("退款3个工作日内到账[1]。")

    answer = assistant(model, intercept=-9.0).reply(turn("你们老板是谁？"))

    assert answer.status == "declined"
    assert answer.citations == ()
    assert model.prompts == []


def test_no_passages_are_declined():
    assert assistant().reply(turn("退款多久到账？", passages=())).status == "declined"


def test_each_sentence_is_streamed_behind_its_citation_and_the_end_is_the_answer():
    events = list(assistant().stream(turn("退款多久到账？")))

    assert isinstance(events[0], CitationEvent)
    assert isinstance(events[1], SentenceEvent)
    assert isinstance(events[-1], DoneEvent)
    assert events[1].sentence in events[-1].answer.sentences


def test_closing_the_stream_stops_the_model():
    model = Model("退款3个工作日内到账[1]。", "节假日顺延[1]。", "节假日顺延[1]。")
    stream = assistant(model).stream(turn("退款多久到账？"))
    next(stream)

    stream.close()

    assert model.is_closed


def test_the_reply_is_in_the_language_of_the_question_or_of_the_turn():
    assert assistant().reply(turn("How long does delivery take?")).language == "en"
    assert assistant().reply(turn("退款多久到账？", language="en")).language == "en"


@pytest.mark.parametrize("message", ["", "  \n"])
def test_an_empty_question_is_refused(message):
    with pytest.raises(QuestionEmpty):
        assistant().reply(turn(message))


def test_a_question_beyond_the_limit_is_refused_with_both_numbers():
    with pytest.raises(QuestionTooLong, match=r"100000 .* 4000"):
        assistant().reply(turn("退" * 100_000))


def test_the_index_is_asked_for_what_is_in_force_and_visible():
    asked: list[Query] = []

    class Index(GivenPassages):
        def rank(self, query, vector, *, depth=50):
            asked.append(query)
            return super().rank(query, vector, depth=depth)

    @contextmanager
    def borrow():
        yield Index(PASSAGES, BigramEmbedder())

    embedder = BigramEmbedder()
    desk = Assistant(
        borrow=borrow,
        embedder=embedder,
        finder=finder(embedder, 9.0),
        checker=SentenceChecker(),
        today=lambda: date(2026, 11, 24),
    )

    desk.reply(Turn("退款多久到账？", access=frozenset({"staff"})))
    desk.reply(Turn("退款多久到账？", as_of=date(2025, 1, 2)))

    assert [(query.as_of, query.access) for query in asked] == [
        (date(2026, 11, 24), frozenset({"staff"})),
        (date(2025, 1, 2), frozenset()),
    ]
