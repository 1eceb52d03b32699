"""E-mail addresses, SKUs, order numbers and tracking numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.understanding.slots.found import Found

DEFAULT_ORDER_NUMBERS: Mapping[str, str] = {r"SL\d{8,18}": "", r"#?W\d{7}": "#"}
"""Pattern of an order number to what its one spelling always begins with."""
DEFAULT_SKUS: tuple[str, ...] = (r"[A-Z]{2,4}-[A-Z]{2,4}-\d{3,5}(?:-[A-Z0-9]{1,4})?",)

_EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}(?![a-z0-9])")
_BEFORE, _AFTER = r"(?<![a-z0-9#])", r"(?![a-z0-9]|-[a-z0-9])"

_ORDER_CUE = re.compile(
    r"(?:订单(?:号码?|编号)?|定单(?:号码?)?|(?<!快递)(?<!运)(?<!物流)单号|"
    r"\border(?:\s?(?:number|no\.?|num|id|code|ref(?:erence)?))?)"
    r"(?:\s?(?:是|为|:|=|#|is|was)){0,2}\s?#?\s?$"
)
_PARCEL_CUE = re.compile(
    r"(?:(?:快递|运|物流|快件|包裹|顺丰|圆通|中通|申通|韵达|极兔|邮政|京东)(?:的)?(?:单号|单|编号|号码|号)?|"
    r"\btracking(?:\s?(?:number|no\.?|num|id|code))?|\b(?:parcel|waybill|shipment)\s(?:number|no\.?|id|code))"
    r"(?:\s?(?:是|为|:|=|#|is)){0,2}\s?#?\s?$"
)
_SKU_CUE = re.compile(
    r"(?:sku|货号|款号|商品编号|商品编码|\bitem\s(?:number|no\.?|code)|\bproduct\scode)(?:\s?(?:是|为|:|#|is)){0,2}\s?$"
)
_PARCEL_CODE = re.compile(
    rf"{_BEFORE}(?:sf\d{{12,15}}|yt\d{{13,18}}|jt\d{{13}}|jd[a-z]{{0,3}}\d{{9,15}}(?:-\d-\d-?)?|zto\d{{12}}|sto\d{{12,13}}|"
    rf"(?:ems|dpk|kye|lp|zjs)\d{{9,16}}|1z[a-z0-9]{{16}}|[a-z]{{2}}\d{{9}}(?:cn|us|gb|de|hk|jp|au)){_AFTER}"
)
_PLAIN_CODE = re.compile(rf"{_BEFORE}(?=[a-z0-9-]*\d)[a-z0-9](?:[a-z0-9-]{{3,22}}[a-z0-9])?{_AFTER}")
_LONG_NUMBER = re.compile(r"(?<![\da-z#.])\d{10,18}(?![\da-z]|\.\d)")
_GROUPS = re.compile(r"(?<![\d#])\d{3,6}(?:[ -]\d{2,6}){2,4}(?![\d])")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_REACH = 24
"""Characters before a number in which a word says what it is."""


@dataclass(frozen=True, slots=True)
class CodePatterns:
    """How the company writes its numbers: regular expressions, case does not count."""

    order_numbers: Mapping[str, str]
    skus: tuple[str, ...]

    def __post_init__(self) -> None:
        for pattern in (*self.order_numbers, *self.skus):
            try:
                is_blank = re.compile(pattern).fullmatch("") is not None
            except re.error as error:
                raise ValueError(f"Expected a regular expression, got {pattern!r} ({error}).") from error
            if is_blank:
                raise ValueError(f"Expected a pattern that an empty text does not fit, got {pattern!r}.")


class CodeFinder:
    """Finds numbers that stand for something; see the module."""

    def __init__(self, patterns: CodePatterns) -> None:
        self._orders = tuple((_compiled(pattern), head.upper()) for pattern, head in patterns.order_numbers.items())
        self._skus = tuple(map(_compiled, patterns.skus))

    def emails(self, text: str) -> Iterator[Found]:
        """Addresses, in lower case."""
        for match in _EMAIL.finditer(text):
            yield Found("email", match.start(), match.end(), match[0])

    def skus(self, text: str) -> Iterator[Found]:
        """By the company's pattern, or any code behind a word for one."""
        for pattern in self._skus:
            for match in pattern.finditer(text):
                yield Found("sku", match.start(), match.end(), match[0].upper())
        yield from (Found("sku", start, end, code) for start, end, code in _behind(_SKU_CUE, text))

    def order_numbers(self, text: str) -> Iterator[Found]:
        """By the company's pattern."""
        for pattern, head in self._orders:
            for match in pattern.finditer(text):
                code = match[0].upper()
                yield Found("order_number", match.start(), match.end(), code if code.startswith(head) else head + code)

    def told_order_numbers(self, text: str) -> Iterator[Found]:
        """Any code behind a word for one, or a long number where orders are spoken of."""
        for match in _GROUPS.finditer(text):
            if _ORDER_CUE.search(text, max(0, match.start() - _REACH), match.start()):
                digits = re.sub(r"\D", "", match[0])
                if len(digits) >= 8:
                    yield Found("order_number", match.start(), match.end(), digits)
        for start, end, code in _behind(_ORDER_CUE, text):
            if len(code) >= 6 and not (code.isdigit() and len(code) < 8):
                yield Found("order_number", start, end, code)
        if re.search(r"订单|定单|单子|这单|那单|\border", text) is None:
            return
        for match in _LONG_NUMBER.finditer(text):
            is_parcel = _PARCEL_CUE.search(text, max(0, match.start() - _REACH), match.start())
            if not is_parcel and not _MOBILE.fullmatch(match[0]):
                yield Found("order_number", match.start(), match.end(), match[0])

    def tracking_numbers(self, text: str) -> Iterator[Found]:
        """By the carriers' own forms."""
        for match in _PARCEL_CODE.finditer(text):
            yield Found("tracking_number", match.start(), match.end(), match[0].upper())

    def told_tracking_numbers(self, text: str) -> Iterator[Found]:
        """Any code behind a word for one."""
        for start, end, code in _behind(_PARCEL_CUE, text):
            if len(code) >= 8 and not _MOBILE.fullmatch(code):
                yield Found("tracking_number", start, end, code)


def _behind(cue: re.Pattern[str], text: str) -> Iterator[tuple[int, int, str]]:
    for match in _PLAIN_CODE.finditer(text):
        if cue.search(text, max(0, match.start() - _REACH), match.start()):
            yield match.start(), match.end(), match[0].upper()


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{pattern}){_AFTER}", re.IGNORECASE)
