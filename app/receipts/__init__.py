"""Receipts: everything that an answer came from, kept so that it can be explained and answered again."""

from app.receipts.receipt import Receipt

__all__ = ["Receipt"]
