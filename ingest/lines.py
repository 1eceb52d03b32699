"""What a line of plain text is (heading, list item, running text), and which lines are one broken line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.text.language import HAN
from ingest.cleaning import join_lines

_CN = "[一二三四五六七八九十百零〇两\\d]{1,6}"
_CHAPTER = re.compile(rf"第{_CN}(?P<kind>[编篇部章节節])(?:\s|$|[^条条款])")
_LEVELS = {"编": 1, "篇": 1, "部": 1, "章": 2, "节": 3, "節": 3}
_BRACKETED = re.compile(r"【[^【】]{1,30}】")
_HASHES = re.compile(r"(#{1,6})\s+(?=\S)")
_NUMBERED_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、\s*(?=\S)")
_DOTTED_HEADING = re.compile(r"\d{1,2}\.\d{1,2}(?:\.\d{1,2})?\s+(?=\S)")
_ITEM = re.compile(
    r"(?:[-*+•·●○■□◆◇▪‣–—➢✓✔]\s*(?=\S)|(?P<marker>\d{1,3}[.)）、](?!\d)|[（(][一二三四五六七八九十\d]{1,3}[）)]|[①-⑳]|[a-zA-Z][.)）](?=\s))\s*)"
)
_DASH_ITEM = re.compile(r"[-–—*+](?!\s)")
_ARTICLE = re.compile(rf"第{_CN}[条條款]")
_TERMINAL = re.compile(r"[。！？；：!?;:.…][\"'”’」』）)】\]]*$")
_FLOWS_ON = re.compile(r"[，、,（(《“「\-]$")
_CONTINUES = re.compile(r"[，。、；：！？）》”」』,.;:!?)a-z]")
_LONGEST_HEADING = 40
_HAN_END = re.compile(f"[{HAN}》”）]$")
_HAN_START = re.compile(f"[{HAN}《“（]")
_FIGURES = re.compile(r"[\d$#@=_/<>|]")
_MOST_JOINED = 12


def heading_level(line: str) -> int | None:
    """Level of a line that looks like a heading by itself (chapter, 【…】, "一、…", "# …"); None for others."""
    hashes = _HASHES.match(line)
    if hashes:
        return len(hashes.group(1))
    chapter = _CHAPTER.match(line)
    if chapter and len(line) <= _LONGEST_HEADING and not _TERMINAL.search(line):
        return _LEVELS[chapter.group("kind")]
    if _BRACKETED.fullmatch(line):
        return 3
    short = len(line) <= _LONGEST_HEADING and not _TERMINAL.search(line) and not re.search("[，,。]", line)
    if short and _NUMBERED_HEADING.match(line):
        return 4
    if short and _DOTTED_HEADING.match(line):
        return 5
    letters = [char for char in line if char.isalpha()]
    if len(letters) >= 4 and len(line) <= 2 * _LONGEST_HEADING and not _TERMINAL.search(line):
        shouted = all("A" <= char <= "Z" for char in letters)
        return 3 if shouted and not _FIGURES.search(line) else None
    return None


def heading_text(line: str) -> str:
    """The heading without the marks that make it one (# and 【】)."""
    if _BRACKETED.fullmatch(line):
        return line[1:-1]
    return _HASHES.sub("", line, count=1)


def split_item(line: str) -> tuple[str, str] | None:
    """Marker ("" for a bullet) and text of a list item; None for other lines."""
    match = _ITEM.match(line)
    if match is None or match.end() >= len(line):
        return None
    if match.group("marker") is None and _DASH_ITEM.match(line) and not line[1:2].isspace():
        return None  # "-5°C", "*注": a sign, not a bullet
    return match.group("marker") or "", line[match.end() :]


def starts_anew(line: str) -> bool:
    """Whether a line cannot be the rest of the line before it."""
    return heading_level(line) is not None or split_item(line) is not None or bool(_ARTICLE.match(line))


def is_terminated(line: str) -> bool:
    """Whether a line ends as a sentence or an introduction does."""
    return bool(_TERMINAL.search(line))


class LineJoiner:
    """Puts lines together that a fixed width or a copied page has broken in mid-sentence.

    `lines` is the whole text, from which it learns how wide lines run and whether sentences are ended by full stops
    at all: where they are not, a short line is a line of its own.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        widths = sorted(_width(line) for line in lines if line.strip())
        self._wrap = widths[int(len(widths) * 0.9)] if len(widths) >= 5 else 0
        near = sum(0.8 * self._wrap <= width <= 1.05 * self._wrap for width in widths)
        # Lines that were wrapped crowd below one width, and that width is one of a page or a screen.
        self._is_wrapped = 30 <= self._wrap <= 130 and near >= 0.35 * len(widths)
        full = [line for line in lines if len(line.strip()) > 12 and heading_level(line.strip()) is None]
        ended = sum(is_terminated(line.strip()) for line in full)
        self._ends_sentences = len(full) >= 3 and ended >= 0.5 * len(full)

    def join(self, lines: Sequence[str]) -> list[str]:
        """The lines of one paragraph, with broken ones put together."""
        joined: list[str] = []
        parts: list[str] = []
        flowing = False
        for number, line in enumerate(lines):
            line = line.strip()
            if not line:
                continue
            parts.append(line)
            following = lines[number + 1].strip() if number + 1 < len(lines) else ""
            flowing = bool(following) and self._goes_on(line, following, flowing and len(parts) < _MOST_JOINED)
            if not flowing:
                joined.append(_one_line(parts))
                parts = []
        if parts:
            joined.append(_one_line(parts))
        return joined

    def _goes_on(self, line: str, following: str, flowing: bool) -> bool:
        if _ARTICLE.fullmatch(line):
            return heading_level(following) is None
        if is_terminated(line):
            # A full width line may end with a full stop by chance; the paragraph then goes on after it.
            return self._is_wrapped and _width(line) >= 0.8 * self._wrap and not starts_anew(following)
        if starts_anew(following):
            return False
        if _CONTINUES.match(following) or _FLOWS_ON.search(line):
            return True
        if self._is_wrapped and _width(line) >= 0.7 * self._wrap:
            return True
        mid_sentence = "，" in line or flowing
        return bool(self._ends_sentences and mid_sentence and _HAN_END.search(line) and _HAN_START.match(following))


def _one_line(parts: list[str]) -> str:
    if len(parts) > 1 and _ARTICLE.fullmatch(parts[0]):
        return f"{parts[0]} {join_lines(parts[1:])}"
    return join_lines(parts)


def _width(line: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in line.strip())
