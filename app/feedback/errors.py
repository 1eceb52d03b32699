"""What can go wrong with opinions.

FeedbackError
├── SurveyMissing       no survey of that id
├── SurveyClosed        asked too long ago
└── ScoreInvalid        a score that the survey does not have
"""

from __future__ import annotations

from index.errors import KefuError


class FeedbackError(KefuError):
    """An opinion cannot be taken."""

    code = "feedback"


class SurveyMissing(FeedbackError):
    """There is no survey of that id."""

    code = "survey_missing"


class SurveyClosed(FeedbackError):
    """The survey was asked too long ago."""

    code = "survey_closed"


class ScoreInvalid(FeedbackError):
    """The survey does not have this score."""

    code = "score_invalid"
