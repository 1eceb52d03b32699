"""How much one document may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_MIB = 1024 * 1024

Recognize = Literal["off", "scans", "all"]
"""Where text in pictures is read: nowhere, on pages of a PDF that hold no text, or there and in picture files."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read from one document; beyond them it is refused and the batch goes on."""

    max_bytes: int = 100 * _MIB
    """Size of a PDF or office file."""
    max_text_bytes: int = 32 * _MIB
    """Size of a text file (Markdown, text, HTML, CSV, JSON); corpora in JSON Lines are read line by line instead."""
    max_line_bytes: int = 4 * _MIB
    """Length of one line of a corpus."""
    max_unpacked_bytes: int = 512 * _MIB
    """What an office file (a zip archive) may unpack to."""
    max_archive_entries: int = 10_000
    max_rows: int = 100_000
    """Rows that hold something, over all sheets of one workbook or CSV file."""
    max_pages: int = 5_000
    """Pages of a PDF, slides of a presentation."""
    timeout_s: float = 30.0
    """Time for one document in the parser process."""
    memory_bytes: int = 1024 * _MIB
    """Address space of the parser process."""
    in_process_bytes: int = 1 * _MIB
    """Text files up to this size are parsed in the calling process; larger ones in the parser process too."""
    notes: bool = False
    """Whether speaker notes of a presentation are read."""
    recognize: Recognize = "off"
    max_picture_bytes: int = 20 * _MIB
    max_pixels: int = 60_000_000
    """Width times height of a picture, before it is made smaller."""
    max_recognized_pages: int = 200
    """Of one PDF: pages beyond are left unread, with a warning."""
    recognize_s: float = 15.0
    """Time for one picture or page, on top of `timeout_s`."""
    recognizer_memory_bytes: int = 3072 * _MIB
    """Address space of the parser process that reads pictures; half of it is room that its libraries only reserve."""
    recognizer_threads: int = 2

    def __post_init__(self) -> None:
        for name in (
            "max_bytes",
            "max_text_bytes",
            "max_line_bytes",
            "max_unpacked_bytes",
            "max_rows",
            "max_pages",
            "max_picture_bytes",
            "max_pixels",
            "max_recognized_pages",
            "recognizer_threads",
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"Expected {name} >= 1, got {getattr(self, name)}.")
        if self.timeout_s <= 0:
            raise ValueError(f"Expected timeout_s > 0, got {self.timeout_s}.")
        if self.recognize_s <= 0:
            raise ValueError(f"Expected recognize_s > 0, got {self.recognize_s}.")


def size_shown(size: int) -> str:
    """Bytes as a person writes them: 840 B, 12 KB, 3.4 MB."""
    if size < 1024:
        return f"{size} B"
    if size < _MIB:
        return f"{size / 1024:.0f} KB"
    return f"{size / _MIB:.1f} MB".replace(".0 MB", " MB")
