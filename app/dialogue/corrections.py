"""不对，是昨天那单: puts something right that a flow took the customer to mean, and asks anew what rested on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.dialogue import phrases
from app.dialogue.filling import found_in, with_slots, without_dependants
from app.dialogue.flow import Flow, SlotSpec
from app.dialogue.library import FlowLibrary
from app.dialogue.lookups import hints_of
from app.dialogue.references import Reference, refer
from app.dialogue.running import FlowRunner
from app.dialogue.said import Said
from app.dialogue.state import MAX_VALUE, Choice, Filled, Frame, Offered
from app.dialogue.work import Work
from app.domain.action import Wording

_STILL_MEANT = 3
"""Turns after its end in which a correction means a flow that is through."""
_ORDER = re.compile(r"单|\border\b")
_TELLING = ("date", "product", "sku", "amount")


class Corrector:
    """Changes slots of the flow under way, or of one that ended just now, and starts it again from its beginning."""

    def __init__(self, library: FlowLibrary, runner: FlowRunner) -> None:
        self._library, self._runner = library, runner

    def correct(self, work: Work, said: Said) -> bool:
        """Whether there was something to put right, and it was."""
        frame = self._meant(work)
        if frame is None:
            return False
        flow = self._library[frame.flow]
        values = _changed(frame, found_in(said, flow, frame, work.state.turn, takes_options=True))
        if values:
            self._restart(work, flow, with_slots(frame, flow, values))
            return True
        spoken_of = _spoken_of(said, flow, frame)
        offered = self._offer(work, frame)
        if offered is not None and (spoken_of is None or spoken_of.name == offered.slot):
            current = frame.slots.get(offered.slot)
            without = current.value if current is not None else None
            spec = flow.slots[offered.slot]
            reference = refer(
                said.text, offered.choices, slots=said.understanding.slots, without=without, many=spec.many
            )
            if reference is not None and (without is not None or reference.is_clear):
                self._take(work, said, flow, frame, offered, reference)
                return True
        return self._look_again(work, said, flow, frame)

    def ask_which(self, work: Work, said: Said) -> bool:
        """Ask what is to be changed, where a message says no more than that something is wrong."""
        frame = work.frame
        if frame is None or said.is_question or not (said.is_short or said.intent == "correct"):
            return False
        flow = self._library[frame.flow]
        specs = [flow.slots[name] for name in frame.slots if name in flow.slots and flow.slots[name].label is not None]
        if not specs:
            return False
        if len(specs) == 1:
            self._clear(work, flow, frame, specs[0])
            return True
        choices = tuple(Choice(spec.name, _shown(spec, frame.slots[spec.name].value)) for spec in specs)
        work.offer("", phrases.WHAT_TO_CHANGE, choices, flow=flow.id)
        return True

    def choose_which(self, work: Work, said: Said) -> bool:
        """Take what is to be changed, after `ask_which`."""
        frame, offered, asked = work.frame, work.state.offered, work.state.asked
        if frame is None or offered is None or asked is None or asked.kind != "choices":
            return False
        if offered.slot or offered.flow != frame.flow:
            return False
        flow = self._library[frame.flow]
        reference = refer(said.text, offered.choices)
        if reference is None or not reference.is_clear:
            return False
        self._clear(work, flow, frame, flow.slots[str(offered.choices[reference.found[0]].value)])
        return True

    def _meant(self, work: Work) -> Frame | None:
        """The flow under way; within a flow that it called, that one; else the one that ended just now."""
        if work.frame is not None:
            return work.frame
        state = work.state
        is_recent = state.finished is not None and state.turn - state.finished_turn <= _STILL_MEANT
        return state.finished if is_recent else None

    def _offer(self, work: Work, frame: Frame) -> Offered | None:
        offered = work.state.offered
        is_its_own = offered is not None and offered.flow == frame.flow and bool(offered.slot)
        return offered if is_its_own else None

    def _take(self, work: Work, said: Said, flow: Flow, frame: Frame, offered: Offered, reference: Reference) -> None:
        meant = tuple(offered.choices[number] for number in reference.found)
        if not reference.is_clear:
            self._under_way(work, frame)
            work.offer(offered.slot, phrases.WHICH, meant, flow=flow.id)
            return
        spec = flow.slots[offered.slot]
        value: Any = [choice.value for choice in meant] if spec.many else meant[0].value
        taken = Filled(value, said.text[:MAX_VALUE], work.state.turn, 0, len(said.text))
        self._restart(work, flow, with_slots(frame, flow, {spec.name: taken}))

    def _look_again(self, work: Work, said: Said, flow: Flow, frame: Frame) -> bool:
        """Look the choices up once more, for the one that is now described or for any but the one that was taken."""
        is_told = any(slot.type in _TELLING for slot in said.understanding.slots)
        spec = _spoken_of(said, flow, frame)
        if spec is None or not (is_told or "other" in said.cues):
            return False
        hints = hints_of(said, work.state.turn, without=frame.slots[spec.name].value)
        self._restart(work, flow, _emptied(frame, flow, spec, hints=hints))
        return True

    def _clear(self, work: Work, flow: Flow, frame: Frame, spec: SlotSpec) -> None:
        self._restart(work, flow, _emptied(frame, flow, spec))

    def _restart(self, work: Work, flow: Flow, frame: Frame) -> None:
        self._under_way(work, replace(frame, step=flow.start, tries=0))
        self._runner.go_on(work)

    def _under_way(self, work: Work, frame: Frame) -> None:
        """The frame on top; one that was through begins as a new run."""
        if work.frame is None:
            serial = work.state.serial + 1
            work.put(frames=(replace(frame, serial=serial),), serial=serial, finished=None)
        else:
            work.put_frame(frame)
        work.put(asked=None)


def _emptied(frame: Frame, flow: Flow, spec: SlotSpec, *, hints: tuple[Filled, ...] = ()) -> Frame:
    return without_dependants(replace(frame.without({spec.name}), hints=hints), flow, {spec.name})


def _spoken_of(said: Said, flow: Flow, frame: Frame) -> SlotSpec | None:
    """The slot that was looked up and is now said to be another: the order, or else the one that came last."""
    specs = [spec for spec in flow.slots.values() if spec.lookup is not None and spec.name in frame.slots]
    is_order = _ORDER.search(said.folded) or any(slot.type == "date" for slot in said.understanding.slots)
    orders = [spec for spec in specs if spec.mention == "order"] if is_order else []
    last = max(specs, key=lambda spec: _place(frame.looked_up, spec.name), default=None)
    return orders[0] if orders else last


def _place(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else -1


def _changed(frame: Frame, values: dict[str, Filled]) -> dict[str, Filled]:
    return {
        name: value
        for name, value in values.items()
        if name not in frame.slots or frame.slots[name].value != value.value
    }


def _shown(spec: SlotSpec, value: Any) -> Wording:
    label = spec.label or Wording(spec.name, spec.name)
    option = next((option.label for option in spec.options if option.value == value), None)
    zh, en = (option.zh, option.en) if option is not None else (str(value), str(value))
    return Wording(f"{label.zh}：{zh}", f"{label.en}: {en}")
