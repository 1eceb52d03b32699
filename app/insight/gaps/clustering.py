"""Questions that ask for the same thing, put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from index.types import FloatMatrix, Language

_SHARED = 0.5
"""Share of the sentences of the cluster with fewer that are the same."""
_OFTEN = 0.1
_FEW_CLUSTERS = 4
"""A sentence said to more clusters than this, and than a tenth of all, says nothing about the topic."""

Clusters = list[list[int]]
"""Row numbers, each cluster's in order, clusters by their first row."""


def likeness_of(questions: FloatMatrix, replies: FloatMatrix, *, weight: float) -> FloatMatrix:
    """How like questions are, (n, n): their cosine, and that of what agents replied where both were replied to.

    Rows (n, d) of unit length; a row of zeros in `replies` is a question without any. `weight` is that of the replies.
    """
    likeness = questions @ questions.T
    has_reply = np.abs(replies).sum(axis=1) > 0
    both = np.outer(has_reply, has_reply)
    return np.where(both, (1 - weight) * likeness + weight * (replies @ replies.T), likeness)


def clusters_of(likeness: FloatMatrix, *, nearest: float) -> Clusters:
    """Average linkage: two clusters are joined while the mean likeness of their members is `nearest` or more.

    Every row of the matrix (n, n) is in exactly one cluster. Memory and time grow with the square of the rows.
    Source: Sokal and Michener, University of Kansas Science Bulletin 38 (1958), 1409-1438 (UPGMA).
    """
    if len(likeness) < 2:
        return [[row] for row in range(len(likeness))]
    from sklearn.cluster import AgglomerativeClustering

    distances = np.clip(1.0 - likeness, 0.0, 2.0)
    np.fill_diagonal(distances, 0.0)
    joining = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1.0 - nearest
    )
    found = joining.fit_predict(distances)
    grouped: dict[int, list[int]] = {}
    for row, name in enumerate(found.tolist()):
        grouped.setdefault(name, []).append(row)
    return sorted(grouped.values())


def most_typical(vectors: FloatMatrix, rows: Sequence[int]) -> int:
    """The row that is nearest to all the others."""
    part = vectors[list(rows)]
    return list(rows)[int(np.argmax(part @ part.mean(axis=0)))]


def joined_by_replies(
    clusters: Clusters, vectors: FloatMatrix, replies: Sequence[frozenset[str]], *, related: float
) -> Clusters:
    """Clusters made one where agents answer both with the same sentences, and the questions are not far apart.

    Customers word one problem in more ways than likeness follows; agents who know the answer give it in the same words.
    What agents say to many clusters (a greeting) joins none.

    Args:
        clusters: rows of each.
        vectors: of all rows.
        replies: sentences of agents, of each cluster.
        related: least mean cosine of the members of two clusters.
    """
    spread = Counter(sentence for said in replies for sentence in said)
    most = max(_FEW_CLUSTERS, int(_OFTEN * sum(map(bool, replies))))
    own = [frozenset(sentence for sentence in said if spread[sentence] <= most) for said in replies]
    centres = [vectors[rows].mean(axis=0) for rows in clusters]
    home = list(range(len(clusters)))

    def root(number: int) -> int:
        while home[number] != number:
            number = home[number]
        return number

    talked = [number for number, said in enumerate(own) if said]
    for at, one in enumerate(talked):
        for other in talked[at + 1 :]:
            shared = len(own[one] & own[other]) / min(len(own[one]), len(own[other]))
            if shared >= _SHARED and float(centres[one] @ centres[other]) >= related:
                home[root(other)] = root(one)
    joined: dict[int, list[int]] = {}
    for number, rows in enumerate(clusters):
        joined.setdefault(root(number), []).extend(rows)
    return sorted(sorted(rows) for rows in joined.values())


def joined_across(
    clusters: Clusters, vectors: FloatMatrix, languages: Sequence[Language], *, nearest: float
) -> Clusters:
    """A Chinese and an English cluster made one where each is the other's nearest and near enough.

    Between languages some distance is left when their means are taken off, so that linkage alone joins too few.
    """
    centres = np.stack([_centre(vectors[rows]) for rows in clusters]) if clusters else vectors[:0]
    is_english = np.array(
        [2 * sum(languages[row] == "en" for row in rows) > len(rows) for rows in clusters], dtype=bool
    )
    is_grown = np.array([len(rows) > 1 for rows in clusters], dtype=bool)
    chinese, english = np.flatnonzero(~is_english & is_grown), np.flatnonzero(is_english & is_grown)
    if not len(chinese) or not len(english):
        return clusters
    likeness = centres[chinese] @ centres[english].T
    best = likeness.argmax(axis=1)
    taken: dict[int, int] = {}
    for at, other in enumerate(best.tolist()):
        if likeness[at, other] >= nearest and int(likeness[:, other].argmax()) == at:
            taken[int(english[other])] = int(chinese[at])
    joined = {number: list(rows) for number, rows in enumerate(clusters) if number not in taken}
    for number, home in taken.items():
        joined[home] += clusters[number]
    return sorted(sorted(rows) for rows in joined.values())


def _centre(vectors: FloatMatrix) -> FloatMatrix:
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)
