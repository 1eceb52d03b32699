"""Examples of the work itself: questions of invented retailers beside passages of their documents.

Each is laid out with the prompt that serves. A question that the passages answer gets the sentences that answer it,
each with the marker of its source; one that they do not gets `NO_ANSWER`. The passages are what a search by words
finds, so what stands beside the answer is of the same topic.

The retailers are those of `app/training/corpora`: neither the sample company nor any question by which it is measured
is among them. A company's own corpus has the same layout (see the README there).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.assistant.assistant import reply_language
from app.building.container import Container
from app.domain import Evidence, renumbered
from app.generation.extractive import as_sentence
from app.generation.prompts import NO_ANSWER, build_prompt
from app.retrieval.selection import SelectionParams, estimate_tokens, select_evidence
from app.settings import ModelSettings, Settings
from app.training.falsify import falsified
from app.training.llm.records import Record
from app.training.reading_data import UNANSWERED, corpus_questions, is_gold_sentence
from index.text.language import detect
from index.types import Passage, Query

CORPORA = Path(__file__).parents[1] / "corpora"
_LONGEST_ANSWER = 4
"""Sentences."""


@dataclass(frozen=True, slots=True)
class CompanyDataParams:
    """What is made of a corpus."""

    seed: int = 20261125
    without: float = 0.35
    """Share of the answerable questions that are asked once more of passages which do not answer them."""
    declining: float = 0.25
    """Largest share of records that decline: one short sentence is learnt first, and with more it is all that is."""
    passages: int = 5
    """Most pieces of evidence of a prompt."""
    budget: int = 200
    """Estimated tokens of all evidence; the answer's own is always in."""
    per_corpus: int = 0
    """Questions of each corpus, drawn at random; 0 takes all."""

    def __post_init__(self) -> None:
        if not 0 <= self.without <= 1 or not 0 <= self.declining < 1:
            raise ValueError(f"Expected without in [0, 1] and declining in [0, 1), got {self}.")
        if self.passages < 2 or self.budget < 32 or self.per_corpus < 0:
            raise ValueError(f"Expected passages >= 2, budget >= 32 and per_corpus >= 0, got {self}.")


class _Generation(Protocol):
    def passages_of(self, document_id: str) -> Sequence[Passage]: ...


def default_corpora() -> list[Path]:
    """The folders of the corpora that come with kefu, by name."""
    return sorted(path for path in CORPORA.iterdir() if (path / "questions.jsonl").exists())


def company_records(
    corpora: Sequence[Path],
    home: Path,
    *,
    params: CompanyDataParams | None = None,
    on_corpus: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Record]:
    """Conversations for `sft`, corpus by corpus; their documents are taken in under `home`, once.

    Questions whose only source is in the other language are left out: there is no sentence to answer them with.
    """
    params = params or CompanyDataParams()
    found: list[Record] = []
    for number, folder in enumerate(corpora):
        on_corpus(number, len(corpora))
        container = Container(Settings(home=home / folder.name, models=ModelSettings(embedder="hashing")))
        container.pipeline().run(container.sources([folder / "docs"]))
        chance = random.Random(f"{params.seed}:{folder.name}")
        rows = list(corpus_questions(folder))
        if params.per_corpus and len(rows) > params.per_corpus:
            rows = chance.sample(rows, params.per_corpus)
        with container.serving.borrow() as generation:
            for row in rows:
                found += _records_of(container, generation, row, chance, params)
    on_corpus(len(corpora), len(corpora))
    return balanced(found, declining=params.declining, seed=params.seed)


def balanced(records: Sequence[Record], *, declining: float, seed: int) -> list[Record]:
    """The records in their order, with as many of those that decline left out as are more than that share."""
    declines = [at for at, record in enumerate(records) if record.reply in NO_ANSWER.values()]
    most = int(declining / (1 - declining) * (len(records) - len(declines)))
    kept = set(random.Random(f"{seed}:declining").sample(declines, min(most, len(declines))))
    return [record for at, record in enumerate(records) if at in kept or record.reply not in NO_ANSWER.values()]


def preference_pairs(records: Sequence[Record], *, seed: int = 20261125) -> list[Record]:
    """Pairs made of conversations: the right reply against one with a number, side or negation made untrue.

    Where the right reply is that nothing answers, the rejected one is a claim made up from a passage at hand.
    """
    chance = random.Random(f"{seed}:pairs")
    pairs = []
    for record in records:
        evidence = record.prompt[-1].content
        is_chinese = detect(record.reply) != "en"
        if record.reply in NO_ANSWER.values():
            lines = [line for line in evidence.splitlines() if line.startswith("[")]
            claim = chance.choice(lines).partition("] ")[2] if lines else ""
            claim = claim.partition(") ")[2] or claim
            rejected: str | None = f"{as_sentence(claim)}[1]" if claim else None
        else:
            rejected = falsified(record.reply, evidence, chance, is_chinese=is_chinese)
        if rejected and rejected != record.reply:
            pairs.append(Record(record.prompt, record.reply, rejected))
    return pairs


def document_records(corpora: Sequence[Path]) -> list[Record]:
    """The texts of the corpora's documents, for `pretrain`."""
    paths = sorted(path for folder in corpora for path in (folder / "docs").rglob("*.md"))
    return [Record((), text) for path in paths if (text := path.read_text(encoding="utf-8").strip())]


def _records_of(
    container: Container,
    generation: Any,
    row: Mapping[str, Any],
    chance: random.Random,
    params: CompanyDataParams,
) -> Iterator[Record]:
    question, language = row["text"], reply_language(row["text"])
    gold = [(item["document"], item["quote"]) for item in row["evidence"]]
    retrieved = container.retriever.retrieve(Query(question, top=8), generation)
    chosen = select_evidence(question, retrieved, params=SelectionParams(items=params.passages, budget=params.budget))
    beside = [item for item in chosen if not _holds(item, gold)]
    if row["kind"] in UNANSWERED:
        if beside:
            yield _declining(question, language, beside[: chance.randint(2, params.passages)], chance)
        return
    answer = [piece for item in gold if (piece := _located(generation, *item)) is not None]
    if len(answer) < len(gold) or not 0 < len(answer) <= _LONGEST_ANSWER:
        return
    sentences = [as_sentence(_gold_words(item, gold)) for item in answer]
    if any("|" in text or detect(text) not in (language, "mixed") for text in sentences):
        return
    yield _answering(question, language, answer, sentences, beside, chance, params)
    if beside and chance.random() < params.without:
        yield _declining(question, language, beside, chance)


def _answering(
    question: str,
    language: str,
    answer: Sequence[Evidence],
    sentences: Sequence[str],
    beside: Sequence[Evidence],
    chance: random.Random,
    params: CompanyDataParams,
) -> Record:
    pieces, spent = list(answer), sum(estimate_tokens(item.prompt_text) for item in answer)
    for item in beside:
        spent += estimate_tokens(item.prompt_text)
        if len(pieces) >= params.passages or spent > params.budget:
            break
        pieces.append(item)
    order = list(range(len(pieces)))
    if chance.random() < 0.5:  # in serving the answer stands first more often than by chance
        chance.shuffle(order)
    evidence = renumbered([pieces[at] for at in order])
    numbers = {at: number for number, at in enumerate(order, start=1)}
    joiner = "" if language == "zh" else " "
    reply = joiner.join(marked(text, [numbers[at]]) for at, text in enumerate(sentences))
    return Record(tuple(build_prompt(question, evidence, language=language)), reply)


def _declining(question: str, language: str, beside: Sequence[Evidence], chance: random.Random) -> Record:
    pieces = list(beside)
    chance.shuffle(pieces)
    prompt = build_prompt(question, renumbered(pieces), language=language)
    return Record(tuple(prompt), NO_ANSWER[language])


def marked(text: str, numbers: Sequence[int]) -> str:
    """A sentence with the markers of its sources before its full stop, as models write it."""
    body = text.rstrip("。.")
    return f"{body}{''.join(f'[{number}]' for number in numbers)}{text[len(body) :]}"


def _located(generation: _Generation, document: str, quote: str) -> Evidence | None:
    """The sentence of the quote, with the one behind it where the passage has one."""
    for passage in generation.passages_of(document):
        for number in range(len(passage.sentences)):
            if is_gold_sentence(document, passage.sentence_text(number), [(document, quote)]):
                return Evidence(0, passage, number, min(len(passage.sentences) - 1, number + 1), 0.0)
    return None


def _gold_words(item: Evidence, gold: Sequence[tuple[str, str]]) -> str:
    """The sentences of a piece that answer, as one text."""
    found = [text for text in item.sentences() if is_gold_sentence(item.passage.document_id, text, gold)]
    joiner = "" if item.passage.language == "zh" else " "
    return joiner.join(found)


def _holds(item: Evidence, gold: Sequence[tuple[str, str]]) -> bool:
    return any(is_gold_sentence(item.passage.document_id, text, gold) for text in item.sentences())
