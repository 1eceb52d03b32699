"""Free-text notes of customers and couriers as typed constraints with the words that they rest on."""

from app.warehouse.notes.desk import NoteDesk
from app.warehouse.notes.parser import LONGEST_NOTE, NoteParser
from app.warehouse.notes.reviews import NoteReviews, Review
from app.warehouse.notes.stop_fields import StopFields, to_stop_fields

__all__ = ["LONGEST_NOTE", "NoteDesk", "NoteParser", "NoteReviews", "Review", "StopFields", "to_stop_fields"]
