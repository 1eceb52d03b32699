"""The switches that experiments turn: how questions are answered, how evidence is looked for, and what the language
model is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any, Protocol, cast

from pydantic import ValidationError

from app.domain import Answer, AnswerEvent, Turn, final_answer
from app.experiments import Experiments, Unit, Variant
from app.experiments.errors import ExperimentInvalid
from app.settings import RetrievalSettings

ANSWER, RETRIEVAL, PROMPT = "answer", "retrieval", "prompt"
KEYS = (ANSWER, RETRIEVAL, PROMPT)
_MOST_BUILT = 16
"""Assistants by different values; each is small, the models are shared."""
_LONGEST_PROMPT = 4000
_MODES = ("auto", "llm", "extractive")


class Answering(Protocol):
    """Answers one message; see `app.assistant.assistant.Assistant`."""

    def reply(self, turn: Turn) -> Answer:
        """The whole answer."""

    def stream(self, turn: Turn) -> Iterator[AnswerEvent]:
        """Event by event, `DoneEvent` last."""


Build = Callable[[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]], Answering]
"""An assistant by values of the three switches, in the order of `KEYS`; nothing kept from before is given again."""


def check_answer(values: Mapping[str, Any]) -> None:
    """Of the switch `answer`: `mode` and `min_confidence`. Raises `ExperimentInvalid`."""
    unknown = set(values) - {"mode", "min_confidence"}
    if unknown:
        raise ExperimentInvalid(f"answer knows mode and min_confidence, not {', '.join(sorted(unknown))}.")
    if "mode" in values and values["mode"] not in _MODES:
        raise ExperimentInvalid(f"answer.mode is one of {', '.join(_MODES)}, got {values['mode']!r}.")
    least = values.get("min_confidence", 0.5)
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
        raise ExperimentInvalid(f"answer.min_confidence lies in [0, 1], got {least!r}.")


def check_retrieval(values: Mapping[str, Any]) -> None:
    """Of the switch `retrieval`: any setting of `retrieval`. Raises `ExperimentInvalid`."""
    try:
        RetrievalSettings.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        known = ", ".join(RetrievalSettings.model_fields)
        raise ExperimentInvalid(f"retrieval.{name}: {first['msg']}. The settings are: {known}.") from error


def check_prompt(values: Mapping[str, Any]) -> None:
    """Of the switch `prompt`: instructions `zh` and `en` in the place of ours. Raises `ExperimentInvalid`."""
    unknown = set(values) - {"zh", "en"}
    if unknown:
        raise ExperimentInvalid(f"prompt knows zh and en, not {', '.join(sorted(unknown))}.")
    for language, text in values.items():
        if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST_PROMPT:
            raise ExperimentInvalid(f"prompt.{language} is a text of 1 to {_LONGEST_PROMPT} characters.")
        if "[1]" not in text:
            raise ExperimentInvalid(
                f"prompt.{language} has to ask for the number of the source in brackets, such as [1]: a sentence "
                "without it cannot be checked."
            )


CHECKS = {ANSWER: check_answer, RETRIEVAL: check_retrieval, PROMPT: check_prompt}


class VaryingAssistant:
    """Answers by the arm that the conversation or customer fell to, and as ever where nothing is tried.

    Every unit of an experiment is answered anew, those of the control too: answers that are kept would be those of
    another arm, and make the arms differ by more than what is tried.
    """

    def __init__(self, plain: Answering, experiments: Callable[[], Experiments], build: Build) -> None:
        self._plain, self._experiments, self._build = plain, experiments, build
        self._lock = threading.Lock()
        self._built: dict[str, Answering] = {}

    def reply(self, turn: Turn) -> Answer:
        """As `Answering.reply`."""
        return final_answer(self.stream(turn))

    def stream(self, turn: Turn) -> Iterator[AnswerEvent]:
        """As `Answering.stream`; closing stops the model."""
        unit = Unit(turn.conversation_id, turn.customer_id)
        variants = self._variants(turn, unit)
        answering = self._plain if not variants else self._of(variants)
        mode = variants[ANSWER].values.get("mode") if ANSWER in variants else None
        if mode is not None and turn.mode == "auto":
            turn = replace(turn, mode=mode)
        for variant in variants.values():
            self._experiments().expose(variant, unit)
        with closing(cast(Any, answering.stream(turn))) as events:
            yield from events

    def _variants(self, turn: Turn, unit: Unit) -> dict[str, Variant]:
        """By key; none for a message that belongs to no conversation, or brings its own passages."""
        if turn.conversation_id is None or turn.passages is not None:
            return {}
        found = {key: self._experiments().variant(key, unit) for key in KEYS}
        return {key: variant for key, variant in found.items() if variant is not None}

    def _of(self, variants: Mapping[str, Variant]) -> Answering:
        answer = {name: value for name, value in _values(variants, ANSWER).items() if name != "mode"}
        retrieval, prompt = _values(variants, RETRIEVAL), _values(variants, PROMPT)
        name = repr((sorted(answer.items()), sorted(retrieval.items()), sorted(prompt.items())))
        with self._lock:
            if name not in self._built:
                if len(self._built) >= _MOST_BUILT:
                    self._built.clear()
                self._built[name] = self._build(answer, retrieval, prompt)
            return self._built[name]


def _values(variants: Mapping[str, Variant], key: str) -> Mapping[str, Any]:
    return variants[key].values if key in variants else {}
