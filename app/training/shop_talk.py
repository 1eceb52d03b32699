"""Fits the weights of `app.insight.gaps.shop_talk` on the questions of the corpora of `app/training/corpora`.

    python -m app.training.shop_talk

What is off topic there (small talk, tests, insults, questions about the rest of the world) and the lines of
`corpora/small_talk.jsonl` stand against everything else that customers of twelve shops ask, answerable or not. How well
the two are told apart is printed for each corpus by weights that have not seen it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.building.container import Container
from app.insight.gaps.shop_talk import FILE_NAME, ShopTalk
from app.settings import load_settings
from app.training.program import existing_folder, run
from index.text.language import detect
from index.types import FloatMatrix

_CORPORA = Path(__file__).parent / "corpora"
_SMALL_TALK = "small_talk"
_STRENGTH = 30.0
_SEED = 20261125
_EACH = 250
"""Questions of a corpus that are on topic."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and whether a shop is asked it."""

    text: str
    corpus: str
    is_shop: bool


def read_examples(folder: Path) -> list[Example]:
    """Off-topic questions of all corpora, and of each so many of the others."""
    draw = np.random.default_rng(_SEED)
    found: list[Example] = []
    for path in sorted(folder.glob("*/questions.jsonl")):
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        shop = [line["text"] for line in lines if line["kind"] != "off_topic"]
        chosen = draw.permutation(len(shop))[:_EACH].tolist()
        corpus = path.parent.name
        found += [Example(shop[number], corpus, True) for number in sorted(chosen)]
        found += [Example(line["text"], corpus, False) for line in lines if line["kind"] == "off_topic"]
    small_talk = folder / f"{_SMALL_TALK}.jsonl"
    rows = [json.loads(line) for line in small_talk.read_text(encoding="utf-8").splitlines()]
    return found + [Example(row["text"], _SMALL_TALK, bool(row["shop"])) for row in rows]


def fit(vectors: FloatMatrix, labels: Sequence[bool], *, means: Mapping[str, FloatMatrix] | None = None) -> ShopTalk:
    """Logistic regression; both kinds weigh the same in all."""
    from sklearn.linear_model import LogisticRegression

    regression = LogisticRegression(C=_STRENGTH, max_iter=2000, class_weight="balanced")
    model = regression.fit(vectors, np.array(labels))
    return ShopTalk(model.coef_[0].astype(np.float32), float(model.intercept_[0]), means=means)


def main() -> None:
    """Fit, print what is told apart, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=existing_folder, default=Path("app"), help="where the weights are written")
    given = parser.parse_args()
    examples = read_examples(_CORPORA)
    vectors = Container(load_settings()).embedder.embed_queries([example.text for example in examples])
    labels = np.array([example.is_shop for example in examples])
    for corpus in sorted({example.corpus for example in examples}):
        is_held = np.array([example.corpus == corpus for example in examples])
        logits = fit(vectors[~is_held], labels[~is_held].tolist()).logits(vectors[is_held])
        kept, dropped = logits[labels[is_held]] >= 0, logits[~labels[is_held]] < 0
        sys.stdout.write(
            f"{corpus}: {kept.mean():.1%} of {len(kept)} kept, {dropped.mean():.1%} of {len(dropped)} left out\n"
        )
    languages = np.array([detect(example.text) for example in examples])
    means = {name: vectors[labels & (languages == name)].mean(axis=0) for name in ("zh", "en")}
    fit(vectors, labels.tolist(), means=means).write(given.package / "insight" / "gaps" / FILE_NAME)


if __name__ == "__main__":
    run(main)
