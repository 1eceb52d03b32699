"""Messages that tell a story: several needs, each in a sentence of its own, among much that is beside the point.

One vector of a whole story is near to nothing in particular, so its sentences are searched one by one. Each is held
against the nearest sentence of every document; by how much that is nearer than the last one found is what the document
gains by it, so that a sentence to which all is alike decides nothing. What a document gains by all of them is summed.

Sentences near to something in the documents count more than those near to nothing there, but none more than a few
others together: a story has several needs. Those that say who one is hardly count. Names that stand in titles are
searched for as well, each among what bears it: the vector of a whole sentence hardly knows one product from the next.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.text.sentences import split_sentences
from index.types import Hit

_LEAST_SENTENCES, _MOST_SENTENCES = 6, 60
_LEAST_BYTES = 12
"""Of a sentence in UTF-8: "Hello." and 在吗 look for nothing."""
_MOST_NAMES = 20
_E_FOLD = 0.02
"""Cosine by which a sentence has to be nearer to count e times as much."""
_SHARP = 1.5
"""Power of a margin: what a need stands out for counts more than what many come a little nearer to."""
MOST = 4.0
"""What a sentence counts at most, where one of mean nearness counts 1; a name counts as much."""
_OF_ONESELF = 0.25
"""What a sentence that says who one is counts of what it would otherwise."""

_CAPITALISED = r"[A-Z][\w+&-]*"
_NAMES = re.compile(
    rf"{_CAPITALISED}(?: (?:{_CAPITALISED}|\d+))+"  # Light Blue Account, Galaxy 15
    r"|\b[A-Z][a-z]+[A-Z]\w+"  # EcoCard
    r"|(?<=《)[^《》\n]{2,20}(?=》)|(?<=「)[^「」\n]{2,20}(?=」)|(?<=“)[^“”\n]{2,20}(?=”)"
)
_PERSONAL = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bname\b|姓名|名字|我叫",
        r"\bphone\b|\bmobile\b|手机|电话|\b\d{3}-\d{3,4}-\d{4}\b|(?<!\d)1[3-9]\d{9}(?!\d)",
        r"\be-?mail\b|@|邮箱",
        r"\baddress\b|地址",
        r"\bdate of birth\b|\bDOB\b|\bbirthday\b|生日|出生",
        r"\b(?:user|customer|member) ID\b|身份证|会员号",
    )
)
"""Kinds of what people say of themselves to be known by."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one sentence, or one name, of a story found."""

    weight: float
    hits: Sequence[Hit]
    """Best first, each with a cosine as its score."""
    least: float
    """Cosine from which on a hit is worth anything."""


def sentences_told(text: str) -> list[str]:
    """The sentences to search by; [] for a message that is no story."""
    told = [text[start:end].strip() for start, end in split_sentences(text)]
    told = [sentence for sentence in told if len(sentence.encode()) > _LEAST_BYTES]
    return told[:_MOST_SENTENCES] if len(told) >= _LEAST_SENTENCES else []


def names_told(text: str) -> list[str]:
    """What may be names in a story, in order, each once whatever its capitals; which are is seen in the titles.

    Runs of capitalised words, words with a capital inside, and what stands in 《》, 「」 or “”.
    """
    found: dict[str, str] = {}
    for match in _NAMES.finditer(text):
        found.setdefault(match.group().casefold(), match.group())
    return list(found.values())[:_MOST_NAMES]


def bears(title: str, name: str) -> bool:
    """Whether a title holds a name, whatever its capitals; no part of a longer word counts."""
    pattern = rf"(?<![a-z0-9]){re.escape(name.casefold())}(?![a-z0-9])"
    return re.search(pattern, title.casefold()) is not None


def is_of_oneself(sentence: str) -> bool:
    """Whether a sentence says who one is: two of name, phone, mail, address, birthday and number, and no question."""
    return not sentence.endswith(("?", "？")) and sum(bool(kind.search(sentence)) for kind in _PERSONAL) > 1


def weights_of(told: Sequence[str], nearest: Sequence[float | None]) -> list[float]:
    """How much each sentence counts, in [0, 4]: by the cosine of its nearest passage, 1 for one of the mean cosine.

    0 for a sentence that found nothing (None).
    """
    known = [cosine for cosine in nearest if cosine is not None]
    mean = float(np.mean(known)) if known else 0.0
    weights = []
    for sentence, cosine in zip(told, nearest, strict=True):
        weight = 0.0 if cosine is None else float(np.exp((cosine - mean) / _E_FOLD))
        weights.append(min(weight * (_OF_ONESELF if is_of_oneself(sentence) else 1.0), MOST))
    return weights


def merged(needs: Sequence[Need], document_of: Mapping[str, str], *, limit: int) -> list[Hit]:
    """At most `limit` hits, best first, ties by passage id.

    By each need a document gains weight * (cosine of its nearest passage - `least`) ** 1.5. Of that a passage has what
    it gained as the nearest of its document, so that a catalogue shows a row for each need; the first of a document has
    the document's whole. A hit keeps stages and sentence of the need that it gains most by.
    """
    by_document: defaultdict[str, float] = defaultdict(float)
    scores: defaultdict[str, float] = defaultdict(float)
    best: dict[str, tuple[float, Hit]] = {}
    for need in needs:
        seen = set()
        for hit in need.hits:
            gain = need.weight * max(hit.score - need.least, 0.0) ** _SHARP
            document = document_of[hit.passage_id]
            if document not in seen:
                seen.add(document)
                by_document[document] += gain
                scores[hit.passage_id] += gain
            if hit.passage_id not in best or gain > best[hit.passage_id][0]:
                best[hit.passage_id] = gain, hit
    first: dict[str, str] = {}
    for passage_id in sorted(best, key=lambda passage_id: (-scores[passage_id], passage_id)):
        first.setdefault(document_of[passage_id], passage_id)
    for document, passage_id in first.items():
        scores[passage_id] = by_document[document]
    order = sorted(best, key=lambda passage_id: (-scores[passage_id], passage_id))
    return [replace(best[passage_id][1], score=scores[passage_id]) for passage_id in order[:limit]]
