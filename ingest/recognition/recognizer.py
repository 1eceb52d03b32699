"""Finds and reads the lines of a picture, whichever way up it lies.

The networks are those of PP-OCRv6 (detection and recognition, small) and of the older direction classifier, which
come with the rapidocr wheel (Apache-2.0); they are handed to it as opened here, so that nothing is ever fetched.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.recognition.lines import Box, Recognition, RecognizedLine
from ingest.recognition.picture import Picture, Pixels
from ingest.recognition.reading_order import in_reading_order

Quad = NDArray[np.float32]
"""(4, 2): corners of a line, clockwise from the one before its first character."""

_DAY_AND_TIME = re.compile(r"(\d{4}[-/.]\d{2}[-/.]\d{2})(\d{2}:\d{2})")
"""The network loses the space between them."""
_LEAST_CONFIDENCE = 0.5
_DOUBTFUL = 0.8
_TALL = 1.5
_SHARE_ON_SIDE = 0.6
"""Share of the area of all lines that has to stand upright for the picture to lie on its side."""
_LEAST_SIDE = 12
_WIDEST = 6.0
"""Wider pictures get an edge above and below: a strip that is one line has none, and the detector wants some."""
_STRIP = 1.6
"""Height of a strip of a long picture, in widths."""
_MOST_STRIPS = 24
_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}


@dataclass(frozen=True, slots=True)
class _Found:
    """A line in the pixels of the picture that was turned upright."""

    text: str
    confidence: float
    quad: Quad


class TextRecognizer:
    """Reads pictures; for one thread at a time, others wait. The networks are loaded with the first picture."""

    def __init__(self, *, threads: int = 2) -> None:
        if threads < 1:
            raise ValueError(f"Expected threads >= 1, got {threads}.")
        self._threads = threads
        self._lock = threading.Lock()

    def read(self, picture: Picture) -> Recognition:
        """All lines that are at least half certain; none for a picture without text."""
        if min(picture.pixels.shape[:2]) < _LEAST_SIDE:
            return Recognition(picture.width, picture.height, warnings=("The picture is too small to be read.",))
        with self._lock:
            turned, found, warnings = self._read(picture.pixels)
        height, width = picture.pixels.shape[:2]
        scale = picture.scale
        straightened = _straightened(found)
        lines = [
            RecognizedLine(
                one.text,
                round(one.confidence, 4),
                _scaled(_bounds(_turned_back(one.quad, turned, width, height)), scale),
                _scaled(box, scale),
            )
            for one, box in zip(found, straightened, strict=True)
        ]
        ordered, rows = in_reading_order(lines)
        reading = Recognition(picture.width, picture.height, tuple(ordered), tuple(rows), turned, tuple(warnings))
        if not lines:
            return _warned(reading, "No text was found in the picture.")
        if reading.confidence < _DOUBTFUL:
            return _warned(reading, "The picture is hard to read; a sharper or closer one may say more.")
        return reading

    def _read(self, pixels: Pixels) -> tuple[int, list[_Found], list[str]]:
        """By how much it is turned, its lines where they stand once it is turned back, and what is doubtful."""
        height, width = pixels.shape[:2]
        if height <= _STRIP * 1.5 * width:
            turned, found = self._read_whole(pixels)
            return turned, found, []
        found, warnings = [], []
        for number, (top, bottom) in enumerate(_strips(pixels)):
            if number == _MOST_STRIPS:
                warnings.append("The picture is very long; what stands below was left out.")
                break
            for one in self._read_upright(pixels[top:bottom]):
                found.append(_Found(one.text, one.confidence, one.quad + np.array([0, top], dtype=np.float32)))
        return 0, found, warnings

    def _read_whole(self, pixels: Pixels) -> tuple[int, list[_Found]]:
        crops, quads = self._detect(pixels)
        if not _lies_on_side(quads):
            is_upside_down, found = self._recognize(crops, quads)
            if is_upside_down:
                height, width = pixels.shape[:2]
                return 180, [_Found(one.text, one.confidence, _half_turned(one.quad, width, height)) for one in found]
            return 0, found
        upright = np.ascontiguousarray(np.rot90(pixels))  # as a picture that was turned clockwise is turned back
        is_upside_down, found = self._recognize(*self._detect(upright))
        if not found or float(np.mean([one.confidence for one in found])) < 0.6:
            return 0, self._recognize(crops, quads)[1]  # letters below each other, as on a spine
        if is_upside_down:
            height, width = upright.shape[:2]
            return 270, [_Found(one.text, one.confidence, _half_turned(one.quad, width, height)) for one in found]
        return 90, found

    def _read_upright(self, pixels: Pixels) -> list[_Found]:
        crops, quads = self._detect(pixels)
        return self._recognize(crops, quads)[1]

    def _detect(self, pixels: Pixels) -> tuple[list[Pixels], list[Quad]]:
        from rapidocr.main import RapidOCRError

        padded, offset = _with_edge(pixels)
        try:
            crops, detected = self._networks.detect_and_crop(padded, {})
        except RapidOCRError:
            return [], []
        quads = [np.asarray(quad, dtype=np.float32) - np.array([0, offset], np.float32) for quad in detected.boxes]
        return list(crops), quads

    def _recognize(self, crops: Sequence[Pixels], quads: Sequence[Quad]) -> tuple[bool, list[_Found]]:
        """Whether the lines stand on their heads, and what they say."""
        if not crops:
            return False, []
        _, directions = self._networks.cls_and_rotate(list(crops))
        weights = [crop.shape[1] / max(crop.shape[0], 1) for crop in crops]
        flipped = [
            weight * score * (1 if "180" in label else -1)
            for weight, (label, score) in zip(weights, directions.cls_res, strict=True)
        ]
        is_upside_down = sum(flipped) > 0
        if is_upside_down:
            crops = [np.ascontiguousarray(crop[::-1, ::-1]) for crop in crops]
        read = self._networks.recognize_txt(list(crops))
        found = [
            _Found(_DAY_AND_TIME.sub(r"\1 \2", text.strip()), float(score), quad)
            for text, score, quad in zip(read.txts, read.scores, quads, strict=True)
            if text.strip() and score >= _LEAST_CONFIDENCE
        ]
        return is_upside_down, found

    @cached_property
    def _networks(self) -> Any:
        from omegaconf import flag_override
        from rapidocr import RapidOCR

        params = {
            "Global.log_level": "critical",
            "Global.use_vertical_padding": False,
            "Det.limit_type": "max",
            "Det.limit_side_len": 4096,
        }
        networks = RapidOCR(params=params)
        folder = files("rapidocr") / "models"
        for task, name in _MODELS.items():
            with flag_override(networks.cfg[task], "allow_objects", True):
                networks.cfg[task].session = _session(str(folder / name), self._threads)
        return networks


def _session(path: str, threads: int) -> Any:
    """A network as onnxruntime runs it: its threads sleep while they wait, because others answer on the same cores."""
    import onnxruntime

    runtime: Any = onnxruntime  # which does not say what it exports
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _warned(reading: Recognition, warning: str) -> Recognition:
    return replace(reading, warnings=(*reading.warnings, warning))


def _with_edge(pixels: Pixels) -> tuple[Pixels, int]:
    """The picture, with an edge of its own colour above and below where it is a mere strip; and how high that is."""
    height, width = pixels.shape[:2]
    if width <= _WIDEST * height:
        return pixels, 0
    edge = round((width / _WIDEST - height) / 2) + 1
    colour = np.median(pixels.reshape(-1, 3), axis=0).astype(np.uint8)
    padded = np.empty((height + 2 * edge, width, 3), dtype=np.uint8)
    padded[:] = colour
    padded[edge : edge + height] = pixels
    return padded, edge


def _strips(pixels: Pixels) -> Iterator[tuple[int, int]]:
    """First and last row of pieces of a long picture, cut where nothing stands."""
    height, width = pixels.shape[:2]
    step = round(_STRIP * width)
    grey = pixels[:, :: max(1, width // 200)].mean(axis=2)
    unrest = grey.std(axis=1)
    top = 0
    while height - top > 1.3 * step:
        first, last = top + round(0.75 * step), top + step
        window = np.convolve(unrest[first:last], np.ones(9) / 9, mode="same")
        # The last of the quietest rows, so that strips stay high.
        cut = first + int(np.flatnonzero(window <= window.min() + 0.5)[-1])
        yield top, cut
        top = cut
    yield top, height


def _lies_on_side(quads: Sequence[Quad]) -> bool:
    if len(quads) < 2:
        return False
    areas = [(_width(quad), _height(quad)) for quad in quads]
    tall = sum(width * height for width, height in areas if height > _TALL * width)
    return tall > _SHARE_ON_SIDE * sum(width * height for width, height in areas)


def _straightened(found: Sequence[_Found]) -> list[Box]:
    """Where the lines would stand, were the picture not tilted."""
    long = [one.quad for one in found if _width(one.quad) > 3 * _height(one.quad)]
    angle = median([math.atan2(*(quad[1] - quad[0])[::-1]) for quad in long]) if long else 0.0
    if abs(angle) > math.radians(30):
        angle = 0.0
    cos, sin = math.cos(-angle), math.sin(-angle)
    boxes: list[Box] = []
    for one in found:
        x, y = (float(value) for value in one.quad.mean(axis=0))
        x, y = x * cos - y * sin, x * sin + y * cos
        half_width, half_height = _width(one.quad) / 2, _height(one.quad) / 2
        boxes.append((x - half_width, y - half_height, x + half_width, y + half_height))
    return boxes


def _width(quad: Quad) -> float:
    return float(np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2


def _height(quad: Quad) -> float:
    return float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2


def _half_turned(quad: Quad, width: int, height: int) -> Quad:
    return np.array([width, height], dtype=np.float32) - quad[[2, 3, 0, 1]]


def _turned_back(quad: Quad, turned: int, width: int, height: int) -> Quad:
    """From the picture that was turned upright to the picture of this size as it is shown."""
    x, y = quad[:, 0], quad[:, 1]
    if turned == 90:  # upright = rot90 (counterclockwise): x of the shown picture grew upwards there
        return np.stack([width - y, x], axis=1)
    if turned == 180:
        return np.stack([width - x, height - y], axis=1)
    if turned == 270:
        return np.stack([y, height - x], axis=1)
    return quad


def _bounds(quad: Quad) -> Box:
    left, top = quad.min(axis=0)
    right, bottom = quad.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _scaled(box: Box, scale: float) -> Box:
    left, top, right, bottom = (round(value / scale, 1) for value in box)
    return left, top, right, bottom
