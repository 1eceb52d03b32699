"""Claims with the truth about them, as the files of `app/training/corpora` and `app/training/general` hold them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

CLAIMS = "claims.jsonl"
REWORDED = "claims_reworded.jsonl"
"""Claims further from the words of their passage: colloquial, of a customer's case, in the other language."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A line of `claims.jsonl`."""

    text: str
    passage: str
    document: str
    is_supported: bool
    fault: str | None


def read_claims(folder: Path, *, name: str = CLAIMS) -> list[Claim]:
    """The claims of one corpus, a line each or, under `claims`, all of a passage in a line; [] when it has none."""
    path = folder / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [
        Claim(claim["claim"], row["passage"], row.get("document", row["passage"]), claim["supported"], claim["fault"])
        for row in rows
        for claim in row.get("claims", [row])
    ]


def is_left_out(passage: str, percent: int) -> bool:
    """Whether a passage is one of so many of a hundred that nothing is learnt from, always the same ones."""
    return int(hashlib.sha256(passage.encode()).hexdigest(), 16) % 100 < percent
