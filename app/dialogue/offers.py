"""What can be done about a question: begun where the documents do not answer it, offered where they do."""

from __future__ import annotations

import re
from dataclasses import replace

from app.dialogue.filling import found_in
from app.dialogue.flow import Flow
from app.dialogue.identifying import Identifier
from app.dialogue.library import FlowLibrary
from app.dialogue.lookups import hints_of
from app.dialogue.running import FlowRunner
from app.dialogue.said import GIVES, Said
from app.dialogue.state import Frame
from app.dialogue.work import Work

_TAKEN_FOR = 3
"""Turns in which a number or an e-mail address alone takes an offer up; a yes does in the next one."""
_GO_ON = re.compile(
    r"\W*(?:那|好的?|行|可以)?\W*(?:就|请|麻烦|帮我|给我|我要|我想)*(?:办理?|申请|处理|提交|弄|查|开始)(?:一下|吧|了|呗|啊|下)*\W*"
    r"|\W*(?:(?:yes|ok(?:ay)?|sure|please)\W+)*(?:start|begin|apply|proceed|go on)(?: (?:it|that|then|now))*"
    r"(?: please)?\W*",
    re.IGNORECASE,
)
_RECENT = 2
"""Turns after its end in which a flow is meant by a question that names nothing (还要多久)."""


class FlowOffers:
    """Keeps what could be done, and takes it up when the customer wants it."""

    def __init__(self, library: FlowLibrary, runner: FlowRunner, identifier: Identifier) -> None:
        self._library, self._runner, self._identifier = library, runner, identifier

    def remember(self, work: Work, said: Said, flow: Flow) -> None:
        """Keep a flow for when the documents have been asked; while another is under way there is no place for it."""
        if work.frame is not None or said.is_about_rules:
            return
        blank = Frame(flow.id, 0, flow.start)
        values = found_in(said, flow, blank, work.state.turn, takes_options=True)
        frame = replace(blank, slots=values, hints=hints_of(said, work.state.turn))
        work.put(instead=frame, instead_turn=work.state.turn)

    def take(self, work: Work, said: Said) -> bool:
        """A yes to what was offered behind an answer, or what it begins with: a number, an e-mail address."""
        offered = work.state.instead
        if offered is None:
            return False
        age = work.state.turn - work.state.instead_turn
        is_data = said.is_bare and (
            (said.intent == GIVES and age <= _TAKEN_FOR)
            # A number that is taken for no intent is certainly about what was said just before.
            or (said.intent is None and said.is_numbered and said.answer_to_offer != "no" and age == 1)
        )
        if not is_data:
            work.put(instead=None)
        if work.frame is not None or work.state.asked is not None or not (is_data or (age == 1 and _is_yes(said))):
            return False
        work.put(instead=None, failures=0)
        flow = self._library[offered.flow]
        slots = {**offered.slots, **found_in(said, flow, offered, work.state.turn)}
        evidence = self._identifier.evidence(work, said, flow, slots)
        self._runner.start(work, flow, slots, hints=offered.hints, evidence=evidence)
        return True

    def of_own(self, said: Said) -> Flow | None:
        """The flow that knows about the customer's own order or parcel what a question asks in general."""
        return self._library.of_own_question(said.intent) if said.intent and said.is_about_own else None

    def ask_once_more(self, work: Work, said: Said) -> bool:
        """还要多久 behind an answer about a parcel: the same flow once more, for the same order."""
        state, flow = work.state, self.of_own(said)
        if flow is None or work.frame is not None or state.finished is None or state.finished.flow != flow.id:
            return False
        if state.turn - state.finished_turn > _RECENT or not said.is_short:
            return False
        self._runner.start(work, flow, {}, hints=hints_of(said, state.turn))
        return True


def goes_on(message: str) -> bool:
    """Whether a message says no more than to do it: 申请吧, "please start"."""
    return bool(_GO_ON.fullmatch(message))


def _is_yes(said: Said) -> bool:
    is_affirmed = said.intent == "affirm" and said.is_short and not said.is_question and said.answer_to_offer != "no"
    return said.answer_to_offer == "yes" or goes_on(said.folded) or is_affirmed
