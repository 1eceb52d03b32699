"""Speech to text by Whisper, where its package and weights are installed."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterable
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.domain.media import SpokenPart, Transcript
from app.multimodal.audio import AudioDecoder, AudioLimits
from app.multimodal.audio_process import RATE
from app.multimodal.errors import VoiceBusy, VoiceUnavailable
from index.errors import ModelError
from index.text.language import HAN
from index.text.normalize import collapse_spaces, to_simplified

Chinese = Literal["simplified", "traditional", "as_heard"]
Spoken = Literal["zh", "en"]

_PROMPTS = {
    "zh": "你好，我想问一下订单、快递和退货退款的事。",
    "en": "Hello, I have a question about my order, its delivery and a return.",
}
"""Whisper writes on in the manner of what stands before: with punctuation, in simplified characters, about shopping."""
_HAN_PUNCTUATION = str.maketrans(",?!;:", "，？！；：")
_AFTER_HAN = re.compile(rf"(?<=[{HAN}])\s*[,?!;:]\s*")
_NOBODY_SPEAKS = re.compile(
    r"(字幕(由|志愿者|组)|请不吝点赞|訂閱|打赏支持|明镜与点点|thanks? for watching|subtitles by|subscribe to)",
    re.IGNORECASE,
)
"""What the network has learnt to hear in silence and music: the closing words of videos."""
_NO_LETTER = re.compile(r"[\W_]+")
_LEAST_CONFIDENCE = 0.2
_DOUBTFUL = 0.55


class Transcriber:
    """Hears recordings in Chinese and English, one after the other; safe to share between threads.

    The weights are loaded with the first recording. Silence is cut out first (Silero's detector, which comes with
    faster-whisper).
    """

    def __init__(
        self,
        weights: Callable[[], Path],
        *,
        model: str = "whisper-base",
        limits: AudioLimits | None = None,
        chinese: Chinese = "simplified",
        threads: int = 2,
        most_waiting: int = 4,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            weights: gives the folder of the CTranslate2 model, or raises a leaf of `ModelError`.
            model: its name, for messages and transcripts.
            limits: on one recording.
            chinese: how Chinese is written.
            threads: for the network.
            most_waiting: recordings that may wait; the next is refused.
        """
        if threads < 1 or most_waiting < 1:
            raise ValueError(f"Expected threads and most_waiting >= 1, got {threads} and {most_waiting}.")
        self._weights, self._model_name = weights, model
        self._chinese, self._threads = chinese, threads
        self._decoder = AudioDecoder(limits or AudioLimits())
        self._places = threading.BoundedSemaphore(most_waiting)
        self._most_waiting = most_waiting
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        """Name of the weights."""
        return self._model_name

    def require(self) -> Path:
        """The folder of the weights. Raises `VoiceUnavailable` with what to do when voice cannot be had."""
        if find_spec("faster_whisper") is None:
            raise VoiceUnavailable("Voice needs the package faster-whisper. Install kefu with its extra: voice.")
        try:
            return self._weights()
        except ModelError as error:
            raise VoiceUnavailable(f"Voice needs the weights {self._model_name}. {error.message}") from error

    def transcribe(self, data: bytes, *, language: Spoken | None = None) -> Transcript:
        """What is said in a recording.

        Args:
            data: of a WAV, MP3, OGG, WebM, M4A, FLAC or AMR file.
            language: of the speaker; by default the likelier of the two.

        Raises:
            VoiceUnavailable: package or weights are missing.
            VoiceBusy: too many are waiting.
            AudioRefused: a leaf of it.
        """
        self.require()
        if not self._places.acquire(blocking=False):
            raise VoiceBusy(f"{self._most_waiting} recordings are waiting to be heard. Try again in a moment.")
        try:
            samples = self._decoder.decode(data)
            with self._lock:
                return self._heard(samples, language)
        finally:
            self._places.release()

    def close(self) -> None:
        """Let go of the process that decodes."""
        self._decoder.close()

    def _heard(self, samples: NDArray[np.float32], language: Spoken | None) -> Transcript:
        warnings: list[str] = []
        spoken = language or self._language_of(samples, warnings)
        found, _ = self._network.transcribe(
            samples,
            language=spoken,
            beam_size=5,
            temperature=[0.0, 0.4],  # every further attempt costs as long again
            condition_on_previous_text=False,
            initial_prompt=_PROMPTS[spoken],
            vad_filter=True,
            vad_parameters={"min_silence_duration_ms": 500},
        )
        parts = tuple(self._parts(found, spoken))
        if not parts:
            warnings.append("Nobody speaks in the recording, or too softly.")
        elif _mean_confidence(parts) < _DOUBTFUL:
            warnings.append("The recording is hard to understand; check the text.")
        gap = "" if spoken == "zh" else " "
        text = gap.join(part.text for part in parts)
        return Transcript(text, spoken, len(samples) / RATE, parts, self._model_name, tuple(warnings))

    def _language_of(self, samples: NDArray[np.float32], warnings: list[str]) -> Spoken:
        _, _, all_of_them = self._network.detect_language(samples, vad_filter=True)
        likely = dict(all_of_them)
        chinese = likely.get("zh", 0.0) + likely.get("yue", 0.0)
        english = likely.get("en", 0.0)
        if chinese + english < 0.5:
            warnings.append("The language is neither Chinese nor English, perhaps; the text may be wrong.")
        return "zh" if chinese >= english else "en"

    def _parts(self, found: Iterable[Any], spoken: Spoken) -> Iterable[SpokenPart]:
        for segment in found:
            text = self._written(segment.text, spoken)
            confidence = math.exp(min(0.0, float(segment.avg_logprob)))
            is_doubtful = segment.no_speech_prob > 0.2 or confidence < _DOUBTFUL
            is_made_up = is_doubtful and (_NOBODY_SPEAKS.search(text) or _repeats_prompt(text, spoken))
            if text and confidence >= _LEAST_CONFIDENCE and not is_made_up:
                yield SpokenPart(text, float(segment.start), float(segment.end), confidence)

    def _written(self, text: str, spoken: Spoken) -> str:
        text = collapse_spaces(text)
        if spoken != "zh":
            return text
        text = _AFTER_HAN.sub(lambda match: match.group().strip().translate(_HAN_PUNCTUATION), text)
        if self._chinese == "simplified":
            return to_simplified(text)
        if self._chinese == "traditional":
            return str(self._to_traditional.convert(text))
        return text

    @cached_property
    def _to_traditional(self) -> Any:
        from opencc import OpenCC

        return OpenCC("s2t")

    @cached_property
    def _network(self) -> Any:
        folder = self.require()
        from faster_whisper import WhisperModel

        try:
            return WhisperModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=self._threads, local_files_only=True
            )
        except Exception as error:
            raise VoiceUnavailable(
                f"The weights of {self._model_name} in {folder} cannot be loaded ({type(error).__name__}). "
                f"Run: kefu models verify {self._model_name}"
            ) from error


def _repeats_prompt(text: str, spoken: Spoken) -> bool:
    """Whether what was "heard" is only what the network was told beforehand."""
    letters = _NO_LETTER.sub("", text).lower()
    return len(letters) >= 6 and letters in _NO_LETTER.sub("", _PROMPTS[spoken]).lower()


def _mean_confidence(parts: Iterable[SpokenPart]) -> float:
    weighted = [(part.confidence, len(part.text)) for part in parts]
    return sum(confidence * length for confidence, length in weighted) / sum(length for _, length in weighted)
