"""The run: documents in, a new generation of the index out. Command line, uploads and the nightly job all come here."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import PurePosixPath

from index.embedding.token_codec import TokenCodec
from index.errors import EmbedderMismatch, KefuError
from index.ports import Embedder
from index.store import Store
from index.text.language import detect
from index.types import Document, Passage
from index.writer import GenerationWriter
from ingest.chunking import Chunking, passages_of
from ingest.diff import Plan, duplicates, entries_of, plan, refusal
from ingest.limits import Limits
from ingest.reading import Read, Reader, reading_id, reading_of
from ingest.report import IngestReport, Progress, Ticker
from ingest.sources import Entry, Source
from ingest.validity.of_document import text_validity
from ingest.validity.sale_periods import SalePeriods
from ingest.validity.settled import Validity, settle
from ingest.validity.statements import StatementReader

_LANGUAGE_SAMPLE = 20_000
_NO_CODES = (
    "The index holds no token codes of the present kind, so search leaves the words of passages aside; "
    "`kefu ingest PATH --full` embeds everything once more and adds them."
)

OnProgress = Callable[[Progress], None]


class Pipeline:
    """Brings an index up to date with its sources.

    Unchanged documents are not opened, unless they were read in another way than today's (an upgrade, other settings),
    and unchanged passages not embedded. Memory is bounded by one document and one batch of passages. An interrupted
    run changes nothing that is served and keeps the vectors it has made.
    """

    def __init__(
        self,
        store: Store,
        embedder: Callable[[], Embedder],
        *,
        embedder_id: str,
        dimension: int,
        codec: TokenCodec | None = None,
        limits: Limits | None = None,
        chunking: Chunking | None = None,
        sales: SalePeriods | None = None,
        batch: int = 256,
    ) -> None:
        """`embedder` is called only when something is to be embedded, because loading it takes seconds.

        `codec` is the one that it makes token codes with.
        """
        if batch < 1:
            raise ValueError(f"Expected batch >= 1, got {batch}.")
        self._store, self._embedder = store, embedder
        self._embedder_id, self._dimension, self._codec = embedder_id, dimension, codec
        self._limits, self._chunking, self._batch = limits or Limits(), chunking or Chunking(), batch
        self._sales = sales or SalePeriods()

    def run(
        self,
        sources: Sequence[Source],
        *,
        full: bool = False,
        dry_run: bool = False,
        on_progress: OnProgress | None = None,
    ) -> IngestReport:
        """Take in what is new or changed, take out what is gone, and publish.

        `full` reads every document again, and gives token codes to an index from before there were any; `dry_run`
        reads what would be read and writes nothing. A document that cannot be taken is reported and, where an earlier
        version is indexed, that one stays.

        Raises:
            StoreBusy: another run is on its way.
            StoreFull, GenerationDamaged: the store cannot be written, or cannot be read.
            EmbeddingError, ModelError: the embedder; the vectors made so far are kept.
        """
        begun = time.monotonic()
        report = IngestReport(is_dry_run=dry_run)
        reading = reading_id(self._limits, self._chunking, self._sales)
        run = _Run(report, self._chunking, StatementReader(self._sales), reading, Ticker(on_progress))
        if dry_run:
            self._rehearse(run, sources, full=full)
        else:
            self._perform(run, sources, full=full)
        report.generation = self._store.current_name()
        if served := next((info for info in self._store.generations() if info.is_current), None):
            report.passages = served.passages
            if self._codec is not None and served.token_codec != self._codec.codec_id:
                report.warnings.append(_NO_CODES)
        report.seconds = time.monotonic() - begun
        return report

    def _rehearse(self, run: _Run, sources: Sequence[Source], *, full: bool) -> None:
        known: dict[str, Document] = {}
        if self._store.current_name() is not None:
            with closing(self._store.current()) as generation:
                known = {document.document_id: document for document in generation.documents()}
        found = run.scan(sources, known, full=full)
        with Reader(self._limits) as reader:
            run.read(found, known, reader, lambda _document, _passages: None)

    def _perform(self, run: _Run, sources: Sequence[Source], *, full: bool) -> None:
        has_index = self._store.current_name() is not None
        with self._store.writer(
            embedder_id=self._embedder_id, dimension=self._dimension, codec=self._codec, adds_codes=full
        ) as writer:
            known = writer.documents()
            found = run.scan(sources, known, full=full)
            with Reader(self._limits) as reader:
                run.read(found, known, reader, writer.put)
            for document in found.to_touch:
                writer.touch(document)
            for document_id in found.to_remove:
                writer.remove(document_id)
            self._embed(writer, run)
            if has_index or len(known):
                run.tick("publishing", 0, 1)
                run.report.is_published = writer.publish() is not None
                run.tick("publishing", 1, 1)

    def _embed(self, writer: GenerationWriter, run: _Run) -> None:
        total = writer.missing_count()
        if not total:
            return
        run.tick("embedding", 0, total)
        embedder = self._embedder()
        if embedder.embedder_id != self._embedder_id:
            raise EmbedderMismatch(
                f"The embedder is {embedder.embedder_id}, but {self._embedder_id} is configured; correct the setting."
            )
        done = 0
        while passages := writer.missing(self._batch):
            writer.put_vectors(passages, embedder.embed_passages(passages))
            done += len(passages)
            run.report.passages_embedded = done
            run.tick("embedding", done, total)


class _Run:
    """One run: its report, and what it must remember across stages."""

    def __init__(
        self, report: IngestReport, chunking: Chunking, statements: StatementReader, reading: str, tick: Ticker
    ) -> None:
        self.report, self.tick = report, tick
        self._chunking, self._statements, self._reading = chunking, statements, reading

    def scan(self, sources: Sequence[Source], known: Mapping[str, Document], *, full: bool) -> Plan:
        """Find out what is to be done."""
        self.tick("scanning", 0)
        found = plan(
            sources, known, reading=self._reading, full=full, on_entry=lambda count: self.tick("scanning", count)
        )
        self.report.unchanged = found.unchanged
        self.report.refused.extend(found.refused)
        self.report.warnings.extend(found.warnings)
        return found

    def read(
        self,
        found: Plan,
        known: Mapping[str, Document],
        reader: Reader,
        put: Callable[[Document, Sequence[Passage]], None],
    ) -> None:
        """Read what is new or changed and hand it to `put`; counts are those of documents that could be taken."""
        total = len(found.to_read)
        gone = {known[document_id].sha256 for document_id in found.to_remove}
        names: dict[str, list[str]] = {}
        # Looked up beforehand, because `known` follows what `put` writes.
        before = {entry.document_id for _, entry in found.to_read if entry.document_id in known}
        for done, (source, entry) in enumerate(entries_of(found.to_read), start=1):
            document = self._document(source, entry, reader, put, is_known=entry.document_id in before)
            if document is not None:
                names.setdefault(document.sha256, []).append(document.document_id)
                if entry.document_id in before:
                    self.report.changed += 1
                elif document.sha256 in gone:
                    gone.discard(document.sha256)
                    self.report.renamed += 1
                else:
                    self.report.added += 1
            self.tick("reading", done, total)
        self.report.removed = len(found.to_remove) - self.report.renamed
        self._warn_of_duplicates(names, known, set(found.to_remove))

    def _document(
        self,
        source: Source,
        entry: Entry,
        reader: Reader,
        put: Callable[[Document, Sequence[Passage]], None],
        *,
        is_known: bool,
    ) -> Document | None:
        try:
            read = reader.read(entry)
            name = PurePosixPath(entry.document_id).stem
            said = text_validity(read.extracted, self._statements, name=name)
            validity = settle(read.extracted.metadata, said, entry.override)
        except KefuError as error:
            self.report.refused.append(refusal(entry.document_id, error, is_known=is_known))
            return None
        document = _document_of(source, entry, read, validity, self._reading)
        self.report.warnings.extend(f"{entry.document_id}: {warning}" for warning in document.warnings)
        put(document, passages_of(document, read.extracted, self._chunking, days_at=validity.at))
        return document

    def _warn_of_duplicates(
        self, names: dict[str, list[str]], known: Mapping[str, Document], removed: set[str]
    ) -> None:
        if not names:
            return
        for document_id in known:
            if document_id not in removed:
                ids = names.get(known[document_id].sha256)
                if ids is not None and document_id not in ids:
                    ids.append(document_id)
        self.report.warnings.extend(duplicates(names))


def _document_of(source: Source, entry: Entry, read: Read, validity: Validity, reading: str) -> Document:
    about = read.extracted.metadata
    return Document(
        document_id=entry.document_id,
        title=about.title or PurePosixPath(entry.document_id).stem,
        format=read.format,
        sha256=read.sha256,
        size=entry.size,
        language=about.language or detect(read.extracted.text[:_LANGUAGE_SAMPLE]),
        source=source.name,
        mtime_ns=entry.mtime_ns,
        warnings=(*read.extracted.warnings, *validity.notices),
        valid_from=validity.valid_from,
        valid_to=validity.valid_to,
        access=about.access,
        validity=validity.origins,
        reading=reading_of(entry, reading),
    )
