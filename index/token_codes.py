"""The token codes of a generation: one file of all, in the order of the passages, and where each passage's end."""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from index.errors import GenerationDamaged
from index.manifest import CODE_ENDS, CODES
from index.types import TokenCodes
from index.vector_cache import VectorCache

_AT_ONCE = 500


class StoredCodes:
    """Read passage by passage: a memory map would keep in memory what was once looked at.

    The file stays open, so that a generation collected meanwhile can still be read. Safe to share between threads.
    """

    def __init__(self, folder: Path, passages: int) -> None:
        """Open the files. Raises `GenerationDamaged` when they cannot be read or are not of so many passages."""
        try:
            with (folder / CODES).open("rb") as file:
                (tokens, self._size), self._start = _layout_of(file)
                self._file = os.dup(file.fileno())
            weakref.finalize(self, os.close, self._file)
            self.ends: NDArray[np.int64] = np.load(folder / CODE_ENDS, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise GenerationDamaged(f"{CODES} or {CODE_ENDS} cannot be read: {error}.") from error
        if len(self.ends) != passages:
            raise GenerationDamaged(f"{CODE_ENDS} holds {len(self.ends)} entries; the manifest says {passages}.")
        if passages and (self.ends[-1] != tokens or bool(np.any(np.diff(self.ends, prepend=0) < 0))):
            raise GenerationDamaged(f"{CODE_ENDS} points at tokens that are not there.")

    def of(self, row: int) -> TokenCodes:
        """The codes of the passage in a row. Raises `GenerationDamaged` when the file ends before them."""
        first = int(self.ends[row - 1]) if row else 0
        wanted = (int(self.ends[row]) - first) * self._size
        found = os.pread(self._file, wanted, self._start + first * self._size)
        if len(found) < wanted:
            raise GenerationDamaged(f"{CODES} ends within the tokens of passage {row}.")
        return np.frombuffer(found, np.uint8).reshape(-1, self._size)


def _layout_of(file: BinaryIO) -> tuple[tuple[int, int], int]:
    """Rows and columns of an array of bytes in an open `.npy` file, and where its numbers begin.

    Raises `ValueError` when it is another array or shorter than it says.
    """
    if npy.read_magic(file) != (1, 0):
        raise ValueError("not the version of .npy that is written here")
    shape, by_column, kind = npy.read_array_header_1_0(file)
    if len(shape) != 2 or by_column or kind != np.uint8:
        raise ValueError(f"an array of {kind} of shape {shape}")
    start = file.tell()
    if os.fstat(file.fileno()).st_size < start + shape[0] * shape[1]:
        raise ValueError(f"fewer bytes than an array of shape {shape} takes")
    return (shape[0], shape[1]), start


@dataclass(frozen=True, slots=True)
class EarlierCodes:
    """Codes that an earlier generation has already."""

    codes: StoredCodes
    rows: NDArray[np.int64]
    """For each passage the row there, -1 where there is none."""


def write_codes(folder: Path, hashes: Sequence[bytes], cache: VectorCache, earlier: EarlierCodes | None) -> bool:
    """Write the codes of all passages, in the order of their hashes; memory does not grow with their number.

    Returns whether they were written: where a single passage has none, nothing is.
    """
    old = earlier.rows if earlier is not None else np.full(len(hashes), -1, np.int64)
    counts = np.zeros(len(hashes), np.int64)
    if earlier is not None:
        counts[old >= 0] = np.diff(earlier.codes.ends, prepend=0)[old[old >= 0]]
    fresh = np.flatnonzero(old < 0).tolist()
    known = cache.code_counts([hashes[number] for number in fresh])
    if len(known) < len({hashes[number] for number in fresh}):
        return False
    counts[fresh] = [known[hashes[number]] for number in fresh]
    np.save(folder / CODE_ENDS, np.cumsum(counts), allow_pickle=False)
    with (folder / CODES).open("wb") as file:
        shape = (int(counts.sum()), cache.code_size)
        npy.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
        for start in range(0, len(hashes), _AT_ONCE):
            some = range(start, min(start + _AT_ONCE, len(hashes)))
            found = cache.get_codes([hashes[number] for number in some if old[number] < 0])
            for number in some:
                is_kept = earlier is not None and old[number] >= 0
                codes = earlier.codes.of(int(old[number])) if earlier and is_kept else found[hashes[number]]
                file.write(codes.tobytes())
    return True
