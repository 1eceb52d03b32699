"""Finding damage: every byte against the manifest, every file against the others."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Container, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from index.disk import sha256_of
from index.errors import GenerationDamaged, GenerationMissing, KefuError
from index.generation import Generation
from index.manifest import MANIFEST, PASSAGES, SENTENCE_PASSAGE, Manifest
from index.passages import content_digest, read_only

_LOCKS = frozenset({"lexical/.tantivy-meta.lock", "lexical/.tantivy-writer.lock"})


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was written."""

    file: str
    """Path inside the store's generations folder, or CURRENT."""
    what: str

    def to_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


class Checksums:
    """Checks files against a manifest; remembers which were whole, as long as they look untouched."""

    def __init__(self) -> None:
        self._whole: dict[Path, tuple[int, int, int, int]] = {}
        self._lock = threading.Lock()

    def check(self, folder: Path, manifest: Manifest, *, only: Container[str] | None = None) -> None:
        """Raise GenerationDamaged, naming the first file that is missing or differs."""
        for name, record in manifest.files.items():
            if only is not None and name not in only:
                continue
            path = folder / name
            try:
                stat = path.stat()
                seen = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
                if stat.st_size != record.size:
                    raise GenerationDamaged(
                        f"{manifest.name}: {name} has {stat.st_size} bytes instead of {record.size}.{_advice(name)}"
                    )
                with self._lock:
                    is_known = self._whole.get(path) == seen
                if not is_known and sha256_of(path) != record.sha256:
                    raise GenerationDamaged(f"{manifest.name}: the checksum of {name} differs.{_advice(name)}")
            except OSError as error:
                raise GenerationDamaged(
                    f"{manifest.name}: {name} cannot be read: {error.strerror}.{_advice(name)}"
                ) from error
            with self._lock:
                self._whole[path] = seen


_ADVICE = " Serve another one with `kefu index rollback`, or run `kefu ingest PATH`, which builds it anew."
_ADVICE_ON_PASSAGES = (
    " Serve another one with `kefu index rollback`; where there is none, move the folder of the index away and run "
    "`kefu ingest PATH`."
)


def _advice(file: str) -> str:
    """The next generation is made from the passages of the current one, so these alone cannot be made again."""
    return _ADVICE_ON_PASSAGES if file == PASSAGES else _ADVICE


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation.

    Raises:
        GenerationMissing: the folder is gone.
        GenerationDamaged: the manifest is missing, damaged or that of another generation.
        StoreFormatUnknown: written by a newer version.
    """
    try:
        manifest = Manifest.of_bytes((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        if not folder.is_dir():
            raise GenerationMissing(f"There is no generation {folder.name!r}.") from error
        raise GenerationDamaged(f"{folder.name}: {MANIFEST} is missing.{_ADVICE}") from error
    except OSError as error:
        raise GenerationDamaged(f"{folder.name}: {MANIFEST} cannot be read: {error.strerror}.{_ADVICE}") from error
    except GenerationDamaged as error:
        raise GenerationDamaged(f"{folder.name}: {error.message}{_ADVICE}") from error
    if manifest.name != folder.name:
        raise GenerationDamaged(f"{folder.name}: {MANIFEST} is that of {manifest.name}.{_ADVICE}")
    return manifest


def verify_generation(folder: Path) -> list[Damage]:
    """All damage of a generation; [] when it is whole. Files are compared with each other once all bytes are right."""
    try:
        manifest = read_manifest(folder)
    except KefuError as error:
        return [Damage(f"{folder.name}/{MANIFEST}", error.message)]
    damages = [Damage(f"{folder.name}/{file}", what) for file, what in _byte_damage(folder, manifest)]
    if damages:
        return damages
    return [Damage(f"{folder.name}/{file}", what) for file, what in _contradictions(folder, manifest)]


def _byte_damage(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    for name, record in manifest.files.items():
        path = folder / name
        try:
            if path.stat().st_size != record.size:
                yield name, f"has {path.stat().st_size} bytes instead of {record.size}"
            elif sha256_of(path) != record.sha256:
                yield name, "its checksum differs"
        except OSError as error:
            yield name, f"cannot be read: {error.strerror}"
    known = {*manifest.files, MANIFEST, *_LOCKS}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known:
            yield name, "is not in the manifest"


def _contradictions(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    try:
        Generation(folder, manifest).close()
    except GenerationDamaged as error:
        yield MANIFEST, error.message
        return
    with closing(read_only(folder / PASSAGES)) as connection:
        try:
            yield from ((PASSAGES, what) for what in _passage_damage(connection, manifest))
        except sqlite3.DatabaseError as error:
            yield PASSAGES, f"cannot be read: {error}"
            return
        yield from ((SENTENCE_PASSAGE, what) for what in _sentence_damage(connection, folder / SENTENCE_PASSAGE))


def _passage_damage(connection: sqlite3.Connection, manifest: Manifest) -> Iterator[str]:
    if (answer := connection.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
        yield f"SQLite says: {answer}"
    documents = connection.execute("SELECT count(*) FROM documents").fetchone()[0]
    if documents != manifest.documents:
        yield f"holds {documents} documents; the manifest says {manifest.documents}"
    if content_digest(connection) != manifest.content_digest:
        yield "its content is not the one that the manifest names"
    orphans = "SELECT count(*) FROM passages WHERE document_id NOT IN (SELECT document_id FROM documents)"
    if count := connection.execute(orphans).fetchone()[0]:
        yield f"{count} passages belong to no document"
    for passage_id, text, spans in connection.execute("SELECT passage_id, text, sentences FROM passages"):
        ends = np.frombuffer(spans, dtype="<u4").astype(np.int64)
        if len(ends) and (ends[-1] > len(text) or bool(np.any(np.diff(ends) < 0))):
            yield f"sentences of {passage_id} lie outside its text"


def _sentence_damage(connection: sqlite3.Connection, path: Path) -> Iterator[str]:
    rows = np.load(path, allow_pickle=False)
    sizes = connection.execute("SELECT length(sentences) FROM passages ORDER BY passage_id").fetchall()
    expected = np.asarray([size // 8 for (size,) in sizes], dtype=np.int64)
    found = np.bincount(rows, minlength=len(expected))
    # An embedder may give no sentence vectors for a passage; it never gives some.
    if len(found) != len(expected) or bool(np.any((found != 0) & (found != expected))):
        yield "numbers of sentences differ from those of the passages"
