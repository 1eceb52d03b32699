"""What a small model writes when it is stuck: the same clause again and again."""

from __future__ import annotations

import re
from collections import Counter

from index.text.normalize import bare

_CLAUSE = re.compile(r"[，,；;、。.！!？?：:]+")
_LEAST = 4
"""Characters of a clause; shorter ones recur in lists."""
_OFTEN = 3


def is_stuck(sentence: str) -> bool:
    """Whether a clause comes three times, or twice where nothing else is said."""
    clauses = [clause for part in _CLAUSE.split(sentence) if len(clause := bare(part)) >= _LEAST]
    counts = Counter(clauses)
    return any(count >= _OFTEN or (count > 1 and len(counts) == 1) for count in counts.values())
