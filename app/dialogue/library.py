"""The flows in force: those that are shipped, with a company's own in place of those of the same id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from app.dialogue.check import Vocabulary, check_flows
from app.dialogue.errors import FlowsInvalid
from app.dialogue.examples import Example, read_examples
from app.dialogue.flow import CollectStep, Flow
from app.dialogue.flow_file import read_flows
from app.dialogue.yaml_lines import Problem

IDENTITY = "verify_identity"
"""Id of the flow that finds out who the customer is, called when an action wants to know."""
PERSON = "talk_to_human"
EXAMPLES = ".dialogue.yaml"


class FlowLibrary:
    """Flows by id and by intent."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        self._flows = {flow.id: flow for flow in flows}
        self._by_intent = {intent: flow for flow in self._flows.values() for intent in flow.intents}
        self._by_own_question = {intent: flow for flow in self._flows.values() for intent in flow.own_questions}

    def __getitem__(self, flow_id: str) -> Flow:
        return self._flows[flow_id]

    def __contains__(self, flow_id: str) -> bool:
        return flow_id in self._flows

    def flows(self) -> Sequence[Flow]:
        """All of them."""
        return tuple(self._flows.values())

    def about(self, slot_type: str) -> Sequence[Flow]:
        """Flows that begin with something of a kind, such as an order number."""
        return [flow for flow in self._flows.values() if flow.intents and _begins_with(flow, slot_type)]

    def of_intent(self, intent: str) -> Flow | None:
        """The flow that an intent starts."""
        return self._by_intent.get(intent)

    def of_own_question(self, intent: str) -> Flow | None:
        """The flow that knows of the customer's own order what an intent asks in general."""
        return self._by_own_question.get(intent)

    @classmethod
    def load(cls, folder: Path | None = None, *, vocabulary: Vocabulary | None = None) -> FlowLibrary:
        """The shipped flows and those of a folder. Raises `FlowsInvalid`, which names the first mistake."""
        flows, problems = read_library(folder, vocabulary=vocabulary)
        if problems:
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            raise FlowsInvalid(f"{problems[0]}{more} `kefu dialogue check` shows all.")
        return cls(flows)


def _begins_with(flow: Flow, slot_type: str) -> bool:
    first = flow.steps[0] if flow.steps else None
    names = [name for part in first.alternatives for name in part] if isinstance(first, CollectStep) else []
    return any(slot_type in flow.slots[name].types for name in names)


def read_library(
    folder: Path | None = None, *, vocabulary: Vocabulary | None = None
) -> tuple[list[Flow], list[Problem]]:
    """All flows in force, and what is wrong with them. Raises `FlowsInvalid` for a folder that is not there."""
    problems: list[Problem] = []
    shipped = [flow for name, text in _shipped(are_examples=False) for flow in read_flows(text, name, problems)]
    own = [] if folder is None else _own(folder, problems)
    replaced = {flow.id for flow in own}
    flows = [*(flow for flow in shipped if flow.id not in replaced), *own]
    if not problems:
        problems = check_flows(flows, vocabulary or Vocabulary())
    return flows, sorted(problems)


def _own(folder: Path, problems: list[Problem]) -> list[Flow]:
    if not folder.is_dir():
        raise FlowsInvalid(f"There is no folder {folder} with flows.")
    return [
        replace(flow, is_own=True)
        for _, name, text in _files_in(folder, problems, are_examples=False)
        for flow in read_flows(text, name, problems)
    ]


def read_all_examples(folder: Path | None = None) -> tuple[list[Example], list[Problem]]:
    """The example dialogues of the shipped flows, or of a folder beside its flows; and what is wrong with them."""
    problems: list[Problem] = []
    examples: list[Example] = []
    if folder is None:
        for name, text in _shipped(are_examples=True):
            examples += read_examples(text, name, problems)
        return examples, problems
    for path, name, text in _files_in(folder, problems, are_examples=True):
        examples += read_examples(text, name, problems, read_world=_beside(path))
    return examples, problems


def _shipped(*, are_examples: bool) -> Iterator[tuple[str, str]]:
    """Name and text of each file with flows, or with examples of them."""
    for item in sorted(files("app.dialogue").joinpath("flows").iterdir(), key=lambda item: item.name):
        if item.name.endswith(".yaml") and item.name.endswith(EXAMPLES) == are_examples:
            yield item.name, item.read_text(encoding="utf-8")


def _files_in(folder: Path, problems: list[Problem], *, are_examples: bool) -> Iterator[tuple[Path, str, str]]:
    """Path, name within the folder and text of each file; those that cannot be read are problems."""
    for path in sorted(folder.rglob("*.yaml")):
        if path.name.endswith(EXAMPLES) != are_examples:
            continue
        name = path.relative_to(folder).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(name, 1, f"The file cannot be read: {error}."))
            continue
        yield path, name, text


def _beside(path: Path) -> Callable[[str], str]:
    return lambda name: path.with_name(Path(name).name).read_text(encoding="utf-8")
