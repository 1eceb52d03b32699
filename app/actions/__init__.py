"""What can be done for a customer, through one gate: identity, rules, confirmation, once, and written down."""

from app.actions.catalogue import ACTIONS, GOVERNED
from app.actions.gate import ActionGate
from app.actions.openai_tools import answer_call, openai_tools
from app.actions.session import ToolSession

__all__ = ["ACTIONS", "GOVERNED", "ActionGate", "ToolSession", "answer_call", "openai_tools"]
