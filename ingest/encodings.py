"""Bytes of a text file as text: which encoding they are in, without asking the user."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.text.language import HAN
from ingest.errors import DocumentEncodingUnknown

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SUPERSETS = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "x-gbk": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
}
"""Pages that claim the old standard use its successor."""
_PLAUSIBLE = re.compile(
    f"[\n\r\t -~\u00a0-\u024f\u2010-\u2044\u2190-\u22ff\u2460-\u25ff\u3000-\u30ff\uff00-\uffef{HAN}]"
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_WESTERN = re.compile(rb"(?:[\x09-\x7e]+[\x80\x85\x91-\x97\x99\xa0-\xff]?)+")
"""Letters with accents between ASCII ones, never two together."""
_SAMPLE = 64 * 1024
_REPLACEABLE = 0.02
"""Share of broken characters, among those that are not ASCII, up to which a text counts as damaged UTF-8."""
_SURE = 0.85


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and where it came from."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """The text of `data`; a byte order mark is left out.

    In order: the byte order mark, UTF-16 by its look, UTF-8, the `declared` encoding (an HTML meta tag), GB18030 and
    Big5 by how common the characters would be, UTF-8 with a few broken places (replaced by U+FFFD, with a warning that
    names the first), and what charset-normalizer finds. "" for no bytes.

    Raises:
        DocumentEncodingUnknown: nothing fits, or the bytes are no text at all.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _with_replacements(data[len(mark) :], encoding)
    if b"\x00" in data[:_SAMPLE] or _may_be_utf16(data):
        wide = _utf16(data)
        if wide is not None:
            return wide
        if b"\x00" in data[:_SAMPLE]:
            raise DocumentEncodingUnknown("The file holds binary data, not text; save it as UTF-8 text.")
    try:
        return Decoded(_checked(data.decode("utf-8")), "utf-8")
    except UnicodeDecodeError:
        pass
    return _legacy(data, declared)


def _legacy(data: bytes, declared: str | None) -> Decoded:
    if declared:
        found = _strict(data, _SUPERSETS.get(declared.strip().lower(), declared.strip().lower()))
        if found is not None:
            return found
    damaged = _damaged_utf8(data)
    if damaged is not None:
        return damaged
    scores = {"gb18030": _gb_score(data), "big5hkscs": _big5_score(data)}
    for encoding in sorted(scores, key=lambda name: -scores[name]):
        if scores[encoding] >= _SURE:
            found = _strict(data, encoding) or _mostly(data, encoding)
            if found is not None:
                return found
    found = _strict(data, "cp1252") if _WESTERN.fullmatch(data[:_SAMPLE]) else None
    found = found or _normalizer(data)
    if found is not None:
        return found
    for encoding in sorted(scores, key=lambda name: -scores[name]):
        found = _strict(data, encoding) if scores[encoding] >= 0.5 else None
        if found is not None:
            return found
    raise DocumentEncodingUnknown("The bytes are text in no known encoding; save the file as UTF-8 and try again.")


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding), encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _mostly(data: bytes, encoding: str) -> Decoded | None:
    found = _with_replacements(data, encoding)
    wide = sum(ord(char) > 0x7F for char in found.text)
    return found if found.text.count("\ufffd") <= max(1, wide * _REPLACEABLE) else None


def _with_replacements(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    # A text may hold U+FFFD of its own; only what this decoding put there is news.
    own = data.count("\ufffd".encode(encoding)) if "\ufffd" in text and encoding.startswith("utf") else 0
    broken = text.count("\ufffd") - own
    if broken <= 0:
        return Decoded(text, encoding)
    at = text.index("\ufffd")
    line = text.count("\n", 0, at) + 1
    places = "1 place" if broken == 1 else f"{broken} places"
    warning = f"{places} could not be read as {encoding.upper()} and became \ufffd, the first in line {line}."
    return Decoded(text, encoding, (warning,))


def _damaged_utf8(data: bytes) -> Decoded | None:
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    wide = sum(ord(char) > 0x7F for char in text[: 4 * _SAMPLE]) - text[: 4 * _SAMPLE].count("\ufffd")
    return _with_replacements(data, "utf-8") if wide >= 20 and broken <= max(1, wide * _REPLACEABLE) else None


def _may_be_utf16(data: bytes) -> bool:
    """Whether bytes without NUL may still be UTF-16: Chinese without a single ASCII character."""
    if len(data) < 4 or len(data) % 2:
        return False
    try:
        data[:_SAMPLE].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start < min(len(data), _SAMPLE) - 3 and (b"\n\x00" in data or b"\x00\n" in data)
    return False


def _utf16(data: bytes) -> Decoded | None:
    best: tuple[float, Decoded] | None = None
    for encoding in ("utf-16-le", "utf-16-be"):
        whole = data[: len(data) - len(data) % 2]
        found = _strict(whole, encoding)
        if found is None or not found.text:
            continue
        sample = found.text[:_SAMPLE]
        score = len(_PLAUSIBLE.findall(sample)) / len(sample)
        if score >= 0.9 and (best is None or score > best[0]):
            best = (score, found)
    return best[1] if best else None


def _checked(text: str) -> str:
    """`text`, unless it is binary data that happens to be valid."""
    sample = text[:_SAMPLE]
    if sample and len(_CONTROLS.findall(sample)) > max(2, 0.02 * len(sample)):
        raise DocumentEncodingUnknown("The file holds control characters, not text; save it as UTF-8 text.")
    return text


def _gb_score(data: bytes) -> float:
    """Share of the two-byte characters that are common in simplified Chinese (GB 2312 level 1 and its signs)."""
    good, total = 0.0, 0
    for lead, trail in _pairs(data, four=True):
        total += 1
        if trail >= 0xA1 and (lead in (0xA1, 0xA3) or 0xB0 <= lead <= 0xD7):
            good += 1
        elif trail >= 0xA1 and 0xD8 <= lead <= 0xF7:
            good += 0.5
    return good / total if total else 0.0


def _big5_score(data: bytes) -> float:
    """Share of the two-byte characters that are common in traditional Chinese (Big5 level 1 and its signs)."""
    good, total = 0.0, 0
    for lead, trail in _pairs(data, four=False):
        total += 1
        if not (0x40 <= trail <= 0x7E or trail >= 0xA1):
            continue
        if 0xA4 <= lead <= 0xC6 or (lead == 0xA1 and trail < 0xFF):
            good += 1
        elif 0xC9 <= lead <= 0xF9:
            good += 0.3
    return good / total if total else 0.0


def _pairs(data: bytes, *, four: bool) -> Iterable[tuple[int, int]]:
    """Lead and trail byte of each character beyond ASCII; with `four`, GB18030's four-byte ones are passed over."""
    at, end = 0, min(len(data), _SAMPLE) - 1
    while at < end:
        lead = data[at]
        if lead < 0x81:
            at += 1
            continue
        trail = data[at + 1]
        if four and 0x30 <= trail <= 0x39:
            at += 4
            continue
        yield lead, trail
        at += 2 if trail >= 0x40 else 1


def _normalizer(data: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes  # slow to import, and rarely needed

    best = from_bytes(data[:_SAMPLE]).best()
    if best is None:
        return None
    found = _strict(data, best.encoding)
    if found is None or _CONTROLS.search(found.text[:_SAMPLE]):
        return None
    warning = f"The encoding was guessed as {found.encoding}; save the file as UTF-8 to be sure."
    return Decoded(found.text, found.encoding, (warning,))
