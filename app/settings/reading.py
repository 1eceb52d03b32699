"""Reading the settings, strictly: from the environment, else `kefu.toml`, else the defaults.

A name that is not one of them is an error, for a setting that is silently ignored is worse than none.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings.exceptions import SettingsError as SourceError

from app.settings.errors import SettingInvalid, SettingUnknown
from app.settings.groups import PREFIX, Settings

FILE_NAME = "kefu.toml"


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
