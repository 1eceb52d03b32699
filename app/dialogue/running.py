"""Takes a flow from step to step until it has to wait for the customer or for an action."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, assert_never

from app.dialogue import phrases
from app.dialogue.effects import AnswerQuestion, Perform
from app.dialogue.filling import option_choices
from app.dialogue.flow import (
    END,
    AnswerStep,
    CallStep,
    CollectStep,
    Flow,
    GoStep,
    HandOffStep,
    PerformStep,
    SayStep,
    SlotSpec,
    WhenStep,
    filled,
    given,
    slots_in,
)
from app.dialogue.library import IDENTITY, FlowLibrary
from app.dialogue.lookups import choices_of, choose
from app.dialogue.state import Filled, Frame, Offered, Pending, Question
from app.dialogue.work import Work
from app.domain.action import ActionOutcome, ActionRequest, Wording

_MAX_STEPS = 100
"""Steps between two messages; more of them go round."""


class FlowRunner:
    """Runs flows. Holds nothing but the flows, so it can be shared."""

    def __init__(self, library: FlowLibrary) -> None:
        self._library = library

    def start(
        self,
        work: Work,
        flow: Flow,
        slots: Mapping[str, Filled],
        *,
        hints: tuple[Filled, ...] = (),
        takes_mentions: bool = True,
        evidence: Mapping[str, Filled] | None = None,
    ) -> None:
        """Begin a flow with what is known; the same flow waiting below is taken up in place of a second one.

        `takes_mentions` lets what was talked about just now stand for what the message leaves out; `evidence` says who
        the customer is, which is looked up first.
        """
        below = next((frame for frame in work.state.frames if frame.flow == flow.id), None)
        if below is not None:
            work.put(frames=tuple(frame for frame in work.state.frames if frame is not below))
            slots = {**below.slots, **slots}
        known = self._mentioned(work, flow) if takes_mentions else {}
        work.push(flow, {**known, **slots}, hints=hints)
        if evidence:
            work.push(self._library[IDENTITY], dict(evidence), is_called=True)
        self.go_on(work)

    def go_on(self, work: Work, *, is_reminder: bool = False) -> None:
        """From the step where the flow under way stands, and then with those that wait below it."""
        for _ in range(_MAX_STEPS):
            frame = work.frame
            if frame is None:
                return
            flow = self._library[frame.flow]
            if flow.step(frame.step) is None:
                work.end(frame)
                if flow.id == IDENTITY and not frame.is_called:
                    work.say(phrases.WHAT_NEXT)
                self._give_back(work, flow, frame)
                self._remember(work, flow, frame)
                is_reminder = not frame.is_called
            elif self._waits(work, flow, frame, is_reminder=is_reminder):
                return
        raise AssertionError(f"the flow {flow.id} goes round without asking anything")

    def remind(self, work: Work) -> None:
        """Ask again what was open before something came between."""
        asked, frame = work.state.asked, work.frame
        if asked is not None and asked.kind == "confirmation" and asked.request is not None:
            work.confirm(asked.wording, asked.request, is_reminder=True)
        elif asked is not None and asked.kind == "choices" and work.state.offered is not None:
            offered = work.state.offered
            work.offer(offered.slot, asked.wording, offered.choices, flow=offered.flow, is_reminder=True)
        elif frame is not None:
            if asked is not None and asked.kind == "slot":
                work.ask_slot(asked.slot, asked.wording, is_reminder=True)
            else:
                self.go_on(work, is_reminder=True)

    def perform(self, work: Work, request: ActionRequest) -> None:
        """Ask the gate for the present step, and wait for its outcome."""
        work.put(pending=Pending(request), asked=None)
        work.effects.append(Perform(request))

    def take(self, work: Work, pending: Pending, outcome: ActionOutcome) -> None:
        """Go on with what came of an action."""
        frame = work.frame
        if frame is None:
            work.say(outcome.message)
            return
        flow = self._library[frame.flow]
        if pending.slot:
            self._take_lookup(work, flow, frame, pending, outcome)
            return
        step = flow.step(frame.step)
        if isinstance(step, PerformStep):
            self._take_outcome(work, flow, frame, step, pending.request, outcome)

    def _waits(self, work: Work, flow: Flow, frame: Frame, *, is_reminder: bool) -> bool:
        """Take one step; whether the flow now waits for somebody."""
        step = flow.step(frame.step)
        go = flow.after(frame.step)
        match step:
            case CollectStep():
                if not _is_known(step, flow, frame):
                    self._collect(work, flow, frame, step, is_reminder=is_reminder)
                    return True
            case PerformStep():
                request = _request(work, flow, frame, step.id, step.action, step.arguments)
                self.perform(work, request)
                return True
            case SayStep():
                work.say(filled(step.say, _shown(flow, frame, "zh"), _shown(flow, frame, "en")))
            case AnswerStep():
                text = step.question.in_language(work.state.language or "zh")
                work.effects.append(AnswerQuestion(text))
                work.put(question=Question(text, work.state.turn))
            case WhenStep():
                value = _value(flow, frame, step.slot)
                if value is not None and (not step.values or value in step.values):
                    go = step.go
            case CallStep():
                work.put_frame(replace(frame, step=go))
                self._call(work, step.flow)
                return False
            case HandOffStep():
                work.put(frames=work.state.suspended)  # it is through, nothing of it is left to take up
                work.hand_off(step.reason, step.topic or flow.topic)
                return True
            case GoStep():
                go = step.go
            case None:
                return False
            case _:
                assert_never(step)
        work.put_frame(replace(frame, step=go))
        return False

    def _call(self, work: Work, flow_id: str) -> None:
        """A flow of its own for a moment; it takes over what it needs by name."""
        flow, caller = self._library[flow_id], work.frame
        slots = {name: value for name, value in caller.slots.items() if name in flow.slots} if caller else {}
        work.push(flow, slots, is_called=True)

    def _give_back(self, work: Work, flow: Flow, frame: Frame) -> None:
        """What a called flow was told goes to its caller: an order that was named to say who asks is the one meant.

        Only where the caller would look the value up by itself, and takes the same kind of thing by the same name.
        """
        caller = work.frame
        if not frame.is_called or caller is None:
            return
        for name, spec in self._library[caller.flow].slots.items():
            is_told = name in frame.slots and name not in caller.slots
            if is_told and spec.lookup is not None and spec.types and spec.types == flow.slots[name].types:
                caller = replace(caller, slots={**caller.slots, name: frame.slots[name]})
        work.put_frame(caller)

    def _collect(self, work: Work, flow: Flow, frame: Frame, step: CollectStep, *, is_reminder: bool) -> None:
        best = max(step.alternatives, key=lambda names: sum(name in frame.slots for name in names))
        if work.state.customer_id is not None and not any(name in frame.slots for name in best):
            listed = (names for names in step.alternatives if flow.slots[names[0]].lookup is not None)
            best = next(listed, best)  # whose orders are known chooses from them
        missing = [name for name in best if name not in frame.slots]
        is_listed = work.state.customer_id is not None and flow.slots[missing[0]].lookup is not None
        if not is_listed and len(step.alternatives) > 1 and step.ask is not None and len(missing) == len(best):
            self._ask(work, flow, "", step.ask, is_reminder=is_reminder)
            return
        spec = flow.slots[missing[0]]
        if spec.lookup is not None and spec.lookup.action and spec.name not in frame.looked_up:
            request = _request(work, flow, frame, f"look.{spec.name}", spec.lookup.action, spec.lookup.arguments)
            work.put(pending=Pending(request, spec.name), asked=None)
            work.effects.append(Perform(request))
            return
        self.ask(work, flow, spec, is_reminder=is_reminder)

    def ask(
        self, work: Work, flow: Flow, spec: SlotSpec, *, before: Wording | None = None, is_reminder: bool = False
    ) -> None:
        """Ask for a slot, with its options to choose from; `before` is said first."""
        wording = spec.ask if before is None else phrases.joined(before, spec.ask)
        self._ask(work, flow, spec.name, wording, is_reminder=is_reminder)

    def _ask(self, work: Work, flow: Flow, slot: str, wording: Wording, *, is_reminder: bool) -> None:
        if is_reminder:
            name = filled(phrases.BACK_TO, {"name": flow.name.zh}, {"name": flow.name.en})
            wording = phrases.joined(name, wording)
        spec = flow.slots.get(slot)
        if spec is not None and spec.options:
            work.offer(slot, wording, option_choices(spec), flow=flow.id, is_reminder=is_reminder)
        else:
            work.ask_slot(slot, wording, is_reminder=is_reminder)

    def _take_lookup(self, work: Work, flow: Flow, frame: Frame, pending: Pending, outcome: ActionOutcome) -> None:
        spec = flow.slots[pending.slot]
        if outcome.status == "needs_identity" and not frame.is_verified and IDENTITY in self._library:
            work.put_frame(replace(frame, is_verified=True))
            self._call(work, IDENTITY)
            self.go_on(work)
            return
        frame = replace(frame, looked_up=(*frame.looked_up, spec.name))
        work.put_frame(frame)
        choices = choices_of(outcome.data, spec.lookup) if spec.lookup is not None and outcome.status == "done" else ()
        if not choices:
            self.ask(work, flow, spec, before=outcome.message if outcome.status in ("done", "failed") else None)
            return
        takes_hints = spec.lookup is not None and spec.lookup.takes_hints
        chosen = choose(choices, frame.hints if takes_hints else (), spec)
        if chosen.value is not None:
            work.put(offered=Offered(flow.id, spec.name, choices, work.state.turn))
            value = Filled(chosen.value, "", work.state.turn)
            work.put_frame(replace(frame, slots={**frame.slots, spec.name: value}))
            self.go_on(work)
            return
        wording = spec.ask if chosen.is_found else phrases.joined(phrases.NO_SUCH, spec.ask)
        work.offer(spec.name, wording, chosen.choices, flow=flow.id)

    def _take_outcome(
        self,
        work: Work,
        flow: Flow,
        frame: Frame,
        step: PerformStep,
        request: ActionRequest,
        outcome: ActionOutcome,
    ) -> None:
        match outcome.status:
            case "needs_confirmation":
                token = outcome.data.get("confirmation")
                token = token if isinstance(token, str) else None
                work.confirm(outcome.message, replace(request, confirmation=token, is_confirmed=False))
            case "needs_input":
                self._ask_for_missing(work, flow, frame, step, outcome)
            case "needs_identity":
                if frame.is_verified or frame.flow == IDENTITY or IDENTITY not in self._library:
                    work.say(phrases.NOT_VERIFIED)
                    work.hand_off("failed", flow.topic)
                    return
                work.put_frame(replace(frame, is_verified=True))
                self._call(work, IDENTITY)
                self.go_on(work)
            case "needs_person":
                self._say_outcome(work, flow, frame, step, outcome)
                branch = step.on.get("needs_person")
                work.hand_off((branch.hand_off if branch else None) or "policy", flow.topic)
            case "failed":
                work.say(phrases.joined(outcome.message) if outcome.message.zh else phrases.FAILED)
                work.leave()
                work.put(failures=work.state.failures + 1)
                work.offer_person(phrases.OFFER_PERSON)
            case "done":
                if step.identifies and isinstance(outcome.data.get("customer_id"), str):
                    work.put(customer_id=outcome.data["customer_id"])
                self._say_outcome(work, flow, frame, step, outcome)
                branch = step.on.get("done")
                go = branch.go if branch and branch.go else flow.after(step.id)
                work.put_frame(replace(frame, step=go, tries=0))
                self.go_on(work)
            case "refused":
                self._take_refusal(work, flow, frame, step, outcome)
            case _:
                assert_never(outcome.status)

    def _take_refusal(self, work: Work, flow: Flow, frame: Frame, step: PerformStep, outcome: ActionOutcome) -> None:
        self._say_outcome(work, flow, frame, step, outcome)
        branch = step.on.get("refused")
        tries = frame.tries + 1
        leads_back = branch is not None and branch.go not in (None, END)
        if branch is not None and branch.hand_off is not None:
            work.hand_off(branch.hand_off, flow.topic)
            return
        if leads_back and tries >= step.tries:
            work.hand_off("failed", flow.topic)
            return
        cleared = branch.clear if branch is not None else ()
        go = branch.go if branch is not None and branch.go is not None else END
        work.put_frame(replace(frame.without(cleared), step=go, tries=tries))
        self.go_on(work)

    def _ask_for_missing(self, work: Work, flow: Flow, frame: Frame, step: PerformStep, outcome: ActionOutcome) -> None:
        names = _slots_of(step, outcome.missing)
        if not names:
            work.say(outcome.message)
            work.leave()
            work.put(failures=work.state.failures + 1)
            work.offer_person(phrases.OFFER_PERSON)
            return
        spec = flow.slots[names[0]]
        slots = {name: value for name, value in frame.slots.items() if name not in names}
        work.put_frame(replace(frame, slots=slots))
        choices = choices_of(outcome.data, spec.lookup)
        wording = outcome.message if outcome.message.zh else spec.ask
        if choices:
            work.offer(spec.name, wording, choices, flow=flow.id)
        else:
            self._ask(work, flow, spec.name, wording, is_reminder=False)

    def _say_outcome(self, work: Work, flow: Flow, frame: Frame, step: PerformStep, outcome: ActionOutcome) -> None:
        branch = step.on.get(outcome.status)
        if branch is not None and branch.is_silent:
            return
        if branch is None or branch.say is None:
            work.say(outcome.message)
            return
        data = {f"data.{name}": value for name, value in outcome.data.items()}
        zh = {**data, **_shown(flow, frame, "zh"), "message": outcome.message.zh}
        en = {**data, **_shown(flow, frame, "en"), "message": outcome.message.en}
        work.say(filled(branch.say, zh, en))

    def _mentioned(self, work: Work, flow: Flow) -> dict[str, Filled]:
        known: dict[str, Filled] = {}
        for spec in flow.slots.values():
            if spec.mention is None:
                continue
            if (under_way := self._under_way(work, spec)) is not None:
                known[spec.name] = under_way
            elif (mention := work.state.mentioned(spec.mention)) is not None:
                known[spec.name] = Filled([mention.value] if spec.many else mention.value, "", mention.turn)
        return known

    def _under_way(self, work: Work, wanted: SlotSpec) -> Filled | None:
        """What the flows under way are about: 这个到哪了, asked while an order is looked up, means that order."""
        for frame in reversed(work.state.frames):
            for name, spec in self._library[frame.flow].slots.items():
                is_same = spec.mention == wanted.mention and spec.many == wanted.many
                if is_same and name in frame.slots:
                    return frame.slots[name]
        return None

    def _remember(self, work: Work, flow: Flow, frame: Frame) -> None:
        for spec in flow.slots.values():
            if spec.mention is not None and spec.name in frame.slots:
                value = frame.slots[spec.name].value
                work.state = work.state.with_mention(spec.mention, str(value[0] if isinstance(value, list) else value))


def _is_known(step: CollectStep, flow: Flow, frame: Frame) -> bool:
    return any(all(_value(flow, frame, name) is not None for name in names) for names in step.alternatives)


def _slots_of(step: PerformStep, missing: Sequence[str]) -> list[str]:
    """The slots behind arguments that are missing; an argument within another, such as new_sku, by its own name."""
    names: list[str] = []
    for argument in missing:
        inner = _within(step.arguments, argument.split(".")[-1])
        names += slots_in(step.arguments[argument]) if argument in step.arguments else inner
    return names


def _within(template: Any, name: str) -> list[str]:
    if isinstance(template, Mapping):
        own = slots_in(template[name]) if name in template else []
        return own + [slot for part in template.values() for slot in _within(part, name)]
    if isinstance(template, (list, tuple)):
        return [slot for part in template for slot in _within(part, name)]
    return []


def _value(flow: Flow, frame: Frame, name: str) -> Any:
    if name in frame.slots:
        return frame.slots[name].value
    spec = flow.slots.get(name)
    return spec.default if spec is not None else None


def _shown(flow: Flow, frame: Frame, language: str) -> dict[str, Any]:
    """The slots as texts; an option by its label."""
    shown: dict[str, Any] = {}
    for name, spec in flow.slots.items():
        value = _value(flow, frame, name)
        labels = {str(option.value): option.label for option in spec.options}
        label = labels.get(str(value))
        shown[name] = value if label is None else (label.zh if language == "zh" else label.en)
    return shown


def _request(
    work: Work, flow: Flow, frame: Frame, step_id: str, action: str, arguments: Mapping[str, Any]
) -> ActionRequest:
    """A request whose key stays the same while what is asked for stays the same, within this run of the flow."""
    arguments = given(arguments, {name: _value(flow, frame, name) for name in flow.slots}) or {}
    digest = hashlib.sha256(json.dumps(arguments, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
    key = f"{frame.serial}.{step_id}.{digest}"
    return ActionRequest(action, arguments, customer_id=work.state.customer_id, idempotency_key=key)
