"""What can go wrong with notes:

NoteError
├── NoteTooLong        longer than a note can be
├── NoteOrderMissing   no order of that number has a note
├── DecisionInvalid    a decision about a note that no plan could use
├── ReviewMissing      no note of that id waits for a person
└── ReviewClosed       somebody has decided already
"""

from __future__ import annotations

from index.errors import KefuError


class NoteError(KefuError):
    """The note cannot be read or decided as asked."""

    code = "note"


class NoteTooLong(NoteError):
    """The note is longer than a note can be."""

    code = "note_too_long"


class NoteOrderMissing(NoteError):
    """The shop has no order of that number."""

    code = "note_order_missing"


class DecisionInvalid(NoteError):
    """A decision about a note holds something that is no constraint."""

    code = "note_decision_invalid"


class ReviewMissing(NoteError):
    """No note of that id waits for a person."""

    code = "note_review_missing"


class ReviewClosed(NoteError):
    """Somebody has decided about the note already."""

    code = "note_review_closed"
