from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.domain.media import FoundNumber, PictureReading, ProductMatch, SpokenPart, TextLine, Transcript
from app.multimodal.errors import PictureReaderBusy, VoiceUnavailable
from app.web.services import Limits
from ingest.errors import PictureDamaged
from tests.fakes import FakeAssistant, answer_of, passage

MakeClient = Callable[..., TestClient]

ORDER = FoundNumber("order_number", "SL2026110512", "SL2O26110512", 0.98, None)
PHONE = ProductMatch("p1", "SL-PH-1001", "星屿 S9 手机", "Starisle S9 phone", 0.9, "星屿S9手机")
READING = PictureReading(
    (TextLine("订单号：SL2O26110512", 0.98, (10, 20, 200, 50), 0), TextLine("星屿S9手机", 0.97, (10, 60, 150, 90), 1)),
    "zh", 400, 300, order_numbers=(ORDER,), products=(PHONE,),
)  # fmt: skip
TRANSCRIPT = Transcript("我想退货。", "zh", 1.8, (SpokenPart("我想退货。", 0.2, 1.5, 0.8),), "whisper-base")
PNG = b"\x89PNG\r\n\x1a\n..."


class FakeReader:
    """Gives what it was told to give, and remembers what it was asked."""

    def __init__(self, reading: PictureReading | Exception = READING) -> None:
        self.reading, self.asked = reading, []

    def read(self, data: bytes, *, known: Any = None) -> PictureReading:
        self.asked.append((data, known))
        if isinstance(self.reading, Exception):
            raise self.reading
        return self.reading


class FakeVoice:
    def __init__(self, transcript: Transcript | Exception = TRANSCRIPT) -> None:
        self.transcript, self.languages = transcript, []

    def require(self) -> None:
        if isinstance(self.transcript, Exception):
            raise self.transcript

    def transcribe(self, data: bytes, *, language: Any = None) -> Transcript:
        self.require()
        self.languages.append(language)
        assert isinstance(self.transcript, Transcript)
        return self.transcript


def test_a_picture_comes_back_as_text_numbers_products_and_a_message(make_client: MakeClient) -> None:
    client = make_client("chat", pictures=FakeReader(), known_numbers=lambda caller: None)

    reply = client.post("/v1/chat/pictures", files={"picture": ("a.png", PNG)}, data={"message": "这个订单到哪了？"})

    body = reply.json()
    assert reply.status_code == 200
    assert body["lines"][0] == {
        "text": "订单号：SL2O26110512", "confidence": 0.98, "box": [10, 20, 200, 50], "row": 0, "is_instruction": False,
    }  # fmt: skip
    assert body["order_numbers"] == [
        {"value": "SL2026110512", "as_read": "SL2O26110512", "confidence": 0.98, "is_known": None}
    ]
    assert body["products"][0]["sku"] == "SL-PH-1001"
    assert body["message"] == "星屿 S9 手机，这个订单到哪了？（图片：SL2026110512）"


def test_numbers_are_held_against_what_this_caller_may_know(make_client: MakeClient) -> None:
    reader, records = FakeReader(), object()
    client = make_client("chat", pictures=reader, known_numbers=lambda caller: records)

    client.post("/v1/chat/pictures", files={"file": ("a.png", PNG)})

    assert reader.asked == [(PNG, records)]


@pytest.mark.parametrize(
    ("options", "files", "status", "code"),
    [
        ({"pictures": FakeReader()}, None, 422, "upload_empty"),
        ({"pictures": FakeReader()}, {"picture": ("a.png", b"")}, 422, "upload_empty"),
        ({"pictures": FakeReader(PictureDamaged("Damaged."))}, {"picture": ("a.png", PNG)}, 422, "picture_damaged"),
        ({"pictures": FakeReader(PictureReaderBusy("Wait."))}, {"picture": ("a.png", PNG)}, 503, "picture_reader_busy"),
        ({}, {"picture": ("a.png", PNG)}, 404, "pictures_off"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_problem(
    make_client: MakeClient, options: dict[str, Any], files: Any, status: int, code: str
) -> None:
    reply = make_client("chat", **options).post("/v1/chat/pictures", files=files)

    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert ("retry-after" in reply.headers) == (code == "picture_reader_busy")


@pytest.mark.parametrize("path", ["/v1/chat/pictures", "/v1/chat/voice", "/v1/audio/transcriptions"])
def test_media_want_a_key_of_scope_chat_and_are_bounded(make_client: MakeClient, path: str) -> None:
    small = Limits(max_picture_bytes=1000, max_audio_bytes=1000)
    files = {"file": ("a.bin", PNG)}

    assert make_client().post(path, files=files).status_code == 401
    assert make_client("search").post(path, files=files).status_code == 403
    large = make_client("chat", limits=small).post(path, files={"file": ("a.bin", bytes(40_000))})
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")


def test_media_count_against_the_rate_of_the_caller(make_client: MakeClient) -> None:
    client = make_client("chat", pictures=FakeReader(), limits=Limits(requests_per_minute=1))
    client.post("/v1/chat/pictures", files={"picture": ("a.png", PNG)})

    assert client.post("/v1/chat/pictures", files={"picture": ("a.png", PNG)}).json()["code"] == "rate_exceeded"


def test_a_recording_comes_back_as_text_with_times(make_client: MakeClient) -> None:
    voice = FakeVoice()

    body = make_client("chat", voice=voice).post(
        "/v1/chat/voice", files={"recording": ("a.webm", b"...")}, data={"language": "zh-CN"}
    ).json()  # fmt: skip

    assert (body["text"], body["language"], voice.languages) == ("我想退货。", "zh", ["zh"])
    assert body["parts"] == [{"text": "我想退货。", "start_s": 0.2, "end_s": 1.5, "confidence": 0.8}]


def test_voice_that_is_not_set_up_says_what_to_do(make_client: MakeClient) -> None:
    missing = FakeVoice(VoiceUnavailable("Voice needs the weights. Run: kefu models pull whisper-base"))
    client = make_client("chat", voice=missing)

    reply = client.post("/v1/chat/voice", files={"recording": ("a.webm", b"...")})

    assert (reply.status_code, reply.json()["code"]) == (503, "voice_unavailable")
    assert client.get("/v1/chat/media").json() == {
        "pictures": {"available": False, "max_bytes": 12 * 2**20},
        "voice": {"available": False, "message": missing.transcript.message, "max_bytes": 25 * 2**20},
    }


def data_url(data: bytes = PNG) -> dict[str, Any]:
    url = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return {"type": "image_url", "image_url": {"url": url, "detail": "low"}}


def asked(client: TestClient, *parts: dict[str, Any]) -> Any:
    return client.post(
        "/v1/chat/completions", json={"model": "kefu", "messages": [{"role": "user", "content": list(parts)}]}
    )


def test_a_picture_in_a_completion_is_read_and_asked_with_the_words(make_client: MakeClient) -> None:
    assistant = FakeAssistant(answer_of(("一年保修。", passage("一年保修。"))))
    client = make_client("chat", assistant=assistant, pictures=FakeReader())

    reply = asked(client, {"type": "text", "text": "这个保修多久？"}, data_url())

    assert reply.status_code == 200
    assert assistant.turns[-1].message == "星屿 S9 手机，这个保修多久？"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://example.com/a.png", "picture_not_inline"),
        ("file:///etc/passwd", "picture_not_inline"),
        ("http://169.254.169.254/latest", "picture_not_inline"),
        ("data:image/png;base64,!!!", "picture_damaged"),
    ],
)
def test_addresses_are_never_fetched(make_client: MakeClient, url: str, code: str) -> None:
    client = make_client("chat", pictures=FakeReader())

    reply = asked(client, {"type": "image_url", "image_url": {"url": url}})

    assert (reply.status_code, reply.json()["error"]["code"]) == (422, code)


def test_a_picture_without_text_and_words_is_no_question(make_client: MakeClient) -> None:
    empty = PictureReading((), "en", 10, 10)

    reply = asked(make_client("chat", pictures=FakeReader(empty)), data_url())

    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "question_empty")


def test_only_the_newest_pictures_of_a_conversation_are_read(make_client: MakeClient) -> None:
    reader = FakeReader()
    client = make_client("chat", pictures=reader)
    messages = [{"role": "user", "content": [data_url(b"%d" % number)]} for number in range(9)]

    client.post("/v1/chat/completions", json={"model": "kefu", "messages": messages})

    assert [data for data, _ in reader.asked] == [b"5", b"6", b"7", b"8"]
