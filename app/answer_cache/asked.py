"""What was asked, as far as the answer depends on it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.answer_cache.meaning import spelled
from app.answer_cache.personal import is_personal
from app.assistant.asked_day import asked_day
from app.assistant.follow_up import standalone_question
from app.assistant.phrases import reply_language
from app.domain import Turn
from index.text.normalize import fold
from index.types import Language

_RELATIVE_DAY = re.compile(
    r"今[天日年晚]|明[天日年早晚]|昨[天日晚]|前[天日年]|后[天年]|去年|上(?:周|个?月|个?星期|半年)|下(?:周|个?月|个?星期|半年)|[这本](?:周|个?月|个?星期|年)"
    r"|\b(?:today|tonight|tomorrow|yesterday|this|last|next)\b|周末|月[初底末]|年[初底末]|\bweekend\b"
)
"""Words whose day moves with the calendar: such a question is another one tomorrow."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with everything but the documents that its answer depends on."""

    text: str
    """Understandable alone."""
    language: Language
    """Of the reply."""
    scope: str
    """Sha256 of all that has to be the same for two questions to share an answer, whatever their words."""
    today: date
    as_of: date | None
    """Day that the caller named."""
    named: date | None
    """Day of a purchase that the question names."""
    access: frozenset[str]
    model: str | None
    """The language model that would write; None for the documents' own words."""

    @property
    def day(self) -> date:
        """The day whose rules are asked for."""
        return self.as_of or self.named or self.today

    @property
    def key(self) -> str:
        """Sha256 of scope and words."""
        return hashlib.sha256(f"{self.scope}\x00{spelled(self.text)}".encode("utf-8", "surrogatepass")).hexdigest()


class QuestionReader:
    """Makes of a turn what is looked up."""

    def __init__(
        self,
        *,
        model: Callable[[], str | None],
        fingerprint: Callable[[], str],
        takes_extractive: bool = False,
        max_question: int = 500,
        today: Callable[[], date] = date.today,
    ) -> None:
        """Ready to read.

        Args:
            model: name of the language model that would write now; None when there is none that is ready.
            fingerprint: of program and settings, as far as they bear on answers.
            takes_extractive: whether answers in the documents' own words are kept too.
            max_question: characters; longer questions are never asked again in the same words.
            today: the day.
        """
        self._model, self._fingerprint = model, fingerprint
        self._takes_extractive, self._max_question, self._today = takes_extractive, max_question, today

    def read(self, turn: Turn) -> AskedQuestion | None:
        """None for a turn whose answer is not to be kept: texts came with it, or it may speak of one person."""
        message = turn.message.strip()
        if turn.passages is not None or not message or len(message) > self._max_question:
            return None
        model = self._model() if turn.mode != "extractive" else None
        if model is None and not self._takes_extractive:
            return None
        question = standalone_question(message, turn.history)
        if len(question) > self._max_question or is_personal(question) or not spelled(question):
            return None
        today = self._today()
        named = asked_day(question, today) if turn.as_of is None else None
        language = turn.language or reply_language(message)
        moving = today.isoformat() if _RELATIVE_DAY.search(fold(question)) else None
        parts = [language, model, self._fingerprint(), sorted(turn.access), _iso(turn.as_of), _iso(named), moving]
        scope = hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
        return AskedQuestion(question, language, scope, today, turn.as_of, named, turn.access, model)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
