"""What a language model left out of an answer: parts of it that the sources hold, told in their own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from app.assistant.finding import Finding
from app.assistant.parts import Part
from app.domain import Evidence
from app.generation.extractive import OF_A_READER, as_sentence, compose
from app.generation.held import missing_quantities
from app.retrieval.whole_rules import goes_on, is_item, leads_in
from index.text.language import crosses
from index.text.normalize import bare
from index.text.terms import content_terms, held_terms

_SURE = 1.0
"""Logit of a sentence without which an answer is not whole. Of RGB's Chinese questions that the model answers in words
of its own one in five gains a sentence; half as many again show both of two contradicting facts."""
_OTHER_CASE = re.compile(r"^\s*(?:若|如(?!下)|倘若|否则|反之|if\b|otherwise\b|where\b|in\s+case\b)", re.IGNORECASE)
_ASKS_FOR_ALL = re.compile(
    r"哪些|哪几[种类个项样款]|(?:什么|哪种)(?:情况|情形|条件|商品|材料|东西)"
    r"|\bwhich\s+(?:\w+\s+)?(?!this\b|does\b)\w{3,}s\b|\bwhat\s+(?:kinds?|types?|sorts?)\s+of\b"
    r"|\bwhat\s+(?:\w+\s+)?(?:goods|items|products|things|cases|conditions|documents|reasons|ways|options|countries|details)\b",
    re.IGNORECASE,
)
_MENTIONED = 0.3
"""Share of an item's own words from which on an answer mentions it."""

_SEPARATOR = re.compile(r"[,;、，；]|\band\b|\bor\b|[和或及]", re.IGNORECASE)

Quotation = tuple[str, Evidence]
"""A sentence of the sources, and where it stands."""


def is_told(finding: Finding, text: str, rests_on: Callable[[Evidence], bool]) -> bool:
    """Whether an answer tells what was found: in the short words that the reader takes for it, else by a citation."""
    found = finding.look.short_answers() if finding.look is not None else ()
    if short := [(score, words) for _, words, score in found if score > 0]:
        return bare(max(short)[1]) in bare(text)
    return rests_on(finding.evidence[0])


def left_out(part: Part, text: str, rests_on: Callable[[Evidence], bool]) -> Iterator[Quotation]:
    """The sentences that the reader is sure are part of the answer, and that an answer neither cites nor repeats.

    Of an answer that has nothing of what the reader chose the likeliest is left out, however sure it is.
    """
    look = part.finding.look
    if look is None or not part.finding.is_read:
        return
    chosen = list(compose(part.question, part.finding.evidence, params=OF_A_READER))

    def is_open(sentence: str, item: Evidence) -> bool:
        return not rests_on(item) and bare(sentence) not in bare(text)

    has_none = all(is_open(sentence, item) for sentence, item in chosen)
    for at, (sentence, item) in enumerate(chosen):
        is_wanted = look.likelihood(item) >= _SURE or (at == 0 and has_none)
        if is_wanted and is_open(sentence, item):
            yield sentence, item


def other_halves(part: Part, text: str, rests_on: Callable[[Evidence], bool]) -> Iterator[Quotation]:
    """The clauses with figures, or for another case, that an answer leaves out of a rule of which it tells one clause.

    Three times the price, and 500 yuan where that is less: who is told the first half alone is told wrong. So is who
    has used what he bought and is told what goes for unused goods.
    """
    for item in part.finding.evidence:
        singles = item.single_sentences()
        told = [rests_on(single) for single in singles]
        for at, single in enumerate(singles):
            is_beside = any(
                told[one] and goes_on(item.passage, singles[min(at, one)].first)
                for one in (at - 1, at + 1)
                if 0 <= one < len(singles)
            )
            if told[at] or not is_beside:
                continue
            if _OTHER_CASE.search(single.quote) or missing_quantities(single.quote, text, question=part.question):
                yield as_sentence(single.quote), single


def other_items(part: Part, text: str, rests_on: Callable[[Evidence], bool]) -> Iterator[Quotation]:
    """The items of a list of which an answer tells some, where the question asks for all.

    Who asks which goods cannot be sent back and is told of one kind takes the others for goods that can.
    """
    if not _ASKS_FOR_ALL.search(part.question):
        return
    for item in part.finding.evidence:
        for lead, listed in _lists_of(item):
            known = f"{part.question}\n{lead.quote}"
            if crosses(lead.quote, text):  # what is cited is known, what is mentioned is not: things are counted
                is_begun, is_whole = any(map(rests_on, listed)), len(_SEPARATOR.split(text)) >= len(listed)
                told = [is_whole and rests_on(one) for one in listed]
            else:
                told = [_mentions(text, one, known) for one in listed]
                is_begun = any(told)
            if is_begun:
                yield from (
                    (as_sentence(one.quote), one) for one, is_said in zip(listed, told, strict=True) if not is_said
                )


def _lists_of(item: Evidence) -> list[tuple[Evidence, Sequence[Evidence]]]:
    """The lists in a piece of evidence: the words that introduce one, and its items."""
    lists: list[list[Evidence]] = []
    for single in item.single_sentences():
        if lists and is_item(item.passage, single.first) and single.first == lists[-1][-1].first + 1:
            lists[-1].append(single)
        elif leads_in(single.quote):
            lists.append([single])
    return [(found[0], found[1:]) for found in lists if len(found) > 1]


def _mentions(text: str, item: Evidence, known: str) -> bool:
    """Whether an answer has words of an item that neither the question nor what introduces the list has."""
    terms = content_terms(item.quote)
    own = [term for term, share in zip(terms, held_terms(terms, known), strict=True) if share < 1]
    return not own or sum(held_terms(own, text)) >= _MENTIONED * len(own)
