"""Profiles of customers: kept with their consent, used for what they agreed to, shown and erased when they ask."""

from app.profiles.profiles import Erasure, Profiles

__all__ = ["Erasure", "Profiles"]
