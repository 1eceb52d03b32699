"""The whole way: read what is kept, make records, take personal data out, clean, divide, write with a card."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from app.domain.conversation import Conversation, ConversationMessage
from app.domain.shop import Customer
from app.feedback.store import AgentEdit, Feedback
from app.insight.gaps.gap import Gap
from app.learning.data.building import RecordMaker
from app.learning.data.errors import NothingToLearn
from app.learning.data.near import Groups, near_pairs
from app.learning.data.records import KINDS, Kind, Record
from app.learning.data.scrubbing import Scrubber, values_of
from app.learning.data.splitting import Part, leaks, split
from app.receipts.receipt import Receipt
from index.text.normalize import collapse_spaces, fold
from index.text.pii import PersonalType
from index.types import Passage

OnProgress = Callable[[int, int], None]
_LEAST_BALANCED = 50
"""Records of the rarer language from which the other one is thinned out."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the service has kept; each list may be empty."""

    passages: Sequence[Passage] = ()
    conversations: Sequence[Conversation] = ()
    messages: Mapping[str, Sequence[ConversationMessage]] = field(default_factory=dict)
    """By conversation."""
    customers: Mapping[str, Customer] = field(default_factory=dict)
    """By id; those of the conversations."""
    receipts: Sequence[Receipt] = ()
    opinions: Mapping[str, Sequence[Feedback]] = field(default_factory=dict)
    """By receipt."""
    edits: Sequence[AgentEdit] = ()
    gaps: Sequence[Gap] = ()


@dataclass(frozen=True, slots=True)
class ExportParams:
    """What is made."""

    kinds: tuple[Kind, ...] = KINDS
    validation: float = 0.1
    test: float = 0.1
    most_of_one_language: float = 4.0
    """Times that the commoner language may have the records of the rarer one, in each kind."""
    copies: int = 3
    """Nearly equal records of one kind that are kept."""
    seed: int = 20261125

    def __post_init__(self) -> None:
        if not (
            0 <= self.validation < 0.5 and 0 <= self.test < 0.5 and self.copies >= 1 and self.most_of_one_language >= 1
        ):
            raise ValueError(
                f"Expected shares from 0 to below 0.5, copies >= 1 and most_of_one_language >= 1, got {self}."
            )


@dataclass(frozen=True, slots=True)
class DataSet:
    """Records, divided, with what was done to them."""

    records: Mapping[Kind, Mapping[Part, Sequence[Record]]]
    removed: Mapping[str, int]
    """Personal data masked, by type."""
    dropped: Mapping[str, int]
    """Records left out, by reason."""
    leaks: Mapping[str, int]
    """What stands in two parts; all are 0."""
    params: ExportParams
    read: Mapping[str, int]
    """How much of each source there was."""


def make_data(kept: Kept, *, params: ExportParams | None = None, on_progress: OnProgress | None = None) -> DataSet:
    """Training data out of what is kept. Raises `NothingToLearn` where nothing comes out."""
    params = params or ExportParams()
    made = [record for record in _made(kept) if record.kind in params.kinds]
    scrubber = Scrubber(public=(passage.text for passage in kept.passages if not passage.access))
    values = _values(kept, scrubber)
    dropped: Counter[str] = Counter()
    clean: list[Record] = []
    for number, record in enumerate(made, start=1):
        own = values.get(record.group, {})
        scrubbed = _tidy(scrubber.scrub(record, own))
        if not all(text.strip() for text in scrubbed.texts()):
            dropped["empty"] += 1
        elif not scrubber.is_clean(scrubbed, own):
            dropped["still personal after masking"] += 1
        else:
            clean.append(scrubbed)
        if on_progress is not None and (number % 50 == 0 or number == len(made)):
            on_progress(number, len(made))
    unique = _balanced(_without_copies(clean, params.copies, dropped), params, dropped)
    if not unique:
        raise NothingToLearn(
            "There is nothing to learn from yet: no answered question with its receipt, no opinion, no document in the "
            "index. Run `kefu ingest`, let customers ask, and check that receipts keep questions (`kefu settings`)."
        )
    parts = split(unique, validation=params.validation, test=params.test)
    divided: dict[Kind, dict[Part, list[Record]]] = {kind: defaultdict(list) for kind in params.kinds}
    for record, part in zip(unique, parts, strict=True):
        divided[record.kind][part].append(record)
    read = {
        "conversations": len(kept.conversations),
        "receipts": len(kept.receipts),
        "opinions": sum(map(len, kept.opinions.values())),
        "agents' edits": len(kept.edits),
        "gaps": len(kept.gaps),
        "passages": len(kept.passages),
    }
    removed = {str(kind): count for kind, count in sorted(scrubber.removed.items())}
    return DataSet(divided, removed, dict(dropped), leaks(unique, parts), params, read)


def _made(kept: Kept) -> Iterable[Record]:
    owners = {one.conversation_id: one.customer_id or "" for one in kept.conversations}
    maker = RecordMaker({passage.passage_id: passage for passage in kept.passages}, owners)
    receipts = [one for one in kept.receipts if one.given_again is None]
    by_id = {receipt.receipt_id: receipt for receipt in receipts}
    yield from maker.answers(receipts, kept.opinions)
    yield from maker.refusals(receipts)
    yield from maker.preferences(by_id, kept.opinions, kept.edits)
    yield from maker.gaps(kept.gaps)
    yield from maker.documents()


def _values(kept: Kept, scrubber: Scrubber) -> dict[str, dict[str, PersonalType]]:
    """What is known to be personal in each conversation: of its customer, and whatever was said in it."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for conversation_id, messages in kept.messages.items():
        texts[conversation_id] += [message.text for message in messages]
    for receipt in kept.receipts:
        texts[receipt.asked.conversation_id or f"answer {receipt.receipt_id}"] += [receipt.asked.message or ""]
    for edit in kept.edits:
        texts[edit.conversation_id or f"answer {edit.receipt_id}"] += [edit.suggested, edit.sent]
    values = {group: scrubber.values_in(said) for group, said in texts.items()}
    for conversation in kept.conversations:
        if customer := kept.customers.get(conversation.customer_id or ""):
            own = values.setdefault(conversation.conversation_id, {})
            own |= values_of(customer)
    return values


def _tidy(record: Record) -> Record:
    """Spaces at the ends of lines and empty lines taken out."""
    return record.with_texts(
        lambda text: "\n".join(line for line in (collapse_spaces(part) for part in text.splitlines()) if line)
    )


def _without_copies(records: Sequence[Record], copies: int, dropped: Counter[str]) -> list[Record]:
    """Each text once, and at most `copies` of those that are nearly the same; the newest stay."""
    newest_first = sorted(range(len(records)), key=lambda row: records[row].at, reverse=True)
    seen: set[tuple[str, str]] = set()
    once = []
    for row in newest_first:
        key = (records[row].kind, fold("\x00".join(records[row].texts())))
        if key in seen:
            dropped["same as another"] += 1
        else:
            seen.add(key)
            once.append(row)
    kept: set[int] = set()
    for kind in KINDS:
        rows = [row for row in once if records[row].kind == kind]
        groups = Groups(len(rows))
        for one, other in near_pairs([_telling(records[row]) for row in rows], least=0.9):
            groups.join(one, other)
        counts: Counter[int] = Counter()
        for place, row in enumerate(rows):
            counts[groups.of(place)] += 1
            if counts[groups.of(place)] <= copies:
                kept.add(row)
            else:
                dropped["nearly the same as others"] += 1
    return [record for row, record in enumerate(records) if row in kept]


def _telling(record: Record) -> str:
    """By what two records are compared: all but the fixed part of a prompt."""
    body: Mapping[str, Any] = record.body
    messages = [*body.get("messages", ()), *body.get("prompt", ()), *body.get("chosen", ()), *body.get("rejected", ())]
    told = [message["content"] for message in messages if message["role"] != "system"]
    return "\n".join([record.question, *told] if told else record.texts())


def _balanced(records: Sequence[Record], params: ExportParams, dropped: Counter[str]) -> list[Record]:
    """The commoner language thinned out where it has too many times the records of the other; documents stay whole."""
    rng = Random(params.seed)
    gone: set[int] = set()
    for kind in params.kinds:
        rows: dict[str, list[int]] = {"zh": [], "en": []}
        for row, record in enumerate(records):
            if record.kind == kind and record.group:
                rows["en" if record.language == "en" else "zh"].append(row)
        fewer, more = sorted(rows.values(), key=len)
        most = int(len(fewer) * params.most_of_one_language)
        if len(fewer) >= _LEAST_BALANCED and len(more) > most:
            gone.update(rng.sample(more, len(more) - most))
    if gone:
        dropped["of the commoner language"] += len(gone)
    return [record for row, record in enumerate(records) if row not in gone]


def since_day(at: str, since: date | None) -> bool:
    """Whether a moment (ISO 8601) is on a day or later."""
    return since is None or at[:10] >= since.isoformat()
