"""Training data on disk: JSON Lines a kind and part, with a card that says what is in them; whole or not at all."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from app.learning.data.errors import ExportFolderTaken
from app.learning.data.export import DataSet
from app.learning.data.records import Record
from app.learning.data.splitting import PARTS
from index.text.segment import words

CARD, FACTS = "README.md", "card.json"
_LICENCE = (
    "Made of the company's own conversations and documents: its own, not to be passed on without its consent. Prompts "
    "and refusals are kefu's (Apache-2.0)."
)
_USES = {
    "sft": "Chat messages (system, user with evidence, assistant), as the model is asked in service; refusals too.",
    "preference": "A prompt with a chosen and a rejected reply, from corrections, agents' edits and ratings.",
    "pretrain": "Text of documents and reviewed entries.",
    "pairs": "A query with a passage; label 1 where the answer cited it, 0 where it was found and not used.",
    "triples": "A query, a passage that its answer cited, and one that the own search found and nobody needed.",
}


def write_data(made: DataSet, out: Path, *, as_of: date) -> dict[str, Any]:
    """Write files and card; the facts of the card. A former export in the folder is replaced in one step.

    Raises `ExportFolderTaken` where the folder holds anything else.
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / FACTS).is_file())):
        raise ExportFolderTaken(f"{out} holds something that is no export of training data. Name a new folder.")
    out.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
    try:
        facts = _facts(made, as_of, _files(made, staging))
        (staging / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (staging / CARD).write_text(_card(facts), encoding="utf-8")
        staging.chmod(0o755)
        _take_place(staging, out)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return facts


def _take_place(staging: Path, out: Path) -> None:
    if not out.exists():
        staging.replace(out)
        return
    former = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".old", dir=out.parent))
    out.replace(former / "data")
    staging.replace(out)
    shutil.rmtree(former)


def _files(made: DataSet, folder: Path) -> list[dict[str, Any]]:
    files = []
    for kind, parts in made.records.items():
        for part in PARTS:
            records = parts.get(part, ())
            if not records:
                continue
            path = folder / kind / f"{part}.jsonl"
            path.parent.mkdir(exist_ok=True)
            digest = _write_lines(path, (record.line() for record in records))
            files.append(
                {
                    "path": f"{kind}/{part}.jsonl",
                    "kind": kind,
                    "part": part,
                    "records": len(records),
                    "languages": dict(sorted(Counter(record.language for record in records).items())),
                    "sources": dict(sorted(Counter(record.source for record in records).items())),
                    "words": _words(records),
                    "from": min((record.at for record in records if record.at), default=None),
                    "to": max((record.at for record in records if record.at), default=None),
                    "sha256": digest,
                }
            )
    return files


def _write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for line in lines:
            raw = json.dumps(line, ensure_ascii=False).encode() + b"\n"
            digest.update(raw)
            file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _words(records: Sequence[Record]) -> dict[str, int]:
    """Words of a record: Chinese words and English words, all texts together. Most models need 1 to 1.6 tokens each."""
    counts = sorted(sum(len(words(text)) for text in record.texts()) for record in records)
    return {
        "total": sum(counts),
        "median": counts[(len(counts) - 1) // 2],
        "p95": counts[math.ceil(0.95 * len(counts)) - 1],
        "most": counts[-1],
    }


def _facts(made: DataSet, as_of: date, files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "format": 1,
        "made_on": as_of.isoformat(),
        "seed": made.params.seed,
        "files": list(files),
        "read": dict(made.read),
        "personal_data_masked": dict(made.removed),
        "left_out": dict(made.dropped),
        "in_two_parts": dict(made.leaks),
        "licence": _LICENCE,
    }


def _card(facts: Mapping[str, Any]) -> str:
    kinds = list(dict.fromkeys(file["kind"] for file in facts["files"]))
    configs = "\n".join(
        f"- config_name: {kind}\n  data_files:\n"
        + "\n".join(
            f"  - split: {file['part']}\n    path: {file['path']}" for file in facts["files"] if file["kind"] == kind
        )
        for kind in kinds
    )
    rows = "\n".join(
        f"| {file['path']} | {file['records']} | {_told(file['languages'])} | {_told(file['sources'])} "
        f"| {file['words']['total']} ({file['words']['median']}, {file['words']['p95']}, {file['words']['most']}) "
        f"| {(file['from'] or '-')[:10]} – {(file['to'] or '-')[:10]} | `{file['sha256'][:16]}` |"
        for file in facts["files"]
    )
    uses = "\n".join(f"- `{kind}`: {_USES[kind]}" for kind in kinds)
    return f"""---
language:
- zh
- en
license: other
configs:
{configs}
---
# Training data of {facts["made_on"]}

{uses}

| file | records | languages | sources | words (median, 95 %, most of a record) | days | sha256 |
|---|---|---|---|---|---|---|
{rows}

Read with `datasets.load_dataset(FOLDER, "sft")`, or line by line. Whole hashes stand in `{FACTS}`.

## Sources
{_list(facts["read"])}

## Personal data
Masked before anything else was done: values of the conversation's customer from the shop's records, whatever was found
anywhere in the conversation, and everything of a personal form. A record in which something was still found was left
out.
{_list(facts["personal_data_masked"])}

## Left out
{_list(facts["left_out"])}

## Parts
By time, the newest for test, those before for validation. What stands in two parts, counted after dividing:
{_list(facts["in_two_parts"])}

## Licence
{facts["licence"]}
"""


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _list(counts: Mapping[str, int]) -> str:
    return "\n".join(f"- {name}: {count}" for name, count in counts.items()) or "- nothing"
