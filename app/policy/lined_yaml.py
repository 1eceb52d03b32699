"""YAML read with the line of each key and value, so that a fault can be pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from app.policy.faults import Fault


@dataclass(frozen=True, slots=True)
class Lined:
    """A value and where it stands; scalars are kept as they are written."""

    line: int
    text: str | None = None
    items: tuple[Lined, ...] | None = None
    fields: dict[str, Lined] | None = field(default=None)

    def each(self) -> Iterator[Lined]:
        """The items of a list, or a single value as a list of one."""
        yield from (self.items if self.items is not None else (self,))


def read_lined(text: str) -> tuple[Lined | None, list[Fault]]:
    """The file as nested values, and keys that stand twice. None for an empty file or one that is no YAML."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return None, [Fault(line, f"this is no YAML: {error.problem}")]
    except (yaml.YAMLError, RecursionError) as error:
        return None, [Fault(1, f"this is no YAML: {' '.join(str(error).split())[:200]}")]
    faults: list[Fault] = []
    return (None if node is None else _value(node, faults, 0)), faults


def _value(node: yaml.Node, faults: list[Fault], depth: int) -> Lined:
    line = node.start_mark.line + 1
    if depth > 20:
        faults.append(Fault(line, "nested too deep"))
        return Lined(line, text="")
    if isinstance(node, yaml.ScalarNode):
        return Lined(line, text=node.value)
    if isinstance(node, yaml.SequenceNode):
        return Lined(line, items=tuple(_value(item, faults, depth + 1) for item in node.value))
    fields: dict[str, Lined] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if name in fields:
            faults.append(Fault(key.start_mark.line + 1, f"the key {name!r} stands twice"))
        fields[name] = _value(value, faults, depth + 1)
    return Lined(line, fields=fields)
