"""Dialogues over several turns: state as data, flows as files, and an engine without clock, model or store."""

from app.dialogue.effects import (
    AnswerQuestion,
    AskConfirmation,
    AskSlot,
    Effect,
    End,
    HandOff,
    OfferChoices,
    Perform,
    Say,
)
from app.dialogue.engine import DialogueEngine
from app.dialogue.library import FlowLibrary
from app.dialogue.params import DialogueParams
from app.dialogue.state import Choice, DialogueState

__all__ = [
    "AnswerQuestion",
    "AskConfirmation",
    "AskSlot",
    "Choice",
    "DialogueEngine",
    "DialogueParams",
    "DialogueState",
    "Effect",
    "End",
    "FlowLibrary",
    "HandOff",
    "OfferChoices",
    "Perform",
    "Say",
]
