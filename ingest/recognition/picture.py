"""From the bytes of a picture to upright pixels, within bounds of memory and without what else the file tells.

Nothing but the pixels leaves this module: place, time and device of a photo stay behind.
"""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import PictureAnimated, PictureDamaged, PictureTooLarge, PictureTypeUnknown
from ingest.limits import Limits, size_shown

Pixels = NDArray[np.uint8]
"""(height, width, 3), blue green red, as the networks want them."""

KINDS = ("PNG", "JPEG", "WEBP")
_READ = "Send a PNG, JPEG or WebP picture."
_OTHER_KINDS = (
    (b"GIF8", f"GIF pictures are not read. {_READ}"),
    (b"BM", f"BMP pictures are not read. {_READ}"),
    (b"II*\x00", f"TIFF pictures are not read. {_READ}"),
    (b"MM\x00*", f"TIFF pictures are not read. {_READ}"),
    (b"%PDF-", "The file is a PDF, not a picture. Send the page as a picture."),
)
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_LONG = 2.5
"""A picture is long (a screenshot of several screens) when its height is so many times its width."""
_MOST_SIDE = 1920
_MOST_WIDTH_OF_LONG = 900
_LEAST_SIDE = 640
"""Small letters are lost on the networks; a smaller picture is enlarged, to three times its size at most."""
_ORIENTATION = 0x0112
_FLIPS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""The note on orientation to Pillow's transposition."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture."""

    pixels: Pixels
    width: int
    """Of the picture as it is shown, before it was made smaller or larger (as `height`)."""
    height: int

    @property
    def scale(self) -> float:
        """Pixels here for one of the picture as it is shown."""
        return float(self.pixels.shape[1] / self.width)


def picture_kind(head: bytes) -> str:
    """PNG, JPEG or WEBP, by the first bytes of a file.

    Raises:
        PictureTypeUnknown: it is another kind, or none.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        if head[8:12] in _HEIC:
            raise PictureTypeUnknown(f"HEIC photos are not read. {_READ} A screenshot of the photo will do.")
        kind = "AVIF pictures" if head[8:12] in (b"avif", b"avis") else "Videos"
        raise PictureTypeUnknown(f"{kind} are not read. {_READ}")
    for magic, message in _OTHER_KINDS:
        if head.startswith(magic):
            raise PictureTypeUnknown(message)
    if b"<svg" in head[:1024].lower():
        raise PictureTypeUnknown(f"SVG drawings are not read. {_READ}")
    raise PictureTypeUnknown(f"The file is no picture that is known. {_READ}")


def open_picture(data: bytes, limits: Limits) -> Picture:
    """Decode a picture, at a size that its text can be read at.

    A large JPEG is made smaller while it is decoded, so that memory stays bounded by what is kept.

    Raises:
        PictureTypeUnknown: see `picture_kind`.
        PictureTooLarge: more bytes or pixels than the limits allow.
        PictureAnimated: more than one frame.
        PictureDamaged: truncated, or not readable as what it says it is.
    """
    if len(data) > limits.max_picture_bytes:
        allowed = size_shown(limits.max_picture_bytes)
        raise PictureTooLarge(f"The picture has {size_shown(len(data))}, more than the {allowed} allowed. {_SMALLER}")
    kind = picture_kind(data[:1024])
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is doubtful about a file is its sender's affair; sizes are ours
            formats = ("JPEG", "MPO") if kind == "JPEG" else (kind,)
            with Image.open(io.BytesIO(data), formats=formats) as image:
                _check(image, kind, limits)
                return _decoded(image)
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(f"The picture has far too many pixels. {_SMALLER}") from error
    except (PictureTooLarge, PictureAnimated, MemoryError):
        raise
    except Exception as error:  # whatever a decoder trips over, the file is what is wrong
        raise PictureDamaged("The picture is truncated or damaged. Save it again or take another one.") from error


_SMALLER = "Send a smaller one, or only the part that matters."


def _check(image: Any, kind: str, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.max_pixels:
        megapixels = f"{width} × {height} pixels ({width * height / 1e6:.0f} megapixels)"
        allowed = f"{limits.max_pixels / 1e6:.0f}"
        raise PictureTooLarge(f"The picture has {megapixels}, more than the {allowed} megapixels allowed. {_SMALLER}")
    # Phones put a second picture into a JPEG (depth, motion); the first is the photo.
    if kind != "JPEG" and getattr(image, "n_frames", 1) > 1:
        raise PictureAnimated(f"Animated pictures are not read. {_READ}")


def _decoded(image: Any) -> Picture:
    from PIL import Image

    orientation = 1
    with suppress(Exception):  # a broken note on orientation is none
        orientation = int(image.getexif().get(_ORIENTATION, 1))
    stored_width, stored_height = image.size
    is_on_side = orientation in (5, 6, 7, 8)
    width, height = (stored_height, stored_width) if is_on_side else (stored_width, stored_height)
    scale = _scale(width, height)
    target = (max(1, round(stored_width * scale)), max(1, round(stored_height * scale)))
    if scale < 1:
        image.draft("RGB", target)
    upright = _on_plain_ground(image)
    if upright.size != target:
        upright = upright.resize(target, Image.Resampling.BICUBIC, reducing_gap=2.0 if scale < 1 else None)
    if orientation in _FLIPS:
        upright = upright.transpose(Image.Transpose(_FLIPS[orientation]))
    pixels = np.ascontiguousarray(np.asarray(upright, dtype=np.uint8)[:, :, ::-1])
    return Picture(pixels, width, height)


def _scale(width: int, height: int) -> float:
    """How much smaller or larger a picture is made."""
    if height > _LONG * width:
        return min(1.0, _MOST_WIDTH_OF_LONG / width) if width >= _LEAST_SIDE else min(3.0, _LEAST_SIDE / width)
    longest, shortest = max(width, height), min(width, height)
    if longest > _MOST_SIDE:
        return _MOST_SIDE / longest
    if shortest < _LEAST_SIDE:
        return max(1.0, min(3.0, _LEAST_SIDE / shortest, _MOST_SIDE / longest))
    return 1.0


def _on_plain_ground(image: Any) -> Any:
    """As RGB; what is transparent becomes white, or black under light writing."""
    from PIL import Image

    if image.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        values = np.asarray(image, dtype=np.float32)
        top = float(values.max(initial=1.0)) or 1.0
        return Image.fromarray((values * (255.0 / top)).clip(0, 255).astype(np.uint8)).convert("RGB")
    is_transparent = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    if not is_transparent:
        return image.convert("RGB")
    image = image.convert("RGBA")
    small = np.asarray(image.resize((64, 64)), dtype=np.float32)
    seen = small[..., 3] > 128
    is_light = bool(seen.any()) and float(small[..., :3][seen].mean()) > 160
    ground = Image.new("RGBA", image.size, (0, 0, 0, 255) if is_light and not seen.all() else (255, 255, 255, 255))
    return Image.alpha_composite(ground, image).convert("RGB")
