"""What answers a question: whole documents, passages, or words that stand somewhere in the base.

Files are those of `kefu train data` (pairs, triples), those that `kefu train embedder` reads and leaves, or both mixed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.training.adapter.space import Pair
from app.training.errors import TrainingDataInvalid
from index.disk import replace_file
from index.text.normalize import bare, collapse_spaces, fold
from index.types import Passage

_PARTS = ("train", "validation")
"""Of an export of `kefu train data`: its test part is nobody's to learn from."""
_KINDS = ("pairs", "triples")
_FEWEST_CHARACTERS = 6
"""Of a sentence that is told by its words alone: shorter ones stand everywhere."""
_SHAPES = (
    '{"text": …, "documents": [ids]}, {"query": …, "passage": …, "label": 0 or 1} or '
    '{"query": …, "positive": …, "negative": …}'
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A question and where its answer stands."""

    text: str
    at: datetime
    """When it was asked, aware."""
    documents: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    """Ids of passages."""
    words: tuple[str, ...] = ()
    """Texts of passages whose ids are not known, or no longer: a sentence that stands in one is right."""
    source: str = ""

    def is_right(self, passage: Passage, number: int) -> bool:
        """Whether a sentence of a passage belongs to what answers."""
        if passage.document_id in self.documents or passage.passage_id in self.passages:
            return True
        words = bare(passage.sentence_text(number)) if self.words else ""
        return len(words) >= _FEWEST_CHARACTERS and any(words in bare(text) for text in self.words)


def judgements_of(pairs: Iterable[Pair]) -> list[Judgement]:
    """Of what was mined from the records."""
    return [Judgement(pair.text, pair.at, documents=pair.documents, source=pair.source) for pair in pairs]


def read_judgements(path: Path) -> list[Judgement]:
    """Of a file of JSON Lines, or of a folder that `kefu train data` wrote: one a question, in time order.

    Pairs with label 0 and the negatives of triples say nothing more: what is not right is taken for wrong anyway.
    Without a time the order of the lines stands for it. Raises `TrainingDataInvalid`.
    """
    files = [path] if path.is_file() else [path / kind / f"{part}.jsonl" for part in _PARTS for kind in _KINDS]
    files = [file for file in files if file.is_file()]
    if not files:
        raise TrainingDataInvalid(
            f"{path} holds no pairs. Name a file of JSON Lines, or a folder made by `kefu train data --out DIR`."
        )
    found: dict[str, Judgement] = {}
    number = 0
    for file in files:
        text = file.read_bytes().decode("utf-8-sig", errors="replace")
        for at, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                number += 1
                _take(found, _read(line, datetime.fromtimestamp(number, UTC), f"Line {at} of {file.name}"))
    return sorted(found.values(), key=lambda item: (item.at, item.text))


def write_judgements(judgements: Sequence[Judgement], path: Path) -> None:
    """As JSON Lines that `read_judgements` reads; who asked is not among what is known."""
    lines = []
    for item in judgements:
        row: dict[str, Any] = {"text": item.text, "at": item.at.isoformat(), "source": item.source}
        row |= {name: list(getattr(item, name)) for name in ("documents", "passages", "words") if getattr(item, name)}
        lines.append(json.dumps(row, ensure_ascii=False))
    replace_file(path, "".join(f"{line}\n" for line in lines).encode())


def _take(found: dict[str, Judgement], read: Judgement | None) -> None:
    if read is None:
        return
    key = fold(collapse_spaces(read.text)).strip()
    known = found.get(key)
    if known is None:
        found[key] = read
        return
    found[key] = replace(
        known,
        documents=tuple(dict.fromkeys((*known.documents, *read.documents))),
        passages=tuple(dict.fromkeys((*known.passages, *read.passages))),
        words=tuple(dict.fromkeys((*known.words, *read.words))),
    )


def _read(line: str, otherwise: datetime, place: str) -> Judgement | None:
    """None for a line that only says what is wrong."""
    try:
        row = json.loads(line)
        text = row["text"] if "text" in row else row["query"]
        if not isinstance(text, str) or not text.strip():
            raise ValueError("the question is empty")
        at = datetime.fromisoformat(row["at"]) if row.get("at") else otherwise
        if "query" in row and "text" not in row and "positive" not in row and row["label"] not in (0, 1):
            raise ValueError("label is neither 0 nor 1")
        if "query" in row and row.get("label") == 0:
            return None
        documents, passages = _texts(row, "documents"), _texts(row, "passages")
        words = _texts(row, "words")
        if "text" not in row:
            passages += _texts(row, "passage_id")
            words += _texts(row, "positive" if "positive" in row else "passage")
        if not documents + passages + words:
            raise ValueError("nothing that answers it is named")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        told = " ".join(str(error).split())[:60]
        raise TrainingDataInvalid(f"{place} is none of {_SHAPES} ({told}). Correct it.") from error
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Judgement(text, at, documents, passages, words, str(row.get("source", "")))


def _texts(row: dict[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name)
    if value is None:
        return ()
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(item, str) and item.strip() for item in given):
        raise ValueError(f"{name} is no text")
    return tuple(given)
