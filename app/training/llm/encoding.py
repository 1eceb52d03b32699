"""Records as tokens: which of them are read, which are learnt, and in what order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.training.llm.errors import TuningDataInvalid
from app.training.llm.records import Record, Stage

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""ChatML, for tokenizers that bring none."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """One text as tokens."""

    tokens: tuple[int, ...]
    learnt: int
    """Number of the first token that is learnt; all behind it are."""


@dataclass(frozen=True, slots=True)
class Example:
    """What one record gives to learn."""

    chosen: Tokens
    rejected: Tokens | None = None

    @property
    def length(self) -> int:
        """Tokens of the longer one."""
        return max(len(self.chosen.tokens), len(self.rejected.tokens) if self.rejected else 0)

    @property
    def learnt(self) -> int:
        """How many tokens are learnt."""
        return len(self.chosen.tokens) - self.chosen.learnt


def encode(records: Sequence[Record], tokenizer: Any, stage: Stage, *, length: int) -> tuple[list[Example], int]:
    """Examples in the order of the records, and how many records were too long.

    A reply is learnt with the mark of its end, on a prompt that is laid out as in serving; of the prompt nothing is
    learnt. Plain texts are joined, with that mark between them, and cut into blocks of `length`; the first token of a
    block is not learnt. Raises `TuningDataInvalid` when nothing is left.
    """
    if stage == "pretrain":
        return _blocks(records, tokenizer, length), 0
    found, too_long = [], 0
    for record in records:
        prompt = _prompt_tokens(record, tokenizer)
        chosen = _replied(prompt, record.reply, tokenizer)
        rejected = _replied(prompt, record.rejected, tokenizer) if record.rejected is not None else None
        example = Example(chosen, rejected)
        if example.length > length:
            too_long += 1
        else:
            found.append(example)
    if not found:
        raise TuningDataInvalid(f"All {too_long} records are longer than {length} tokens; allow more with --length.")
    return found, too_long


def step_batches(
    examples: Sequence[Example], *, step: int, batch: int, accumulate: int, seed: int
) -> Iterator[list[Example]]:
    """The batches of a step, counted from 0: a function of the step and the seed, so that nothing has to be kept.

    Every example is seen once before any is seen again. Within a step those of like length are computed together.
    """
    size, total = batch * accumulate, len(examples)
    drawn = []
    for place in range(step * size, (step + 1) * size):
        drawn.append(examples[_order(total, place // total, seed)[place % total]])
    drawn.sort(key=lambda example: example.length)
    for first in range(0, size, batch):
        yield drawn[first : first + batch]


def share_of(batches: Sequence[list[Example]], *, process: int, processes: int) -> list[tuple[int, list[Example]]]:
    """Those batches of a step that a process computes, each with its number in the step.

    Dealt out in turn, for they ascend in length. Together the processes have each batch once, so that they learn what
    one process alone would.
    """
    return [(number, batches[number]) for number in range(process, len(batches), processes)]


_orders: dict[tuple[int, int, int], list[int]] = {}


def _order(total: int, epoch: int, seed: int) -> list[int]:
    key = (total, epoch, seed)
    if key not in _orders:
        if len(_orders) > 3:
            _orders.clear()
        order = list(range(total))
        random.Random(f"{seed}:{epoch}").shuffle(order)
        _orders[key] = order
    return _orders[key]


def _blocks(records: Sequence[Record], tokenizer: Any, length: int) -> list[Example]:
    stream: list[int] = []
    for record in records:
        stream += [*tokenizer(record.reply, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
    blocks = [stream[at : at + length] for at in range(0, len(stream), length)]
    found = [Example(Tokens(tuple(block), 1)) for block in blocks if len(block) > 1]
    if not found:
        raise TuningDataInvalid("The texts hold less than two tokens.")
    return found


def _prompt_tokens(record: Record, tokenizer: Any) -> list[int]:
    messages = [message.to_dict() for message in record.prompt]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def _replied(prompt: list[int], reply: str, tokenizer: Any) -> Tokens:
    tokens = tokenizer(reply, add_special_tokens=False)["input_ids"]
    return Tokens((*prompt, *tokens, tokenizer.eos_token_id), len(prompt))
