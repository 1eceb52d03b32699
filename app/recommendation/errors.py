"""What can go wrong with recommendations:

RecommendationError
├── BehaviourInvalid     events cannot be read as they are given
├── BehaviourTooLittle   too few events to learn from
├── RecommenderMissing   there is no model
├── RecommenderDamaged   a model's files are not whole
└── RuleUnknown          no rule of that name can be switched
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


class RuleUnknown(RecommendationError):
    """There is no rule of that name."""

    code = "recommendation_rule_unknown"
