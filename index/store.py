"""The index on disk: generations that are built aside, checked by checksum, switched in one step and kept for rollback.

- `CURRENT`: name of the generation that is served
- `generations/<name>/`: manifest.json, passages.sqlite, dense.faiss, sentences.faiss, sentence_passage.npy, lexical/,
  and token_codes.npy and token_ends.npy where the embedder gives token codes
- `staging/`: what a running ingest builds; left-overs of a killed one go with the next
- `cache/vectors.sqlite`, `cache/tokens.sqlite`: vectors (with token codes) and words by content: nothing is made twice
- `write.lock`, `switch.lock`: one ingest at a time; one switch of CURRENT at a time
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from sqlite3 import Connection, DatabaseError
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from index.build import Base, build_files, file_records
from index.disk import disk_errors, replace_file, sync_file, sync_tree, write_synced
from index.errors import GenerationDamaged, GenerationMissing, KefuError, StoreBusy, StoreMissing
from index.generation import Generation
from index.kind import Kind
from index.lexical import TOKENIZERS
from index.manifest import (
    GENERATION_NAME,
    MANIFEST,
    PASSAGES,
    VECTOR_FILES,
    GenerationInfo,
    Manifest,
)
from index.passages import read_only
from index.token_cache import TokenCache
from index.vector_cache import VectorCache
from index.vectors import EXACT_BELOW
from index.verify import Checksums, Damage, read_manifest, verify_generation
from index.writer import GenerationWriter, content_hashes

if TYPE_CHECKING:
    from index.embedding.token_codec import TokenCodec

_SWITCH_TIMEOUT_S = 30.0


class Store:
    """A folder of generations. Constructing it reads and makes nothing.

    Fewer than `exact_below` vectors are searched exactly, more by inverted lists.
    """

    def __init__(
        self,
        root: Path,
        *,
        exact_below: int = EXACT_BELOW,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._root, self._exact_below, self._clock = root, exact_below, clock
        self._pointer = root / "CURRENT"
        self._generations = root / "generations"
        self._staging = root / "staging"
        self._cache = root / "cache" / "vectors.sqlite"
        self._tokens = root / "cache" / "tokens.sqlite"
        self._checksums = Checksums()
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def root(self) -> Path:
        """Where the store lies."""
        return self._root

    @property
    def pointer(self) -> Path:
        """The file that names the current generation; it is replaced, never written in place."""
        return self._pointer

    def current_name(self) -> str | None:
        """Name of the generation that is served; None before the first was published.

        Raises:
            GenerationDamaged: CURRENT does not hold a name.
        """
        try:
            content = self._pointer.read_bytes()
        except FileNotFoundError:
            return None
        name = content.decode("ascii", errors="replace")
        if not name.endswith("\n") or not GENERATION_NAME.fullmatch(name[:-1]):
            raise GenerationDamaged(
                "CURRENT does not hold the name of a generation; choose one with `kefu index list` and "
                "`kefu index rollback`."
            )
        return name[:-1]

    def current(self) -> Generation:
        """Open the generation that is served; the caller closes it.

        Raises:
            StoreMissing: nothing was published yet.
            GenerationDamaged, StoreFormatUnknown: as for `open`.
        """
        while True:
            name = self.current_name()
            if name is None:
                raise StoreMissing(f"There is no index in {self._root} yet; run `kefu ingest PATH` first.")
            try:
                return self.open(name)
            except (GenerationMissing, GenerationDamaged):
                # Another process may have switched and cleaned up in between.
                if self.current_name() == name:
                    raise

    def open(self, name: str) -> Generation:
        """Open a generation after checking its files against the manifest; the caller closes it.

        A checksum is computed once per file and process; files that have not changed since are only looked at.

        Raises:
            GenerationMissing: there is none of that name.
            GenerationDamaged: a file is missing or differs from what was written; the message names it.
            StoreFormatUnknown: written by a newer version.
        """
        folder = self._folder(name)
        manifest = read_manifest(folder)
        self._checksums.check(folder, manifest)
        generation = Generation(folder, manifest, on_close=partial(self._closed, name))
        with self._lock:
            self._open[name] += 1
        return generation

    def generations(self) -> list[GenerationInfo]:
        """All generations, newest first; damaged ones are left out, `verify` names them.

        Raises:
            StoreFormatUnknown: one was written by a newer version.
        """
        current = self._current_or_none()
        infos = []
        for name in self._names():
            with suppress(GenerationDamaged, GenerationMissing):
                infos.append(GenerationInfo.of(read_manifest(self._generations / name), is_current=name == current))
        return infos

    @contextmanager
    def writer(
        self, *, embedder_id: str, dimension: int, codec: TokenCodec | None = None, adds_codes: bool = False
    ) -> Iterator[GenerationWriter]:
        """Take the write lock and stage changes to the current generation; nothing changes until `publish`.

        Where a file of the current generation is damaged, publishing builds it anew though nothing else has changed.
        With a `codec` passages get token codes, unless the current generation has none of this codec; `adds_codes` then
        counts all of its contents as missing.

        Raises:
            StoreBusy: another process or thread writes.
            GenerationDamaged: the current generation's passages, which nothing can be made from but themselves.
            StoreFull: no space; the current generation stays.
        """
        if dimension < 1:
            raise ValueError(f"Expected dimension >= 1, got {dimension}.")
        kind = Kind(embedder_id, dimension, codec.codec_id if codec is not None else "")
        with self._writing(), ExitStack() as opened:
            with disk_errors("Preparing the new index"):
                self._clear_staging()
                name = self._whole_current()
                base = Base(self._generations / name, read_manifest(self._generations / name)) if name else None
                staging = self._staging / secrets.token_hex(4)
                opened.callback(shutil.rmtree, staging, ignore_errors=True)
                cache = VectorCache(self._cache, kind, code_size=codec.size if codec is not None else 1)
                opened.callback(cache.close)
                writer = GenerationWriter(
                    staging,
                    cache,
                    base=base,
                    is_base_whole=base is not None and self._is_whole(base),
                    kind=kind,
                    finish=partial(self._publish, staging / "generation", cache, base, kind),
                    adds_codes=adds_codes,
                )
                opened.callback(writer.close)
            yield writer

    def activate(self, name: str) -> None:
        """Serve another generation from now on, after checking all of it; readers keep the one they opened.

        Raises:
            GenerationMissing, GenerationDamaged, StoreFormatUnknown: it cannot be served; nothing changes.
        """
        with self._switching():
            folder = self._folder(name)
            read_manifest(folder)
            if damages := verify_generation(folder):
                raise GenerationDamaged(f"{name} cannot be served: {damages[0].file}: {damages[0].what}")
            with disk_errors("Switching the index"):
                self._point_at(name)

    def verify(self, name: str | None = None) -> list[Damage]:
        """Compare every byte with the manifests and the files with each other; [] when all is whole.

        Without a name all generations and the pointer are checked.
        """
        if name is not None:
            return verify_generation(self._folder(name))
        damages = [damage for each in self._names() for damage in verify_generation(self._generations / each)]
        try:
            current = self.current_name()
        except GenerationDamaged as error:
            return [*damages, Damage("CURRENT", error.message)]
        if current is not None and not (self._generations / current).is_dir():
            damages.append(Damage("CURRENT", f"names {current}, which is not there"))
        return damages

    def gc(self, keep: int = 3) -> list[str]:
        """Remove all but the newest `keep` generations, left-overs of killed runs, and vectors that none kept uses.

        The current generation and those open in this process stay. Removed vectors are overwritten in their file.
        Returns the names of the generations removed.

        Raises:
            StoreBusy: an ingest is running.
        """
        if keep < 1:
            raise ValueError(f"Expected keep >= 1, got {keep}.")
        if not self._root.is_dir():
            return []
        with self._writing(), disk_errors("Cleaning the index"):
            self._clear_staging()
            with self._switching():
                names = self._names()
                with self._lock:
                    kept = {*names[:keep], self.current_name(), *(+self._open)}
                removed = [name for name in names if name not in kept]
                for name in removed:
                    self._remove(name)
            self._forget([name for name in names if name in kept])
            return removed

    def _publish(
        self, folder: Path, cache: VectorCache, base: Base | None, kind: Kind, staged: Connection, digest: str
    ) -> str:
        folder.mkdir()
        with closing(TokenCache(self._tokens)) as tokens:
            dense, sentence, token_codec = build_files(
                folder,
                staged,
                cache,
                tokens,
                base=base if base is not None and self._has_vectors(base, kind) else None,
                kind=kind,
                exact_below=self._exact_below,
            )
        sync_tree(folder)
        with self._switching():
            manifest = Manifest(
                name=self._next_name(digest),
                created_at=self._clock().isoformat(timespec="seconds"),
                embedder_id=kind.embedder_id,
                dimension=kind.dimension,
                documents=int(staged.execute("SELECT count(*) FROM documents").fetchone()[0]),
                passages=dense.count,
                sentences=sentence.count,
                content_digest=digest,
                dense=dense,
                sentence=sentence,
                tokenizers=TOKENIZERS,
                files=file_records(folder),
                token_codec=token_codec,
            )
            write_synced(folder / MANIFEST, manifest.to_bytes())
            sync_file(folder)
            self._generations.mkdir(exist_ok=True)
            target = self._generations / manifest.name
            os.replace(folder, target)
            try:
                sync_file(self._generations)
                sync_file(self._root)
                self._point_at(manifest.name)
            except BaseException:
                shutil.rmtree(target, ignore_errors=True)
                raise
        return manifest.name

    def _point_at(self, name: str) -> None:
        before = self._pointer.read_bytes() if self._pointer.exists() else None
        try:
            replace_file(self._pointer, f"{name}\n".encode())
        except BaseException:
            # The pointer may have moved before the step that failed: move it back, so that a failure changes nothing.
            if before is None:
                self._pointer.unlink(missing_ok=True)
            elif self._pointer.read_bytes() != before:
                replace_file(self._pointer, before)
            raise

    def _folder(self, name: str) -> Path:
        folder = self._generations / name
        if not GENERATION_NAME.fullmatch(name) or not folder.is_dir():
            raise GenerationMissing(f"There is no generation {name!r}; `kefu index list` shows those there are.")
        return folder

    def _names(self) -> list[str]:
        """Names of all generations, newest first."""
        if not self._generations.is_dir():
            return []
        found = [match for path in self._generations.iterdir() if (match := GENERATION_NAME.fullmatch(path.name))]
        return [match[0] for match in sorted(found, key=lambda match: (int(match[1]), match[0]), reverse=True)]

    def _next_name(self, digest: str) -> str:
        numbers = [int(match[1]) for name in self._names() if (match := GENERATION_NAME.fullmatch(name))]
        return f"g{max(numbers, default=0) + 1:06d}-{digest[:8]}"

    def _current_or_none(self) -> str | None:
        try:
            return self.current_name()
        except GenerationDamaged:
            return None

    def _whole_current(self) -> str | None:
        """The current generation's name, once its passages are known to be whole: the next one is made from them."""
        name = self.current_name()
        if name is not None:
            folder = self._folder(name)
            self._checksums.check(folder, read_manifest(folder), only={PASSAGES})
        return name

    def _is_whole(self, base: Base) -> bool:
        with suppress(GenerationDamaged):
            self._checksums.check(base.folder, base.manifest)
            return True
        return False

    def _has_vectors(self, base: Base, kind: Kind) -> bool:
        """Whether vectors can be copied from the base: those of this embedder, all bytes as they were written."""
        if not base.is_of(kind):
            return False
        with suppress(GenerationDamaged):
            self._checksums.check(base.folder, base.manifest, only=VECTOR_FILES)
            return True
        return False

    def _closed(self, name: str) -> None:
        with self._lock:
            self._open[name] -= 1

    def _clear_staging(self) -> None:
        shutil.rmtree(self._staging, ignore_errors=True)
        for path in self._root.glob("CURRENT.*.tmp"):
            path.unlink(missing_ok=True)

    def _remove(self, name: str) -> None:
        # Out of sight in one step first: a half-removed generation would look like a damaged one.
        self._staging.mkdir(exist_ok=True)
        aside = self._staging / f"removed-{name}"
        os.replace(self._generations / name, aside)
        sync_file(self._generations)
        shutil.rmtree(aside, ignore_errors=True)

    def _forget(self, names: list[str]) -> None:
        """Remove from the caches what none of these generations uses."""
        if not self._cache.exists():
            return
        with ExitStack() as opened:
            vectors = opened.enter_context(closing(VectorCache(self._cache, Kind("", 1))))
            tokens = opened.enter_context(closing(TokenCache(self._tokens)))
            # What a damaged generation uses is not known; then all stays, since its vectors are what repairs it.
            with suppress(KefuError, DatabaseError):
                read = []
                for name in names:
                    connection = opened.enter_context(closing(read_only(self._generations / name / PASSAGES)))
                    read.append((read_manifest(self._generations / name), connection))
                vectors.keep_only(
                    ((one.embedder_id, one.dimension, _each_hash(connection)) for one, connection in read),
                    codecs=[one.token_codec for one, _ in read if one.token_codec],
                )
                tokens.keep_only(chain.from_iterable(_each_hash(connection) for _, connection in read))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with disk_errors("Opening the store"):
            self._root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._root / "write.lock", timeout=0, thread_local=False)
            try:
                lock.acquire()
            except Timeout as error:
                raise StoreBusy(
                    f"Another ingest is writing to {self._root}; wait for it to end and run the command again."
                ) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _switching(self) -> Iterator[None]:
        """Held for the moment of a switch or a removal, so that rollback needs not wait for a running ingest."""
        lock = FileLock(self._root / "switch.lock", timeout=_SWITCH_TIMEOUT_S, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise StoreBusy(f"Another command is switching the index in {self._root}; run this one again.") from error
        try:
            yield
        finally:
            lock.release()


def _each_hash(connection: Connection) -> Iterator[bytes]:
    return (one for some in content_hashes(connection) for one in some)
