"""What happened in one turn: noted by reference while it happens, made into a receipt when nobody waits any more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from app.assistant.answerability import Weighing
from app.assistant.draft import DraftNote, Trail
from app.assistant.finding import Finding, Look
from app.domain import Answer, Evidence, Turn
from app.receipts.receipt import (
    Asked,
    Drafted,
    FoundPassage,
    Judged,
    Piece,
    Program,
    Read,
    ReadWindow,
    Receipt,
    Said,
    StageScore,
    Wrote,
)
from app.retrieval.retriever import Retrieved
from index.text.terms import content_terms, held_terms
from index.types import Query

_HELD = 0.99


class Threshold(Protocol):
    """The part of an assistant's parameters that a receipt names."""

    @property
    def min_confidence(self) -> float:
        """Below it the assistant declines."""

    @property
    def max_tokens(self) -> int:
        """Of the model's reply."""


@dataclass(frozen=True, slots=True)
class TurnTrace:
    """One turn that is over."""

    turn: Turn
    today: date
    query: Query
    finding: Finding
    trail: Trail
    params: Threshold
    weigh: Callable[[], Weighing]
    """Takes milliseconds."""
    translated: str | None = None
    """The question in the documents' other language, where what that found is what is answered from."""


class Recorder(Protocol):
    """Keeps what happened in a turn."""

    def keep(self, trace: TurnTrace, answer: Answer) -> None:
        """Take it; called when the answer is out, must not take time and must not raise."""


class ReceiptRecorder:
    """Makes receipts of turns and hands them on."""

    def __init__(
        self,
        put: Callable[[Callable[[], Receipt]], None],
        *,
        program: Callable[[], Callable[[], Program]],
        pin: Callable[[str], str | None],
        keeps_question: bool = True,
    ) -> None:
        """Ready to record.

        Args:
            put: takes a function that makes the receipt, to be called some time later.
            program: notes what answers, while its conversation is served; what it gives tells it when the receipt is
                made.
            pin: sha256 of the weights of a language model by its name; None for one that is not on this machine.
            keeps_question: whether the customer's words are kept, or only their hash.
        """
        self._put, self._program, self._pin, self._keeps_question = put, program, pin, keeps_question

    def keep(self, trace: TurnTrace, answer: Answer) -> None:
        """Hand on what is needed to make the receipt."""
        created_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        program = self._program()
        self._put(lambda: self._receipt(trace, answer, created_at, program))

    def _receipt(self, trace: TurnTrace, answer: Answer, created_at: str, program: Callable[[], Program]) -> Receipt:
        look = trace.finding.look
        weighing = trace.weigh()
        shown = answer.to_dict()
        keeps_words = self._keeps_question or (answer.mode == "extractive" and trace.trail.prompt is None)
        if not self._keeps_question:
            shown = _without_models_words(shown) if answer.mode == "llm" else _without_dropped(shown)
            shown = _without_questions_words(shown)
        return Receipt(
            receipt_id=answer.receipt_id,
            created_at=created_at,
            program=program(),
            asked=self._asked(trace),
            generation=answer.generation,
            found=self._found(trace, look) if look is not None else (),
            read=_read(look),
            judged=Judged(
                confidence=float(answer.confidence),
                threshold=trace.params.min_confidence,
                intercept=weighing.intercept,
                features=_plain_features(weighing.features),
            ),
            evidence=tuple(_piece(item) for item in look.evidence) if look is not None else (),
            wrote=self._wrote(trace),
            drafted=tuple(_drafted(note, keeps_words=keeps_words) for note in trace.trail.notes),
            answer=shown,
        )

    def _asked(self, trace: TurnTrace) -> Asked:
        turn, keeps = trace.turn, self._keeps_question
        return Asked(
            message=turn.message if keeps else None,
            message_sha256=hashlib.sha256(turn.message.encode("utf-8", "surrogatepass")).hexdigest(),
            standalone=trace.query.text if keeps else None,
            history=tuple(Said(item.role, item.content) for item in turn.history) if keeps else None,
            passages=turn.passages if keeps else None,
            language=turn.language,
            as_of=turn.as_of.isoformat() if turn.as_of is not None else None,
            day=trace.query.as_of.isoformat() if trace.query.as_of is not None else None,
            today=trace.today.isoformat(),
            access=tuple(sorted(turn.access)),
            mode=turn.mode,
            conversation_id=turn.conversation_id,
            translated=trace.translated if keeps else None,
        )

    def _found(self, trace: TurnTrace, look: Look) -> tuple[FoundPassage, ...]:
        terms = content_terms(trace.translated or trace.query.text) if self._keeps_question else ()
        return tuple(_found(item, terms, is_across=at >= look.own) for at, item in enumerate(look.retrieved))

    def _wrote(self, trace: TurnTrace) -> Wrote | None:
        if trace.trail.prompt is None or trace.trail.model is None:
            return None
        said = tuple(Said(message.role, message.content) for message in trace.trail.prompt)
        spelled = json.dumps([[item.role, item.content] for item in said], ensure_ascii=False)
        pin = self._pin(trace.trail.model)
        return Wrote(
            name=trace.trail.model,
            sha256=pin,
            parameters={
                "temperature": 0.0,
                "max_tokens": float(trace.params.max_tokens),
                **({"seed": 0.0} if pin is not None else {}),  # a model elsewhere is not told one
            },
            prompt_sha256=hashlib.sha256(spelled.encode("utf-8", "surrogatepass")).hexdigest(),
            prompt=said if self._keeps_question else None,
            failure=trace.trail.failure,
        )


def _found(item: Retrieved, terms: Sequence[str], *, is_across: bool) -> FoundPassage:
    passage, hit = item.passage, item.hit
    shares = held_terms(terms, passage.text, around=passage.context)
    # A word that stands only above the passage counts half, and is a match all the same.
    words = [term for term, share in zip(terms, shares, strict=True) if share >= _HELD / 2]
    return FoundPassage(
        passage_id=passage.passage_id,
        document_id=passage.document_id,
        title=passage.title,
        heading=passage.location.heading,
        page=passage.location.page,
        row=passage.location.row,
        content_hash=passage.content_hash,
        language=passage.language,
        score=float(hit.score),
        stages={stage: StageScore(float(score), hit.ranks.get(stage, 0)) for stage, score in hit.stages.items()},
        best_sentence=hit.best_sentence,
        is_across=is_across,
        words=tuple(words),
    )


def _read(look: Look | None) -> Read | None:
    if look is None or look.reading is None:
        return None
    windows = [
        ReadWindow(item.passage.passage_id, item.first, item.last, tuple(logits))
        for item, logits in zip(look.windows, look.reading.sentences, strict=True)
    ]
    return Read(look.reading.answerable, tuple(windows))


def _piece(item: Evidence) -> Piece:
    return Piece(item.number, item.passage.passage_id, item.first, item.last, float(item.score), item.quote)


def _drafted(note: DraftNote, *, keeps_words: bool) -> Drafted:
    reason = note.reason if keeps_words or note.reason is None else note.reason.split(":")[0]
    return Drafted(
        text=note.text if keeps_words else None,
        cited=note.cited,
        fate=note.fate,
        reason=reason,
        score=float(note.score),
        rests_on=tuple((item.passage.passage_id, item.first, item.last) for item in note.evidence),
    )


def _plain_features(features: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    return {name: (float(value), float(weight)) for name, (value, weight) in features.items()}


def _without_dropped(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer without the sentences that were never shown: a model may have repeated the question in them."""
    return {**answer, "sentences": [sentence for sentence in answer["sentences"] if sentence["supported"]]}


def _without_questions_words(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer without the parts of the question that it names as open."""
    closing = answer.get("closing") or ""
    kept = {name: value for name, value in answer.items() if name not in ("missing", "closing")}
    return {**kept, "text": kept["text"].removesuffix(closing).rstrip()} if closing else kept


def _without_models_words(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with its quotes, without what a model wrote, which may repeat a name or a number of the question."""
    kept = _without_dropped(answer)
    return {**kept, "text": "", "sentences": [{**sentence, "text": ""} for sentence in kept["sentences"]]}
