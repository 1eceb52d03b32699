"""Runs answers again: the same question, generation, settings, model and day, as the receipt names them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from app.building.program import with_settings
from app.domain import ChatModel, Message, Turn
from app.receipts.errors import ReceiptNotReplayable
from app.receipts.receipt import Receipt
from app.replay.compare import Difference, PassageState, answer_differences, causes, is_same_answer, program_differences
from index.errors import EmbedderMismatch, GenerationMissing, KefuError

if TYPE_CHECKING:
    from app.building.container import Container
    from index.generation import Generation

Against = Literal["recorded", "current"]


class GenerationCollected(GenerationMissing):
    """The generation that the answer came from was removed."""

    code = "generation_collected"


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of one receipt."""

    receipt_id: str
    outcome: Literal["identical", "different", "impossible"]
    against: str | None = None
    """Name of the generation that was asked; None where none could be."""
    differences: tuple[Difference, ...] = ()
    """In what the customer sees; empty for an identical answer."""
    causes: tuple[Difference, ...] = ()
    """In how the answer came about, as far as it bears on it."""
    notes: tuple[Difference, ...] = ()
    """What differs today and was set back for the replay."""
    error: KefuError | None = None
    """Why it was impossible."""
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "receipt_id": self.receipt_id,
            "outcome": self.outcome,
            "against": self.against,
            "differences": [item.to_dict() for item in self.differences],
            "causes": [item.to_dict() for item in self.causes],
            "notes": [item.to_dict() for item in self.notes],
            "error": None if self.error is None else {"code": self.error.code, "message": self.error.message},
            "seconds": round(self.seconds, 3),
        }


class Replayer:
    """Answers receipts again, one after the other; keeps the generation of the last one open. Use it with `with`."""

    def __init__(self, container: Container, *, against: Against = "recorded") -> None:
        """Nothing is loaded yet.

        Args:
            container: of today; its models are used where the receipt's settings want the same.
            against: the generation and settings of the receipt, or those of today.
        """
        self._container, self._against = container, against
        self._containers: dict[str, Container] = {}
        self._open: Generation | None = None

    def __enter__(self) -> Replayer:
        return self

    def __exit__(self, *_: object) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def replay(self, receipt: Receipt) -> Replay:
        """Answer again and compare; what keeps it from being answered is an outcome, not an error."""
        started = time.perf_counter()
        try:
            result = self._compared(receipt)
        except KefuError as error:
            result = Replay(receipt.receipt_id, "impossible", error=error)
        return replace(result, seconds=time.perf_counter() - started)

    def _compared(self, receipt: Receipt) -> Replay:
        turn = _turn(receipt)
        container = self._container_of(receipt)
        made: list[Callable[[], Receipt]] = []
        with self._source(receipt, container) as generation:
            told = receipt.asked.today or receipt.asked.day
            day = date.fromisoformat(told) if told else date.today()
            assistant = container.assistant_over(
                lambda: self._lent(generation),
                chat_model=_model_of(receipt, container),
                recorder=container.recorder_into(made.append),
                today=lambda: day,
                # The outcomes that a threshold was taken from may be others by now.
                min_confidence=receipt.judged.threshold if self._against == "recorded" else None,
            )
            assistant.reply(turn)
            now = made[0]()
            reasons = causes(receipt, now, _state_in(generation))
        notes = program_differences(receipt.program, self._container.program) if self._against == "recorded" else ()
        if is_same_answer(receipt, now):
            return Replay(receipt.receipt_id, "identical", now.generation, notes=tuple(notes))
        named = {(item.kind, item.message) for item in reasons}
        return Replay(
            receipt.receipt_id,
            "different",
            now.generation,
            tuple(answer_differences(receipt, now)),
            tuple(reasons),
            tuple(item for item in notes if (item.kind, item.message) not in named),
        )

    def _container_of(self, receipt: Receipt) -> Container:
        """The container by the receipt's settings, made once for all receipts that share them."""
        if self._against == "current" or receipt.program.settings == self._container.program.settings:
            return self._container
        key = repr(sorted(receipt.program.settings.items()))
        if key not in self._containers:
            from pydantic import ValidationError

            try:
                settings = with_settings(self._container.settings, receipt.program.settings)
            except ValidationError as error:
                raise ReceiptNotReplayable(
                    f"The settings of receipt {receipt.receipt_id} are no longer allowed: {error.errors()[0]['msg']}. "
                    "`--against current` answers by those of today."
                ) from error
            self._containers[key] = self._container.with_settings(settings)
        return self._containers[key]

    @contextmanager
    def _source(self, receipt: Receipt, container: Container) -> Iterator[Generation | None]:
        if receipt.asked.passages is not None:
            yield None
            return
        if self._against == "current":
            with container.serving.borrow() as generation:
                yield generation
            return
        generation = self._opened(receipt)
        configured = container.embedder.embedder_id
        if generation.info.embedder_id != configured:
            raise EmbedderMismatch(
                f"The generation {generation.name} was built with the embedder {generation.info.embedder_id}, and "
                f"{configured} is configured. Set KEFU_MODELS__EMBEDDER back to replay it."
            )
        yield generation

    def _opened(self, receipt: Receipt) -> Generation:
        name = receipt.generation
        if self._open is not None and self._open.name == name:
            return self._open
        if self._open is not None:
            self._open.close()
            self._open = None
        try:
            self._open = self._container.store.open(name)
        except GenerationMissing as error:
            at = self._container.receipts.collected_at(name)
            when = f"was collected at {at}" if at else "is no longer on disk; when it was removed is not known"
            raise GenerationCollected(
                f"The generation {name} {when}. `kefu replay {receipt.receipt_id} --against current` asks the present "
                "one instead."
            ) from error
        return self._open

    @contextmanager
    def _lent(self, generation: Generation | None) -> Iterator[Generation]:
        assert generation is not None, "an answer from given passages asks no index"
        yield generation


def _turn(receipt: Receipt) -> Turn:
    """The turn that the receipt is of. Raises `ReceiptNotReplayable`."""
    asked = receipt.asked
    if asked.message is None:
        raise ReceiptNotReplayable(
            f"Receipt {receipt.receipt_id} holds the hash of the question, not its words, so the question cannot be "
            "asked again. KEFU_RECEIPTS__QUESTION=text keeps the words of those to come."
        )
    first = receipt.given_again
    if first is not None:
        # Given again: the question that it was written for is asked, whose answer has to be this one still.
        return Turn(
            message=first.question or asked.message,
            language=_language_of(receipt.answer.get("language")),
            as_of=date.fromisoformat(asked.as_of) if asked.as_of else None,
            access=frozenset(asked.access),
            mode="llm" if receipt.answer.get("mode") == "llm" else "extractive",
        )
    return Turn(
        message=asked.message,
        conversation_id=asked.conversation_id,
        history=tuple(Message(item.role, item.content) for item in asked.history or ()),
        language=_language_of(asked.language),
        as_of=date.fromisoformat(asked.as_of) if asked.as_of else None,
        access=frozenset(asked.access),
        # Where no model was asked then (none was ready), none is asked now.
        mode="llm" if receipt.wrote is not None else "extractive",
        passages=asked.passages,
    )


def _language_of(name: str | None) -> Literal["zh", "en", "mixed"] | None:
    for language in ("zh", "en", "mixed"):
        if name == language:
            return language
    return None


def _model_of(receipt: Receipt, container: Container) -> ChatModel | None:
    """The model that wrote, among those of the settings; the first of them where it is not there."""
    name = receipt.wrote.name if receipt.wrote is not None else receipt.answer.get("model")
    if name is None or container.chat_model is None:
        return None
    models: tuple[ChatModel, ...] = getattr(container.chat_model, "models", (container.chat_model,))
    return next((model for model in models if model.name == name), container.chat_model)


def _state_in(generation: Generation | None) -> PassageState:
    def state(document_id: str, passage_id: str) -> str:
        if generation is None:
            return "gone"
        try:
            generation.passages([passage_id])
        except KeyError:
            return "gone" if generation.document(document_id) is None else "edited"
        return "same"

    return state
