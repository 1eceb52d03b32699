"""Trains what tells the mood of a message, on the examples of `app/understanding/data/sentiment.jsonl`.

    python -m app.training.moods

Examples are short, reviews are not: beside them stand longer ones, made of two or three of the same mood and language.
The classifier is that of intents; how far its verdict counts beside words of praise and fault
(`app.understanding.tone`) is fitted on what it says of folds that it has not seen.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.building.container import Container
from app.settings import load_settings
from app.training.classifier import Fitted
from app.training.intents import Example, read_examples, train_intents
from app.training.program import existing_folder, run
from app.understanding.masking import masking
from app.understanding.mood import MOODS, WEIGHTS, MoodWeights, mood_features
from app.understanding.storing import SENTIMENT
from app.understanding.tone import tone_of
from index.text.language import detect

_SEED = 20261125
_JOINED = 200
"""Longer examples of each mood."""
_STRENGTH = 0.3
"""1 / penalty of the regression: the words were partly written beside the examples, so they are trusted less."""


def with_longer(examples: Sequence[Example], *, each: int = _JOINED, seed: int = _SEED) -> list[Example]:
    """The examples, and for each mood so many made of two or three of them."""
    draw = random.Random(seed)
    found = list(examples)
    for mood in MOODS:
        own = [item.text for item in examples if item.intent == mood]
        by_language = {
            name: [text for text in own if (detect(text) == "en") == (name == "en")] for name in ("zh", "en")
        }
        for _ in range(each):
            language = "en" if detect(draw.choice(own)) == "en" else "zh"
            some = draw.sample(by_language[language], min(draw.choice((2, 2, 3)), len(by_language[language])))
            found.append(Example((". " if language == "en" else "，").join(some), mood))
    return found


def fit_weights(fitted: Fitted, texts: Sequence[str]) -> MoodWeights:
    """How far verdict and words count, from what the classifier says of folds that it has not seen."""
    from sklearn.linear_model import LogisticRegression

    names = fitted.classifier.labels
    chances = [dict(zip(names, row, strict=True)) for row in fitted.held_out.chances.tolist()]
    features = mood_features(chances, [tone_of(text) for text in texts])
    labels = np.array([MOODS.index(mood) for mood in names])[fitted.columns]
    model = LogisticRegression(C=_STRENGTH, max_iter=1000)
    model.fit(features, labels)
    right = float(model.score(features, labels))
    sys.stdout.write(f"{len(texts)} examples, with the words: {right:.1%} right\n")
    return MoodWeights(model.coef_, model.intercept_)


def main() -> None:
    """Train, tell how well, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--package", type=existing_folder, default=Path("app"), help="where examples lie and weights are written"
    )
    data = parser.parse_args().package / "understanding" / "data"
    read = read_examples(data / f"{SENTIMENT}.jsonl")
    longer = replace(read, examples=tuple(with_longer(read.examples)))
    container = Container(load_settings())
    mask = masking(container.slot_finder())

    # A longer example and one that it is made of may stand in different folds, so the weights are fitted without them.
    short = train_intents(read, container.embedder, mask=mask)
    sys.stdout.write(f"the classifier alone: {short.report.accuracy:.1%} right\n")
    weights = fit_weights(short.fitted, [item.text for item in read.examples])
    train_intents(longer, container.embedder, mask=mask).write(data / SENTIMENT)
    told = json.dumps(weights.to_dict(), indent=2)
    (data / SENTIMENT / WEIGHTS).write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(main)
