"""What is new, changed and gone in the sources, without parsing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.errors import KefuError
from index.types import Document
from ingest.errors import DocumentIdTaken, DocumentRefused, OverridesDamaged, SourceMissing
from ingest.reading import reading_of, sha256_of
from ingest.report import Refusal, shortened
from ingest.sources import Entry, Source, is_gone

_EMPTY_ROOT_KEEPS = 20
"""An empty folder that held so many documents is taken for a disk that is not mounted, not for a wish."""


@dataclass(slots=True)
class Plan:
    """What a run has to do."""

    to_read: list[tuple[Source, Entry]] = field(default_factory=list)
    """New and changed documents, in order; the text of corpus lines is left out, see `entries_of`."""
    to_touch: list[Document] = field(default_factory=list)
    """Same content, other time or place."""
    to_remove: list[str] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def plan(
    sources: Sequence[Source],
    known: Mapping[str, Document],
    *,
    reading: str,
    full: bool = False,
    on_entry: Callable[[int], None] | None = None,
) -> Plan:
    """Compare what the sources hold with what the index knows.

    A file with the size and time that it had is not opened; otherwise its sha256 decides. A document that was not read
    in the way that `reading` names is read again. Documents leave only when their own source is there and no longer
    holds them. With `full` everything is read again, and an empty folder is taken at its word.
    """
    found = Plan()
    scanner = _Scanner(found, known, reading=reading, full=full, on_entry=on_entry)
    for source in sources:
        scanner.scan(source)
    scanner.find_gone()
    if scanner.outdated:
        found.warnings.append(
            f"{scanner.outdated} documents are read again: they were read by another version or with other settings."
        )
    return found


def entries_of(to_read: Iterable[tuple[Source, Entry]]) -> Iterable[tuple[Source, Entry]]:
    """The entries with their content within reach: a corpus is walked through again, so it never lies in memory."""
    corpora: dict[str, tuple[Source, set[str]]] = {}
    for source, entry in to_read:
        if entry.line is not None:
            corpora.setdefault(source.name, (source, set()))[1].add(entry.document_id)
        else:
            yield source, entry
    for source, wanted in corpora.values():
        try:
            for entry in source.entries():
                if entry.document_id in wanted and entry.line is not None:
                    wanted.discard(entry.document_id)
                    yield source, entry
        except SourceMissing:
            continue


class _Scanner:
    def __init__(
        self,
        found: Plan,
        known: Mapping[str, Document],
        *,
        reading: str,
        full: bool,
        on_entry: Callable[[int], None] | None,
    ) -> None:
        self._found, self._known, self._on_entry = found, known, on_entry
        self._reading, self._full = reading, full
        self.outdated = 0
        """Documents that are read again only because they were read in another way."""
        self._seen: dict[str, str] = {}
        """Name of the source by document id."""
        self._whole: set[str] = set()
        """Names of sources that were listed to the end."""
        self._kept_below: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}

    def scan(self, source: Source) -> None:
        """List one source."""
        name = source.name
        self._counts[name] = 0
        try:
            for entry in source.entries():
                self._counts[name] += 1
                self._entry(source, entry)
                if self._on_entry is not None:
                    self._on_entry(len(self._seen))
        except (SourceMissing, OverridesDamaged) as error:
            self._found.refused.append(Refusal.of(name.partition(":")[2], error))
            return
        self._whole.add(name)
        self._found.warnings.extend(source.notices())

    def find_gone(self) -> None:
        """What the index knows of these sources and they no longer hold."""
        gone: dict[str, list[str]] = {}
        for document_id in self._known:
            if document_id in self._seen:
                continue
            source = self._known[document_id].source
            below = self._kept_below.get(source, [])
            if source in self._whole and not any(document_id.startswith(folder) for folder in below):
                gone.setdefault(source, []).append(document_id)
        for source, ids in gone.items():
            if not self._counts[source] and len(ids) >= _EMPTY_ROOT_KEEPS and not self._full:
                message = (
                    f"The folder is empty but {len(ids)} of its documents are in the index; they stay, in case a disk "
                    "is not mounted. Run with --full to remove them."
                )
                self._found.refused.append(Refusal.of(source.partition(":")[2], SourceMissing(message)))
            else:
                self._found.to_remove.extend(ids)

    def _entry(self, source: Source, entry: Entry) -> None:
        document_id = entry.document_id
        if document_id.endswith("/"):
            self._kept_below.setdefault(source.name, []).append(document_id)
            self._refuse(entry, entry.refusal)
            return
        if document_id in self._seen:
            other = self._seen[document_id]
            self._refuse(entry, DocumentIdTaken(f"The id came before in {other}; give each document its own."))
            return
        self._seen[document_id] = source.name
        if entry.refusal is not None:
            self._refuse(entry, entry.refusal)
            return
        before = self._known.get(document_id)
        if before is None:
            self._read(source, entry)
            return
        try:
            self._compare(source, entry, before)
        except DocumentRefused as error:
            self._refuse(entry, error)

    def _compare(self, source: Source, entry: Entry, before: Document) -> None:
        is_own = before.source == source.name
        is_same_file = (before.size, before.mtime_ns) == (entry.size, entry.mtime_ns)
        again = self._full or before.reading != reading_of(entry, self._reading)
        if is_own and is_same_file and entry.line is None and not again:
            self._found.unchanged += 1
            return
        if entry.line is not None:
            sha256 = entry.line.sha256
        elif entry.size != before.size or (again and is_own):
            sha256 = ""  # it is read whatever it holds
        else:
            sha256 = sha256_of(entry.path)
        if not is_own and sha256 != before.sha256 and not is_gone(before.source):
            raise DocumentIdTaken(f"{before.source} holds another document of this name; rename one of them.")
        if again or sha256 != before.sha256:
            is_same = sha256 == before.sha256 or (is_own and is_same_file)
            self.outdated += is_same and not self._full
            self._read(source, entry)
            return
        self._found.unchanged += 1
        if not is_own or entry.line is None:
            self._found.to_touch.append(replace(before, source=source.name, mtime_ns=entry.mtime_ns))

    def _read(self, source: Source, entry: Entry) -> None:
        # The plan of a large corpus must not hold the corpus.
        line = None if entry.line is None else replace(entry.line, title="", text="")
        self._found.to_read.append((source, replace(entry, line=line)))

    def _refuse(self, entry: Entry, error: DocumentRefused | SourceMissing | Exception | None) -> None:
        assert error is not None
        self._found.refused.append(refusal(entry.document_id, error, is_known=entry.document_id in self._known))


def refusal(document_id: str, error: Exception, *, is_known: bool) -> Refusal:
    """A refusal that says whether an earlier version of the document goes on being served."""
    assert isinstance(error, KefuError)
    return Refusal.of(document_id, error, more="The version indexed before stays." if is_known else "")


def duplicates(ids_by_sha256: Mapping[str, Sequence[str]]) -> list[str]:
    """A warning for each content that lies under several names."""
    return [f"Same content under {len(ids)} names: {shortened(ids)}." for ids in ids_by_sha256.values() if len(ids) > 1]
