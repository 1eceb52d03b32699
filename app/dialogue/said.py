"""One message of a customer as the dialogue looks at it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from app.dialogue.cues import Cue, cues, has_words, yes_or_no
from app.dialogue.inquiry import is_about_own, is_about_rules, is_inquiry
from app.domain.understanding import Understanding, beside_slots
from index.text.normalize import fold
from index.text.questions import is_question
from index.text.terms import content_terms

STEERING = frozenset({"affirm", "deny", "cancel_flow", "correct", "repeat", "greeting", "thanks", "goodbye"})
"""Intents that say nothing about what is wanted."""
GIVES = "provide_information"
"""Intent of a message that only answers what was asked."""
NUMBERS = ("order_number", "tracking_number")
_FEW_TERMS = 1
_HOLD_ON = re.compile(
    r"\W*(?:[嗯呃哦啊]+\W*)?(?:等等|等下|等一下|先等等"
    r"|(?:(?:hold on|hang on|ok|oh|uh),?\s+)?wait\b|actually\b|hold on|hang on)"
)
"""What comes before another question as well as before a correction."""
_SHORT = 14


@dataclass(frozen=True)
class Said:
    """A message, what it was understood as, and what it plainly holds."""

    text: str
    understanding: Understanding
    min_confidence: float
    """Below it an intent is not acted on."""
    is_answer: bool = False
    """Known to answer what was asked: then neither steering words nor intent are looked for."""

    def without_intent(self) -> Said:
        """The same, known to answer what was asked."""
        understood = replace(self.understanding, confidence=0.0, out_of_scope=True, runners_up=())
        return Said(self.text, understood, self.min_confidence, is_answer=True)

    @cached_property
    def folded(self) -> str:
        """As words are compared."""
        return fold(self.text)

    @cached_property
    def lexical_cues(self) -> frozenset[Cue]:
        """Steering words."""
        return frozenset() if self.is_answer else cues(self.text)

    @cached_property
    def cues(self) -> frozenset[Cue]:
        """Steering words, and the intents that stand for them."""
        by_intent: dict[str, Cue] = {
            "cancel_flow": "cancel",
            "correct": "correct",
            "repeat": "repeat",
            "talk_to_human": "person",
        }
        found = self.lexical_cues
        return found | {by_intent[self.intent]} if self.intent in by_intent else found

    @cached_property
    def intent(self) -> str | None:
        """None where it is not sure enough."""
        understood = self.understanding
        is_sure = not understood.out_of_scope and understood.confidence >= self.min_confidence
        return understood.intent if is_sure else None

    @cached_property
    def answer(self) -> Literal["yes", "no"] | None:
        """An explicit yes or no."""
        return yes_or_no(self.text)

    @cached_property
    def answer_to_offer(self) -> Literal["yes", "no"] | None:
        """As `answer`, where nothing but help was offered."""
        return yes_or_no(self.text, to_offer=True)

    @cached_property
    def is_question(self) -> bool:
        """Whether it asks."""
        return is_question(self.text)

    @cached_property
    def is_inquiry(self) -> bool:
        """Whether it asks how things are, rather than for something to be done."""
        return is_inquiry(self.text, self.understanding)

    @cached_property
    def is_about_own(self) -> bool:
        """Whether it is about the customer's own order or parcel."""
        return is_about_own(self.text)

    @cached_property
    def is_about_rules(self) -> bool:
        """Whether it asks for the rules alone."""
        return is_about_rules(self.text)

    @cached_property
    def is_aside(self) -> bool:
        """Whether 等等 or "wait" leads on to a question rather than to another value."""
        return bool(_HOLD_ON.match(self.folded)) and self.is_inquiry

    @property
    def has_words(self) -> bool:
        """Whether there is anything to read."""
        return has_words(self.text)

    @cached_property
    def _beside_slots(self) -> str:
        return beside_slots(self.text, self.understanding.slots)

    @cached_property
    def is_bare(self) -> bool:
        """Whether it says hardly more than the values of its slots."""
        return bool(self.understanding.slots) and len(content_terms(self._beside_slots)) <= _FEW_TERMS

    @property
    def is_only_slots(self) -> bool:
        """Whether it says nothing but the values of its slots."""
        return not has_words(self._beside_slots)

    @property
    def is_numbered(self) -> bool:
        """Whether it gives the number of an order or a parcel."""
        return any(slot.type in NUMBERS for slot in self.understanding.slots)

    @cached_property
    def is_short(self) -> bool:
        """A few words, such as refer to something said before."""
        return len(self.text) <= _SHORT or len(content_terms(self.text)) <= 2
