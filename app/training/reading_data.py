"""Examples for the reader: a question, candidate windows, and which of their sentences answer it.

Two kinds of source:

- A *corpus*: a folder with `docs/` (a retailer's documents) and `questions.jsonl` (`text`, `language`, `kind`,
  `evidence`: the sentences that answer it, `[]` when nothing does). Documents go through the real ingestion and the
  windows are what the real search finds, so the reader learns on what it will meet.
- A reading comprehension set in the layout of SQuAD (XQuAD), questions and paragraphs in the same or another language.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.building.container import Container
from app.domain import Evidence
from app.retrieval.reading import Window
from app.retrieval.selection import candidate_windows, window_of
from app.settings import Settings
from app.settings.groups import RetrievalSettings
from app.training.program import existing_folder, new_file
from index.text.normalize import bare
from index.text.sentences import split_sentences
from index.types import Query

DIRECT = "questions.jsonl"
_QUESTIONS = (DIRECT, "questions_indirect.jsonl", "questions_translated.jsonl", "questions_further.jsonl")
UNANSWERED = frozenset({"near_miss", "off_topic"})


@dataclass(frozen=True, slots=True)
class ReadingExample:
    """One pack with its labels."""

    question: str
    windows: tuple[Window, ...]
    labels: tuple[tuple[bool, ...], ...]
    """For each window, which sentences are part of the answer."""
    kind: str
    answers: tuple[str, ...] = ()
    """Shortest answers, parts of sentences that answer: several where several spellings or values stand there; () where
    none is known, or there is none."""

    @property
    def is_answerable(self) -> bool:
        """Whether any sentence answers."""
        return any(any(row) for row in self.labels)


def corpus_examples(
    folder: Path, home: Path, *, share: float = 1.0, without: float = 0.4, seed: int = 1
) -> Iterator[ReadingExample]:
    """Examples of one corpus; its documents are taken in under `home`, once.

    All questions whose answer is in the other language are taken, and all that were translated; of the rest a `share`.

    An answerable question gives a pack with its answer (put in where the search missed it) and, for the share
    `without`, the same pack without it, which nothing answers any more. A question that nothing answers gives what the
    search finds.
    """
    container, chance = corpus_container(folder, home), random.Random(seed)
    with container.serving.borrow() as generation:
        for row in corpus_questions(folder):
            if row["kind"] == "crosslingual" or row.get("translated") or chance.random() < share:
                yield from _corpus_packs(container, generation, row, chance, without)


def corpora_parser(description: str | None) -> argparse.ArgumentParser:
    """Of a script that learns from corpora: what it writes, of which, and where their indexes are kept."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=new_file, required=True)
    parser.add_argument("--corpus", type=existing_folder, action="append", default=[], required=True)
    parser.add_argument("--home", type=Path, default=Path("var/training"), help="where the corpora's indexes are kept")
    return parser


def corpus_container(folder: Path, home: Path) -> Container:
    """A container whose index, below `home`, holds the documents of a corpus.

    It searches with questions as they are: the shipped map was made of these very questions and would find too much.
    """
    container = Container(Settings(home=home / folder.name, retrieval=RetrievalSettings(move_questions=False)))
    container.pipeline().run(container.sources([folder / "docs"]))
    return container


def corpus_questions(folder: Path, names: Sequence[str] = _QUESTIONS) -> Iterator[Mapping[str, Any]]:
    """The questions of a corpus, file by file, the direct ones first; see its README for the fields."""
    for name in names:
        if (folder / name).exists():
            with (folder / name).open(encoding="utf-8") as lines:
                yield from map(json.loads, filter(str.strip, lines))


def squad_examples(
    questions: Mapping[str, Any], paragraphs: Mapping[str, Any], *, seed: int = 1
) -> Iterator[ReadingExample]:
    """Examples of a set in SQuAD's layout; the two files may be translations of each other, in the same order.

    Sentences around the answer are mixed with sentences of other paragraphs of the same article; every third question
    gives a pack without its answer instead.
    """
    chance = random.Random(seed)
    for asked, told in zip(questions["data"], paragraphs["data"], strict=True):
        texts = [item["context"] for item in told["paragraphs"]]
        for at, (asking, telling) in enumerate(zip(asked["paragraphs"], told["paragraphs"], strict=True)):
            starts = {item["id"]: item["answers"][0]["answer_start"] for item in telling["qas"]}
            for item in asking["qas"]:
                with_answer = chance.random() > 1 / 3
                yield _squad_pack(item["question"], texts, at, starts[item["id"]], chance, with_answer=with_answer)


def _squad_pack(
    question: str, texts: Sequence[str], at: int, answer_start: int, chance: random.Random, *, with_answer: bool
) -> ReadingExample:
    windows: list[tuple[Window, tuple[bool, ...]]] = []
    spans = split_sentences(texts[at])
    hit = next((n for n, (start, end) in enumerate(spans) if start <= answer_start < end), 0)
    if with_answer:
        first = max(0, hit - chance.randint(0, 2))
        chosen = range(first, min(len(spans), first + 3))
        windows.append(_labelled(texts[at], spans, chosen, hit if hit in chosen else first))
    rest = [n for n in range(len(spans)) if abs(n - hit) > (2 if with_answer else 0)]
    if rest:
        first = chance.choice(rest)
        windows.append(_labelled(texts[at], spans, [n for n in (first, first + 1) if n in rest], None))
    for other in chance.sample(range(len(texts)), min(len(texts), 3)):
        if other != at and (theirs := split_sentences(texts[other])):
            first = chance.randrange(len(theirs))
            windows.append(_labelled(texts[other], theirs, range(first, min(len(theirs), first + 2)), None))
    chance.shuffle(windows)
    return ReadingExample(question, tuple(w for w, _ in windows), tuple(labels for _, labels in windows), "squad")


def _labelled(
    text: str, spans: Sequence[tuple[int, int]], chosen: Sequence[int], hit: int | None
) -> tuple[Window, tuple[bool, ...]]:
    return Window("", tuple(text[slice(*spans[n])] for n in chosen)), tuple(n == hit for n in chosen)


def _corpus_packs(
    container: Container, generation: Any, row: Mapping[str, Any], chance: random.Random, without: float
) -> Iterator[ReadingExample]:
    question, kind = row["text"], row["kind"]
    query = Query(question, top=8)
    own = container.retriever.retrieve(query, generation)
    across = container.retriever.retrieve_across(query, generation)
    (windows,) = candidate_windows(question, own, across, scorer=container.scorer) or [[]]
    gold = [(item["document"], item["quote"]) for item in row["evidence"]]
    answers = tuple(item["answer"] for item in row["evidence"] if item.get("answer"))
    if kind in UNANSWERED:
        yield _example(question, windows, gold, kind)
        return
    yield _example(question, _with_gold(generation, windows, gold, chance), gold, kind, answers)
    if chance.random() < without:
        others = [item for item in windows if not _is_gold(item, gold)]
        if others:
            yield _example(question, others, gold, f"{kind}_without")


def _example(
    question: str,
    windows: Sequence[Evidence],
    gold: Sequence[tuple[str, str]],
    kind: str,
    answers: tuple[str, ...] = (),
) -> ReadingExample:
    labels = tuple(
        tuple(is_gold_sentence(item.passage.document_id, sentence, gold) for sentence in item.sentences())
        for item in windows
    )
    return ReadingExample(question, tuple(window_of(item) for item in windows), labels, kind, answers)


def _with_gold(
    generation: Any, windows: Sequence[Evidence], gold: Sequence[tuple[str, str]], chance: random.Random
) -> list[Evidence]:
    """The windows, with those of the answer put near the front where the search or the selection missed them."""
    found = list(windows)
    for document, quote in gold:
        if any(_is_gold(item, [(document, quote)]) for item in found):
            continue
        for passage in generation.passages_of(document):
            numbers = [
                number
                for number in range(len(passage.sentences))
                if is_gold_sentence(document, passage.sentence_text(number), [(document, quote)])
            ]
            if numbers:
                last = min(len(passage.sentences) - 1, numbers[0] + 1)
                found.insert(chance.randint(0, min(3, len(found))), Evidence(0, passage, numbers[0], last, 0.0))
                break
    return found


def _is_gold(item: Evidence, gold: Sequence[tuple[str, str]]) -> bool:
    return any(is_gold_sentence(item.passage.document_id, sentence, gold) for sentence in item.sentences())


def is_gold_sentence(document: str, sentence: str, gold: Sequence[tuple[str, str]]) -> bool:
    """Whether a sentence is one of the quotes, as far as extraction lets that be seen (tables gain column names)."""
    text = bare(sentence)
    for source, quote in gold:
        if source != document:
            continue
        whole = bare(quote)
        is_asking = document.endswith(".csv") and whole.startswith(text) and len(text) < len(whole)
        if text and (text in whole or whole in text) and not is_asking:
            return True
        cells = [cell for part in re.split(r"[|,，\t\"]", quote) if len(cell := bare(part)) > 0]
        if len(cells) > 1 and sum(cell in text for cell in cells) >= 0.8 * len(cells):
            return True
    return False
