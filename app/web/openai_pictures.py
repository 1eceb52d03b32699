"""Pictures inside the messages of a chat completion: data URLs, read before the turn begins."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence

from app.domain.media import KnownNumbers, PictureReading, ReadsPictures
from app.multimodal import asked_with_pictures
from app.multimodal.errors import PictureNotInline
from app.web.openai_schemas import CompletionMessage, CompletionRequest, asked_at
from index.errors import QuestionEmpty
from ingest.errors import PictureDamaged, PictureRefused

MOST_PICTURES = 4
"""Of one request: the newest. A client sends the whole conversation each time."""

_DATA_URL = re.compile(r"data:image/[\w.+-]+(?:;[\w=.+-]+)*;base64,", re.IGNORECASE)


def picture_urls(body: CompletionRequest) -> list[tuple[int, str]]:
    """Number of the message and address of each picture in it, at most four, the newest."""
    found = [
        (at, part.image_url.url)
        for at, message in enumerate(body.messages)
        if message.role == "user" and isinstance(message.content, list)
        for part in message.content
        if part.type == "image_url" and part.image_url is not None
    ]
    return found[-MOST_PICTURES:]


def read_pictures(
    body: CompletionRequest, reader: ReadsPictures, known: KnownNumbers | None
) -> dict[int, list[PictureReading]]:
    """What the pictures of each message show. One that cannot be read counts only in the message that is asked.

    Raises:
        PictureNotInline: an address on the web: nothing is fetched on behalf of a client.
        PictureRefused, PictureReaderBusy: as the reader says.
    """
    asked = asked_at(body.messages)
    readings: dict[int, list[PictureReading]] = {}
    for at, url in picture_urls(body):
        try:
            readings.setdefault(at, []).append(reader.read(_inline(url), known=known))
        except (PictureRefused, PictureNotInline):
            if at == asked:
                raise
    return readings


def words_with_pictures(
    messages: Sequence[CompletionMessage], readings: Mapping[int, Sequence[PictureReading]]
) -> list[CompletionMessage]:
    """The messages, each picture in them replaced by what it shows. Raises `QuestionEmpty` for the last one of a user.

    An earlier message that shows nothing is empty.
    """
    asked = asked_at(messages)
    written: list[CompletionMessage] = []
    for at, message in enumerate(messages):
        if at not in readings:
            written.append(message)
            continue
        try:
            text = asked_with_pictures(message.words(), readings[at])
        except QuestionEmpty:
            if at == asked:
                raise
            text = ""
        written.append(CompletionMessage(role=message.role, content=text))
    return written


def _inline(url: str) -> bytes:
    match = _DATA_URL.match(url)
    if match is None:
        raise PictureNotInline("Send the picture itself, as data:image/png;base64,…; addresses are not fetched.")
    try:
        return base64.b64decode(url[match.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureDamaged("The data URL of the picture is not valid base64. Send it again.") from error
