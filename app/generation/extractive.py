"""An answer made of the evidence's own sentences, for when no language model is at hand or none of its words stood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain import Evidence
from app.generation.held import missing_quantities
from app.generation.quantities import quantities
from index.text.language import crosses, detect
from index.text.normalize import width
from index.text.terms import content_terms, held_terms

_LIST_MARK = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.)、）])\s+")
_LOWER_WORD = re.compile(r"[a-z]+[ ,](?=[a-zA-Z0-9 ,])")
"""An English sentence cut out of a longer one; not a name like iPhone, an address or a code."""
_HEADING = re.compile(r"[：:]\s*$")
_SNIPPET_DATE = re.compile(r"\s*(?:[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{4}年\d{1,2}月\d{1,2}日)\s*(?:\.{3}|…+)\s*")
"""Of the day a page was found, as search engines put it before what they quote."""
_ENDED = re.compile(r"[。．.！!？?；;…：:][”’」』）)\]】》\"']*$")


@dataclass(frozen=True, slots=True)
class ComposeParams:
    """How long an answer of quoted sentences may be."""

    sentences: int = 4
    characters: int = 360
    """Of all sentences; the first is taken whatever its length. A Chinese character counts as two."""
    margin: float = 0.8
    """Further evidence is taken when its score is at most this far below the best."""
    list_sentences: int = 10
    list_characters: int = 1000
    """Of an answer with a list under its heading: half of the cases of a rule are another rule."""
    list_margin: float = 1.0
    """A list that is this far below the best evidence is worth that room; one that finds none is left out whole."""
    takes_open_words: bool = True
    """Whether it is taken as well when it speaks of words of the question that nothing before it does."""
    foreign_margin: float = 0.0
    """Evidence in the other language than the best is taken when its score is less than this below it."""


OF_A_READER = ComposeParams(margin=3.0, takes_open_words=False, foreign_margin=1.0)
"""A reader's logits say what belongs to the answer; the words of the question need not guess at it."""


def compose(
    question: str, evidence: Sequence[Evidence], *, params: ComposeParams | None = None
) -> Iterator[tuple[str, Evidence]]:
    """Yield the sentences of the answer, each with the single sentence that it quotes; nothing for no evidence.

    The best evidence comes first and whole, with the neighbours that carry its conditions. The reply keeps to its
    language unless evidence in the other is nearly as good and has a figure that was not told, or none at all.
    """
    params = params or ComposeParams()
    terms = content_terms(question)
    open_terms = set(terms)
    count = length = 0
    told = ""
    for item in evidence:
        held = {term for term, share in zip(terms, held_terms(terms, item.quote), strict=True) if share >= 0.5}
        is_near = item.score >= evidence[0].score - params.margin
        is_weak = item.score <= evidence[0].score - params.foreign_margin
        if count and not is_near and not (params.takes_open_words and held & open_terms):
            continue
        singles = item.single_sentences()
        if item.row_name:
            # Cells from the middle of a row say nothing without those that name it.
            singles = [replace(item, first=0, last=0), *singles]
        singles = [
            single
            for single in singles
            if not (
                single.is_question
                or _SNIPPET_DATE.fullmatch(single.quote)
                or (crosses(single.quote, evidence[0].quote) and (is_weak or _says_again(single, told)))
            )
        ]
        texts = [as_sentence(single.quote) for single in singles]
        most, longest = params.sentences, params.characters
        if singles and _HEADING.search(singles[0].quote):
            if item.score >= evidence[0].score - params.list_margin:
                most, longest = max(most, params.list_sentences), max(longest, params.list_characters)
            if count and (count + len(texts) > most or length + sum(map(width, texts)) > longest):
                continue
        for text, single in zip(texts, singles, strict=True):
            cost = width(text)
            if count and (count >= most or length + cost > longest):
                return
            count, length = count + 1, length + cost
            told = f"{told}\n{text}"
            yield text, single
        open_terms -= held


def _says_again(item: Evidence, told: str) -> bool:
    """Whether a piece has figures and all of them were told: documents in two languages say things twice."""
    return bool(quantities(item.quote)) and not missing_quantities(item.quote, told)


def as_sentence(quote: str) -> str:
    """The quote as a sentence of a reply: no list mark, one line, a capital in front, closed by a full stop."""
    text = re.sub(r"\s+", " ", _LIST_MARK.sub("", quote)).strip()
    if _LOWER_WORD.match(text):
        text = text[0].upper() + text[1:]
    if not text or _ENDED.search(text):
        return text
    return text + ("." if detect(text) == "en" else "。")


def as_lines(quote: str) -> str:
    """The quote as `as_sentence`, or line by line, with their marks, where it is a list or a table of several."""
    lines = [" ".join(line.split()) for line in quote.splitlines() if line.strip()]
    if len(lines) < 2:
        return as_sentence(quote)
    stop = "" if _ENDED.search(lines[-1]) else "." if detect(quote) == "en" else "。"
    return "\n".join(lines) + stop
