"""Which adapter serves: a file that may change while the service runs.

For some models one comes with kefu, learnt from answering alone (see docs/decisions/0066): it is beside the weights for
prompts that ask for an answer, and for nothing else that a model is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
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

    @property
    def is_shipped(self) -> bool:
        """Whether it is one that comes with kefu."""
        return self.path.parent == _shipped_folder().resolve()

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


def shipped_adapter(model: str) -> Path | None:
    """The one that comes with kefu for a model's weights, by its name; None where none does."""
    found = _shipped_folder() / f"{model}.gguf"
    return found if found.is_file() else None


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


def _shipped_folder() -> Path:
    return Path(str(files("app.generation").joinpath("learnt")))


@lru_cache(maxsize=16)
def _digest(adapter: AdapterFile) -> str:
    return sha256_of(adapter.path)[:8]
