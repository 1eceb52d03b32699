"""Measures classifiers of messages."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.learning import CandidateKind
from app.learning.registry.cases import labelled_cases
from app.learning.registry.findings import Finding
from app.learning.registry.measuring import Case, Outcome
from app.understanding import Classifier, load_classifier
from app.understanding.classifier import OUT_OF_SCOPE, Classified
from app.understanding.errors import ClassifierDamaged, ClassifierMissing
from app.understanding.storing import FACTS, NUMBERS
from index.disk import sha256_of
from index.ports import Embedder
from index.types import FloatMatrix

Retrain = Callable[[Mapping[str, Any], Sequence[Path]], Path | None]
_SAME_VECTOR = 0.9995
"""Cosine from which on a kept vector is that of the question itself; numbers are kept in 16 bits."""
_SHORTEST = 6
"""Characters of a question that can be told to be remembered: everybody says thanks in the same words."""
_AT_ONCE = 64


class IntentsMeasure:
    """Fulfils `app.learning.registry.measuring.Measure`."""

    kind: CandidateKind = "intents"
    is_classifier = True
    writes = False
    max_mb = 64.0

    def __init__(
        self,
        embedder: Embedder,
        shipped: Callable[[], Classifier],
        *,
        fixed_set: Sequence[Path],
        mask: Callable[[str], str] = lambda text: text,
        retrain: Retrain = lambda _lineage, _data: None,
    ) -> None:
        """Nothing is read yet.

        Args:
            embedder: gives the vectors of messages.
            shipped: the classifier that comes with kefu.
            fixed_set: files of labelled messages, JSON Lines of text and intent; those that do not exist are empty.
            mask: is done to a message before it is classified.
            retrain: makes a classifier again from its record and data.
        """
        self._embedder, self._shipped, self._fixed_set = embedder, shipped, tuple(fixed_set)
        self._mask, self._retrain = mask, retrain
        self._vectors: dict[str, FloatMatrix] = {}

    @property
    def base(self) -> str:
        """The embedder."""
        return self._embedder.embedder_id

    @cached_property
    def _cases(self) -> Sequence[Case]:
        return labelled_cases(self._fixed_set)

    def cases(self) -> Sequence[Case]:
        """Of all files of the fixed set."""
        return self._cases

    def inspect(self, folder: Path, names: Collection[str]) -> list[Finding]:
        """Whether it is a classifier for this embedder that knows the labels in use."""
        missing = [name for name in (FACTS, NUMBERS) if name not in names]
        if missing:
            return [Finding("file_missing", {"file": missing[0]})]
        told = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        stated = told.get("sha256") if isinstance(told, dict) else None
        if stated != sha256_of(folder / NUMBERS):
            return [Finding("hash_false", {"file": NUMBERS})]
        try:
            classifier = load_classifier(folder, embedder_id=None)
        except (ClassifierDamaged, ClassifierMissing) as error:
            code = "shape_wrong" if "shapes do not fit" in error.message else "file_foreign"
            return [_unfit(code, error.message)]
        if classifier.embedder_id != self.base:
            return [Finding("base_wrong", {"found": classifier.embedder_id, "wanted": self.base})]
        width = classifier.weights.vectors.shape[0]
        if width != self._embedder.dimension:
            return [Finding("shape_wrong", {"part": "vectors", "found": width, "wanted": self._embedder.dimension})]
        wanted = {case.gold[0] for case in self._cases if case.gold[0] != OUT_OF_SCOPE[0]}
        unknown = sorted(wanted - set(classifier.labels))
        return [Finding("labels_missing", {"what": ", ".join(unknown[:8])})] if unknown else []

    def outcomes(self, folder: Path | None, cases: Sequence[Case]) -> Sequence[Outcome]:
        """The label of each, `out_of_scope` where none is borne."""
        texts = [self._mask(case.text) for case in cases]
        self._embed(texts)
        classifier = self._of(folder)
        if cases:
            self._classified(classifier, texts[0])  # what is made on first use is not counted
        found = []
        for case, text in zip(cases, texts, strict=True):
            start = time.perf_counter()
            verdict = self._classified(classifier, text)
            took = (time.perf_counter() - start) * 1000
            output = _output(verdict)
            found.append(Outcome(float(output == case.gold[0]), output, took))
        return found

    def remembered(self, folder: Path, cases: Sequence[Case]) -> Collection[int]:
        """Cases whose vector is among those that the classifier keeps of typical messages."""
        texts = [self._mask(case.text) for case in cases]
        self._embed(texts)
        known = self._of(folder).weights.known
        if not len(known) or not cases:
            return ()
        rows = np.stack([self._vectors[text] for text in texts])
        lengths = np.linalg.norm(known, axis=1, keepdims=True)
        nearest = (rows @ (known / np.maximum(lengths, 1e-6)).T).max(axis=1) / np.maximum(
            np.linalg.norm(rows, axis=1), 1e-6
        )
        return [at for at, value in enumerate(nearest) if value >= _SAME_VECTOR and len(cases[at].text) >= _SHORTEST]

    def replayed(self, folder: Path | None, questions: Sequence[str]) -> Sequence[tuple[str, bool]]:
        """The label of each question, and whether it was out of scope."""
        texts = [self._mask(text) for text in questions]
        self._embed(texts)
        classifier = self._of(folder)
        verdicts = [self._classified(classifier, text) for text in texts]
        return [(_output(verdict), verdict.is_out_of_scope) for verdict in verdicts]

    def retrained(self, lineage: Mapping[str, Any], data: Sequence[Path]) -> Path | None:
        """As whoever built this measure can."""
        return self._retrain(lineage, data)

    def _classified(self, classifier: Classifier, text: str) -> Classified:
        """By the words alone where it was trained on other vectors, as it would serve."""
        return classifier.classify(text, self._vectors[text] if classifier.embedder_id == self.base else None)

    def _of(self, folder: Path | None) -> Classifier:
        return self._shipped() if folder is None else load_classifier(folder, embedder_id=None)

    def _embed(self, texts: Sequence[str]) -> None:
        missing = sorted({text for text in texts if text not in self._vectors}, key=len)
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            self._vectors.update(zip(some, self._embedder.embed_queries(some), strict=True))


def _output(verdict: Classified) -> str:
    return OUT_OF_SCOPE[0] if verdict.is_out_of_scope else verdict.label


def _unfit(code: str, message: str) -> Finding:
    if code == "shape_wrong":
        parts = message.partition("shapes do not fit: ")[2].partition(")")[0]
        return Finding("shape_wrong", {"part": parts, "found": "?", "wanted": "what the labels ask for"})
    return Finding("file_foreign", {"kind": "intents", "why": message})
