"""The settings of kept answers; see `app.settings`, of which they are a group."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class AnswerCacheSettings(BaseModel):
    """Answers that are kept and given again while what they rest on stays as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    enabled: bool = True
    extractive: bool = False
    """Whether answers in the documents' own words are kept too; those of a language model always are."""
    by_meaning: bool = True
    """Whether a question in other words may be answered; off asks for the same words."""
    min_similarity: float = Field(default=0.93, gt=0, le=1)
    """Least cosine of two questions that may mean the same; what they say is compared as well."""
    keep_days: int = Field(default=30, ge=1)
    max_answers: int = Field(default=5000, ge=1)
    """Beyond it the oldest are removed; an answer takes about 4 KB."""
    remembered: int = Field(default=512, ge=1)
    """Answers held in memory beside the file."""
