"""Errors of dialogues.

DialogueError
├── FlowsInvalid            flows, examples or the words that they use cannot be read or contradict themselves
└── DialogueStateInvalid    a kept state is damaged or of another version
"""

from __future__ import annotations

from index.errors import KefuError


class DialogueError(KefuError):
    """A dialogue cannot be held."""

    code = "dialogue"


class FlowsInvalid(DialogueError):
    """The flows cannot be used as they are written."""

    code = "flows_invalid"


class DialogueStateInvalid(DialogueError):
    """The kept state of a dialogue cannot be read."""

    code = "dialogue_state_invalid"
