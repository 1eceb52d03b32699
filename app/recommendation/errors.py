"""What can go wrong with recommendations:

RecommendationError
├── BehaviourInvalid     events cannot be read as they are given
├── BehaviourTooLittle   too few events to learn from
├── RecommenderMissing   there is no model
└── RecommenderDamaged   a model's files are not whole
"""

from __future__ import annotations

from index.errors import KefuError


class RecommendationError(KefuError):
    """Nothing can be recommended."""

    code = "recommendation"


class BehaviourInvalid(RecommendationError):
    """Events cannot be read as they are given."""

    code = "behaviour_invalid"


class BehaviourTooLittle(RecommendationError):
    """There are too few events to learn from."""

    code = "behaviour_too_little"


class RecommenderMissing(RecommendationError):
    """There is no model to recommend with."""

    code = "recommender_missing"


class RecommenderDamaged(RecommendationError):
    """The files of a model are not whole, or of another version."""

    code = "recommender_damaged"
