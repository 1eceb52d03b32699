"""Texts that say nearly the same, told by the three-character pieces that they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.text.normalize import bare

_SIZE = 3
_ROWS = 512
"""Rows compared with all others at once."""
NEAR = 0.8
"""Cosine of the pieces from which two texts count as nearly the same."""


class Groups:
    """Things that belong together (union-find): what is joined to one thing is joined to all that go with it."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def of(self, item: int) -> int:
        """The least number of the group."""
        root = item
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[item] != root:
            self._parent[item], item = root, self._parent[item]
        return root

    def join(self, one: int, other: int) -> None:
        """Put two groups together."""
        first, second = sorted((self.of(one), self.of(other)))
        self._parent[second] = first


def near_pairs(texts: Sequence[str], *, least: float = NEAR) -> Iterator[tuple[int, int]]:
    """Pairs (i < j) whose pieces have a cosine of `least` or more; blank texts are near to none."""
    from sklearn.feature_extraction.text import HashingVectorizer

    if len(texts) < 2:
        return
    spelled = [bare(text) for text in texts]  # the same question has spaces and stops or not
    vectorizer = HashingVectorizer(
        analyzer="char",
        ngram_range=(_SIZE - 1, _SIZE),
        n_features=2**20,
        binary=True,
        norm="l2",
        alternate_sign=False,
    )
    vectors = vectorizer.transform(spelled).tocsr()
    for begin in range(0, len(texts), _ROWS):
        products = (vectors[begin : begin + _ROWS] @ vectors.T).tocoo()
        for row, column, value in zip(products.row, products.col, products.data, strict=True):
            if value >= least and begin + row < column:
                yield int(begin + row), int(column)
