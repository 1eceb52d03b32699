"""Transcripts as subtitles."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.media import SpokenPart


def as_srt(parts: Sequence[SpokenPart]) -> str:
    """SubRip: numbered, times with a comma before the milliseconds."""
    blocks = [
        f"{number}\n{_time(part.start_s, ',')} --> {_time(part.end_s, ',')}\n{part.text}\n"
        for number, part in enumerate(parts, start=1)
    ]
    return "\n".join(blocks)


def as_vtt(parts: Sequence[SpokenPart]) -> str:
    """WebVTT. Source: W3C, WebVTT: The Web Video Text Tracks Format."""
    blocks = [
        f"{_time(part.start_s, '.')} --> {_time(part.end_s, '.')}\n{part.text.replace('-->', '→')}\n" for part in parts
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def _time(seconds: float, mark: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{mark}{rest % 1000:03}"
