"""What the adapter that comes with kefu learnt: whether evidence answers, what to reply, and when to decline.

    python -m app.training.llm.answer_data --out var/answers.jsonl
    kefu train llm --stage sft --data var/answers.jsonl --base 1.5b --adapter none --out var/answers

Questions over passages of all kinds (`app/training/general`, `app/training/corpora`), each laid out with the evidence
that the service would choose. The replies stand beside the questions (`reply`, with the numbers of passages, or of the
sentences that answer); here they get those of the evidence at hand. A question whose answer is at hand in part alone
teaches nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app.assistant.finding import Finding
from app.assistant.phrases import reply_language
from app.building.container import Container
from app.domain import Evidence, renumbered
from app.generation.probe import PROBES
from app.generation.prompts import NO_ANSWER, build_prompt
from app.retrieval.given import GivenPassages
from app.retrieval.selection import SelectionParams
from app.settings import load_settings
from app.training.llm.company_data import default_corpora
from app.training.llm.laying_out import Asked, chosen_without, found_for, holds, marked, with_gold
from app.training.llm.records import Record, write_records
from app.training.program import new_file, run
from app.training.reading_data import corpus_container, corpus_questions
from app.training.snippets import Snippets, read_snippets
from index.types import Query

GENERAL = Path(__file__).parents[1] / "general"
_WORDS = {"zh": ("有", "没有"), "en": ("yes", "no")}
"""Replies to a probe."""
_DECLINING = 0.16
"""Share of the questions without an answer whose reply is learnt, too; all of them are learnt as probes."""
_WITHOUT = 0.5
"""Share of those with an answer that are laid out a second time without it."""
_UNTITLED = 0.5
"""Share of handfuls without a heading, which documents have and passages that are handed in do not."""
_MARKERS = re.compile(r"\s*(?:\[\d+\])+")


@dataclass(frozen=True, slots=True)
class Laid:
    """A question with the evidence that the service would choose."""

    question: str
    evidence: tuple[Evidence, ...]
    answers: bool
    reply: str = ""
    """With markers of the evidence; "" where none was written."""


def records_of(laid: Laid, chance: random.Random) -> Iterator[Record]:
    """The probe, and the reply where there is one; a few of those without an answer decline."""
    language = reply_language(laid.question)
    prompt = tuple(build_prompt(laid.question, renumbered(laid.evidence), language=language))
    asked = replace(prompt[-1], content=prompt[-1].content + PROBES[language].text)
    yield Record((*prompt[:-1], asked), _WORDS[language][not laid.answers])
    if laid.reply:
        yield Record(prompt, laid.reply)
    if not laid.answers and chance.random() < _DECLINING:
        yield Record(prompt, NO_ANSWER[language])


def renumber(reply: str, place: Callable[[int, str], int | None]) -> str:
    """The reply with other markers: `place` gives that of a number and the words before it; "" where one has none."""
    pieces, at = [], 0
    for match in _MARKERS.finditer(reply):
        words = reply[at : match.start()]
        numbers = [place(int(number), words) for number in re.findall(r"\d+", match.group())]
        if None in numbers:
            return ""
        space = " " if match.group().startswith(" ") else ""
        pieces.append(words + space + "".join(f"[{number}]" for number in dict.fromkeys(numbers)))
        at = match.end()
    return "".join(pieces) + reply[at:]


def of_groups(path: Path, container: Container, *, seed: int) -> Iterator[Laid]:
    """Questions over handfuls of passages (`app.training.groups`), with and without what answers."""
    for line in path.read_text(encoding="utf-8").splitlines():
        group = json.loads(line)
        source = GivenPassages(group["passages"], container.embedder)
        for row in group["questions"]:
            chance = random.Random(f"{seed}:{row['text']}")
            finding = container.finder.find(row["text"], Query(row["text"], top=8), source)
            gold = [answer.strip() for answer in row["answers"]]
            evidence = _untitled(finding.evidence) if chance.random() < _UNTITLED else tuple(finding.evidence)
            said = [answer in " ".join(item.quote for item in evidence) for answer in gold]
            if evidence and all(said):
                reply = renumber(row.get("reply", ""), _by_passage(evidence, gold)) if gold else ""
                yield Laid(row["text"], evidence, bool(gold), reply)
            elif evidence and not any(said):
                yield Laid(row["text"], evidence, False)
            if gold and chance.random() < _WITHOUT:
                yield from _without(row["text"], finding, partial(_quotes, gold))


def of_snippets(items: Sequence[Snippets], container: Container, *, seed: int) -> Iterator[Laid]:
    """Questions with what a search of the web returns: an answer, two that disagree, or none."""
    for item in items:
        chance = random.Random(f"{seed}:{item.question}")
        for mixture in item.mixtures(chance):
            source = GivenPassages(mixture.passages, container.embedder)
            evidence = tuple(container.finder.find(item.question, Query(item.question, top=8), source).evidence)
            told = " ".join(piece.quote for piece in evidence)
            is_told = [answer in told for answer in mixture.answers]
            if not evidence or (item.is_list and any(is_told) and not all(is_told)):
                continue
            yield Laid(item.question, evidence, any(is_told), _of_values(item, mixture.answers, evidence))


def of_corpus(folder: Path, home: Path, *, count: int, seed: int) -> Iterator[Laid]:
    """Questions of a corpus over its documents, with what answers put in where the search missed it, and without."""
    rows = list(corpus_questions(folder))
    rows = random.Random(f"{seed}:{folder.name}").sample(rows, min(count, len(rows)) if count else len(rows))
    container = corpus_container(folder, home)
    top, threshold = container.settings.retrieval.top, container.calibration.threshold
    with container.serving.borrow() as source:
        for row in rows:
            asked, chance = Asked.of(row, row["language"]), random.Random(f"{seed}:{row['text']}")
            finding = found_for(asked, container.finder, source, top=top, threshold=threshold)
            if not asked.gold:
                yield from [Laid(asked.text, tuple(finding.evidence), False)] if finding.evidence else []
                continue
            try:
                evidence = tuple(renumbered(with_gold(asked, finding.evidence, source, chance)))
            except ValueError:  # a quote that is no sentence of a passage
                continue
            place = {number: item.number for item in evidence[::-1] for number in _gold_of(item, asked)}
            yield Laid(asked.text, evidence, True, renumber(row.get("reply", ""), partial(_at, place)))
            if chance.random() < _WITHOUT:
                yield from _without(asked.text, finding, partial(_is_gold, asked))


def _quotes(gold: Sequence[str], item: Evidence) -> bool:
    return any(one in item.quote for one in gold)


def _is_gold(asked: Asked, item: Evidence) -> bool:
    return holds(item, asked.gold)


def _at(places: Mapping[int, int], number: int, _: str) -> int | None:
    return places.get(number)


def _gold_of(item: Evidence, asked: Asked) -> list[int]:
    return [number for number, gold in enumerate(asked.gold, start=1) if holds(item, [gold])]


def _without(question: str, finding: Finding, is_gold: Callable[[Evidence], bool]) -> Iterator[Laid]:
    """What the finder would have chosen had what answers not been there."""
    look = finding.look
    if look is None or look.reading is None:
        return
    chosen = chosen_without(question, look, look.reading, is_gold, SelectionParams())
    evidence = tuple(item for item in chosen if not is_gold(item))
    if evidence:
        yield Laid(question, evidence, False)


def _untitled(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(replace(item, passage=replace(item.passage, title="")) for item in evidence)


def _by_passage(evidence: Sequence[Evidence], gold: Sequence[str]) -> Callable[[int, str], int | None]:
    """Finds the piece of a passage by its number: the one that answers, of several the one with most of the words."""

    def place(number: int, words: str) -> int | None:
        of_it = [at for at, item in enumerate(evidence) if item.passage.document_id.endswith(f"-{number}")]
        of_it = [at for at in of_it if _quotes(gold, evidence[at])] or of_it
        return max(of_it, key=lambda at: (_shared(words, evidence[at].quote), -at)) + 1 if of_it else None

    return place


def _shared(one: str, other: str) -> int:
    pairs = [{text[at : at + 2] for at in range(len(text) - 1)} for text in (one.lower(), other.lower())]
    return len(pairs[0] & pairs[1])


def _of_values(item: Snippets, values: Sequence[str], evidence: Sequence[Evidence]) -> str:
    """The reply for the values that the passages at hand give, two sentences where they disagree; "" for none."""
    told = next((answer for answer in sorted(item.answers, key=len, reverse=True) if answer in item.reply), None)
    is_false = bool(item.false) and item.false in values
    if not item.reply or told is None or (item.is_list and is_false):
        return ""
    sides = [item.answers] if set(item.answers) & set(values) else []
    sides += [(item.false,)] if is_false else []
    said: dict[int, str] = {}
    for side in sides:
        places = [at for at, piece in enumerate(evidence, start=1) if any(value in piece.quote for value in side)]
        if not places:
            return ""
        text = item.reply if side is item.answers else item.reply.replace(told, item.false)
        said[places[0]] = marked(text, places[: 2 if len(sides) == 1 else 1])
    return ("" if reply_language(item.question) == "zh" else " ").join(said[at] for at in sorted(said))


def main() -> None:
    """Lay out and write the records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=new_file, required=True)
    parser.add_argument("--home", type=Path, default=Path("var/training"), help="where the corpora's indexes are kept")
    parser.add_argument("--per-corpus", type=int, default=85, help="questions of each retailer; 0 takes all")
    parser.add_argument("--statutes", type=int, default=1000, help="questions about statutes; 0 takes all")
    parser.add_argument("--seed", type=int, default=20261127)
    given = parser.parse_args()
    container = Container(load_settings())
    sources: list[Iterator[Laid]] = [
        of_groups(GENERAL / "groups.jsonl", container, seed=given.seed),
        of_snippets(read_snippets(GENERAL / "snippets.jsonl"), container, seed=given.seed),
        of_corpus(GENERAL / "statutes", given.home, count=given.statutes, seed=given.seed),
    ]
    sources += [of_corpus(one, given.home, count=given.per_corpus, seed=given.seed) for one in default_corpora()]
    chance = random.Random(given.seed)
    records: list[Record] = []
    for source in sources:
        for laid in source:
            records += records_of(laid, chance)
            sys.stderr.write(f"\r{len(records)} records")
    sys.stderr.write("\n")
    write_records(given.out, records)


if __name__ == "__main__":
    run(main)
