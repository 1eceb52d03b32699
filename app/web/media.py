"""Pictures and recordings of a chat: read here, sent on as a message by the client."""

from __future__ import annotations

import time
from typing import Any, Literal, cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from app.domain.media import PictureReading, ReadsPictures, Transcribes, Transcript
from app.multimodal import asked_with_pictures
from app.multimodal.errors import PicturesOff, VoiceUnavailable
from app.multimodal.subtitles import as_srt, as_vtt
from app.web.dependencies import ChatCaller, ServicesDep
from app.web.request_errors import ModelNotOffered, UploadEmpty
from app.web.services import Services
from index.errors import QuestionEmpty

PICTURE_PATH = "/v1/chat/pictures"
VOICE_PATH = "/v1/chat/voice"
TRANSCRIPTION_PATH = "/v1/audio/transcriptions"
_SPEECH_MODELS = ("whisper-1", "whisper-base", "kefu")

router = APIRouter(tags=["media"])


def _multipart(field: str, **others: dict[str, Any]) -> dict[str, Any]:
    properties = {field: {"type": "string", "format": "binary"}, **others}
    schema = {"type": "object", "properties": properties, "required": [field]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


_LANGUAGE = {"type": "string", "enum": ["zh", "en"]}


@router.post(PICTURE_PATH, openapi_extra=_multipart("picture", message={"type": "string"}))
async def picture(request: Request, caller: ChatCaller, services: ServicesDep) -> dict[str, Any]:
    """Read a photo or screenshot: its text with places, the numbers and products that it names.

    `message` is what to send as the customer's next message: the words of the field `message`, where there are any,
    with what the picture shows. Nothing is kept.
    """
    reader = require_pictures(services)
    async with request.form(max_files=1, max_fields=10) as form:
        data, words = await _bytes(form, "picture"), _field(form, "message")
    known = services.known_numbers(caller)
    reading = await run_in_threadpool(reader.read, data, known=known)
    return {**reading.to_dict(), "message": _message(words, reading)}


@router.post(VOICE_PATH, openapi_extra=_multipart("recording", language=_LANGUAGE))
async def voice(request: Request, _: ChatCaller, services: ServicesDep) -> dict[str, Any]:
    """Hear a recording; `text` is what to send as the customer's next message. Nothing is kept."""
    async with request.form(max_files=1, max_fields=10) as form:
        transcript = await _heard(form, services, field="recording")
    return transcript.to_dict()


@router.post(TRANSCRIPTION_PATH, tags=["openai"], openapi_extra=_multipart("file", language=_LANGUAGE))
async def transcription(request: Request, _: ChatCaller, services: ServicesDep) -> Response:
    """As OpenAI's transcriptions; formats json, text, srt, vtt and verbose_json."""
    async with request.form(max_files=1, max_fields=20) as form:
        model, format = _field(form, "model") or _SPEECH_MODELS[0], _field(form, "response_format") or "json"
        if model not in _SPEECH_MODELS:
            known = ", ".join(_SPEECH_MODELS)
            raise ModelNotOffered(f"There is no speech model {model[:100]!r} here. Use one of: {known}.")
        begun = time.perf_counter()
        transcript = await _heard(form, services, field="file")
    if format == "text":
        return PlainTextResponse(f"{transcript.text}\n")
    if format == "srt":
        return PlainTextResponse(as_srt(transcript.parts))
    if format == "vtt":
        return PlainTextResponse(as_vtt(transcript.parts), media_type="text/vtt")
    if format == "verbose_json":
        return JSONResponse(_verbose(transcript, seconds=time.perf_counter() - begun))
    return JSONResponse({"text": transcript.text, "usage": _usage(transcript)})


@router.get("/v1/chat/media")
def offered(_: ChatCaller, services: ServicesDep) -> dict[str, Any]:
    """What can be sent here: whether pictures are read and recordings heard, and how large they may be."""
    limits = services.limits
    return {
        "pictures": {"available": services.pictures is not None, "max_bytes": limits.max_picture_bytes},
        "voice": {**_voice_state(services), "max_bytes": limits.max_audio_bytes},
    }


def require_pictures(services: Services) -> ReadsPictures:
    """The reader. Raises `PicturesOff`."""
    if services.pictures is None:
        raise PicturesOff("Pictures are not read here; write what the picture says.")
    return services.pictures


def _require_voice(services: Services) -> Transcribes:
    if services.voice is None:
        raise VoiceUnavailable("Voice is switched off here; write the message, or use the browser's recognition.")
    return services.voice


def _voice_state(services: Services) -> dict[str, Any]:
    try:
        _require_voice(services).require()
    except VoiceUnavailable as error:
        return {"available": False, "message": error.message}
    return {"available": True, "message": None}


async def _heard(form: FormData, services: Services, *, field: str) -> Transcript:
    voice = _require_voice(services)
    language = _field(form, "language").lower()[:2]
    spoken = cast(Literal["zh", "en"], language) if language in ("zh", "en") else None
    return await run_in_threadpool(voice.transcribe, await _bytes(form, field), language=spoken)


async def _bytes(form: FormData, field: str) -> bytes:
    """The file in this field, or in any: clients do not agree on its name."""
    parts = [form.get(field), *(part for _, part in form.multi_items())]
    file = next((part for part in parts if isinstance(part, UploadFile)), None)
    if file is None:
        raise UploadEmpty(f"The request holds no file. Send multipart/form-data with a field `{field}`.")
    data = await file.read()
    if not data:
        raise UploadEmpty("The file is empty (0 bytes).")
    return data


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _message(words: str, reading: PictureReading) -> str:
    try:
        return asked_with_pictures(words, [reading])
    except QuestionEmpty:
        return ""


def _usage(transcript: Transcript) -> dict[str, Any]:
    return {"type": "duration", "seconds": max(1, round(transcript.duration_s))}


def _verbose(transcript: Transcript, *, seconds: float) -> dict[str, Any]:
    return {
        "task": "transcribe",
        "language": {"zh": "chinese", "en": "english"}.get(transcript.language, transcript.language),
        "duration": round(transcript.duration_s, 2),
        "text": transcript.text,
        "segments": [
            {
                "id": number,
                "seek": 0,
                "start": round(part.start_s, 2),
                "end": round(part.end_s, 2),
                "text": part.text,
                "tokens": [],
                "temperature": 0.0,
                "avg_logprob": round(part.log_probability, 4),
                "compression_ratio": 1.0,
                "no_speech_prob": 0.0,
            }
            for number, part in enumerate(transcript.parts)
        ],
        "usage": _usage(transcript),
        "kefu": {"seconds": round(seconds, 3), "model": transcript.model, "warnings": list(transcript.warnings)},
    }
