"""The cache of model weights: a file or folder stands under its name only once its content has proved right."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from index.disk import sha256_of, sync_file
from index.errors import ModelDamaged, ModelDownloadFailed, ModelMissing, ModelUnknown
from index.weights.catalogue import Companion, HubSource, ModelSpec, RegistrySource, Source, read_catalogue
from index.weights.fetching import COMPANIONS, HubFetcher, RegistryFetcher

ModelState = Literal["ready", "missing", "damaged", "partial"]
Progress = Callable[[int, int], None]
"""Takes bytes done and bytes in all; called from other threads too, often, and never with fewer bytes in all."""
Fetcher = Callable[[ModelSpec, Any, Path, Callable[[int], None]], Path]

_RECORD = "weights.json"


@dataclass(frozen=True, slots=True)
class ModelDamage:
    """Something that is wrong with weights on this machine."""

    model: str
    file: str
    what: str


class Weights:
    """Finds, fetches and checks model weights.

    Layout of the cache: `<file>` (or a folder `<model>`) with its record `<file>.weights.json` beside it (inside the
    folder), which holds size, sha256 and time stamp of every file as they were when they were checked; what is on
    its way stands in `partial/<model>/`.
    """

    def __init__(
        self,
        cache: Path,
        *,
        paths: Mapping[str, Path] | None = None,
        allow_hub: bool = True,
        allow_registry: bool = True,
        catalogue: Sequence[ModelSpec] | None = None,
        hub: Fetcher | None = None,
        registry: Fetcher | None = None,
    ) -> None:
        """Nothing is read or made yet.

        Args:
            cache: folder of the cache; made by the first pull.
            paths: weights that the operator placed elsewhere, by name or alias; used as they are.
            catalogue: instead of the one that comes with kefu.
            hub: instead of the fetchers of this package (as `registry`).
        """
        self._cache = cache
        self._specs = list(catalogue) if catalogue is not None else read_catalogue()
        self._by_name = {name: spec for spec in self._specs for name in (spec.name, *spec.aliases)}
        self._paths = {self.spec(name).name: path for name, path in (paths or {}).items()}
        self._fetchers: list[tuple[type[Source], bool, Fetcher]] = [
            (HubSource, allow_hub, hub or HubFetcher()),
            (RegistrySource, allow_registry, registry or RegistryFetcher()),
        ]

    def catalogue(self) -> list[ModelSpec]:
        """Every known model, in the order of the catalogue."""
        return list(self._specs)

    def spec(self, name: str) -> ModelSpec:
        """The model of that name or alias. Raises `ModelUnknown`."""
        try:
            return self._by_name[name]
        except KeyError:
            known = ", ".join(spec.name for spec in self._specs)
            raise ModelUnknown(f"There is no model {name!r} in the catalogue. Known: {known}.") from None

    def state(self, name: str) -> ModelState:
        """What is on this machine; cheap unless a file has changed since it was last checked."""
        spec = self.spec(name)
        place = self._place(spec)
        if not place.exists():
            arriving = not self._is_own(spec) and self._partial(spec).exists()
            return "partial" if arriving and any(self._partial(spec).iterdir()) else "missing"
        if self._is_own(spec):
            return "ready"
        return "damaged" if self._damages(spec, deep=False) else "ready"

    def path(self, name: str) -> Path:
        """The file or folder to load. Raises `ModelUnknown`, `ModelMissing` or `ModelDamaged`."""
        spec = self.spec(name)
        place = self._place(spec)
        if not place.exists():
            if self._is_own(spec):
                raise ModelMissing(f"The setting for model {spec.name} names {place}, which does not exist.")
            raise ModelMissing(f"Model {spec.name} is not on this machine. Run: kefu models pull {spec.name}")
        if not self._is_own(spec) and (damages := self._damages(spec, deep=False)):
            raise ModelDamaged(
                f"Model {spec.name} is damaged: {damages[0].file}: {damages[0].what}. Run: kefu models pull {spec.name}"
            )
        return place

    def pull(self, name: str, on_progress: Progress | None = None) -> Path:
        """Fetch what is missing and return the path; whole weights are left alone.

        Pieces that have arrived are kept when it fails or is interrupted. Two processes that pull the same model
        take turns, and the second finds it done.

        Raises `ModelUnknown`, `ModelMissing` (for a path by setting that does not exist), `ModelDamaged` when what
        arrived does not have the pinned hash, `ModelDownloadFailed` when no source delivered.
        """
        spec = self.spec(name)
        if self._is_own(spec) or self.state(name) == "ready":
            return self.path(name)
        partial = self._partial(spec)
        partial.mkdir(parents=True, exist_ok=True)
        with FileLock(partial.with_name(f"{spec.name}.lock")):
            if self.state(name) == "ready":  # another process was faster
                shutil.rmtree(partial, ignore_errors=True)
                return self.path(name)
            partial.mkdir(parents=True, exist_ok=True)
            try:
                self._fetch(spec, partial, on_progress or (lambda _done, _total: None))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                raise ModelDownloadFailed(
                    f"The disk of {self._cache} is full; model {spec.name} needs {2 * spec.size / 1e9:.1f} GB while "
                    "it is fetched. Make room and pull again; what has arrived is kept."
                ) from error
            shutil.rmtree(partial, ignore_errors=True)
        return self.path(name)

    def verify(self, name: str | None = None) -> list[ModelDamage]:
        """Read all weights on this machine (or those of one model) and compare each byte's hash; [] when whole.

        Weights placed by the operator are checked against the pin too, so that a mix-up shows; they are used anyway.
        Raises `ModelUnknown`, and `ModelMissing` for a named model that is not here.
        """
        if name is not None:
            spec = self.spec(name)
            if not self._place(spec).exists():
                self.path(name)  # raises with the right advice
            return self._damages(spec, deep=True)
        present = [spec for spec in self._specs if self._place(spec).exists()]
        return [damage for spec in present for damage in self._damages(spec, deep=True)]

    def _is_own(self, spec: ModelSpec) -> bool:
        """Whether the operator placed these weights."""
        return spec.name in self._paths

    def _place(self, spec: ModelSpec) -> Path:
        return self._paths.get(spec.name) or self._cache / spec.target

    def _partial(self, spec: ModelSpec) -> Path:
        return self._cache / "partial" / spec.name

    def _fetch(self, spec: ModelSpec, partial: Path, on_progress: Progress) -> None:
        on_progress(0, spec.size)
        failures: list[str] = []
        refused: ModelDamaged | None = None
        for source in spec.sources:
            fetch = next((f for kind, allowed, f in self._fetchers if isinstance(source, kind) and allowed), None)
            if fetch is None:
                failures.append(f"{source}: switched off")
                continue
            try:
                fetched = fetch(spec, source, partial, lambda done: on_progress(done, spec.size))
                self._check_pin(spec, spec, fetched, source)
                for companion in spec.companions:
                    self._check_pin(spec, companion, partial / COMPANIONS / companion.file, source)
            except ModelDownloadFailed as error:
                failures.append(f"{source}: {error.message}")
            except ModelDamaged as error:
                refused = error
                shutil.rmtree(partial)  # nothing of it can be trusted for the next attempt
                partial.mkdir()
            else:
                self._land(spec, fetched, partial)
                on_progress(spec.size, spec.size)
                return
        if refused:
            raise refused
        raise ModelDownloadFailed(f"No source delivered model {spec.name}: {'; '.join(failures)}.")

    def _check_pin(self, spec: ModelSpec, pin: ModelSpec | Companion, file: Path, source: Source) -> None:
        if not file.is_file():
            raise ModelDownloadFailed(f"{pin.file} is missing")
        found = sha256_of(file)
        if found != pin.sha256:
            raise ModelDamaged(
                f"Model {spec.name} from {source} is refused: {pin.file} wants sha256 {pin.sha256}, found {found} "
                f"({file.stat().st_size} bytes, expected {pin.size}). Pull again, or place the file by setting."
            )

    def _land(self, spec: ModelSpec, file: Path, partial: Path) -> None:
        target = self._cache / spec.target
        if spec.unpack:
            folder = partial / "folder"
            shutil.rmtree(folder, ignore_errors=True)
            if spec.unpack == "packed-e5":
                from index.embedding.e5_conversion import convert

                convert(file, folder)
            else:
                folder.mkdir()
                file.replace(folder / spec.file)
                for companion in spec.companions:
                    (partial / COMPANIONS / companion.file).replace(folder / companion.file)
            _write_record(folder / _RECORD, spec, folder, [path for path in folder.rglob("*") if path.is_file()])
            _remove(target)
            folder.replace(target)
        else:
            sync_file(file)
            file.chmod(0o644)
            file.replace(target)
            _write_record(self._record(spec), spec, target.parent, [target])
        sync_file(self._cache)

    def _record(self, spec: ModelSpec) -> Path:
        place = self._place(spec)
        return place / _RECORD if spec.unpack else place.with_name(f"{place.name}.{_RECORD}")

    def _damages(self, spec: ModelSpec, *, deep: bool) -> list[ModelDamage]:
        """What is wrong; unless `deep`, files that look as they did when they were checked are taken to be whole."""
        place = self._place(spec)
        record = _read_record(self._record(spec))
        if record.get("sha256") != spec.sha256:
            if spec.unpack:
                if self._is_own(spec):
                    return []  # a folder of the operator's own making has nothing to be compared with
                return [ModelDamage(spec.name, _RECORD, "the record is missing or belongs to other weights")]
            record = {"files": {}}  # a file that was copied here by hand is checked once
        if not spec.unpack:
            expected = {place.name: {"sha256": spec.sha256, "size": spec.size}}
            record["files"] = {name: {**record["files"].get(name, {}), **pin} for name, pin in expected.items()}
        base = place if spec.unpack else place.parent
        damages = []
        for name, known in record["files"].items():
            what = _damage(base / name, known, deep=deep)
            if what:
                damages.append(ModelDamage(spec.name, name, what))
        if not spec.unpack and not damages and not self._is_own(spec):
            known = record["files"][place.name]
            if known.get("mtime_ns") != place.stat().st_mtime_ns:
                with contextlib.suppress(OSError):  # a cache that cannot be written is checked again next time
                    _write_record(self._record(spec), spec, base, [place])
        return damages


def _damage(file: Path, known: Mapping[str, Any], *, deep: bool) -> str | None:
    try:
        status = file.stat()
    except FileNotFoundError:
        return "the file is missing"
    if status.st_size != known["size"]:
        return f"expected {known['size']} bytes, found {status.st_size}"
    if not deep and status.st_mtime_ns == known.get("mtime_ns"):
        return None
    found = sha256_of(file)
    return None if found == known["sha256"] else f"expected sha256 {known['sha256']}, found {found}"


def _write_record(record: Path, spec: ModelSpec, base: Path, files: Sequence[Path]) -> None:
    entries = {}
    for file in sorted(files):
        sync_file(file)
        status, name = file.stat(), file.relative_to(base).as_posix()
        sha256 = sha256_of(file) if spec.unpack else spec.sha256
        entries[name] = {"sha256": sha256, "size": status.st_size, "mtime_ns": status.st_mtime_ns}
    content = {"model": spec.name, "sha256": spec.sha256, "files": entries}
    partial = record.with_name(f"{record.name}.{os.getpid()}.part")
    partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    partial.replace(record)


def _read_record(record: Path) -> dict[str, Any]:
    try:
        content = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) and isinstance(content.get("files"), dict) else {}


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
