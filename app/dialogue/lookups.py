"""Choices out of what an action found, and which of them was meant from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard, cast

from app.dialogue.flow import Lookup, SlotSpec, filled
from app.dialogue.references import refer, values_of
from app.dialogue.said import Said
from app.dialogue.state import MAX_CHOICES, MAX_VALUE, Choice, Filled
from app.domain.action import Wording
from app.domain.understanding import Slot, SlotType

_HINTING = ("date", "product", "sku", "amount")
_MAX_ATTRIBUTES = 24


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list came down to."""

    choices: tuple[Choice, ...]
    value: Any = None
    """Where only one can be meant."""
    is_found: bool = True
    """Whether there is one as it was described."""


def hints_of(said: Said, turn: int, *, without: Any = None) -> tuple[Filled, ...]:
    """What a message says of things that have yet to be looked up; `without` is what it says that they are not."""
    slots = [
        Filled(
            {"type": slot.type, "normalized": slot.normalized[:MAX_VALUE]},
            slot.value[:MAX_VALUE],
            turn,
            slot.start,
            slot.end,
        )
        for slot in said.understanding.slots
        if slot.type in _HINTING
    ]
    excluded = [] if without is None else [Filled({"without": without}, "", turn)]
    return (Filled(None, said.text[:MAX_VALUE], turn), *slots[:4], *excluded)


def choose(choices: tuple[Choice, ...], hints: Sequence[Filled], spec: SlotSpec) -> Chosen:
    """The one that the hints mean, those among which they leave it open, or all."""
    excluded = [
        value
        for hint in hints
        if isinstance(hint.value, dict) and "without" in hint.value
        for value in values_of(hint.value["without"])
    ]
    left = tuple(choice for choice in choices if choice.value not in excluded) or choices
    text = next((hint.said for hint in hints if hint.value is None), "")
    slots = [
        Slot(cast(SlotType, hint.value["type"]), hint.said, hint.value["normalized"], hint.start or 0, hint.end or 0)
        for hint in hints
        if isinstance(hint.value, dict) and "type" in hint.value
    ]
    reference = refer(text, left, slots=slots, many=spec.many) if text else None
    if reference is not None:
        meant = tuple(left[number] for number in reference.found)
        if reference.is_clear:
            values = [choice.value for choice in meant]
            return Chosen(meant, values if spec.many else values[0])
        return Chosen(meant)
    if any(slot.type == "date" for slot in slots):
        return Chosen(left, is_found=False)
    if len(left) == 1:
        return Chosen(left, [left[0].value] if spec.many else left[0].value)
    return Chosen(left)


def choices_of(data: Mapping[str, Any], lookup: Lookup | None) -> tuple[Choice, ...]:
    """The choices in an outcome: the list of its data that a flow's lookup names, else its `choices`.

    What a lookup does not fit is a mapping with value, zh and en; whatever else there is tells the choices apart.
    """
    items = _at(data, lookup.items) if lookup is not None else None
    if not _is_list(items):
        items = data.get("choices")
    found = []
    for item in items[:MAX_CHOICES] if _is_list(items) else ():
        flat = _flat(item) if isinstance(item, Mapping) else {"value": item}
        if lookup is not None and flat.get(lookup.value) is not None:
            found.append(Choice(flat[lookup.value], _short(_label(lookup, flat)), _attributes(flat)))
        elif flat.get("value") is not None:
            value = flat["value"]
            label = Wording(str(flat.get("zh", value)), str(flat.get("en", value)))
            found.append(Choice(value, _short(label), _attributes(flat)))
    return tuple(found)


def _label(lookup: Lookup, flat: Mapping[str, Any]) -> Wording:
    """What a choice is called; by its name or value where it has none."""
    label = filled(lookup.label, flat)
    name = " ".join(str(flat[part]) for part in ("name", "options") if flat.get(part)) or str(flat[lookup.value])
    return Wording(label.zh.strip() or name, label.en.strip() or name)


def _is_list(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _short(label: Wording) -> Wording:
    return Wording(label.zh[:200], label.en[:200])


def _at(data: Mapping[str, Any], path: str) -> Any:
    found: Any = data
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _flat(item: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested values by names with dots; lists of mappings by what their members hold, joined."""
    flat: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
            flat[f"{prefix}{name}"] = " / ".join(str(part) for part in value.values() if isinstance(part, (str, int)))
        elif isinstance(value, (list, tuple)) and value and all(isinstance(part, Mapping) for part in value):
            for inner in {key: None for part in value for key in part}:
                members = [part[inner] for part in value if isinstance(part.get(inner), (str, int))]
                flat[f"{prefix}{name}.{inner}"] = members
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _attributes(flat: Mapping[str, Any]) -> dict[str, str]:
    shown = {
        name: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        for name, value in flat.items()
        if value not in (None, "", [], ()) and name not in ("zh", "en")
    }
    return {name: value[:100] for name, value in list(shown.items())[:_MAX_ATTRIBUTES]}
