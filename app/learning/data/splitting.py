"""Parts for training, validation and test: the newest for the test, and nothing that belongs together in two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

from app.learning.data.near import Groups, near_pairs
from app.learning.data.records import Record

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")


def split(records: Sequence[Record], *, validation: float = 0.1, test: float = 0.1) -> list[Part]:
    """The part of each record, in order.

    Records of one conversation, of one customer, or with nearly the same question stay together, in all kinds of
    files alike. Of what belongs together the newest record counts: the newest `test` share of all dated records is for
    the test, the next for validation. Documents are always for training.
    """
    bound = _bound_together(records)
    newest: defaultdict[int, str] = defaultdict(str)
    sizes: defaultdict[int, int] = defaultdict(int)
    for group, record in zip(bound, records, strict=True):
        if record.group:
            newest[group] = max(newest[group], record.at)
            sizes[group] += 1
    total = sum(sizes.values())
    part_of: dict[int, Part] = {}
    taken = {"test": 0, "validation": 0}
    for group in sorted(sizes, key=lambda group: (newest[group], group), reverse=True):
        part_of[group] = "train"
        for part, share in (("test", test), ("validation", validation)):
            # A group too large for what is left (one question that everybody asks) is for training.
            if taken[part] + sizes[group] <= share * total:
                taken[part] += sizes[group]
                part_of[group] = part  # type: ignore[assignment]
                break
    return [
        part_of.get(group, "train") if record.group else "train" for group, record in zip(bound, records, strict=True)
    ]


def leaks(records: Sequence[Record], parts: Sequence[Part]) -> Mapping[str, int]:
    """Conversations, customers and near-duplicate questions that stand in two parts: to be none, counted anew."""
    found = {"conversations": 0, "customers": 0, "near-duplicate questions": 0}
    for name, key in (("conversations", "group"), ("customers", "customer")):
        seen: defaultdict[str, set[Part]] = defaultdict(set)
        for record, part in zip(records, parts, strict=True):
            if record.group and getattr(record, key):
                seen[getattr(record, key)].add(part)
        found[name] = sum(len(where) > 1 for where in seen.values())
    dated = [row for row, record in enumerate(records) if record.group and record.question]
    pairs = near_pairs([records[row].question for row in dated])
    found["near-duplicate questions"] = sum(parts[dated[one]] != parts[dated[other]] for one, other in pairs)
    return found


def _bound_together(records: Sequence[Record]) -> list[int]:
    groups = Groups(len(records))
    first: dict[tuple[str, str], int] = {}
    for row, record in enumerate(records):
        for name, value in (("group", record.group), ("customer", record.customer)):
            if value:
                groups.join(row, first.setdefault((name, value), row))
    asking = [row for row, record in enumerate(records) if record.group and record.question]
    for one, other in near_pairs([records[row].question for row in asking]):
        groups.join(asking[one], asking[other])
    return [groups.of(row) for row in range(len(records))]
