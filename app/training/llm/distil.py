"""What a larger language model answers, and the check lets stand, as records for a smaller one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain import Answer, Message, Turn
from app.training.llm.errors import TuningDataInvalid
from app.training.llm.laying_out import marked
from app.training.llm.records import Record, write_records
from index.text.language import detect

if TYPE_CHECKING:
    from app.assistant.trace import TurnTrace
    from app.building.container import Container

_STANDING = ("kept", "repeated")


def read_questions(path: Path) -> list[str]:
    """The texts of a file of `{"text": …}` or `{"question": …}`, each once, in order. Raises `TuningDataInvalid`."""
    found: dict[str, None] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise TuningDataInvalid(f"{path}, line {number} is no JSON.") from error
        text = (row.get("text") or row.get("question")) if isinstance(row, dict) else None
        if not isinstance(text, str) or not text.strip():
            raise TuningDataInvalid(f'{path}, line {number} needs "text", a question.')
        found[text.strip()] = None
    if not found:
        raise TuningDataInvalid(f"There is no question in {path}.")
    return list(found)


class Distiller:
    """Asks questions of the own index with the configured model, and keeps what stands."""

    def __init__(self, container: Container, out: Path) -> None:
        """Nothing is asked yet; `out` is the file of records, and what was asked is noted beside it until the end."""
        self._out, self._journal = out, out.with_name(f".{out.name}.asked")
        self._trace: TurnTrace | None = None
        model = container.chat_model
        if model is None:
            raise TuningDataInvalid("No language model is configured: KEFU_LLM__ORDER names none that writes.")
        self._assistant = container.assistant_over(container.serving.borrow, chat_model=model, recorder=self)
        container.require_index()

    def keep(self, trace: TurnTrace, answer: Answer) -> None:  # noqa: ARG002 - a Recorder
        """Remember the turn that has just ended."""
        self._trace = trace

    def run(self, questions: Sequence[str], *, on_question: Callable[[int], None]) -> dict[str, int]:
        """Ask them in order; returns how many were `asked`, `kept`, `declined` and `doubted`."""
        self._out.parent.mkdir(parents=True, exist_ok=True)
        done = dict(self._noted())
        with self._journal.open("a", encoding="utf-8") as journal:
            for number, question in enumerate(questions, start=1):
                if question not in done:
                    done[question] = self._asked(question)
                    journal.write(json.dumps([question, done[question]], ensure_ascii=False) + "\n")
                    journal.flush()
                on_question(number)
        rows = [done[question] for question in questions]
        records = [_record(row["record"]) for row in rows if row["record"]]
        if not records:
            raise TuningDataInvalid("No answer passed the check whole; there is nothing to learn.")
        write_records(self._out, records)
        self._journal.unlink()
        outcomes = [row["outcome"] for row in rows]
        return {"asked": len(rows), **{name: outcomes.count(name) for name in ("kept", "declined", "doubted")}}

    def _asked(self, question: str) -> dict[str, Any]:
        self._trace = None
        answer = self._assistant.reply(Turn(question, mode="llm"))
        if answer.status == "declined" or self._trace is None:
            return {"outcome": "declined", "record": None}
        record = distilled(self._trace)
        return {"outcome": "doubted" if record is None else "kept", "record": record and record.to_dict()}

    def _noted(self) -> Iterator[tuple[str, dict[str, Any]]]:
        if not self._journal.exists():
            return
        for line in self._journal.read_text(encoding="utf-8").split("\n"):
            try:
                question, row = json.loads(line)
            except ValueError:  # the line at which the run was killed
                continue
            yield question, row


def distilled(trace: TurnTrace) -> Record | None:
    """The prompt of a turn with the model's reply, its markers put right by the check; None unless all of it stands."""
    trail = trace.trail
    notes = [note for note in trail.notes if note.fate != "repeated"]
    if trail.prompt is None or trail.failure is not None or not notes:
        return None
    sentences = []
    for note in notes:
        numbers = sorted({item.number for item in note.evidence if item.number > 0})
        if note.fate not in _STANDING or not numbers:
            return None
        sentences.append(marked(note.text, numbers))
    joiner = " " if detect(sentences[0]) == "en" else ""
    return Record(tuple(trail.prompt), joiner.join(sentences))


def _record(row: dict[str, Any]) -> Record:
    messages = [Message(item["role"], item["content"]) for item in row["messages"]]
    return Record(tuple(messages[:-1]), messages[-1].content)
