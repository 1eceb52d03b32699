"""Settings of picking: the floor, what pickers push along, and when carriers collect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import NoDecode

from app.settings.base import Group, Timezone, listed

ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""Such as 18:00."""


class PickingSettings(Group):
    """How waiting orders are picked; each zone of the warehouse is walked on its own."""

    floor: Path | None = None
    """YAML or JSON of a zone and its picking device, as `kefu warehouse pick` takes it; empty takes what follows."""
    aisles: int = Field(default=24, ge=1, le=500)
    bays: int = Field(default=36, ge=1, le=1000)
    """On each side of an aisle."""
    bay_m: float = Field(default=1.2, gt=0, le=100)
    aisle_m: float = Field(default=2.5, gt=0, le=100)
    """From the middle of an aisle to that of the next."""
    articles: int = Field(default=60, ge=1)
    """On a picking device."""
    weight_g: int = Field(default=150_000, ge=1)
    orders: int = Field(default=12, ge=1)
    """That a picking device keeps apart."""
    cutoff: ClockTime = "16:00"
    """Orders paid before leave the same day."""
    collections: Annotated[tuple[ClockTime, ...], NoDecode, BeforeValidator(listed)] = ("12:00", "18:00")
    """When carriers collect."""
    catalogue: Path = Path("knowledge/catalogue/products.csv")
    """CSV with sku, bin_location, weight_g, name_zh, name_en and, where there is one, material."""
    timezone: Timezone = "Asia/Shanghai"
    """Of the warehouse's clock."""

    @field_validator("collections")
    @classmethod
    def _in_order(cls, times: tuple[str, ...]) -> tuple[str, ...]:
        if not times:
            raise ValueError("wants at least one time such as 18:00")
        return tuple(sorted(times))
