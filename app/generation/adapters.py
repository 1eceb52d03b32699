"""Which adapter serves: a file that may change while the service runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.generation.errors import ChatModelUnavailable
from index.disk import sha256_of

FILE_NAME = "adapter.gguf"
"""As `kefu train llm` writes it into the folder of a run."""

AdapterSource = Callable[[], Path | None]
"""Gives the file, or the folder of a run, that is to serve now; None for the weights alone. Asked before each reply."""


@dataclass(frozen=True, slots=True)
class AdapterFile:
    """A version of an adapter."""

    path: Path
    """Of the file itself, behind all links."""
    changed_ns: int
    size: int

    @classmethod
    def of(cls, path: Path) -> AdapterFile:
        """The version that is there now; raises `ChatModelUnavailable` when there is none."""
        try:
            real = path.expanduser().resolve()
            real = real / FILE_NAME if real.is_dir() else real
            found = real.stat()
        except OSError as error:
            raise ChatModelUnavailable(
                f"There is no adapter {path}. Make one with kefu train llm, or clear KEFU_LLM__ADAPTER."
            ) from error
        return cls(real, found.st_mtime_ns, found.st_size)


def name_with(model: str, path: Path | None) -> str:
    """Name of a model with its adapter, told apart by content: `qwen…+1f0c2ab9`; the model's own without one.

    What knows answers by the model that wrote them, receipts and kept answers, then knows the adapter too.
    """
    if path is None:
        return model
    try:
        return f"{model}+{_digest(AdapterFile.of(path))}"
    except (ChatModelUnavailable, OSError):
        return model


@lru_cache(maxsize=16)
def _digest(adapter: AdapterFile) -> str:
    return sha256_of(adapter.path)[:8]
