"""Trains the scorer of `app.retrieval.scoring` on the corpora of `app/training/corpora`.

    python -m app.training.sentence_scorer --out FILE --corpus FOLDER... [--hold-out FOLDER]...

For each question the real search makes two pools, one of the question's own language and one of the other, and the
weights are fitted so that the sentences of the answer come first (cross-entropy over each pool). The shipped weights
took the twelve corpora there: five minutes for the pools, half a minute for the fit. How often a sentence of the answer
is among the first that fill so many characters is printed for the corpora held out, with and without the weights.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.retrieval.scoring import FEATURES, SentenceScorer
from app.training.pools import Pool, pool_of
from app.training.program import existing_folder, run
from app.training.reading_data import corpora_parser, corpus_container, corpus_questions, is_gold_sentence
from app.training.reranker.fitting import scores_of
from index.types import Passage, Query

_RANK = 64
_SCALE = 20.0
"""Dot products of e5's vectors differ in the second digit; this brings them to the size of the features."""


@dataclass(frozen=True, slots=True)
class TrainingParams:
    """How the scorer is trained."""

    epochs: int = 3
    pools: int = 24
    """Of a batch."""
    weight_rate: float = 1e-2
    matrix_rate: float = 2e-3
    wordless: float = 0.1
    """Share of the pools that are learnt from as if there were no token codes: of old stores and long questions."""
    seed: int = 20261124


def pools_of(folder: Path, home: Path) -> Iterator[Pool]:
    """The pools of one corpus in which there is an answer; its documents are taken in under `home`, once."""
    container = corpus_container(folder, home)
    retriever = container.retriever
    with container.serving.borrow() as generation:
        for row in corpus_questions(folder):
            gold = [(item["document"], item["quote"]) for item in row["evidence"]]
            if not gold:
                continue
            query, vector = Query(row["text"], top=8), container.embedder.embed_queries([row["text"]])
            own = retriever.retrieve(query, generation)
            across = retriever.retrieve_across(query, generation)
            for found, is_across in ((own, False), (across, True)):
                pool = pool_of(row["text"], vector, found, _quoted(gold), generation, is_across=is_across)
                if pool is not None:
                    yield pool


def _quoted(gold: Sequence[tuple[str, str]]) -> Callable[[Passage, int], bool]:
    return lambda passage, number: is_gold_sentence(passage.document_id, passage.sentence_text(number), gold)


def fit(pools: Sequence[Pool], params: TrainingParams) -> SentenceScorer:
    """Fit the weights; the matrices begin at no opinion."""
    import torch

    torch.manual_seed(params.seed)
    chance = np.random.default_rng(params.seed)
    pools = [_wordless(pool) if chance.random() < params.wordless else pool for pool in pools]
    values = np.concatenate([pool.features for pool in pools])
    spread = torch.from_numpy(values.std(axis=0) + 1e-6)
    dimension = pools[0].question.shape[0]
    weights = torch.zeros((2, len(FEATURES)), requires_grad=True)
    into = (0.05 * torch.randn(dimension, _RANK)).requires_grad_()
    out_of = torch.zeros((_RANK, dimension), requires_grad=True)
    optimiser = torch.optim.AdamW(
        [
            {"params": [weights], "lr": params.weight_rate, "weight_decay": 0.0},
            {"params": [into, out_of], "lr": params.matrix_rate, "weight_decay": 0.01},
        ]
    )
    for epoch in range(params.epochs):
        total = 0.0
        order = chance.permutation(len(pools))
        for batch in np.array_split(order, max(1, len(order) // params.pools)):
            loss = torch.zeros(())
            for number in batch:
                pool = pools[number]
                scores = (torch.from_numpy(pool.features) / spread) @ weights[int(pool.is_across)]
                scores = scores + _SCALE * torch.from_numpy(pool.sentences) @ (
                    (torch.from_numpy(pool.question) @ into) @ out_of
                )
                loss = loss + scores.logsumexp(0) - scores[torch.from_numpy(pool.is_answer)].logsumexp(0)
            optimiser.zero_grad()
            torch.autograd.backward(loss / len(batch))
            optimiser.step()
            total += float(loss.detach())
        sys.stderr.write(f"epoch {epoch + 1}: loss {total / len(pools):.3f}\n")
    found = (weights.detach() / spread).numpy()
    return SentenceScorer(
        own=found[0], across=found[1], into=(_SCALE * into).detach().numpy(), out_of=out_of.detach().numpy()
    )


def _wordless(pool: Pool) -> Pool:
    features = pool.features.copy()
    features[:, [FEATURES.index("worded"), FEATURES.index("worded_around")]] = 0
    return replace(pool, features=features)


def recall(scorer: SentenceScorer | None, pools: Sequence[Pool], characters: int) -> float:
    """Share of the pools with a sentence of the answer among the best that fill so many characters.

    Without a scorer the better of nearness and what an FAQ question lends decides.
    """
    hits = 0
    for pool in pools:
        scores = pool.features[:, FEATURES.index("lent")] if scorer is None else scores_of(scorer, pool)
        order = np.argsort(-scores, kind="stable")
        fitting = np.cumsum(pool.lengths[order]) <= characters
        fitting[0] = True
        hits += bool(pool.is_answer[order][fitting].any())
    return hits / max(1, len(pools))


def main() -> None:
    """Lay out the pools, fit, write the weights."""
    parser = corpora_parser(__doc__)
    parser.add_argument("--hold-out", type=existing_folder, action="append", default=[])
    given = parser.parse_args()
    pools: dict[Path, list[Pool]] = {}
    for folder in (*given.corpus, *given.hold_out):
        pools[folder] = list(pools_of(folder, given.home))
        sys.stderr.write(f"{folder.name}: {len(pools[folder])} pools with an answer\n")
    scorer = fit([pool for folder in given.corpus for pool in pools[folder]], TrainingParams())
    scorer.save(given.out)
    held_out = [pool for folder in given.hold_out for pool in pools[folder]]
    for is_across in (False, True) if held_out else ():
        some = [pool for pool in held_out if pool.is_across == is_across]
        for characters in (80, 160, 320):
            before, after = recall(None, some, characters), recall(scorer, some, characters)
            name = "the other language" if is_across else "its own language"
            sys.stdout.write(f"{len(some)} pools of {name}, {characters} characters: {before:.3f} -> {after:.3f}\n")


if __name__ == "__main__":
    run(main)
