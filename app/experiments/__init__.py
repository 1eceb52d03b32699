"""Experiments: two ways of doing the same thing, drawn by conversation or customer, compared until it is decided."""

from app.experiments.experiment import Arm, Draft, Experiment
from app.experiments.experiments import Experiments, Unit, Variant, Wish
from app.experiments.planning import Plan

__all__ = ["Arm", "Draft", "Experiment", "Experiments", "Plan", "Unit", "Variant", "Wish"]
