"""Suggested replies: what the assistant would say, with its proof, for an agent to send, change or leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.domain import Answer, Message, Turn
from app.domain.answer import unmarked
from app.domain.conversation import ConversationMessage, ConversationStore
from app.handoff.errors import TransitionRefused
from index.types import Language

_HISTORY = 12
_MAX_QUESTION = 2000
_ASKED_TOGETHER = 4


class Answerer(Protocol):
    """Answers from the knowledge base; see `app.assistant`."""

    def reply(self, turn: Turn) -> Answer:
        """The whole answer."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A draft. Nothing of it reaches the customer unless an agent sends it."""

    text: str
    """Empty where the knowledge base does not hold an answer."""
    answer: Answer

    def to_dict(self) -> dict[str, Any]:
        """As JSON: the text, and the answer with its citations."""
        return {
            "text": self.text,
            "status": self.answer.status,
            "confidence": round(self.answer.confidence, 4),
            "language": self.answer.language,
            "citations": [citation.to_dict() for citation in self.answer.citations],
            "receipt_id": self.answer.receipt_id,
            "answer": self.answer.to_dict(),
        }


class Suggester:
    """Asks the assistant what the customer has asked since they were last answered."""

    def __init__(self, conversations: ConversationStore, answerer: Answerer) -> None:
        self._conversations, self._answerer = conversations, answerer

    def suggest(
        self,
        conversation_id: str,
        *,
        question: str | None = None,
        access: frozenset[str] = frozenset(),
        language: Language | None = None,
    ) -> Suggestion:
        """A draft of a reply, to the customer's last messages or to a question of the agent's own.

        Only documents that the customer may read are cited: `access` holds labels that were opened for them, not the
        agent's. Raises `TransitionRefused` where the customer has written nothing yet.
        """
        said = [m for m in self._conversations.messages(conversation_id, limit=50) if m.role not in ("note", "system")]
        asked, before = _asked(_about_the_matter(said))
        wanted = (question or "").strip() or asked
        if not wanted:
            raise TransitionRefused("There is nothing to answer yet: the customer has written no message.")
        turn = Turn(
            message=wanted[-_MAX_QUESTION:],
            conversation_id=conversation_id,
            history=tuple(before[-_HISTORY:]),
            language=language,
            access=access,
        )
        answer = self._answerer.reply(turn)
        is_answer = answer.status in ("answered", "partial")
        return Suggestion(answer.text if is_answer else "", answer)


def is_edited(suggested: str, sent: str) -> bool:
    """Whether an agent changed a suggestion; its markers and how it is spaced do not count."""
    return _plain(suggested) != _plain(sent)


def _plain(text: str) -> str:
    return " ".join(unmarked(text).split())


def _about_the_matter(said: Sequence[ConversationMessage]) -> Sequence[ConversationMessage]:
    """Without bare requests for a person, which an agent who is there has answered; all where nothing else was said."""
    rest = [m for m in said if m.data.get("understanding", {}).get("intent") != "talk_to_human"]
    return rest if any(m.role == "customer" for m in rest) else said


def _asked(said: Sequence[ConversationMessage]) -> tuple[str, list[Message]]:
    """The customer's messages since somebody answered (their last ones where all are answered), and what was before."""
    end = len(said)
    while end and said[end - 1].role != "customer":
        end -= 1
    begin = end
    while begin and said[begin - 1].role == "customer" and end - begin < _ASKED_TOGETHER:
        begin -= 1
    history = [Message("user" if m.role == "customer" else "assistant", m.text) for m in said[:begin]]
    return "\n".join(message.text for message in said[begin:end]), history
