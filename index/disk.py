"""Files that survive a crash, and what a failing disk is called."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StoreError, StoreFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FULL_PHRASES = ("no space left", "database or disk is full", "disk quota exceeded", "file too large")
_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """Sha256 (hex) of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def sync_file(path: Path) -> None:
    """Wait until the file's bytes are on the device."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(root: Path) -> None:
    """Sync every file below `root` and every directory, `root` last."""
    for folder, _, names in os.walk(root, topdown=False):
        for name in sorted(names):
            sync_file(Path(folder, name))
        sync_file(Path(folder))


def write_synced(path: Path, content: bytes) -> None:
    """Write a new file and wait until it is on the device."""
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Give `path` new content in one step: a reader sees the old bytes or the new ones, also after a power cut."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        write_synced(aside, content)
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_file(path.parent)


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn the errors of a full or failing disk into StoreFull and StoreError; `what` was being done.

    SQLite, FAISS and tantivy each report a full disk in an exception of their own kind; some only in its text.
    """
    try:
        yield
    except StoreError:
        raise
    except (OSError, sqlite3.Error, RuntimeError, ValueError) as error:
        if _means_full(error):
            raise StoreFull(
                f"The disk is full: {what} stopped, and the generation that was current goes on serving. "
                "Free some space (`kefu index gc` removes old generations) and run the command again."
            ) from error
        if isinstance(error, (OSError, sqlite3.Error)) or _is_native_io(error):
            raise StoreError(f"{what} failed: {error}. The generation that was current goes on serving.") from error
        raise


def _means_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return True
    text = str(error).lower()
    return any(phrase in text for phrase in _FULL_PHRASES)


def _is_native_io(error: BaseException) -> bool:
    """Whether FAISS (RuntimeError) or tantivy (ValueError, "os error 5") complains about a file."""
    text = str(error)
    return "os error" in text or "faiss" in text.lower()
