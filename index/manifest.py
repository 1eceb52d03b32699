"""What a generation consists of: the list of its files with their checksums, and how it was built."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from index.errors import GenerationDamaged, StoreFormatUnknown

FORMAT = 4
"""2: `exchanged` below and `Document.reading`; 3: `Document.validity`; 4: `token_codec`. Older ones are read as if
these had their defaults."""
MANIFEST = "manifest.json"
PASSAGES = "passages.sqlite"
DENSE = "dense.faiss"
SENTENCES = "sentences.faiss"
SENTENCE_PASSAGE = "sentence_passage.npy"
LEXICAL = "lexical"
CODES = "token_codes.npy"
CODE_ENDS = "token_ends.npy"
VECTOR_FILES = frozenset({DENSE, SENTENCES, SENTENCE_PASSAGE, CODES, CODE_ENDS})

GENERATION_NAME = re.compile(r"g(\d{6,})-([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was written."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class VectorIndexParams:
    """How a FAISS index was built and is searched."""

    kind: str
    """flat (exact), ivf-fp16 or ivf-sq8 (inverted lists over 16-bit or 8-bit codes)."""
    count: int
    """Vectors in it."""
    lists: int = 0
    """Inverted lists."""
    probes: int = 0
    """Lists that a search without filter visits."""
    exchanged: int = 0
    """Vectors that came or went since the lists were made."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description of a generation; written last, so that a folder with a manifest is whole."""

    name: str
    created_at: str
    """UTC, ISO 8601."""
    embedder_id: str
    dimension: int
    documents: int
    passages: int
    sentences: int
    """Sentence vectors."""
    content_digest: str
    """Sha256 over documents and passages, whatever order they came in; file times do not count."""
    dense: VectorIndexParams
    sentence: VectorIndexParams
    tokenizers: Mapping[str, str]
    """What made the tokens of each lexical field."""
    files: Mapping[str, FileRecord]
    """By path inside the generation, with forward slashes; all but the manifest itself."""
    format: int = FORMAT
    token_codec: str = ""
    """What made the token codes; "" where passages have none: a generation holds those of all its passages or none."""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(record.size for record in self.files.values())

    def to_bytes(self) -> bytes:
        """JSON with one spelling per content, and the checksum of that spelling."""
        content = asdict(self)
        return _spelled({**content, "checksum": _checksum(content)})

    @classmethod
    def of_bytes(cls, raw: bytes) -> Manifest:
        """Read a manifest.

        Raises:
            StoreFormatUnknown: written by a newer version.
            GenerationDamaged: not the bytes that were written.
        """
        try:
            content = json.loads(raw)
            written = content["format"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise GenerationDamaged(f"{MANIFEST} is damaged: {error}.") from error
        if isinstance(written, int) and written > FORMAT and _is_whole(content, raw):
            raise StoreFormatUnknown(
                f"{MANIFEST} has format {written}; this version reads up to {FORMAT}. Upgrade kefu to open this store."
            )
        if not _is_whole(content, raw):
            raise GenerationDamaged(f"{MANIFEST} is damaged: its checksum differs.")
        return cls._of_content(content)

    @classmethod
    def _of_content(cls, content: dict[str, Any]) -> Manifest:
        content = {key: value for key, value in content.items() if key != "checksum"}
        try:
            return cls(
                **{
                    **content,
                    "dense": VectorIndexParams(**content["dense"]),
                    "sentence": VectorIndexParams(**content["sentence"]),
                    "files": {name: FileRecord(**record) for name, record in content["files"].items()},
                }
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise GenerationDamaged(f"{MANIFEST} is damaged: {error}.") from error


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """What is said of a generation in lists."""

    name: str
    created_at: str
    documents: int
    passages: int
    sentences: int
    embedder_id: str
    dimension: int
    content_digest: str
    bytes: int
    is_current: bool
    token_codec: str = ""

    @classmethod
    def of(cls, manifest: Manifest, *, is_current: bool) -> GenerationInfo:
        """The short form of a manifest."""
        return cls(
            name=manifest.name,
            created_at=manifest.created_at,
            documents=manifest.documents,
            passages=manifest.passages,
            sentences=manifest.sentences,
            embedder_id=manifest.embedder_id,
            dimension=manifest.dimension,
            content_digest=manifest.content_digest,
            bytes=manifest.size,
            is_current=is_current,
            token_codec=manifest.token_codec,
        )

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def _spelled(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _checksum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_spelled(content)).hexdigest()


def _is_whole(content: Any, raw: bytes) -> bool:
    """Whether these are the bytes that were written, down to white space."""
    if not isinstance(content, dict):
        return False
    rest = {key: value for key, value in content.items() if key != "checksum"}
    return content.get("checksum") == _checksum(rest) and _spelled(content) == raw
