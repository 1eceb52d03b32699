"""Question sets on disk.

Two layouts: a retrieval folder (`corpus.jsonl`, `queries.jsonl`, `qrels.tsv`) and answer questions, a line each, with
what a right answer must hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from index.errors import InputError


class DatasetUnreadable(InputError):
    """A question set is missing or not in its layout."""

    code = "dataset_unreadable"


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question with what a right answer holds."""

    question_id: str
    text: str
    type: str
    """Such as single, several, numeric, crosslingual, unanswerable, false_premise."""
    language: str
    gold: tuple[str, ...]
    """Document ids, any of which is the right source; empty for a question that the documents do not answer."""
    must_include: tuple[tuple[str, ...], ...]
    """A right answer holds at least one alternative of each group."""
    must_not_include: tuple[str, ...] = ()
    as_of: date | None = None

    @property
    def is_answerable(self) -> bool:
        """Whether the documents hold the answer."""
        return self.type != "unanswerable"


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Questions over a corpus with the documents that answer each."""

    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]
    """Relevance by query id and document id."""


def read_golden(path: Path) -> list[GoldenQuestion]:
    """The questions of one JSON Lines file, in order. Raises `DatasetUnreadable`."""
    return [_golden(row, path, number) for number, row in _rows(path)]


def read_retrieval_set(folder: Path) -> RetrievalSet:
    """Queries and judgements of a folder; queries without any judged document are left out."""
    texts = {str(row["_id"]): str(row["text"]) for _, row in _rows(folder / "queries.jsonl")}
    qrels: dict[str, dict[str, int]] = {}
    try:
        lines = (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]
    except OSError as error:
        raise DatasetUnreadable(f"Cannot read {folder / 'qrels.tsv'}: {error.strerror}.") from error
    for line in lines:
        query_id, document_id, relevance = line.split("\t")
        qrels.setdefault(query_id, {})[document_id] = int(relevance)
    return RetrievalSet({query_id: texts[query_id] for query_id in qrels if query_id in texts}, qrels)


def _golden(row: dict[str, Any], path: Path, number: int) -> GoldenQuestion:
    try:
        return GoldenQuestion(
            question_id=str(row.get("id", row.get("_id"))),
            text=str(row["text"]),
            type=str(row["type"]),
            language=str(row.get("language", row.get("lang", ""))),
            gold=tuple(row.get("gold", ())),
            must_include=tuple(tuple(group) for group in row.get("must_include", ())),
            must_not_include=tuple(row.get("must_not_include", ())),
            as_of=date.fromisoformat(row["as_of"]) if row.get("as_of") else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetUnreadable(f"{path}, line {number}: {error!r} in {str(row)[:120]}.") from error


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, json.loads(line)
    except OSError as error:
        raise DatasetUnreadable(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError as error:
        raise DatasetUnreadable(f"{path}, line {number}: not JSON ({error}).") from error
