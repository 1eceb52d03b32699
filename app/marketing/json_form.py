"""Requests for copy as JSON, from lines of a batch and from HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.marketing.errors import CopyInputInvalid
from app.marketing.values import CopyLanguage, CopyRequest, Fact, Reader

_LANGUAGES: Mapping[str, CopyLanguage] = {
    "zh": "zh", "zh-cn": "zh", "zh-hans": "zh", "cn": "zh", "chinese": "zh", "中文": "zh", "简体中文": "zh",
    "en": "en", "en-us": "en", "en-gb": "en", "english": "en", "英文": "en", "英语": "en",
}  # fmt: skip


def request_of(fields: Mapping[str, Any], *, default_channel: str = "detail") -> CopyRequest:
    """From {"attributes" | "product_id", "channel", "audience", "language", "facts", "variants"}.

    `attributes` is a list of {"name", "value"} or an object of names and values; `facts` are such or sentences; a
    value may be a list. Raises `CopyInputInvalid`.
    """
    product_id = _text(fields, "product_id")
    attributes, facts = _facts(fields.get("attributes"), "attributes"), _facts(fields.get("facts"), "facts")
    if product_id is None and not attributes and not facts:
        raise CopyInputInvalid('There is nothing to write about: give "attributes", "facts" or "product_id".')
    variants = fields.get("variants", 2)
    if isinstance(variants, bool) or not isinstance(variants, int):
        raise CopyInputInvalid('"variants" is a whole number.')
    return CopyRequest(
        channel=_text(fields, "channel") or default_channel,
        language=_language(fields),
        attributes=attributes,
        facts=facts,
        product_id=product_id,
        reader=_reader(fields.get("audience")),
        variants=variants,
    )


def _language(fields: Mapping[str, Any]) -> CopyLanguage | None:
    given = _text(fields, "language")
    if given is None:
        return None
    language = _LANGUAGES.get(given.strip().lower().replace("_", "-"))
    if language is None:
        raise CopyInputInvalid(f"There is no language {given[:20]!r}; it is zh or en.")
    return language


def _reader(given: Any) -> Reader:
    if given is None or isinstance(given, str):
        return Reader(given or "")
    if isinstance(given, Mapping):
        return Reader(_text(given, "segment") or "", _text(given, "customer_id"))
    raise CopyInputInvalid('"audience" is a text, or {"segment": …, "customer_id": …}.')


def _facts(given: Any, name: str) -> tuple[Fact, ...]:
    if given is None:
        return ()
    if isinstance(given, Mapping):
        given = [{"name": key, "value": value} for key, value in given.items()]
    if not isinstance(given, list | tuple):
        raise CopyInputInvalid(f'"{name}" is a list of {{"name": …, "value": …}}.')
    found: list[Fact] = []
    for item in given:
        if isinstance(item, str) and name == "facts":
            found.append(Fact("", item))
            continue
        if not isinstance(item, Mapping) or not isinstance(item.get("name"), str) or "value" not in item:
            raise CopyInputInvalid(f'Each of "{name}" is {{"name": …, "value": …}}.')
        found += [Fact(item["name"], value) for value in _values(item["value"], item["name"])]
    return tuple(found)


def _values(value: Any, name: str) -> list[str]:
    if isinstance(value, list | tuple):
        return [text for part in value for text in _values(part, name)]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise CopyInputInvalid(f"The value of {name[:30]!r} is neither a text nor a number.")
    return [str(value)]


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise CopyInputInvalid(f'"{name}" is a text.')
    return value
