"""Daily series of the shape of the M5 competition's: items of stores that sell rarely, in lumps, and change.

What they have in common with M5 (Makridakis, Spiliotis and Assimakopoulos, The M5 competition, IJF 38, 2022, section
3, and the published data): about two days of three without a sale, mean sales from a twentieth of a unit to some ten
a day, weekends above weekdays, three departments of their own season, items that appear later, level shifts, weeks on
end without stock, price cuts that last one to two weeks and lift sales, days of the month on which benefits are paid,
one day a year on which everything is closed. Counts are negative binomial. Everything is drawn from a seed.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from app.warehouse.stock.demand import Demand

FIRST = date(2024, 1, 29)
DEPARTMENTS = ("foods", "household", "hobbies")
_WEEK = np.array([0.90, 0.85, 0.85, 0.90, 1.05, 1.30, 1.20])


def m5_shaped(seed: int = 1, *, series: int = 150, days: int = 1000) -> Demand:
    """Demand of so many items; rows are in random order of size."""
    rng = np.random.default_rng(seed)
    dates = [FIRST + timedelta(days=index) for index in range(days)]
    department = rng.choice(3, series, p=[0.5, 0.35, 0.15])
    quantities = np.stack([_one(rng, DEPARTMENTS[number], dates) for number in department])
    names = tuple(f"{DEPARTMENTS[number]}_{index:03d}" for index, number in enumerate(department))
    return Demand(names, FIRST, quantities, tuple(DEPARTMENTS[number] for number in department), names)


def _one(rng: np.random.Generator, department: str, dates: list[date]) -> np.ndarray:
    days = len(dates)
    base = float(np.exp(rng.normal(-0.5, 1.1))) * {"foods": 1.6, "household": 0.8, "hobbies": 0.6}[department]
    rate = np.full(days, base)
    rate *= _WEEK[[day.weekday() for day in dates]] ** rng.uniform(0.4, 1.6)
    turn = np.array([2 * np.pi * day.timetuple().tm_yday / 365.25 for day in dates])
    phase = {"foods": 1.2, "household": 3.0, "hobbies": 5.9}[department]
    rate *= np.exp(rng.uniform(0.05, 0.3) * np.cos(turn - phase))
    if department == "foods":
        rate *= np.where([day.day in (1, 3, 5, 6, 8, 9, 11, 12, 14, 15) for day in dates], rng.uniform(1.0, 1.4), 1.0)
    for _ in range(rng.poisson(2.0 * days / 1000)):
        rate[rng.integers(days) :] *= float(np.exp(rng.normal(0, 0.5)))
    start = 0
    while True:
        start += int(rng.exponential(120)) + 1
        if start >= days:
            break
        rate[start : start + int(rng.integers(7, 15))] *= float(rng.uniform(1.2, 2.2))
    spread = float(rng.uniform(0.3, 1.5))
    counts = rng.negative_binomial(spread * 3, spread * 3 / (spread * 3 + np.maximum(rate, 1e-9))).astype(float)
    counts *= rng.random(days) >= rng.beta(1.5, 4.0)
    for _ in range(rng.poisson(1.5 * days / 1000)):
        begin = int(rng.integers(days))
        counts[begin : begin + int(rng.integers(7, 45))] = 0
    counts[[day.month == 12 and day.day == 25 for day in dates]] = 0
    if rng.random() < 0.35:
        counts[: int(rng.integers(days * 3 // 4))] = 0
    return counts
