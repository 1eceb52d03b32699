"""Tokens of a reply: as the model tells them, else by the characters."""

from __future__ import annotations

import pytest

from app.domain import Message
from app.domain.tokens import Counted, TokenMeter, estimated_tokens

PROMPT = [Message("system", "你是客服。"), Message("user", "How long does a refund take?")]


def test_what_the_model_tells_counts():
    meter = TokenMeter(PROMPT)

    assert list(meter.watching(["Three days.", Counted("", 57)])) == ["Three days.", ""]
    assert meter.tokens == 57


def test_a_model_that_tells_nothing_is_estimated_from_prompt_and_reply():
    meter = TokenMeter(PROMPT)
    list(meter.watching(["Three days."]))

    assert meter.tokens == estimated_tokens("你是客服。How long does a refund take?Three days.")


@pytest.mark.parametrize(
    ("text", "tokens"),  # as the tokenizer of Qwen2.5 counts them
    [
        ("七天无理由退货的运费由买家承担，质量问题由商家承担。", 17),
        ("A refund to a credit card usually arrives within three to five business days after we receive it.", 19),
    ],
)
def test_the_estimate_is_near_what_a_tokenizer_counts(text, tokens):
    assert estimated_tokens(text) == pytest.approx(tokens, rel=0.35)


def test_no_text_has_no_tokens():
    assert estimated_tokens("") == 0
