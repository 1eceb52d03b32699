"""What can be done for a customer, through one gate: identity, rules, confirmation, once, and written down."""

from app.actions.catalogue import ACTIONS
from app.actions.gate import ActionGate

__all__ = ["ACTIONS", "ActionGate"]
