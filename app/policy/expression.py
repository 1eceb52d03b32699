"""Conditions of rules: a small typed language over named facts, read into a tree. Nothing is ever executed.

days_since_delivered <= 7 and (tier != "PLUS" or country in ["CN"]) and not is_opened
reason is known and return_class contains "激活后"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from app.policy.facts import FACTS, Fact, FactType

_MAX_LENGTH = 2000
_MAX_DEPTH = 40
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<date>\d{4}-\d{2}-\d{2})
    |(?P<number>-?\d+(?:\.\d+)?)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,)""",
    re.VERBOSE,
)
_WORDS = frozenset({"and", "or", "not", "in", "contains", "is", "known", "unknown", "true", "false"})
Order = Literal["==", "!=", "<", "<=", ">", ">="]


class ExpressionInvalid(ValueError):
    """A condition that cannot be read, with the place; columns count from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message, self.column = message, column


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the rule."""

    value: str | Decimal | bool | date
    type: FactType


@dataclass(frozen=True, slots=True)
class Name:
    """A fact."""

    fact: Fact

    @property
    def type(self) -> FactType:
        """Of the fact."""
        return self.fact.type


Operand = Constant | Name


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values held against one another."""

    order: Order
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a fact is one of a list."""

    left: Name
    values: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Containment:
    """Whether a text holds another."""

    left: Name
    part: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Whether a fact is known."""

    left: Name


@dataclass(frozen=True, slots=True)
class Truth:
    """A flag, or true or false."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Some part holds."""

    parts: tuple[Condition, ...]


Leaf = Comparison | Membership | Containment | Knowledge | Truth
Condition = Leaf | Not | AllOf | AnyOf


def parse(text: str, facts: Mapping[str, Fact] = FACTS) -> Condition:
    """The tree of a condition. Raises `ExpressionInvalid` for what is not one, unknown facts and wrong types."""
    if len(text) > _MAX_LENGTH:
        raise ExpressionInvalid(f"a condition has at most {_MAX_LENGTH} characters", 1)
    return _Parser(list(_tokens(text)), len(text), facts).whole()


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every statement in it that has no conditions within, in order."""
    match condition:
        case Not(part=part):
            yield from leaves(part)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield condition


def names(condition: Condition) -> Iterator[str]:
    """Of the facts in it, in order, each as often as it stands there."""
    operands = (operand for leaf in leaves(condition) for operand in _operands(leaf))
    return (operand.fact.name for operand in operands if isinstance(operand, Name))


def facts_of(condition: Condition) -> frozenset[str]:
    """Names of the facts in it."""
    return frozenset(names(condition))


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Every comparison in it, in order."""
    return (leaf for leaf in leaves(condition) if isinstance(leaf, Comparison))


def _operands(leaf: Leaf) -> tuple[Operand, ...]:
    if isinstance(leaf, Comparison):
        return (leaf.left, leaf.right)
    return (leaf.operand if isinstance(leaf, Truth) else leaf.left,)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            hint = " (equal is written ==)" if text[position] == "=" else ""
            raise ExpressionInvalid(f"{text[position]!r} has no meaning here{hint}", position + 1)
        if match.lastgroup != "space":
            yield _Token(match.lastgroup or "", match[0], position + 1)
        position = match.end()


class _Parser:
    """Recursive descent; `or` binds loosest, then `and`, then `not`."""

    def __init__(self, tokens: list[_Token], length: int, facts: Mapping[str, Fact]) -> None:
        self._tokens, self._at, self._end, self._facts, self._depth = tokens, 0, length + 1, facts, 0

    def whole(self) -> Condition:
        condition = self._or()
        if self._peek() is not None:
            raise self._error(f"nothing is expected behind the condition, found {self._tokens[self._at].text!r}")
        return condition

    def _or(self) -> Condition:
        return self._chain("or", self._and, AnyOf)

    def _and(self) -> Condition:
        return self._chain("and", self._not, AllOf)

    def _chain(
        self, word: str, part: Callable[[], Condition], whole: Callable[[tuple[Condition, ...]], Condition]
    ) -> Condition:
        parts = [part()]
        while self._take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else whole(tuple(parts))

    def _not(self) -> Condition:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._error(f"a condition is nested at most {_MAX_DEPTH} deep")
        try:
            if self._take("not"):
                return Not(self._not())
            if self._take("("):
                inner = self._or()
                self._expect(")")
                return inner
            return self._statement()
        finally:
            self._depth -= 1

    def _statement(self) -> Condition:
        column = self._column()
        left = self._operand()
        token = self._peek()
        if token is not None and token.text in ("==", "!=", "<", "<=", ">", ">="):
            self._at += 1
            return self._comparison(token, left, self._operand())
        if self._take("is"):
            is_not = self._take("not")
            known = self._take("known")
            if not known:
                self._expect("unknown")
            found: Condition = Knowledge(self._fact(left, column, "is known"))
            return found if known != is_not else Not(found)
        is_not = self._take("not")
        if self._take("in"):
            members: Condition = self._membership(self._fact(left, column, "in"))
            return Not(members) if is_not else members
        if self._take("contains"):
            holds: Condition = self._containment(self._fact(left, column, "contains"))
            return Not(holds) if is_not else holds
        if is_not:
            raise self._error("behind `not` stands `in [...]` or `contains`")
        if left.type != "flag":
            raise ExpressionInvalid(f"{_shown(left)} is a {left.type}; compare it with something", column)
        return Truth(left)

    def _comparison(self, token: _Token, left: Operand, right: Operand) -> Condition:
        if left.type != right.type:
            raise ExpressionInvalid(
                f"{_shown(left)} is a {left.type} and {_shown(right)} a {right.type}; they cannot be compared",
                token.column,
            )
        if token.text not in ("==", "!=") and left.type not in ("number", "date"):
            raise ExpressionInvalid(f"{token.text} compares numbers and dates, not a {left.type}", token.column)
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Name) and isinstance(other, Constant):
                _check_value(one.fact, other, token.column)
        if isinstance(left, Constant) and isinstance(right, Constant):
            raise ExpressionInvalid("a comparison names a fact", token.column)
        return Comparison(token.text, left, right)  # type: ignore[arg-type]

    def _membership(self, left: Name) -> Membership:
        self._expect("[")
        values: list[Constant] = []
        while True:
            column = self._column()
            value = self._operand()
            if not isinstance(value, Constant) or value.type != left.type:
                raise ExpressionInvalid(f"the list of {left.fact.name} holds {left.type}s only", column)
            _check_value(left.fact, value, column)
            values.append(value)
            if not self._take(","):
                break
        self._expect("]")
        return Membership(left, tuple(values))

    def _containment(self, left: Name) -> Containment:
        column = self._column()
        part = self._operand()
        if left.type != "text" or not isinstance(part, Constant) or not isinstance(part.value, str) or not part.value:
            raise ExpressionInvalid("`contains` looks for a quoted text in a text", column)
        return Containment(left, part.value)

    def _operand(self) -> Operand:
        token = self._peek()
        if token is None:
            raise self._error("the condition ends where a fact or a value is expected")
        self._at += 1
        if token.kind == "number":
            return Constant(Decimal(token.text), "number")
        if token.kind == "text":
            return Constant(re.sub(r"\\(.)", r"\1", token.text[1:-1]), "text")
        if token.kind == "date":
            try:
                return Constant(date.fromisoformat(token.text), "date")
            except ValueError:
                raise ExpressionInvalid(f"{token.text} is no day", token.column) from None
        if token.text in ("true", "false"):
            return Constant(token.text == "true", "flag")
        if token.kind != "name" or token.text in _WORDS:
            raise ExpressionInvalid(f"a fact or a value is expected, found {token.text!r}", token.column)
        fact = self._facts.get(token.text)
        if fact is None:
            raise ExpressionInvalid(f"there is no fact {token.text!r}{_near(token.text, self._facts)}", token.column)
        return Name(fact)

    def _fact(self, operand: Operand, column: int, word: str) -> Name:
        if not isinstance(operand, Name):
            raise ExpressionInvalid(f"before `{word}` stands a fact", column)
        return operand

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _column(self) -> int:
        token = self._peek()
        return self._end if token is None else token.column

    def _take(self, text: str) -> bool:
        token = self._peek()
        if token is None or token.kind == "text" or token.text != text:
            return False
        self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._take(text):
            token = self._peek()
            raise self._error(f"expected {text!r}, found {'the end' if token is None else repr(token.text)}")

    def _error(self, message: str) -> ExpressionInvalid:
        return ExpressionInvalid(message, self._column())


def _check_value(fact: Fact, literal: Constant, column: int) -> None:
    if fact.values and literal.value not in fact.values:
        raise ExpressionInvalid(
            f"{fact.name} is never {literal.value!r}; it is one of {', '.join(fact.values)}", column
        )


def _shown(operand: Operand) -> str:
    return operand.fact.name if isinstance(operand, Name) else repr(str(operand.value))


def _near(name: str, facts: Mapping[str, Fact]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, facts, n=1)
    return f"; did you mean {near[0]}?" if near else "; `kefu policy facts` lists them"
