"""One loader a format: bytes in, text in blocks out."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from ingest.blocks import Extracted
from ingest.errors import DocumentDamaged, DocumentTooLarge
from ingest.limits import Limits

Loader = Callable[[bytes, Limits], Extracted]

_MODULES = ("markdown", "text", "html", "csv", "xlsx", "docx", "pptx", "pdf", "json", "picture")


def loader_of(format: str) -> Loader:
    """The loader of a format; its libraries are imported now and not before.

    Raises:
        ValueError: there is no such format.
    """
    if format not in _MODULES:
        raise ValueError(f"Expected one of {', '.join(_MODULES)}, got {format!r}.")
    return cast(Loader, import_module(f"ingest.loaders.{format}").load)


def load(format: str, data: bytes, limits: Limits) -> Extracted:
    """Read a document in this process.

    Raises:
        DocumentRefused: one of its leaves; whatever a parser stumbles over in a damaged file is DocumentDamaged.
    """
    loader = loader_of(format)
    try:
        return loader(data, limits)
    except RecursionError as error:
        raise DocumentDamaged("The document is nested too deeply to be read.") from error
    except MemoryError as error:
        raise DocumentTooLarge("Reading the document needs more memory than is allowed; split it.") from error
