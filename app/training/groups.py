"""Questions over a handful of passages that resemble each other: what tells one tier, product or year from the next.

A line of a file has `passages`, and `questions` over them, each with `text`, `answers` (every sentence that is needed,
as it stands in a passage; none where nothing answers) and `short` (the words of the first that answer, or "").
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.retrieval.reading import Window
from app.training.reading_data import ReadingExample
from index.text.sentences import split_sentences

_PIECES = (1, 2, 2, 3)
"""Sentences of a window, as often as a search gives them."""
_ROOM = 330
"""Characters of the windows of a pack, about as many as a search fills."""


def group_examples(path: Path, *, without: float = 0.4, seed: int = 1) -> Iterator[ReadingExample]:
    """A pack for each question, the windows in random order; for a share `without` the same without what answers."""
    chance = random.Random(seed)
    with path.open(encoding="utf-8") as lines:
        groups = [json.loads(line) for line in lines if line.strip()]
    for group in groups:
        passages = [[text[start:end] for start, end in split_sentences(text)] for text in group["passages"]]
        for question in group["questions"]:
            windows = list(_windows(passages, [answer.strip() for answer in question["answers"]], chance))
            chance.shuffle(windows)
            answering = [item for item in windows if any(item[1])]
            others = [item for item in windows if not any(item[1])]
            short = question.get("short", "")
            yield _example(question["text"], _filled(answering, others, chance), (short,) if short else ())
            if answering and chance.random() < without:
                yield _example(question["text"], _filled([], others, chance), ())


_Labelled = tuple[Window, tuple[bool, ...]]


def _windows(passages: Sequence[Sequence[str]], answers: Sequence[str], chance: random.Random) -> Iterator[_Labelled]:
    for sentences in passages:
        at = 0
        while at < len(sentences):
            part = tuple(sentences[at : at + chance.choice(_PIECES)])
            at += len(part)
            yield (
                Window("", part),
                tuple(any(one.strip() in answer or answer in one for answer in answers) for one in part),
            )


def _filled(answering: Sequence[_Labelled], others: Sequence[_Labelled], chance: random.Random) -> list[_Labelled]:
    """What answers, and of the others as many as find room, in random order."""
    chosen = list(answering)
    room = _ROOM - sum(_length(item) for item in chosen)
    for item in others:
        room -= _length(item)
        if room < 0 and chosen:
            break
        chosen.append(item)
    chance.shuffle(chosen)
    return chosen


def _length(item: _Labelled) -> int:
    return sum(len(sentence) for sentence in item[0].sentences)


def _example(question: str, labelled: Sequence[_Labelled], answers: tuple[str, ...]) -> ReadingExample:
    return ReadingExample(
        question, tuple(window for window, _ in labelled), tuple(labels for _, labels in labelled), "group", answers
    )
