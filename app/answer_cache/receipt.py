"""The receipt of an answer that was given again: it names the one that says how the answer came about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from app.answer_cache.cached_assistant import Served
from app.domain import Answer
from app.receipts.receipt import Asked, GivenAgain, Judged, Program, Receipt, Said


class ServedRecorder:
    """Makes receipts of answers given again and hands them on."""

    def __init__(
        self,
        put: Callable[[Callable[[], Receipt]], None],
        *,
        program: Callable[[], Program],
        threshold: float,
        keeps_question: bool = True,
    ) -> None:
        """Ready to record.

        Args:
            put: takes a function that makes the receipt, to be called some time later.
            program: what answers; asked when the receipt is made.
            threshold: least confidence of an answer.
            keeps_question: whether the customer's words are kept, or only their hash.
        """
        self._put, self._program = put, program
        self._threshold, self._keeps_question = threshold, keeps_question

    def __call__(self, served: Served, answer: Answer) -> None:
        """Hand on what is needed to make the receipt."""
        created_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._put(lambda: self._receipt(served, answer, created_at))

    def _receipt(self, served: Served, answer: Answer, created_at: str) -> Receipt:
        turn, keeps = served.turn, self._keeps_question
        shown = answer.to_dict()
        return Receipt(
            receipt_id=answer.receipt_id,
            created_at=created_at,
            program=self._program(),
            asked=Asked(
                message=turn.message if keeps else None,
                message_sha256=hashlib.sha256(turn.message.encode("utf-8", "surrogatepass")).hexdigest(),
                standalone=served.asked.text if keeps else None,
                history=tuple(Said(item.role, item.content) for item in turn.history) if keeps else None,
                passages=None,
                language=turn.language,
                as_of=turn.as_of.isoformat() if turn.as_of is not None else None,
                day=served.asked.day.isoformat(),
                access=tuple(sorted(turn.access)),
                mode=turn.mode,
                conversation_id=turn.conversation_id,
                today=served.asked.today.isoformat(),
            ),
            generation=answer.generation,
            found=(),
            read=None,
            judged=Judged(float(answer.confidence), self._threshold, 0.0, {}),
            evidence=(),
            wrote=None,
            drafted=(),
            answer=shown if keeps else _without_words(shown),
            given_again=GivenAgain(
                receipt_id=served.entry.answer.receipt_id,
                match=served.match,
                similarity=round(served.similarity, 4),
                question=served.entry.question if keeps else None,
                created_at=served.entry.created_at,
            ),
        )


def _without_words(answer: dict[str, Any]) -> dict[str, Any]:
    """As `app.assistant.trace` leaves out what a model wrote: it may repeat the question."""
    kept = [{**sentence, "text": ""} for sentence in answer["sentences"] if sentence["supported"]]
    return {**answer, "text": "", "sentences": kept}


def fingerprint(program: Program, **more: object) -> str:
    """Sha256 of what answers; `more` is what bears on answers beside the program."""
    spelled = json.dumps([asdict(program), more], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(spelled.encode()).hexdigest()
