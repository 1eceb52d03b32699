"""Is the record of a candidate whole and true, as far as that can be looked up?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from app.learning.registry.findings import Finding
from index.disk import sha256_of

_SKEW = timedelta(minutes=10)
_TEXT_KEYS = ("text", "question", "query", "prompt")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that a candidate was trained on."""

    name: str
    sha256: str
    path: Path | None
    """Where it lies with this hash; None where it does not."""
    until: date | None
    """Day of its newest record, where that was stated."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a record says, read."""

    data: tuple[DataFile, ...]
    seed: int | None
    code: str
    base: str | None
    """Id of the embedder or name of the model that it was trained on."""
    weights: Mapping[str, str]
    """Stated sha256 by file."""
    missing: tuple[str, ...]

    @property
    def until(self) -> date | None:
        """Day of the newest record of all data; None where nothing states it."""
        return max((item.until for item in self.data if item.until is not None), default=None)


def read_lineage(told: Mapping[str, Any], *, near: Path) -> Lineage:
    """Read a record, whichever of the trainers' spellings it has.

    Data: `data`, a list of {"path" or "file", "sha256", "until"?} or sha256 by path; a path is looked for as it is and
    beside the candidate. `seed`; `code` (or `code_version`); `parents`; `base` (or `embedder`), or that of `parents`.
    """
    data = tuple(_data(told.get("data"), near))
    seed = told.get("seed")
    code = told.get("code", told.get("code_version"))
    parents = told.get("parents")
    base = told.get("base", told.get("embedder"))
    if base is None and isinstance(parents, dict):
        base = parents.get("base")
    if isinstance(base, dict):
        base = base.get("id") or base.get("name") or base.get("digest")
    weights = told.get("weights")
    missing = [
        name
        for name, is_there in (
            ("data", bool(data)),
            ("seed", isinstance(seed, int) and not isinstance(seed, bool)),
            ("code", bool(code)),
            ("parents", parents is not None),
        )
        if not is_there
    ]
    return Lineage(
        data=data,
        seed=seed if isinstance(seed, int) else None,
        code=json.dumps(code, ensure_ascii=False, sort_keys=True) if code else "",
        base=str(base) if base else None,
        weights={str(name): str(value) for name, value in weights.items()} if isinstance(weights, dict) else {},
        missing=tuple(missing),
    )


def located(told: Mapping[str, Any], *, near: Path) -> dict[str, Any]:
    """The record with the place of each data file as it was found, so that it is found again from elsewhere."""
    files = [
        {
            "path": item.name if item.path is None else str(item.path.resolve()),
            "sha256": item.sha256,
            **({} if item.until is None else {"until": item.until.isoformat()}),
        }
        for item in _data(told.get("data"), near)
    ]
    return {**told, "data": files} if files else dict(told)


def check_lineage(
    lineage: Lineage,
    files: Mapping[str, Mapping[str, Any]],
    *,
    created_at: datetime,
    base: str | None,
    serving_until: date | None,
    now: datetime | None = None,
) -> list[Finding]:
    """Hashes first: what is not what it says it is need not be looked at further.

    Args:
        lineage: the record.
        files: of the candidate, as they were taken in.
        created_at: when training ended, as stated.
        base: what a candidate of this kind has to stand on; None where nothing is asked for.
        serving_until: the newest record that the serving model was trained on; None where unknown.
        now: the present.
    """
    found: list[Finding] = []
    for name, stated in lineage.weights.items():
        if name not in files:
            found.append(Finding("file_missing", {"file": name}))
        elif files[name]["sha256"] != stated:
            found.append(Finding("hash_false", {"file": name}))
    if lineage.missing:
        found.append(Finding("lineage_missing", {"what": ", ".join(lineage.missing)}))
    if created_at > (now or datetime.now(UTC)) + _SKEW:
        what = f"it was made on {created_at:%Y-%m-%d}, which is yet to come / 生成时间在未来"
        found.append(Finding("lineage_false", {"what": what}))
    if base is not None and lineage.base is not None and lineage.base != base:
        found.append(Finding("base_wrong", {"found": lineage.base, "wanted": base}))
    found += [Finding("data_missing", {"file": item.name}) for item in lineage.data if item.path is None]
    if serving_until is not None and lineage.until is not None and lineage.until < serving_until:
        facts = {"found": lineage.until.isoformat(), "wanted": serving_until.isoformat()}
        found.append(Finding("data_stale", facts))
    return found


def training_texts(lineage: Lineage) -> list[str]:
    """What customers say in the training data: text, question, query or prompt of each line, users' messages of chats.

    Answers are left out: test questions are what must not leak. A file that is no JSON Lines counts line by line.
    """
    found: list[str] = []
    for item in lineage.data:
        if item.path is not None:
            for line in item.path.read_bytes().decode("utf-8", errors="replace").splitlines():
                found += [text[:_LONGEST] for text in _texts(line) if text.strip()]
    return found


def _texts(line: str) -> Iterator[str]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        yield line
        return
    if not isinstance(value, dict):
        return
    for key in _TEXT_KEYS:
        if isinstance(value.get(key), str):
            yield value[key]
    messages = value.get("messages") or value.get("prompt")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role") == "user" and isinstance(message.get("content"), str):
            yield message["content"]


def _data(told: Any, near: Path) -> Iterator[DataFile]:
    rows: Sequence[Any] = (
        [{"path": name, "sha256": value} for name, value in told.items()]
        if isinstance(told, dict)
        else told
        if isinstance(told, list)
        else []
    )
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("sha256"), str):
            continue
        name = str(row.get("path") or row.get("file") or row.get("name") or row["sha256"][:12])
        yield DataFile(Path(name).name, row["sha256"], _found(name, row["sha256"], near), _day(row.get("until")))


def _found(name: str, sha256: str, near: Path) -> Path | None:
    for path in (Path(name), near / name, near / Path(name).name, near / "data" / Path(name).name):
        try:
            if path.is_file() and sha256_of(path) == sha256:
                return path
        except OSError:
            continue
    return None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
