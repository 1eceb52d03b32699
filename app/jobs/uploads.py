"""Files that were uploaded, under safe names, each change a version of its own."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import threading
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.errors import StoreFull
from ingest.errors import DocumentEmpty, DocumentTooLarge, DocumentTypeUnknown
from ingest.formats import require_format

_FOLDER = "upload"
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_MAX_NAME = 180
"""Bytes; most file systems take 255, and a version number comes on top."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was taken."""

    document_id: str
    size: int
    """Bytes."""
    sha256: str
    version: int
    """Counted from 1; grows when other bytes arrive under the same name."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class UploadFolder:
    """Keeps uploads below a folder that is made on first use.

    `documents/upload/NAME` holds the newest version of each, so that a document's id is `upload/NAME`; what it
    replaced or lost goes to `versions/NAME/`; `incoming/` holds what is still arriving and is never ingested.
    """

    def __init__(self, root: Path, *, max_bytes: int = 64 * 2**20) -> None:
        if max_bytes < 1:
            raise ValueError(f"Expected max_bytes >= 1, got {max_bytes}.")
        self._root, self._max_bytes = root, max_bytes
        self._lock = threading.Lock()

    @property
    def documents(self) -> Path:
        """The folder to ingest; it exists once this was asked for."""
        (self._root / "documents" / _FOLDER).mkdir(parents=True, exist_ok=True)
        return self._root / "documents"

    def save(self, name: str, chunks: Iterable[bytes]) -> StoredFile:
        """Keep a file; it appears whole or not at all.

        Raises `DocumentTypeUnknown` for a kind that is not read or a name of which nothing safe is left,
        `DocumentEmpty`, `DocumentTooLarge`, and `StoreFull` when the disk is full.
        """
        safe = safe_name(name)
        require_format(safe)
        incoming = self._root / "incoming" / uuid.uuid4().hex
        incoming.parent.mkdir(parents=True, exist_ok=True)
        try:
            size, sha256 = self._receive(incoming, chunks)
            if size == 0:
                raise DocumentEmpty(f"{safe} has no bytes.")
            with self._lock:
                return self._place(safe, incoming, size, sha256)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise StoreFull(f"The disk is full; {safe} was not kept. Make room and upload it again.") from error
        finally:
            incoming.unlink(missing_ok=True)

    def holds(self, document_id: str) -> bool:
        """Whether the document is a file here."""
        path = self._path(document_id)
        return path is not None and path.is_file()

    def remove(self, document_id: str) -> bool:
        """Take a file out of what is ingested; its last version is kept aside. False when it is not here."""
        path = self._path(document_id)
        with self._lock:
            if path is None or not path.is_file():
                return False
            self._put_aside(path)
            return True

    def stored(self) -> Sequence[StoredFile]:
        """All files, by name."""
        folder = self.documents / _FOLDER
        paths = sorted(path for path in folder.iterdir() if path.is_file())
        return [
            StoredFile(f"{_FOLDER}/{path.name}", path.stat().st_size, "", self._versions(path.name) + 1)
            for path in paths
        ]

    def _receive(self, path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        with path.open("wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > self._max_bytes:
                    raise DocumentTooLarge(f"The file has more than the {self._max_bytes:,} bytes that are allowed.")
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        return size, digest.hexdigest()

    def _place(self, name: str, incoming: Path, size: int, sha256: str) -> StoredFile:
        target = self.documents / _FOLDER / name
        if target.is_file() and not (target.stat().st_size == size and _sha256(target) == sha256):
            self._put_aside(target)
        if not target.exists():
            incoming.rename(target)
        return StoredFile(f"{_FOLDER}/{name}", size, sha256, self._versions(name) + 1)

    def _put_aside(self, path: Path) -> None:
        folder = self._root / "versions" / path.name
        folder.mkdir(parents=True, exist_ok=True)
        path.rename(folder / f"{self._versions(path.name) + 1:06d}")

    def _versions(self, name: str) -> int:
        folder = self._root / "versions" / name
        return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0

    def _path(self, document_id: str) -> Path | None:
        folder, _, name = document_id.partition("/")
        is_ours = folder == _FOLDER and bool(name) and "/" not in name and "\\" not in name and name not in (".", "..")
        return self._root / "documents" / _FOLDER / name if is_ours and "\0" not in name else None


def safe_name(name: str) -> str:
    """The last part of a client's file name, without what a file system or a browser could trip over.

    Letters of every script stay. Raises `DocumentTypeUnknown` when no name or no suffix is left.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(
        char if unicodedata.category(char)[0] in "LNM" or char in "-_.() +&，。（）《》、" else "_" for char in last
    )
    clean = re.sub(r"\s+", " ", kept).strip(". ")
    stem, dot, suffix = clean.rpartition(".")
    if not dot or not stem.strip("._ ") or not suffix:
        raise DocumentTypeUnknown(f"{name[:100]!r} is no file name with a suffix such as .md or .pdf.")
    stem = f"_{stem}" if _RESERVED.fullmatch(stem) else stem
    room = _MAX_NAME - len(suffix.encode()) - 1
    return f"{stem.encode()[: max(1, room)].decode(errors='ignore')}.{suffix[:20]}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
