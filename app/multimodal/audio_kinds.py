"""Which kind of recording it is, by its first bytes."""

from __future__ import annotations

from app.multimodal.errors import AudioTypeUnknown

KINDS = "WAV, MP3, OGG, WebM, M4A, FLAC or AMR"


def audio_format(head: bytes) -> str:
    """FFmpeg's name of the container.

    It is named, never guessed: among what FFmpeg can guess are lists of addresses and files to play.

    Raises:
        AudioTypeUnknown: it is none of these.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"OggS":
        return "ogg"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    if head[4:8] == b"ftyp":
        return "mov"
    if head[:4] == b"fLaC":
        return "flac"
    if head.startswith(b"#!AMR"):
        return "amr"
    if head[:3] == b"ID3":
        return "mp3"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # Layer bits of zero mark the frames of AAC, which share their beginning with MP3.
        return "aac" if head[1] & 0x06 == 0 else "mp3"
    raise AudioTypeUnknown(f"The file is no recording that is known. Send {KINDS}.")
