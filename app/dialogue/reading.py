"""Reads a customer's message against what is open: an answer, a correction, a digression, another wish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.dialogue import phrases
from app.dialogue.corrections import Corrector
from app.dialogue.cues import cues, is_plain_no
from app.dialogue.effects import AnswerQuestion
from app.dialogue.filling import as_text, found_in, other_option, with_slots
from app.dialogue.flow import CollectStep, Flow, filled
from app.dialogue.identifying import Identifier
from app.dialogue.library import PERSON, FlowLibrary
from app.dialogue.lookups import hints_of
from app.dialogue.offers import FlowOffers, goes_on
from app.dialogue.params import DialogueParams
from app.dialogue.questions import question_of
from app.dialogue.references import asks_for_one, refer
from app.dialogue.running import FlowRunner
from app.dialogue.said import GIVES, NUMBERS, STEERING, Said
from app.dialogue.state import MAX_VALUE, Choice, Filled, Frame, Question
from app.dialogue.wishes import Wishes, is_named
from app.dialogue.work import Work


class MessageReader:
    """Tries the readings of a message one after the other."""

    def __init__(self, library: FlowLibrary, runner: FlowRunner, params: DialogueParams) -> None:
        self._library, self._runner, self._params = library, runner, params
        self._corrector = Corrector(library, runner)
        self._identifier = Identifier(library, runner)
        self._offers = FlowOffers(library, runner, self._identifier)
        self._wishes = Wishes(library, params)

    def read(self, work: Work, said: Said) -> None:
        """The readings of a message, the first that applies."""
        if self._is_plain_answer(work, said):
            said = said.without_intent()
        (
            self._calls_for_a_person(work, said)
            or self._answers_offer_of_a_person(work, said)
            or self._offers.take(work, said)
            or self._answers_confirmation(work, said)
            or self._takes_up(work, said)
            or self._leaves(work, said)
            or self._asks_again(work, said)
            or self._corrector.choose_which(work, said)
            or self._corrects(work, said)
            or self._identifier.take(work, said)
            or self._answers(work, said)
            or self._begins(work, said)
            or self._refers_back(work, said)
            or self._offers.ask_once_more(work, said)
            or self._gives_text(work, said)
            or self._names_only(work, said)
            or self._asks(work, said)
            or self._is_lost(work, said)
        )

    def _is_plain_answer(self, work: Work, said: Said) -> bool:
        """A few words that answer what is asked, whatever a classifier makes of so little: 个人, the cheaper one."""
        frame, asked, offered = work.frame, work.state.asked, work.state.offered
        if asked is None or asked.kind != "choices" or offered is None or said.is_question:
            return False
        if not said.is_short and said.intent not in (*STEERING, "talk_to_human"):
            return False
        if frame is None or offered.flow != frame.flow or not offered.slot:
            return False
        spec = self._library[frame.flow].slots[offered.slot]
        if spec.options:
            flow = self._library[frame.flow]
            value = found_in(said, flow, frame, work.state.turn, asked=(spec.name,)).get(spec.name)
            # "changed my mind" is a reason where one was asked for; 算了，不喜欢 gives up all the same.
            return value is not None and not cues(said.text.replace(value.said, " "))
        reference = refer(said.text, offered.choices, slots=said.understanding.slots, many=spec.many)
        return not said.lexical_cues and reference is not None and reference.is_clear

    def _active(self, work: Work) -> Flow | None:
        return self._library[work.frame.flow] if work.frame is not None else None

    def _calls_for_a_person(self, work: Work, said: Said) -> bool:
        is_negative = said.understanding.sentiment == "negative"
        if is_negative and ("anger" in said.cues or work.state.angry >= self._params.max_angry):
            work.hand_off("anger", self.topic(work))
            return True
        if "person" not in said.cues or (said.is_question and said.intent not in (None, "talk_to_human")):
            return False
        if said.is_inquiry:
            return False
        if PERSON in self._library:
            self._runner.start(work, self._library[PERSON], {})
        else:
            work.hand_off("asked", self.topic(work))
        return True

    def _answers_offer_of_a_person(self, work: Work, said: Said) -> bool:
        asked = work.state.asked
        if asked is None or asked.kind != "person":
            return False
        if said.answer_to_offer == "yes":
            work.hand_off("failed", self.topic(work))
            return True
        work.put(asked=None)
        if said.answer_to_offer == "no" and not said.understanding.slots:
            work.put(failures=0)
            work.say(phrases.NO_PERSON)
            self._runner.go_on(work, is_reminder=True)
            return True
        return False

    def _answers_confirmation(self, work: Work, said: Said) -> bool:
        asked = work.state.asked
        if asked is None or asked.kind != "confirmation" or asked.request is None:
            return False
        if said.answer == "yes":
            self._runner.perform(work, replace(asked.request, is_confirmed=True))
            return True
        if is_plain_no(said.text) or (said.intent == "cancel_flow" and "correct" not in said.cues):
            work.say(phrases.NOT_DONE)
            left = work.leave()
            if left is not None:
                self._runner.go_on(work, is_reminder=True)
            return True
        return False

    def _takes_up(self, work: Work, said: Said) -> bool:
        if "resume" not in said.cues:
            return False
        wanted = [*work.state.suspended[::-1], *work.state.cancelled]
        named = [frame for frame in wanted if is_named(said, self._library[frame.flow])]
        if work.frame is not None and (not named or is_named(said, self._library[work.frame.flow])):
            self._runner.remind(work)
            return True
        if not wanted:
            if self._wishes.flow_of(said) is not None:
                return False
            work.say(phrases.NOTHING_TO_RESUME)
            return True
        frame = (named or wanted)[0]
        work.put(
            cancelled=tuple(other for other in work.state.cancelled if other is not frame),
            frames=(*(other for other in work.state.frames if other is not frame), frame),
            asked=None,
            failures=0,
        )
        flow = self._library[frame.flow]
        work.put_frame(with_slots(frame, flow, found_in(said, flow, frame, work.state.turn)))
        self._runner.go_on(work, is_reminder=True)
        return True

    def _leaves(self, work: Work, said: Said) -> bool:
        if "cancel" not in said.cues or goes_on(said.folded):
            return False
        other = self._wishes.flow_of(said)
        if work.frame is None:
            if other is not None:
                return False
            work.put(asked=None)
            work.say(phrases.NOTHING_LEFT)
            return True
        left = work.leave()
        work.put(failures=0)
        if left is not None:
            name = self._library[left.flow].name
            work.say(filled(phrases.LEFT, {"name": name.zh}, {"name": name.en}))
            if other is not None and other.id != left.flow and not other.is_small_talk:
                self._start(work, said, other)
                return True
        self._runner.go_on(work, is_reminder=True)
        return True

    def _asks_again(self, work: Work, said: Said) -> bool:
        if "repeat" not in said.cues or said.understanding.slots:
            return False
        if work.frame is None and work.state.asked is None:
            work.say(phrases.NOTHING_TO_REPEAT)
        self._runner.remind(work)
        return True

    def _corrects(self, work: Work, said: Said) -> bool:
        if not {"correct", "other"} & said.cues:
            return False
        if said.is_aside or self._is_option_asked_for(work, said):
            return False
        frame, active = work.frame, self._active(work)
        other = self._wishes.flow_of(said)
        is_elsewhere = self._wishes.is_strong(said, other, active)
        if not is_elsewhere and active is not None and (named := self._wishes.named(said, besides=active.id)):
            other, is_elsewhere = named, said.answer == "no" and not is_named(said, active)
        if other is not None and is_elsewhere:
            if frame is None or said.answer != "no":
                return False  # "actually, first …" is another wish, not another value
            kept = work.leave()
            shared = {} if kept is None else {name: v for name, v in kept.slots.items() if name in other.slots}
            self._start(work, said, other, shared=shared)
            return True
        if self._corrector.correct(work, said):
            work.put(failures=0)
            return True
        return self._corrector.ask_which(work, said)

    def _is_option_asked_for(self, work: Work, said: Said) -> bool:
        """Whether 换成黑色的 answers what was asked (exchange or return?) rather than changes what was said."""
        frame, asked = work.frame, work.state.asked
        if frame is None or asked is None or not asked.slot or said.answer == "no":
            return False
        flow = self._library[frame.flow]
        spec = flow.slots.get(asked.slot)
        is_open = spec is not None and bool(spec.options) and asked.slot not in frame.slots
        return is_open and asked.slot in found_in(said, flow, frame, work.state.turn, asked=(asked.slot,))

    def _answers(self, work: Work, said: Said) -> bool:
        """An answer to what is asked, or something that the flow under way can use."""
        frame, asked = work.frame, work.state.asked
        if frame is None:
            return self._chooses_flow(work, said)
        flow, offered = self._library[frame.flow], work.state.offered
        other = self._wishes.flow_of(said)
        is_elsewhere = self._wishes.is_strong(said, other, flow)
        is_digression = (
            said.is_question and said.intent is not None and other is None and said.intent not in (*STEERING, GIVES)
        )
        wanted = self._wanted(work, flow, frame)
        if asked is not None and asked.kind == "choices" and offered is not None and offered.flow == flow.id:
            spec = flow.slots.get(offered.slot)
            is_digression = is_digression and not (said.is_short and asks_for_one(said.text))
            reference = refer(said.text, offered.choices, slots=said.understanding.slots, many=bool(spec and spec.many))
            if spec is not None and reference is not None and not is_elsewhere and not is_digression:
                self._choose(work, said, flow, offered.slot, offered.choices, reference.found, reference.is_clear)
                return True
        values = found_in(said, flow, frame, work.state.turn, asked=wanted, takes_options=other is flow)
        is_used = bool(set(values) & set(wanted)) or (bool(values) and not is_elsewhere)
        typed = {name for name in values if flow.slots[name].types}
        if not is_used or is_digression or (is_elsewhere and typed and not said.is_bare):
            return False
        if is_elsewhere and not typed and not said.is_short and not set(values) & set(wanted):
            return False
        self._fill(work, flow, frame, values)
        return True

    def _fill(self, work: Work, flow: Flow, frame: Frame, values: Mapping[str, Filled]) -> None:
        """Take an answer into the flow under way, and go on."""
        work.put_frame(with_slots(frame, flow, values))
        work.put(asked=None, failures=0)
        self._runner.go_on(work)

    def _choose(
        self,
        work: Work,
        said: Said,
        flow: Flow,
        slot: str,
        choices: Sequence[Choice],
        found: Sequence[int],
        is_clear: bool,
    ) -> None:
        frame, spec = work.frame, flow.slots[slot]
        if frame is None:
            return
        meant = tuple(choices[number] for number in found)
        if not is_clear:
            work.offer(slot, phrases.WHICH, meant, flow=flow.id)
            return
        value = [choice.value for choice in meant] if spec.many else meant[0].value
        taken = Filled(value, said.text[:MAX_VALUE], work.state.turn, 0, len(said.text))
        others = found_in(said, flow, frame, work.state.turn)
        others.pop(slot, None)
        self._fill(work, flow, frame, {**others, slot: taken})

    def _chooses_flow(self, work: Work, said: Said) -> bool:
        asked, offered = work.state.asked, work.state.offered
        if asked is None or asked.kind != "choices" or offered is None or offered.slot:
            return False
        reference = refer(said.text, offered.choices)
        if reference is None or not reference.is_clear:
            return False
        work.put(asked=None, failures=0)
        self._start(work, said, self._library[str(offered.choices[reference.found[0]].value)])
        return True

    def _begins(self, work: Work, said: Said) -> bool:
        flow = self._wishes.flow_of(said)
        asked = work.state.asked
        is_of_what_is_open = (
            asked is not None and asked.kind == "confirmation" and said.is_question and not said.is_numbered
        )
        if flow is None or is_of_what_is_open or self._wishes.is_asked_about(said, work.state):
            return False
        if not flow.is_small_talk and not flow.takes_questions and said.is_inquiry:
            self._asks_first(work, said, flow)
            return True
        rival = self._wishes.rival(said, flow)
        if rival is not None and work.frame is None:
            choices = tuple(Choice(item.id, item.name) for item in (flow, rival))
            work.offer("", phrases.WHICH_FLOW, choices, flow="")
            return True
        if flow.is_small_talk:
            frames = work.state.frames
            work.put(frames=())
            self._runner.start(work, flow, {})
            work.put(frames=frames, asked=asked)
            self._runner.remind(work)
            return True
        if work.frame is not None and work.frame.flow == flow.id:
            return False
        self._start(work, said, flow)
        return True

    def _asks_first(self, work: Work, said: Said, flow: Flow) -> None:
        """Ask the documents; the flow is begun where they do not help, and offered where they do."""
        self._offers.remember(work, said, flow)
        self._ask_documents(work, said)

    def _ask_documents(self, work: Work, said: Said) -> None:
        text, previous = question_of(said.text, work.state)
        work.effects.append(AnswerQuestion(text, previous))
        if previous is None:
            work.put(question=Question(text[:MAX_VALUE], work.state.turn))
        self._runner.remind(work)

    def _start(self, work: Work, said: Said, flow: Flow, *, shared: dict[str, Filled] | None = None) -> None:
        blank = Frame(flow.id, 0, flow.start)
        values = found_in(said, flow, blank, work.state.turn, takes_options=True)
        hints = hints_of(said, work.state.turn)
        is_told = any(hint.value is not None for hint in hints) or "other" in said.cues
        work.put(failures=0)
        slots, evidence = {**(shared or {}), **values}, self._identifier.evidence(work, said, flow, values)
        self._runner.start(work, flow, slots, hints=hints, takes_mentions=not is_told, evidence=evidence)

    def _refers_back(self, work: Work, said: Said) -> bool:
        """第二个呢: what was offered before, once more for another of the choices."""
        offered, finished = work.state.offered, work.state.finished
        if work.frame is not None or offered is None or finished is None or offered.flow != finished.flow:
            return False
        reference = refer(said.text, offered.choices, slots=said.understanding.slots)
        if not said.is_short or reference is None or not reference.is_clear:
            return False
        flow = self._library[finished.flow]
        work.push(flow, dict(finished.slots))
        self._choose(work, said, flow, offered.slot, offered.choices, reference.found, is_clear=True)
        return True

    def _gives_text(self, work: Work, said: Said) -> bool:
        frame, asked = work.frame, work.state.asked
        if frame is None or said.is_question or said.intent in STEERING:
            return False
        flow = self._library[frame.flow]
        spec = flow.slots.get(asked.slot) if asked is not None and asked.slot else None
        if spec is not None and spec.lookup is not None and asked is not None and asked.kind == "choices":
            return False  # one of those offered, and no text that is none of them
        spec = spec or next((flow.slots[name] for name in self._wanted(work, flow, frame)), None)
        value = as_text(said, spec, work.state.turn) if spec is not None else None
        if spec is None or value is None:
            return False
        self._fill(work, flow, frame, {spec.name: value})
        return True

    def _names_only(self, work: Work, said: Said) -> bool:
        """A number and nothing more: what is to be done with it?"""
        slot = next((slot for slot in said.understanding.slots if slot.type in NUMBERS), None)
        if work.frame is not None or slot is None or not said.is_bare:
            return False
        if slot.type == "order_number":
            work.state = work.state.with_mention("order", slot.normalized or slot.value)
        flows = self._library.about(slot.type)
        if len(flows) == 1:
            self._start(work, said, flows[0])
        elif flows:
            work.offer("", phrases.WHAT_ABOUT_IT, tuple(Choice(flow.id, flow.name) for flow in flows), flow="")
        return bool(flows)

    def _asks(self, work: Work, said: Said) -> bool:
        """A question for the knowledge base; what was open is asked again behind the answer."""
        is_steering = said.intent in STEERING and not said.is_question
        if is_steering or (work.frame is not None and not said.is_question and said.intent in (None, GIVES)):
            return False
        if work.frame is not None and self._wishes.flow_of(said) is not None and not said.is_question:
            return False
        if (flow := self._offers.of_own(said)) is not None:
            self._offers.remember(work, said, flow)
        self._ask_documents(work, said)
        return True

    def _is_lost(self, work: Work, said: Said) -> bool:
        frame, asked = work.frame, work.state.asked
        if frame is None and asked is None and said.answer_to_offer is not None:
            work.say(phrases.NOTHING_LEFT)
            return True
        work.put(failures=work.state.failures + 1)
        if asked is not None and asked.kind == "confirmation":
            work.say(phrases.SAY_YES_OR_NO)
        elif frame is not None and asked is not None and (spec := self._library[frame.flow].slots.get(asked.slot)):
            if work.state.failures > 1 and (other := other_option(said, spec, work.state.turn)) is not None:
                self._fill(work, self._library[frame.flow], frame, {spec.name: other})
                return True
            work.say(spec.invalid or phrases.NOT_UNDERSTOOD)
        else:
            work.say(phrases.NOT_UNDERSTOOD)
        self._runner.remind(work)
        return True

    def _wanted(self, work: Work, flow: Flow, frame: Frame) -> tuple[str, ...]:
        """Slots that an answer may fill now, the one that was asked for first."""
        asked, step = work.state.asked, flow.step(frame.step)
        names = [asked.slot] if asked is not None and asked.slot in flow.slots else []
        if isinstance(step, CollectStep):
            names += [name for alternative in step.alternatives for name in alternative if name not in frame.slots]
        return tuple(dict.fromkeys(names))

    def topic(self, work: Work) -> str:
        """Skill of the people who know about what is under way."""
        return self._library[work.frame.flow].topic if work.frame is not None else ""
