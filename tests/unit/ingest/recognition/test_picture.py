from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from ingest.errors import PictureAnimated, PictureDamaged, PictureTooLarge, PictureTypeUnknown
from ingest.limits import Limits
from ingest.recognition import open_picture, picture_kind
from tests.picture_samples import png_claiming, saved, written


def corners() -> Image.Image:
    """Red at the left above, green at the right above, blue at the left below, white at the right below."""
    image = Image.new("RGB", (800, 700), "white")
    for colour, place in (("red", (0, 0)), ("lime", (500, 0)), ("blue", (0, 500))):
        image.paste(colour, (*place, place[0] + 300, place[1] + 200))
    return image


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_pixels_come_in_the_order_that_the_networks_want(format: str) -> None:
    picture = open_picture(saved(corners(), format), Limits())

    blue, green, red = picture.pixels[50, 50]
    assert (picture.width, picture.height, picture.pixels.dtype) == (800, 700, np.uint8)
    assert red > 230
    assert max(blue, green) < 30


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_phone_that_was_held_sideways_is_followed(orientation: int) -> None:
    upright = corners()
    # How a phone stores what it saw upright, by the EXIF specification's table of the eight orientations.
    stored = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    note = Image.Exif()
    note[0x0112] = orientation

    picture = open_picture(saved(stored, "JPEG", exif=note), Limits())

    assert (picture.width, picture.height) == (800, 700)
    assert picture.pixels[50, 50].argmax() == 2  # red
    assert picture.pixels[50, 750].argmax() == 1  # green
    assert picture.pixels[650, 50].argmax() == 0  # blue


def test_forty_megapixels_are_made_small_while_they_are_decoded() -> None:
    photo = Image.new("RGB", (7300, 5500), "white")

    picture = open_picture(saved(photo, "JPEG"), Limits())

    assert (picture.width, picture.height) == (7300, 5500)
    assert max(picture.pixels.shape) == 1920
    assert picture.scale == pytest.approx(1920 / 7300, rel=1e-3)


def test_a_long_screenshot_keeps_its_letters_legible() -> None:
    picture = open_picture(saved(Image.new("L", (900, 9000), 255)), Limits())

    assert picture.pixels.shape == (9000, 900, 3)


def test_small_pictures_are_enlarged_three_times_at_most() -> None:
    assert open_picture(saved(Image.new("L", (300, 100))), Limits()).pixels.shape[:2] == (300, 900)


@pytest.mark.parametrize("size", [(60_001, 1000), (100_000, 100_000)])
def test_a_bomb_is_refused_by_what_it_says_it_is(size: tuple[int, int]) -> None:
    with pytest.raises(PictureTooLarge, match="pixels"):
        open_picture(png_claiming(*size), Limits())


def test_more_bytes_than_allowed_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(PictureTooLarge, match="20 KB, more than the 10 KB allowed"):
        open_picture(b"\x89PNG\r\n\x1a\n" + bytes(20_000), Limits(max_picture_bytes=10 * 1024))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00", "AVIF"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "Videos"),
        (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "SVG"),
        (b"GIF89a" + bytes(20), "GIF"),
        (b"%PDF-1.7", "PDF"),
        (b"<!doctype html>", "no picture"),
        (b"", "no picture"),
    ],
)
def test_other_kinds_are_named_with_what_to_send(data: bytes, word: str) -> None:
    with pytest.raises(PictureTypeUnknown, match=word) as refusal:
        picture_kind(data)
    assert "\n" not in refusal.value.message


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(format: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]

    with pytest.raises(PictureAnimated):
        open_picture(saved(frames[0], format, save_all=True, append_images=frames[1:]), Limits())


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("keep", [30, 200, 900])
def test_truncated_files_are_damaged(format: str, keep: int) -> None:
    data = saved(written("Hello\nthere"), format)

    with pytest.raises(PictureDamaged):
        open_picture(data[:keep], Limits())


@pytest.mark.parametrize(("ink", "ground"), [("white", 0), ("black", 255)])
def test_what_is_transparent_becomes_what_the_writing_stands_out_from(ink: str, ground: int) -> None:
    image = Image.new("RGBA", (700, 700), (0, 0, 0, 0))
    image.paste(ink, (100, 300, 600, 400))

    picture = open_picture(saved(image), Limits())

    assert picture.pixels[20, 20].tolist() == [ground] * 3


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16"])
def test_every_mode_of_colour_is_read(mode: str) -> None:
    image = Image.new(mode, (700, 700))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG" if mode == "CMYK" else "PNG")

    assert open_picture(buffer.getvalue(), Limits()).pixels.shape == (700, 700, 3)
