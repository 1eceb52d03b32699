"""How what was read in pictures goes along with a customer's question.

Measured on the sample company: a question that stands on its own is answered worse with a picture's text beside it, and
one that points at the picture (这个保修多久) is answered only with it, best with the product's name in front.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain.media import PictureReading
from index.errors import QuestionEmpty
from index.text.language import HAN, detect
from index.text.normalize import collapse_spaces, fold

_LONGEST = 200
"""Characters of one picture's text beside words of the customer's own."""
_LONGEST_ALONE = 400
_LONGEST_LINE = 120
_BRACKETS = {ord(bracket): "，" for bracket in "（）()【】[]〔〕「」{}<>《》"}
_POINTS_AT = re.compile(
    r"[这這那它]|图|照片|截[图屏]|上面|如上|上述|同款|"
    r"\b(this|that|these|those|it|its|one|picture|photo|image|screenshot|attached|above|shown|here)\b"
)
_OF_AN_ORDER = re.compile(
    r"单|快递|包裹|物流|发货|到哪|收到|送|退|换|取消|催|签收|"
    r"\b(order|parcel|package|deliver\w*|ship\w*|track\w*|arriv\w*|return\w*|refund\w*|exchange|cancel\w*)\b"
)
_FEW_WORDS = 4
"""So short a message (多少钱, how much) leaves what it is about to the picture."""


def asked_with_pictures(message: str, readings: Sequence[PictureReading]) -> str:
    """The question as one text, with what the pictures show where it points at them.

    Lines that speak to an assistant stay out, and brackets in a picture's text become commas, so that nothing in it can
    look as if the customer had written it.

    Raises:
        QuestionEmpty: neither words nor text in a picture.
    """
    words = message.strip()
    read = [reading for reading in readings if reading.plain_text.strip()]
    if not words:
        shown = [text for reading in read if (text := _everything(reading))]
        if not shown:
            raise QuestionEmpty("No text was found in the picture. Write what it is about.")
        return ("；" if detect(shown[0]) != "en" else "; ").join(shown)
    folded = fold(words)
    if not read or not (_POINTS_AT.search(folded) or _count_words(folded) <= _FEW_WORDS):
        return words
    is_chinese = detect(words) != "en"
    names = dict.fromkeys(_product(reading, is_chinese=is_chinese) for reading in read if reading.products)
    beside = [text for reading in read if (text := _beside(reading, folded))]
    front = f"{'、'.join(names)}，" if is_chinese else f"{', '.join(names)}: "
    text = f"{front}{words}" if names else words
    if beside:
        joined = ("；" if is_chinese else "; ").join(dict.fromkeys(beside))
        text += f"（图片：{joined}）" if is_chinese else f" (picture: {joined})"
    return text


def _beside(reading: PictureReading, question: str) -> str:
    """Its numbers where the question is about an order; its words where it names nothing that is known."""
    numbers = (*reading.order_numbers[:2], *reading.tracking_numbers[:2])
    if numbers and _OF_AN_ORDER.search(question):
        return " ".join(number.value for number in numbers)
    return "" if reading.products else _rows(reading, _LONGEST, ())


def _everything(reading: PictureReading) -> str:
    parts = [_product(reading, is_chinese=reading.language != "en")] if reading.products else []
    parts += [number.value for number in (*reading.order_numbers[:2], *reading.tracking_numbers[:2])]
    rest = _rows(reading, _LONGEST_ALONE, parts)
    return " ".join([*parts, rest] if rest else parts)


def _product(reading: PictureReading, *, is_chinese: bool) -> str:
    product = reading.products[0]
    return (product.name or product.name_en) if is_chinese else (product.name_en or product.name)


def _rows(reading: PictureReading, room: int, said: Sequence[str]) -> str:
    parts: list[str] = []
    for row in reading.plain_text.split("\n"):
        line = collapse_spaces(row).translate(_BRACKETS)[:_LONGEST_LINE].strip("，, ")
        if not line or any(line in part or part in line for part in (*said, *parts)):
            continue
        if len(line) + 1 > room:
            break
        parts.append(line)
        room -= len(line) + 1
    return " ".join(parts)


def _count_words(text: str) -> int:
    han = len(re.findall(f"[{HAN}]", text))
    return han + len(re.findall(r"[a-z0-9]+", text))
