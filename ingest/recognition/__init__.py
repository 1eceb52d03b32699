"""Text in pictures: a picture decoded within bounds, its lines found and read, and put in reading order."""

from ingest.recognition.lines import Box, Recognition, RecognizedLine
from ingest.recognition.picture import Picture, open_picture, picture_kind
from ingest.recognition.recognizer import TextRecognizer

__all__ = [
    "Box",
    "Picture",
    "Recognition",
    "RecognizedLine",
    "TextRecognizer",
    "open_picture",
    "picture_kind",
]
