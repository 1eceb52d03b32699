"""One turn: understand, retrieve, decide, generate, check, answer or decline."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from app.assistant.answerability import Weighing
from app.assistant.asked_day import asked_day
from app.assistant.completing import is_told, left_out, other_halves, other_items
from app.assistant.conflicts import Conflict, Pair, conflicts_within
from app.assistant.counsel import Counsel
from app.assistant.disputes import disputed, disputed_each
from app.assistant.draft import NO_ANSWER_FOUND, AnswerDraft, is_foreign
from app.assistant.finding import EvidenceFinder, Finding
from app.assistant.follow_up import standalone_question
from app.assistant.opinion import Opinion, Opinions, Origin, refusal_of, shipped_opinions
from app.assistant.parts import Divided, Part, divided
from app.assistant.phrases import reply_language, upcoming
from app.assistant.premises import false_premise, without_assent
from app.assistant.question_parts import question_parts
from app.assistant.trace import Recorder, TurnTrace
from app.assistant.translating import in_other_language
from app.domain import (
    Answer,
    AnswerEvent,
    ChatModel,
    DoneEvent,
    Evidence,
    Judged,
    Mode,
    Moment,
    Turn,
    final_answer,
    logistic,
    logit_of,
)
from app.domain.tokens import TokenMeter
from app.generation.check import SentenceChecker
from app.generation.echoes import checked
from app.generation.errors import ChatModelError
from app.generation.extractive import OF_A_READER, ComposeParams, as_sentence, compose
from app.generation.probe import PROBES
from app.generation.prompts import build_prompt, is_no_answer
from app.generation.sentence_stream import DraftSentence, sentences_of
from app.generation.stuck import is_stuck
from app.receipts.receipt import Fate
from app.retrieval.given import GivenPassages
from app.retrieval.retriever import Searchable
from index.errors import QuestionEmpty, QuestionTooLong
from index.ports import Embedder
from index.types import Language, Query

logger = logging.getLogger(__name__)

_SENTENCES_A_PART = 2
_COMPOSE_AHEAD = ComposeParams(sentences=3, margin=3.0, takes_open_words=False, foreign_margin=1.0)


@dataclass(frozen=True, slots=True)
class AssistantParams:
    """Limits of one turn."""

    max_question: int = 4000
    """Characters."""
    passages: int = 8
    max_tokens: int = 200
    """Of the model's reply."""
    min_confidence: float = 0.3
    """Below this probability that its answer is right the assistant declines."""
    min_support: float = 0.8
    """Probability from which a sentence of the model stands; below it the documents' own words say it."""
    asks_model: bool = True
    """Whether the model is asked first whether the evidence answers."""
    translate_s: float = 8.0
    """Seconds that the model may take to translate a question that finds nothing sure; 0 leaves it."""
    instructions: Mapping[str, str] = field(default_factory=dict)
    """What the model is told in the place of kefu's own words, by language; "" for those."""

    def __post_init__(self) -> None:
        if self.max_question < 1 or self.passages < 1 or self.max_tokens < 8:
            raise ValueError(f"Expected max_question >= 1, passages >= 1 and max_tokens >= 8, got {self}.")
        if not 0 <= self.min_confidence <= 1:
            raise ValueError(f"Expected min_confidence in [0, 1], got {self.min_confidence}.")


class Assistant:
    """Answers customers from the knowledge base, with a checked citation for every sentence."""

    def __init__(
        self,
        *,
        borrow: Callable[[], AbstractContextManager[Searchable]],
        embedder: Embedder,
        finder: EvidenceFinder,
        checker: SentenceChecker,
        chat_model: ChatModel | None = None,
        opinions: Opinions | None = None,
        params: AssistantParams | None = None,
        today: Callable[[], date] = date.today,
        recorder: Recorder | None = None,
        on_conflict: Callable[[Conflict, str], None] | None = None,
    ) -> None:
        """Ready to answer; `on_conflict` is told, with the generation, of evidence that disagrees."""
        self._borrow, self._embedder, self._finder = borrow, embedder, finder
        self._params, self._chat_model = params or AssistantParams(), chat_model
        self._checker = checker.at_least(self._params.min_support)
        self._opinions = shipped_opinions() if opinions is None else opinions
        self._today, self._recorder, self._on_conflict = today, recorder, on_conflict

    def reply(self, turn: Turn) -> Answer:
        """Answer one message.

        Raises `QuestionEmpty` or `QuestionTooLong`, and `StoreMissing` when there is no index yet. A model that fails
        is no error here: the answer is then composed from the evidence's own words.
        """
        return final_answer(self.stream(turn))

    def stream(self, turn: Turn) -> Iterator[AnswerEvent]:
        """As `reply`, sentence by sentence; each is yielded only after its check. Closing stops the model."""
        message = self._checked(turn)
        language = turn.language or reply_language(message)
        question = standalone_question(message, turn.history)
        started = time.perf_counter()
        moment = self._moment(turn, question)
        counsel = self._counsel(turn, language)
        with self._source(turn) as source:
            generation = source.name
            query = self._query(turn, question, moment.day)
            found = self._found(message, question, query, source, counsel)
            is_of_today = moment.source == "question" and not self._answers(found.finding)
            if is_of_today:
                query = self._query(turn, question, moment.today)
                found = self._found(message, question, query, source, counsel)
            untranslated, found = found, self._found_across(turn, question, found, query, source)
            translated = None if found is untranslated else found.judged.question
            finding = found.finding
            ahead = self._ahead(turn, question, moment, finding, source)
        conflicts = self._conflicts(found) if self._answers(finding) else []
        draft = AnswerDraft(
            language=language,
            generation=generation,
            rivals=[pair for pair, _ in conflicts],
            confidence=finding.confidence,
            receipt_id=uuid.uuid4().hex,
            moment=replace(moment, day=moment.today) if is_of_today else moment,
            is_of_today=is_of_today,
            missing=found.missing,
        )
        draft.retrieve_ms = (time.perf_counter() - started) * 1000
        is_whole = len(found.answered) == 1 and not found.missing
        opinion = counsel.opinion(turn.message, finding.evidence) if is_whole else None
        if self._answers(finding) or (
            opinion is not None and opinion.may_reach(finding.confidence, self._params.min_confidence)
        ):
            yield from self._write(turn, question, language, found, opinion, draft)
            for item in draft.unsaid_rivals():
                yield from draft.add(as_sentence(item.quote), [item], mode=draft.mode)
        if self._on_conflict is not None and turn.passages is None:
            for _, conflict in conflicts:
                self._on_conflict(conflict, generation)
        if self._answers(ahead):
            is_alone = not draft.has_answer
            draft.confidence = ahead.confidence if is_alone else max(draft.confidence, ahead.confidence)
            yield from self._announced(question, language, ahead, draft)
        draft.total_ms = (time.perf_counter() - started) * 1000
        answer = draft.finish(conversation_id=turn.conversation_id)
        try:
            yield DoneEvent(answer)
        finally:  # after the last event, whether the reader asks for more or leaves
            if self._recorder is not None:
                weigh = partial(self._weighed, found.judged, draft)
                trace = TurnTrace(turn, moment.today, query, finding, draft.trail, self._params, weigh, translated)
                self._recorder.keep(trace, answer)

    def _checked(self, turn: Turn) -> str:
        question = turn.message.strip()
        if not question:
            raise QuestionEmpty("The question is empty. Send the customer's message as text.")
        if len(question) > self._params.max_question:
            raise QuestionTooLong(
                f"The question has {len(question)} characters, the limit is {self._params.max_question}. Shorten it."
            )
        return question

    def _source(self, turn: Turn) -> AbstractContextManager[Searchable]:
        if turn.passages is not None:
            return nullcontext(GivenPassages(turn.passages, self._embedder))
        return self._borrow()

    def _moment(self, turn: Turn, question: str) -> Moment:
        today = self._today()
        if turn.as_of is not None:
            return Moment(today, turn.as_of, "request")
        named = asked_day(question, today) if turn.passages is None else None
        return Moment.of(today) if named is None else Moment(today, named, "question")

    def _query(self, turn: Turn, question: str, day: date) -> Query:
        return Query(text=question, top=self._params.passages, as_of=day, access=turn.access)

    def _answers(self, finding: Finding) -> bool:
        return bool(finding.evidence) and finding.confidence >= self._params.min_confidence

    def _counsel(self, turn: Turn, language: Language) -> Counsel:
        """Whether evidence answers, as the model that writes judges it."""
        model = self._writer(turn) if self._params.asks_model else None
        opinions = self._opinions.get(model.name, {}) if model is not None else {}
        origin: Origin = "documents" if turn.passages is None else "handed_in"
        return Counsel(model, opinions, origin, language, self._params.instructions.get(language, ""))

    def _writer(self, turn: Turn) -> ChatModel | None:
        """The model that writes the answer of this turn; None where the documents' own words are to do."""
        model = self._chat_model
        return model if turn.mode != "extractive" and model is not None and model.is_ready else None

    def _found(self, message: str, question: str, query: Query, source: Searchable, counsel: Counsel) -> Divided:
        """What was found, part by part where a message that stands alone asks several things."""
        parts = question_parts(message) if question == message else [question]
        second = partial(counsel.second, least=self._params.min_confidence)
        return divided(parts, query=query, finder=self._finder, source=source, answers=self._answers, second=second)

    def _found_across(self, turn: Turn, question: str, found: Divided, query: Query, source: Searchable) -> Divided:
        """What the question finds in the words of the other language, where its own find nothing sure."""
        finding, model, limit_s = found.finding, self._writer(turn), self._params.translate_s
        if model is None or not limit_s or self._answers(finding) or finding.look is None or not finding.look.across:
            return found
        translated = in_other_language(model, question, limit_s=limit_s, beside=finding.look.nearest_across())
        if translated is None:
            return found
        other = self._finder.find(translated, replace(query, text=translated), source)
        if other.confidence <= finding.confidence:
            return found
        part = Part(translated, other)
        return Divided(other, (part,), part)

    def _weighed(self, part: Part, draft: AnswerDraft) -> Weighing:
        weighing, judged = self._finder.weigh(part.question, part.finding), draft.trail.judged
        return weighing if judged is None else judged[0].weighed(weighing, judged[1])

    def _conflicts(self, found: Divided) -> list[tuple[Pair, Conflict]]:
        """What of the evidence disagrees: sentences that say nearly the same, else what they answer."""
        if found.is_outlined:
            return []
        conflicts = conflicts_within(found.finding.evidence)
        if not conflicts:
            conflicts = disputed_each([part.finding.look for part in found.answered])
        return conflicts

    def _ahead(self, turn: Turn, question: str, moment: Moment, beside: Finding, source: Searchable) -> Finding:
        """What of the question will be ruled later on; who asks about another day is not told what comes after it."""
        if moment.day != moment.today:
            return Finding((), 0.0)
        query = self._query(turn, question, moment.day)
        return self._finder.find_upcoming(question, query, source, beside=beside)

    def _write(
        self,
        turn: Turn,
        question: str,
        language: Language,
        found: Divided,
        opinion: Opinion | None,
        draft: AnswerDraft,
    ) -> Iterator[AnswerEvent]:
        if found.is_outlined:
            yield from self._extracted(found.answered, found, draft)  # nothing that a model could add to main points
            return
        if self._answers(found.finding):
            yield from self._corrected(question, found.finding, draft)
        corrections = draft.standing
        if found.missing:
            question = "\n".join(part.question for part in found.answered)
        if (model := self._writer(turn)) is not None:
            try:
                yield from self._generated(model, question, language, found.finding, opinion, draft)
            except ChatModelError as error:
                draft.trail.failure = error.code
                logger.warning("chat model failed (%s): %s", error.code, error.message)
            if draft.standing > corrections:
                yield from self._completed(turn, found, draft)
                return
            if draft.is_refused:
                draft.confidence = logistic(logit_of(draft.confidence) - refusal_of(draft.trail.model or model.name))
        if draft.confidence >= self._params.min_confidence:
            yield from self._extracted(found.answered, found, draft)

    def _completed(self, turn: Turn, found: Divided, draft: AnswerDraft) -> Iterator[AnswerEvent]:
        """What the model left out: parts of the question or of their answer, and that passages handed in disagree."""
        if len(found.answered) > 1:
            open_parts = [part for part in found.answered if not is_told(part.finding, draft.told, draft.rests_on)]
            yield from self._extracted(open_parts, found, draft, mode=draft.mode)
        for part in found.answered:
            for find in (left_out, other_halves, other_items):
                for text, item in find(part, draft.told, draft.rests_on):
                    yield from draft.quote(text, item, mode=draft.mode)
        if turn.passages is not None:
            for part in found.answered:
                if (pair := disputed(part.finding.look, told=draft.told)) is not None:
                    draft.dispute(pair[0])

    def _judged(
        self, pieces: Iterator[str], opinion: Opinion | None, before: float, draft: AnswerDraft
    ) -> Iterator[str]:
        """The reply, unless what the model answered to the probe says that there is none."""
        for piece in pieces:
            if opinion is not None and isinstance(piece, Judged):
                draft.trail.judged = opinion, piece.log_odds
                draft.confidence = opinion.confidence(before, piece.log_odds)
            if draft.confidence < self._params.min_confidence:
                return
            yield piece

    def _corrected(self, question: str, finding: Finding, draft: AnswerDraft) -> Iterator[AnswerEvent]:
        """What the customer takes for granted and the evidence contradicts comes first, in the evidence's own words."""
        item = false_premise(question, finding.evidence)
        if item is not None:
            yield from draft.correct(as_sentence(item.quote), item)

    def _generated(
        self,
        model: ChatModel,
        question: str,
        language: Language,
        finding: Finding,
        opinion: Opinion | None,
        draft: AnswerDraft,
    ) -> Iterator[AnswerEvent]:
        evidence = finding.evidence
        probe = PROBES[language] if opinion is not None else None
        prompt = draft.trail.prompt = build_prompt(
            question, evidence, language=language, instructions=self._params.instructions.get(language, "")
        )
        draft.trail.model = model.name
        clock = time.perf_counter
        resumed = clock()
        meter = TokenMeter(prompt)
        with closing(model.stream(prompt, max_tokens=self._params.max_tokens, probe=probe)) as pieces:
            judged = self._judged(meter.watching(pieces), opinion, finding.confidence, draft)
            for sentence in sentences_of(judged):
                arrived = clock()
                draft.generate_ms += (arrived - resumed) * 1000
                draft.trail.model = model.name  # of several models, the one that answers is known only now
                events = list(self._verified(model, sentence, question, language, evidence, draft))
                draft.verify_ms += (clock() - arrived) * 1000
                yield from events
                resumed = clock()
        draft.tokens += meter.tokens
        draft.generate_ms += (clock() - resumed) * 1000

    def _verified(
        self,
        model: ChatModel,
        sentence: DraftSentence,
        question: str,
        language: Language,
        evidence: Sequence[Evidence],
        draft: AnswerDraft,
    ) -> Iterator[AnswerEvent]:
        if draft.has_correction:
            sentence = replace(sentence, text=without_assent(sentence.text))
            if not sentence.text:
                return
        reason = None
        if is_foreign(sentence.text, language):
            reason = "not in the language of the question"
        elif is_no_answer(sentence.text):
            reason = NO_ANSWER_FOUND
        elif is_stuck(sentence.text):
            reason = "it says the same again and again"
        if reason is not None:
            draft.note(sentence, "dropped", reason=reason)
            draft.drop(sentence.text, reason)
            return
        text, verdict = checked(self._checker, sentence.text, evidence, cited=sentence.cited, question=question)
        sentence = replace(sentence, text=text)
        if verdict.is_supported:
            draft.note(sentence, "kept", score=verdict.score, evidence=verdict.evidence)
            draft.model = model.name
            yield from draft.add(sentence.text, verdict.evidence, mode="llm")
            return
        draft.drop(sentence.text, verdict.reason or "unsupported")
        own_words = self._checker.repaired(sentence.text, verdict)
        fate: Fate = "dropped" if own_words is None else "repaired"
        draft.note(sentence, fate, reason=verdict.reason, score=verdict.score, evidence=verdict.evidence)
        if own_words is not None:
            draft.model = model.name
            yield from draft.add(as_sentence(own_words.quote), [own_words], mode="llm")

    def _extracted(
        self, parts: Sequence[Part], found: Divided, draft: AnswerDraft, *, mode: Mode = "extractive"
    ) -> Iterator[AnswerEvent]:
        is_whole = len(found.answered) == 1 and not found.missing
        for part in parts:
            if part.finding.overview is not None:
                yield from draft.outline(part.finding.evidence, part.finding.overview)
                continue
            params = OF_A_READER if part.finding.is_read else ComposeParams()
            params = params if is_whole else replace(params, sentences=_SENTENCES_A_PART)
            for text, item in compose(part.question, part.finding.evidence, params=params):
                yield from draft.quote(text, item, mode=mode)

    def _announced(
        self, question: str, language: Language, ahead: Finding, draft: AnswerDraft
    ) -> Iterator[AnswerEvent]:
        """Rules that are not in force yet, in their own words behind the day on which they begin; soonest first."""
        has_rule_today, said = draft.has_answer, None
        composed = compose(question, ahead.evidence, params=_COMPOSE_AHEAD)
        for text, item in sorted(composed, key=lambda pair: pair[1].passage.valid_from or date.max):
            days = (item.passage.valid_from, item.passage.valid_to)
            assert days[0] is not None
            lead = upcoming(days[0], days[1], language, has_rule_today=has_rule_today) if days != said else None
            yield from draft.announce(text, item, lead)
            said = days
