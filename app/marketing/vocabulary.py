"""The attributes that goods are described by, found in texts of both languages whatever they are called there.

The file says which values there are, what each is called and what it says besides. A text that names a value which
is neither given nor implied has invented it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from app.marketing.values import CopyLanguage
from index.text.normalize import fold, fold_with_offsets


@dataclass(frozen=True, slots=True)
class Term:
    """A value of a kind of attributes."""

    kind: str
    zh: str
    """Its name, by which it is known here."""
    en: tuple[str, ...]
    implies: frozenset[str] = frozenset()
    """Names of other terms that it says besides."""

    def name(self, language: CopyLanguage) -> str:
        """What it is called."""
        return self.zh if language == "zh" else self.en[0]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text names a value; offsets count code points."""

    term: Term
    text: str
    start: int
    end: int


class Vocabulary:
    """Kinds and values, and where texts name them."""

    def __init__(self, kinds: Mapping[str, Any], exclusive: Iterable[Iterable[str]] = ()) -> None:
        """From the `kinds` of a vocabulary file, and the values of which a thing has at most one."""
        self.exclusive = tuple(frozenset(group) for group in exclusive)
        self._names = [(kind, [fold(name) for name in fields["names"]]) for kind, fields in kinds.items()]
        self._by_form: dict[str, list[Term]] = {}
        self._terms: dict[str, list[Term]] = {}
        self._forms: dict[str, list[tuple[str, Term]]] = {}
        """Names to look for, by their first character, the longest first."""
        self._patterns: list[tuple[re.Pattern[str], Term]] = []
        for kind, fields in kinds.items():
            self._take(kind, fields)
        for forms in self._forms.values():
            forms.sort(key=lambda form: -len(form[0]))

    @classmethod
    def shipped(cls) -> Vocabulary:
        """The one that comes with kefu."""
        return _shipped()

    def kind_of(self, name: str) -> str:
        """The kind of an attribute by its name; "other" for one that is none of them."""
        folded = fold(name).strip()
        exact = (kind for kind, names in self._names if folded in names)
        best = next(exact, None)
        if best is not None:
            return best
        parts = [(len(part), kind) for kind, names in self._names for part in names if part in folded]
        return max(parts, key=lambda found: found[0])[1] if parts else "other"

    def terms_named(self, text: str) -> list[Term]:
        """The values that are called exactly that; [] for others."""
        return self._by_form.get(fold(text).strip(), [])

    def mentions(self, text: str) -> list[Mention]:
        """Every value that the text names, in order, the longest name at each place."""
        spelt = fold_with_offsets(text)
        folded, places = spelt.text, list[tuple[int, int, Term]]()
        for at, char in enumerate(folded):
            named = next((form for form in self._forms.get(char, ()) if _stands(form[0], folded, at)), None)
            if named is not None:
                places.append((at, at + len(named[0]), named[1]))
        for pattern, term in self._patterns:
            places += [(*hit.span(), term) for hit in pattern.finditer(folded) if hit[0]]
        places.sort(key=lambda place: (place[0], -place[1]))
        found, end_of_last = list[Mention](), 0
        for begin, stop, term in places:
            if begin >= end_of_last:
                start, end = spelt.span(begin, stop)
                found.append(Mention(term, text[start:end], start, end))
                end_of_last = stop
        return found

    def called_like(self, mention: Mention) -> frozenset[str]:
        """Names of all values that go by the name mentioned: "dress" may be one or another."""
        forms = self._by_form.get(fold(mention.text), ())
        return frozenset({mention.term.zh, *(term.zh for term in forms)})

    def with_implied(self, names: Iterable[str]) -> frozenset[str]:
        """The values named and all that they say besides."""
        said: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in said:
                said.add(name)
                waiting += [implied for term in self._terms.get(name, ()) for implied in term.implies]
        return frozenset(said)

    def translated(self, value: str, language: CopyLanguage) -> str | None:
        """The value in a language; None where the vocabulary does not know it."""
        terms = self.terms_named(value)
        return terms[0].name(language) if terms else None

    def _take(self, kind: str, fields: Mapping[str, Any]) -> None:
        also, implies = fields.get("also", {}), fields.get("implies", {})
        patterns: Mapping[str, str] = {fold(name): value for name, value in fields.get("patterns", {}).items()}
        for zh, english in fields["terms"].items():
            term = Term(
                kind, str(zh), tuple(part.strip() for part in english.split(";")), frozenset(implies.get(zh, ()))
            )
            self._terms.setdefault(term.zh, []).append(term)
            has_own = fold(term.zh) in patterns
            for name in map(fold, (term.zh, *also.get(zh, ()), *term.en)):
                self._by_form.setdefault(name, []).append(term)
                if name in patterns:
                    self._patterns.append((re.compile(patterns[name]), term))
                elif not has_own or name.isascii():
                    self._forms.setdefault(name[0], []).append((name, term))


def _stands(name: str, text: str, at: int) -> bool:
    """Whether a name stands there, Latin ones as whole words."""
    if not text.startswith(name, at):
        return False
    end = at + len(name)
    return not name[0].isascii() or not (_is_latin(text[at - 1 : at]) or _is_latin(text[end : end + 1]))


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


@cache
def _shipped() -> Vocabulary:
    text = (files("app.marketing") / "data" / "vocabulary.yaml").read_text(encoding="utf-8")
    fields = yaml.safe_load(text)
    return Vocabulary(fields["kinds"], fields["exclusive"])
