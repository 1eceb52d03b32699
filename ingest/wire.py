"""What caller and parser process say to each other: JSON in frames, because a pickle from a parser could run code."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

_LENGTH = struct.Struct(">Q")


def write_frame(stream: IO[bytes], value: Any, data: bytes = b"") -> None:
    """Send a JSON value and, behind it, bytes as they are."""
    head = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    stream.write(_LENGTH.pack(len(head)) + _LENGTH.pack(len(data)))
    stream.write(head)
    stream.write(data)
    stream.flush()


def read_frame(stream: IO[bytes], *, longest: int = 1 << 32) -> tuple[Any, bytes] | None:
    """Receive what `write_frame` sent; None when the other side is gone or sends no such thing."""
    lengths = stream.read(2 * _LENGTH.size)
    if len(lengths) < 2 * _LENGTH.size:
        return None
    head_length, data_length = _LENGTH.unpack(lengths[: _LENGTH.size])[0], _LENGTH.unpack(lengths[_LENGTH.size :])[0]
    if head_length + data_length > longest:
        return None
    head, data = stream.read(head_length), stream.read(data_length)
    if len(head) < head_length or len(data) < data_length:
        return None
    try:
        return json.loads(head.decode("utf-8", "surrogatepass")), data
    except (ValueError, RecursionError):
        return None
