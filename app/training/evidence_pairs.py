"""Claims out of VitaminC: pairs of a claim and a sentence of Wikipedia before or after an edit that turned it.

A claim stands there beside evidence that bears it out and beside nearly the same evidence that does not, which teaches
to read closely (Schuster, Fisch and Barzilay, 2021, arXiv:2103.08541; CC BY-SA 3.0). No text of it is in the
repository.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from app.training.errors import TrainingDataInvalid
from app.training.labelled_claims import Claim

_LABELS = {"SUPPORTS": True, "REFUTES": False, "NOT ENOUGH INFO": False}
"""Whether the evidence bears the claim out; what is refuted and what is not told are one."""
_SHORTEST, _LONGEST = 50, 600
"""Characters of the evidence: shorter ones are fragments, longer ones lists."""
_SIGNS = (("�", " "), ("-LRB-", "("), ("-RRB-", ")"), ("``", '"'), ("''", '"'))
_BEFORE = re.compile(r" ([,.;:!?)\]%])")
_BEHIND = re.compile(r"([(\[$£€]) ")
_ENDINGS = re.compile(r" ('s|n't|'re|'ve|'ll|'d|'m)\b")
_QUOTED = re.compile(r'" ([^"]*?) "')


def evidence_pairs(path: Path) -> Iterator[Claim]:
    """The claims of a file of VitaminC, a JSON a line with `claim`, `evidence`, `label` and `page`.

    Raises `TrainingDataInvalid` for any other line.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                claim, evidence, is_supported = plain(row["claim"]), plain(row["evidence"]), _LABELS[row["label"]]
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise TrainingDataInvalid(
                    f"{path}, line {number}: expected a JSON object with claim, evidence and label, "
                    f"one of {', '.join(_LABELS)} ({error})."
                ) from error
            if _SHORTEST < len(evidence) < _LONGEST:
                yield Claim(claim, evidence, row.get("page", ""), is_supported, None if is_supported else "edited")


def plain(text: str) -> str:
    """A text whose words and signs stand apart, written as people do.

    >>> plain("Westlife ( an Irish band ) sold 9.8 million , it 's said .")
    "Westlife (an Irish band) sold 9.8 million, it's said."
    """
    for sign, other in _SIGNS:
        text = text.replace(sign, other)
    text = _BEHIND.sub(r"\1", _BEFORE.sub(r"\1", text))
    return _QUOTED.sub(r'"\1"', _ENDINGS.sub(r"\1", text)).strip()
