"""Where documents come from: folders, single files, and corpora of one document a line."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ingest.errors import (
    DocumentDamaged,
    DocumentEmpty,
    DocumentRefused,
    DocumentTooLarge,
    SourceMissing,
    SourceOutside,
)
from ingest.formats import format_of, is_unread_document
from ingest.ignore import IGNORE_FILE, IgnoreRules
from ingest.limits import Limits, size_shown
from ingest.validity.overrides import OVERRIDES_FILE, Override, Overrides

_JSON_LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Line:
    """One document of a corpus."""

    title: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document that a source holds, before it is read."""

    document_id: str
    path: Path
    size: int
    mtime_ns: int
    line: Line | None = None
    """The document itself, where it is a line of a corpus."""
    refusal: DocumentRefused | SourceOutside | None = None
    """Why it cannot even be looked at."""
    override: Override | None = None
    """Days of validity that somebody set beside the document."""


class Source(Protocol):
    """Something that holds documents."""

    @property
    def name(self) -> str:
        """Stays the same from run to run; a run removes only what its own source no longer holds."""

    def entries(self) -> Iterator[Entry]:
        """What it holds now, one by one in a fixed order.

        Raises:
            SourceMissing: it is not there any more; nothing is to be removed.
            OverridesDamaged: the days set beside its documents cannot be read; nothing is to be changed.
        """

    def notices(self) -> list[str]:
        """What was passed over by the last `entries`, in words."""


@dataclass
class FolderSource:
    """All documents below a folder; ids are paths relative to it.

    Hidden and temporary files and those of `.kefuignore` are left out. `validity.toml` at its top sets days of
    validity. Links to files outside the folder are refused, linked folders are not followed. Files of kinds that are
    no documents (pictures, programs) are only counted.
    """

    root: Path
    pictures: bool = False
    """Whether pictures are documents."""
    _notices: list[str] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """As the Protocol says."""
        return f"folder:{self.root.resolve()}"

    def entries(self) -> Iterator[Entry]:
        """In order of folder and name; a folder that cannot be read is an entry whose id ends in a slash."""
        root = self.root.resolve()
        if not root.is_dir():
            raise SourceMissing(f"{self.root} is not there; its documents stay in the index.")
        self._notices.clear()
        rules, overrides = _rules(root), Overrides.read(root / OVERRIDES_FILE)
        skipped: Counter[str] = Counter()
        unreadable: list[OSError] = []
        for folder, folders, files in os.walk(root, onerror=unreadable.append):
            base = Path(folder).relative_to(root)
            folders[:] = sorted(
                name
                for name in folders
                if not rules.leaves_out((base / name).as_posix(), is_folder=True)
                and not self._is_link(Path(folder) / name, base / name)
            )
            for name in sorted(files):
                document_id = (base / name).as_posix()
                if rules.leaves_out(document_id) or document_id == OVERRIDES_FILE:
                    continue
                if format_of(name, pictures=self.pictures) is None and not is_unread_document(name):
                    skipped[Path(name).suffix.lower() or "without extension"] += 1
                    continue
                entry = _entry(Path(folder) / name, document_id, root)
                if entry is not None:
                    yield overrides.applied(entry)
        for error in unreadable:
            relative = Path(error.filename).relative_to(root).as_posix()
            message = f"The folder cannot be read: {error.strerror}; what was indexed of it stays."
            yield Entry(f"{relative}/", Path(error.filename), 0, 0, refusal=DocumentDamaged(message))
        self._notices.extend(overrides.notices())
        if skipped:
            kinds = ", ".join(f"{kind} ({count})" for kind, count in skipped.most_common(8))
            self._notices.append(f"{skipped.total()} files are no documents that kefu reads and were skipped: {kinds}.")

    def notices(self) -> list[str]:
        """As the Protocol says."""
        return list(self._notices)

    def _is_link(self, path: Path, relative: Path) -> bool:
        if not path.is_symlink():
            return False
        self._notices.append(f"{relative.as_posix()} is a link to a folder and was not followed.")
        return True


@dataclass(frozen=True)
class FileSource:
    """A single file; its id is its name."""

    path: Path

    @property
    def name(self) -> str:
        """As the Protocol says."""
        return f"file:{self.path.resolve()}"

    def entries(self) -> Iterator[Entry]:
        """The one file."""
        path = self.path.resolve()
        entry = _entry(path, self.path.name, path.parent) if path.exists() else None
        if entry is None:
            raise SourceMissing(f"{self.path} is not there; the document stays in the index.")
        yield entry

    def notices(self) -> list[str]:
        """As the Protocol says."""
        return []


@dataclass(frozen=True)
class CorpusSource:
    """A file of JSON Lines, `{"_id", "title", "text"}`, one document a line; read line by line."""

    path: Path
    limits: Limits = field(default_factory=Limits)

    @property
    def name(self) -> str:
        """As the Protocol says."""
        return f"corpus:{self.path.resolve()}"

    def entries(self) -> Iterator[Entry]:
        """In order of lines."""
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise SourceMissing(f"{self.path} cannot be read: {error.strerror}.") from error
        with file:
            number = 0
            while raw := file.readline(self.limits.max_line_bytes + 1):
                number += 1
                if len(raw) > self.limits.max_line_bytes and not raw.endswith(b"\n"):
                    _skip_line(file)
                    yield self._refused(number, len(raw), _too_long(self.limits))
                elif raw.strip(b"\xef\xbb\xbf \t\r\n"):
                    yield self._line(raw.strip(b"\xef\xbb\xbf \t\r\n"), number)

    def notices(self) -> list[str]:
        """As the Protocol says."""
        return []

    def _line(self, raw: bytes, number: int) -> Entry:
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            return self._refused(number, len(raw), DocumentDamaged(f"Line {number} is not valid JSON."))
        if not _is_corpus_line(value) or not _is_unicode(str(value["_id"])):
            message = f'Line {number} is no document; expected {{"_id": …, "title": …, "text": …}}.'
            return self._refused(number, len(raw), DocumentDamaged(message))
        document_id, text = str(value["_id"]), value["text"]
        if not text.strip():
            refusal = DocumentEmpty(f"Line {number} holds no text.")
            return Entry(document_id, self.path, len(raw), 0, refusal=refusal)
        line = Line(str(value.get("title") or ""), text, hashlib.sha256(raw).hexdigest())
        return Entry(document_id, self.path, len(raw), 0, line)

    def _refused(self, number: int, size: int, refusal: DocumentRefused) -> Entry:
        return Entry(f"{self.path.name}:{number}", self.path, size, 0, refusal=refusal)


def sources_of(
    paths: Iterable[Path], *, allowed_root: Path | None = None, limits: Limits | None = None
) -> list[Source]:
    """A source for each path: a folder, a corpus (JSON Lines whose lines have `_id` and `text`), or one file.

    A path that is named twice counts once.

    Raises:
        SourceMissing: a path does not exist.
        SourceOutside: a path lies outside `allowed_root`.
    """
    found: dict[str, Source] = {}
    for path in paths:
        resolved = path.resolve()
        if allowed_root is not None and not resolved.is_relative_to(allowed_root.resolve()):
            raise SourceOutside(f"{path} lies outside {allowed_root}, the only folder that may be read.")
        if not resolved.exists():
            raise SourceMissing(f"{path} does not exist; check the path.")
        source: Source
        if resolved.is_dir():
            source = FolderSource(path, pictures=limits is not None and limits.recognize == "all")
        elif resolved.suffix.lower() in _JSON_LINES and _is_corpus(resolved, limits or Limits()):
            source = CorpusSource(path, limits or Limits())
        else:
            source = FileSource(path)
        found.setdefault(source.name, source)
    return list(found.values())


def is_gone(source_name: str) -> bool:
    """Whether the folder or file that a source name stands for is not on this machine."""
    _, _, path = source_name.partition(":")
    return bool(path) and not Path(path).exists()


def _entry(path: Path, document_id: str, root: Path) -> Entry | None:
    """None for what is no regular file (a pipe, a socket) or is gone already."""
    if not _is_unicode(document_id):
        shown = document_id.encode("utf-8", "replace").decode()
        return Entry(shown, path, 0, 0, refusal=DocumentDamaged("The file's name is not valid UTF-8; rename it."))
    try:
        target = path.resolve(strict=True)
        status = target.stat()
    except (OSError, RuntimeError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    if path.is_symlink() and not target.is_relative_to(root):
        refusal = SourceOutside("The link leads outside the folder; copy the file in instead.")
        return Entry(document_id, target, 0, 0, refusal=refusal)
    return Entry(document_id, target, status.st_size, status.st_mtime_ns)


def _rules(root: Path) -> IgnoreRules:
    try:
        return IgnoreRules((root / IGNORE_FILE).read_text("utf-8-sig").splitlines())
    except FileNotFoundError:
        return IgnoreRules()


def _is_unicode(name: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in name)


def _is_corpus(path: Path, limits: Limits) -> bool:
    with path.open("rb") as file:
        while raw := file.readline(limits.max_line_bytes):
            line = raw.strip(b"\xef\xbb\xbf \t\r\n")
            if line:
                try:
                    return _is_corpus_line(json.loads(line))
                except (ValueError, RecursionError):
                    return False
    return False


def _is_corpus_line(value: Any) -> bool:
    return isinstance(value, dict) and bool(str(value.get("_id") or "").strip()) and isinstance(value.get("text"), str)


def _skip_line(file: Any) -> None:
    while (piece := file.readline(64 * 1024)) and not piece.endswith(b"\n"):
        pass


def _too_long(limits: Limits) -> DocumentRefused:
    return DocumentTooLarge(f"The line is longer than {size_shown(limits.max_line_bytes)}; split the document.")
