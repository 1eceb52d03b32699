"""The main points of a document in its own words: of each section what it says first, as far as there is room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from app.domain import Evidence
from app.retrieval.whole_rules import begins_line, goes_on, is_item, leads_in, says_little
from index.text.normalize import fold, width
from index.text.questions import asks
from index.types import Passage

_WIDEST = 240
"""Of one point; a Chinese character counts as two."""
_ROWS = 12
"""A document of more passages that are rows of a table than this, and little else, is a catalogue: its first rows are
no summary."""
_ROW = re.compile(r"[^：:；;。\n]{1,40}: ")
_OF_ITSELF = re.compile(
    r"(?:文件|文档|版本|制度|规则)(?:编号|号)|版本号|^(?:版本|编号|发布日期|生效日期|更新日期|修订)|起?(?:施行|生效|执行|实施)(?!后)"
    r"|(?:本|此)(?:规则|文件|说明|章程|政策|版本|版|条款|须知|办法|制度)|\d{4}年?版|旧版|新版|^(?:该|此|上述|前述|其|但|但是|不过|否则|因此|同时|此外)"
    r"|\b(?:document|version|revision)\s+(?:no\.?\s*)?[A-Z]{1,5}[-–]?\d|\b\d{4}\s+(?:version|edition)|\beffective\b|\bin\s+force\b"
    r"|\blast\s+(?:updated|reviewed|revised)|\bthis\s+(?:document|policy|notice|page|version|guide|manual|leaflet|statement)"
    r"|^(?:it|they|this|that|these|those|such|however|but|otherwise|therefore|also)\b|\bthat\s+(?:day|date)\b",
    re.IGNORECASE,
)
"""What a document says of itself or of what stood before, which says nothing to who has not read it."""
_HEADING_NUMBER = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})*[.、)）]?\s+|\d{1,2}[、.)）]\s*|[一二三四五六七八九十]{1,3}、\s*|第[一二三四五六七八九十]{1,3}[章节条]\s*)"
)


@dataclass(frozen=True, slots=True)
class Length:
    """How much is told of a document."""

    points: int = 7
    width: int = 1000
    """Of all points; a Chinese character counts as two."""


WHOLE = Length()


def main_points(passages: Sequence[Passage], length: Length = WHOLE) -> list[Evidence]:
    """Sentences, lists and rows, in the order of the document; none of one that is but a long table.

    Each section gives its first point, then each its second while there is room.
    """
    rows = sum(passage.location.row is not None for passage in passages)
    if rows > _ROWS and 2 * rows > len(passages):
        return []
    sections: dict[str, list[Evidence]] = {}
    for passage in passages:
        sections.setdefault(passage.location.heading or "", []).extend(_points(passage))
    taken: list[Evidence] = []
    room = length.width
    for point in filter(None, chain.from_iterable(zip_longest(*sections.values()))):
        wide = width(point.quote)
        if len(taken) < length.points and wide <= room:
            taken.append(point)
            room -= wide
    places = {passage.passage_id: at for at, passage in enumerate(passages)}
    return sorted(taken, key=lambda item: (places[item.passage.passage_id], item.first))


def section_of(passage: Passage) -> str:
    """The heading right above a passage without its number; "" for none but the title."""
    heading = (passage.location.heading or "").split(" > ")[-1].strip()
    bare = _HEADING_NUMBER.sub("", heading)
    return "" if bare == passage.title or passage.title.startswith(bare) else bare


def _points(passage: Passage) -> Iterator[Evidence]:
    """What of a passage may be said by itself: a sentence, or of a table or a list as much as there is room for."""
    number, count = 0, len(passage.sentences)
    while number < count:
        first, kind = number, _kind(passage, number)
        point = Evidence(0, passage, first, _end(passage, first), 1.0)
        number = point.last + 1
        is_whole = True
        while kind is not None and number < count and _kind(passage, number) == kind:
            longer = replace(point, last=_end(passage, number))
            is_whole = is_whole and width(longer.quote) <= _WIDEST
            point = longer if is_whole else point  # the rest of a list is no point of its own
            number = longer.last + 1
        if not (asks(passage, first) or says_little(point.quote) or leads_in(point.quote) or _tells_nothing(point)):
            yield point


def _end(passage: Passage, number: int) -> int:
    """The last of the clauses that belong to a sentence."""
    while number + 1 < len(passage.sentences) and goes_on(passage, number):
        number += 1
    return number


def _kind(passage: Passage, number: int) -> str | None:
    """Of a line that is one of several of its kind: an item, a row, one of a list without marks; None for others."""
    if not begins_line(passage, number):
        return None
    if is_item(passage, number):
        return "item"
    text = passage.text[passage.sentences[number][0] : passage.sentences[_end(passage, number)][1]]
    if _ROW.match(text):
        return "row"
    return "line" if text.rstrip().endswith(("；", ";")) else None


def _tells_nothing(point: Evidence) -> bool:
    passage, text = point.passage, point.quote
    return bool(_OF_ITSELF.search(text)) or fold(text).strip(" 。.") in fold(
        f"{passage.title}\n{passage.location.heading or ''}"
    )
