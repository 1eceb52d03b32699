"""Whisper itself, on a spoken sentence; needs the extra `voice`, its weights and a speech synthesiser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.multimodal import Transcriber
from app.settings import load_settings
from index.weights import Weights
from tests.unit.multimodal.test_audio import tone

pytestmark = pytest.mark.llm


@pytest.fixture(scope="module")
def voice() -> Iterator[Transcriber]:
    pytest.importorskip("faster_whisper")
    weights = Weights(load_settings().models.cache.expanduser())
    if weights.state("whisper-base") != "ready":
        pytest.skip("no whisper-base here: kefu models pull whisper-base")
    voice = Transcriber(lambda: weights.path("whisper-base"))
    yield voice
    voice.close()


def spoken(text: str, path: Path) -> bytes:
    if shutil.which("espeak-ng") is None:
        pytest.skip("no espeak-ng here")
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(path), text], check=True)
    return path.read_bytes()


def test_an_english_sentence_is_written_down_with_its_times(voice: Transcriber, tmp_path: Path) -> None:
    transcript = voice.transcribe(spoken("Where is my parcel? It has not arrived.", tmp_path / "a.wav"))

    assert transcript.language == "en"
    assert "where is my parcel" in transcript.text.lower()
    assert 0 <= transcript.parts[0].start_s < transcript.parts[-1].end_s <= transcript.duration_s + 1


def test_nobody_speaks_in_silence_and_in_a_tone(voice: Transcriber) -> None:
    for recording in (tone(2.0), tone(0.2)):
        transcript = voice.transcribe(recording)

        assert transcript.text == ""
        assert "Nobody speaks" in transcript.warnings[-1]
