from __future__ import annotations

import io
import math
import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from app.domain.media import SpokenPart
from app.multimodal import Transcriber
from app.multimodal.audio import AudioDecoder, AudioLimits
from app.multimodal.audio_kinds import audio_format
from app.multimodal.errors import AudioDamaged, AudioTooLarge, AudioTooLong, AudioTypeUnknown, VoiceUnavailable
from app.multimodal.subtitles import as_srt, as_vtt
from index.errors import ModelMissing


def tone(seconds: float, *, rate: int = 8000, channels: int = 2) -> bytes:
    """A WAV with a tone of 440 Hz."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        values = (round(9000 * math.sin(2 * math.pi * 440 * at / rate)) for at in range(round(seconds * rate)))
        file.writeframes(b"".join(struct.pack("<h", value) * channels for value in values))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "wav"),
        (b"OggS\x00\x02", "ogg"),
        (b"\x1a\x45\xdf\xa3\x9f", "matroska"),
        (b"\x00\x00\x00\x20ftypM4A ", "mov"),
        (b"fLaC\x00", "flac"),
        (b"ID3\x04\x00", "mp3"),
        (b"\xff\xfb\x90\x00", "mp3"),
        (b"\xff\xf1\x50\x80", "aac"),
        (b"#!AMR\n", "amr"),
    ],
)
def test_the_kind_is_known_by_the_first_bytes(head: bytes, format: str) -> None:
    assert audio_format(head) == format


@pytest.mark.parametrize("head", [b"", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd", b"ffconcat version 1.0", b"hello"])
def test_lists_of_files_and_other_things_are_no_recordings(head: bytes) -> None:
    with pytest.raises(AudioTypeUnknown, match="Send WAV, MP3"):
        audio_format(head)


def test_any_rate_and_channels_become_samples_of_one_kind() -> None:
    pytest.importorskip("av")
    decoder = AudioDecoder(AudioLimits())
    try:
        samples = decoder.decode(tone(1.5))
    finally:
        decoder.close()

    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(1.5 * 16_000, rel=0.01)
    spectrum = np.abs(np.fft.rfft(samples))
    assert spectrum.argmax() * 16_000 / len(samples) == pytest.approx(440, abs=2)


def test_what_cannot_be_heard_is_refused_with_the_reason() -> None:
    pytest.importorskip("av")
    decoder = AudioDecoder(AudioLimits(max_s=2, max_bytes=200_000))
    try:
        with pytest.raises(AudioTooLong, match="longer than 2 s"):
            decoder.decode(tone(3))
        with pytest.raises(AudioTooLarge, match="more than"):
            decoder.decode(bytes(300_000))
        with pytest.raises(AudioDamaged, match="0 bytes"):
            decoder.decode(b"")
        with pytest.raises(AudioDamaged):
            decoder.decode(b"OggS" + bytes(5000))
        with pytest.raises(AudioDamaged):
            decoder.decode(tone(1)[:44])
        assert len(decoder.decode(tone(0.5))) == pytest.approx(8000, rel=0.05)
    finally:
        decoder.close()


def test_without_weights_it_says_what_to_do() -> None:
    pytest.importorskip("faster_whisper")

    def missing() -> Path:
        raise ModelMissing("Model whisper-base is not on this machine. Run: kefu models pull whisper-base")

    with pytest.raises(VoiceUnavailable, match="kefu models pull whisper-base"):
        Transcriber(missing).transcribe(tone(1))


def test_weights_that_are_none_are_told() -> None:
    pytest.importorskip("faster_whisper")
    voice = Transcriber(lambda: Path(__file__).parent)

    with pytest.raises(VoiceUnavailable, match="cannot be loaded"):
        voice.transcribe(tone(1))
    voice.close()


def test_subtitles_have_the_times_of_their_formats() -> None:
    parts = [SpokenPart("您好", 0.0, 1.5, 0.9), SpokenPart("a --> b", 3661.25, 3662.0, 0.9)]

    assert as_srt(parts) == ("1\n00:00:00,000 --> 00:00:01,500\n您好\n\n2\n01:01:01,250 --> 01:01:02,000\na --> b\n")
    assert as_vtt(parts) == ("WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n您好\n\n01:01:01.250 --> 01:01:02.000\na → b\n")
