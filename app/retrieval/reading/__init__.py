"""A small model that reads a question beside a few sentences: which of them answer it, and whether any does."""

from app.retrieval.reading.pack import Pack, PackBuilder, Window
from app.retrieval.reading.reader import EvidenceReader, Reading, ShortAnswer

__all__ = ["EvidenceReader", "Pack", "PackBuilder", "Reading", "ShortAnswer", "Window"]
