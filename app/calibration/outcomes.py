"""What came of questions whose right answers are known, and what they were asked of.

As JSON Lines: the first line says what answered, every further one is a question.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from app.calibration.errors import CalibrationUnreadable
from index.disk import replace_file

FORMAT = 1
FILE_NAME = "calibration.jsonl"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, answered whatever the confidence."""

    question_id: str
    confidence: float
    """In [0, 1]; the answer is delivered where this reaches the threshold."""
    is_right: bool
    """Whether the answer, if delivered, is right; never for a question that nothing answers."""
    is_answerable: bool
    type: str
    language: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What answered: outcomes say something about the same program over the same documents only."""

    made_at: str
    """UTC, ISO 8601."""
    questions: str
    """Name of the question file."""
    mode: str
    """Who wrote the answers: auto, llm or extractive."""
    generation: str
    documents: str
    """Digest of the documents in that generation; see `documents_digest`."""
    embedder: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Those that bear on answers, by their dotted names."""
    weights: Mapping[str, str] = field(default_factory=dict)
    """Sha256 of the weights that come with kefu, by file name."""
    is_cross_fitted: bool = False
    """Whether each confidence comes from weights that were fitted without its question."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Outcomes with what they were made by."""

    basis: Basis
    outcomes: tuple[Outcome, ...]

    @classmethod
    def shipped(cls) -> Calibration:
        """The outcomes that come with kefu, of the sample company."""
        return cls.of_text(files("app.calibration").joinpath(FILE_NAME).read_text(encoding="utf-8"), FILE_NAME)

    @classmethod
    def read(cls, path: Path) -> Calibration:
        """From a file. Raises `CalibrationUnreadable`."""
        try:
            return cls.of_text(path.read_text(encoding="utf-8"), str(path))
        except OSError as error:
            raise CalibrationUnreadable(f"Cannot read {path}: {error.strerror}.") from error
        except UnicodeError as error:
            raise _unreadable(str(path), "it is not UTF-8 text") from error

    @classmethod
    def of_text(cls, text: str, name: str) -> Calibration:
        """What `to_text` wrote; `name` is for messages. Raises `CalibrationUnreadable`."""
        try:
            head, *rows = map(json.loads, filter(str.strip, text.splitlines()))
            if head.pop("format") > FORMAT:
                raise _unreadable(name, f"it was written by a newer version; this one reads up to format {FORMAT}")
            outcomes = tuple(Outcome(**row) for row in rows)
            if not all(0 <= item.confidence <= 1 for item in outcomes):
                raise _unreadable(name, "a confidence is not within 0 and 1")
            return cls(Basis(**head), outcomes)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise _unreadable(name, str(error)[:80]) from error

    @property
    def digest(self) -> str:
        """Sha256 (hex) of what `to_text` writes."""
        return hashlib.sha256(self.to_text().encode()).hexdigest()

    def to_text(self) -> str:
        """JSON Lines."""
        lines = [{"format": FORMAT, **asdict(self.basis)}, *map(asdict, self.outcomes)]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def write(self, path: Path) -> None:
        """Into a file, in one step."""
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, self.to_text().encode())


def documents_digest(documents: Iterable[tuple[str, str]]) -> str:
    """Twelve hex digits that are the same for the same documents: pairs of id and sha256, in any order."""
    spelled = "\n".join(f"{document_id} {sha256}" for document_id, sha256 in sorted(documents))
    return hashlib.sha256(spelled.encode()).hexdigest()[:12]


def _unreadable(name: str, why: str) -> CalibrationUnreadable:
    return CalibrationUnreadable(
        f"{name} holds no outcomes of a calibration ({why}). Write it again with `kefu calibrate QUESTIONS`, "
        "or remove it."
    )
