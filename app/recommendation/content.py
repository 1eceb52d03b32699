"""What items are, in words: so that one which nobody chose yet still has a place among the others.

The vectors of the sequence model are told from the descriptions of the items that people chose, by ridge regression,
and then for those that nobody did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.recommendation.histories import Histories
from index.ports import Embedder
from index.text.segment import search_words

if TYPE_CHECKING:
    from app.recommendation.sasrec import SequenceNetwork

_WORD_SPACE = 128
_FEWEST = 10
"""Items that were chosen and are described: from fewer nothing is told."""
_CHOSEN_BY = 2
"""People who chose an item from whose vector something is learnt."""


@dataclass(frozen=True)
class Contents:
    """Descriptions of items as vectors."""

    items: tuple[str, ...]
    vectors: np.ndarray
    """float32, (items, d)."""

    @classmethod
    def of(cls, texts: Mapping[str, str], *, embedder: Embedder | None = None) -> Contents | None:
        """From a text for each item: its words and, where there is an embedder, its meaning. None where all are empty.

        Raises what the embedder raises.
        """
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer

        told = {item: text for item, text in texts.items() if text.strip()}
        if not told:
            return None
        words = TfidfVectorizer(analyzer=search_words, sublinear_tf=True, min_df=1).fit_transform(told.values())
        size = min(_WORD_SPACE, words.shape[1] - 1, words.shape[0] - 1)
        by_word = TruncatedSVD(size, random_state=1).fit_transform(words) if size >= 2 else words.toarray()
        parts = [_unit(by_word)]
        if embedder is not None:
            meaning = np.asarray(embedder.embed_queries(list(told.values())), np.float32)
            parts.append(_unit(meaning - meaning.mean(0)))
        return cls(tuple(told), np.concatenate(parts, axis=1).astype(np.float32))


def place_unseen(network: SequenceNetwork, histories: Histories, contents: Contents | None) -> np.ndarray:
    """Give items that nobody chose the vectors that their descriptions suggest; which items have a place: bool."""
    import torch
    from sklearn.linear_model import RidgeCV

    popularity = histories.popularity
    has_place = popularity > 0
    if contents is None or has_place.all():
        return has_place
    row = {item: at for at, item in enumerate(contents.items)}
    at = np.array([row.get(item, -1) for item in histories.items])
    known = np.flatnonzero((popularity >= _CHOSEN_BY) & (at >= 0))
    unseen = np.flatnonzero(~has_place & (at >= 0))
    if len(known) < _FEWEST or not len(unseen):
        return has_place
    table: np.ndarray = network.items.weight.detach().numpy()
    length = np.linalg.norm(table[known], axis=1, keepdims=True)
    model = RidgeCV(alphas=(0.1, 1.0, 10.0, 100.0)).fit(contents.vectors[at[known]], table[known] / length)
    told = _unit(np.asarray(model.predict(contents.vectors[at[unseen]]))) * np.median(length)
    with torch.no_grad():
        network.items.weight[torch.from_numpy(unseen)] = torch.from_numpy(told.astype(np.float32))
    has_place[unseen] = True
    return has_place


def _unit(vectors: np.ndarray) -> np.ndarray:
    out: np.ndarray = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)
    return out
