"""`kefu read` and `kefu transcribe`: what a picture says, and what is said in a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.terminal import emit, emit_json, note, paint, plain

if TYPE_CHECKING:
    from app.domain.media import FoundNumber, PictureReading


def read(
    picture: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A PNG, JPEG or WebP file.")
    ],
    *,
    as_json: options.Json = False,
) -> None:
    """Read a picture as the chat does: its text, the numbers and the products that it names.

    \b
    Example:
      kefu read screenshot.png
      kefu read parcel.jpg --json
    """
    from app.multimodal.errors import PicturesOff

    container = open_container()
    if container.pictures is None:
        raise PicturesOff("Pictures are not read here: pictures.enabled is false.")
    try:
        reading = container.pictures.read(picture.read_bytes())
    finally:
        container.close()
    emit_json(reading.to_dict()) if as_json else _show(reading)


def transcribe(
    recording: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="WAV, MP3, OGG, WebM, M4A, FLAC or AMR.")
    ],
    *,
    language: Annotated[
        Literal["zh", "en"] | None, typer.Option("--language", help="Of the speaker; by default the likelier one.")
    ] = None,
    format: Annotated[Literal["text", "srt", "vtt"], typer.Option("--format", help="Text or subtitles.")] = "text",
    as_json: options.Json = False,
) -> None:
    """Write down what is said in a recording. Needs the extra `voice` and `kefu models pull whisper-base`.

    \b
    Example:
      kefu transcribe message.m4a
      kefu transcribe call.mp3 --language zh --format srt
    """
    from app.multimodal.errors import VoiceUnavailable
    from app.multimodal.subtitles import as_srt, as_vtt

    container = open_container()
    if container.voice is None:
        raise VoiceUnavailable("Recordings are not heard here: voice.enabled is false.")
    try:
        transcript = container.voice.transcribe(recording.read_bytes(), language=language)
    finally:
        container.close()
    if as_json:
        emit_json(transcript.to_dict())
        return
    written = {"srt": as_srt, "vtt": as_vtt}.get(format)
    emit(written(transcript.parts) if written is not None else plain(transcript.text))
    for warning in transcript.warnings:
        note(warning)


def _show(reading: PictureReading) -> None:
    emit(plain(reading.text))
    kinds = (
        ("order number", reading.order_numbers),
        ("tracking number", reading.tracking_numbers),
        ("SKU", reading.skus),
    )
    for name, numbers in kinds:
        for number in numbers:
            emit(f"{paint(name, 'bold')} {plain(_shown(number))}")
    for product in reading.products:
        emit(f"{paint('product', 'bold')} {plain(product.name)} ({product.sku}, {product.score:.2f})")
    for warning in reading.warnings:
        note(warning)


def _shown(number: FoundNumber) -> str:
    parts = [number.value]
    if number.carrier:
        parts.append(number.carrier)
    if number.as_read != number.value:
        parts.append(f"read as {number.as_read}")
    return " · ".join(parts)
