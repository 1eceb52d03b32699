"""Candidates: taken in whole, judged beside what serves, promoted for a reason or refused for one."""

from app.domain.learning import Candidate
from app.learning.registry.findings import Finding
from app.learning.registry.gate import Gate, GateParams, Verdict
from app.learning.registry.manifest import read_manifest, write_manifest
from app.learning.registry.measuring import Case, Measure, Outcome
from app.learning.registry.registry import Registry

__all__ = [
    "Candidate",
    "Case",
    "Finding",
    "Gate",
    "GateParams",
    "Measure",
    "Outcome",
    "Registry",
    "Verdict",
    "read_manifest",
    "write_manifest",
]
