"""A question in the documents' other language, for when its own words find nothing sure.

Vectors of the two languages are near each other, words are not, and the reader judges best what is all in one language:
a question that the model has translated is searched and read like any other. The model's words are only searched with;
what they find is judged against the customer's own question.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import closing

from app.domain import ChatModel, Message
from app.generation.errors import ChatModelError
from index.text.language import detect, other_language
from index.text.normalize import collapse_spaces
from index.types import Language

logger = logging.getLogger(__name__)

_SYSTEM = (
    "You translate questions that customers ask a web shop, so that documents in the other language can be searched. "
    "Keep numbers, model names and brands. Write the translation alone, on one line."
)
_INTO: Mapping[Language, str] = {"en": "Translate into English: ", "zh": "翻译成简体中文："}
_TOKENS_A_CHARACTER = 1.5
_MOST_TOKENS = 120
_LONGEST = 200
"""Characters of a question that is translated; a longer one tells a story, and takes the time of an answer."""
_QUOTES = " \t\"'“”「」"


def in_other_language(
    model: ChatModel, question: str, *, limit_s: float, clock: Callable[[], float] = time.monotonic
) -> str | None:
    """The question in English, or in Chinese where it is English; None when the model fails or is not done in time."""
    into = other_language(question)
    if len(question) > _LONGEST:
        return None
    prompt = [Message("system", _SYSTEM), Message("user", _INTO[into] + collapse_spaces(question))]
    room = min(_MOST_TOKENS, 16 + round(_TOKENS_A_CHARACTER * len(question)))
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
    line = text.strip().partition("\n")[0].strip(_QUOTES)
    return line if line and (detect(line) == "en") == (into == "en") else None
