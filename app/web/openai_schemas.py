"""The part of OpenAI's chat completions that has a meaning here; everything else is accepted and ignored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.domain import Answer, Message, Turn
from app.security.access import Caller
from app.web.request_errors import ModelNotOffered
from app.web.schemas import Text
from index.errors import QuestionEmpty

MODELS: dict[str, Literal["auto", "llm", "extractive"]] = {
    "kefu": "auto",
    "kefu-llm": "llm",
    "kefu-extractive": "extractive",
}
"""Name of the model as clients choose it, and how the answer is then written."""

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af]")


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)


class ImageUrl(_Lenient):
    """A picture, as a data URL."""

    url: str


class ContentPart(_Lenient):
    """A part of a message; text and pictures are read."""

    type: str
    text: Text | None = None
    image_url: ImageUrl | None = None


class CompletionMessage(_Lenient):
    """A message; of the roles only user and assistant are read."""

    role: str
    content: Text | list[ContentPart] | None = None

    def words(self) -> str:
        """Its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""


class StreamOptions(_Lenient):
    """What a stream tells besides the text."""

    include_usage: bool = False


class CompletionRequest(_Lenient):
    """A chat completion. The last user message is the question, what stands before it the history."""

    model: Text = "kefu"
    messages: list[CompletionMessage] = Field(min_length=1, max_length=500)
    stream: bool = False
    stream_options: StreamOptions | None = None
    as_of: date | None = None
    """A field of ours: answer by the rules in force on that day."""

    def to_turn(self, caller: Caller) -> Turn:
        """As the assistant takes it. System messages are left out: what may be said is decided here, by the evidence.

        Raises `ModelNotOffered`, and `QuestionEmpty` without a user message.
        """
        if self.model not in MODELS:
            raise ModelNotOffered(f"There is no model {self.model[:100]!r} here. Use one of: {', '.join(MODELS)}.")
        asked = asked_at(self.messages)
        if asked is None:
            raise QuestionEmpty("There is no message of role user to answer.")
        history = tuple(
            Message("user" if message.role == "user" else "assistant", message.words())
            for message in self.messages[:asked]
            if message.role in ("user", "assistant")
        )
        return Turn(
            message=self.messages[asked].words(),
            history=history,
            as_of=self.as_of,
            access=caller.access,
            mode=MODELS[self.model],
        )

    def usage(self, answer: Answer) -> dict[str, int]:
        """Tokens as estimated from the text: a character of Chinese or four of another script each."""
        prompt = sum(count_tokens(message.words()) for message in self.messages)
        completion = count_tokens(answer.text)
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def asked_at(messages: Sequence[CompletionMessage]) -> int | None:
    """Number of the message that is the question, the last one of a user; None without any."""
    return max((at for at, message in enumerate(messages) if message.role == "user"), default=None)


def count_tokens(text: str) -> int:
    """Estimated number of tokens, at least 1 for any text."""
    wide = len(_CJK.findall(text))
    return max(1, wide + (len(text) - wide + 3) // 4) if text else 0


def kefu_field(answer: Answer) -> dict[str, Any]:
    """What OpenAI's format has no place for: the proof."""
    body = answer.to_dict()
    names = ("status", "language", "sentences", "citations", "confidence", "mode", "model", "generation", "receipt_id")
    optional: dict[str, Any] = {name: body[name] for name in ("missing", "closing", "cached") if name in body}
    return {**{name: body[name] for name in names}, "as_of": body.get("as_of"), **optional}
