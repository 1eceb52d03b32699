"""What groups of settings are made of."""

from __future__ import annotations

import json
import zoneinfo
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_settings import NoDecode


def listed(value: Any) -> Any:
    """Lists may be given as JSON or with commas: `local,extractive`."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [part.strip() for part in value.split(",") if part.strip()]


def mapped(value: Any) -> Any:
    """Tables may be given as JSON."""
    return json.loads(value) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)]


def _zone(name: str) -> str:
    if name and name not in zoneinfo.available_timezones():
        raise ValueError("is no IANA time zone such as Asia/Shanghai")
    return name


Timezone = Annotated[str, AfterValidator(_zone)]


class Group(BaseModel):
    """A group of settings: frozen, and what it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
