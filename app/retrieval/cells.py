"""A long row of a table, cell by cell: the catalogue's row of an article answers with its price, not with itself.

Rows are cited in runs of neighbouring cells. Once a row is found that is enough to say where the answer is, and too
much to be the answer: the cells that name the article are always nearest to a question about it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from index.text.normalize import fold
from index.types import Language, Passage, Span

_NEXT = re.compile(r"(?:；|; )(?=[^；;:：\n]{1,40}: )")
"""Between two cells, and between the named values of one cell."""
_NAMES = re.compile(
    r"(?:\w*[ _])?(?:id|sku|spu|code|no|name|title|model|product|item)(?:[ _]\w+)?: "
    r"|[^:：]*(?:编号|编码|货号|条码|型号|名称|品名|商品|标题): ",
    re.IGNORECASE,
)
_ROW = re.compile(r"\s*(?:[-*•·]\s*)?[^：:；;。\n]{1,40}: [^；;。\n]{1,60}[；;].*: ", re.DOTALL)
_CELL = re.compile(r"(?P<name>[^：:]{1,40}): (?P<value>.{1,60})", re.DOTALL)
_IN_LANGUAGE = re.compile(
    r"(?P<name>[^:：]{1,40}?)[\s_（(-]*(?P<language>zh|cn|en|english|chinese|中文|英文)[）)]?: ", re.IGNORECASE
)
_SHORTEST_KEY = 2
_BETWEEN_KEYS = re.compile(r"[、，,/|]|\s+(?:and|or)\s+|[和及或]")
_HAS_DIGIT = re.compile(r"\d")
_LONG = 3
"""Runs of cells that a row is cited in; a shorter row is an answer as it is."""
_FOR_THINGS = re.compile(
    r"有没有|有无|有卖|卖不卖|卖.{0,12}吗|哪(?:一)?(?:款|种|个|些|台|双|件)|什么(?:款|型号|牌子|商品|产品)|推荐|^有.{1,20}[吗么]"
    r"|\b(?:which|recommend|do you (?:have|sell|stock|carry)|have you got|is there an?|are there any|any)\b",
    re.IGNORECASE,
)


def asks_for_things(question: str) -> bool:
    """Whether a question looks for articles: their names are its answer."""
    return _FOR_THINGS.search(question) is not None


def is_row_asked_for(question: str, sentence: str) -> bool | None:
    """Whether a sentence is the row of a table that a question names by a code or a size: E3, 250 mm, UK 9.

    The first cell is what a row is found by, or the name and the value of another one. None for what is no row that
    could be named so.
    """
    if _ROW.match(sentence) is None:
        return None
    asked = fold(question)
    cells = [_CELL.fullmatch(sentence[start:end].strip(" ；;。\n-*•·")) for start, end in _cells(sentence)]
    named = [(fold(cell["name"]).strip(), fold(cell["value"]).strip()) for cell in cells if cell is not None]
    if not named or not _HAS_DIGIT.search(named[0][1]):
        return None
    return any(_is_in(key, asked) for key in _BETWEEN_KEYS.split(named[0][1])) or any(
        _is_in(f"{name} {value}", asked) for name, value in named
    )


def _is_in(key: str, text: str) -> bool:
    key = key.strip()
    if len(key) < _SHORTEST_KEY or not _HAS_DIGIT.search(key):
        return False
    return re.search(rf"(?<![a-z0-9.]){re.escape(key)}(?![a-z0-9]|\.\d)", text) is not None


def by_cells(passage: Passage) -> Passage | None:
    """The row with its names as the first sentence and each other cell as one; None for a short row, or no row."""
    if passage.location.row is None or len(passage.sentences) < _LONG or "\n" in passage.text:
        return None
    cells = _cells(passage.text)
    named = 1
    while named < len(cells) and _NAMES.match(passage.text, *cells[named]):
        named += 1
    if len(cells) - named < _LONG:
        return None
    return replace(passage, sentences=((cells[0][0], cells[named - 1][1]), *cells[named:]))


def said_twice(row: Passage, language: Language) -> frozenset[int]:
    """Of a row by cells the numbers of those in a language that stand in the other as well: name_en beside name_zh."""
    names = [_IN_LANGUAGE.match(row.sentence_text(number)) for number in range(len(row.sentences))]
    own = {match["name"] for match in names if match is not None and _language_of(match) != language}
    return frozenset(
        number
        for number, match in enumerate(names)
        if match is not None and _language_of(match) == language and match["name"] in own
    )


def _language_of(match: re.Match[str]) -> Language:
    return "en" if match["language"].lower() in {"en", "english", "英文"} else "zh"


def _cells(text: str) -> list[Span]:
    """Every character but spaces belongs to a cell; the mark behind a cell is its own."""
    ends = [match.start() + 1 for match in _NEXT.finditer(text)]
    starts = [match.end() for match in _NEXT.finditer(text)]
    return list(zip([0, *starts], [*ends, len(text)], strict=True))
