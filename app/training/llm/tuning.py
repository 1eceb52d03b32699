"""Tunes a language model: an adapter beside weights that stay, or all weights of a small one.

The same data, settings and seed give the same weights, whether a run was killed in between or not: what a step draws
(its records, its dropout) is a function of the seed and the number of the step, and weights, moments of the optimiser
and the course so far are written together. A killed run goes on with the same command.

Devices and processes are accelerate's: one graphics card is taken where there is one, and the processor otherwise.
Several processes (`app.training.llm.processes`) share the batches of each step. A batch draws the same whoever computes
it, so that they learn what one process would, up to the rounding of sums. The first of them alone writes.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from app.training.llm import checkpoints
from app.training.llm.base import config_of
from app.training.llm.checkpoints import Standing
from app.training.llm.config import TuningConfig
from app.training.llm.curve import Point, StepReport, write_curve
from app.training.llm.encoding import Example, encode, share_of, step_batches
from app.training.llm.errors import TuningDataInvalid, TuningFolderTaken
from app.training.llm.lineage import differences, lineage_of
from app.training.llm.memory import MemoryEstimate, Sizes, fitted, free_memory
from app.training.llm.networks import attach, enable_checkpointing, keep, open_tokenizer, open_weights, precision_here
from app.training.llm.objective import Objective
from app.training.llm.processes import accelerator_here, gathered, memory_of_each, require_alike, require_shares
from app.training.llm.records import read_records, split_records
from app.training.record import write_json

_DECIDING = ("stage", "seed", "settings", "data", "parents", "precision", "processes")
"""Parts of the lineage in which a run that goes on must not differ."""
_EVALUATED_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to."""

    folder: Path
    metrics: dict[str, Any]
    """The same for the same lineage."""
    seconds: float
    peak_bytes: int


class Tuning:
    """One run in one folder. Construct it on every process, then `run()` it."""

    def __init__(
        self,
        config: TuningConfig,
        base: Path,
        out: Path,
        *,
        on_step: Callable[[StepReport], None] = lambda _: None,
        on_estimate: Callable[[MemoryEstimate], None] = lambda _: None,
        free: Callable[[], int] = free_memory,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            config: see there.
            base: a Hugging Face folder (`app.training.llm.base`).
            out: where everything of the run goes.
            on_step: told after each step, and once before the first.
            on_estimate: told the memory that it will take.
            free: bytes of memory that there are.
        """
        self._config, self._base, self._out = config, base, out
        self._on_step, self._on_estimate, self._free = on_step, on_estimate, free
        self._standing = Standing()
        self._best: dict[str, torch.Tensor] = {}
        self._reference: dict[Example, float] = {}

    def run(self) -> Outcome:
        """Begin, go on, or tell of a run that has ended.

        Raises `TuningDataInvalid`, `TuningConfigInvalid`, `TuningMemoryShort`, and `TuningFolderTaken` when the folder
        holds a run that would learn something else.
        """
        self._out.mkdir(parents=True, exist_ok=True)
        self._accelerator = accelerator_here()
        config, device = self._config, self._accelerator.device.type
        require_shares(config, self._accelerator.num_processes)
        if config.threads:
            torch.set_num_threads(config.threads)
        precisions = gathered(precision_here(config, device))
        self._precision = torch.float32 if torch.float32 in precisions else precisions[0]
        self._claim()
        self._examples, self._held_out, counted = self._encoded()
        bytes_a_weight = 2 if self._precision is torch.bfloat16 else 4
        sizes = Sizes.of(config_of(self._base))
        is_on_processor = device == "cpu"
        free = self._free() if is_on_processor else torch.cuda.mem_get_info()[0]
        free = memory_of_each(free, is_on_processor=is_on_processor)
        self._config, expected = fitted(sizes, config, bytes_a_weight=bytes_a_weight, free=free)
        self._on_estimate(expected)
        found = checkpoints.load(self._out / "checkpoints")
        if found is not None and found[0].is_ended and (self._out / "metrics.json").exists():
            self._standing = found[0]
            return self._outcome(counted)
        self._prepare()
        if found is not None:
            self._take_up(*found)
        self._loop()
        return self._finish(counted)

    def _claim(self) -> None:
        """Write what decides the run, or hold it against what the folder says."""
        processes = self._accelerator.num_processes
        own = lineage_of(
            self._config,
            self._base,
            precision=str(self._precision).removeprefix("torch."),
            threads=torch.get_num_threads(),
            processes=processes,
        )
        require_alike({name: own[name] for name in (*_DECIDING, "code")})
        path = self._out / "lineage.json"
        if not path.exists():
            if self._accelerator.is_main_process:
                write_json(path, own)
            return
        kept = json.loads(path.read_text(encoding="utf-8"))
        deciding = [{name: row.get(name) for name in _DECIDING} for row in (own, kept)]
        if changed := differences(*deciding):
            raise TuningFolderTaken(
                f"{self._out} holds a run that differs in {', '.join(changed)}. Name another folder with --out, or "
                "begin anew there with --fresh."
            )
        torch.set_num_threads(int(kept["threads"]))  # another number rounds otherwise

    def _encoded(self) -> tuple[list[Example], list[Example], dict[str, int]]:
        config = self._config
        self._tokenizer = open_tokenizer(self._base)
        records = read_records([Path(item) for item in config.data], config.stage)
        learnt, held = split_records(records, share=config.held_out, seed=config.seed)
        examples, too_long = encode(learnt, self._tokenizer, config.stage, length=config.length)
        held_out: list[Example] = []
        if held:
            held = sorted(held, key=lambda record: record.key)
            try:
                found, more = encode(held, self._tokenizer, config.stage, length=config.length)
                held_out, too_long = found[: config.held_out_most], too_long + more
            except TuningDataInvalid:  # all too long: nothing to measure on, which the metrics tell
                too_long += len(held)
        counted = {"records": len(records), "examples": len(examples), "held_out": len(held_out), "too_long": too_long}
        return examples, held_out, counted

    def _prepare(self) -> None:
        config, accelerator = self._config, self._accelerator
        torch.manual_seed(config.seed)
        model = attach(open_weights(self._base, self._precision, trains_all=config.trains_all), config)
        if config.checkpointing:
            enable_checkpointing(model)
        filler = int(self._tokenizer.pad_token_id or 0)
        objective = Objective(model, filler=filler, beta=config.beta, anchor=config.anchor)
        trained = [weight for weight in objective.parameters() if weight.requires_grad]
        optimiser = torch.optim.AdamW(trained, lr=config.rate, weight_decay=config.weight_decay)
        self._objective, self._optimiser = accelerator.prepare(objective, optimiser)
        self._trained = trained
        if config.stage == "preference":
            self._refer()

    def _refer(self) -> None:
        """How much likelier the model at the start finds each chosen reply; kept, for it is gone after a step."""
        path = self._out / "reference.pt"
        size = (self._config.batch, self._config.accumulate)
        steps = min(self._config.steps, math.ceil(len(self._examples) / math.prod(size)))
        wanted = dict.fromkeys(
            example
            for step in range(steps)
            for batch in step_batches(
                self._examples, step=step, batch=size[0], accumulate=size[1], seed=self._config.seed
            )
            for example in batch
        )
        order = [*wanted, *(example for example in self._held_out if example not in wanted)]
        if path.exists():
            values = torch.load(path, weights_only=True)
        else:
            values = torch.cat([self._margins(order[at : at + 1]) for at in range(len(order))]).cpu()
            if self._accelerator.is_main_process:
                aside = path.with_name(f".{path.name}.part")
                torch.save(values, aside)
                aside.replace(path)
        self._reference = dict(zip(order, values.tolist(), strict=True))

    @torch.no_grad()
    def _margins(self, examples: Sequence[Example]) -> torch.Tensor:
        objective: Objective = self._accelerator.unwrap_model(self._objective)
        objective.eval()
        rows = [example.chosen for example in examples]
        rows += [example.rejected for example in examples if example.rejected is not None]
        chosen, rejected = objective.log_likelihoods(rows)[0].chunk(2)
        margins: torch.Tensor = chosen - rejected
        return margins

    def _take_up(self, standing: Standing, tensors: dict[str, Any]) -> None:
        self._standing = standing
        self._restore(tensors["trained"])
        self._best = dict(tensors["best"])
        self._optimiser.load_state_dict(tensors["optimiser"])

    def _loop(self) -> None:
        config, standing = self._config, self._standing
        started, begun_at, before_s = time.monotonic(), standing.step, standing.seconds
        if standing.step == 0 and not standing.points:
            self._measure(Point(0, 0.0, None, None), is_due=True)
        while standing.step < config.steps and not standing.is_ended:
            point = self._step(standing.step)
            standing.step += 1
            is_last = standing.step == config.steps
            is_due = is_last or bool(config.evaluate_every and standing.step % config.evaluate_every == 0)
            self._measure(point, is_due=is_due)
            done, spent = standing.step - begun_at, time.monotonic() - started
            left = spent / done * (config.steps - standing.step)
            point = standing.points[-1]
            self._on_step(StepReport(standing.step, config.steps, point.loss, point.held_out, left))
            if is_last or standing.is_ended or standing.step % config.save_every == 0:
                standing.is_ended = standing.is_ended or is_last
                standing.seconds = before_s + spent
                self._save()

    def _step(self, step: int) -> Point:
        config, accelerator = self._config, self._accelerator
        processes, rank = accelerator.num_processes, accelerator.process_index
        batches = list(
            step_batches(self._examples, step=step, batch=config.batch, accumulate=config.accumulate, seed=config.seed)
        )
        learnt = sum(example.learnt for batch in batches for example in batch)
        weights = (processes / max(1, learnt), processes / (config.batch * config.accumulate))
        own = share_of(batches, process=rank, processes=processes)
        rate = config.rate_at(step)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._objective.train()
        sums: dict[str, float] = {}
        for number, batch in own:
            torch.manual_seed(_drawn(f"{config.seed}:{step}:0:{number}"))  # of the batch, whoever computes it
            is_last = number == own[-1][0]
            with nullcontext() if is_last else accelerator.no_sync(self._objective):
                loss, told = self._objective(batch, self._reference_of(batch), weights)
                accelerator.backward(loss)
            for name, value in told.items():
                sums[name] = sums.get(name, 0.0) + value
        accelerator.clip_grad_norm_(self._trained, config.clip)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        if processes > 1:
            parts = gathered(sums)
            sums = {name: sum(part[name] for part in parts) for name in sums}
        before = self._standing.points[-1].tokens if self._standing.points else 0
        mean = sums["loss"] / (sums["pairs"] or sums["tokens"] or 1.0)
        preferred = sums["preferred"] / sums["pairs"] if "preferred" in sums else None
        return Point(step + 1, rate, mean, None, preferred, before + learnt)

    def _reference_of(self, batch: Sequence[Example]) -> torch.Tensor | None:
        if self._config.stage != "preference":
            return None
        return torch.tensor([self._reference[example] for example in batch])

    def _measure(self, point: Point, *, is_due: bool) -> None:
        """Take a point into the course; where due with the loss on what is held out, and the best weights kept."""
        standing = self._standing
        if is_due and self._held_out:
            held_out = self._held_out_loss()
            point = replace(point, held_out=held_out)
            if standing.best_held_out is None or held_out < standing.best_held_out:
                standing.best_held_out, standing.best_step, standing.misses = held_out, point.step, 0
                self._best = self._weights()
            else:
                standing.misses += 1
                standing.is_ended = 0 < self._config.patience <= standing.misses
        elif is_due:
            standing.best_step = point.step
            self._best = self._weights()
        standing.points.append(point)
        if self._accelerator.is_main_process and (is_due or point.step % self._config.save_every == 0):
            write_curve(self._out, standing.points, title=f"{self._config.stage}: {self._out.name}")
        if point.step == 0:
            self._on_step(StepReport(0, self._config.steps, None, point.held_out, None))

    @torch.no_grad()
    def _held_out_loss(self) -> float:
        """Shared like a step, and one number in all processes: it decides when they end."""
        accelerator = self._accelerator
        objective = accelerator.unwrap_model(self._objective)
        objective.eval()
        ordered = sorted(self._held_out, key=lambda example: example.length)
        batches = [ordered[at : at + _EVALUATED_AT_ONCE] for at in range(0, len(ordered), _EVALUATED_AT_ONCE)]
        found: dict[int, tuple[float, float]] = {}
        for number, batch in share_of(batches, process=accelerator.process_index, processes=accelerator.num_processes):
            _, told = objective(batch, self._reference_of(batch), (1.0, 1.0))
            found[number] = told["loss"], told["pairs"] or told["tokens"]
        found = {number: sums for part in gathered(found) for number, sums in part.items()}
        losses, counts = zip(*(found[number] for number in range(len(batches))), strict=True)
        return float(sum(losses) / max(1.0, sum(counts)))

    def _weights(self) -> dict[str, torch.Tensor]:
        named = self._accelerator.unwrap_model(self._objective).named_parameters()
        return {name: weight.detach().cpu().clone() for name, weight in named if weight.requires_grad}

    def _restore(self, weights: dict[str, torch.Tensor]) -> None:
        own = dict(self._accelerator.unwrap_model(self._objective).named_parameters())
        with torch.no_grad():
            for name, value in weights.items():
                own[name].copy_(value)

    def _save(self) -> None:
        if self._accelerator.is_main_process:
            tensors = {"trained": self._weights(), "best": self._best, "optimiser": self._optimiser.state_dict()}
            checkpoints.save(self._out / "checkpoints", self._standing, tensors)
        self._accelerator.wait_for_everyone()

    def _finish(self, counted: dict[str, int]) -> Outcome:
        if self._accelerator.is_main_process:
            self._restore(self._best)
            objective = self._accelerator.unwrap_model(self._objective)
            keep(objective.model, self._tokenizer, self._config, self._base, self._out)
            write_json(self._out / "metrics.json", self._metrics(counted))
        self._accelerator.wait_for_everyone()
        return self._outcome(counted)

    def _outcome(self, counted: dict[str, int]) -> Outcome:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return Outcome(self._out, self._metrics(counted), self._standing.seconds, peak)

    def _metrics(self, counted: dict[str, int]) -> dict[str, Any]:
        points = self._standing.points
        losses = [point.loss for point in points if point.loss is not None]
        held = [point.held_out for point in points if point.held_out is not None]
        preferred = [point.preferred for point in points if point.preferred is not None]
        few = max(1, len(losses) // 10)
        return {
            **counted,
            "steps": self._standing.step,
            "learnt_tokens": points[-1].tokens,
            "loss_first": _mean(losses[:few]),
            "loss_last": _mean(losses[-few:]),
            "held_out_first": held[0] if held else None,
            "held_out_best": self._standing.best_held_out,
            "held_out_last": held[-1] if held else None,
            "best_step": self._standing.best_step,
            "preferred_last": _mean(preferred[-few:]),
        }


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _drawn(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")
