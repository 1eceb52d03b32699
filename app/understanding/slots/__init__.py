"""What a message names, found by grammars of their own."""

from app.understanding.slots.codes import DEFAULT_ORDER_NUMBERS, DEFAULT_SKUS, CodePatterns
from app.understanding.slots.finder import SlotFinder
from app.understanding.slots.products import Catalogue
from app.understanding.slots.reasons import REASONS

__all__ = ["DEFAULT_ORDER_NUMBERS", "DEFAULT_SKUS", "REASONS", "Catalogue", "CodePatterns", "SlotFinder"]
