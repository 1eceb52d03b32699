"""What a message asks for and names: intent, slots, language and mood."""

from app.understanding.classifier import Classified, Classifier
from app.understanding.mood import MoodReader
from app.understanding.slots import Catalogue, CodePatterns, SlotFinder
from app.understanding.storing import INTENTS, SENTIMENT, load_classifier, save_classifier, shipped_classifier
from app.understanding.understander import MessageUnderstander

__all__ = [
    "INTENTS",
    "SENTIMENT",
    "Catalogue",
    "Classified",
    "Classifier",
    "CodePatterns",
    "MessageUnderstander",
    "MoodReader",
    "SlotFinder",
    "load_classifier",
    "save_classifier",
    "shipped_classifier",
]
