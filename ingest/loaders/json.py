"""JSON and JSON Lines: questions with answers, titled texts, and records of any other shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.blocks import Extracted, Metadata, Outline
from ingest.encodings import decode
from ingest.errors import DocumentDamaged, DocumentTooLarge
from ingest.faq import pair_columns
from ingest.limits import Limits
from ingest.loaders.text import add_text

_TITLES = ("title", "name", "heading", "标题", "名称", "標題", "名稱")
_TEXTS = ("text", "content", "body", "description", "正文", "内容", "內容")
_DEEPEST = 40


def load(data: bytes, limits: Limits) -> Extracted:
    """Read one JSON value, or one a line.

    Raises:
        DocumentDamaged: neither; the message names the place.
        DocumentTooLarge: more records than `limits.max_rows`, or nested too deeply.
    """
    decoded = decode(data)
    outline = Outline()
    for warning in decoded.warnings:
        outline.warn(warning)
    reader = _Reader(outline, limits)
    values = list(_values(decoded.text))
    title = ""
    if len(values) == 1 and isinstance(values[0], dict):
        title = next((str(values[0][name]) for name in _TITLES if isinstance(values[0].get(name), str)), "")
    for number, value in enumerate(values, start=1):
        reader.add(value, row=number if len(values) > 1 else None)
    return outline.finish(Metadata(title=title))


def _values(text: str) -> Iterator[Any]:
    try:
        yield json.loads(text)
        return
    except RecursionError as error:
        raise DocumentTooLarge("The JSON is nested too deeply.") from error
    except json.JSONDecodeError as error:
        whole = error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    for number, line in lines:
        try:
            yield json.loads(line)
        except RecursionError as error:
            raise DocumentTooLarge(f"The JSON in line {number} is nested too deeply.") from error
        except json.JSONDecodeError as error:
            # A file whose first line is no JSON value was meant as one value.
            place = whole if number == lines[0][0] else error
            line_number = whole.lineno if number == lines[0][0] else number
            raise DocumentDamaged(f"Not valid JSON: {place.msg} in line {line_number}.") from error


class _Reader:
    def __init__(self, outline: Outline, limits: Limits) -> None:
        self._outline, self._limits = outline, limits
        self._records = 0

    def add(self, value: Any, *, row: int | None = None, depth: int = 1) -> None:
        """Add a value by its shape."""
        if depth > _DEEPEST:
            raise DocumentTooLarge(f"The JSON is nested more than {_DEEPEST} levels deep.")
        if isinstance(value, Mapping):
            self._object(value, row, depth)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for number, element in enumerate(value, start=1):
                self.add(element, row=number, depth=depth + 1)
        elif value is not None:
            self._outline.paragraph(_shown(value))

    def _object(self, value: Mapping[str, Any], row: int | None, depth: int) -> None:
        self._records += 1
        if self._records > self._limits.max_rows:
            raise DocumentTooLarge(f"More than {self._limits.max_rows:,} records; split the file into smaller ones.")
        names = list(value)
        pair = pair_columns(names)
        if pair is not None and all(_is_flat(value[names[at]]) for at in pair):
            more = [(name, _shown(value[name])) for at, name in enumerate(names) if at not in pair]
            self._outline.question(_shown(value[names[pair[0]]]), _shown(value[names[pair[1]]]), more=more, row=row)
            return
        title = next((name for name in _TITLES if isinstance(value.get(name), str) and value[name].strip()), None)
        text = next((name for name in _TEXTS if isinstance(value.get(name), str) and "\n" in value[name]), None)
        if text is None and title is not None and set(names) <= {title, *_TEXTS, "_id", "id", "url"}:
            text = next((name for name in _TEXTS if isinstance(value.get(name), str)), None)
        if title is not None and text is not None:
            self._outline.heading(depth, value[title])
            add_text(self._outline, value[text], titled=False)
            names = [name for name in names if name not in (title, text, "_id", "id")]
            self._fields({name: value[name] for name in names}, row, depth)
            self._outline.close_headings(depth - 1)
            return
        self._fields(value, row, depth)

    def _fields(self, value: Mapping[str, Any], row: int | None, depth: int) -> None:
        """Flat fields as one record, nested ones below a heading of their name."""
        flat = [(name, _shown(field)) for name, field in value.items() if _is_flat(field)]
        if flat:
            self._outline.record(flat, row=row)
        for name, field in value.items():
            if not _is_flat(field):
                self._outline.heading(depth, name)
                self.add(field, depth=depth + 1)
                self._outline.close_headings(depth - 1)


def _is_flat(value: Any) -> bool:
    if isinstance(value, Mapping):
        return False
    if isinstance(value, list):
        return all(not isinstance(element, Mapping | list) for element in value) and len(str(value)) <= 300
    return True


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "、".join(_shown(element) for element in value)
    return str(value) if not isinstance(value, Mapping) else json.dumps(value, ensure_ascii=False)
