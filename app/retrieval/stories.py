"""Messages that tell a story: several needs, each in a sentence of its own, among much that is beside the point.

One vector of a whole story is near to nothing in particular, so its sentences are searched one by one and what they
find is merged by rank; a passage that one sentence finds first beats one that many find somewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from index.text.sentences import split_sentences
from index.types import Hit

_LEAST_SENTENCES, _MOST_SENTENCES = 6, 60
_LEAST_BYTES = 12
"""Of a sentence in UTF-8: "Hello." and 在吗 look for nothing."""
_K = 3


def sentences_told(text: str) -> list[str]:
    """The sentences to search by; [] for a message that is no story."""
    told = [text[start:end].strip() for start, end in split_sentences(text)]
    told = [sentence for sentence in told if len(sentence.encode()) > _LEAST_BYTES]
    return told[:_MOST_SENTENCES] if len(told) >= _LEAST_SENTENCES else []


def merged(rankings: Sequence[Sequence[Hit]], *, limit: int) -> list[Hit]:
    """At most `limit` hits by the sum of 1 / (3 + rank) over the rankings, rank counted from 0; best first.

    A hit keeps the stages of the ranking in which it stands highest; its score is the sum.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    best: dict[str, tuple[int, Hit]] = {}
    for ranking in rankings:
        for rank, hit in enumerate(ranking):
            scores[hit.passage_id] += 1 / (_K + rank)
            if hit.passage_id not in best or rank < best[hit.passage_id][0]:
                best[hit.passage_id] = rank, hit
    order = sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))
    return [replace(best[passage_id][1], score=scores[passage_id]) for passage_id in order[:limit]]
