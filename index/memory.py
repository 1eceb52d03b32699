"""Memory of this process."""

from __future__ import annotations

import ctypes
import gc
import sys


def return_freed_memory() -> None:
    """Give freed memory back to the system, where the C library can.

    Loading weights frees as much again as it keeps, in small pieces that the allocator would hold on to (90 MB for the
    embedding model).
    """
    gc.collect()
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
    if trim is not None:
        trim(0)
