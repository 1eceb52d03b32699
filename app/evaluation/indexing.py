"""An index of its own for an evaluation, apart from the one that serves."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.building.container import Container
from app.settings import Settings
from index.ports import codec_of

if TYPE_CHECKING:
    from ingest.report import IngestReport, Progress


def evaluation_store(settings: Settings, paths: Sequence[Path], *vectors: str) -> Path:
    """Where the index of these documents lies below home: another for other documents or other `vectors` (ids of the
    embedder and of its token codes)."""
    resolved = sorted(str(path.resolve()) for path in paths)
    digest = hashlib.sha256("\n".join([*vectors, *resolved]).encode()).hexdigest()[:10]
    first = paths[0].resolve()
    name = first.parent.name if first.is_file() else first.name
    readable = re.sub(r"[^\w.-]+", "-", name)[:40] or "documents"
    return settings.home / "evaluation" / "stores" / f"{readable}-{digest}"


def container_over(
    settings: Settings, paths: Sequence[Path], *, on_progress: Callable[[Progress], None] | None = None
) -> tuple[Container, IngestReport]:
    """A container whose index holds what lies at the paths; only what changed since the last time is taken in.

    Raises what ingestion raises, `SourceMissing` for a path that does not exist among it.
    """
    plain = Container(settings)
    sources = plain.sources(paths)
    codec = codec_of(plain.embedder)
    ids = (plain.embedder.embedder_id, *([] if codec is None else [codec.codec_id]))
    store = evaluation_store(settings, paths, *ids)
    container = Container(settings.model_copy(update={"store": store}))
    report = container.pipeline().run(sources, on_progress=on_progress)
    return container, report
