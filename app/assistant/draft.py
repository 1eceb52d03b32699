"""An answer in the making: sentences that stand, sentences that fell, citations numbered by first mention."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.assistant.conflicts import Pair
from app.assistant.finding import Overview
from app.assistant.main_points import section_of
from app.assistant.opinion import Opinion
from app.assistant.phrases import (
    corrected,
    declined,
    differs,
    differs_at_hand,
    foreign_source,
    further,
    main_points_of,
    missing,
    not_then,
    of_section,
    rules_of,
)
from app.domain import (
    Answer,
    AnswerEvent,
    AnswerSentence,
    Citation,
    CitationEvent,
    Evidence,
    InForce,
    Message,
    Mode,
    Moment,
    SentenceEvent,
    Status,
    Timings,
    in_force,
)
from app.generation.extractive import as_lines
from app.generation.polarity import negations
from app.generation.sentence_stream import DraftSentence
from app.receipts.receipt import Fate
from app.retrieval.given import is_given
from index.text.language import HAN, detect
from index.text.normalize import fold
from index.text.terms import content_terms, held_terms
from index.types import Language

NO_ANSWER_FOUND = "the model finds no answer in the sources"
"""Reason for which a sentence is dropped."""
_REPEATED = 0.8
"""Share of a sentence's words that an earlier one about the same span holds, from which on it repeats it."""
_HAN = re.compile(f"[{HAN}]")
_LEGIBLE = 4
"""Han characters from which a Chinese reader gets along with a row of names and values in both languages."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class DraftNote:
    """A sentence that was to be part of the answer, and what became of it."""

    text: str
    cited: tuple[int, ...]
    fate: Fate
    reason: str | None
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class Trail:
    """How a draft came about."""

    notes: list[DraftNote] = field(default_factory=list)
    prompt: Sequence[Message] | None = None
    """None when no model was asked."""
    model: str | None = None
    """The model that was asked, whether or not any of its sentences stands."""
    judged: tuple[Opinion, float] | None = None
    """How much it counts what it said beforehand, and the log-odds with which it said that the evidence answers."""
    failure: str | None = None
    """Code of the error with which it failed."""


class AnswerDraft:
    """Collects what the checks let pass."""

    def __init__(
        self,
        *,
        language: Language,
        generation: str,
        confidence: float,
        receipt_id: str,
        moment: Moment | None = None,
        is_of_today: bool = False,
        rivals: Sequence[Pair] = (),
        missing: Sequence[str] = (),
    ) -> None:
        """An empty draft.

        `is_of_today` says that today's rules stand in for those of the day that was asked about; `rivals` are sentences
        of the evidence that disagree; `missing` are parts of the question that nothing answers.
        """
        self.language, self._generation = language, generation
        self.confidence, self._receipt_id = confidence, receipt_id
        self._moment, self._is_of_today = moment, is_of_today
        self._rivals, self._missing = rivals, tuple(missing)
        self.has_correction = False
        self._is_day_said = False
        self._beside: list[str] | None = None  # titles of further documents, once main points are told
        self._announced = 0
        self._sentences: list[AnswerSentence] = []
        self._citations: list[Citation] = []
        self._mode: Mode = "extractive"
        self.model: str | None = None
        self.trail = Trail()
        self.tokens = 0
        self.retrieve_ms = self.generate_ms = self.verify_ms = self.total_ms = 0.0

    @property
    def has_answer(self) -> bool:
        """Whether any sentence stands."""
        return any(sentence.supported for sentence in self._sentences)

    @property
    def standing(self) -> int:
        """How many sentences stand."""
        return sum(sentence.supported for sentence in self._sentences)

    @property
    def is_refused(self) -> bool:
        """Whether a model said nothing but that it finds no answer."""
        reasons = {note.reason for note in self.trail.notes if note.fate == "dropped"}
        return reasons == {NO_ANSWER_FOUND}

    @property
    def mode(self) -> Mode:
        """How the last sentence came about."""
        return self._mode

    @property
    def has_announcements_only(self) -> bool:
        """Whether all that stands is of rules that are not in force yet."""
        return 0 < self._announced == self.standing

    def add(
        self, text: str, evidence: Sequence[Evidence], *, mode: Mode, lead: str | None = None
    ) -> Iterator[AnswerEvent]:
        """Take a sentence that stands; yields its new citations, then the sentence.

        What was said already is skipped: the same words, or hardly another word about what is cited already.

        Of which day the rule is stands before the first sentence that does not rest on today's rules; a `lead` that is
        given takes its place.
        """
        if self._says(text, evidence):
            return
        markers = []
        for item in evidence:
            citation = self._cite(item)
            if citation.marker > len(self._citations):
                self._citations.append(citation)
                yield CitationEvent(citation)
            markers.append(citation.marker)
        self._mode = mode
        lead = lead if lead is not None else self._rival_lead(evidence) or self._day_lead(evidence)
        sentence = AnswerSentence(text, True, tuple(dict.fromkeys(markers)), lead=lead or None)
        self._sentences.append(sentence)
        yield SentenceEvent(sentence)

    def quote(self, text: str, item: Evidence, *, mode: Mode, lead: str | None = None) -> Iterator[AnswerEvent]:
        """Note and take a sentence in the evidence's own words; `lead` as for `add`."""
        self.note(DraftSentence(text, ()), "kept", score=1.0, evidence=[item])
        yield from self.add(text, [item], mode=mode, lead=lead)

    def note(
        self,
        sentence: DraftSentence,
        fate: Fate,
        *,
        reason: str | None = None,
        score: float = 0.0,
        evidence: Sequence[Evidence] = (),
    ) -> None:
        """Remember what becomes of a sentence; call it before `add`, which skips what was said already."""
        if fate == "kept" and self._says(sentence.text, evidence):
            fate = "repeated"
        self.trail.notes.append(DraftNote(sentence.text, sentence.cited, fate, reason, score, tuple(evidence)))

    def announce(self, text: str, item: Evidence, lead: str | None) -> Iterator[AnswerEvent]:
        """Take a sentence of a rule that is not in force yet."""
        for event in self.add(text, [item], mode=self._mode, lead=lead or ""):
            self._announced += isinstance(event, SentenceEvent)
            yield event

    def correct(self, text: str, item: Evidence) -> Iterator[AnswerEvent]:
        """Take the sentence that contradicts what the question takes for granted, behind words that say so."""
        self.has_correction = True
        yield from self.quote(text, item, mode=self._mode, lead=self._led([item], corrected(self.language)))

    def outline(self, points: Sequence[Evidence], overview: Overview) -> Iterator[AnswerEvent]:
        """Take the main points of documents, behind words that say so and before those that name others on it."""
        above: tuple[str, str] = ("", "")
        was_list = False
        for item in points:
            title, heading, text = item.passage.title, section_of(item.passage), as_lines(item.quote)
            told = [main_points_of(title, self.language)] if title != above[0] else []
            told += [of_section(heading, self.language)] if heading and (title, heading) != above else []
            is_list = "\n" in text
            before = "\n" if self.has_answer and (told or is_list or was_list) else ""
            words = before + "\n".join(told) + ("\n" if told and is_list else "")
            lead = words or None if self.has_answer else self._led([item], words)
            yield from self.quote(text, item, mode="extractive", lead=lead)
            above, was_list = (title, heading), is_list
        self._beside = list(dict.fromkeys([*(self._beside or []), *overview.others]))

    def _led(self, evidence: Sequence[Evidence], words: str) -> str:
        """Of which day a rule is, before further words of the assistant's own."""
        return ("" if self.language == "zh" else " ").join(filter(None, [self._day_lead(evidence), words]))

    def unsaid_rivals(self) -> list[Evidence]:
        """The sentences that disagree with one that is cited, and are not cited themselves."""
        found = []
        for pair in self._rivals:
            said = [self._is_cited(item) for item in pair]
            if said == [True, False]:
                found.append(pair[1])
            elif said == [False, True]:
                found.append(pair[0])
        return found

    @property
    def told(self) -> str:
        """All sentences that stand."""
        return "\n".join(sentence.text for sentence in self._sentences if sentence.supported)

    def rests_on(self, item: Evidence) -> bool:
        """Whether anything of a piece of evidence is cited."""
        return any(
            citation.passage_id == item.passage.passage_id and citation.start < item.end and item.start < citation.end
            for citation in self._citations
        )

    def dispute(self, pair: Pair) -> None:
        """Two sentences that disagree, seen only when one of them was told."""
        self._rivals = [*self._rivals, pair]

    def drop(self, text: str, reason: str) -> None:
        """Note a sentence that does not stand; it is never shown as part of the answer."""
        self._sentences.append(AnswerSentence(text, False, (), reason))

    def finish(self, *, conversation_id: str | None) -> Answer:
        """The whole answer."""
        return Answer(
            text=self._text(),
            status=self._status(),
            language=self.language,
            sentences=tuple(self._sentences),
            citations=tuple(self._citations),
            confidence=self.confidence,
            mode=self._mode,
            model=self.model,
            generation=self._generation,
            receipt_id=self._receipt_id,
            timings_ms=Timings(self.retrieve_ms, self.generate_ms, self.verify_ms, self.total_ms),
            conversation_id=conversation_id,
            as_of=self._moment.day if self._moment is not None else None,
            missing=self._missing if self.has_answer else (),
            closing=self._closing(),
            tokens=self.tokens,
        )

    def _status(self) -> Status:
        if self.has_announcements_only or (self.has_answer and self._missing):
            return "partial"
        return "answered" if self.has_answer else "declined"

    def _says(self, text: str, evidence: Sequence[Evidence]) -> bool:
        markers = {self._cite(item).marker for item in evidence}
        return any(
            sentence.supported
            and (
                _same(sentence.text, text) or (markers <= {*sentence.citations} and _adds_nothing(text, sentence.text))
            )
            for sentence in self._sentences
        )

    def _text(self) -> str:
        if not self.has_answer:
            return declined(self.language)
        pieces: list[str] = []
        is_spaced = self.language != "zh"
        is_introduced = False
        for sentence in (sentence for sentence in self._sentences if sentence.supported):
            foreign = is_foreign(sentence.text, self.language)
            if foreign and not is_introduced:
                pieces += [" " if pieces else "", foreign_source(self.language)]
                is_introduced = True
            if sentence.lead:
                pieces += [_gap(pieces, sentence.lead, is_spaced=is_spaced), sentence.lead]
            pieces += [_gap(pieces, sentence.marked, is_spaced=is_spaced or foreign), sentence.marked]
        if closing := self._closing():
            pieces += [_gap(pieces, closing, is_spaced=is_spaced), closing]
        return "".join(pieces)

    def _closing(self) -> str | None:
        if not self.has_answer:
            return None
        words = [further(self._beside, self.language)] if self._beside is not None else []
        words += [missing(self._missing, self.language)] if self._missing else []
        return ("" if self.language == "zh" else " ").join(words) or None

    def _cite(self, item: Evidence) -> Citation:
        for citation in self._citations:
            if (citation.passage_id, citation.start, citation.end) == (item.passage.passage_id, item.start, item.end):
                return citation
        return Citation(
            marker=len(self._citations) + 1,
            passage_id=item.passage.passage_id,
            document_id=item.passage.document_id,
            title=item.passage.title,
            location=item.passage.location,
            quote=item.quote,
            start=item.start,
            end=item.end,
            valid_from=item.passage.valid_from,
            valid_to=item.passage.valid_to,
            in_force=self._in_force(item),
        )

    def _in_force(self, item: Evidence) -> InForce:
        today = self._moment.today if self._moment is not None else None
        return "current" if today is None else in_force(today, item.passage.valid_from, item.passage.valid_to)

    def _is_cited(self, item: Evidence) -> bool:
        return any(
            citation.passage_id == item.passage.passage_id and citation.start <= item.start and item.end <= citation.end
            for sentence in self._sentences
            for citation in self._citations
            if citation.marker in sentence.citations
        )

    def _rival_lead(self, evidence: Sequence[Evidence]) -> str | None:
        """Words before a sentence that disagrees with one before it: both documents with their days."""
        for pair in self._rivals:
            for one, other in (pair, pair[::-1]):
                if self._is_cited(one) and any(_covers(item, other) for item in evidence):
                    if is_given(one.passage):
                        return differs_at_hand(self.language)
                    return differs(_dated(one), _dated(other), self.language)
        return None

    def _day_lead(self, evidence: Sequence[Evidence]) -> str | None:
        """Words that say of which day the rule is, once; None where they are said or not needed.

        They are needed for a rule that does not apply today, and for any with days of validity when the question itself
        names the day of an order.
        """
        moment = self._moment
        if moment is None or self._is_day_said:
            return None
        if self._is_of_today:
            self._is_day_said = True
            return not_then(self.language)
        is_dated = any(item.passage.valid_from or item.passage.valid_to for item in evidence)
        is_other = any(self._in_force(item) != "current" for item in evidence)
        if moment.day == moment.today or not (is_other or (is_dated and moment.source == "question")):
            return None
        self._is_day_said = True
        return rules_of(moment.day, self.language)


def _covers(item: Evidence, single: Evidence) -> bool:
    return item.passage.passage_id == single.passage.passage_id and item.first <= single.first <= item.last


def _dated(item: Evidence) -> tuple[str, date | None, date | None]:
    return item.passage.title, item.passage.valid_from, item.passage.valid_to


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W+", "", fold(one)) == re.sub(r"\W+", "", fold(other))


def _adds_nothing(text: str, said: str) -> bool:
    """Whether `text` has no figure and hardly a word that `said` lacks, and says no as often."""
    terms = content_terms(text)
    held = sum(share >= 0.5 for share in held_terms(terms, said))
    return (
        held >= _REPEATED * len(terms) > 0
        and {*_FIGURE.findall(text)} <= {*_FIGURE.findall(said)}
        and negations(text) % 2 == negations(said) % 2
    )


def _gap(pieces: Sequence[str], words: str, *, is_spaced: bool) -> str:
    """What sets words off from what stands before them, where they do not begin a line."""
    begins_line = not pieces or pieces[-1].endswith("\n") or words.startswith("\n")
    return " " if is_spaced and not begins_line else ""


def is_foreign(text: str, language: Language) -> bool:
    """Whether `text` is in the other of the two languages; a mixture, a code or a name is in neither."""
    if {detect(text), language} != {"zh", "en"}:
        return False
    return language == "en" or (text.count(" ") >= 3 and len(_HAN.findall(text)) < _LEGIBLE)
