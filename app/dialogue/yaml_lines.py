"""YAML that remembers on which line each thing stands, so that a mistake can be pointed at.

Words stay words: `on`, `yes`, `no` and days are text here, only true and false are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

_QUOTES = "Texts that hold : ? # [ ] { } or , want quotes."


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong with a file that a company edits."""

    file: str
    line: int
    """Counted from 1."""
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class Block(dict[str, Any]):
    """A mapping, with the lines of its keys."""

    line: int
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """That of a key, or of the mapping where it has none of that name."""
        return self.lines.get(key, self.line)


class Items(list[Any]):
    """A list, with the lines of its items."""

    line: int
    lines: list[int]


class _Loader(yaml.SafeLoader):
    pass


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]{0,8})$", "-0123456789"),
    ("tag:yaml.org,2002:float", r"^-?[0-9]+\.[0-9]+$", "-0123456789"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def read_yaml(text: str, file: str, problems: list[Problem]) -> Iterator[Block]:
    """The mappings of a file, one a document; what cannot be read is added to `problems`."""
    try:
        loader = _Loader(text)
    except yaml.YAMLError as error:
        problems.append(Problem(file, 1, f"This is no YAML: {error}."))
        return
    try:
        while loader.check_node():
            node = loader.get_node()
            if isinstance(node, yaml.MappingNode):
                yield _built(loader, node, file, problems)
            elif node is not None:
                problems.append(Problem(file, node.start_mark.line + 1, "Expected a mapping (key: value)."))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        problems.append(Problem(file, line, f"This is no YAML: {error.problem or error.context}. {_QUOTES}"))
    except (yaml.YAMLError, RecursionError) as error:
        problems.append(Problem(file, 1, f"This is no YAML: {error}."))
    finally:
        loader.dispose()


def _built(loader: _Loader, node: Any, file: str, problems: list[Problem]) -> Any:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        block = Block()
        block.line, block.lines = line, {}
        for key_node, value_node in node.value:
            key = str(loader.construct_object(key_node, deep=True))
            if key in block:
                problems.append(Problem(file, key_node.start_mark.line + 1, f"{key!r} stands here twice."))
            block[key] = _built(loader, value_node, file, problems)
            block.lines[key] = key_node.start_mark.line + 1
        return block
    if isinstance(node, yaml.SequenceNode):
        items = Items(_built(loader, item, file, problems) for item in node.value)
        items.line, items.lines = line, [item.start_mark.line + 1 for item in node.value]
        return items
    return loader.construct_object(node, deep=True)
