"""Pictures for tests: those drawn beforehand, and files made in the test itself."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).parent / "pictures"


def drawn(name: str) -> Image.Image:
    """A picture of `tests/pictures` as RGB."""
    with Image.open(FOLDER / f"{name}.png") as image:
        return image.convert("RGB")


def written(text: str, *, size: tuple[int, int] = (640, 200), ink: str = "black", ground: str = "white") -> Image.Image:
    """English text on a plain ground, a line each, in the font that comes with Pillow."""
    image = Image.new("RGB", size, ground)
    font = ImageFont.load_default(28)
    for number, line in enumerate(text.split("\n")):
        ImageDraw.Draw(image).text((30, 30 + 56 * number), line, fill=ink, font=font)
    return image


def saved(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    """The bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is so large: a decompression bomb before it goes off."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
