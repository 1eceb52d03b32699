"""What an evaluation found, as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.evaluation.errors import ResultUnreadable
from app.evaluation.sections import Section
from index.disk import replace_file

FILE_NAME = "result.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """Figures and every question behind them."""

    set_name: str
    settings: Mapping[str, Any]
    """What was run: date, version, mode, model, seed and the like."""
    sections: tuple[Section, ...]

    @property
    def seed(self) -> int:
        """That of the run."""
        return int(self.settings["seed"])

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> EvaluationResult:
        """From JSON. Raises `KeyError`, `TypeError`, `AttributeError` or `ValueError` for what is no result."""
        settings = dict(body["settings"])
        int(settings["seed"])
        return cls(str(body["set"]), settings, tuple(Section.from_dict(section) for section in body["sections"]))

    def summary(self) -> dict[str, Any]:
        """As JSON, without the questions."""
        return {
            "set": self.set_name,
            "settings": dict(self.settings),
            "sections": [section.summary(seed=self.seed) for section in self.sections],
        }

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        sections = [section.to_dict(seed=self.seed) for section in self.sections]
        return {"format": _FORMAT, "set": self.set_name, "settings": dict(self.settings), "sections": sections}


def write_result(result: EvaluationResult, folder: Path) -> Path:
    """Write `result.json` in one step, making the folder; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    replace_file(path, (json.dumps(result.to_dict(), ensure_ascii=False, indent=1) + "\n").encode())
    return path


def read_result(path: Path) -> EvaluationResult:
    """The result in a file, or in `result.json` of a folder, its figures counted anew. Raises `ResultUnreadable`."""
    return _read(path)[0]


def read_written(path: Path) -> Mapping[str, Any]:
    """A result as JSON with the figures that were counted when it was written. Raises `ResultUnreadable`.

    Intervals of means are drawn, which takes seconds over a large set; reading takes none.
    """
    body = _read(path)[1]
    return {name: body[name] for name in ("format", "set", "settings", "sections")}


def _read(path: Path) -> tuple[EvaluationResult, dict[str, Any]]:
    file = path / FILE_NAME if path.is_dir() else path
    try:
        body = json.loads(file.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ResultUnreadable(f"Cannot read {file}: {error.strerror}. `kefu eval FOLDER` writes it.") from error
    except UnicodeError as error:
        raise ResultUnreadable(f"{file} is not UTF-8 text, so not what `kefu eval` wrote.") from error
    except (RecursionError, ValueError) as error:
        place = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise ResultUnreadable(f"{file} is not JSON ({place}). Run `kefu eval` again.") from error
    found = body.get("format") if isinstance(body, dict) else None
    if found != _FORMAT:
        what = (
            "is no result of `kefu eval`" if found is None else f"has the format {found}, this version reads {_FORMAT}"
        )
        raise ResultUnreadable(f"{file} {what}. Run `kefu eval` again.")
    try:
        return EvaluationResult.from_dict(body), body
    except KeyError as error:
        raise ResultUnreadable(f"{file} lacks {error}. Run `kefu eval` again.") from error
    except (TypeError, AttributeError, ValueError) as error:
        raise ResultUnreadable(f"{file} is damaged ({error}). Run `kefu eval` again.") from error
