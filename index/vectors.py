"""Vector search in FAISS: exact for small collections, inverted lists for large ones.

Inverted lists were chosen over HNSW by measurement (`docs/decisions/0009-vector-index.md`): they are built many times
faster, which is what every publish pays, and a filter that admits few passages only means that more lists are visited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import GenerationDamaged
from index.manifest import VectorIndexParams
from index.types import FloatMatrix

EXACT_BELOW = 50_000
HALF_BELOW = 1_000_000
"""From this many vectors on, 8-bit codes replace 16-bit ones: half the memory for about 2 points of recall@10."""
_TRAINING_PER_LIST = 64
_LISTS_PER_PROBE = 32
_TRAINED_FOR = 0.2
"""Share of the vectors that may come and go before inverted lists are made anew."""
_SEED = 20261124

Rows = NDArray[np.int64]
Chunks = Callable[[], Iterator[FloatMatrix]]


def choose_params(count: int, *, exact_below: int = EXACT_BELOW, half_below: int = HALF_BELOW) -> VectorIndexParams:
    """How to index `count` vectors."""
    if count < exact_below:
        return VectorIndexParams("flat", count)
    lists = 1 << max(3, round(float(np.log2(4 * np.sqrt(count)))))
    kind = "ivf-fp16" if count < half_below else "ivf-sq8"
    return VectorIndexParams(kind, count, lists=lists, probes=max(8, lists // _LISTS_PER_PROBE))


def build_vectors(path: Path, chunks: Chunks, params: VectorIndexParams, dimension: int) -> None:
    """Write an index of the rows of all chunks, numbered from 0 in the order they come; unit length, float32.

    The same rows give the same file: training looks at evenly spaced rows and starts from a fixed seed.
    `chunks` is called twice for inverted lists, once for training.
    """
    if params.kind == "flat":
        index: Any = _faiss().IndexFlatIP(dimension)
    else:
        index = _inverted(params, dimension)
        index.train(_training_rows(chunks(), params, dimension))
    for chunk in chunks():
        if len(chunk):
            index.add(np.ascontiguousarray(chunk, dtype=np.float32))
    if index.ntotal != params.count:
        raise ValueError(f"Expected {params.count} vectors, got {index.ntotal}.")
    _faiss().write_index(index, str(path))


@dataclass(frozen=True, slots=True)
class Earlier:
    """An index on disk, whole, from which vectors are copied."""

    path: Path
    params: VectorIndexParams
    rows: Rows
    """For each row of the new index the row that holds the same vector, -1 where there is none."""

    @property
    def exchanged(self) -> int:
        """Vectors that came or went since its lists were made, up to the new index."""
        stay = self.rows[self.rows >= 0]
        return self.params.exchanged + len(self.rows) - len(stay) + self.params.count - len(np.unique(stay))


def is_worth_carrying_on(earlier: Earlier, params: VectorIndexParams) -> bool:
    """Whether the lists of an earlier index still suit the new one.

    Only 16-bit codes are carried on, because they hold the vectors themselves; flat indexes are quick to build, and
    8-bit codes rest on centres that would have to stay although what they were made of may have been removed.
    """
    return (
        params.kind == earlier.params.kind == "ivf-fp16"
        and params.lists == earlier.params.lists
        and earlier.exchanged <= _TRAINED_FOR * params.count
    )


def carry_on(
    path: Path, fresh: Iterable[FloatMatrix], earlier: Earlier, params: VectorIndexParams, dimension: int
) -> VectorIndexParams:
    """Write an index like `build_vectors`, without training: vectors that were there stay in their lists.

    `fresh` are those of the rows that the earlier index lacks, in order; each goes to the nearest list. Then every
    centre moves to the middle of its list, so nothing in the file stems from a vector that has gone.
    """
    vectors = np.concatenate([np.zeros((0, dimension), np.float32), *fresh])
    is_fresh = earlier.rows < 0
    if np.count_nonzero(is_fresh) != len(vectors):
        raise ValueError(f"Expected {np.count_nonzero(is_fresh)} new vectors, got {len(vectors)}.")
    faiss = _faiss()
    old = faiss.read_index(str(earlier.path), faiss.IO_FLAG_MMAP_IFC)
    old_list, old_place = _places(old)
    list_of, place = old_list[earlier.rows], old_place[earlier.rows]
    place[is_fresh] = np.arange(len(vectors))
    if len(vectors):
        list_of[is_fresh] = old.quantizer.search(vectors, 1)[1][:, 0]
    new_codes = vectors.astype("<f2")

    index = _inverted(params, dimension)
    centres = np.zeros((params.lists, dimension), np.float32)
    by_list = np.argsort(list_of, kind="stable")
    ends = np.searchsorted(list_of[by_list], np.arange(1, params.lists))
    for number, rows in enumerate(np.split(by_list, ends)):
        is_new = is_fresh[rows]
        codes = np.empty((len(rows), dimension), "<f2")
        codes[~is_new] = _codes(old, number)[place[rows[~is_new]]]
        codes[is_new] = new_codes[place[rows[is_new]]]
        if len(rows):
            centres[number] = codes.sum(axis=0, dtype=np.float32)
            index.invlists.add_entries(number, len(rows), faiss.swig_ptr(rows), faiss.swig_ptr(codes.view(np.uint8)))
    faiss.normalize_L2(centres)  # as in training for inner products; an empty list keeps a centre of zeros
    index.quantizer.add(centres)
    index.is_trained, index.ntotal = True, len(earlier.rows)
    faiss.write_index(index, str(path))
    return replace(params, exchanged=earlier.exchanged)


class Selection:
    """Rows that a search may return, in FAISS's form."""

    def __init__(self, mask: NDArray[np.bool_]) -> None:
        self.count = int(np.count_nonzero(mask))
        self.share = self.count / len(mask) if len(mask) else 1.0
        self._bits = np.packbits(mask, bitorder="little")
        self.selector = _faiss().IDSelectorBitmap(self._bits)


class VectorIndex:
    """An index on disk, searched by any number of threads at once."""

    def __init__(self, path: Path, params: VectorIndexParams) -> None:
        self._params = params
        try:
            index: Any = _faiss().read_index(str(path), _faiss().IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise GenerationDamaged(f"{path.name} cannot be read: {error}.") from error
        if index.ntotal != params.count:
            raise GenerationDamaged(f"{path.name} holds {index.ntotal} vectors; the manifest says {params.count}.")
        if params.kind != "flat":
            index.make_direct_map()
        self._index = index
        # With a selector FAISS scans one question row by row; without one it calls a matrix product, ten times slower.
        self._everything = Selection(np.ones(len(self), dtype=np.bool_))

    def __len__(self) -> int:
        return self._params.count

    def search(self, vector: FloatMatrix, top: int, selection: Selection | None) -> tuple[FloatMatrix, Rows]:
        """Inner products and rows of the best `top` for one question (1, d), best first; fewer when fewer are admitted.

        The selection acts before the cut: inverted lists are probed in proportion to what it leaves out, so that a
        narrow one is searched as thoroughly as a wide one.
        """
        chosen = selection or self._everything
        top = min(top, chosen.count)
        if top < 1:
            return np.zeros(0, np.float32), np.zeros(0, np.int64)
        probes = self._probes(chosen)
        scores, rows = self._search(vector, top, chosen, probes)
        while len(rows) < top and probes < self._params.lists:
            probes = min(self._params.lists, probes * 4)
            scores, rows = self._search(vector, top, chosen, probes)
        order = np.lexsort((rows, -scores))
        return scores[order], rows[order]

    def rows(self, numbers: Sequence[int] | Rows) -> FloatMatrix:
        """The vectors of these rows: float32, (n, d)."""
        if not len(numbers):
            return np.zeros((0, self._index.d), np.float32)
        found: FloatMatrix = self._index.reconstruct_batch(np.asarray(numbers, dtype=np.int64))
        return found

    def _search(self, vector: FloatMatrix, top: int, chosen: Selection, probes: int) -> tuple[FloatMatrix, Rows]:
        scores, rows = self._index.search(
            np.ascontiguousarray(vector, dtype=np.float32), top, params=self._search_parameters(chosen, probes)
        )
        is_found = rows[0] >= 0
        return scores[0][is_found], rows[0][is_found]

    def search_many(self, vectors: FloatMatrix, top: int) -> tuple[FloatMatrix, Rows]:
        """As `search`, for many questions (n, d) at once and over everything: (n, top) each, -1 where there are fewer.

        A matrix product answers a batch much faster than row by row; what may not be seen is for the caller to leave
        out.
        """
        parameters = None
        if self._params.kind != "flat":
            parameters = _faiss().SearchParametersIVF(nprobe=self._params.probes)
        scores, rows = self._index.search(np.ascontiguousarray(vectors, dtype=np.float32), top, params=parameters)
        return scores, rows

    def _probes(self, chosen: Selection) -> int:
        if self._params.kind == "flat":
            return 0
        return min(self._params.lists, int(np.ceil(self._params.probes / max(chosen.share, 1e-9))))

    def _search_parameters(self, chosen: Selection, probes: int) -> Any:
        if self._params.kind == "flat":
            return _faiss().SearchParameters(sel=chosen.selector)
        return _faiss().SearchParametersIVF(sel=chosen.selector, nprobe=probes)


def _faiss() -> Any:
    import faiss  # loads OpenMP and BLAS, so not on import

    return faiss


def _inverted(params: VectorIndexParams, dimension: int) -> Any:
    faiss = _faiss()
    # 16-bit codes hold the stored values exactly; 8-bit ones do better on the distance from the list's centre.
    is_half = params.kind == "ivf-fp16"
    quantizer = faiss.ScalarQuantizer.QT_fp16 if is_half else faiss.ScalarQuantizer.QT_8bit
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, params.lists, quantizer, faiss.METRIC_INNER_PRODUCT, not is_half
    )
    index.cp.niter = 8
    index.cp.seed = _SEED
    index.cp.min_points_per_centroid = 1
    index.cp.max_points_per_centroid = _TRAINING_PER_LIST
    return index


def _places(index: Any) -> tuple[Rows, Rows]:
    """For each row the list that it lies in, and its place there."""
    lists, places = np.empty(index.ntotal, np.int64), np.empty(index.ntotal, np.int64)
    for number in range(index.nlist):
        if size := index.invlists.list_size(number):
            rows = _faiss().rev_swig_ptr(index.invlists.get_ids(number), size)
            lists[rows], places[rows] = number, np.arange(size)
    return lists, places


def _codes(index: Any, number: int) -> NDArray[np.float16]:
    """The vectors of an inverted list of 16-bit codes, (n, d)."""
    if not (size := index.invlists.list_size(number)):
        return np.zeros((0, index.d), "<f2")
    codes = _faiss().rev_swig_ptr(index.invlists.get_codes(number), size * index.code_size)
    found: NDArray[np.float16] = codes.view("<f2").reshape(size, index.d)
    return found


def _training_rows(chunks: Iterator[FloatMatrix], params: VectorIndexParams, dimension: int) -> FloatMatrix:
    step = max(1, params.count // (_TRAINING_PER_LIST * params.lists))
    picked = [np.zeros((0, dimension), np.float32)]
    at = 0
    for chunk in chunks:
        picked.append(chunk[(-at) % step :: step])
        at += len(chunk)
    return np.ascontiguousarray(np.concatenate(picked), dtype=np.float32)
