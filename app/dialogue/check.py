"""What can be wrong between the flows: names that nothing has, steps that nothing reaches, loops without a way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

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
    Step,
    WhenStep,
    places,
    slots_in,
)
from app.dialogue.yaml_lines import Problem
from app.domain.action import ActionSpec, Wording
from app.domain.understanding import SlotType

SLOT_TYPES = frozenset(get_args(SlotType))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What flows may speak of. None leaves it unchecked."""

    intents: frozenset[str] | None = None
    actions: Mapping[str, frozenset[str]] | None = None
    """Name to arguments."""
    slot_types: frozenset[str] = field(default=SLOT_TYPES)

    @classmethod
    def of(cls, intents: Iterable[str] | None, specs: Sequence[ActionSpec] | None) -> Vocabulary:
        """From the labels of a classifier and the specs of a gate."""
        actions = None
        if specs is not None:
            actions = {spec.name: frozenset(spec.parameters.get("properties", {})) for spec in specs}
        return cls(None if intents is None else frozenset(intents), actions)


def check_flows(flows: Sequence[Flow], vocabulary: Vocabulary) -> list[Problem]:
    """All that contradicts itself or names what there is not; sorted by file and line."""
    problems: list[Problem] = []
    ids: dict[str, Flow] = {}
    triggers: dict[str, Flow] = {}
    for flow in flows:
        if (other := ids.setdefault(flow.id, flow)) is not flow:
            problems.append(_at(flow, f"The flow {flow.id} stands in {other.file}:{other.line} too."))
        for intent in (*flow.intents, *flow.own_questions):
            if vocabulary.intents is not None and intent not in vocabulary.intents:
                problems.append(_at(flow, f"There is no intent {intent}."))
            if (other := triggers.setdefault(intent, flow)) is not flow:
                problems.append(_at(flow, f"The intent {intent} starts {other.id} already ({other.file})."))
    for flow in flows:
        problems += _slots(flow, vocabulary)
        problems += _steps(flow, vocabulary, ids)
        problems += _paths(flow)
    return sorted(set(problems))


def targets(flow: Flow, step: Step) -> set[str]:
    """Ids of the steps that may follow."""
    behind = flow.after(step.id)
    match step:
        case GoStep(go=go):
            return {go}
        case WhenStep(go=go):
            return {go, behind}
        case HandOffStep():
            return {END}
        case PerformStep(on=on):
            done = on.get("done")
            found = {behind if done is None or done.go is None else done.go, END}
            return found | {branch.go for branch in on.values() if branch.go is not None}
        case _:
            return {behind}


def _slots(flow: Flow, vocabulary: Vocabulary) -> Iterable[Problem]:
    for spec in flow.slots.values():
        place = f"slots.{spec.name}"
        for kind in spec.types:
            if kind not in vocabulary.slot_types:
                yield _at(flow, f"The slot {spec.name} wants the unknown type {kind}.", place)
        for other in spec.depends:
            if other not in flow.slots:
                yield _at(flow, f"The slot {spec.name} depends on {other}, which the flow does not have.", place)
        if spec.lookup is not None:
            for name in slots_in(spec.lookup.arguments):
                if name not in flow.slots:
                    yield _at(flow, f"The flow has no slot {name}.", place)
        if spec.lookup is not None and spec.lookup.action:
            yield from _action(flow, spec.lookup.action, spec.lookup.arguments, vocabulary, place)
        has_source = spec.types or spec.options or spec.pattern or spec.takes_text or spec.lookup
        if not has_source and spec.default is None:
            yield _at(
                flow, f"Nothing can fill the slot {spec.name}: give types, options, pattern, text or lookup.", place
            )


def _steps(flow: Flow, vocabulary: Vocabulary, ids: Mapping[str, Flow]) -> Iterable[Problem]:
    seen: set[str] = set()
    used: set[str] = set()
    for step in flow.steps:
        if step.id in seen or step.id == END:
            yield _at(flow, f"The step {step.id} needs another id.", f"steps.{step.id}")
        seen.add(step.id)
        match step:
            case CollectStep(alternatives=alternatives):
                used |= {name for names in alternatives for name in names}
                if len(alternatives) > 1 and step.ask is None:
                    yield _at(
                        flow, f"The step {step.id} has alternatives and needs an `ask` of its own.", f"steps.{step.id}"
                    )
            case PerformStep():
                used |= set(slots_in(step.arguments))
                yield from _action(flow, step.action, step.arguments, vocabulary, f"steps.{step.id}")
                for branch in step.on.values():
                    used |= set(branch.clear)
                    yield from _places(flow, branch.say, step.id, also={"message"})
            case WhenStep(slot=slot):
                used.add(slot)
            case CallStep(flow=called) if called not in ids:
                yield _at(flow, f"The step {step.id} calls the unknown flow {called}.", f"steps.{step.id}")
            case SayStep(say=say):
                yield from _places(flow, say, step.id, also=set())
    for name in sorted(used - set(flow.slots)):
        yield _at(flow, f"The flow has no slot {name}.")


def _places(flow: Flow, wording: Wording | None, step_id: str, *, also: set[str]) -> Iterable[Problem]:
    if wording is None:
        return
    for name in sorted(places(wording) - set(flow.slots) - also):
        if not name.startswith("data."):
            yield _at(flow, f"The text has a place {{{name}}} that nothing fills.", f"steps.{step_id}")


def _action(
    flow: Flow, name: str, arguments: Mapping[str, Any], vocabulary: Vocabulary, place: str
) -> Iterable[Problem]:
    if vocabulary.actions is None:
        return
    known = vocabulary.actions.get(name)
    if known is None:
        yield _at(flow, f"There is no action {name}.", place)
        return
    for argument in arguments:
        if argument not in known:
            yield _at(flow, f"The action {name} has no argument {argument}.", place)


def _paths(flow: Flow) -> Iterable[Problem]:
    ids = {step.id for step in flow.steps}
    leads = {step.id: targets(flow, step) for step in flow.steps}
    for step_id, found in leads.items():
        for target in sorted(found - ids - {END}):
            yield _at(flow, f"The step {step_id} goes to {target}, which there is not.", f"steps.{step_id}")
    reached, waiting = set(), [flow.start]
    while waiting:
        if (step_id := waiting.pop()) in ids and step_id not in reached:
            reached.add(step_id)
            waiting += leads[step_id]
    for step_id in ids - reached:
        yield _at(flow, f"Nothing leads to the step {step_id}.", f"steps.{step_id}")
    ends = {END}
    while more := {step_id for step_id, found in leads.items() if step_id not in ends and found & ends}:
        ends |= more
    for step_id in reached - ends:
        yield _at(flow, f"From the step {step_id} there is no way out: it can only go round.", f"steps.{step_id}")
    yield from _rounds(flow, leads)


def _rounds(flow: Flow, leads: Mapping[str, set[str]]) -> Iterable[Problem]:
    """Steps that lead back to themselves without ever asking or doing anything would never end."""
    quiet = {step.id for step in flow.steps if isinstance(step, (GoStep, WhenStep, SayStep, AnswerStep))}
    for step_id in sorted(quiet):
        reached: set[str] = set()
        waiting = [step_id]
        while waiting:
            for target in (leads[waiting.pop()] & quiet) - reached:
                reached.add(target)
                waiting.append(target)
        if step_id in reached:
            yield _at(
                flow,
                f"The step {step_id} comes back to itself without asking anything.",
                f"steps.{step_id}",
            )


def _at(flow: Flow, message: str, place: str = "") -> Problem:
    return Problem(flow.file, flow.lines.get(place, flow.line), f"{flow.id}: {message}")
