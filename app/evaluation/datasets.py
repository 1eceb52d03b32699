"""Question sets on disk.

Three layouts: a retrieval folder (`corpus.jsonl`, `queries.jsonl`, `qrels.tsv`), answer questions, a line each, with
what a right answer must hold, and reading questions, whose answer is a span of a judged document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.evaluation.errors import DatasetUnreadable
from app.evaluation.lines import Entry, Groups, read_distinct, read_entries
from index.text.language import detect

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels.tsv"


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
    must_include: Groups
    """A right answer holds at least one alternative of each group."""
    must_not_include: tuple[str, ...] = ()
    as_of: date | None = None
    reference: str = ""
    """A right answer in words, for people to compare with; "" where there is none."""

    @property
    def is_answerable(self) -> bool:
        """Whether the documents hold the answer."""
        return self.type != "unanswerable"

    @property
    def has_false_premise(self) -> bool:
        """Whether the customer takes for granted what the documents contradict."""
        return self.type.replace("_", "") == "falsepremise"


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """A document that some judgement names."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalQuestion:
    """A question with the documents that answer it."""

    question_id: str
    text: str
    type: str
    language: str
    relevance: Mapping[str, int]
    """Grade by document id; 0 is not relevant."""
    answers: tuple[str, ...] = ()
    """Spans of the documents, any of which is a right answer; empty where only the search is judged."""


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Questions over a corpus."""

    questions: tuple[RetrievalQuestion, ...]
    """Those with at least one judged document."""
    documents: Mapping[str, JudgedDocument] = field(default_factory=dict)
    """The judged documents by id."""
    notes: tuple[str, ...] = ()
    """Which queries were left out, in words."""


def read_golden(path: Path) -> list[GoldenQuestion]:
    """The questions of one JSON Lines file, in order. Raises `DatasetUnreadable`."""
    return [_golden(entry) for entry in read_distinct(path)]


def read_retrieval_set(folder: Path) -> RetrievalSet:
    """Queries, judgements and judged documents of a folder.

    Queries without a judged document are left out, and with a note those whose text is blank, for which nothing can be
    found; public sets have such lines.

    Raises `DatasetUnreadable` for what cannot be read, and for a judgement of a query or document that is not there.
    """
    entries = {entry.id: entry for entry in read_distinct(folder / QUERIES)}
    judgements = _judgements(folder / QRELS)
    judged = {document_id for _, _, document_id, _ in judgements}
    documents: dict[str, JudgedDocument] = {}
    for entry in read_entries(folder / CORPUS):
        if entry.id in judged:
            documents[entry.id] = JudgedDocument(entry.text_or_none("title") or "", entry.text("text"))
    relevance: dict[str, dict[str, int]] = {}
    for line, query_id, document_id, grade in judgements:
        for name, known, where in ((query_id, entries, QUERIES), (document_id, documents, CORPUS)):
            if name not in known:
                raise DatasetUnreadable(
                    f"{folder / QRELS}, line {line}: no line of {where} has the id {name}. Add it there, or take the "
                    "judgement out."
                )
        relevance.setdefault(query_id, {})[document_id] = grade
    blank = [name for name in relevance if not (entries[name].text_or_none("text") or "").strip()]
    questions = tuple(_question(entries[name], grades) for name, grades in relevance.items() if name not in blank)
    if not questions:
        raise DatasetUnreadable(
            f"{folder / QRELS} judges no query with a text: expected lines of query-id, corpus-id, score."
        )
    notes = (f"{len(blank)} left out: their text is blank ({', '.join(blank[:5])}).",) if blank else ()
    return RetrievalSet(questions, documents=documents, notes=notes)


def _golden(entry: Entry) -> GoldenQuestion:
    text = entry.text("text")
    question = GoldenQuestion(
        question_id=entry.id,
        text=text,
        type=entry.text("type"),
        language=_language(entry, text),
        gold=entry.texts("gold"),
        must_include=entry.groups("must_include"),
        must_not_include=entry.texts("must_not_include"),
        as_of=entry.day("as_of"),
        reference=entry.text_or_none("answer") or "",
    )
    if question.is_answerable and not question.must_include:
        raise entry.fault(f'what a right answer holds under "must_include" (its type is {question.type})', None)
    return question


def _question(entry: Entry, relevance: Mapping[str, int]) -> RetrievalQuestion:
    text = entry.text("text")
    return RetrievalQuestion(
        entry.id, text, entry.text_or_none("type") or "", _language(entry, text), relevance, entry.texts("answers")
    )


def _language(entry: Entry, text: str) -> str:
    return entry.text_or_none("language", "lang") or detect(text)


def _judgements(path: Path) -> list[tuple[int, str, str, int]]:
    """Line number, query id, document id and grade; a first line whose score is no number is a heading."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise DatasetUnreadable(f"Cannot read {path}: {error.strerror}.") from error
    except UnicodeError as error:
        raise DatasetUnreadable(f"{path} is not UTF-8 text; convert it.") from error
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != 3:
            raise DatasetUnreadable(
                f"{path}, line {number}: expected query-id, corpus-id and score with tabs between, found {line[:80]!r}."
            )
        try:
            found.append((number, cells[0], cells[1], int(cells[2])))
        except ValueError:
            if number == 1:
                continue
            raise DatasetUnreadable(
                f"{path}, line {number}: expected a whole number as score, found {cells[2][:80]!r}."
            ) from None
    return found
