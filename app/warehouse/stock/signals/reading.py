"""Reads complaints about goods out of free text, Chinese and English, by rules; each with the words that say it.

A clause complains when it names what went wrong and does not deny it (没有破损, "nothing was missing"), suppose it
(万一碎了怎么办, "if it arrives broken"), ask for it not to happen (别发错了) or ask what would be (会不会漏). What the
rules do not know is not a complaint: a signal is a reason to look, so silence is better than an invention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast, get_args

from app.warehouse.stock.signals import patterns

Kind = Literal["wrong_item", "damaged", "missing", "out_of_stock", "defective"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""wrong_item 错发, damaged 破损, missing 少件, out_of_stock 缺货, defective 不能用."""

_CLAUSE = re.compile(r"[^，。！？；!?;\n]+[？?]?|[^\s]")
_EN_CLAUSE = re.compile(r"[,.](?=\s|$)|\b(?:but|although|though)\b", re.IGNORECASE)
_ZH_TURN = re.compile(r"但是|但|不过|可是|只是|就是(?!说)|然而")

_SENTENCE = re.compile(r"[^。！？!?\n]+[？?]?")
_ZH, _EN = (
    {kind: re.compile("|".join(table[kind]), re.IGNORECASE) for kind in table} for table in (patterns.ZH, patterns.EN)
)
_WIDE, _ASKED_FOR = (
    {kind: re.compile("|".join(table[kind]), re.IGNORECASE) for kind in table}
    for table in (patterns.WIDE, patterns.ASKED_FOR)
)
_ZH_DENIED, _ZH_SUPPOSED, _ZH_ASKED = map(re.compile, (patterns.ZH_DENIED, patterns.ZH_SUPPOSED, patterns.ZH_ASKED))
_EN_DENIED, _EN_SUPPOSED, _EN_ASKED, _EN_NEGATING = (
    re.compile(text, re.IGNORECASE)
    for text in (patterns.EN_DENIED, patterns.EN_SUPPOSED, patterns.EN_ASKED, patterns.EN_NEGATING)
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A complaint in a text."""

    kind: Kind
    start: int
    """Code points; `quote` is `text[start:end]`."""
    end: int
    quote: str
    """The clause that complains."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def read_complaints(text: str) -> list[Mention]:
    """In the order of the text, each kind once a clause; [] where nothing is complained of."""
    found: list[Mention] = []
    for start, end in _clauses(text):
        clause = text[start:end]
        found += [Mention(kind, start, end, clause) for kind in KINDS if _complains(kind, clause)]
    for sentence in _SENTENCE.finditer(text):
        start, whole = sentence.start(), sentence[0].strip()
        start += sentence[0].find(whole)
        for kind, pattern in _WIDE.items():
            span = (start, start + len(whole))
            is_said = any(one.kind == kind and span[0] <= one.start < span[1] for one in found)
            match = None if is_said else pattern.search(whole)
            if match is not None and not _is_supposed(whole, match.start()):
                found.append(Mention(cast(Kind, kind), *span, whole))
    return sorted(_without_echo(found), key=lambda one: (one.start, one.end))


def _without_echo(found: Sequence[Mention]) -> list[Mention]:
    """What arrived broken is damaged; that it does not work then needs no second signal."""
    damaged = {(one.start, one.end) for one in found if one.kind == "damaged"}
    return [one for one in found if one.kind != "defective" or (one.start, one.end) not in damaged]


def _clauses(text: str) -> list[tuple[int, int]]:
    """Stretches that are denied or supposed as one, trimmed."""
    spans = []
    for sentence in _CLAUSE.finditer(text):
        cuts = [0]
        for turn in (*_EN_CLAUSE.finditer(sentence[0]), *_ZH_TURN.finditer(sentence[0])):
            cuts.append(turn.start())
        for begin, finish in zip(sorted(cuts), [*sorted(cuts)[1:], len(sentence[0])], strict=True):
            part = sentence[0][begin:finish]
            left = len(part) - len(part.lstrip(" \t\r,."))
            right = len(part.rstrip(" \t\r,."))
            if right > left:
                spans.append((sentence.start() + begin + left, sentence.start() + begin + right))
    return spans


def _complains(kind: Kind, clause: str) -> bool:
    if kind in _ASKED_FOR and _ASKED_FOR[kind].search(clause):
        return True
    return any(_is_zh_complaint(clause, match) for match in _ZH[kind].finditer(clause)) or any(
        _is_en_complaint(clause, match) for match in _EN[kind].finditer(clause)
    )


def _is_zh_complaint(clause: str, match: re.Match[str]) -> bool:
    if _ZH_DENIED.search(clause[: match.start()].rstrip()) or _ZH_SUPPOSED.search(clause):
        return False
    return not _ZH_ASKED.search(clause.rstrip())


def _is_en_complaint(clause: str, match: re.Match[str]) -> bool:
    before = clause[: match.start()]
    if not _EN_NEGATING.match(match[0]) and _EN_DENIED.search(before):
        return False
    return not _EN_SUPPOSED.search(before) and not _EN_ASKED.search(clause)


def _is_supposed(sentence: str, start: int) -> bool:
    return bool(_ZH_SUPPOSED.search(sentence) or _EN_SUPPOSED.search(sentence[:start]) or _EN_ASKED.search(sentence))
