"""The phrases of the templates, read from their file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from app.marketing.values import CopyLanguage


class Phrases:
    """Phrases by language and place."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        """From the content of a phrase file."""
        self._fields = fields

    @classmethod
    def shipped(cls) -> Phrases:
        """Those that come with kefu."""
        return _shipped()

    @property
    def order(self) -> Sequence[str]:
        """Kinds of attributes, as they follow one another in a text."""
        return tuple(self._fields["order"])

    def labels(self, language: CopyLanguage) -> Mapping[str, str]:
        """What kinds of attributes are called."""
        labels: Mapping[str, str] = self._fields["labels"][language]
        return labels

    def clauses(self, language: CopyLanguage, kind: str) -> Sequence[str]:
        """Predicates for a kind."""
        found: Sequence[str] = self._fields[language]["clauses"][kind]
        return found

    def lines(self, language: CopyLanguage, *place: str) -> Sequence[str]:
        """The choices at a place, or the names of what is below it; [""] where there are none."""
        found: Any = self._fields[language]
        for part in place:
            found = found.get(part, [""])
        return [found] if isinstance(found, str) else list(found)

    def line(self, language: CopyLanguage, *place: str) -> str:
        """The only choice at a place."""
        return self.lines(language, *place)[0]

    def all(self, language: CopyLanguage) -> Iterator[str]:
        """Every phrase."""
        yield from _leaves(self._fields[language])


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _leaves(part)
    else:
        for part in value:
            yield from _leaves(part)


@cache
def _shipped() -> Phrases:
    return Phrases(yaml.safe_load((files("app.marketing") / "data" / "phrases.yaml").read_text(encoding="utf-8")))
