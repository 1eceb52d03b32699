"""Recordings as samples, decoded in a process apart."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.multimodal import errors
from app.multimodal.audio_kinds import audio_format
from app.multimodal.errors import AudioDamaged, AudioRefused, AudioTooLarge
from ingest.errors import DocumentRefused
from ingest.limits import Limits, size_shown
from ingest.sandbox import Sandbox

_REFUSALS = {
    leaf.code: leaf for leaf in vars(errors).values() if isinstance(leaf, type) and issubclass(leaf, AudioRefused)
}


@dataclass(frozen=True, slots=True)
class AudioLimits:
    """How much one recording may be."""

    max_bytes: int = 25 * 2**20
    max_s: float = 120.0
    """Length."""
    timeout_s: float = 20.0
    """For decoding."""
    memory_bytes: int = 1024 * 2**20
    """Address space of the process that decodes."""

    def __post_init__(self) -> None:
        if self.max_bytes < 1 or self.max_s <= 0 or self.timeout_s <= 0:
            raise ValueError(f"Expected positive limits, got {self}.")


class AudioDecoder:
    """Decodes recordings, one at a time; the process is started with the first."""

    def __init__(self, limits: AudioLimits) -> None:
        self._limits = limits
        command = [sys.executable, "-X", "utf8", "-m", "app.multimodal.audio_process", str(limits.memory_bytes)]
        self._sandbox = Sandbox(Limits(memory_bytes=limits.memory_bytes), command=command)

    def decode(self, data: bytes) -> NDArray[np.float32]:
        """Samples in [-1, 1], 16,000 a second, one channel. Raises a leaf of `AudioRefused`."""
        limits = self._limits
        if not data:
            raise AudioDamaged("The recording is empty (0 bytes).")
        if len(data) > limits.max_bytes:
            sizes = f"{size_shown(len(data))}, more than the {size_shown(limits.max_bytes)} allowed"
            raise AudioTooLarge(f"The recording has {sizes}. Send a shorter one.")
        audio_format(data[:64])
        try:
            answer, samples = self._sandbox.ask(
                {"max_s": limits.max_s, "cpu_s": limits.timeout_s}, data, timeout_s=limits.timeout_s
            )
        except DocumentRefused as error:  # it hung or died
            raise AudioDamaged("The recording cannot be decoded. Record it again.") from error
        if "problem" in answer:
            raise _REFUSALS.get(str(answer["problem"]), AudioDamaged)(str(answer.get("message")))
        return np.frombuffer(samples[: len(samples) // 2 * 2], dtype="<i2").astype(np.float32) / 32768.0

    def close(self) -> None:
        """End the process; the next recording starts another."""
        self._sandbox.close()
