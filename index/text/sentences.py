"""Where sentences begin and end, in Chinese, English and mixtures of both."""

from __future__ import annotations

import re

from index.text.language import HAN
from index.types import Span

_LINE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_ENDER = re.compile(r"[。！？；｡!?;.…]+")
_CLOSERS = "\"'”’»›」』）)】〕］]》〉｝}*_`"
_PAIRS = re.compile(r"《[^《》]{0,120}》|（[^（）]{0,120}）|\([^()]{0,120}\)|【[^【】]{0,120}】|\[[^\[\]]{0,120}\]")
_URL = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u303f\uff00-\uffef" + HAN + r"]+", re.IGNORECASE)
_CJK = re.compile(f"[{HAN}\u3000-\u303f\uff00-\uffef“‘「『]")
_LABEL = r"(?:\d{1,3}(?:\.\d{1,3}){0,3}|[A-Za-z]|[ivxIVX]{1,5})"
_MARKER = re.compile(rf"\W*{_LABEL}\.")
_HAN_LABEL = "[一二三四五六七八九十]{1,3}"
_LONE_MARKER = re.compile(rf"\W*(?:{_LABEL}[.．、)）]|[（(](?:\d{{1,3}}|{_HAN_LABEL})[)）]|{_HAN_LABEL}[、.．])")
"""A list mark that stands in a line of its own."""
_LAST_WORD = re.compile(r"[A-Za-z](?:[A-Za-z.]*[A-Za-z])?$")
_VISIBLE = re.compile(r"\S")
_WORD_CHARACTER = re.compile(r"\w")

_NEVER_LAST = frozenset(
    str.split(
        "mr mrs ms dr prof st vs cf fig figs art arts sec secs vol vols pp p ca approx incl excl ref refs ver "
        "v para paras u.s u.k u.s.a e.g i.e eg ie viz resp max min avg tel ext dept al"
    )
)
"""Abbreviations that a sentence does not end with."""
_BEFORE_NUMBER = frozenset(str.split("no nos nr jan feb mar apr jun jul aug sep sept oct nov dec item cl ch eq"))
"""Abbreviations when a number follows; "No." alone is an answer."""

_LONGEST_ABBREVIATION = 8


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences of `text`, in order, in code points; [] for text without visible characters.

    A line end always ends a sentence. Closing quotes and brackets stay with the sentence that they close. Nothing is
    split inside 3.5, v1.2, web addresses, 《…》 and short brackets, after abbreviations or list markers ("1."). White
    space at the ends of a sentence belongs to none; every other character belongs to exactly one span. A span
    without any word (a line of dashes) is joined to the sentence before it, a mere list marker to the one behind it.
    """
    spans: list[Span] = []
    for line in _LINE.finditer(text):
        _split_line(text, line.start(), line.end(), spans)
    return _joined(text, spans)


def is_list_mark(text: str, start: int, end: int) -> bool:
    """Whether a span holds the mark of a list's item ("1.", "（一）") and nothing else."""
    return _LONE_MARKER.fullmatch(text, start, end) is not None


def _split_line(text: str, start: int, end: int, spans: list[Span]) -> None:
    closed = _closed(text, start, end)
    nearest = 0
    begin = start
    for ender in _ENDER.finditer(text, start, end):
        while nearest < len(closed) and closed[nearest][1] - 1 <= ender.start():
            nearest += 1
        if nearest < len(closed) and closed[nearest][0] < ender.start():
            continue
        stop = ender.end()
        while stop < end and text[stop] in _CLOSERS:
            stop += 1
        if stop < end and not _ends(text, begin, ender.start(), ender.end(), stop, end):
            continue
        _add(text, begin, stop, spans)
        begin = stop
    _add(text, begin, end, spans)


def _closed(text: str, start: int, end: int) -> list[Span]:
    """Spans of the line in which nothing is split, in order, not overlapping."""
    found = [match.span() for match in _PAIRS.finditer(text, start, end)]
    for match in _URL.finditer(text, start, end):
        bare = match.group().rstrip(".,;!?" + _CLOSERS)
        found.append((match.start(), match.start() + len(bare) + 1))
    merged: list[Span] = []
    for first, last in sorted(found):
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _ends(text: str, begin: int, first: int, last: int, stop: int, end: int) -> bool:
    """Whether the run of enders text[first:last], with its closers up to `stop`, ends the sentence from `begin`."""
    run = text[first:last]
    if any(char in "。！？；｡" for char in run):
        return True
    following = text[stop]
    if any(char in "!?;" for char in run):
        return following.isspace() or bool(_CJK.match(following))
    if not following.isspace():
        # "1.支持" is a list, "可以退货.请联系" two sentences.
        return "…" not in run and bool(_CJK.match(following)) and not text[first - 1 : first].isdigit()
    visible = _VISIBLE.search(text, stop, end)
    if visible is None:
        return True
    at = visible.start()
    if text[at].islower() and not text[at + 1 : at + 2].isupper():
        return False
    return not _is_abbreviation(text, begin, first, text[at])


def _is_abbreviation(text: str, begin: int, first: int, following: str) -> bool:
    if _MARKER.fullmatch(text, begin, first + 1):
        return True
    word = _LAST_WORD.search(text, max(begin, first - _LONGEST_ABBREVIATION), first)
    if word is None:
        return False
    name = word.group().lower()
    if name in _NEVER_LAST or (name in _BEFORE_NUMBER and (following.isdigit() or following == "#")):
        return True
    return len(name) == 1 and word.group().isupper() and following.isupper()


def _add(text: str, start: int, end: int, spans: list[Span]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _joined(text: str, spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and (_is_wordless(text, start, end) or _belongs_behind(text, *joined[-1])):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _is_wordless(text: str, start: int, end: int) -> bool:
    return _WORD_CHARACTER.search(text, start, end) is None


def _belongs_behind(text: str, start: int, end: int) -> bool:
    """Whether a span says nothing but what kind of thing the next one is."""
    return _is_wordless(text, start, end) or is_list_mark(text, start, end)
