"""Compressing what was found to the sentences that matter.

The prompt is what an answer costs on two cores, and what a small model gets lost in: a few sentences are better than
a few passages. A sentence is judged by its nearness to the question, by the rare words of the question that it
holds, and by the rank of its passage. A neighbour that carries a condition of it (但, 除外, 以下情形, unless, except)
stays with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.domain import Evidence, renumbered
from app.retrieval.reading import Reading, Window
from app.retrieval.retriever import Retrieved
from app.retrieval.scoring import FEATURES, SentenceScorer, pool_features
from index.text.questions import asks
from index.types import Passage

_CONDITION = re.compile(
    r"^\s*(?:[-*•·]\s*)?(?:但是?|不过|然而|除外|除非|其中|例外|注意|注：|以下|下列|前述|上述|该|此|如果?|若|否则|同时"
    r"|however|but|except|unless|otherwise|this|these|note|if|provided)",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(r"(?:如下|以下|下列|包括|following|as follows)[^。.]*[:：]?\s*$|[:：]\s*$", re.IGNORECASE)

_NUMBER = r"[（(]?(?:\d{1,2}|[a-z]|[一二三四五六七八九十]{1,3})(?:[)）、]|[.．](?!\d))|[①-⑳]"
_ITEM = re.compile(rf"\s*(?:[-*•·]|{_NUMBER})", re.IGNORECASE)
_NUMBERED = re.compile(rf"\s*(?:{_NUMBER})", re.IGNORECASE)
_MOST_LISTED = 7
_LONGEST_LIST = 320
"""Characters of a list that is told whole."""
_CLAUSES = 2
"""Of a rule, to either side of the one that was chosen."""
_NEARLY = 1.0
"""A list that is no less likely than the best by more than this, in logits, is worth the room of all else."""
_LEFT_BETWEEN = 3
"""Sentences of a numbered list between two that were chosen."""


@dataclass(frozen=True, slots=True)
class SelectionParams:
    """How much evidence, and what makes a sentence good."""

    passages: int = 8
    """Passages looked at."""
    budget: int = 220
    """Estimated prompt tokens of all quotes together."""
    items: int = 5
    """Pieces of evidence at most."""
    similarity_weight: float = 1.0
    terms_weight: float = 0.6
    rank_weight: float = 0.5
    readings: int = 1
    """How often the reader reads at most, each time what found no room before."""
    prior: float = 1.0
    """Weight of the scorer's judgement beside the reader's logit."""
    doubt: float = 4.0
    """How much less likely than the best a further sentence may be, as a difference of the reader's logits."""

    def __post_init__(self) -> None:
        if self.passages < 1 or self.budget < 16 or self.items < 1:
            raise ValueError(f"Expected passages >= 1, budget >= 16 and items >= 1, got {self}.")


_LOOKED_AT = 8
"""Passages of each language."""
_ROOM_ALONE, _ROOM_OWN, _ROOM_ACROSS = 150, 110, 60
"""Estimated tokens of what the reader sees: of the question's own language with nothing of the other and with it, and
of the other."""
_FOREIGN = 1.0
"""How much likelier, in logits, a sentence of the other language has to be: customers are better served in their own.
From 0 to 4 as many calibration questions are right, and at 1 half as many of them in the other language as at 0."""
_LONGEST_READ, _LONGEST_CONTEXT = 64, 20
"""Tokens of a sentence and of a context that the reader looks at."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    passage_at: int
    sentence: int
    score: float


def estimate_tokens(text: str) -> int:
    """Rough count of a language model's tokens: 0.7 per CJK character, 1.3 per other word."""
    cjk = sum("㐀" <= char <= "鿿" for char in text)
    return int(0.7 * cjk + 1.3 * len(re.findall(r"[A-Za-z]+|\d|[^\sA-Za-z\d㐀-鿿]", text))) + 1


def select_evidence(
    question: str, retrieved: Sequence[Retrieved], *, params: SelectionParams | None = None
) -> list[Evidence]:
    """Choose the sentences to answer from, best first, numbered from 1; [] when nothing was found."""
    params = params or SelectionParams()
    pool = list(retrieved[: params.passages])
    return _fitted(_by_likeness(question, pool, params), pool, params) if pool else []


def candidate_windows(
    question: str,
    own: Sequence[Retrieved],
    across: Sequence[Retrieved] = (),
    *,
    scorer: SentenceScorer | None = None,
    readings: int = 1,
    room: float = 1.0,
) -> list[list[Evidence]]:
    """What the reader is to look at, by reading: more and shorter pieces than an answer rests on.

    The likeliest sentences are read first, those that found no room in the next reading. In each, those of the
    question's own language (and of both) come first, best first, then those `across`, of the other; the second get a
    share of the room only where there are any; `room` is the part of it that may be filled. Without a scorer likeness
    decides. Numbered through all readings.
    The score of a piece is how far it lies below the best of its language, as the scorer has it, and lower by a
    constant in the other language; 0 without a scorer.
    """
    found: list[list[Evidence]] = [[] for _ in range(readings)]
    shown: set[tuple[str, int]] = set()
    for source, tokens, is_across in ((own, _ROOM_OWN if across else _ROOM_ALONE, False), (across, _ROOM_ACROSS, True)):
        pool = list(source[:_LOOKED_AT])
        if not pool:
            continue
        if scorer is not None:
            candidates = _by_training(question, pool, scorer, is_across=is_across)
            if is_across:
                candidates = [replace(item, score=item.score - _FOREIGN) for item in candidates]
        else:
            candidates = [replace(item, score=0.0) for item in _by_likeness(question, pool, SelectionParams())]
        # A passage may be found both ways, and then has a second chance with what stands nearer across languages.
        candidates = [item for item in candidates if (_passage_id(item, pool), item.sentence) not in shown]
        for windows, pieces in zip(found, _fillings(candidates, pool, int(room * tokens), readings), strict=True):
            windows += pieces
            shown.update((item.passage.passage_id, one) for item in pieces for one in range(item.first, item.last + 1))
    numbered = iter(renumbered([piece for windows in found for piece in windows]))
    return [[next(numbered) for _ in windows] for windows in found if windows]


def _passage_id(candidate: _Candidate, pool: Sequence[Retrieved]) -> str:
    return pool[candidate.passage_at].passage.passage_id


def _fillings(
    candidates: Sequence[_Candidate], pool: Sequence[Retrieved], room: int, readings: int
) -> list[list[Evidence]]:
    """Candidates in their order, filling the room of one reading after the other.

    A likely long sentence is worth more than short unlikely ones. What an answer needs besides (a condition, the rest
    of a list) is not for the reader to see; it is taken from the passage once the reader has chosen. Windows of one
    passage stand together.
    """
    waiting = iter(candidates)
    taken: set[tuple[int, int]] = set()
    return [_filling(waiting, pool, room, taken) for _ in range(readings)]


def _filling(
    waiting: Iterator[_Candidate], pool: Sequence[Retrieved], room: int, taken: set[tuple[int, int]]
) -> list[Evidence]:
    chosen: dict[int, list[Evidence]] = {}
    spent = 0
    while spent < room and (candidate := next(waiting, None)) is not None:
        at, number = candidate.passage_at, candidate.sentence
        if (at, number) in taken:
            continue
        passage = pool[at].passage
        has_more = number + 1 < len(passage.sentences)
        last = number + 1 if has_more and _says_little(passage.sentence_text(number)) else number
        piece = Evidence(0, passage, number, last, candidate.score)
        spent += min(estimate_tokens(piece.quote), _LONGEST_READ)
        if at not in chosen:
            spent += min(estimate_tokens(window_of(piece).context), _LONGEST_CONTEXT)
        chosen.setdefault(at, []).append(piece)
        taken.update((at, one) for one in range(number, last + 1))
    return [piece for pieces in chosen.values() for piece in joined(pieces)]


def _fitted(candidates: Sequence[_Candidate], pool: Sequence[Retrieved], params: SelectionParams) -> list[Evidence]:
    """Take candidates, best first, with the neighbours that carry their conditions, while there is room."""
    chosen: list[Evidence] = []
    spent = 0
    taken: set[tuple[int, int]] = set()
    for candidate in candidates:
        if (candidate.passage_at, candidate.sentence) in taken:
            continue
        item = pool[candidate.passage_at]
        first, last = with_conditions(item.passage, candidate.sentence)
        while first < last and (candidate.passage_at, first) in taken:
            first += 1
        while last > first and (candidate.passage_at, last) in taken:
            last -= 1
        piece = Evidence(0, item.passage, first, last, candidate.score)
        evidence = _fitting(piece, candidate.sentence, room=params.budget - spent) if chosen else piece
        if evidence is None:
            continue
        spent += estimate_tokens(evidence.prompt_text)
        taken.update((candidate.passage_at, number) for number in range(evidence.first, evidence.last + 1))
        chosen.append(evidence)
        if len(chosen) == params.items:
            break
    return renumbered(joined(chosen))


def evidence_by_reading(
    windows: Sequence[Evidence], reading: Reading, *, params: SelectionParams | None = None
) -> list[Evidence]:
    """Choose the sentences to answer from by what the reader says of them, best first, numbered from 1.

    What the scorer thought of a window counts beside it: the two err on different sentences. The best sentence is
    always taken, others while they are not much less likely than it; conditions stay with their sentence. The score of
    a piece is the sum for its best sentence.
    """
    params = params or SelectionParams()
    scored = sorted(
        (-logit - params.prior * item.score, at, item.first + number)
        for at, (item, logits) in enumerate(zip(windows, reading.sentences, strict=True))
        for number, logit in enumerate(logits)
        if not asks(item.passage, item.first + number)
    )
    chosen: list[Evidence] = []
    taken: set[tuple[str, int]] = set()
    spent = 0
    for cost_of_doubt, at, number in scored:
        passage = windows[at].passage
        logit = -cost_of_doubt
        if (passage.passage_id, number) in taken:
            continue
        if chosen and (logit < chosen[0].score - params.doubt or len(chosen) == params.items):
            break
        first, last = with_conditions(passage, number)
        piece = Evidence(0, passage, first, last, logit)
        room = params.budget - spent
        if chosen and _LEAD_IN.search(passage.sentence_text(number)) and logit >= chosen[0].score - _NEARLY:
            room += params.budget
        evidence = _fitting(piece, number, room=room) if chosen else piece
        if evidence is None:
            continue
        spent += estimate_tokens(evidence.prompt_text)
        taken.update((passage.passage_id, one) for one in range(evidence.first, evidence.last + 1))
        chosen.append(evidence)
    return renumbered(_without_gaps(joined(chosen)))


def window_of(evidence: Evidence) -> Window:
    """A piece of evidence as the reader sees it; cells from the middle of a row come with those that name it."""
    context = "\n".join(filter(None, (evidence.passage.context, evidence.row_name)))
    return Window(context, tuple(evidence.sentences()))


def _by_likeness(question: str, pool: Sequence[Retrieved], params: SelectionParams) -> list[_Candidate]:
    """Sentences by hand-set weights of their nearness, the rare words that they hold and their passage's rank."""
    features = pool_features(question, pool)
    column = {name: features.values[:, at] for at, name in enumerate(FEATURES)}
    scores = (
        params.similarity_weight * column["lent"]
        + params.terms_weight * 2 * column["held"]
        + params.rank_weight * 2 * column["rank"]
    )
    return _ranked(features.places, scores.tolist())


def _by_training(
    question: str, pool: Sequence[Retrieved], scorer: SentenceScorer, *, is_across: bool
) -> list[_Candidate]:
    features = pool_features(question, pool)
    scores = scorer.scores(features, pool, is_across=is_across)
    return _ranked(features.places, (scores - scores.max(initial=-np.inf)).tolist())


def _ranked(places: Sequence[tuple[int, int]], scores: Sequence[float]) -> list[_Candidate]:
    candidates = [_Candidate(at, number, score) for (at, number), score in zip(places, scores, strict=True)]
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.passage_at, candidate.sentence))


def with_conditions(passage: Passage, number: int) -> tuple[int, int]:
    """The first and the last sentence of what has to be said with sentence `number`: its condition, its list."""
    first = last = number
    total = len(passage.sentences)
    if last + 1 < total and _says_little(passage.sentence_text(number)):
        last += 1
    if last + 1 < total and _CONDITION.search(passage.sentence_text(last + 1)):
        last += 1
    if passage.location.row is None:  # whose cells stand behind semicolons
        first, last = _whole_rule(passage, first, last)
    if _LEAD_IN.search(passage.sentence_text(number)):
        while last + 1 < total and last - number < 8 and not asks(passage, last + 1):
            last += 1
    if (listed := _short_list(passage, number)) is not None:
        return min(first, listed[0]), max(last, listed[1])
    if first > 0:
        before = passage.sentence_text(first - 1)
        leads = _LEAD_IN.search(before) or _CONDITION.search(passage.sentence_text(first))
        if leads and not asks(passage, first - 1):
            first -= 1
    return first, last


def _short_list(passage: Passage, number: int) -> tuple[int, int] | None:
    """The list that a marked item belongs to, with its heading; None for no item, no heading, or a list that is long.

    One case of several is not the rule, and an item without its heading says nothing.
    """
    first = last = number
    while first > 0 and _is_item(passage, first) and number - first < _MOST_LISTED:
        first -= 1
    if first == number or not _LEAD_IN.search(passage.sentence_text(first)):
        return None
    while last + 1 < len(passage.sentences) and _is_item(passage, last + 1) and last - first < _MOST_LISTED:
        last += 1
    return (first, last) if passage.sentences[last][1] - passage.sentences[first][0] <= _LONGEST_LIST else None


def _without_gaps(chosen: Sequence[Evidence]) -> list[Evidence]:
    """The pieces, with two of one numbered list in one piece where only a few sentences of it stand between them.

    Who is told the first step and the third is told something else than the rule.
    """
    result: list[Evidence] = []
    for item in chosen:
        for at, other in enumerate(result):
            before, behind = sorted((item, other), key=lambda one: one.first)
            if item.passage.passage_id == other.passage.passage_id and _is_one_list(before, behind):
                result[at] = replace(other, first=before.first, last=behind.last)
                break
        else:
            result.append(item)
    return result


def _is_one_list(before: Evidence, behind: Evidence) -> bool:
    """Whether every line from the one to the other, both included, is an item with a number, and few stand between."""
    passage = before.passage
    lines = [number for number in range(before.first, behind.first + 1) if _begins_line(passage, number)]
    return (
        behind.first - before.last - 1 <= _LEFT_BETWEEN
        and before.first in lines
        and behind.first in lines
        and all(_NUMBERED.match(passage.sentence_text(number)) for number in lines)
    )


def _begins_line(passage: Passage, number: int) -> bool:
    start = passage.sentences[number][0]
    return number == 0 or "\n" in passage.text[passage.sentences[number - 1][1] : start]


def _is_item(passage: Passage, number: int) -> bool:
    return _ITEM.match(passage.sentence_text(number)) is not None


def _whole_rule(passage: Passage, first: int, last: int) -> tuple[int, int]:
    """The clauses of one line up to its full stop: behind a semicolon stands the other half of a rule."""
    for _ in range(_CLAUSES):
        if first > 0 and goes_on(passage, first - 1):
            first -= 1
        if last + 1 < len(passage.sentences) and goes_on(passage, last):
            last += 1
    return first, last


def goes_on(passage: Passage, number: int) -> bool:
    """Whether the next sentence is the same one's next clause, and not the next item of a list."""
    (start, end), (following, _) = passage.sentences[number], passage.sentences[number + 1]
    return (
        passage.text[start:end].endswith(("；", ";"))
        and "\n" not in passage.text[end:following]
        and not _is_item(passage, number + 1)
    )


def _fitting(piece: Evidence, number: int, *, room: int) -> Evidence | None:
    """The piece, or its sentence `number` alone where only that fits into `room` tokens; None where nothing does."""
    if estimate_tokens(piece.prompt_text) <= room:
        return piece
    alone = replace(piece, first=number, last=number)
    is_said = not _LEAD_IN.search(piece.passage.sentence_text(number))  # which says nothing without what it leads to
    return alone if is_said and estimate_tokens(alone.prompt_text) <= room else None


def _says_little(sentence: str) -> bool:
    """Whether it is a mere yes or no (不能。 / No.), which the sentence behind it explains."""
    return estimate_tokens(sentence) <= 4 and not re.search(r"\d", sentence)


def joined(chosen: Sequence[Evidence]) -> list[Evidence]:
    """Neighbouring pieces of one passage become one, in the place of the better."""
    result: list[Evidence] = []
    for item in chosen:
        for at, other in enumerate(result):
            is_near = item.first <= other.last + 1 and item.last >= other.first - 1
            if other.passage.passage_id == item.passage.passage_id and is_near:
                result[at] = Evidence(
                    0, other.passage, min(item.first, other.first), max(item.last, other.last), other.score
                )
                break
        else:
            result.append(item)
    return result
