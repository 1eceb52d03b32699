"""Whether a kept answer is still the one that would be given.

A language model is handed the question and the sentences of the evidence. Where these are the same to the letter, and
the decision to answer is the same, the answer kept is the answer that it would write: that is what is proved here, for
the price of a search, or of a search and a reading where something else was found beside the same evidence.
"""

from __future__ import annotations

from dataclasses import replace

from app.answer_cache.asked import AskedQuestion
from app.answer_cache.cache import passages_in
from app.answer_cache.entry import Entry, Mark
from app.assistant.finding import EvidenceFinder, Finding
from app.domain import in_force
from app.retrieval.retriever import Retriever, Searchable, nearest_sentence, unseen
from index.types import Passage, Query


class Validity:
    """Holds kept answers against the passages as they are now."""

    def __init__(
        self, retriever: Retriever, finder: EvidenceFinder, *, has_reader: bool, passages: int, min_confidence: float
    ) -> None:
        """Ready to check.

        Args:
            retriever: the same that the finder searches with.
            finder: of the assistant that wrote the answers.
            has_reader: whether the finder also looks among the documents of the other language, for a reader.
            passages: how many are retrieved for an answer.
            min_confidence: below it the assistant declines.
        """
        self._retriever, self._finder, self._has_reader = retriever, finder, has_reader
        self._passages, self._min_confidence = passages, min_confidence

    def checked(self, entry: Entry, asked: AskedQuestion, source: Searchable) -> Entry | None:
        """The entry as it is right for this source and day; None when it is not."""
        is_same_moment = (entry.generation, entry.today) == (source.name, asked.today)
        if not is_same_moment and not entry.is_lasting:
            return None
        ids = list(dict.fromkeys([mark.passage_id for mark in entry.evidence]))
        cited = [citation.passage_id for citation in entry.answer.citations]
        now = {item.passage_id: item for item in passages_in(source, list(dict.fromkeys([*ids, *cited])))}
        if not self._is_proved(entry, now, asked):
            return None
        if is_same_moment:
            return entry
        if any(Mark.of(now[name]) != mark for name, mark in zip(ids, entry.evidence, strict=True)):
            return None
        if any(in_force(asked.today, item.valid_from, item.valid_to) != "current" for item in now.values()):
            return None
        found = self._found_again(entry, asked, source)
        if found is None:
            return None
        return replace(entry, generation=source.name, today=asked.today, found=found)

    @staticmethod
    def _is_proved(entry: Entry, now: dict[str, Passage], asked: AskedQuestion) -> bool:
        """Whether every passage is there for this caller, and every quote stands where the answer says."""
        if any(mark.passage_id not in now for mark in entry.evidence):
            return False
        if any(item.access and asked.access.isdisjoint(item.access) for item in now.values()):
            return False
        for citation in entry.answer.citations:
            passage = now.get(citation.passage_id)
            if passage is None or passage.text[citation.start : citation.end] != citation.quote:
                return False
        return True

    def _found_again(self, entry: Entry, asked: AskedQuestion, source: Searchable) -> tuple[Mark, ...] | None:
        """What is retrieved now, where it leads to the same evidence; None where it does not."""
        question = entry.question
        query = Query(text=question, top=self._passages, as_of=asked.day, access=asked.access)
        retrieved = self._retriever.retrieve(query, source)
        if self._has_reader:
            retrieved = [*retrieved, *unseen(self._retriever.retrieve_across(query, source), retrieved)]
        found = tuple(Mark.of(item.passage) for item in retrieved)
        beside = Finding((), 0.0, nearest=nearest_sentence(retrieved))
        if found != entry.found:
            if not set(entry.evidence) <= set(found):
                return None
            beside = self._finder.find(question, query, source)
            if beside.confidence < self._min_confidence or pieces_of(beside) != entry.pieces:
                return None
        if asked.day == asked.today:
            ahead = self._finder.find_upcoming(question, query, source, beside=beside)
            if ahead.evidence and ahead.confidence >= self._min_confidence:
                return None  # a rule to come would be announced
        return found


def pieces_of(finding: Finding) -> tuple[tuple[str, int, int], ...]:
    """The evidence in order: passage, first and last sentence."""
    return tuple((item.passage.passage_id, item.first, item.last) for item in finding.evidence)
