"""How many tokens a language model read and wrote: as it tells itself, else by the characters."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence

from app.domain.chat_model import Message

_OF_CHINESE, _OF_OTHER = 0.65, 0.25
"""Tokens a character: current tokenisers take some three Chinese characters as two tokens, and four letters as one."""
_CHINESE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


class Counted(str):
    """A piece of a reply, mostly an empty one at its end, that says what the whole exchange came to."""

    tokens: int

    def __new__(cls, text: str, tokens: int) -> Counted:
        """`tokens` read and written."""
        made = super().__new__(cls, text)
        made.tokens = tokens
        return made


class TokenMeter:
    """Counts the tokens of one reply while it arrives."""

    def __init__(self, prompt: Sequence[Message]) -> None:
        self._prompt, self._text, self._told = prompt, "", 0

    def watching(self, pieces: Iterable[str]) -> Iterator[str]:
        """The pieces as they come."""
        for piece in pieces:
            if isinstance(piece, Counted):
                self._told = piece.tokens
            self._text += piece
            yield piece

    @property
    def tokens(self) -> int:
        """Of prompt and reply so far: what the model told, else an estimate."""
        return self._told or estimated_tokens("".join(message.content for message in self._prompt) + self._text)


def estimated_tokens(text: str) -> int:
    """Within a fifth for Chinese and English prose; 0 for no text."""
    chinese = len(_CHINESE.findall(text))
    return math.ceil(_OF_CHINESE * chinese + _OF_OTHER * (len(text) - chinese))
