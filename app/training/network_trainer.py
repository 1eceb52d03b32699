"""Trains networks of the reader's kind: on packs, which sentences bear the question out and whether any does.

`app.training.reader` and `app.training.claims` are the programs that do; they differ in where their packs come from.
Progress goes to the log; the file is written after each epoch.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.retrieval.reading.network import (
    BACKBONE,
    as_batch,
    build_heads,
    count_layers,
    load_weights,
    save_weights,
    upper_layers,
)
from app.retrieval.reading.pack import Pack, PackBuilder
from app.training.options import load_params
from app.training.program import existing_file, new_file
from app.training.reading_data import ReadingExample

if TYPE_CHECKING:
    from index.embedding.tokenizer import TextTokenizer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrainingParams:
    """How the reader is trained."""

    epochs: int = 3
    batch_tokens: int = 3072
    """Tokens of a batch, padding included."""
    rate: float = 1.5e-4
    head_rate: float = 6e-4
    warmup: float = 0.06
    sentence_weight: float = 1.0
    """Of the loss of the sentences, beside that of the packs."""
    span_weight: float = 0.0
    """Of the loss of the shortest answers; more than 0 needs a network that gives them."""
    seed: int = 20261124
    minutes: float = 0.0
    """Stop after so many minutes and write what is there; 0 trains to the end."""
    is_bfloat16: bool = False
    """Compute with 16 bits where that is faster; the weights keep 32."""
    layers: int = 12
    """Upper layers that learn, or all where there are fewer; the others stay what they are."""
    layer_decay: float = 1.0
    """How much slower a layer learns than the one above it."""
    consistency: float = 0.0
    """Weight of what two passes over the same pack, each with other connections dropped, differ by (R-Drop, Liang et
    al., 2021, arXiv:2106.14448); 0 passes once."""


@dataclass(slots=True)
class _Item:
    pack: Pack
    labels: list[float]
    answerable: float
    spans: Sequence[tuple[int, int]]
    """First and last token of the shortest answer in each sentence that holds one, (0, 0) alone where there is none;
    () where it is not known."""


class NetworkTrainer:
    """Holds the network while it is trained."""

    def __init__(
        self,
        folder: Path,
        *,
        start: Path | None = None,
        has_spans: bool = False,
        build_packs: Callable[[TextTokenizer], PackBuilder] = PackBuilder,
        device: str = "cpu",
    ) -> None:
        """Loads the embedding model.

        Args:
            folder: of the embedding model.
            start: weights to go on from, of as many upper layers as they hold.
            has_spans: whether the network is to give short answers; needed for `TrainingParams.span_weight`.
            build_packs: see `LazyNetwork`.
            device: where torch computes, such as "cuda".
        """
        import torch

        from index.embedding.loading import load_model
        from index.embedding.plain_bert import read_tokenizer

        torch.manual_seed(1)
        model: Any = load_model(folder)
        self._backbone: Any = model[0].auto_model
        size = self._backbone.config.hidden_size
        self._heads: Any = build_heads(size, has_spans=has_spans)
        self._own_layers = 0
        if start is not None:
            layers, heads = load_weights(start, size)
            self._heads.load_state_dict(heads.state_dict(), strict=not has_spans)
            self._own_layers = count_layers(layers)
            own = upper_layers(self._backbone.state_dict(), len(self._backbone.encoder.layer), self._own_layers)
            if missing := own.keys() - layers.keys():
                raise ValueError(f"Expected {min(missing)} in {start.name}.")
            self._backbone.load_state_dict(layers, strict=False)
        self._device = device
        self._backbone.to(device)
        self._heads.to(device)
        self._tokenizer = read_tokenizer(folder)
        self._builder = build_packs(self._tokenizer)

    def train(self, examples: Sequence[ReadingExample], params: TrainingParams, out: Path) -> None:
        """Train on `examples` and write `out` after each epoch."""
        import torch

        chance = random.Random(params.seed)
        learning = self._set_training(params)
        own = [parameter for layer in learning for parameter in layer.parameters()]
        heads = list(self._heads.parameters())
        groups = [
            {"params": list(layer.parameters()), "lr": params.rate * params.layer_decay**depth}
            for depth, layer in enumerate(reversed(learning))
        ]
        optimiser = torch.optim.AdamW([*groups, {"params": heads, "lr": params.head_rate}], weight_decay=0.01)
        rates = [group["lr"] for group in optimiser.param_groups]
        plan = [list(self._batches(examples, params, chance)) for _ in range(params.epochs)]
        total, step, started = sum(map(len, plan)), 0, time.perf_counter()
        for epoch, batches in enumerate(plan, start=1):
            seen = loss_sum = right = packs = 0.0
            for batch in batches:
                step += 1
                now, floor = step / total, 0.0
                left = 1 - now
                if params.minutes:
                    left, floor = min(left, 1 - (time.perf_counter() - started) / 60 / params.minutes), 0.02
                scale = min(1.0, now / params.warmup) * max(floor, left)
                for group, rate in zip(optimiser.param_groups, rates, strict=True):
                    group["lr"] = rate * scale
                loss, correct = self._step(batch, params)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(own + heads, 1.0)
                optimiser.step()
                optimiser.zero_grad(set_to_none=True)
                seen, loss_sum = seen + 1, loss_sum + float(loss.detach())
                right, packs = right + correct, packs + len(batch)
                if step % 25 == 0:
                    spent = time.perf_counter() - started
                    logger.info(
                        "epoch %d, step %d of %d, loss %.3f, answerable right %.3f, %.0f s",
                        *(epoch, step, total, loss_sum / seen, right / packs, spent),
                    )
                    seen = loss_sum = right = packs = 0.0
                if params.minutes and time.perf_counter() - started > 60 * params.minutes:
                    break
            self._save(out, params)
            if params.minutes and time.perf_counter() - started > 60 * params.minutes:
                break

    def evaluate(self, examples: Sequence[ReadingExample]) -> dict[str, Any]:
        """How well answerable packs are told from others, and how often the best sentence is one of the answer.

        AUC; F1 of finding the unanswerable at even odds, and how many answerable ones are taken for them.
        """
        import torch
        from sklearn.metrics import roc_auc_score

        self._backbone.eval()
        self._heads.eval()
        truth, scores, hits = [], [], []
        with torch.inference_mode():
            for batch in self._batches(examples, TrainingParams(), random.Random(1)):
                answerable, sentences, _ = self._logits(batch)
                for item, score, row in zip(batch, answerable.tolist(), sentences.tolist(), strict=True):
                    truth.append(item.answerable)
                    scores.append(score)
                    if item.answerable:
                        hits.append(item.labels[row.index(max(row[: len(item.labels)]))])
        doubted = [score < 0 for score in scores]
        caught = sum(not right for right, is_doubted in zip(truth, doubted, strict=True) if is_doubted)
        wrong = sum(not right for right in truth)
        return {
            "auc": float(roc_auc_score(truth, scores)),
            "f1": 2 * caught / max(1, sum(doubted) + wrong),
            "false_alarms": (sum(doubted) - caught) / max(1, len(truth) - wrong),
            "best_sentence": sum(hits) / max(1, len(hits)),
        }

    def _logits(self, batch: Sequence[_Item]) -> tuple[Any, Any, Any]:
        """Of packs, of sentences, and of tokens: None where the network gives no spans."""
        ids, mask, pooling = (tensor.to(self._device) for tensor in as_batch([item.pack for item in batch]))
        states = self._backbone(input_ids=ids, attention_mask=mask).last_hidden_state
        answerable, sentences = self._heads(states, pooling)
        if self._heads.span_head is None:
            return answerable, sentences, None
        return answerable, sentences, self._heads.span_head(states).masked_fill(mask[..., None] == 0, -1e4)

    def _step(self, batch: Sequence[_Item], params: TrainingParams) -> tuple[Any, int]:
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

        # Twice the same packs in one pass are two passes: each row has connections of its own dropped.
        twice = [*batch, *batch] if params.consistency else batch
        with torch.autocast(self._device.partition(":")[0], dtype=torch.bfloat16, enabled=params.is_bfloat16):
            answerable, sentences, tokens = self._logits(twice)
        answerable, sentences = answerable.float(), sentences.float()
        truth = torch.tensor([item.answerable for item in twice], device=self._device)
        loss = cross_entropy(answerable, truth)
        labels, mask = torch.zeros(sentences.shape), torch.zeros(sentences.shape)
        for number, item in enumerate(twice):
            labels[number, : len(item.labels)] = torch.tensor(item.labels)
            mask[number, : len(item.labels)] = 1
        labels, mask = labels.to(self._device), mask.to(self._device)
        raw = cross_entropy(sentences, labels, reduction="none", pos_weight=torch.tensor(2.0, device=self._device))
        loss = loss + params.sentence_weight * 3 * (raw * mask).sum() / mask.sum()
        known = [number for number, item in enumerate(twice) if item.spans]
        if tokens is not None and params.span_weight and known:
            found = tokens[known].float().transpose(1, 2)
            # All that answer share the probability: of two values that disagree neither is to hide the other.
            ends = torch.zeros(found.shape)
            for row, number in enumerate(known):
                for span in twice[number].spans:
                    ends[row, [0, 1], span] += 1 / len(twice[number].spans)
            ends = ends.to(self._device)
            spans = torch.nn.functional.cross_entropy(found.flatten(0, 1), ends.flatten(0, 1))
            loss = loss + params.span_weight * spans
        if params.consistency:
            apart = _divergence(sentences) * mask[: len(batch)]
            apart = params.sentence_weight * 3 * apart.sum() / mask[: len(batch)].sum()
            loss = loss + params.consistency * (_divergence(answerable).mean() + apart)
        return loss, int(((answerable > 0) == (truth > 0.5))[: len(batch)].sum())

    def _batches(
        self, examples: Sequence[ReadingExample], params: TrainingParams, chance: random.Random
    ) -> Iterator[list[_Item]]:
        """Batches of packs of like length, in random order; windows are shuffled a little anew each time."""
        items = [self._item(example, chance) for example in examples]
        items = [item for item in items if item.labels]
        items.sort(key=lambda item: len(item.pack.ids) + chance.random() * 24)
        batches: list[list[_Item]] = [[]]
        for item in items:
            if batches[-1] and (len(batches[-1]) + 1) * len(item.pack.ids) > params.batch_tokens:
                batches.append([])
            batches[-1].append(item)
        chance.shuffle(batches)
        yield from batches

    def _item(self, example: ReadingExample, chance: random.Random) -> _Item:
        order = sorted(range(len(example.windows)), key=lambda at: at + chance.random() * 4)
        pack = self._builder.build(example.question, [example.windows[at] for at in order])
        labels = [
            float(label)
            for at, spans in zip(order, pack.sentences, strict=True)
            for label, _ in zip(example.labels[at], spans, strict=False)
        ]
        return _Item(pack, labels, float(any(labels)), self._spans(example, order, pack))

    def _spans(self, example: ReadingExample, order: Sequence[int], pack: Pack) -> list[tuple[int, int]]:
        """Where the shortest answers stand in the pack: in each sentence the first of them that it holds."""
        if not example.is_answerable:
            return [(0, 0)]
        found = []
        for at, spans in zip(order, pack.sentences, strict=True):
            for sentence, label, span in zip(example.windows[at].sentences, example.labels[at], spans, strict=False):
                answer = next((one for one in example.answers if one in sentence), "") if label else ""
                if answer and (tokens := self._tokens(sentence, answer, span)) is not None:
                    found.append(tokens)
        return found

    def _tokens(self, sentence: str, answer: str, span: tuple[int, int]) -> tuple[int, int] | None:
        """First and last token of an answer in a sentence of such tokens; None where it is cut off."""
        start, (first, end) = sentence.index(answer), span
        _, offsets = self._tokenizer.ids_with_offsets([sentence])[0]
        inside = [n for n, (a, b) in enumerate(offsets) if a < start + len(answer) and b > start]
        return (first + inside[0], first + inside[-1]) if inside and first + inside[-1] < end else None

    def _set_training(self, params: TrainingParams) -> list[Any]:
        """Only the upper layers, which are returned, and the heads learn; the rest runs without dropout."""
        layers = self._backbone.encoder.layer
        lower = max(0, len(layers) - params.layers)
        self._own_layers = max(self._own_layers, len(layers) - lower)
        self._backbone.train().requires_grad_(False)
        self._heads.train().requires_grad_(True)
        self._backbone.embeddings.eval()
        for layer in layers[:lower]:
            layer.eval()
        learning = list(layers[lower:])
        for layer in learning:
            layer.requires_grad_(True)
        return learning

    def _save(self, out: Path, params: TrainingParams) -> None:
        metadata = {"base": BACKBONE, "seed": str(params.seed)}
        layers = upper_layers(self._backbone.state_dict(), len(self._backbone.encoder.layer), self._own_layers)
        save_weights(layers, self._heads, out, metadata=metadata)


def _divergence(logits: Any) -> Any:
    """Of the odds that the two halves of the rows give, both ways (Kullback-Leibler); as long as one half."""
    import torch

    first, second = logits.chunk(2)
    return (torch.sigmoid(first) - torch.sigmoid(second)) * (first - second)


def add_training_options(parser: argparse.ArgumentParser, *, epochs: int) -> None:
    """What the programs that train a network of this kind have in common; see `params_of`."""
    usual = TrainingParams()
    parser.add_argument("--out", type=new_file, required=True)
    parser.add_argument("--start", type=existing_file, help="weights to go on from")
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--minutes", type=float, default=usual.minutes, help="stop after so many; 0: never")
    parser.add_argument("--batch-tokens", type=int, default=usual.batch_tokens)
    parser.add_argument("--rate", type=float, default=usual.rate)
    parser.add_argument("--layers", type=int, default=usual.layers, help="upper layers that learn")
    parser.add_argument("--layer-decay", type=float, default=usual.layer_decay)
    parser.add_argument("--consistency", type=float, default=usual.consistency, help="R-Drop's weight; 0: without")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument(
        "--bfloat16", dest="is_bfloat16", action="store_true", help="compute in half the digits; faster where it can be"
    )
    parser.add_argument("--device", default="cpu", help='where torch computes, such as "cuda"')


def params_of(given: argparse.Namespace) -> TrainingParams:
    """What was given to a program with `add_training_options`, and with whatever else of `TrainingParams` it asks for.

    Raises `TrainingDataInvalid` for a value that cannot be.
    """
    names = {field.name for field in fields(TrainingParams)}
    return load_params(TrainingParams(), None, {name: value for name, value in vars(given).items() if name in names})


def flush_tiny_numbers() -> None:
    """Compute with zero instead of numbers too small to matter: tiny gradients would take ten times as long.

    For programs that only train: it holds for every thread made from now on, and FAISS makes 16-bit numbers exact by
    way of tiny ones.
    """
    import torch

    torch.set_flush_denormal(True)
