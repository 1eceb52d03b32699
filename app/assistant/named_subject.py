"""How well the title of a document names a subject, in either language.

A word of the subject may stand in the title, stand there in the other language, or share a translation with a word of
it (保修 and 质保 are both warranty); how near the others come is told by the tokens of the embedder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Protocol

from app.retrieval.glossary import Glossary
from index.text.language import HAN, other_language
from index.text.normalize import fold
from index.text.segment import stem
from index.text.segment import words as segmented
from index.text.terms import content_terms, held_terms
from index.types import FloatMatrix

_THREE = re.compile(f"[{HAN}]{{3}}")
_LEAST_HELD = 0.5


class TokenReader(Protocol):
    """The part of an embedder that is used here; see `index.ports.TokenEmbedder`."""

    def query_tokens(self, text: str) -> FloatMatrix:
        """Unit vectors of the tokens, float32, (t, d); (0, d) where it has none."""


def _subject_of(words: Sequence[str]) -> str:
    """The words as they would be written."""
    return ("" if any(ord(char) > 0x2E80 for char in words[0]) else " ").join(words)


def named_features(words: Sequence[str], title: str, reader: TokenReader) -> Mapping[str, float] | None:
    """Measures in about [0, 1] of how well a title names the subject of these words, one at least.

    None, without a look at tokens, for a title that holds less than half of the words or lacks one with a digit: the E4
    of a washing machine is one thing of its manual.
    `named` and `least_named` are the mean and the least over the words of what the title holds of them; `least_near` is
    the least over the subject's tokens of the cosine with the nearest of the title's.
    """
    subject = _subject_of(words)
    held = _held(words, subject, title)
    if fmean(held) < _LEAST_HELD or not _holds_codes(words, title):
        return None
    asked, told = reader.query_tokens(subject), reader.query_tokens(title)
    near = (asked @ told.T).max(axis=1) if len(asked) and len(told) else None
    return {
        "named": fmean(held),
        "least_named": min(held),
        "least_near": 0.0 if near is None else float(near.min()),
    }


def _holds_codes(words: Sequence[str], title: str) -> bool:
    told = fold(title)
    return all(word in told for word in words if any(map(str.isdigit, word)))


def _held(words: Sequence[str], subject: str, title: str) -> list[float]:
    """For each word the share of it that the title holds, in [0, 1]."""
    glossary, other = Glossary.shipped(), other_language(subject)
    of_title = {*glossary.translated(title, other)} if other_language(title) == other else set()
    stems = {stem(word) for word in segmented(title)}
    is_one_phrase = len(words) > 1 and glossary.names(subject, title)
    shares = []
    for word in words:
        is_named = is_one_phrase or stem(word) in stems or glossary.names(word, title) or _is_halved(word, title)
        if is_named or not of_title.isdisjoint(glossary.translated(word, other)):
            shares.append(1.0)
        else:
            shares.append(max(held_terms(content_terms(word) or (word,), title)))
    return shares


def _is_halved(word: str, title: str) -> bool:
    """Whether a Chinese word of two with the same end has one of them in the title: 退换货 is 退货 and 换货."""
    return _THREE.fullmatch(word) is not None and (word[0] + word[2] in title or word[1:] in title)
