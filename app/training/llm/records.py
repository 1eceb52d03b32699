"""What a language model is tuned on: conversations, pairs of replies, plain text.

| stage | a line of the file |
|---|---|
| `sft` | `{"messages": [{"role": "system", "user" or "assistant", "content": …}, …]}`, the last one the assistant's |
| `preference` | `{"prompt": text or messages, "chosen": text, "rejected": text}` |
| `pretrain` | `{"text": …}`; or the whole of a `.txt` or `.md` file |
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.domain import Message
from app.training.llm.errors import TuningDataInvalid
from index.disk import replace_file

Stage = Literal["pretrain", "sft", "preference"]
STAGES: tuple[Stage, ...] = ("pretrain", "sft", "preference")
_ROLES = ("system", "user", "assistant")
_PLAIN = (".txt", ".md")


@dataclass(frozen=True, slots=True)
class Record:
    """One example of any stage."""

    prompt: tuple[Message, ...]
    """() for plain text."""
    reply: str
    """The reply that is learnt, or the plain text."""
    rejected: str | None = None
    """The reply that is unlearnt; preference only."""

    @property
    def key(self) -> str:
        """The same for the same content, on every machine."""
        parts = [f"{message.role}\0{message.content}" for message in self.prompt]
        return hashlib.sha256("\1".join([*parts, self.reply, self.rejected or ""]).encode()).hexdigest()

    @property
    def group(self) -> str:
        """The same for records with the same prompt, which must not lie on both sides of a split."""
        if not self.prompt:
            return self.key
        return hashlib.sha256("\1".join(message.content for message in self.prompt).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """As a line of the file."""
        messages = [message.to_dict() for message in self.prompt]
        if self.rejected is not None:
            return {"prompt": messages, "chosen": self.reply, "rejected": self.rejected}
        if not messages:
            return {"text": self.reply}
        return {"messages": [*messages, {"role": "assistant", "content": self.reply}]}


def read_records(paths: Sequence[Path], stage: Stage) -> list[Record]:
    """All records of the files, in order; the same record twice counts once.

    Raises `TuningDataInvalid` with file and line for what cannot be read, and when there is nothing at all.
    """
    found: dict[str, Record] = {}
    for path in paths:
        for record in _records_of(path, stage):
            found.setdefault(record.key, record)
    if not found:
        names = ", ".join(str(path) for path in paths) or "no file"
        raise TuningDataInvalid(f"There is nothing to learn in {names}.")
    return list(found.values())


def write_records(path: Path, records: Sequence[Record]) -> None:
    """Write a file that `read_records` reads, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(record.to_dict(), ensure_ascii=False) + "\n" for record in records)
    replace_file(path, lines.encode())


def split_records(records: Sequence[Record], *, share: float, seed: int) -> tuple[list[Record], list[Record]]:
    """Those to learn from and those held out, about `share` of them; which is decided by the prompt alone.

    So a prompt with several replies lies on one side, and a record stays on its side when others come or go. At least
    one record is learnt from; with a share above 0 and two prompts or more, at least one is held out.
    """
    drawn = {record.group: _drawn(record.group, seed) for record in records}
    held = {group for group, number in drawn.items() if number < share}
    if share > 0 and len(drawn) > 1:
        order = sorted(drawn, key=lambda group: drawn[group])
        held = held or {order[0]}
        held -= {order[-1]} if len(held) == len(drawn) else set()
    elif len(held) == len(drawn):
        held = set()
    learnt = [record for record in records if record.group not in held]
    return learnt, [record for record in records if record.group in held]


def _drawn(group: str, seed: int) -> float:
    return int.from_bytes(hashlib.sha256(f"{seed}:{group}".encode()).digest()[:7], "big") / 2**56


def _records_of(path: Path, stage: Stage) -> Iterator[Record]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise TuningDataInvalid(f"There is no file {path}. Make one with: kefu train llm-data --out DIR") from error
    except (OSError, UnicodeDecodeError) as error:
        raise TuningDataInvalid(f"{path} cannot be read as UTF-8 text: {error}.") from error
    if stage == "pretrain" and path.suffix.lower() in _PLAIN:
        if text.strip():
            yield Record((), text.strip())
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _parsed(line, stage, f"{path}, line {number}")


def _parsed(line: str, stage: Stage, place: str) -> Record:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise TuningDataInvalid(f"{place} is no JSON.") from error
    if not isinstance(row, dict):
        raise TuningDataInvalid(f"{place} is no JSON object.")
    if stage == "pretrain":
        return Record((), _text(row, "text", place))
    if stage == "sft":
        messages = _messages(row.get("messages"), place)
        if len(messages) < 2 or messages[-1].role != "assistant":
            raise TuningDataInvalid(f"{place}: messages have to end with a reply of the assistant to somebody.")
        return Record(messages[:-1], messages[-1].content)
    asked = row.get("prompt")
    prompt = (Message("user", asked),) if isinstance(asked, str) and asked.strip() else _messages(asked, place)
    chosen, rejected = _text(row, "chosen", place), _text(row, "rejected", place)
    if chosen == rejected:
        raise TuningDataInvalid(f"{place}: chosen and rejected are the same, which teaches nothing.")
    return Record(prompt, chosen, rejected)


def _messages(given: object, place: str) -> tuple[Message, ...]:
    if not isinstance(given, list) or not given:
        raise TuningDataInvalid(f"{place} has no messages.")
    found = []
    for item in given:
        role = item.get("role") if isinstance(item, dict) else None
        content = item.get("content") if isinstance(item, dict) else None
        if role not in _ROLES or not isinstance(content, str) or not content.strip():
            raise TuningDataInvalid(f"{place}: a message needs a role ({', '.join(_ROLES)}) and a text as content.")
        found.append(Message(role, content))
    return tuple(found)


def _text(row: dict[str, Any], name: str, place: str) -> str:
    value = row.get(name)
    if isinstance(value, list) and name != "text" and value and isinstance(value[-1], dict):
        value = value[-1].get("content")  # as trl writes it: the reply as a list of one message
    if not isinstance(value, str) or not value.strip():
        raise TuningDataInvalid(f"{place} needs {name!r}, a text.")
    return value.strip()
