"""What an embedder is tuned on: a question, a passage that answers it, and others that the search confuses with it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from app.training.adapter.space import PassageSpace
from app.training.reranker.judgements import Judgement
from index.generation import Generation
from index.ports import Embedder
from index.types import FloatMatrix

_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Triple:
    """A question with texts for it; texts are as an index embeds them, without prefixes."""

    text: str
    positive: str
    negatives: tuple[str, ...]
    at: datetime


def mine_triples(
    judgements: Sequence[Judgement],
    embedder: Embedder,
    generation: Generation,
    *,
    negatives: int,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Triple]:
    """One a question, by time: of the right passages the nearest, of the others the nearest few.

    Hard negatives by the embedder as it is (Xiong et al., "ANCE", ICLR 2021). Questions whose documents are gone, and
    of which no text of a passage is known, are left out, as are those for which there are too few other passages.
    """
    space = PassageSpace.of(generation)
    ids = list(generation.vectors()[0])
    passages = list(generation.passages(ids))
    order = sorted(judgements, key=lambda item: (item.at, item.text))
    found: list[Triple] = []
    for first in range(0, len(order), _AT_ONCE):
        on_progress(first, len(order))
        some = order[first : first + _AT_ONCE]
        vectors: FloatMatrix = embedder.embed_queries([item.text for item in some])
        for item, scores in zip(some, space.scores(vectors), strict=True):
            right = np.array(
                [p.document_id in item.documents or p.passage_id in item.passages for p in passages], np.bool_
            )
            right |= np.array([bool(item.words) and p.embedded_text in item.words for p in passages], np.bool_)
            ranked = np.argsort(-scores, kind="stable")
            others = [passages[at].embedded_text for at in ranked if not right[at]][:negatives]
            own = next((passages[at].embedded_text for at in ranked if right[at]), None)
            positive = own or (item.words[0] if item.words else None)
            if positive is not None and len(others) == negatives:
                found.append(Triple(item.text, positive, tuple(others), item.at))
    return found


def plan_epoch(triples: Sequence[Triple], *, batch: int, epoch: int, seed: int) -> list[list[int]]:
    """Numbers of the triples of each step: a function of the seed and the epoch, so that nothing has to be kept.

    No passage answers two questions of a step, where the others of a step count as wrong. A step has two questions at
    least; one that is left over is of the next epoch's.
    """
    order = list(range(len(triples)))
    random.Random(f"{seed}:{epoch}").shuffle(order)
    steps: list[list[int]] = []
    taken: list[set[str]] = []
    for number in order:
        positive = triples[number].positive
        for step, texts in zip(steps, taken, strict=True):
            if len(step) < batch and positive not in texts:
                step.append(number)
                texts.add(positive)
                break
        else:
            steps.append([number])
            taken.append({positive})
    return [step for step in steps if len(step) > 1]
