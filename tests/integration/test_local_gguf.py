"""The local language model with real weights: run with `pytest -m llm` after `kefu models pull 0.5b`."""

import os
import time
from pathlib import Path

import pytest

from app.domain import Evidence, Judged
from app.generation.errors import ChatModelTimeout, ChatModelUnavailable
from app.generation.langchain import ChatTimeouts, LangChainChatModel
from app.generation.local_gguf import LocalGGUFChat
from app.generation.probe import PROBES
from app.generation.prompts import build_prompt
from index.weights import Weights
from tests.fakes import passage

pytestmark = pytest.mark.llm

MODEL = os.environ.get("KEFU_LLM__LOCAL__MODEL", "0.5b")
RULES = [
    "签收后七日内，商品完好的可以申请无理由退货，运费由顾客承担。",
    "质量问题退货的运费由商家承担，退款在三个工作日内原路返回。",
    "生鲜商品须在签收后24小时内拍照反馈，逾期不予受理。",
]


def prompt(question: str, rules=RULES, language: str = "zh"):
    evidence = [Evidence(number, passage(text), 0, 0, 1.0) for number, text in enumerate(rules, start=1)]
    return build_prompt(question, evidence, language=language)


@pytest.fixture(scope="module")
def chat():
    cache = Path(os.environ.get("KEFU_MODELS__CACHE", "~/.cache/kefu/models")).expanduser()
    model = LocalGGUFChat(path=Weights(cache).path(MODEL), model_name=MODEL)
    model.warm_up([prompt("", [], language) for language in ("zh", "en")])
    yield model
    model.close()


def adapter(chat, *limits: float) -> LangChainChatModel:
    return LangChainChatModel(
        chat, name="local", timeouts=ChatTimeouts(*limits) if limits else ChatTimeouts(60, 30, 120)
    )


def judged(chat, question: str, rules=RULES, language: str = "zh") -> tuple[float, str]:
    pieces = list(adapter(chat).stream(prompt(question, rules, language), max_tokens=16, probe=PROBES[language]))
    return next(piece.log_odds for piece in pieces if isinstance(piece, Judged)), "".join(pieces)


@pytest.mark.skipif(MODEL != "1.5b", reason="0.5b cannot tell, and is not asked: run with KEFU_LLM__LOCAL__MODEL=1.5b")
def test_what_the_rules_say_is_judged_likelier_than_what_they_do_not(chat):
    assert judged(chat, "质量问题退货的运费谁付？")[0] > judged(chat, "你们公司有多少员工？")[0]
    rule = ["Refunds reach the account within three working days."]
    told = judged(chat, "How long does a refund take?", rule, "en")[0]
    assert told > judged(chat, "How many people work for your company?", rule, "en")[0]


def test_a_judgement_and_its_reply_are_the_same_whatever_was_asked_before(chat):
    first = judged(chat, "生鲜坏了要多久内反馈？")
    list(adapter(chat).stream(prompt("质量问题的运费谁付？"), max_tokens=4))
    reading = adapter(chat).stream(prompt("签收后几日内可以退货？"), max_tokens=16, probe=PROBES["zh"])
    next(reading)
    reading.close()

    assert judged(chat, "生鲜坏了要多久内反馈？") == first


def when_free(chat) -> float:
    started = time.monotonic()
    with chat._turn:
        return time.monotonic() - started


def test_a_prompt_gets_the_same_reply_whatever_was_asked_before(chat):
    """To the last bit of every token's probability: what was computed in other batches would round otherwise."""

    def probabilities(model) -> list[float]:
        found = []

        class Listening:
            def handle_chat_completions(self, request, take):
                def listen(event):
                    for choice in event.get("choices") or []:
                        found.extend(item["logprob"] for item in (choice.get("logprobs") or {}).get("content") or [])
                    return take(event)

                asked = {"logprobs": True} if request["max_tokens"] else {}
                server.handle_chat_completions({**request, **asked}, listen)

        server, model._server = model._server, Listening()
        try:
            assert "".join(adapter(model).stream(prompt("生鲜坏了要多久内反馈？"), max_tokens=24)).strip()
            when_free(model)
        finally:
            model._server = server
        return found

    first = probabilities(chat)
    again = probabilities(chat)
    list(adapter(chat).stream(prompt("质量问题的运费谁付？"), max_tokens=4))
    list(adapter(chat).stream(prompt("How long?", ["Refunds take 3 days."], "en"), max_tokens=4))
    stopped = adapter(chat).stream(prompt("别的问题？", RULES[::-1]))
    next(stopped)
    stopped.close()
    when_free(chat)
    after_others = probabilities(chat)
    fresh = LocalGGUFChat(path=chat.path, model_name="fresh")
    fresh.load()
    in_another_process = probabilities(fresh)
    fresh.close()

    assert len(first) > 2
    assert first == again == after_others == in_another_process


def test_the_part_that_prompts_share_is_read_once(chat):
    def seconds_to_text(question, language):
        started = time.monotonic()
        reply = adapter(chat).stream(prompt(question, [RULES[0]], language))
        next(reply)
        reply.close()
        when_free(chat)
        return time.monotonic() - started

    for language in ("zh", "en"):
        seconds_to_text("怎么退？", language)
    again = [seconds_to_text("怎么退货？", "zh"), seconds_to_text("怎么退货？", "en")]
    fresh = LocalGGUFChat(path=chat.path, model_name="fresh")
    fresh.load()
    started = time.monotonic()
    next(adapter(fresh).stream(prompt("怎么退货？", [RULES[0]], "zh")))
    assert max(again) < time.monotonic() - started
    when_free(fresh)
    fresh.close()


def test_closing_a_reply_frees_the_model_soon(chat):
    reply = adapter(chat).stream(prompt("详细说明所有规定。"))
    next(reply)
    reply.close()

    assert when_free(chat) < 5


def test_a_time_out_while_the_prompt_is_read_frees_the_model_soon(chat):
    with pytest.raises(ChatModelTimeout):
        list(adapter(chat, 0.05, 0.05, 1).stream(prompt("运费？", RULES[::-1] * 3)))

    assert when_free(chat) < 5
    assert "".join(adapter(chat).stream(prompt("运费谁出？")))


def test_a_prompt_beyond_the_context_is_told(chat):
    with pytest.raises(ChatModelUnavailable, match="exceeds the available context"):
        list(adapter(chat).stream(prompt("长" * 6000)))


def test_the_library_leaves_the_signals_of_the_process_alone(chat):
    import signal

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    caught = int(next(line for line in Path("/proc/self/status").read_text().splitlines() if "SigCgt" in line)[8:], 16)
    assert not caught >> (signal.SIGTERM - 1) & 1


def test_it_is_an_ordinary_langchain_model(chat):
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate

    chain = ChatPromptTemplate.from_messages([("user", "{a}+{b}=?")]) | chat | StrOutputParser()

    assert "2" in chain.invoke({"a": 1, "b": 1})
