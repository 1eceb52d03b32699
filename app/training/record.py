"""What a training leaves beside its weights: where they come from, what they came to, and a page that tells it.

`lineage.json` is what `kefu models submit` reads (`app.learning.registry.lineage`), so that a folder is a candidate.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.domain.learning import CandidateKind
from index.disk import replace_file, sha256_of

CARD, LINEAGE, METRICS = "card.md", "lineage.json", "metrics.json"


def write_record(
    folder: Path,
    kind: CandidateKind,
    *,
    data: Sequence[Mapping[str, Any]],
    seed: int,
    params: Mapping[str, Any],
    base: str,
    parents: Sequence[Mapping[str, Any]],
    weights: Sequence[str],
    metrics: Mapping[str, Any],
    words: Sequence[str],
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write lineage, metrics and card into a folder whose weights are there; the lineage.

    Args:
        folder: of the training.
        kind: of the model.
        data: what was learnt from: path (in the folder, or elsewhere), sha256 and, where known, until.
        seed: of all that was drawn.
        params: everything else that decided.
        base: id of the embedder that it stands on, or name of the model.
        parents: weights that it began with, by name and digest.
        weights: names of its files in the folder.
        metrics: what it came to.
        words: paragraphs of the card: what it is, how it serves, what it cannot do.
        more: further facts of the lineage.
    """
    lineage = {
        "kind": kind,
        "data": [dict(item) for item in data],
        "seed": seed,
        "code": version("kefu"),
        "parents": [dict(item) for item in parents],
        "base": base,
        **(more or {}),
        "params": dict(params),
        "weights": {name: sha256_of(folder / name) for name in weights},
    }
    write_json(folder / METRICS, metrics)
    replace_file(folder / CARD, _card(folder.name, lineage, metrics, words).encode())
    write_json(folder / LINEAGE, lineage)
    return lineage


def write_json(path: Path, content: object) -> None:
    """Whole or not at all."""
    replace_file(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def data_file(path: Path, *, until: str | None = None) -> dict[str, Any]:
    """A file that was learnt from, for `write_record`; beside the weights it is named without its folder."""
    found: dict[str, Any] = {"path": path.name, "sha256": sha256_of(path)}
    return found if until is None else {**found, "until": until}


def _card(name: str, lineage: Mapping[str, Any], metrics: Mapping[str, Any], words: Sequence[str]) -> str:
    figures = "\n".join(f"| {key} | {_told(value)} |" for key, value in metrics.items())
    settings = "\n".join(f"| {key} | {_told(value)} |" for key, value in lineage["params"].items())
    sources = "\n".join(f"- `{item['path']}` sha256 `{item['sha256']}`" for item in lineage["data"])
    text = "\n\n".join(words)
    return f"""# {lineage["kind"]} {name}

{text}

## What it came to

| figure | value |
|---|---|
{figures}

## Where it comes from

Stands on {lineage["base"]}; made by kefu {lineage["code"]} with the seed {lineage["seed"]} from

{sources}

| option | value |
|---|---|
{settings}

The data is the company's own; so is the model. Hashes of the weights stand in `{LINEAGE}`.
"""


def _told(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value).replace("|", "\\|").replace("\n", " ")
