"""Records without personal data: by value, where it is known whose it is, and by form everywhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from app.domain.shop import Customer
from app.learning.data.records import Record
from index.text.language import detect
from index.text.normalize import fold
from index.text.pii import PersonalSpan, PersonalType, find_personal, without_personal
from index.text.pii.span import without_overlaps
from index.text.pii.spelling import respell

_BETWEEN = r"[\s.,，、_/()·+-]{0,3}"
"""What may stand between the characters of a value that is written in another spacing."""
_SHORTEST = 2
_MOST_CHECKS = 3
"""Times that a text is looked through again after masking: what a mask uncovers is found by the second look."""

Values = Mapping[str, PersonalType]


class Scrubber:
    """Masks personal data in texts of a conversation. Not to be shared between threads."""

    def __init__(self, *, public: Iterable[str] = ()) -> None:
        """`public`: the company's own texts: addresses and numbers that stand in them are nobody's secret."""
        self.removed: Counter[PersonalType] = Counter()
        self._public = frozenset(
            _key(text[span.start : span.end]) for text in public for span in find_personal(text, with_orders=True)
        )

    def values_in(self, texts: Iterable[str]) -> dict[str, PersonalType]:
        """Personal data of a conversation by value: found where the words around tell, it is known everywhere else."""
        values: dict[str, PersonalType] = {}
        for text in texts:
            for span in find_personal(text, with_orders=True):
                value = text[span.start : span.end]
                if len(_key(value)) >= _SHORTEST and _key(value) not in self._public:
                    values.setdefault(value, span.type)
        return values

    def scrub(self, record: Record, values: Values) -> Record:
        """The record with a placeholder in the place of each of `values`, and of whatever else looks personal."""
        return record.with_texts(lambda text: self.clean(text, values))

    def clean(self, text: str, values: Values) -> str:
        """One text; what stands in the company's own texts is kept."""
        for _ in range(_MOST_CHECKS):
            spans = without_overlaps([*self._by_form(text), *_by_value(text, values)])
            if not spans:
                break
            self.removed.update(span.type for span in spans)
            text = without_personal(text, spans)
        return text

    def is_clean(self, record: Record, values: Values) -> bool:
        """Whether nothing personal is found in a record any more."""
        return not any(self._by_form(text) or _by_value(text, values) for text in record.texts())

    def _by_form(self, text: str) -> list[PersonalSpan]:
        spans = _found(text)
        return [span for span in spans if _key(text[span.start : span.end]) not in self._public]


def values_of(customer: Customer) -> dict[str, PersonalType]:
    """What the shop's records know of a customer, by value."""
    values: dict[str, PersonalType] = {customer.name: "PERSON"}
    for value, kind in ((customer.email, "EMAIL"), (customer.phone, "PHONE")):
        if value:
            values[value] = kind  # type: ignore[assignment]
    if customer.phone:
        values[re.sub(r"^\+86", "", customer.phone)] = "PHONE"
    if address := customer.address:
        values[address.recipient] = "PERSON"
        for line in address.lines:
            values[line] = "ADDRESS"
        if address.phone:
            values[address.phone] = values[re.sub(r"^\+86", "", address.phone)] = "PHONE"
    return {value: kind for value, kind in values.items() if len(_key(value)) >= _SHORTEST}


def _by_value(text: str, values: Values) -> list[PersonalSpan]:
    if not values or not text:
        return []
    folded = respell(text)
    found = []
    for value, kind in values.items():
        for match in _pattern(value).finditer(folded.text):
            start, end = folded.span(match.start(), match.end())
            found.append(PersonalSpan(start, end, kind))
    return found


@lru_cache(maxsize=20_000)
def _found(text: str) -> tuple[PersonalSpan, ...]:
    """One passage stands in many records."""
    return tuple(find_personal(text, with_orders=True))


@lru_cache(maxsize=4096)
def _pattern(value: str) -> re.Pattern[str]:
    """The value in any width, case and spacing, not inside of a longer word or number."""
    key = _key(value)
    body = _BETWEEN.join(re.escape(char) for char in key)
    before = r"(?<![0-9A-Za-z])" if key[0].isascii() else ""
    behind = r"(?![0-9A-Za-z])" if key[-1].isascii() else ""
    return re.compile(before + body + behind, re.IGNORECASE)


def _key(value: str) -> str:
    """Letters and digits of a value, folded, and what may not be left out of an e-mail address."""
    return re.sub(r"[^\w@]|_", "", fold(value))


def language_of(text: str, default: Sequence[str] = ("zh", "en")) -> str:
    """zh or en; a mixed text counts as Chinese."""
    return default[detect(text) == "en"]
