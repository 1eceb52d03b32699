"""Model weights: a catalogue of what they are, and a cache of those that have arrived and proved whole."""

from index.weights.cache import ModelDamage, ModelState, Progress, Weights
from index.weights.catalogue import Companion, HubSource, ModelSpec, RegistrySource, Source, read_catalogue

__all__ = [
    "Companion",
    "HubSource",
    "ModelDamage",
    "ModelSpec",
    "ModelState",
    "Progress",
    "RegistrySource",
    "Source",
    "Weights",
    "read_catalogue",
]
