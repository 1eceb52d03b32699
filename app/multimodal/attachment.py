"""How what was read in pictures goes along with a customer's question."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.media import PictureReading
from index.errors import QuestionEmpty
from index.text.language import detect
from index.text.normalize import collapse_spaces

_LONGEST = 300
"""Characters of one picture's text beside words of the customer's own; a search is not better for more."""
_LONGEST_ALONE = 600
_LONGEST_LINE = 120
_BRACKETS = {ord(bracket): "，" for bracket in "（）()【】[]〔〕「」{}<>《》"}


def asked_with_pictures(message: str, readings: Sequence[PictureReading]) -> str:
    """The question as one text: the customer's words, and in brackets what the pictures show.

    Lines that speak to an assistant stay out, and brackets in a picture's text become commas, so that nothing in it
    can look as if it stood outside of them.

    Raises:
        QuestionEmpty: neither words nor text in a picture.
    """
    words = message.strip()
    shown = [text for reading in readings if (text := _shown(reading, alone=not words))]
    if not words and not shown:
        raise QuestionEmpty("No text was found in the picture. Write what it is about.")
    if not readings or not shown:
        return words
    is_chinese = detect(words or shown[0]) != "en"
    label = "图片" if is_chinese else "picture"
    if not words:
        return "；".join(shown) if is_chinese else "; ".join(shown)
    attached = "".join(f"（{label}：{text}）" if is_chinese else f" ({label}: {text})" for text in shown)
    return f"{words}{attached}"


def _shown(reading: PictureReading, *, alone: bool) -> str:
    """Product and numbers first, then the rest of the words as far as there is room."""
    parts = [product.name if reading.language != "en" else product.name_en for product in reading.products[:1]]
    parts += [number.value for number in (*reading.order_numbers[:2], *reading.tracking_numbers[:2])]
    room = (_LONGEST_ALONE if alone else _LONGEST) - sum(len(part) + 1 for part in parts)
    for row in reading.plain_text.split("\n"):
        line = collapse_spaces(row).translate(_BRACKETS)[:_LONGEST_LINE].strip("，, ")
        if not line or any(line in part or part in line for part in parts):
            continue
        if len(line) + 1 > room:
            break
        parts.append(line)
        room -= len(line) + 1
    return " ".join(parts)
