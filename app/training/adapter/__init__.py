"""An adapter of questions' vectors, learnt from what customers asked and what turned out to answer them."""

from app.training.adapter.fitting import AdapterParams, Epoch, FittedAdapter, fit_adapter
from app.training.adapter.space import Pair, PassageSpace

__all__ = ["AdapterParams", "Epoch", "FittedAdapter", "Pair", "PassageSpace", "fit_adapter"]
