"""A trained classifier as a folder: `model.safetensors` with the numbers, `model.json` with what they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.understanding.classifier import SCOPE_FEATURES, Classifier, ClassifierWeights, Head
from app.understanding.errors import ClassifierDamaged, ClassifierForeign, ClassifierMissing

NUMBERS, FACTS = "model.safetensors", "model.json"
FORMAT = 1
INTENTS, SENTIMENT = "intents", "sentiment"


def save_classifier(classifier: Classifier, folder: Path, *, facts: Mapping[str, Any]) -> None:
    """Write a classifier; `facts` say where it comes from (data, seed, figures). Vectors are kept in 16 bits."""
    from safetensors.numpy import save

    weights = classifier.weights
    body = save(
        {
            "vectors": weights.vectors.astype(np.float16),
            "vector_bias": weights.vector_bias,
            "words": weights.words,
            "word_scale": weights.word_scale,
            "word_bias": weights.word_bias,
            "rarity": weights.rarity.astype(np.float16),
            "known": weights.known.astype(np.float16),
            "known_starts": weights.known_starts.astype(np.int32),
        }
    )
    told = {
        "format": FORMAT,
        "embedder": classifier.embedder_id,
        "labels": list(weights.labels),
        "heads": {
            name: {
                "vector_weight": head.vector_weight,
                "word_weight": head.word_weight,
                "scope": list(head.scope),
                "threshold": head.threshold,
            }
            for name, head in classifier.heads.items()
        },
        "sha256": hashlib.sha256(body).hexdigest(),
        **facts,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NUMBERS).write_bytes(body)
    (folder / FACTS).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def load_classifier(folder: Path, *, embedder_id: str | None) -> Classifier:
    """Read what `save_classifier` wrote.

    Args:
        folder: where it lies.
        embedder_id: the embedder whose vectors it will be given; None for whatever it was trained on.

    Raises:
        ClassifierMissing: there is none.
        ClassifierDamaged: a file was changed, cut or is of another kind.
        ClassifierForeign: it was trained on the vectors of another embedder.
    """
    told, body = _read(folder)
    try:
        if told["format"] != FORMAT:
            raise ClassifierDamaged(
                f"The classifier in {folder.name} is of format {told['format']}, this kefu reads {FORMAT}. "
                "Train it again with `kefu train intents`."
            )
        if hashlib.sha256(body).hexdigest() != told["sha256"]:
            raise ClassifierDamaged(f"{NUMBERS} in {folder.name} is not what was written. Train it again.")
        classifier = _classifier(told, body, name=folder.name)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ClassifierDamaged(f"{folder.name} holds no whole classifier ({error}). Train it again.") from error
    if embedder_id is not None and classifier.embedder_id != embedder_id:
        raise ClassifierForeign(
            f"The classifier in {folder.name} was trained on vectors of {classifier.embedder_id}, the settings say "
            f"{embedder_id}. Train it again with `kefu train intents`, or set KEFU_MODELS__EMBEDDER back."
        )
    return classifier


@cache
def shipped_classifier(name: str) -> Classifier:
    """One of those that come with kefu, `INTENTS` or `SENTIMENT`."""
    with as_file(files("app.understanding").joinpath("data", name)) as folder:
        return load_classifier(folder, embedder_id=None)


def _read(folder: Path) -> tuple[dict[str, Any], bytes]:
    try:
        told = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        body = (folder / NUMBERS).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ClassifierMissing(
            f"There is no trained classifier in {folder} ({FACTS} and {NUMBERS}). `kefu train intents` makes one."
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise ClassifierDamaged(f"{FACTS} in {folder.name} cannot be read. Train it again.") from None
    if not isinstance(told, dict):
        raise ClassifierDamaged(f"{FACTS} in {folder.name} is not what was written. Train it again.")
    return told, body


def _classifier(told: Mapping[str, Any], body: bytes, *, name: str) -> Classifier:
    """Raises `ValueError`, `KeyError` or `TypeError` for parts that are missing or do not fit each other."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        stored: Mapping[str, NDArray[Any]] = load(body)
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    weights = ClassifierWeights(
        labels=tuple(map(str, told["labels"])),
        vectors=stored["vectors"].astype(np.float32),
        vector_bias=stored["vector_bias"],
        words=stored["words"],
        word_scale=stored["word_scale"],
        word_bias=stored["word_bias"],
        rarity=stored["rarity"].astype(np.float32),
        known=stored["known"].astype(np.float32),
        known_starts=stored["known_starts"].astype(np.int64),
    )
    columns, dimension, buckets = len(weights.vector_bias), weights.vectors.shape[0], len(weights.rarity)
    shapes = {
        "vectors": (weights.vectors.shape, (dimension, columns)),
        "words": (weights.words.shape, (buckets, columns)),
        "word_scale": (weights.word_scale.shape, (columns,)),
        "word_bias": (weights.word_bias.shape, (columns,)),
        "known": (weights.known.shape[1:], (dimension,)),
        "known_starts": (weights.known_starts.shape, (columns,)),
    }
    wrong = [part for part, (found, wanted) in shapes.items() if found != wanted]
    if wrong or columns - len(weights.labels) not in (0, 1) or not weights.labels:
        raise ValueError(f"shapes do not fit: {', '.join(wrong) or 'labels'}")
    heads = {
        key: Head(
            float(head["vector_weight"]),
            float(head["word_weight"]),
            tuple(map(float, head["scope"])),
            float(head["threshold"]),
        )
        for key, head in told["heads"].items()
    }
    if set(heads) != {"both", "words"} or any(len(head.scope) != len(SCOPE_FEATURES) + 1 for head in heads.values()):
        raise ValueError("the heads are not whole")
    return Classifier(weights, heads, embedder_id=str(told["embedder"]), name=name)
