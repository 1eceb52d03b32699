"""What can go wrong with candidates:

RegistryError
├── CandidateUnusable   the folder holds nothing that could be kept
├── CandidateNotPassed  the gate or a person refused it, so it cannot serve
├── ApprovalMissing     a person has to say yes first
├── CandidateStateInvalid   what was asked for does not fit what became of it
└── PromotionBusy       another promotion is under way
"""

from __future__ import annotations

from index.errors import KefuError


class RegistryError(KefuError):
    """The candidate cannot be dealt with as asked."""

    code = "registry"


class CandidateUnusable(RegistryError):
    """The folder holds nothing that could be kept as a candidate."""

    code = "candidate_unusable"


class CandidateNotPassed(RegistryError):
    """The candidate was refused, so it cannot serve."""

    code = "candidate_not_passed"


class ApprovalMissing(RegistryError):
    """A person has to approve of the candidate first."""

    code = "approval_missing"


class CandidateStateInvalid(RegistryError):
    """What was asked for does not fit the state of the candidate."""

    code = "candidate_state"


class PromotionBusy(RegistryError):
    """Another promotion is under way."""

    code = "promotion_busy"
