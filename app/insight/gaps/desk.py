"""The way of a gap from the log to the knowledge base: found, drafted, approved, published, measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from app.insight.errors import DraftInvalid, GapStepInvalid
from app.insight.events import ServiceEvents, stamp
from app.insight.gaps.drafting import LANGUAGES, Drafter, DraftLanguage
from app.insight.gaps.effect import WINDOW, effect_of
from app.insight.gaps.gap import Draft, Entry, Gap, GapState, Step
from app.insight.gaps.mining import GapKind, GapMiner, Topics
from app.insight.gaps.privacy import MASK, is_personal
from app.insight.gaps.question import LoggedQuestion, questions_of
from app.insight.gaps.space import QuestionVectors
from app.insight.gaps.store import GapStore

_DAYS = 90
_LONGEST_QUESTION, _LONGEST_ANSWER = 300, 8000


class Publish(Protocol):
    """Brings articles into the knowledge base by the way that every document takes."""

    def __call__(self, files: Mapping[str, bytes]) -> Sequence[str]:
        """Files by name; returns the ids of the documents that they become. Raises what taking a document in raises."""


@dataclass(frozen=True, slots=True)
class GapDetail:
    """A gap with its history and questions."""

    gap: Gap
    steps: tuple[Step, ...]
    questions: tuple[LoggedQuestion, ...]
    """Newest first, those whose words are still there."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        asked = [
            {
                "event_id": item.event_id,
                "conversation_id": item.conversation_id,
                "text": item.text,
                "language": item.language,
                "at": stamp(item.at),
                "confidence": item.confidence,
                "is_declined": item.is_declined,
                "is_handed_off": item.is_handed_off,
                "is_rated_down": item.is_rated_down,
            }
            for item in self.questions
        ]
        return {**self.gap.to_dict(), "steps": [step.to_dict() for step in self.steps], "asked": asked}


class GapDesk:
    """Does each step; who does it is written down."""

    def __init__(
        self,
        log: ServiceEvents,
        store: GapStore,
        miner: GapMiner,
        drafter: Drafter,
        publish: Publish,
        *,
        vectors: QuestionVectors | None = None,
        days: int = _DAYS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Ready to work.

        Args:
            log: of events.
            store: of gaps.
            miner: finds them.
            drafter: takes drafts out of agents' replies.
            publish: brings articles into the base.
            vectors: of questions; those of questions that are no longer looked at are removed after a run.
            days: how far back questions are looked at.
            clock: tells the time, aware.
        """
        if days < 1:
            raise ValueError(f"Expected days >= 1, got {days}.")
        self._log, self._store, self._miner, self._drafter = log, store, miner, drafter
        self._publish, self._vectors, self._days, self._clock = publish, vectors, days, clock

    def mine(self, *, days: int | None = None, on_progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
        """Look through the log, keep what is found and measure what publishing changed; the figures, as JSON."""
        questions = self._questions(days or self._days)
        topics = self._miner.lay_out(questions, on_progress=on_progress)
        mined = self._miner.mine(topics)
        ids = self._store.keep(mined.gaps)
        self._measure(topics)
        if self._vectors is not None and days is None:
            self._vectors.forget_all_but([question.text for question in questions])
        return {**mined.to_dict(), "days": days or self._days, "gaps": ids}

    def all(self, *, state: GapState | None = None, kind: GapKind | None = None, limit: int = 200) -> list[Gap]:
        """Dearest first."""
        return self._store.all(state=state, kind=kind, limit=limit)

    def get(self, gap_id: str) -> GapDetail:
        """With its history and questions. Raises `GapMissing`."""
        gap = self._store.get(gap_id)
        asked = sorted(self._asked(gap.gap_id), key=lambda item: item.at, reverse=True)
        return GapDetail(gap, tuple(self._store.steps(gap.gap_id)), tuple(asked))

    def draft(
        self, gap_id: str, *, by: str, entries: Mapping[DraftLanguage, Entry] | None = None, note: str | None = None
    ) -> Gap:
        """Draft from agents' replies, or keep what a reviewer wrote.

        Raises `GapMissing`, `GapStepInvalid`, or `DraftInvalid` for a text that is too long.
        """
        gap = self._store.get(gap_id)
        if entries:
            kept = gap.draft or Draft({})
            draft = Draft({**kept.entries, **entries}, kept.support, kept.warnings)
        else:
            draft = self._drafted(gap)
        for language, entry in draft.entries.items():
            if len(entry.question) > _LONGEST_QUESTION or len(entry.answer) > _LONGEST_ANSWER:
                raise DraftInvalid(
                    f"The {language} entry is longer than {_LONGEST_QUESTION} characters of question and "
                    f"{_LONGEST_ANSWER} of answer. Divide it."
                )
        return self._store.move(gap.gap_id, "drafted", by=by, note=note, draft=draft.to_dict())

    def approve(self, gap_id: str, *, by: str, note: str | None = None) -> Gap:
        """Say that the draft is right. Raises `GapMissing`, `GapStepInvalid` or `DraftInvalid`."""
        gap = self._store.get(gap_id)
        if gap.state == "drafted":
            _publishable(gap)
        return self._store.move(gap.gap_id, "approved", by=by, note=note)

    def publish(self, gap_id: str, *, by: str, note: str | None = None) -> Gap:
        """Bring the approved draft into the base.

        Raises `GapMissing`, `GapStepInvalid`, `DraftInvalid`, and what taking a document in raises.
        """
        gap = self._store.get(gap_id)
        if gap.state != "approved":
            raise GapStepInvalid(f"The gap is {gap.state}; only an approved draft is published.")
        files = {f"gap-{gap.gap_id[:12]}-{name}.md": _article(entry) for name, entry in _publishable(gap).items()}
        documents = list(self._publish(files))
        return self._store.move(
            gap.gap_id, "published", by=by, note=note, documents=documents, published_at=stamp(self._clock())
        )

    def dismiss(self, gap_id: str, *, by: str, note: str | None = None) -> Gap:
        """Leave it be; later runs that find it again leave it dismissed. Raises `GapMissing`, `GapStepInvalid`."""
        return self._store.move(gap_id, "dismissed", by=by, note=note)

    def _questions(self, days: int) -> list[LoggedQuestion]:
        now = self._clock()
        return questions_of(self._log, now - timedelta(days=days), now + timedelta(minutes=1))

    def _asked(self, gap_id: str) -> list[LoggedQuestion]:
        """Its questions, from the log; those whose words were erased are not among them."""
        events = self._log.of_ids(self._store.question_ids(gap_id))
        if not events:
            return []
        wanted = {event.event_id for event in events}
        found = questions_of(self._log, events[0].at, events[-1].at + timedelta(seconds=1))
        return [item for item in found if item.event_id in wanted]

    def _drafted(self, gap: Gap) -> Draft:
        asked = self._asked(gap.gap_id)
        replies = {item.conversation_id: item.replies for item in asked if item.replies}
        others = self._questions(self._days)
        elsewhere = {
            item.conversation_id: item.replies
            for item in others
            if item.replies and item.conversation_id not in replies
        }
        extract = self._drafter.extract(replies, elsewhere=elsewhere)
        labels: Mapping[DraftLanguage, str | None] = {"zh": gap.label_zh, "en": gap.label_en}
        entries = {
            language: Entry(labels[language] or gap.title, extract.text(language))
            for language in LANGUAGES
            if labels[language] is not None or extract.sentences[language]
        }
        support = {language: [item.to_dict() for item in extract.sentences[language]] for language in LANGUAGES}
        return Draft(entries, support, extract.warnings)

    def _measure(self, topics: Topics) -> None:
        """Of each published gap, how its topic fares since; only where the log reaches back as far as is compared."""
        for gap in self._store.all(state="published"):
            if gap.published_at is None:
                continue
            published_at = datetime.fromisoformat(gap.published_at)
            if published_at < self._clock() - WINDOW - timedelta(days=self._days):
                continue
            topic = topics.around(frozenset(self._store.question_ids(gap.gap_id)))
            if topic:
                self._store.note_effect(gap.gap_id, effect_of(topic, published_at).to_dict())


def _publishable(gap: Gap) -> dict[DraftLanguage, Entry]:
    """The entries that have an answer. Raises `DraftInvalid`."""
    entries = {name: entry for name, entry in (gap.draft or Draft({})).entries.items() if entry.answer.strip()}
    if not entries:
        raise DraftInvalid("The draft has no answer in any language. Write one, then approve it.")
    for name, entry in entries.items():
        if not entry.question.strip():
            raise DraftInvalid(f"The {name} entry has no question.")
        if MASK in entry.question + entry.answer:
            raise DraftInvalid(f"The {name} entry still holds {MASK}, where something personal stood. Rewrite it.")
        if is_personal(entry.question):
            raise DraftInvalid(f"The question of the {name} entry may hold a number or a name of one customer.")
    return entries


def _article(entry: Entry) -> bytes:
    """Markdown: the question as the heading, so that each passage knows what it answers."""
    question = " ".join(entry.question.split()).lstrip("#").strip()
    return f"# {question}\n\n{entry.answer.strip()}\n".encode()
