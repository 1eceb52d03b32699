"""Settings of stock: terms of ordering, and what forecasts go by."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from app.settings.base import Group, Timezone


class StockSettings(Group):
    """How stock is planned; `kefu warehouse stock` can be asked for other terms."""

    lead_time_days: int = Field(default=7, ge=0, le=365)
    """From an order to goods on the shelf."""
    review_days: int = Field(default=1, ge=1, le=90)
    """Between two looks at the stock."""
    service_level: float = Field(default=0.95, ge=0.5, lt=1)
    """Chance that stock lasts until an order is in."""
    order_days: int = Field(default=28, ge=1, le=365)
    """How many days an order is to serve."""
    cost_share: float = Field(default=0.6, gt=0, le=10)
    """What a unit costs, of its price."""
    holding_rate: float = Field(default=0.25, ge=0, le=10)
    """What holding stock costs in a year, of its cost."""
    dead_days: int = Field(default=180, ge=1)
    """Stock without a sale for so long is dead."""
    calendar: Path | None = None
    """Sales and holidays of your own (TOML, see app/warehouse/stock/calendar.toml); empty takes those of China."""
    catalogue: Path | None = Path("knowledge/catalogue/products.csv")
    """CSV with sku, bin_location and weight_g; nothing is said of bins where it is empty or away."""
    timezone: Timezone = "Asia/Shanghai"
    """Whose days are counted."""
