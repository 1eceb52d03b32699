"""Takes from a message who the customer is, told before they were asked."""

from __future__ import annotations

from collections.abc import Mapping

from app.dialogue.filling import found_in, with_slots
from app.dialogue.flow import CollectStep, Flow
from app.dialogue.library import IDENTITY, FlowLibrary
from app.dialogue.running import FlowRunner
from app.dialogue.said import GIVES, Said
from app.dialogue.state import Filled, Frame
from app.dialogue.work import Work

_SEVERAL = 2
"""Things that have to be told together where a message says more than who asks."""


class Identifier:
    """Calls the flow that finds out who the customer is as soon as they have said enough for it."""

    def __init__(self, library: FlowLibrary, runner: FlowRunner) -> None:
        self._library, self._runner = library, runner

    def take(self, work: Work, said: Said) -> bool:
        """Whether the message says who they are and hardly more; what was open is gone on with behind it.

        With nothing under way they are looked up all the same: an e-mail address is no question for the documents.
        """
        if not self._is_wanted(work, said) or said.is_question:
            return False
        if not (said.is_bare or said.intent in (None, GIVES)):
            return False
        frame, flow = work.frame, self._library[IDENTITY]
        if any(each.flow == IDENTITY for each in work.state.frames):
            return False
        caller = self._library[frame.flow] if frame is not None else None
        evidence = _evidence(said, flow, _known(work, frame.slots if frame is not None else {}, flow), work.state.turn)
        if not evidence or _is_asked_for(work, caller, evidence, flow):
            return False
        if frame is not None and caller is not None:
            told = found_in(said, caller, frame, work.state.turn)
            work.put_frame(with_slots(frame, caller, told))
        for name, value in evidence.items():
            if "order_number" in flow.slots[name].types:
                work.state = work.state.with_mention("order", str(value.value))
        work.put(asked=None, failures=0)
        work.push(flow, evidence, is_called=frame is not None)
        self._runner.go_on(work)
        return True

    def evidence(self, work: Work, said: Said, flow: Flow, slots: Mapping[str, Filled]) -> dict[str, Filled]:
        """Who the customer is, where the message that begins a flow about their order says so too; else {}.

        What the flow itself takes, such as the address that an invoice goes to, is none of it; nor is a telephone
        number or an e-mail address among other words, which may be somebody else's (我老公的订单 138…).
        """
        if not self._is_wanted(work, said):
            return {}
        if not any(spec.mention == "order" for spec in flow.slots.values()):
            return {}
        identity = self._library[IDENTITY]
        known, least = _known(work, slots, identity), 1 if said.is_bare else _SEVERAL
        found = _evidence(said, identity, known, work.state.turn, least=least)
        taken = {kind for spec in flow.slots.values() for kind in spec.types if kind != "order_number"}
        return {} if any(set(identity.slots[name].types) & taken for name in found) else found

    def _is_wanted(self, work: Work, said: Said) -> bool:
        """Whether it is open who asks; the telephone number in an address is that of whoever takes the parcel."""
        is_address = any(slot.type == "address" for slot in said.understanding.slots)
        return work.state.customer_id is None and IDENTITY in self._library and not is_address


def _evidence(said: Said, flow: Flow, known: dict[str, Filled], turn: int, *, least: int = 1) -> dict[str, Filled]:
    """All that one of the ways to identify oneself needs, some of it from this message; {} where none is complete."""
    step = flow.step(flow.start)
    for names in step.alternatives if isinstance(step, CollectStep) else ():
        own = {name: value for name, value in known.items() if name in names}
        told = found_in(said, flow, Frame(flow.id, 0, flow.start, slots=own), turn, asked=names)
        told = {name: value for name, value in told.items() if name in names}
        found = {**own, **told}
        if len(names) >= least and all(name in found for name in names) and set(told) - set(own):
            return found
    return {}


def _known(work: Work, slots: Mapping[str, Filled], flow: Flow) -> dict[str, Filled]:
    """The order that is being talked about."""
    found = {name: slots[name] for name, spec in flow.slots.items() if spec.types and name in slots}
    mention = work.state.mentioned("order")
    for name, spec in flow.slots.items():
        if mention is not None and "order_number" in spec.types:
            found.setdefault(name, Filled(mention.value, "", mention.turn))
    return found


def _is_asked_for(work: Work, caller: Flow | None, evidence: dict[str, Filled], flow: Flow) -> bool:
    """Whether the flow under way asked for just such a thing, such as the address for an invoice."""
    asked = work.state.asked
    spec = caller.slots.get(asked.slot) if caller is not None and asked is not None else None
    if spec is None:
        return False
    kinds = {kind for name in evidence for kind in flow.slots[name].types}
    return bool(kinds & set(spec.types)) or (spec.pattern is not None and spec.takes_text)
