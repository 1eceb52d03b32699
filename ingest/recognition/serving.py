"""The recognizer of the process that reads pictures: one, made with the first picture."""

from __future__ import annotations

from functools import lru_cache

from ingest.limits import Limits
from ingest.processor_time import allow_more_cpu
from ingest.recognition.lines import Recognition
from ingest.recognition.picture import Picture, open_picture
from ingest.recognition.recognizer import TextRecognizer


@lru_cache(maxsize=1)
def recognizer(threads: int) -> TextRecognizer:
    """The same for every call."""
    return TextRecognizer(threads=threads)


def recognize(data: bytes, limits: Limits) -> Recognition:
    """Read the picture in a file. Raises a leaf of `PictureRefused`."""
    return recognize_pixels(open_picture(data, limits), limits)


def recognize_pixels(picture: Picture, limits: Limits) -> Recognition:
    """Read a picture that is decoded already."""
    allow_more_cpu(limits.recognize_s * limits.recognizer_threads)
    return recognizer(limits.recognizer_threads).read(picture)
