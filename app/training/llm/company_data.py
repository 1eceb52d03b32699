"""Examples of the work itself: questions of invented retailers beside sentences of their documents.

Each is laid out with the prompt that serves and the evidence that the service would choose (see
`app.training.llm.laying_out`). A question that is answered gets the sentences that answer it with their conditions,
each with the marker of its source; few are not, and get `NO_ANSWER`: in the service whether to answer is decided before
a model is asked. Indirect questions are preferred, whose words are not those of the rule.

The retailers are those of `app/training/corpora`: neither the sample company nor any question by which it is measured
is among them. A company's own corpus has the same layout (see the README there).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.assistant.finding import EvidenceFinder
from app.assistant.phrases import reply_language
from app.generation.extractive import as_sentence
from app.generation.prompts import NO_ANSWER
from app.retrieval.retriever import Searchable
from app.training.falsify import falsified
from app.training.llm.laying_out import (
    Asked,
    LayoutParams,
    answering,
    can_be_answered,
    declining,
    found_for,
    without_gold,
)
from app.training.llm.records import Record
from app.training.reading_data import DIRECT, UNANSWERED, corpus_container, corpus_questions
from index.text.language import detect

CORPORA = Path(__file__).parents[1] / "corpora"


@dataclass(frozen=True, slots=True)
class CompanyDataParams:
    """What is made of a corpus."""

    seed: int = 20261125
    per_corpus: int = 60
    """Questions of each corpus, drawn at random; 0 takes all. 64 steps of four records see 256 of them."""
    direct: float = 0.25
    """Share of those answered that ask in the words of the rule; the others are stories, slang and further cases."""
    several: float = 0.35
    """Share of those answered whose answer is more than one sentence, as the whole of a rule is."""
    declining: float = 0.1
    """Largest share of records that decline; half of them near misses, half with what answers taken away."""
    layout: LayoutParams = field(default_factory=LayoutParams)

    def __post_init__(self) -> None:
        if not (0 <= self.direct <= 1 and 0 <= self.several <= 1 and 0 <= self.declining < 1) or self.per_corpus < 0:
            raise ValueError(f"Expected shares in [0, 1], declining below 1, and per_corpus >= 0, got {self}.")


def default_corpora() -> list[Path]:
    """The folders of the corpora that come with kefu, by name."""
    return sorted(path for path in CORPORA.iterdir() if (path / "questions.jsonl").exists())


def company_records(
    corpora: Sequence[Path],
    home: Path,
    *,
    params: CompanyDataParams | None = None,
    on_progress: Callable[[int, int, str], None] = lambda _done, _total, _name: None,
) -> list[Record]:
    """Conversations for `sft`, corpus by corpus; their documents are taken in under `home`, once.

    Questions whose only source is in the other language are left out: there is no sentence to answer them with.
    `on_progress` is told the corpora that are done, of how many, and what is at hand.
    Raises `ModelMissing` without the embedder and `EmbedderMismatch` when `home` is of another.
    """
    params = params or CompanyDataParams()
    found: list[Record] = []
    for number, folder in enumerate(corpora):
        on_progress(number, len(corpora), f"{folder.name}: documents")
        container = corpus_container(folder, home)
        top, threshold = container.settings.retrieval.top, container.calibration.threshold
        with container.serving.borrow() as generation:
            rows = drawn(folder, generation, params)
            for at, row in enumerate(rows):
                on_progress(number, len(corpora), f"{folder.name}: question {at + 1} of {len(rows)}, corpora")
                found += records_of(row, container.finder, generation, params, top=top, threshold=threshold)
    on_progress(len(corpora), len(corpora), "corpora")
    return balanced(found, declining=params.declining, seed=params.seed)


def drawn(folder: Path, source: Searchable, params: CompanyDataParams) -> list[Asked]:
    """The questions of a corpus that are laid out: as many near misses as may decline, the others can be answered."""
    chance = random.Random(f"{params.seed}:{folder.name}")
    direct = [_asked(row) for row in corpus_questions(folder, [DIRECT])]
    everything = [_asked(row) for row in corpus_questions(folder)]
    indirect = everything[len(direct) :]
    for pool in (direct, indirect, everything):
        chance.shuffle(pool)
    misses = (item for item in everything if item.kind == "near_miss")
    if not params.per_corpus:
        return [item for item in everything if can_be_answered(item, source)] + list(misses)
    few = round(params.declining * params.per_corpus)
    wanted = params.per_corpus - few
    answered = _mixed(indirect, wanted - round(params.direct * wanted), source, params.several)
    answered += _mixed(direct, wanted - len(answered), source, params.several)
    return answered + [item for item, _ in zip(misses, range(few), strict=False)]


def records_of(
    asked: Asked, finder: EvidenceFinder, source: Searchable, params: CompanyDataParams, *, top: int, threshold: float
) -> Iterator[Record]:
    """The record of a question, and for some that are answered a second one without what answers."""
    chance = random.Random(f"{params.seed}:{asked.text}")
    finding = found_for(asked, finder, source, top=top, threshold=threshold)
    if asked.kind in UNANSWERED:
        records = [declining(asked, finding.evidence, params.layout)]
    else:
        records = [answering(asked, finding.evidence, source, chance, params.layout)]
        if chance.random() < params.declining:
            records.append(declining(asked, without_gold(asked, finding.look, params.layout), params.layout))
    yield from filter(None, records)


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


def _asked(row: Mapping[str, Any]) -> Asked:
    return Asked.of(row, reply_language(row["text"]))


def _mixed(pool: Sequence[Asked], count: int, source: Searchable, several: float) -> list[Asked]:
    long = _first([item for item in pool if len(item.gold) > 1], round(several * count), source)
    return long + _first([item for item in pool if len(item.gold) == 1], count - len(long), source)


def _first(pool: Sequence[Asked], count: int, source: Searchable) -> list[Asked]:
    found: list[Asked] = []
    for item in pool:
        if len(found) == count:
            break
        if can_be_answered(item, source):
            found.append(item)
    return found
