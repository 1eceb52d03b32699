"""Tunes an embedder by contrast with sentence-transformers' own loss, in a loop that a kill costs a few steps.

The loss is that of all passages of a step against one another, with mined negatives (multiple negatives ranking), its
gradient computed in parts that fit into memory (Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory
Limited Setup", arXiv:2101.06983). Like `app.training.llm.tuning` the loop keeps no random state: what is drawn in a
step is drawn from the seed and its number, so that a run that was killed ends as one that was left alone.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from app.training.embedder.params import FullParams
from app.training.embedder.triples import Triple, plan_epoch
from app.training.llm import checkpoints
from app.training.llm.checkpoints import Standing
from app.training.llm.curve import Point, StepReport, write_curve
from index.embedding.loading import quiet
from index.types import FloatMatrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentence_transformers import SentenceTransformer

_TITLE = "Embedder, all layers"
_PIECES = "pieces.model"
"""A tokenizer that kefu reads with less memory; it is the base's."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What held-out questions say, each against all passages of all of them."""

    loss: float
    found: float
    """Share of the questions with their passage among the first five."""


class FullTuning:
    """One run in a folder: begun, or gone on with behind its last checkpoint."""

    def __init__(
        self,
        base: Path,
        out: Path,
        triples: Sequence[Triple],
        held_out: Sequence[Triple],
        params: FullParams,
        *,
        prefixes: tuple[str, str] = ("query: ", "passage: "),
        on_step: Callable[[StepReport], None] = lambda _report: None,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            base: folder of a sentence-transformers model.
            out: of the run; `model` and `checkpoints` are written below it.
            triples: learnt, two at least.
            held_out: decide when to stop; one at least.
            params: see there.
            prefixes: what the model wants before a question and before a passage.
            on_step: told after each step, and once before the first.
        """
        self._base, self._out, self._params, self._prefixes = base, out, params, prefixes
        self._triples, self._held_out, self._on_step = triples, held_out, on_step
        self._plans = [
            plan_epoch(triples, batch=params.batch, epoch=epoch, seed=params.seed) for epoch in range(params.epochs)
        ]
        self._steps = [step for plan in self._plans for step in plan]
        self._standing, self._best = Standing(), dict[str, torch.Tensor]()

    def run(self) -> tuple[Standing, HeldOut, HeldOut]:
        """Train to the end; the course, and what held-out questions say of the base and of what was written."""
        model = self._opened()
        self._model = model
        self._trained = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
        decayed = [weight for weight in self._trained.values() if weight.ndim > 1]
        others = [weight for weight in self._trained.values() if weight.ndim < 2]
        self._optimiser = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": self._params.weight_decay}, {"params": others, "weight_decay": 0.0}]
        )
        self._loss = _loss_of(model, self._params)
        before = self._measured()
        found = checkpoints.load(self._out / "checkpoints")
        if found is not None:
            self._standing, tensors = found
            self._restore(tensors["trained"])
            self._best = dict(tensors["best"])
            self._optimiser.load_state_dict(tensors["optimiser"])
        else:
            self._note(Point(0, 0.0, None, before.loss))
        self._loop()
        self._restore(self._best)
        after = self._measured()
        self._write()
        return self._standing, before, after

    def _opened(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer

        torch.manual_seed(self._params.seed)
        with quiet():
            model = SentenceTransformer(
                str(self._base), device="cpu", local_files_only=True, model_kwargs={"dtype": torch.float32}
            )
        self._window = model.max_seq_length
        model.max_seq_length = min(self._params.length, model.max_seq_length or self._params.length)
        inner: Any = model[0].auto_model
        if not self._params.vocabulary:
            inner.get_input_embeddings().requires_grad_(False)
        return model

    def _loop(self) -> None:
        params, standing, steps = self._params, self._standing, self._steps
        started, begun_at, before_s = time.monotonic(), standing.step, standing.seconds
        while standing.step < len(steps) and not standing.is_ended:
            rate = params.rate_at(standing.step, len(steps))
            loss = self._step(steps[standing.step], rate, standing.step)
            standing.step += 1
            is_last = standing.step == len(steps)
            held_out = None
            if is_last or standing.step % params.evaluate_every == 0:
                held_out = self._measured().loss
            self._note(Point(standing.step, rate, loss, held_out))
            spent = time.monotonic() - started
            left = spent / (standing.step - begun_at) * (len(steps) - standing.step)
            self._on_step(StepReport(standing.step, len(steps), loss, held_out, left))
            if is_last or standing.is_ended or standing.step % params.save_every == 0:
                standing.is_ended = standing.is_ended or is_last
                standing.seconds = before_s + spent
                self._save()

    def _step(self, numbers: Sequence[int], rate: float, step: int) -> float:
        triples = [self._triples[number] for number in numbers]
        columns = [[triple.text for triple in triples], [triple.positive for triple in triples]]
        columns += [[triple.negatives[at] for triple in triples] for at in range(self._params.negatives)]
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        torch.manual_seed(self._params.seed * 1_000_003 + step)
        self._model.train()
        features = [self._features(texts, self._prefixes[at > 0]) for at, texts in enumerate(columns)]
        loss = self._loss(features, torch.zeros(len(triples)))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(self._trained.values()), self._params.clip)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return float(loss.detach())

    def _features(self, texts: Sequence[str], prefix: str) -> dict[str, Any]:
        return dict(self._model.preprocess([prefix + text for text in texts]))

    def _measured(self) -> HeldOut:
        """On what is held out: texts that stand for several questions count once, and are wrong for none of theirs."""
        asked = self._held_out
        texts = list(dict.fromkeys(text for triple in asked for text in (triple.positive, *triple.negatives)))
        place = {text: at for at, text in enumerate(texts)}
        questions = self._embedded([triple.text for triple in asked], self._prefixes[0])
        scores = questions @ self._embedded(texts, self._prefixes[1]).T / self._params.temperature
        right = np.array([place[triple.positive] for triple in asked])
        rows = np.arange(len(asked))
        own = scores[rows, right]
        loss = np.logaddexp.reduce(scores.astype(np.float64), axis=1) - own
        return HeldOut(float(loss.mean()), float(np.mean((scores > own[:, None]).sum(axis=1) < 5)))

    def _embedded(self, texts: Sequence[str], prefix: str) -> FloatMatrix:
        self._model.eval()
        found: FloatMatrix = self._model.encode(
            [prefix + text for text in texts],
            batch_size=self._params.at_once,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return found

    def _note(self, point: Point) -> None:
        standing = self._standing
        if point.held_out is not None:
            if standing.best_held_out is None or point.held_out < standing.best_held_out:
                standing.best_held_out, standing.best_step, standing.misses = point.held_out, point.step, 0
                self._best = self._weights()
            else:
                standing.misses += 1
                standing.is_ended = standing.misses >= self._params.patience
        standing.points.append(point)
        if point.held_out is not None or point.step % self._params.save_every == 0:
            write_curve(self._out, standing.points, title=_TITLE)
        if point.step == 0:
            self._on_step(StepReport(0, len(self._steps), None, point.held_out, None))

    def _weights(self) -> dict[str, torch.Tensor]:
        return {name: weight.detach().clone() for name, weight in self._trained.items()}

    def _restore(self, weights: dict[str, torch.Tensor]) -> None:
        with torch.no_grad():
            for name, value in weights.items():
                self._trained[name].copy_(value)

    def _save(self) -> None:
        tensors = {"trained": self._weights(), "best": self._best, "optimiser": self._optimiser.state_dict()}
        checkpoints.save(self._out / "checkpoints", self._standing, tensors)

    def _write(self) -> None:
        """The model folder, whole or not at all; a vocabulary that stayed is kept in 16 bits where the base does."""
        aside, target = self._out / ".model.part", self._out / "model"
        shutil.rmtree(aside, ignore_errors=True)
        self._model.max_seq_length = self._window
        with quiet(), _in_half(self._model, self._base, stays=not self._params.vocabulary):
            self._model.save(str(aside), create_model_card=False)
        for file in aside.rglob("*.safetensors"):
            file.chmod(0o644)  # written for the owner alone otherwise
        if (self._base / _PIECES).is_file():
            shutil.copyfile(self._base / _PIECES, aside / _PIECES)
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)


def _loss_of(model: SentenceTransformer, params: FullParams) -> Any:
    from sentence_transformers.sentence_transformer.losses import CachedMultipleNegativesRankingLoss

    return CachedMultipleNegativesRankingLoss(model, scale=1 / params.temperature, mini_batch_size=params.at_once)


@contextmanager
def _in_half(model: SentenceTransformer, base: Path, *, stays: bool) -> Iterator[None]:
    from safetensors import safe_open

    inner: Any = model[0].auto_model
    table = inner.get_input_embeddings()
    kept = table.weight.data
    file = base / "model.safetensors"
    if stays and file.is_file():
        with safe_open(file, "pt") as weights:
            halves = [weights.get_slice(name) for name in weights.keys() if name.endswith("word_embeddings.weight")]  # noqa: SIM118
            if halves and halves[0].get_dtype() == "F16":
                table.weight.data = kept.half()
    try:
        yield
    finally:
        table.weight.data = kept
