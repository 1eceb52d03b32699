"""The layout of RGB: questions that bring their own passages, some of them beside the point or falsified.

Source: Chen, Lin, Han and Sun, Benchmarking Large Language Models in Retrieval-Augmented Generation, AAAI 2024
(arXiv:2309.01431), sections 3 and 4. Passages are mixed as in its published code, but for the order, which is drawn
anew for each question from a seed, and for the counterfactual part, where true and falsified passages stand side by
side: an assistant that has no knowledge beside its passages can notice a disagreement, not a lie that all agree on.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.evaluation.errors import DatasetUnreadable
from app.evaluation.lines import Entry, Groups, read_distinct
from app.evaluation.matching import holds_all
from index.text.language import detect

PARTS = ("zh_refine", "zh_int", "zh_fact", "en_fact")
"""Names of the files, without .jsonl, in the order in which they are asked."""
PASSAGES = 5
"""Handed in with each question."""
NOISE_RATES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class NoisyQuestion:
    """A question with the passages to choose from."""

    question_id: str
    text: str
    language: str
    answer: Groups
    """All parts have to be in a right answer, each in one of its spellings."""
    positive: tuple[tuple[str, ...], ...]
    """Passages that answer, for each part of the question; a single tuple where it has no parts."""
    negative: tuple[str, ...]
    """Passages on the topic that do not answer."""
    false_answer: Groups = ()
    falsified: tuple[str, ...] = ()
    """The positive passages in their order, with the false answer in place of the true one."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """The passages of one question, in the order in which they are handed in."""

    passages: tuple[str, ...]
    roles: tuple[str, ...]
    """positive, negative or falsified, one a passage."""


def read_noisy(path: Path) -> list[NoisyQuestion]:
    """The questions of one file, in order. Raises `DatasetUnreadable`, for a file without any too."""
    questions = [_noisy(entry) for entry in read_distinct(path)]
    if not questions:
        raise DatasetUnreadable(f"{path} holds no question; take the file away or fill it.")
    return questions


def with_noise(question: NoisyQuestion, rate: float, *, seed: int) -> Mixture:
    """Five passages, the share `rate` of them (rounded up) negative; fewer where the question has not enough.

    At rate 1 none answers: the right reply is to decline.
    """
    negatives = min(math.ceil(PASSAGES * rate - 1e-9), PASSAGES)
    positives = PASSAGES - negatives
    positive, negative = _flat(question.positive), question.negative
    if negatives > len(negative) and rate < 1:
        positives = PASSAGES - len(negative)
    elif positives > len(positive):
        negatives = PASSAGES - len(positive)
    chosen = [(text, "positive") for text in positive[:positives]]
    chosen += [(text, "negative") for text in negative[:negatives]]
    return _shuffled(chosen, _generator(seed, question, rate))


def with_parts(question: NoisyQuestion, *, seed: int) -> Mixture:
    """One positive passage for each part at least, more in turn until there are five, negative ones for the rest."""
    draw = _generator(seed, question, "parts")
    pools = [draw.sample(part, len(part)) for part in question.positive]
    chosen = [(pool[0], "positive") for pool in pools]
    for depth in range(1, max(map(len, pools))):
        chosen += [(pool[depth], "positive") for pool in pools if depth < len(pool)]
    chosen = chosen[: max(PASSAGES, len(pools))]
    chosen += [(text, "negative") for text in question.negative[: PASSAGES - len(chosen)]]
    return _shuffled(chosen, draw)


def with_disagreement(question: NoisyQuestion, *, seed: int) -> Mixture | None:
    """Up to five passages, some with the true value and some with the falsified one, none in both forms.

    As many of either as can be, the odd one true, so that the true value has no fewer voices. A question with a single
    passage has it in both forms. None when no passage shows the one value or none the other: nothing disagrees then.
    """
    positive = _flat(question.positive)
    true = [at for at, text in enumerate(positive) if holds_all(text, question.answer)]
    false = [
        at
        for at, text in enumerate(question.falsified)
        if holds_all(text, question.false_answer) and not holds_all(text, question.answer)
    ]
    if not true or not false:
        return None
    draw = _generator(seed, question, "disagreement")
    true, false = draw.sample(true, len(true)), draw.sample(false, len(false))
    picked_true, picked_false = _dealt(true, false)
    chosen = [(positive[at], "positive") for at in picked_true]
    chosen += [(question.falsified[at], "falsified") for at in picked_false]
    return _shuffled(chosen, draw)


def _dealt(true: Sequence[int], false: Sequence[int]) -> tuple[list[int], list[int]]:
    """Turn by turn, the true form first; a passage goes to one side only, unless the other would stay empty."""
    sides: tuple[list[int], list[int]] = ([], [])
    pools = (true, false)
    for turn in range(PASSAGES):
        own, other = turn % 2, 1 - turn % 2
        free = [at for at in pools[own] if at not in sides[0] and at not in sides[1]]
        only_own = [at for at in free if at not in pools[other]]
        sides[own].extend((only_own or free)[:1])
    picked_true, picked_false = sides
    return picked_true, (picked_false or [false[0]])[: len(picked_true)]


def _noisy(entry: Entry) -> NoisyQuestion:
    text = entry.text("query")
    answer = entry.groups("answer")
    if not answer:
        raise entry.fault('the answer under "answer"', None)
    positive = _parts(entry)
    falsified, false_answer = entry.texts("positive_wrong"), entry.groups("fakeanswer")
    if falsified and not false_answer:
        raise entry.fault('the falsified answer under "fakeanswer"', None)
    return NoisyQuestion(
        entry.id, text, detect(text), answer, positive, entry.texts("negative"), false_answer, falsified
    )


def _parts(entry: Entry) -> tuple[tuple[str, ...], ...]:
    """A list of passages is one part; a list of lists has a list for each part of the question."""
    value = entry.fields.get("positive")
    if not isinstance(value, list) or not value:
        raise entry.fault('passages under "positive"', value)
    if all(isinstance(part, list) for part in value):
        parts: Sequence[Sequence[str]] = entry.groups("positive")
    else:
        parts = [entry.texts("positive")]
    return tuple(tuple(part) for part in parts)


def _flat(parts: Sequence[Sequence[str]]) -> list[str]:
    return [text for part in parts for text in part]


def _generator(seed: int, question: NoisyQuestion, purpose: object) -> random.Random:
    return random.Random(f"{seed}\x00{question.question_id}\x00{question.text}\x00{purpose}")


def _shuffled(chosen: Sequence[tuple[str, str]], draw: random.Random) -> Mixture:
    order = draw.sample(chosen, len(chosen))
    return Mixture(tuple(text for text, _ in order), tuple(role for _, role in order))
