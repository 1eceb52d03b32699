"""Reads flows from YAML; whatever is wrong becomes a `Problem` with its line, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast, get_args

from app.dialogue.flow import (
    AnswerStep,
    Branch,
    CallStep,
    CollectStep,
    Flow,
    GoStep,
    HandOffStep,
    Lookup,
    Option,
    PerformStep,
    SayStep,
    SlotShape,
    SlotSpec,
    Step,
    WhenStep,
)
from app.dialogue.state import MentionKind
from app.dialogue.yaml_lines import Block, Items, Problem, read_yaml
from app.domain.action import ActionStatus, Wording
from app.domain.handoff import HandOffReason
from index.text.normalize import fold

_FLOW = {
    "flow",
    "name",
    "words",
    "intents",
    "own_questions",
    "topic",
    "small_talk",
    "takes_questions",
    "slots",
    "steps",
}
_SLOT = {
    "ask",
    "types",
    "options",
    "pattern",
    "text",
    "shape",
    "lookup",
    "mention",
    "depends",
    "default",
    "label",
    "invalid",
}
_STEP_KINDS = ("collect", "perform", "say", "answer", "when", "call", "hand_off", "go")
_STEP = {
    "collect": {"ask"},
    "perform": {"with", "on", "tries", "identifies"},
    "when": {"is", "go"},
    "hand_off": {"topic"},
}
_BRANCH = {"say", "go", "clear", "hand_off"}
_OUTCOMES = frozenset(get_args(ActionStatus)) - {"needs_identity", "needs_input", "needs_confirmation"}
_EMPTY = Wording("", "")


def read_flows(text: str, file: str, problems: list[Problem]) -> list[Flow]:
    """The flows of a file. One with mistakes is given as far as it can be understood."""
    return [_FlowReader(file, problems).flow(block) for block in read_yaml(text, file, problems)]


class _FlowReader:
    def __init__(self, file: str, problems: list[Problem]) -> None:
        self._file, self._problems = file, problems
        self._lines: dict[str, int] = {}

    def flow(self, block: Block) -> Flow:
        self._known(block, _FLOW, "a flow")
        specs = self._block(block, "slots")
        slots = {name: self._slot(name, spec) for name, spec in specs.items()}
        self._lines = {f"slots.{name}": specs.line_of(name) for name in slots}
        return Flow(
            id=self._text(block, "flow", is_needed=True),
            name=self._wording(block, "name", is_needed=True),
            intents=self._texts(block, "intents"),
            own_questions=self._texts(block, "own_questions"),
            slots=slots,
            steps=self._steps(block),
            words=tuple(fold(word) for word in self._texts(block, "words")),
            topic=self._text(block, "topic"),
            is_small_talk=self._flag(block, "small_talk"),
            takes_questions=self._flag(block, "takes_questions"),
            file=self._file,
            line=block.line,
            lines=self._lines,
        )

    def _slot(self, name: str, spec: Any) -> SlotSpec:
        if not isinstance(spec, Block):
            self._say(getattr(spec, "line", 1), f"The slot {name} needs a mapping with at least `ask`.")
            return SlotSpec(name, _EMPTY)
        self._known(spec, _SLOT, f"the slot {name}")
        shape = self._text(spec, "shape") or "text"
        if shape not in get_args(SlotShape):
            self._say(spec.line_of("shape"), f"{shape!r} is no shape: {', '.join(get_args(SlotShape))}.")
        mention = self._text(spec, "mention") or None
        if mention is not None and mention not in get_args(MentionKind):
            self._say(
                spec.line_of("mention"), f"{mention!r} is nothing to mention: {', '.join(get_args(MentionKind))}."
            )
        return SlotSpec(
            name=name,
            ask=self._wording(spec, "ask", is_needed="default" not in spec),
            types=self._texts(spec, "types"),
            options=tuple(self._option(item, line) for item, line in self._items(spec, "options")),
            pattern=self._pattern(spec),
            takes_text=self._flag(spec, "text"),
            shape=cast(SlotShape, shape),
            lookup=self._lookup(spec),
            mention=cast("MentionKind | None", mention),
            depends=self._texts(spec, "depends"),
            default=spec.get("default"),
            label=self._wording(spec, "label") if "label" in spec else None,
            invalid=self._wording(spec, "invalid") if "invalid" in spec else None,
        )

    def _option(self, item: Any, line: int) -> Option:
        if not isinstance(item, Block) or "value" not in item:
            self._say(line, "An option is a mapping with value, zh and en.")
            return Option("", _EMPTY)
        self._known(item, {"value", "zh", "en", "words"}, "an option")
        return Option(item["value"], self._both(item), tuple(fold(word) for word in self._texts(item, "words")))

    def _lookup(self, spec: Block) -> Lookup | None:
        if "lookup" not in spec:
            return None
        block = self._block(spec, "lookup")
        self._known(block, {"action", "with", "items", "value", "label", "hints"}, "a lookup")
        return Lookup(
            action=self._text(block, "action"),
            arguments=dict(self._block(block, "with")),
            items=self._text(block, "items", is_needed=True),
            value=self._text(block, "value", is_needed=True),
            label=self._wording(block, "label", is_needed=True),
            takes_hints="hints" not in block or self._flag(block, "hints"),
        )

    def _pattern(self, spec: Block) -> re.Pattern[str] | None:
        text = self._text(spec, "pattern")
        if not text:
            return None
        try:
            return re.compile(text, re.IGNORECASE)
        except re.error as error:
            self._say(spec.line_of("pattern"), f"The pattern is none: {error}.")
            return None

    def _steps(self, block: Block) -> tuple[Step, ...]:
        items = list(self._items(block, "steps"))
        if not items:
            self._say(block.line_of("steps"), "A flow needs steps.")
        steps: list[Step] = []
        for number, (item, line) in enumerate(items, start=1):
            if not isinstance(item, Block):
                self._say(line, "A step is a mapping.")
                continue
            kinds = [kind for kind in _STEP_KINDS if kind in item]
            kind = "when" if "when" in kinds else kinds[0] if kinds else ""
            if not kind or (len(kinds) > 1 and set(kinds) != {"when", "go"}):
                self._say(line, f"A step does one of: {', '.join(_STEP_KINDS)}.")
                continue
            self._known(item, {"id", kind, *_STEP.get(kind, ())}, f"a step that does {kind}")
            steps.append(self._step(kind, item, self._text(item, "id") or f"{kind}_{number}"))
            self._lines.setdefault(f"steps.{steps[-1].id}", line)
        return tuple(steps)

    def _step(self, kind: str, item: Block, step_id: str) -> Step:
        match kind:
            case "collect":
                wording = self._wording(item, "ask") if "ask" in item else None
                return CollectStep(step_id, self._alternatives(item), wording)
            case "perform":
                return self._perform(item, step_id)
            case "say":
                return SayStep(step_id, self._wording(item, "say"))
            case "answer":
                return AnswerStep(step_id, self._wording(item, "answer"))
            case "when":
                values = item.get("is", Items())
                given = tuple(values) if isinstance(values, list) else (values,)
                return WhenStep(step_id, self._text(item, "when"), given, self._text(item, "go", is_needed=True))
            case "call":
                return CallStep(step_id, self._text(item, "call"))
            case "hand_off":
                return HandOffStep(step_id, self._reason(item), self._text(item, "topic"))
            case _:
                return GoStep(step_id, self._text(item, "go"))

    def _alternatives(self, item: Block) -> tuple[tuple[str, ...], ...]:
        value = item["collect"]
        if isinstance(value, str):
            return ((value,),)
        if isinstance(value, list) and value and all(isinstance(part, (str, list)) for part in value):
            return tuple((part,) if isinstance(part, str) else tuple(str(name) for name in part) for part in value)
        self._say(
            item.line_of("collect"), "`collect` names a slot, or alternatives: [[email], [order_id, phone_tail]]."
        )
        return ()

    def _perform(self, item: Block, step_id: str) -> PerformStep:
        on: dict[ActionStatus, Branch] = {}
        outcomes = self._block(item, "on")
        for status, branch in outcomes.items():
            if status not in _OUTCOMES:
                self._say(outcomes.line_of(status), f"{status!r} is no outcome here: {', '.join(sorted(_OUTCOMES))}.")
            elif isinstance(branch, Block):
                on[cast(ActionStatus, status)] = self._branch(branch)
            else:
                self._say(outcomes.line_of(status), "An outcome is followed by a mapping: say, go, clear, hand_off.")
        tries = item.get("tries", 3)
        if not isinstance(tries, int) or tries < 1:
            self._say(item.line_of("tries"), "`tries` is a whole number of 1 or more.")
            tries = 3
        return PerformStep(
            id=step_id,
            action=self._text(item, "perform", is_needed=True),
            arguments=dict(self._block(item, "with")),
            on=on,
            tries=tries,
            identifies=self._flag(item, "identifies"),
        )

    def _branch(self, block: Block) -> Branch:
        self._known(block, _BRANCH, "an outcome")
        is_silent = "say" in block and not block["say"]
        return Branch(
            say=self._wording(block, "say") if block.get("say") else None,
            is_silent=is_silent,
            go=self._text(block, "go") or None,
            clear=self._texts(block, "clear"),
            hand_off=self._reason(block) if "hand_off" in block else None,
        )

    def _reason(self, block: Block) -> HandOffReason:
        reason = self._text(block, "hand_off")
        if reason not in get_args(HandOffReason):
            self._say(block.line_of("hand_off"), f"{reason!r} is no reason: {', '.join(get_args(HandOffReason))}.")
            return "agent_only"
        return cast(HandOffReason, reason)

    def _wording(self, block: Block, key: str, *, is_needed: bool = False) -> Wording:
        value = block.get(key)
        if value is None:
            if is_needed:
                self._say(block.line_of(key), f"`{key}` is missing: a text in zh and en.")
            return _EMPTY
        if not isinstance(value, Block):
            self._say(block.line_of(key), f"`{key}` is a text in two languages: {{zh: …, en: …}}.")
            return _EMPTY
        self._known(value, {"zh", "en"}, f"`{key}`")
        return self._both(value)

    def _both(self, block: Block) -> Wording:
        for language in ("zh", "en"):
            if not str(block.get(language) or "").strip():
                self._say(block.line, f"The text in {language} is missing.")
        return Wording(str(block.get("zh") or "").strip(), str(block.get("en") or "").strip())

    def _text(self, block: Block, key: str, *, is_needed: bool = False) -> str:
        value = block.get(key)
        if value is None or value == "":
            if is_needed:
                self._say(block.line, f"`{key}` is missing.")
            return ""
        if isinstance(value, (dict, list)):
            self._say(block.line_of(key), f"`{key}` is one word, not a list or mapping.")
            return ""
        return str(value)

    def _texts(self, block: Block, key: str) -> tuple[str, ...]:
        value = block.get(key, ())
        if isinstance(value, (dict, str)) or not isinstance(value, Iterable):
            self._say(block.line_of(key), f"`{key}` is a list.")
            return ()
        return tuple(str(item) for item in value)

    def _items(self, block: Block, key: str) -> list[tuple[Any, int]]:
        value = block.get(key)
        if value is None:
            return []
        if not isinstance(value, Items):
            self._say(block.line_of(key), f"`{key}` is a list.")
            return []
        return list(zip(value, value.lines, strict=True))

    def _block(self, block: Block, key: str) -> Block:
        value = block.get(key)
        if isinstance(value, Block):
            return value
        if value is not None:
            self._say(block.line_of(key), f"`{key}` is a mapping.")
        empty = Block()
        empty.line, empty.lines = block.line_of(key), {}
        return empty

    def _flag(self, block: Block, key: str) -> bool:
        value = block.get(key, False)
        if not isinstance(value, bool):
            self._say(block.line_of(key), f"`{key}` is true or false.")
        return value is True

    def _known(self, block: Block, keys: set[str], what: str) -> None:
        for key in block:
            if key not in keys:
                self._say(block.line_of(key), f"{key!r} is nothing that {what} has: {', '.join(sorted(keys))}.")

    def _say(self, line: int, message: str) -> None:
        self._problems.append(Problem(self._file, line, message))
