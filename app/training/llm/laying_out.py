"""One question as a record: the prompt as the service lays it out, and a reply made of its evidence's own sentences.

The evidence is what the service's finder chose, in its order. Where it missed a sentence that answers, that one is put
in near the front, with the neighbours that serving keeps with it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.assistant.finding import EvidenceFinder, Finding, Look
from app.assistant.parts import divided
from app.assistant.question_parts import question_parts
from app.domain import Evidence, Message, renumbered
from app.generation.extractive import as_sentence
from app.generation.prompts import NO_ANSWER, build_prompt
from app.retrieval.reading import Reading
from app.retrieval.retriever import Searchable
from app.retrieval.selection import SelectionParams, evidence_by_reading
from app.retrieval.whole_rules import estimate_tokens, joined, with_conditions
from app.training.llm.records import Record
from app.training.reading_data import is_gold_sentence
from index.text.language import detect
from index.text.questions import asks
from index.types import Passage, Query

_LONGEST_REPLY = 4
"""Sentences."""
_SAYS_LITTLE = 4
"""Estimated tokens of a mere yes or no, which is part of far too many quotes by its letters alone."""
_MOST_CELLS = 3
_OWN_CASE = re.compile(r"\s*(?:[-*•·]\s*)?(?:如|若|if\b)", re.IGNORECASE)
"""Of a sentence that says its condition itself, and needs none before it."""
_WORTH = {"zh": 1.02, "en": 0.9}
"""Tokens of Qwen2.5 for an estimated one, at most: measured on two dozen records, chat template included."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the sentences that answer it."""

    text: str
    language: str
    """Of the reply, "zh" or "en"."""
    kind: str
    gold: tuple[tuple[str, str], ...]
    """Documents and exact quotes; () where nothing answers."""

    @classmethod
    def of(cls, row: Mapping[str, Any], language: str) -> Asked:
        """From a line of a corpus."""
        gold = tuple((item["document"], item["quote"]) for item in row["evidence"])
        return cls(row["text"], language, row["kind"], gold)


@dataclass(frozen=True, slots=True)
class LayoutParams:
    """What a prompt holds."""

    selection: SelectionParams = field(default_factory=SelectionParams)
    """As in serving."""
    tokens: int = 315
    """Of prompt and reply, roughly as a tuning counts them, which leaves out what is longer than its `--length`: the
    evidence that answers least is left out until they fit."""
    behind: float = 0.2
    """Share of the records whose first piece of evidence stands behind the second. The finder was trained on these
    very questions, so what answers stands first more often than it does for a company's own."""


def found_for(asked: Asked, finder: EvidenceFinder, source: Searchable, *, top: int, threshold: float) -> Finding:
    """What the service would find, part by part where several things are asked; `threshold` as in serving."""
    found = divided(
        question_parts(asked.text),
        query=Query(asked.text, top=top),
        finder=finder,
        source=source,
        answers=lambda finding: bool(finding.evidence) and finding.confidence >= threshold,
    )
    return found.finding


def can_be_answered(asked: Asked, source: Searchable) -> bool:
    """Whether every sentence that answers is at hand in the language of the reply, and as prose."""
    if not 0 < len(asked.gold) <= _LONGEST_REPLY:
        return False
    for item in asked.gold:
        piece = _located(source, item)
        if piece is None or _is_table(piece.quote) or detect(piece.quote) not in (asked.language, "mixed"):
            return False
    return True


def answering(
    asked: Asked, found: Sequence[Evidence], source: Searchable, chance: random.Random, params: LayoutParams
) -> Record | None:
    """The evidence with all that answers, and the reply; None where that would be too long."""
    pieces = with_gold(asked, found, source, chance)
    if len(pieces) > 1 and chance.random() < params.behind:
        pieces[:2] = pieces[1::-1]
    while True:
        reply = _reply(asked, pieces)
        prompt = tuple(build_prompt(asked.text, renumbered(pieces), language=asked.language))
        if not reply:
            return None
        if len(pieces) <= params.selection.items and _length(asked, prompt, reply) <= params.tokens:
            return Record(prompt, reply)
        needless = [at for at, item in enumerate(pieces) if not holds(item, asked.gold)]
        if not needless:
            return None
        del pieces[needless[-1]]


def declining(asked: Asked, found: Sequence[Evidence], params: LayoutParams) -> Record | None:
    """The evidence, which does not answer, and the sentence that says so; None without any."""
    pieces = list(found[: params.selection.items])
    reply = NO_ANSWER[asked.language]
    while pieces:
        prompt = tuple(build_prompt(asked.text, renumbered(pieces), language=asked.language))
        if _length(asked, prompt, reply) <= params.tokens:
            return Record(prompt, reply)
        pieces.pop()
    return None


def without_gold(asked: Asked, look: Look | None, params: LayoutParams) -> list[Evidence]:
    """What the finder would have chosen had what answers not been there; [] where that cannot be said.

    Nor is it said where the reader takes some of it for an answer all the same: it may be one that nobody marked.
    """
    if look is None or len(question_parts(asked.text)) > 1:
        return []
    chosen: Sequence[Evidence] = look.evidence
    if look.reading is not None:
        chosen = chosen_without(asked.text, look, look.reading, lambda item: holds(item, asked.gold), params.selection)
        if any(item.score > 0 for item in chosen):
            return []
    return [item for item in chosen if not holds(item, asked.gold)]


def chosen_without(
    question: str, look: Look, read: Reading, is_gold: Callable[[Evidence], bool], params: SelectionParams
) -> list[Evidence]:
    """What is chosen by a reading of the windows when those that answer are left out."""
    kept = [at for at, item in enumerate(look.windows) if not is_gold(item)]
    reading = replace(read, sentences=tuple(read.sentences[at] for at in kept), answers=())
    return evidence_by_reading(question, [look.windows[at] for at in kept], reading, params=params)


def marked(text: str, numbers: Sequence[int]) -> str:
    """A sentence with the markers of its sources before its full stop or semicolon, as models write it."""
    body = text.rstrip("。.；;")
    return f"{body}{''.join(f'[{number}]' for number in numbers)}{text[len(body) :]}"


def with_gold(asked: Asked, found: Sequence[Evidence], source: Searchable, chance: random.Random) -> list[Evidence]:
    """The evidence with every sentence that answers: one that was missed is put in first or second.

    Raises `ValueError` where one is no sentence of a passage.
    """
    pieces = list(found)
    for item in asked.gold:
        if any(holds(piece, [item]) for piece in pieces):
            continue
        missed = _located(source, item)
        if missed is None:
            raise ValueError(f"Expected a question that can be answered, got {asked}.")
        pieces.insert(chance.randint(0, min(1, len(pieces))), missed)
    return joined(pieces)


def _located(source: Searchable, item: tuple[str, str]) -> Evidence | None:
    """The sentence of a quote with what has to be said with it, as serving takes it from the passage."""
    for passage in source.passages_of(item[0]):
        for number in range(len(passage.sentences)):
            if _answers(passage, number, [item]):
                return Evidence(0, passage, *with_conditions(passage, number), 0.0)
    return None


def _reply(asked: Asked, pieces: Sequence[Evidence]) -> str:
    """The sentences that answer with their conditions, else those alone; "" where they are too many."""
    # What sets a false premise right is enough: conditions of it were not asked for.
    for is_whole in (False,) if asked.kind == "false_premise" else (True, False):
        said: dict[str, int] = {}
        for number, item in enumerate(pieces, start=1):
            gold = _gold_in(item, asked.gold)
            for sentence in sorted({one for at in gold for one in _said_for(item, at, is_whole=is_whole)}):
                said.setdefault(as_sentence(item.passage.sentence_text(sentence)), number)
        if 0 < len(said) <= _LONGEST_REPLY:
            joiner = "" if asked.language == "zh" else " "
            reply = joiner.join(marked(text, [number]) for text, number in said.items())
            return re.sub("[；;]$", "。" if asked.language == "zh" else ".", reply)
    return ""


def _is_table(text: str) -> bool:
    """Whether it is no prose: a raw row, or one of more named cells than a sentence of a reply should hold."""
    return "|" in text or text.count(": ") > _MOST_CELLS


def _said_for(item: Evidence, number: int, *, is_whole: bool) -> Iterator[int]:
    """Numbers of the sentences of a piece that are said for one that answers."""
    first, last = with_conditions(item.passage, number) if is_whole else (number, number)
    if _OWN_CASE.match(item.passage.sentence_text(number)):
        first = number
    for one in range(max(first, item.first), min(last, item.last) + 1):
        if one == number or not (asks(item.passage, one) or _is_table(item.passage.sentence_text(one))):
            yield one


def _gold_in(item: Evidence, gold: Sequence[tuple[str, str]]) -> list[int]:
    return [number for number in range(item.first, item.last + 1) if _answers(item.passage, number, gold)]


def holds(item: Evidence, gold: Sequence[tuple[str, str]]) -> bool:
    """Whether a piece of evidence has one of the quotes."""
    return bool(_gold_in(item, gold))


def _answers(passage: Passage, number: int, gold: Sequence[tuple[str, str]]) -> bool:
    text = passage.sentence_text(number)
    if estimate_tokens(text) <= _SAYS_LITTLE:
        gold = [item for item in gold if item[1].strip().startswith(text.strip())]
    return is_gold_sentence(passage.document_id, text, gold)


def _length(asked: Asked, prompt: Sequence[Message], reply: str) -> float:
    texts = [message.content for message in prompt]
    return _WORTH[asked.language] * sum(map(estimate_tokens, (*texts, reply)))
