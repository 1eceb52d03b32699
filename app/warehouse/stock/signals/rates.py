"""Complaints counted by SKU and by bin, with intervals, and alarms where they come more often than usual."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from app.domain.discoveries import discovery_limit
from app.domain.shop import Order
from app.warehouse.stock.places import Place, key_of
from app.warehouse.stock.signals.reading import Kind, read_complaints

Unit = Literal["sku", "bin"]
_NOT_SENT = ("unpaid", "pending", "cancelled")
_LONGEST_QUOTE = 200


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that somebody said about a SKU."""

    kind: Kind
    sku: str
    at: datetime
    quote: str
    source: str
    """case, conversation or review."""
    source_id: str
    """Where to read on: number of the case, id of the conversation or review."""


@dataclass(frozen=True, slots=True)
class SignalParams:
    """What counts as more often than usual."""

    days: int = 90
    """How far back complaints and parcels count."""
    false_alarms: float = 0.05
    """Share of alarms that may be chance (Benjamini and Hochberg)."""
    fewest: int = 3
    """Complaints of a kind below which nothing is an alarm."""
    quotes: int = 5

    def __post_init__(self) -> None:
        if self.days < 1 or not 0 < self.false_alarms < 1 or self.fewest < 1 or self.quotes < 0:
            raise ValueError(f"Expected days, fewest >= 1, quotes >= 0 and false_alarms in (0, 1), got {self}.")


@dataclass(frozen=True, slots=True)
class Signal:
    """Complaints of one kind about one SKU or bin."""

    unit: Unit
    name: str
    """The SKU, or the bin."""
    kind: Kind
    complaints: int
    sent: int
    """Order lines that left in the same time."""
    rate: float
    low: float
    high: float
    """95 % interval of the rate (Clopper and Pearson)."""
    usual: float
    """Rate of all others together."""
    chance: float
    """How likely as many or more would be at the usual rate."""
    is_alarm: bool
    quotes: tuple[Mapping[str, str], ...] = field(default_factory=tuple)
    """The newest: `quote`, `source`, `source_id`, `at`."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self) | {"quotes": [dict(one) for one in self.quotes]}


@dataclass(frozen=True, slots=True)
class SignalReport:
    """Alarms first, then by how unlikely they are."""

    first: datetime
    last: datetime
    signals: tuple[Signal, ...]
    totals: Mapping[Kind, int]
    unplaced: int
    """Complaints whose SKU was not sent in that time, or whose place is unknown; they count in no rate."""

    @property
    def alarms(self) -> list[Signal]:
        """Those that come more often than usual."""
        return [signal for signal in self.signals if signal.is_alarm]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "totals": dict(self.totals),
            "unplaced": self.unplaced,
            "alarms": sum(signal.is_alarm for signal in self.signals),
            "signals": [signal.to_dict() for signal in self.signals],
        }


def complaints_of_orders(orders: Iterable[Order]) -> list[Complaint]:
    """What the reasons of cases say, of each line that a case is about."""
    found = []
    for order in orders:
        skus = {line.line_id: line.sku for line in order.lines}
        for case in order.cases:
            kinds = {mention.kind: mention.quote for mention in read_complaints(case.reason)}
            for kind, quote in kinds.items():
                found += [
                    Complaint(kind, skus[line_id], case.created_at, quote, "case", case.case_id)
                    for line_id in case.line_ids
                    if line_id in skus
                ]
    return found


def find_signals(
    orders: Iterable[Order],
    complaints: Iterable[Complaint],
    *,
    now: datetime,
    places: Mapping[str, Place] | None = None,
    params: SignalParams | None = None,
) -> SignalReport:
    """Rates by SKU, and by bin where `places` say where a SKU lies. Orders that never left do not count."""
    params = params or SignalParams()
    first = now - timedelta(days=params.days)
    sent: dict[Unit, Counter[str]] = {"sku": Counter(), "bin": Counter()}
    bins: dict[str, str] = {}
    for order in orders:
        if order.placed_at is None or not first <= order.placed_at <= now or order.status in _NOT_SENT:
            continue
        for line in order.lines:
            sent["sku"][line.sku] += 1
            key = key_of(places, line.sku, line.product_id) if places else None
            if places and key is not None:
                bins[line.sku] = str(places[key].bin)
                sent["bin"][bins[line.sku]] += 1
    within = [one for one in complaints if first <= one.at <= now]
    known = [one for one in within if one.sku in sent["sku"]]
    signals = [
        *_signals("sku", known, {one.sku: one.sku for one in known}, sent["sku"], params),
        *_signals("bin", [one for one in known if one.sku in bins], bins, sent["bin"], params),
    ]
    signals.sort(key=lambda signal: (not signal.is_alarm, signal.chance, signal.unit, signal.name, signal.kind))
    totals = Counter(one.kind for one in within)
    return SignalReport(first, now, tuple(signals), dict(totals), len(within) - len(known))


def _signals(
    unit: Unit,
    complaints: Sequence[Complaint],
    names: Mapping[str, str],
    sent: Mapping[str, int],
    params: SignalParams,
) -> list[Signal]:
    from scipy.stats import binomtest

    grouped: defaultdict[tuple[Kind, str], list[Complaint]] = defaultdict(list)
    totals: Counter[Kind] = Counter()
    for one in complaints:
        grouped[one.kind, names[one.sku]].append(one)
        totals[one.kind] += 1
    all_sent = sum(sent.values())
    made = []
    for (kind, name), those in grouped.items():
        # More complaints than lines happen: of an order from before, or two of one line.
        count, lines = len(those), max(sent[name], len(those))
        usual = _usual(totals[kind] - count, all_sent - sent[name])
        test = binomtest(count, lines, usual, alternative="greater")
        interval = binomtest(count, lines).proportion_ci(0.95, method="exact")
        made.append(
            Signal(
                unit,
                name,
                kind,
                count,
                lines,
                count / lines,
                float(interval.low),
                float(interval.high),
                usual,
                float(test.pvalue),
                False,
                _quotes(those, params.quotes),
            )
        )
    tests = len(sent) * len(totals)  # those without a complaint too
    limit = discovery_limit([signal.chance for signal in made], share=params.false_alarms, tests=tests)
    return [replace(signal, is_alarm=signal.chance <= limit and signal.complaints >= params.fewest) for signal in made]


def _usual(complaints: int, lines: int) -> float:
    """The rate of all others; half a complaint more than there were, so that none is not taken for never."""
    return min((complaints + 0.5) / (lines + 1), 1.0)


def _quotes(complaints: Sequence[Complaint], count: int) -> tuple[Mapping[str, str], ...]:
    newest = sorted(complaints, key=lambda one: (one.at, one.source_id), reverse=True)[:count]
    return tuple(
        {
            "quote": one.quote[:_LONGEST_QUOTE],
            "source": one.source,
            "source_id": one.source_id,
            "at": one.at.isoformat(),
        }
        for one in newest
    )
