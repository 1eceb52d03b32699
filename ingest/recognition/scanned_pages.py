"""Pages of a PDF that hold pictures in place of text: drawn, and read as pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pypdfium2.raw as pdfium_raw

from ingest.limits import Limits
from ingest.page_layout import Page
from ingest.recognition.picture import Picture
from ingest.recognition.reading_order import page_of

_RAW: Any = pdfium_raw
"""PDFium's own constants, which have no types."""
_LONGEST_SIDE = 1920
"""Pixels of a drawn page: 164 a inch for A4."""
_FINEST = 300 / 72
_LEAST_SHARE = 0.05
"""Of the page, that a picture has to cover to be worth reading."""
_LEAST_PATHS = 40
"""Drawn shapes from which a page may be writing whose letters were turned into outlines."""
_MOST_OBJECTS = 5000


class ScannedPages:
    """Reads pages of one document while the limits last."""

    def __init__(self, document: Any, limits: Limits) -> None:
        """`document` is PDFium's, and stays open while pages are read."""
        self._document, self._limits = document, limits
        self._left = limits.max_recognized_pages
        self.unread: list[int] = []
        """Numbers of pages that hold pictures and were not read."""
        self.warnings: list[str] = []

    def read(self, page: Page) -> Page:
        """The page with what could be read on it; the page itself where there is nothing or it is not wanted."""
        drawn = self._document[page.number - 1]
        try:
            if not page.lines and not _holds_picture(drawn):
                return page
            if self._limits.recognize == "off":
                self.unread.append(page.number)
                return page
            if self._left == 0:
                self._warn(f"Only the first {self._limits.max_recognized_pages:,} scanned pages were read.")
                return page
            self._left -= 1
            picture = _drawn(drawn)
        finally:
            drawn.close()
        from ingest.recognition.serving import recognize_pixels

        recognition = recognize_pixels(picture, self._limits)
        for warning in recognition.warnings:
            self._warn(f"Page {page.number}: {warning}")
        return page_of(recognition, page.number) if recognition.lines else page

    def _warn(self, warning: str) -> None:
        if warning not in self.warnings:
            self.warnings.append(warning)


def _holds_picture(page: Any) -> bool:
    width, height = page.get_size()
    area, paths = 0.0, 0
    for number, item in enumerate(page.get_objects(max_depth=3)):
        if item.type == _RAW.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            area += max(0.0, right - left) * max(0.0, top - bottom)
        paths += item.type == _RAW.FPDF_PAGEOBJ_PATH
        if area > _LEAST_SHARE * width * height or paths >= _LEAST_PATHS:
            return True
        if number > _MOST_OBJECTS:
            break
    return False


def _drawn(page: Any) -> Picture:
    width, height = page.get_size()
    scale = min(_LONGEST_SIDE / max(width, height, 1.0), _FINEST)
    bitmap = page.render(scale=scale, rev_byteorder=False)
    pixels = np.asarray(bitmap.to_numpy())
    pixels = np.ascontiguousarray(pixels[:, :, :3] if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2))
    return Picture(pixels, max(1, round(width)), max(1, round(height)))
