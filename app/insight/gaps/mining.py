"""From a log of questions to the topics that the knowledge base lacks, or answers badly."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal, Protocol

import numpy as np

from app.insight.gaps.clustering import clusters_of, joined_across, joined_by_replies, likeness_of
from app.insight.gaps.drafting import alike_made_equal, common_sentences
from app.insight.gaps.labels import Label, Wordings, label_of
from app.insight.gaps.question import LoggedQuestion
from app.insight.gaps.shop_talk import ShopTalk, is_wordless
from app.insight.gaps.space import LanguageFree, QuestionVectors
from app.insight.gaps.wording import bare
from index.text.language import detect
from index.types import FloatMatrix

GapKind = Literal["not_covered", "answered_badly"]
"""not_covered: the base does not hold the answer; answered_badly: it seems to, and yet the questions went wrong."""

_LOOKED_UP = 6
"""Sentences of agents that are looked up in the base for each topic."""

_FEW_REPLIES = 12
"""Replies in a language below which there is no mean to speak of."""
_OFTEN = 0.1
"""A sentence said to more than this share of all says nothing about the topic."""
_COMPARED = 30
"""Sentences of agents by which two clusters are compared."""


class Holds(Protocol):
    """Looks up in the knowledge base what somebody says; see `app.assistant.holding.Holding`."""

    def __call__(self, statements: Sequence[str]) -> Sequence[float]:
        """Of each statement, the log-odds that the base says it."""


@dataclass(frozen=True, slots=True)
class MiningParams:
    """How questions are put together and judged; measured by `tests/evaluation/test_gaps.py`."""

    nearest: float = 0.3
    """Least mean cosine within a cluster, languages taken out."""
    belongs: float = 0.35
    """Least mean cosine with a cluster's members for another question to be about the same."""
    across: float = 0.25
    """Cosine of the centres of two clusters of different languages from which on they are one, if none is nearer."""
    related: float = 0.0
    """Mean cosine of two clusters from which on they are one, where agents reply the same to both."""
    replies: float = 0.5
    """Weight of what agents replied beside the questions, where both were replied to."""
    fewest: int = 3
    """Persons who asked; one who asks ten times is one."""
    fewest_unheard: int = 5
    """Persons who have to have asked where no agent has said anything that could be looked up: less to go by."""
    shop_talk: float = -1.0
    """Least mean logit of a cluster's questions to be for a shop."""
    shop_talk_unheard: float = 0.0
    """The same where no agent has said anything that could be looked up."""
    sure: float = -0.6
    """Mean log-odds of the assistant's confidence on the topic from which on the base is taken to hold the answer."""
    unsure: float = -2.0
    """The same where no agent has said anything that could be looked up."""
    held: float = 0.1
    """Mean log-odds that the base says what agents reply, from which on it is taken to hold the answer."""
    held_and_sure: float = -1.0
    """The same where the assistant is `sure` besides."""
    most: int = 4000
    """Different questions that are put together; of more, the newest."""
    minutes_of_hand_off: float = 6.0
    """What a hand-off costs where nobody measured any."""
    minutes_of_loss: float = 1.0
    """What a question costs that went wrong without a hand-off."""

    def __post_init__(self) -> None:
        if not (-1 < self.nearest < 1 and -1 < self.belongs < 1):
            raise ValueError(f"Expected cosines within -1 and 1, got {self.nearest} and {self.belongs}.")
        if self.fewest < 1 or self.most < 2:
            raise ValueError(f"Expected fewest >= 1 and most >= 2, got {self.fewest} and {self.most}.")


@dataclass(frozen=True, slots=True)
class FoundGap:
    """A topic on which questions went wrong."""

    kind: GapKind
    label: Label
    questions: tuple[LoggedQuestion, ...]
    """Those that went wrong, the most typical first."""
    asked: int
    """Questions on the topic in all, those that were answered well too."""
    persons: int
    declined: int
    handed_off: int
    rated_down: int
    confidence: float | None
    """Mean of the assistant's confidence on the topic; None where it was never asked."""
    held: float | None
    """Mean log-odds that the base says what agents replied; None where nothing could be looked up."""
    minutes: float
    """Of people's time, known or estimated: what the topic cost."""
    amount_cents: int
    """Money that was in question in the hand-offs."""

    def figures(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "asked": self.asked,
            "went_wrong": len(self.questions),
            "persons": self.persons,
            "declined": self.declined,
            "handed_off": self.handed_off,
            "rated_down": self.rated_down,
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "held": None if self.held is None else round(self.held, 2),
            "minutes": round(self.minutes, 1),
            "amount_cents": self.amount_cents,
        }


@dataclass(frozen=True, slots=True)
class Mined:
    """What a log holds."""

    gaps: tuple[FoundGap, ...]
    """Dearest first."""
    questions: int
    went_wrong: int
    off_topic: int
    """Of those that went wrong: small talk, tests, questions about the rest of the world."""
    alone: int
    """Of those that went wrong: asked by too few to make a topic."""

    def to_dict(self) -> dict[str, Any]:
        """The figures, as JSON."""
        kinds = {kind: sum(gap.kind == kind for gap in self.gaps) for kind in ("not_covered", "answered_badly")}
        return {
            "questions": self.questions,
            "went_wrong": self.went_wrong,
            "off_topic": self.off_topic,
            "alone": self.alone,
            **kinds,
        }


@dataclass(frozen=True, slots=True)
class Topics:
    """A log of questions laid out so that likeness can be asked for."""

    questions: Sequence[LoggedQuestion]
    vectors: FloatMatrix
    """Languages taken out; a row a question."""
    fit: Sequence[int]
    """Rows of what may be a question at all."""
    talk: FloatMatrix
    """How far each is one for a shop; see `ShopTalk.logits`."""
    belongs: float

    def around(self, event_ids: Collection[str]) -> list[LoggedQuestion]:
        """All questions on the topic of these, well answered ones too; [] where none of these is in the log."""
        rows = [row for row in self.fit if self.questions[row].event_id in event_ids]
        if not rows:
            return []
        centre = self.vectors[rows].mean(axis=0)
        inside = set(rows)
        return [
            self.questions[row]
            for row in self.fit
            if row in inside or float(self.vectors[row] @ centre) >= self.belongs
        ]


class GapMiner:
    """Finds topics; knows nothing of earlier runs."""

    def __init__(
        self,
        vectors: QuestionVectors,
        *,
        shop_talk: ShopTalk | None = None,
        holds: Holds | None = None,
        params: MiningParams | None = None,
    ) -> None:
        """Ready to mine.

        Args:
            vectors: of questions.
            shop_talk: tells questions for a shop from others; None takes all.
            holds: looks up in the base what agents say; None goes by the assistant's confidence alone.
            params: how.
        """
        self._vectors, self._shop_talk, self._holds = vectors, shop_talk, holds
        self._params = params or MiningParams()

    def lay_out(
        self, questions: Sequence[LoggedQuestion], *, on_progress: Callable[[int, int], None] | None = None
    ) -> Topics:
        """Embed the questions of a log and take the languages out."""
        raw = self._vectors.of([question.text for question in questions], on_progress=on_progress)
        fit = [row for row, item in enumerate(questions) if not (item.is_off_topic or is_wordless(bare(item.text)))]
        usual = self._shop_talk.means if self._shop_talk is not None else None
        free = LanguageFree(raw[fit], [questions[row].language for row in fit], usual=usual)
        vectors = free(raw, [question.language for question in questions])
        talk = self._shop_talk.logits(raw) if self._shop_talk is not None else np.full(len(raw), np.inf)
        return Topics(questions, vectors, fit, talk, self._params.belongs)

    def mine(self, topics: Topics) -> Mined:
        """Topics on which questions went wrong, dearest first; the same log, the same topics."""
        questions, fit = topics.questions, topics.fit
        wrong_all = sum(item.went_wrong for item in questions)
        wrong = [row for row in fit if questions[row].went_wrong]
        well = [row for row in fit if not questions[row].went_wrong]
        wordings = Wordings([questions[row].text for row in fit])
        found, in_gaps, off_topic = [], 0, wrong_all - len(wrong)
        for rows in self._clusters(topics, wrong):
            is_heard = self._holds is None or bool(_sentences(questions, rows))
            least_talk = self._params.shop_talk if is_heard else self._params.shop_talk_unheard
            fewest = self._params.fewest if is_heard else max(self._params.fewest, self._params.fewest_unheard)
            if float(topics.talk[rows].mean()) < least_talk:
                off_topic += len(rows)
            elif len({questions[row].person for row in rows}) >= fewest:
                in_gaps += len(rows)
                found.append(self._gap(topics, rows, well, wordings))
        found.sort(key=lambda gap: (-gap.minutes, -len(gap.questions), gap.label.title))
        return Mined(tuple(found), len(questions), wrong_all, off_topic, wrong_all - off_topic - in_gaps)

    def _clusters(self, topics: Topics, wrong: Sequence[int]) -> list[list[int]]:
        """Rows by topic; the same words are one point, however often they were asked."""
        spelled: dict[str, list[int]] = {}
        for row in wrong:
            spelled.setdefault(bare(topics.questions[row].text), []).append(row)
        groups = list(spelled.values())[-self._params.most :]
        points = topics.vectors[[rows[0] for rows in groups]]
        likeness = likeness_of(points, self._reply_vectors(topics, groups), weight=self._params.replies)
        found = [
            [row for number in cluster for row in groups[number]]
            for cluster in clusters_of(likeness, nearest=self._params.nearest)
        ]
        replies = alike_made_equal([_sentences(topics.questions, rows) for rows in found])
        joined = joined_by_replies(found, topics.vectors, replies, related=self._params.related)
        languages = [question.language for question in topics.questions]
        return joined_across(joined, topics.vectors, languages, nearest=self._params.across)

    def _reply_vectors(self, topics: Topics, groups: Sequence[Sequence[int]]) -> FloatMatrix:
        """What agents replied to each group, language taken out; zeros where nothing, or nothing of its own.

        A language in which agents replied seldom has no mean to be taken off: its replies are left out.
        """
        said = [_sentences(topics.questions, rows) for rows in groups]
        spread = Counter(sentence for sentences in said for sentence in sentences)
        most = max(_FEW_REPLIES, _OFTEN * sum(map(bool, said)))
        texts = ["\n".join(sorted(text for text in sentences if spread[text] <= most)[:3]) for sentences in said]
        languages = [detect(text) for text in texts]
        replied = Counter(language for language, text in zip(languages, texts, strict=True) if text)
        rows = [row for row, text in enumerate(texts) if text and replied[languages[row]] >= _FEW_REPLIES]
        found = np.zeros((len(groups), topics.vectors.shape[1]), dtype=np.float32)
        if rows:
            raw, spoken = self._vectors.of([texts[row] for row in rows]), [languages[row] for row in rows]
            found[rows] = LanguageFree(raw, spoken)(raw, spoken)
        return found

    def _gap(self, topics: Topics, rows: Sequence[int], well: Sequence[int], wordings: Wordings) -> FoundGap:
        questions, vectors = topics.questions, topics.vectors
        centre = vectors[list(rows)].mean(axis=0)
        near = [row for row in well if float(vectors[row] @ centre) >= self._params.belongs]
        members = [questions[row] for row in rows]
        typical = sorted(rows, key=lambda row: -float(vectors[row] @ centre))
        sure = [item.confidence for row in (*rows, *near) if (item := questions[row]).confidence is not None]
        held = self._held(members)
        return FoundGap(
            kind="answered_badly" if self._is_covered(sure, held) else "not_covered",
            label=label_of(questions, vectors, rows, wordings),
            questions=tuple(questions[row] for row in typical),
            asked=len(rows) + len(near),
            persons=len({item.person for item in members}),
            declined=sum(item.is_declined for item in members),
            handed_off=sum(item.is_handed_off for item in members),
            rated_down=sum(item.is_rated_down for item in members),
            confidence=fmean(sure) if sure else None,
            held=held,
            minutes=sum(map(self._minutes, members)),
            amount_cents=sum(item.amount_cents for item in members),
        )

    def _held(self, members: Sequence[LoggedQuestion]) -> float | None:
        """The mean log-odds that the base says what agents replied, of the better half of their commonest sentences."""
        if self._holds is None:
            return None
        said = common_sentences(_replies(members), limit=_LOOKED_UP)
        if not said:
            return None
        scores = sorted(self._holds(said), reverse=True)
        return fmean(scores[: (len(scores) + 1) // 2])

    def _is_covered(self, sure: Sequence[float], held: float | None) -> bool:
        odds = fmean(map(_log_odds, sure)) if sure else -math.inf
        if held is None:
            return odds >= self._params.unsure
        return held >= (self._params.held_and_sure if odds >= self._params.sure else self._params.held)

    def _minutes(self, question: LoggedQuestion) -> float:
        if not question.is_handed_off:
            return self._params.minutes_of_loss
        return self._params.minutes_of_hand_off if question.handling_s is None else question.handling_s / 60


def _log_odds(probability: float) -> float:
    """Within -6.9 and 6.9, so that one question cannot decide for all."""
    kept = min(max(probability, 0.001), 0.999)
    return math.log(kept / (1 - kept))


def _replies(members: Iterable[LoggedQuestion]) -> dict[str, tuple[str, ...]]:
    return {item.conversation_id: item.replies for item in members if item.replies}


def _sentences(questions: Sequence[LoggedQuestion], rows: Sequence[int]) -> frozenset[str]:
    return frozenset(common_sentences(_replies(questions[row] for row in rows), limit=_COMPARED))
