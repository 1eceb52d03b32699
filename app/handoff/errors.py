"""Errors of the agents' desk.

HandOffError
├── TicketMissing           the conversation has never been handed off
├── TicketTaken             another agent has it
├── TransitionRefused       what was asked for is not possible in its present state
└── CannedReplyMissing      no canned reply of that shortcut
InputError
├── HandOffPolicyInvalid    hours, words or limits that cannot be meant
├── CannedReplyInvalid      a shortcut or a text that cannot be one
├── AgentTextInvalid        a reply or a note without text, or too long
└── HandOffPlaceInvalid     the place in a list is none that was given out
"""

from __future__ import annotations

from index.errors import InputError, KefuError


class HandOffError(KefuError):
    """The desk cannot do this."""

    code = "handoff"


class TicketMissing(HandOffError):
    """The conversation has never been handed off."""

    code = "ticket_missing"


class TicketTaken(HandOffError):
    """Another agent has the conversation."""

    code = "ticket_taken"


class TransitionRefused(HandOffError):
    """That is not possible in the present state of the conversation."""

    code = "transition_refused"


class CannedReplyMissing(HandOffError):
    """There is no canned reply of that shortcut."""

    code = "canned_reply_missing"


class HandOffPolicyInvalid(InputError):
    """The rules of hand-off cannot be used as they are."""

    code = "handoff_policy_invalid"


class CannedReplyInvalid(InputError):
    """The canned reply cannot be kept as it is."""

    code = "canned_reply_invalid"


class AgentTextInvalid(InputError):
    """What an agent wrote cannot be sent."""

    code = "agent_text_invalid"


class HandOffPlaceInvalid(InputError):
    """The place in the list is none that was given out."""

    code = "handoff_place_invalid"
