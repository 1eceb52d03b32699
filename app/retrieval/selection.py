"""Compressing what was found to the sentences that matter.

The prompt is what an answer costs on two cores, and what a small model gets lost in: a few sentences are better than
a few passages. A sentence is judged by its nearness to the question, by the rare words of the question that it
holds, and by the rank of its passage. A neighbour that carries a condition of it (但, 除外, 以下情形, unless, except)
stays with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

import numpy as np

from app.domain import Evidence, renumbered
from app.retrieval.cells import is_row_asked_for
from app.retrieval.glossary import share_said, stands_across
from app.retrieval.reading import Reading, Window
from app.retrieval.retriever import Retrieved
from app.retrieval.scoring import FEATURES, SentenceScorer, pool_features
from app.retrieval.whole_rules import estimate_tokens, joined, leads_in, says_little, with_conditions, without_gaps
from index.text.questions import asks

_NEARLY = 1.0
"""A list that is no less likely than the best by more than this, in logits, is worth the room of all else."""


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
    named: float = 2.0
    """How much likelier, in logits, a row of a table is that the question names by a code or a size."""
    figure: float = 2.0
    """How much likelier, in logits, a sentence is that has a figure of the kind that is asked for."""
    doubt: float = 4.0
    """How much less likely than the best a further sentence may be, as a difference of the reader's logits."""

    def __post_init__(self) -> None:
        if self.passages < 1 or self.budget < 16 or self.items < 1:
            raise ValueError(f"Expected passages >= 1, budget >= 16 and items >= 1, got {self}.")


_LOOKED_AT = 8
"""Passages of each language."""
_ROOM_ALONE, _ROOM_OWN, _ROOM_ACROSS = 150, 110, 60
"""Estimated tokens of what the reader sees: of one language with nothing of the other, and of the question's own and of
the other where there are both."""
_FOREIGN = 1.0
"""How much likelier, in logits, a sentence of the other language has to be: customers are better served in their own.
Of 87 questions that only the other language answers 1 puts it first in 47 and 2 in 43, of 407 others 355 and 371."""
_SAME, _SAME_WITHIN = 0.5, 6.0
"""Share of its words from which a sentence says what one in the other language says, and how much less likely, in
logits, it may seem. Of the 407 others 14 more are answered first in their own language, of the 87 one less."""
_AHEAD = 0.01
_LONGEST_READ, _LONGEST_CONTEXT = 64, 20
"""Tokens of a sentence and of a context that the reader looks at."""
_Read = tuple[float, bool | None, int, int]
"""A sentence's score, whether it is a row that the question names, its window and its number in the passage."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    passage_at: int
    sentence: int
    score: float


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
    rooms = (_ROOM_OWN, _ROOM_ACROSS) if own and across else (_ROOM_ALONE, _ROOM_ALONE)
    for source, tokens, is_across in ((own, rooms[0], False), (across, rooms[1], True)):
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
        last = number + 1 if has_more and says_little(passage.sentence_text(number)) else number
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
    question: str,
    windows: Sequence[Evidence],
    reading: Reading,
    *,
    has_figure: Callable[[str], bool] = lambda _: False,
    params: SelectionParams | None = None,
) -> list[Evidence]:
    """Choose the sentences to answer from by what the reader says of them, best first, numbered from 1.

    What the scorer thought of a window counts beside it: the two err on different sentences. Where the question names a
    row of a table by a code or a size, that row is likelier and the others of its kind are left out; a sentence that
    `has_figure` says holds what a how long or how much asks for is likelier too. The best sentence is always taken,
    others while they are not much less likely than it; conditions stay with their sentence. The score of a piece is the
    sum for its best sentence.
    """
    params = params or SelectionParams()
    read = [
        (
            logit + params.prior * item.score + params.figure * has_figure(sentence),
            is_row_asked_for(question, sentence),
            at,
            item.first + number,
        )
        for at, (item, logits) in enumerate(zip(windows, reading.sentences, strict=True))
        for number, (logit, sentence) in enumerate(zip(logits, item.sentences(), strict=False))
        if not asks(item.passage, item.first + number)
    ]
    is_row_found = any(is_asked_for for _, is_asked_for, *_ in read)
    read = _in_own_language(question, windows, read)
    scored = sorted(
        (-logit - params.named * bool(is_asked_for), at, number)
        for logit, is_asked_for, at, number in read
        if is_asked_for is not False or not is_row_found
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
        if chosen and leads_in(passage.sentence_text(number)) and logit >= chosen[0].score - _NEARLY:
            room += params.budget
        evidence = _fitting(piece, number, room=room) if chosen else piece
        if evidence is None:
            continue
        spent += estimate_tokens(evidence.prompt_text)
        taken.update((passage.passage_id, one) for one in range(evidence.first, evidence.last + 1))
        chosen.append(evidence)
    return renumbered(without_gaps(joined(chosen)))


def _in_own_language(question: str, windows: Sequence[Evidence], read: Sequence[_Read]) -> list[_Read]:
    """Where the best sentence is in the other language, and one in the question's own says the same, that one is as
    likely: the reader judges by the words beside the question, which only the other language gets."""
    best = max(read, key=itemgetter(0), default=None)
    if best is None or not stands_across(question, windows[best[2]].passage):
        return list(read)
    said = windows[best[2]].passage.sentence_text(best[3])
    same = [
        item
        for item in read
        if item[0] > best[0] - _SAME_WITHIN
        and not stands_across(question, windows[item[2]].passage)
        and share_said(windows[item[2]].passage.sentence_text(item[3]), said) >= _SAME
    ]
    if not same:
        return list(read)
    likeliest = max(same, key=itemgetter(0))
    return [(best[0] + _AHEAD, *item[1:]) if item == likeliest else item for item in read]


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


def _fitting(piece: Evidence, number: int, *, room: int) -> Evidence | None:
    """The piece, or its sentence `number` alone where only that fits into `room` tokens; None where nothing does."""
    if estimate_tokens(piece.prompt_text) <= room:
        return piece
    alone = replace(piece, first=number, last=number)
    is_said = not leads_in(piece.passage.sentence_text(number))  # which says nothing without what it leads to
    return alone if is_said and estimate_tokens(alone.prompt_text) <= room else None
