"""How far and how long it is between places, without asking a map service outside.

Streets are longer than the straight line by a usual factor, and longer legs are driven faster: within a quarter at the
speed of side streets, across the region at that of ring roads. Estimates for planning, not navigation; where a company
has measured times it gives them as matrices.

Source: Boscoe, Henry and Zdeb, The Professional Geographer 64(2), 2012 (streets over straight lines: 1.417 in the
United States); Ballou, Rahardja and Sakai, Transportation Research A 36(9), 2002 (1.33 in China).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from app.warehouse.delivery.problem import Place

_EARTH_M = 6_371_008.8
"""Mean radius."""


@dataclass(frozen=True, slots=True)
class TravelModel:
    """Streets and speeds of a city."""

    detour: float = 1.33
    """Streets over the straight line."""
    near_kmh: float = 18.0
    """On legs of nothing to `near_km`."""
    far_kmh: float = 50.0
    """From `far_km` on; between the two it rises evenly."""
    near_km: float = 2.0
    far_km: float = 30.0
    stop_s: float = 30.0
    """For parking, and for the way from the kerb, of every leg that leads elsewhere."""

    def __post_init__(self) -> None:
        is_sound = self.detour >= 1 and 0 < self.near_kmh <= self.far_kmh and 0 <= self.near_km < self.far_km
        if not is_sound or self.stop_s < 0:
            raise ValueError("Expected detour >= 1, 0 < near_kmh <= far_kmh, 0 <= near_km < far_km, stop_s >= 0.")

    def matrices(self, places: Sequence[Place]) -> tuple[np.ndarray, np.ndarray]:
        """Metres and seconds between all places, both int64 (n, n) with a diagonal of 0."""
        angles = np.radians(np.array([(place.latitude, place.longitude) for place in places]).reshape(-1, 2))
        metres = self.detour * great_circle(angles)
        kilometres = metres / 1000
        share = np.clip((kilometres - self.near_km) / (self.far_km - self.near_km), 0, 1)
        speed = self.near_kmh + share * (self.far_kmh - self.near_kmh)
        seconds = kilometres / speed * 3600 + np.where(metres > 0.5, self.stop_s, 0)
        return np.rint(metres).astype(np.int64), np.ceil(seconds).astype(np.int64)

    def to_dict(self) -> dict[str, float]:
        """As JSON."""
        return asdict(self)


def great_circle(angles: np.ndarray) -> np.ndarray:
    """Metres between points given as (n, 2) latitude and longitude in radians, by the haversine formula."""
    latitude, longitude = angles[:, :1], angles[:, 1:]
    half = (
        np.sin((latitude - latitude.T) / 2) ** 2
        + np.cos(latitude) * np.cos(latitude.T) * np.sin((longitude - longitude.T) / 2) ** 2
    )
    return np.asarray(2 * _EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1))))
