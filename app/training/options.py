"""Options of a training run out of a file; those of the command line stand over them."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from app.training.errors import TrainingDataInvalid
from index.errors import KefuError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Params = TypeVar("Params", bound=DataclassInstance)


def read_options(path: Path, *, error: type[KefuError] = TrainingDataInvalid) -> dict[str, Any]:
    """Names and values of a file: JSON (.json), TOML (.toml), else YAML. Raises `error` for one that holds none."""
    import yaml

    try:
        text = path.read_text(encoding="utf-8-sig")
        ending = path.suffix.lower()
        values = json.loads(text) if ending == ".json" else tomllib.loads(text) if ending == ".toml" else None
        if values is None:
            values = yaml.safe_load(text) or {}
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as cause:
        told = " ".join(str(cause).split())[:200]
        raise error(f"The configuration {path} cannot be read: {told}") from cause
    if not isinstance(values, dict):
        raise error(f"The configuration {path} is no table of names and values.")
    return {str(name): value for name, value in values.items()}


def load_params(blank: Params, path: Path | None, given: Mapping[str, Any]) -> Params:
    """What `blank` says, with the values of a file over it and over these those `given`; None is nothing.

    Raises `TrainingDataInvalid` for a name that `blank` does not have, or a value that cannot be.
    """
    values = {} if path is None else read_options(path)
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return replace(blank, **typed(values, blank))
    except ValueError as error:
        place = "The options" if path is None else f"{path.name} with the options of the command"
        raise TrainingDataInvalid(f"{place} cannot be used: {error}") from error


def typed(
    values: Mapping[str, Any], blank: DataclassInstance, *, error: type[KefuError] = TrainingDataInvalid
) -> dict[str, Any]:
    """The values as `blank` has them: whole numbers, numbers, texts, true or false, lists of texts.

    Raises `error` for a name that it does not have, or a value of another type.
    """
    known = {item.name for item in fields(blank)}
    if unknown := sorted(set(map(str, values)) - known):
        raise error(f"There is no setting {unknown[0]!r}; known are {', '.join(sorted(known))}.")
    found: dict[str, Any] = {}
    for name, value in values.items():
        default = getattr(blank, name)
        if isinstance(default, tuple):
            value = (value,) if isinstance(value, str) else tuple(map(str, value or ()))
        elif isinstance(default, bool):
            if not isinstance(value, bool):
                raise error(f"{name} is true or false, not {value!r}.")
        elif isinstance(default, int | float):
            value = _number(name, value, error, is_whole=isinstance(default, int))
        elif isinstance(default, str) and not isinstance(value, str):
            raise error(f"{name} is a text, not {value!r}.")
        found[name] = value
    return found


def _number(name: str, value: object, error: type[KefuError], *, is_whole: bool) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as cause:
        raise error(f"{name} is a number, not {value!r}.") from cause
    if isinstance(value, bool) or not math.isfinite(number) or (is_whole and number != int(number)):
        raise error(f"{name} is a {'whole ' if is_whole else ''}number, not {value!r}.")
    return int(number) if is_whole else number
