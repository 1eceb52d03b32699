"""What a document says about itself: YAML at the head of Markdown, meta tags of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import yaml

from index.types import Language
from ingest.blocks import Metadata
from ingest.cleaning import clean_line
from ingest.errors import DocumentDamaged

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY_LINE = re.compile(r"^(?:title|language|lang|valid_from|valid_to|access)[ \t]*:", re.MULTILINE)
_LONGEST = 16 * 1024
_CHINESE_DATE = re.compile(r"(\d{4})\s*[年/.]\s*(\d{1,2})\s*[月/.]\s*(\d{1,2})\s*日?")


def split_front_matter(text: str) -> tuple[Metadata, str]:
    """Metadata and the rest of `text`; empty metadata and all of it when it has no front matter.

    Raises:
        DocumentDamaged: there is front matter that cannot be read. A guess would be unsafe: `access` may be in it.
    """
    match = _FRONT.match(text)
    if match is None or len(match.group(1)) > _LONGEST:
        return Metadata(), text
    try:
        values = yaml.safe_load(match.group(1))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if not _KEY_LINE.search(match.group(1)):
            return Metadata(), text
        if isinstance(error, ValueError):
            raise DocumentDamaged(f"A date in the front matter is no date ({error}); correct it.") from error
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 2})" if mark is not None else ""
        raise DocumentDamaged(f"The front matter is not valid YAML{place}; correct it and try again.") from error
    if not isinstance(values, dict):
        return Metadata(), text
    return metadata_of(values), text[match.end() :]


def metadata_of(values: Mapping[Any, Any]) -> Metadata:
    """Metadata from named values; other names are ignored.

    Raises:
        DocumentDamaged: a date is no date, the dates are the wrong way round, or `access` is no list of labels.
    """
    valid_from, valid_to = _date(values, "valid_from"), _date(values, "valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        raise DocumentDamaged(f"valid_to ({valid_to}) lies before valid_from ({valid_from}); correct the dates.")
    title = values.get("title")
    language = values.get("language") or values.get("lang")
    return Metadata(
        title=clean_line(str(title)) if title is not None else "",
        language=language_of(str(language)) if language else None,
        valid_from=valid_from,
        valid_to=valid_to,
        access=_labels(values.get("access")),
    )


def language_of(tag: str) -> Language | None:
    """zh or en for a language tag (zh-CN, zh_TW, en-GB); None for others."""
    tag = tag.strip().lower()
    if tag.startswith(("zh", "cmn")):
        return "zh"
    return "en" if tag.startswith("en") else None


def _date(values: Mapping[Any, Any], name: str) -> date | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _CHINESE_DATE.fullmatch(str(value).strip())
    try:
        if found:
            year, month, day = (int(part) for part in found.groups())
            return date(year, month, day)
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise DocumentDamaged(f"{name} is no date: {str(value)[:40]!r}; write it as 2026-03-01.") from error


def _labels(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    labels = re.split(r"[,，;；\s]+", value) if isinstance(value, str) else value
    if not isinstance(labels, list | tuple) or not all(isinstance(label, str | int) for label in labels):
        raise DocumentDamaged("access is no list of labels; write it as access: [staff].")
    return tuple(dict.fromkeys(str(label).strip() for label in labels if str(label).strip()))
