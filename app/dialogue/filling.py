"""Takes what a message says into the slots of a flow."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.dialogue.addresses import address_of
from app.dialogue.flow import Flow, Option, SlotSpec
from app.dialogue.references import refer
from app.dialogue.said import Said
from app.dialogue.state import MAX_VALUE, Choice, Filled, Frame
from app.domain.understanding import Slot
from index.text.normalize import fold

_NEGATED = re.compile(
    r"(?:不是|不要|别|not|isn'?t|instead of|rather than)\s*(?:我的|那个|the|my|order|订单)*\s*(?:order)?\s*$",
    re.IGNORECASE,
)

_DENIED = re.compile(r"(?:没|没有|未|不|not|n't|never)\s*$")


OTHER = "other"
"""Value of an option that stands for all that the others leave out."""
_SOME_TEXT = 4


def found_in(
    said: Said, flow: Flow, frame: Frame, turn: int, *, asked: Collection[str] = (), takes_options: bool = False
) -> dict[str, Filled]:
    """What a message says about a flow's slots.

    Slots that were `asked` for are looked for first, and take also what only makes sense as an answer. The words of
    options count where a slot was asked for, or where `takes_options`: in a message that starts or corrects a flow.
    No words fill two slots: what is named beside its value (尾号 1234) goes first, then the number that something is.
    """
    found = _named(said, flow, turn)
    used = {
        n for n, slot in enumerate(said.understanding.slots) if any(_overlap(slot, value) for value in found.values())
    }
    for spec in sorted(flow.slots.values(), key=lambda spec: (spec.name not in asked, spec.name in frame.slots)):
        if spec.name in found:
            continue
        is_asked = spec.name in asked
        value = None
        if spec.options and (is_asked or takes_options):
            value = _option(said, spec, turn, is_asked=is_asked)
        if value is None and spec.types:
            value = _typed(said, spec, frame, turn, used)
        if value is None and spec.pattern is not None and is_asked:
            value = _answered(said, spec, turn, _not_free(said, flow, frame, used))
            if value is not None:
                used |= {n for n, slot in enumerate(said.understanding.slots) if _overlap(slot, value)}
        if value is not None:
            found[spec.name] = value
    return found


def as_text(said: Said, spec: SlotSpec, turn: int) -> Filled | None:
    """The whole message as the answer to a question that any text answers."""
    text = said.text.strip()
    if not spec.takes_text or not text:
        return None
    start = said.text.index(text)
    return Filled(_shaped(text[:MAX_VALUE], spec), text[:MAX_VALUE], turn, start, start + len(text))


def with_slots(frame: Frame, flow: Flow, values: Mapping[str, Filled]) -> Frame:
    """The frame with new values; what depended on a value that changed is forgotten."""
    slots = {**frame.slots, **values}
    changed = {name for name, value in values.items() if name in frame.slots and frame.slots[name].value != value.value}
    return without_dependants(replace(frame, slots=slots), flow, changed, keep=values.keys())


def without_dependants(frame: Frame, flow: Flow, changed: Collection[str], *, keep: Collection[str] = ()) -> Frame:
    """The frame without what depends on slots that changed."""
    gone = {spec.name for spec in flow.slots.values() if set(spec.depends) & set(changed) and spec.name not in keep}
    return frame.without(gone) if gone else frame


def other_option(said: Said, spec: SlotSpec, turn: int) -> Filled | None:
    """其他原因 for a text that is none of the options; None where there is no such option, or hardly a text."""
    is_there = any(option.value == OTHER for option in spec.options)
    is_text = said.answer_to_offer is None and len(said.text.strip()) >= _SOME_TEXT
    if not is_there or not is_text or said.is_question:
        return None
    return Filled([OTHER] if spec.many else OTHER, said.text[:MAX_VALUE], turn, 0, len(said.text))


def option_choices(spec: SlotSpec) -> tuple[Choice, ...]:
    """The options of a slot as choices to offer."""
    return tuple(Choice(option.value, option.label) for option in spec.options)


def _typed(said: Said, spec: SlotSpec, frame: Frame, turn: int, used: set[int]) -> Filled | None:
    slots = [(n, slot) for n, slot in enumerate(said.understanding.slots) if slot.type in spec.types and n not in used]
    if not slots:
        return None
    affirmed = [(n, slot) for n, slot in slots if not _NEGATED.search(said.text[: slot.start])] or slots
    if spec.many:
        used.update(n for n, _ in affirmed)
        values = list(dict.fromkeys(_value(slot) for _, slot in affirmed))
        return Filled(values, said.text[:MAX_VALUE], turn, affirmed[0][1].start, affirmed[-1][1].end)
    before = frame.slots.get(spec.name)
    news = [(n, slot) for n, slot in affirmed if before is None or _value(slot) != before.value] or affirmed
    number, slot = news[0]
    used.add(number)
    return Filled(_shaped(_value(slot), spec), slot.value[:MAX_VALUE], turn, slot.start, slot.end)


def _value(slot: Slot) -> str:
    return (slot.normalized or slot.value)[:MAX_VALUE]


def _shaped(value: Any, spec: SlotSpec) -> Any:
    if spec.shape == "list":
        return [value]
    if spec.shape == "address":
        return address_of(str(value))
    if spec.shape == "integer":
        digits = re.search(r"\d+", str(value))
        return int(digits[0]) if digits else value
    return value


def _option(said: Said, spec: SlotSpec, turn: int, *, is_asked: bool) -> Filled | None:
    hits = [
        (at, word, option) for option in spec.options if (hit := _word_of(said.folded, option)) for at, word in [hit]
    ]
    hits = hits or _reasons(said, spec, is_asked=is_asked)
    if hits:
        if spec.many:
            values = [option.value for _, _, option in sorted(hits, key=lambda hit: hit[0])]
            return Filled(values, said.text[:MAX_VALUE], turn, 0, len(said.text))
        _, word, option = max(hits, key=lambda hit: len(hit[1]))
        return _said(said, word, option.value, turn)
    if not is_asked:
        return None
    if {option.value for option in spec.options} == {True, False} and said.answer_to_offer is not None:
        return Filled(said.answer_to_offer == "yes", said.text[:MAX_VALUE], turn, 0, len(said.text))
    reference = refer(said.text, option_choices(spec), many=spec.many)
    if reference is None or not reference.is_clear:
        return None
    values = [spec.options[number].value for number in reference.found]
    return Filled(values if spec.many else values[0], said.text[:MAX_VALUE], turn, 0, len(said.text))


def _reasons(said: Said, spec: SlotSpec, *, is_asked: bool) -> list[tuple[int, str, Option]]:
    """Options named by the reason that the message was understood to give (挤脚: size), where they were asked for."""
    found = [slot for slot in said.understanding.slots if slot.type == "reason"] if is_asked else []
    return [
        (slot.start, fold(slot.value), option)
        for slot in found
        for option in spec.options
        if slot.normalized == option.value or slot.normalized.replace("_", " ") in option.words
    ]


def _word_of(text: str, option: Option) -> tuple[int, str] | None:
    """The longest word for an option in a message, and where it stands."""
    best: tuple[int, str] | None = None
    for word in (fold(option.label.zh), fold(option.label.en), *option.words):
        pattern = rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" if word.isascii() else re.escape(word)
        matches = re.finditer(pattern, text) if word else ()
        match = next((m for m in matches if word[0] in "没未不" or not _DENIED.search(text[: m.start()])), None)
        if match is not None and (best is None or len(word) > len(best[1])):
            best = (match.start(), word)
    return best


def _said(said: Said, word: str, value: Any, turn: int) -> Filled:
    """With offsets into the message as it was written, where folding has not moved them."""
    start = said.text.lower().find(word)
    if start < 0:
        return Filled(value, said.text[:MAX_VALUE], turn, 0, len(said.text))
    return Filled(value, said.text[start : start + len(word)], turn, start, start + len(word))


def _named(said: Said, flow: Flow, turn: int) -> dict[str, Filled]:
    """Slots whose pattern finds its group `value`: named with their value, whether or not they were asked for."""
    found = {}
    for spec in flow.slots.values():
        if spec.pattern is not None and "value" in spec.pattern.groupindex:
            match = next((match for match in spec.pattern.finditer(said.text) if match["value"]), None)
            if match is not None:
                found[spec.name] = _cut(match, "value", spec, turn)
    return found


def _answered(said: Said, spec: SlotSpec, turn: int, taken: Sequence[tuple[int, int]]) -> Filled | None:
    """What a pattern finds as an answer: its group `answer` where it has one, else the whole; not within what is taken.

    What a pattern with that group matches beside it is something else that looks alike, and is passed over.
    """
    if spec.pattern is None:
        return None
    group = "answer" if "answer" in spec.pattern.groupindex else 0
    for match in spec.pattern.finditer(said.text):
        start, end = match.span(group)
        if start >= 0 and not any(start < last and first < end for first, last in taken):
            return _cut(match, group, spec, turn)
    return None


def _not_free(said: Said, flow: Flow, frame: Frame, used: Collection[int]) -> list[tuple[int, int]]:
    """Where words stand that are something else already: a slot that is filled from here, or was before.

    Four digits of a longer number, or of a date, are no answer either; a slot of its own is free to be one.
    """
    known = [value.value for name, value in frame.slots.items() if name in flow.slots and flow.slots[name].types]
    return [
        (slot.start, slot.end)
        for n, slot in enumerate(said.understanding.slots)
        if n in used or _value(slot) in known or not slot.value.isdigit()
    ]


def _overlap(slot: Slot, value: Filled) -> bool:
    if value.start is None or value.end is None:
        return False
    return slot.start < value.end and value.start < slot.end


def _cut(match: re.Match[str], group: str | int, spec: SlotSpec, turn: int) -> Filled:
    text, (start, end) = match[group][:MAX_VALUE], match.span(group)
    return Filled(_shaped(text, spec), text, turn, start, end)
