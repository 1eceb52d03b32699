"""The process in which recordings from outside are decoded: FFmpeg may crash or eat memory there without harm.

Run as `python -m app.multimodal.audio_process MEMORY_BYTES`; it speaks the frames of `ingest.wire`, and
`app.multimodal.audio` is the other side.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import IO, Any

from app.multimodal.audio_kinds import audio_format
from app.multimodal.errors import AudioDamaged, AudioRefused, AudioTooLong
from ingest.parser_process import confine
from ingest.processor_time import allow_cpu
from ingest.wire import read_frame, write_frame

RATE = 16_000
"""Samples a second, as the network wants them."""


def main() -> None:
    """Answer until the input ends."""
    answers = confine(int(sys.argv[1]))
    serve(sys.stdin.buffer, answers)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each recording with its samples (16 bits, one channel), or the reason why there are none."""
    while (frame := read_frame(requests)) is not None:
        request, data = frame
        allow_cpu(float(request["cpu_s"]))
        try:
            samples = decoded(data, max_s=float(request["max_s"]))
        except AudioRefused as error:
            write_frame(answers, {"problem": error.code, "message": error.message})
        except MemoryError:
            write_frame(answers, {"problem": AudioTooLong.code, "message": "The recording unpacks to too much."})
        else:
            write_frame(answers, {"rate": RATE}, samples)


def decoded(data: bytes, *, max_s: float) -> bytes:
    """Samples of a recording, whatever its rate and channels were.

    Raises:
        AudioTypeUnknown, AudioTooLong, AudioDamaged.
    """
    kind = audio_format(data[:64])
    import av

    samples = io.BytesIO()
    try:
        with av.open(io.BytesIO(data), mode="r", format=kind, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise AudioDamaged("The file holds no track of sound.")
            for piece in _resampled(container):
                samples.write(piece)
                if samples.tell() > 2 * RATE * max_s:
                    raise AudioTooLong(f"The recording is longer than {max_s:g} s. Send a shorter one.")
    except AudioRefused:
        raise
    except Exception as error:  # whatever FFmpeg trips over, the recording is what is wrong
        raise AudioDamaged("The recording is truncated or damaged. Record it again.") from error
    if samples.tell() < 2 * RATE // 20:
        raise AudioDamaged("The recording holds no sound that can be read. Record it again.")
    return samples.getvalue()


def _resampled(container: Any) -> Iterator[bytes]:
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    for frame in _frames(container):
        frame.pts = None  # time stamps of broken recorders make holes
        for piece in resampler.resample(frame):
            yield piece.to_ndarray().tobytes()
    for piece in resampler.resample(None):
        yield piece.to_ndarray().tobytes()


def _frames(container: Any) -> Iterator[Any]:
    """Frames of the first track; single broken ones are left out."""
    import av

    frames = iter(container.decode(audio=0))
    broken = 0
    while True:
        try:
            yield next(frames)
        except StopIteration:
            return
        except av.error.InvalidDataError:
            broken += 1
            if broken > 100:
                raise


if __name__ == "__main__":
    main()
