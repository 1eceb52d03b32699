"""What holds whatever a customer writes: nothing is done without a yes to it, and nothing grows or breaks."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from app.dialogue import AskConfirmation, DialogueState, FlowLibrary, Perform
from app.dialogue.cues import yes_or_no
from app.dialogue.scripted_actions import ScriptedActions
from app.dialogue.state import MAX_CANCELLED, MAX_MENTIONS, MAX_SUSPENDED
from tests.dialogue_samples import NOW, scripted_dialogues, shipped_engine, understood

ENGINE = shipped_engine()
EXAMPLES = scripted_dialogues()
OUTCOMES = EXAMPLES[0].outcomes
TURNS = [turn for example in EXAMPLES for turn in example.turns]
FLOWS = FlowLibrary.load().flows()
INTENTS = [*sorted({intent for flow in FLOWS for intent in flow.intents}), "affirm", "deny", None]

known_turns = st.sampled_from(TURNS).map(lambda turn: (turn.message, turn.understanding))
strange_turns = st.tuples(st.text(min_size=1, max_size=40), st.sampled_from(INTENTS)).map(
    lambda pair: (pair[0], understood(pair[0], pair[1]))
)
yes_turns = st.sampled_from(["确认", "好的", "yes", "OK", "是的"]).map(lambda text: (text, understood(text, "affirm")))
messages = st.lists(st.one_of(known_turns, strange_turns, yes_turns), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(messages, st.sampled_from([None, "C1", "C2", "C3"]), st.booleans())
def test_nothing_is_done_without_a_yes_to_exactly_what_was_described_last(turns, customer_id, is_answered):
    state = DialogueState(customer_id=customer_id)
    actions = ScriptedActions(OUTCOMES)
    described = None
    for message, understanding in turns:
        state = DialogueState.from_dict(json.loads(json.dumps(state.to_dict())))
        before = described
        state, effects = ENGINE.step(state, message, understanding, NOW)
        shown = list(effects)
        for _ in range(20):
            if not effects or not isinstance(effects[-1], Perform):
                break
            request = effects[-1].request
            if request.is_confirmed:
                assert yes_or_no(message) == "yes"
                assert before is not None
                assert (request.name, request.arguments) == (before.name, before.arguments)
            state, effects = ENGINE.resume(state, actions.perform(request))
            shown += effects
        assert not effects or not isinstance(effects[-1], Perform), "a turn comes to its end"
        assert shown, "no message is met with silence"
        last = shown[-1]
        described = last.request if isinstance(last, AskConfirmation) else None
        if described is None and state.asked is not None and state.asked.kind == "confirmation":
            described = state.asked.request
        state, _ = ENGINE.answered(state, is_answered=is_answered)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(known_turns, strange_turns), min_size=20, max_size=40))
def test_memory_stays_within_its_limits(turns):
    state, actions = DialogueState(customer_id="C1"), ScriptedActions(OUTCOMES)
    for message, understanding in turns:
        state, effects = ENGINE.step(state, message, understanding, NOW)
        while effects and isinstance(effects[-1], Perform):
            state, effects = ENGINE.resume(state, actions.perform(effects[-1].request))
        assert len(state.suspended) <= MAX_SUSPENDED + 1  # with a flow that was called
        assert len(state.cancelled) <= MAX_CANCELLED
        assert len(state.mentions) <= MAX_MENTIONS
        assert len(json.dumps(state.to_dict(), ensure_ascii=False)) < 40_000
