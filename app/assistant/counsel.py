"""What a language model is asked before it writes: whether evidence answers, where its word counts."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from app.assistant.finding import Finding
from app.assistant.opinion import Opinion, Origin
from app.domain import ChatModel, Evidence, Judged
from app.generation.errors import ChatModelError
from app.generation.probe import PROBES
from app.generation.prompts import build_prompt
from index.text.language import crosses
from index.types import Language

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Counsel:
    """Of one turn."""

    model: ChatModel | None
    """The one that writes; None where none does, or none is to be asked."""
    opinions: Mapping[Origin, Mapping[str, Opinion]]
    """How much its word counts."""
    origin: Origin
    language: Language
    """Of the reply."""
    instructions: str = ""
    """As for `build_prompt`."""

    def opinion(self, question: str, evidence: Sequence[Evidence]) -> Opinion | None:
        """What the model's judgement of evidence counts; None where it is not asked."""
        if self.model is None or not self.model.takes_probes or not evidence:
            return None
        origin: Origin | None = self.origin
        if crosses(question, evidence[0].quote):  # weights as they come judge too strictly across languages
            origin = "across" if origin == "documents" else None
        return self.opinions.get(origin, {}).get(self.language) if origin is not None else None

    def second(self, question: str, finding: Finding, *, least: float) -> Finding:
        """The finding as sure as it is when the model is asked as well; itself where no word of it would reach `least`.

        Of a finding that nothing speaks for it is not asked, and one that fails says nothing.
        """
        opinion = self.opinion(question, finding.evidence)
        if self.model is None or opinion is None or not finding.confidence:
            return finding
        if not opinion.may_reach(finding.confidence, least):
            return finding
        try:
            judged = judged_by(
                self.model, question, finding.evidence, language=self.language, instructions=self.instructions
            )
        except ChatModelError as error:
            logger.warning("chat model failed (%s): %s", error.code, error.message)
            return finding
        return replace(finding, confidence=opinion.confidence(finding.confidence, judged))


def judged_by(
    model: ChatModel, question: str, evidence: Sequence[Evidence], *, language: Language, instructions: str = ""
) -> float:
    """Log-odds with which the model says that evidence answers, 0 where it says nothing; raises `ChatModelError`."""
    prompt = build_prompt(question, evidence, language=language, instructions=instructions)
    with closing(model.stream(prompt, max_tokens=1, probe=PROBES[language])) as reply:
        return next((piece.log_odds for piece in reply if isinstance(piece, Judged)), 0.0)
