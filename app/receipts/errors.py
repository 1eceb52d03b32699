"""Errors of receipts.

ReceiptError
├── ReceiptMissing          no receipt of that id: it was removed, has aged out, or was never written
├── ReceiptDamaged          not the bytes that were written
└── ReceiptNotReplayable    the question was not kept, so it cannot be answered again
"""

from __future__ import annotations

from index.errors import KefuError


class ReceiptError(KefuError):
    """A receipt cannot be used."""

    code = "receipt"


class ReceiptMissing(ReceiptError):
    """There is no receipt of that id."""

    code = "receipt_missing"


class ReceiptDamaged(ReceiptError):
    """The receipt is not what was written."""

    code = "receipt_damaged"


class ReceiptNotReplayable(ReceiptError):
    """The receipt does not hold what is needed to answer again."""

    code = "receipt_not_replayable"
