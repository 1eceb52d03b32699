"""Fits the weights of `app.assistant.overview` on the wide questions of `app/training/corpora/wide.jsonl`.

    python -m app.training.overviews

A document that the search finds for a wide question is an example; it is one of the right if its overview answers the
question. How many wide questions get the right overview, and how many others get one, is printed for each corpus by
weights that have not seen it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.assistant.answerability import LogisticWeights
from app.assistant.overview import FILE_NAME, SURE, Candidate, Overviews
from app.building.container import Container
from app.retrieval.shop_words import in_shop_words
from app.training.answerability import fit, write_weights
from app.training.errors import TrainingDataInvalid
from app.training.program import existing_folder, run
from app.training.reading_data import corpus_container
from index.types import Query

_CORPORA = Path(__file__).parent / "corpora"
_STRENGTH = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what the search finds for it."""

    corpus: str
    kind: str
    """Topic, absent (as wide, of what no document is about) or particular."""
    gold: frozenset[str]
    """Ids of the documents whose overview answers; empty unless it is wide and there is one."""
    candidates: tuple[Candidate, ...]

    def examples(self) -> Iterator[tuple[Mapping[str, float], bool]]:
        """The features of each document, and whether it is one of the right."""
        for item in self.candidates:
            yield item.features, self.kind == "topic" and item.document in self.gold

    def best(self, weights: LogisticWeights) -> str | None:
        """The document whose main points would be told; None for none."""
        probabilities = {item.document: weights.probability(item.features) for item in self.candidates}
        best = max(probabilities, key=lambda name: probabilities[name], default=None)
        return best if best is not None and probabilities[best] >= SURE else None


def read_asked(home: Path) -> list[Asked]:
    """The questions of all corpora, whose documents are taken in under `home`."""
    lines = (_CORPORA / "wide.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    found = []
    for corpus in sorted({row["corpus"] for row in rows}):
        container = corpus_container(_CORPORA / corpus, home)
        overviews = Overviews.over(container.embedder, weights=LogisticWeights(0.0, {}))
        if overviews is None:
            raise TrainingDataInvalid("The embedder gives no tokens, on which the weights rest: name the default one.")
        for row in rows:
            if row["corpus"] == corpus:
                candidates = _candidates(container, overviews, row["text"])
                found.append(Asked(corpus, row["kind"], frozenset(row["gold"]), candidates))
    return found


def _candidates(container: Container, overviews: Overviews, question: str) -> tuple[Candidate, ...]:
    query, retriever = Query(text=in_shop_words(question), top=container.settings.retrieval.top), container.retriever
    with container.serving.borrow() as generation:
        words = overviews.asked(query.text, generation)
        found = [*retriever.retrieve(query, generation), *retriever.retrieve_across(query, generation)] if words else []
        return tuple(overviews.candidates(words, [item.passage for item in found]))


def _report(corpus: str, asked: Sequence[Asked], weights: LogisticWeights) -> str:
    wide = [item for item in asked if item.kind == "topic"]
    right = sum(item.best(weights) in item.gold for item in wide)
    wrong = sum(item.best(weights) not in {None, *item.gold} for item in wide)
    others = [item.best(weights) is not None for item in asked if item.kind != "topic"]
    return f"{corpus}: {right} of {len(wide)} right, {wrong} wrong; {sum(others)} of {len(others)} others told one\n"


def main() -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path("var/training"), help="where the corpora's indexes are kept")
    parser.add_argument("--package", type=existing_folder, default=Path("app"), help="where the weights are written")
    given = parser.parse_args()
    asked = read_asked(given.home)
    for corpus in sorted({item.corpus for item in asked}):
        seen = [example for item in asked if item.corpus != corpus for example in item.examples()]
        held_out = [item for item in asked if item.corpus == corpus]
        sys.stdout.write(_report(corpus, held_out, fit(seen, strength=_STRENGTH)))
    weights = fit([example for item in asked for example in item.examples()], strength=_STRENGTH)
    sys.stdout.write(_report("all", asked, weights))
    write_weights(weights, given.package / "assistant" / FILE_NAME)


if __name__ == "__main__":
    run(main)
