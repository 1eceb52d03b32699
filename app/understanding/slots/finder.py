"""All slots of a message: the finders asked in order, what they found brought back to places in the original."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.domain.understanding import Slot
from app.understanding.slots.addresses import addresses
from app.understanding.slots.amounts import amounts
from app.understanding.slots.clock import parts_of_day, times
from app.understanding.slots.codes import DEFAULT_ORDER_NUMBERS, DEFAULT_SKUS, CodeFinder, CodePatterns
from app.understanding.slots.counts import counts
from app.understanding.slots.days import DayFinder
from app.understanding.slots.found import Places
from app.understanding.slots.phones import DEFAULT_REGIONS, phones
from app.understanding.slots.products import Catalogue
from app.understanding.slots.reasons import reasons
from index.text.normalize import fold_with_offsets

_READ = 2000
"""Code points of a message that are looked through."""


class SlotFinder:
    """Finds what a message names. Safe to share between threads."""

    def __init__(
        self,
        *,
        codes: CodePatterns | None = None,
        catalogue: Catalogue | None = None,
        regions: Sequence[str] = DEFAULT_REGIONS,
        currency: str = "CNY",
    ) -> None:
        """How the company writes things.

        Args:
            codes: its order numbers and SKUs.
            catalogue: names of its products.
            regions: countries (ISO 3166) whose telephone numbers are written without a country code.
            currency: of sums that name none.
        """
        self._codes = CodeFinder(codes or CodePatterns(DEFAULT_ORDER_NUMBERS, DEFAULT_SKUS))
        self._catalogue = catalogue or Catalogue()
        self._regions, self._currency = tuple(regions), currency

    def find(self, message: str, *, today: date) -> tuple[Slot, ...]:
        """Slots in the order of the message, not overlapping; () for a message that names nothing."""
        message = message[:_READ]
        if not message.strip():
            return ()
        folded = fold_with_offsets(message)
        text = folded.text
        places = Places(len(text))
        places.take(self._codes.emails(text))
        places.take(self._codes.skus(text))
        places.take(self._codes.order_numbers(text))
        places.take(self._codes.tracking_numbers(text))
        places.take(self._codes.told_tracking_numbers(text))
        places.take(self._codes.told_order_numbers(text))
        places.take(phones(text, regions=self._regions))
        places.take(addresses(text, "".join(message[at] for at in folded.offsets[:-1])))
        places.take(self._catalogue.find(text))
        places.take(DayFinder(today).find(text))
        places.take(times(text, places))
        places.take(parts_of_day(text, places))
        places.take(amounts(text, currency=self._currency))
        places.take(counts(text))
        places.take(reasons(text))
        slots = []
        for found in sorted(places.found, key=lambda found: found.start):
            start, end = folded.span(found.start, found.end)
            value = message[start:end]
            normalized = " ".join(value.split()) if found.type == "address" else found.normalized
            slots.append(Slot(found.type, value, normalized, start, end))
        return tuple(slots)
