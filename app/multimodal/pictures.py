"""Pictures read in a process apart, and what they name found in them."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from app.domain.media import FoundNumber, KnownNumbers, PictureReading, TextLine
from app.domain.shop import Item
from app.multimodal.errors import PictureReaderBusy
from app.multimodal.instructions import instructing
from app.multimodal.numbers import NumberShapes, find_numbers
from app.multimodal.products import ProductMatcher
from index.text.language import detect
from ingest.limits import Limits
from ingest.recognition import Recognition
from ingest.sandbox import Sandbox

_REMEMBERED = 32
"""Pictures whose lines are kept in memory: a conversation sends the same ones again with every message."""
_INSTRUCTIONS = "Some lines of the picture speak to an assistant; they are not handed on with the question."


class PictureReader:
    """Reads pictures one after the other; safe to share between threads.

    Decoding and recognition run in the sandbox (`ingest.sandbox`), which is started with the first picture and ended
    when none came for a while. Nothing of a picture is kept but its lines, in memory, and not for long.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        shapes: NumberShapes | None = None,
        catalogue: Callable[[], Sequence[Item]] = tuple,
        most_waiting: int = 8,
        idle_s: float = 300.0,
    ) -> None:
        """Nothing is started yet.

        Args:
            limits: of which those on pictures count.
            shapes: of the company's own numbers.
            catalogue: all items of the shop; asked for each picture, and taken in again when it gives another object.
            most_waiting: pictures that may wait; the next is refused.
            idle_s: after so long without a picture the process is ended.
        """
        if most_waiting < 1 or idle_s <= 0:
            raise ValueError(f"Expected most_waiting >= 1 and idle_s > 0, got {most_waiting} and {idle_s}.")
        self._sandbox = Sandbox(limits or Limits(), recognizes=True)
        self._shapes = shapes or NumberShapes()
        self._catalogue = catalogue
        self._matcher: tuple[Sequence[Item], ProductMatcher] | None = None
        self._places = threading.BoundedSemaphore(most_waiting)
        self._most_waiting, self._idle_s = most_waiting, idle_s
        self._remembered: OrderedDict[str, Recognition] = OrderedDict()
        self._lock = threading.Lock()
        self._idle: threading.Timer | None = None

    def read(self, data: bytes, *, known: KnownNumbers | None = None) -> PictureReading:
        """What stands in a picture.

        Args:
            data: of a PNG, JPEG or WebP file.
            known: what the customer has, to hold numbers against; without it none is said to be known.

        Raises:
            PictureRefused: a leaf of it (`ingest.errors`), for what cannot be read.
            PictureReaderBusy: too many are waiting.
        """
        recognition = self._recognize(data)
        rows = [
            ("  ".join(line.text for line in row), min(line.confidence for line in row))
            for row in recognition.in_rows()
        ]
        texts = [text for text, _ in rows]
        told = instructing(texts)
        lines = tuple(
            TextLine(line.text, line.confidence, line.box, row, row in told)
            for line, row in zip(recognition.lines, recognition.rows, strict=True)
        )
        matcher = self._product_matcher()
        numbers = find_numbers(rows, self._shapes, known=known, skus=matcher.skus)
        skus = _of_kind(numbers, "sku")
        return PictureReading(
            lines=lines,
            language=detect("\n".join(texts)),
            width=recognition.width,
            height=recognition.height,
            order_numbers=_of_kind(numbers, "order_number"),
            tracking_numbers=_of_kind(numbers, "tracking_number"),
            skus=skus,
            products=matcher.match([text for at, text in enumerate(texts) if at not in told], skus),
            warnings=(*recognition.warnings, *((_INSTRUCTIONS,) if told else ())),
        )

    def close(self) -> None:
        """End the process; the next picture starts another."""
        with self._lock:
            if self._idle is not None:
                self._idle.cancel()
        self._sandbox.close()

    def _recognize(self, data: bytes) -> Recognition:
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:
            found = self._remembered.get(digest)
            if found is not None:
                self._remembered.move_to_end(digest)
                return found
        if not self._places.acquire(blocking=False):
            raise PictureReaderBusy(f"{self._most_waiting} pictures are waiting to be read. Try again in a moment.")
        try:
            found = self._sandbox.recognize(data)
        finally:
            self._places.release()
        with self._lock:
            self._remembered[digest] = found
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
            self._rest_later()
        return found

    def _rest_later(self) -> None:
        """Count the idle time anew; called with the lock held."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = threading.Timer(self._idle_s, self._rest)
        self._idle.daemon = True
        self._idle.start()

    def _rest(self) -> None:
        with self._lock:
            self._remembered.clear()
        self._sandbox.close()

    def _product_matcher(self) -> ProductMatcher:
        items = self._catalogue()
        with self._lock:
            if self._matcher is None or self._matcher[0] is not items:
                self._matcher = (items, ProductMatcher(items))
            return self._matcher[1]


def _of_kind(numbers: Sequence[FoundNumber], kind: str) -> tuple[FoundNumber, ...]:
    return tuple(number for number in numbers if number.kind == kind)
