"""A question in the documents' other language, for when its own words find nothing sure.

Vectors of the two languages are near each other, words are not, and the reader judges best what is all in one language:
a question that the model has translated is searched and read like any other. A carrier may be 快递公司 or 承运人: the
model sees sentences of the documents, so that it takes their words. Its own are only searched with; what they find is
judged against the customer's own question.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing

from app.domain import ChatModel, Message
from app.generation.errors import ChatModelError
from app.generation.quantities import unsaid
from index.text.language import detect, other_language
from index.text.normalize import collapse_spaces
from index.types import Language

logger = logging.getLogger(__name__)

_SYSTEM = (
    "You translate questions that customers ask a web shop, so that documents in the other language can be searched. "
    "Keep numbers, model names and brands. Write the translation alone, on one line."
)
_INTO: Mapping[Language, str] = {"en": "Translate into English: ", "zh": "翻译成简体中文："}
_BESIDE = "资料摘录：\n{lines}\n\n用资料里的用词把下面的问题翻译成简体中文："
"""Into Chinese alone: into English a small model copies the sentences, or answers from them, instead of translating."""
_SENTENCES, _LONGEST_SENTENCE = 3, 50
"""Characters. What the model reads is what a translation costs: these are three seconds on two cores."""
_TOKENS_A_CHARACTER = 1.5
_MOST_TOKENS = 120
_LONGEST = 200
"""Characters of a question that is translated; a longer one tells a story, and takes the time of an answer."""
_DIGIT = re.compile(r"\d")
_QUOTES = " \t\"'“”「」"


def in_other_language(
    model: ChatModel,
    question: str,
    *,
    limit_s: float,
    beside: Sequence[str] = (),
    clock: Callable[[], float] = time.monotonic,
) -> str | None:
    """The question in English, or in Chinese where it is English; None when the model fails or is not done in time.

    `beside` are sentences of the documents that are to be searched, nearest first. A translation that takes a figure
    from them which the question does not have is none: a small model may answer instead.
    """
    into = other_language(question)
    if len(question) > _LONGEST:
        return None
    shown = [collapse_spaces(text)[:_LONGEST_SENTENCE] for text in beside[:_SENTENCES]] if into == "zh" else []
    order = _BESIDE.format(lines="\n".join(shown)) if shown else _INTO[into]
    prompt = [Message("system", _SYSTEM), Message("user", order + collapse_spaces(question))]
    room = min(_MOST_TOKENS, 16 + round(_TOKENS_A_CHARACTER * len(question)))
    line = _first_line(model, prompt, room, limit_s=limit_s, clock=clock)
    if line is None or (detect(line) == "en") != (into == "en"):
        return None
    is_copied = shown and any(_DIGIT.search(figure) for figure in unsaid(line, question))
    return None if is_copied else line


def _first_line(
    model: ChatModel, prompt: Sequence[Message], room: int, *, limit_s: float, clock: Callable[[], float]
) -> str | None:
    """What the model writes, up to the end of its first line; None for nothing, a failure, or too long a wait."""
    end, text = clock() + limit_s, ""
    try:
        with closing(model.stream(prompt, max_tokens=room)) as pieces:
            for piece in pieces:
                text += piece
                if "\n" in text.lstrip():
                    break
                if clock() > end:
                    logger.info("a question was not translated within %g s", limit_s)
                    return None
    except ChatModelError as error:
        logger.warning("a question was not translated (%s): %s", error.code, error.message)
        return None
    return text.strip().partition("\n")[0].strip(_QUOTES) or None
