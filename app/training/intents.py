"""Trains a classifier of messages from a file of examples, and tells which labels are mistaken for one another.

`kefu train intents` is this; the classifier of intents that comes with kefu was made so from `app/understanding/data`:

    kefu train intents --data app/understanding/data/intents.jsonl --out app/understanding/data/intents

(That of moods is made by `app.training.moods`.)
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.training.classifier import Fitted, FittingParams, fit_classifier
from app.training.record import data_file, write_record
from app.understanding import Classifier, save_classifier
from app.understanding.classifier import scope_label
from app.understanding.errors import ExamplesInvalid
from app.understanding.storing import NUMBERS
from index.disk import replace_file
from index.ports import Embedder
from index.text.normalize import collapse_spaces, fold
from index.types import FloatMatrix

REPORT, EXAMPLES = "report.md", "examples.jsonl"
_AT_ONCE = 64
_SHOWN = 3
"""Examples shown of a confusion."""
_MOST_LABELS = 1000
_LONGEST = 2000
"""Characters of an example."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message and what it asks for."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class Examples:
    """What a file holds."""

    examples: tuple[Example, ...]
    """In the order of the file, no text twice."""
    repeated: int
    """Lines left out because their text was there before."""
    contradicting: tuple[str, ...]
    """Texts that came with two intents; the first one holds."""
    sha256: str
    """Of the file."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Two intents that are mistaken for one another."""

    one: str
    other: str
    count: int
    share: float
    """Of the messages of both."""
    examples: tuple[tuple[str, str, str], ...]
    """Text, its intent, and what it was taken for."""


@dataclass(frozen=True, slots=True)
class Report:
    """What held-out folds say."""

    examples: int
    intents: int
    accuracy: float
    """Share of messages with an intent that were given it."""
    kept: float
    """Share of them that were not taken for out of scope."""
    outside: int
    """Messages without an intent."""
    outside_found: float | None
    """Share of them that were recognised; None where there were none."""
    recall: tuple[tuple[str, int, float], ...]
    """Intent, its messages and the share that was recognised, worst first."""
    confusions: tuple[Confusion, ...]
    """Most frequent first."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "examples": self.examples,
            "intents": self.intents,
            "accuracy": round(self.accuracy, 4),
            "kept": round(self.kept, 4),
            "out_of_scope_examples": self.outside,
            "out_of_scope_found": None if self.outside_found is None else round(self.outside_found, 4),
            "recall": [{"intent": name, "examples": n, "recall": round(share, 4)} for name, n, share in self.recall],
            "confusions": [
                {
                    "intents": [pair.one, pair.other],
                    "count": pair.count,
                    "share": round(pair.share, 4),
                    "examples": [
                        {"text": text, "intent": own, "taken_for": found} for text, own, found in pair.examples
                    ],
                }
                for pair in self.confusions
            ],
        }

    def to_markdown(self) -> str:
        """As a page for people."""
        found = "no examples" if self.outside_found is None else f"{self.outside_found:.1%} of {self.outside}"
        lines = [
            "# Intents on held-out folds",
            "",
            f"{self.examples} examples of {self.intents} intents. Right: {self.accuracy:.1%}; kept as in scope: "
            f"{self.kept:.1%}; out of scope found: {found}.",
            "",
            "## Mistaken for one another",
            "",
            "Give the two more examples that tell them apart, or make them one intent.",
            "",
            "| intents | times | share | for instance |",
            "|---|---|---|---|",
        ]
        for pair in self.confusions:
            shown = "; ".join(f"“{_cell(text)}” ({own}) as {found}" for text, own, found in pair.examples)
            lines.append(f"| {_cell(pair.one)}, {_cell(pair.other)} | {pair.count} | {pair.share:.1%} | {shown} |")
        lines += ["", "## Each intent", "", "| intent | examples | right |", "|---|---|---|"]
        lines += [f"| {_cell(name)} | {count} | {share:.1%} |" for name, count, share in self.recall]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Trained:
    """A classifier with its report, not yet written."""

    fitted: Fitted
    report: Report
    facts: dict[str, Any]
    params: FittingParams

    @property
    def classifier(self) -> Classifier:
        """What was fitted."""
        return self.fitted.classifier

    def write(self, folder: Path) -> None:
        """Write both into a folder, which is made."""
        save_classifier(self.classifier, folder, facts=self.facts)
        (folder / REPORT).write_text(self.report.to_markdown(), encoding="utf-8")

    def write_record(self, folder: Path, data: Path) -> dict[str, Any]:
        """Beside what was written: the examples, lineage, metrics and card; with them the folder is a candidate."""
        kept = folder / EXAMPLES
        if not (kept.exists() and kept.samefile(data)):
            replace_file(kept, data.read_bytes())
        held_out = self.facts["held_out"]
        return write_record(
            folder,
            "intents",
            data=[data_file(kept)],
            seed=self.params.seed,
            params=asdict(self.params),
            base=self.classifier.embedder_id,
            parents=[],
            weights=[NUMBERS],
            metrics={name: value for name, value in held_out.items() if value is not None},
            words=[
                f"A classifier of messages: {self.report.examples} examples of {self.report.intents} intents. Figures "
                f"are of held-out folds; {REPORT} tells which intents are mistaken for one another.",
                f"Serve it with `KEFU_UNDERSTANDING__INTENTS={folder.name}` (its folder), or hand it in: "
                f"`kefu models submit {folder.name}`.",
            ],
        )


def read_examples(path: Path) -> Examples:
    """JSON Lines of {"text", "intent"}. Raises `ExamplesInvalid`, which names the line."""
    body = path.read_bytes()
    found: dict[str, Example] = {}
    repeated, contradicting = 0, []
    for number, line in enumerate(body.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if not line.strip():
            continue
        example = _example(line, number)
        key = collapse_spaces(fold(example.text))
        if key in found:
            repeated += 1
            if found[key].intent != example.intent:
                contradicting.append(example.text)
            continue
        found[key] = example
    labels = {example.intent for example in found.values()}
    inside = labels - {scope_label(sorted(labels))}
    if len(inside) < 2:
        raise ExamplesInvalid(f"{path.name} names {len(inside)} intents; two at least are needed to tell them apart.")
    if len(labels) > _MOST_LABELS:
        raise ExamplesInvalid(f"{path.name} names {len(labels)} intents; more than {_MOST_LABELS} are no intents.")
    return Examples(tuple(found.values()), repeated, tuple(contradicting), hashlib.sha256(body).hexdigest())


def embed(
    embedder: Embedder, texts: Sequence[str], on_progress: Callable[[int, int], None] | None = None
) -> FloatMatrix:
    """Vectors of messages, (n, d) in their order; those of like length go through the network together."""
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    rows = np.zeros((len(texts), embedder.dimension), np.float32)
    for start in range(0, len(order), _AT_ONCE):
        some = order[start : start + _AT_ONCE]
        rows[some] = embedder.embed_queries([texts[at] for at in some])
        if on_progress is not None:
            on_progress(min(start + _AT_ONCE, len(order)), len(order))
    return rows


def train_intents(
    read: Examples,
    embedder: Embedder,
    *,
    mask: Callable[[str], str] = lambda text: text,
    params: FittingParams | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Trained:
    """Embed the examples and fit a classifier to them. `mask` is done to a message before it is classified."""
    chosen = params or FittingParams()
    texts = [mask(example.text) for example in read.examples]
    fitted = fit_classifier(
        texts,
        [example.intent for example in read.examples],
        embed(embedder, texts, on_progress),
        embedder_id=embedder.embedder_id,
        params=chosen,
    )
    report = report_of(fitted, read.examples)
    facts = {
        "data_sha256": read.sha256,
        "seed": chosen.seed,
        "held_out": {
            "accuracy": round(report.accuracy, 4),
            "kept": round(report.kept, 4),
            "out_of_scope_found": None if report.outside_found is None else round(report.outside_found, 4),
        },
    }
    return Trained(fitted, report, facts, chosen)


def report_of(fitted: Fitted, examples: Sequence[Example]) -> Report:
    """What the held-out folds say of a fitted classifier."""
    names, columns, held_out = fitted.classifier.labels, fitted.columns, fitted.held_out
    inside = columns < len(names)
    right = held_out.predicted == columns
    totals = np.bincount(columns[inside], minlength=len(names))
    recalled = np.bincount(columns[inside & right], minlength=len(names))
    recall = [(name, int(totals[at]), float(recalled[at] / max(1, totals[at]))) for at, name in enumerate(names)]
    counts: Counter[tuple[int, int]] = Counter()
    shown: dict[tuple[int, int], list[tuple[str, str, str]]] = {}
    for at in np.flatnonzero(inside & ~right).tolist():
        own, found = int(columns[at]), int(held_out.predicted[at])
        pair = (min(own, found), max(own, found))
        counts[pair] += 1
        shown.setdefault(pair, []).append((examples[at].text, names[own], names[found]))
    confusions = [
        Confusion(
            names[one], names[other], count, count / int(totals[one] + totals[other]), tuple(shown[one, other][:_SHOWN])
        )
        for (one, other), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count > 1
    ]
    outside = int((~inside).sum())
    return Report(
        examples=len(columns),
        intents=len(names),
        accuracy=float(right[inside].mean()),
        kept=float((~held_out.is_out_of_scope[inside]).mean()),
        outside=outside,
        outside_found=float(held_out.is_out_of_scope[~inside].mean()) if outside else None,
        recall=tuple(sorted(recall, key=lambda row: (row[2], row[0]))),
        confusions=tuple(confusions),
    )


def _example(line: bytes, number: int) -> Example:
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ExamplesInvalid(f"Line {number} is not UTF-8 text.") from None
    except (json.JSONDecodeError, RecursionError, ValueError):
        raise ExamplesInvalid(f"Line {number} is not JSON.") from None
    text, intent = (value.get("text"), value.get("intent")) if isinstance(value, dict) else (None, None)
    if not isinstance(text, str) or not isinstance(intent, str) or not text.strip() or not intent.strip():
        raise ExamplesInvalid(f'Line {number} is not {{"text": "…", "intent": "…"}} with both filled.')
    return Example(text.strip()[:_LONGEST], intent.strip())


def _cell(text: str) -> str:
    return collapse_spaces(text).replace("|", "\\|")
