"""What a streamed answer is made of. A sentence is sent only after it was checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.answer import Answer, AnswerSentence, Citation


@dataclass(frozen=True, slots=True)
class CitationEvent:
    """A citation, sent before the first sentence that refers to it."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class SentenceEvent:
    """A checked sentence; its `marked` text carries the markers."""

    sentence: AnswerSentence


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """Something said in a conversation that rests on no document: a question back, what was done, who takes over."""

    text: str
    data: Mapping[str, Any]
    """What goes with it as JSON: `choices`, `asks`, `confirms`."""


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """The whole answer; always the last event."""

    answer: Answer


AnswerEvent = CitationEvent | SentenceEvent | MessageEvent | DoneEvent


def final_answer(events: Iterable[AnswerEvent]) -> Answer:
    """The answer that a stream ends with."""
    for event in events:
        if isinstance(event, DoneEvent):
            return event.answer
    raise AssertionError("a stream ends with DoneEvent")
