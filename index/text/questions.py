"""Telling sentences that ask from sentences that state."""

from __future__ import annotations

import re

_QUESTION = re.compile(r"[?？][”’」』）)\]】\"']*\s*$|^\s*(?:q|问|问题|question)\s*[:：]", re.IGNORECASE)


def is_question(sentence: str) -> bool:
    """Whether a sentence asks, as the question of an FAQ entry does: it leads to evidence, it is none."""
    return bool(_QUESTION.search(sentence))
