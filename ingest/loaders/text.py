"""Plain text: headings and lists by the look of their lines."""

from __future__ import annotations

import re

from ingest.blocks import Extracted, Metadata, Outline
from ingest.cleaning import clean, clean_line
from ingest.encodings import decode
from ingest.front_matter import split_front_matter
from ingest.limits import Limits
from ingest.lines import LineJoiner, heading_level, heading_text, is_terminated, split_item

_UNDERLINE = re.compile(r"={3,}|-{3,}")
_TITLE_FIELD = re.compile(
    r"(?:【[^】]{0,6}(?:名称|标题|名稱|標題)】|(?:title|标题|標題)\s*[:：])\s*(\S.*)", re.IGNORECASE
)
_LONGEST_TITLE = 60


def load(data: bytes, _: Limits) -> Extracted:
    """Read a text file; front matter as in Markdown is understood."""
    decoded = decode(data)
    metadata, body = split_front_matter(decoded.text.replace("\r\n", "\n"))
    outline = Outline()
    for warning in decoded.warnings:
        outline.warn(warning)
    title = add_text(outline, body)
    title = title or _named_title(body)
    if title and not metadata.title:
        metadata = Metadata(title, metadata.language, metadata.valid_from, metadata.valid_to, metadata.access)
    return outline.finish(metadata)


def add_text(outline: Outline, text: str, *, titled: bool = True) -> str:
    """Add plain text to `outline`; the title that its first line gives, or "" (always when not `titled`)."""
    lines = clean(text).split("\n")
    joiner = LineJoiner(lines)
    title = _title(lines) if titled else ""
    paragraph: list[str] = []

    def flush() -> None:
        if not paragraph:
            return
        for line in joiner.join(paragraph):
            _add_line(outline, line)
        paragraph.clear()

    number = 0
    if title:
        number = next(at for at, line in enumerate(lines) if line) + 1
        outline.heading(1, title)
    while number < len(lines):
        line = lines[number]
        following = lines[number + 1] if number + 1 < len(lines) else ""
        level = heading_level(line)
        if _UNDERLINE.fullmatch(following) and line and len(line) <= _LONGEST_TITLE:
            flush()
            outline.heading(1 if following[0] == "=" else 2, line)
            number += 1
        elif level is not None:
            flush()
            outline.heading(level, heading_text(line))
        elif line:
            paragraph.append(line)
        else:
            flush()
        number += 1
    flush()
    return title


def _named_title(text: str) -> str:
    """A title that the first line names as one: "【文件名称】…", "标题：…"."""
    first = text.lstrip().split("\n", 1)[0]
    match = _TITLE_FIELD.match(first)
    return clean_line(match.group(1)) if match and len(match.group(1)) <= 2 * _LONGEST_TITLE else ""


def _add_line(outline: Outline, line: str) -> None:
    item = split_item(line)
    if item is None:
        outline.paragraph(line)
    else:
        outline.item(item[1], marker=item[0])


def _title(lines: list[str]) -> str:
    """The first line, when it is short, ends like no sentence and stands apart from what follows."""
    filled = [at for at, line in enumerate(lines) if line]
    if len(filled) < 2:
        return ""
    line = lines[filled[0]]
    following = lines[filled[0] + 1]
    apart = not following or _UNDERLINE.fullmatch(following) or heading_level(line) is not None
    plain = len(line) <= _LONGEST_TITLE and not is_terminated(line) and split_item(line) is None
    return heading_text(line) if apart and plain and not line.startswith("【") else ""
