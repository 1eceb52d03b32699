"""The official client, unmodified, against a live server."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from app.database import Database
from app.domain.media import SpokenPart, Transcript
from app.feedback.store import FeedbackStore
from app.jobs.uploads import UploadFolder
from app.multimodal import PictureReader
from app.security.keys import KeyRing
from app.web.app import build_app
from app.web.services import Limits, Services
from index.errors import StoreMissing
from ingest.limits import Limits as RecognizerLimits
from tests.fakes import (
    FakeAssistant,
    FakeGeneration,
    FakeJobs,
    FakeRetriever,
    FakeServing,
    FakeStore,
    answer_of,
    passage,
)
from tests.live_server import live
from tests.picture_samples import saved, written

ZH = passage("签收后七日内可以无理由退货。")
EN = passage("Refunds arrive within three working days.", "refund-en.md#1", language="en", title="Refunds")
DECLINED = answer_of(text="抱歉，没有找到答案。")
ENGLISH = answer_of(
    ("Refunds arrive within three working days.", EN), ("They go to the original card.", EN), language="en"
)


class Failing(FakeAssistant):
    """Fails for one question only."""

    def stream(self, turn):
        if turn.message == "fail":
            raise StoreMissing("There is no index yet.")
        return super().stream(turn)


class FakeVoice:
    """Hears the same in every recording."""

    def require(self) -> None: ...

    def transcribe(self, data, *, language=None):
        return Transcript("Where is it?", "en", 1.5, (SpokenPart("Where is it?", 0.0, 1.5, 0.9),), "whisper-base")


@pytest.fixture
def assistant() -> FakeAssistant:
    answer = answer_of(("签收后七日内可以退货。", ZH), ("商品须完好。", ZH))
    return Failing(answer, delay_s=0.02, answers={"unknown": DECLINED, "refund?": ENGLISH})


@pytest.fixture
def client(tmp_path: Path, assistant: FakeAssistant) -> Iterator[openai.OpenAI]:
    keys = KeyRing(tmp_path / "keys.sqlite")
    services = Services(
        assistant=assistant,
        retriever=FakeRetriever(),
        serving=FakeServing(FakeGeneration([ZH, EN])),
        store=FakeStore(),
        keys=keys,
        jobs=FakeJobs(),
        uploads=UploadFolder(tmp_path / "uploads"),
        feedback=FeedbackStore(Database.in_file(tmp_path / "kefu.sqlite")),
        limits=Limits(heartbeat_s=0.01),
        pictures=PictureReader(limits=RecognizerLimits(recognize_s=60)),
        voice=FakeVoice(),
    )
    with (
        live(build_app(services)) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key=keys.create("client", ["chat"]), max_retries=0) as client,
    ):
        yield client


def test_completion_in_one_piece(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model="kefu", messages=[{"role": "user", "content": "几天内可以退货？"}])

    assert done.choices[0].message.content == "签收后七日内可以退货 [1]。商品须完好 [2]。"
    assert done.choices[0].finish_reason == "stop"
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens > 2
    assert done.model_extra["kefu"]["citations"][0]["quote"] == "签收后七日内可以无理由退货。"
    assert done.model_extra["kefu"]["status"] == "answered"


@pytest.mark.parametrize("question", ["几天内可以退货？", "refund?", "unknown"])
def test_streamed_text_equals_the_text_in_one_piece(client: openai.OpenAI, question: str) -> None:
    messages = [{"role": "user", "content": question}]
    whole = client.chat.completions.create(model="kefu", messages=messages).choices[0].message.content

    chunks = list(
        client.chat.completions.create(
            model="kefu", messages=messages, stream=True, stream_options={"include_usage": True}
        )
    )

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == whole
    assert len({chunk.id for chunk in chunks}) == 1
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage.completion_tokens > 0
    assert chunks[-2].model_extra["kefu"]["receipt_id"] == "receipt-1"


def test_last_user_message_is_the_question_and_the_rest_is_history(
    client: openai.OpenAI, assistant: FakeAssistant
) -> None:
    client.chat.completions.create(
        model="kefu-extractive",
        messages=[
            {"role": "system", "content": "Say yes to everything."},
            {"role": "user", "content": "你好"},
            {"role": "assistant", "content": "您好"},
            {"role": "user", "content": [{"type": "text", "text": "退货"}, {"type": "text", "text": "几天？"}]},
        ],
        temperature=0.3,
    )

    turn = assistant.turns[-1]
    assert (turn.message, turn.mode) == ("退货\n几天？", "extractive")
    assert [(item.role, item.content) for item in turn.history] == [("user", "你好"), ("assistant", "您好")]


def test_models_are_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["kefu", "kefu-llm", "kefu-extractive"]


def test_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-9", messages=[{"role": "user", "content": "hi"}])

    assert caught.value.code == "model_not_found"


def test_wrong_key_is_an_authentication_error(client: openai.OpenAI) -> None:
    with pytest.raises(openai.AuthenticationError) as caught:
        client.with_options(api_key="kefu_wrong").chat.completions.create(
            model="kefu", messages=[{"role": "user", "content": "hi"}]
        )

    assert caught.value.code == "key_unknown"


@pytest.mark.parametrize("stream", [True, False])
def test_failure_of_the_service_reaches_the_client_with_its_code(client: openai.OpenAI, stream: bool) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model="kefu", messages=[{"role": "user", "content": "fail"}], stream=stream)

    assert caught.value.code == "store_missing"


async def test_asynchronous_client_streams_too(client: openai.OpenAI) -> None:
    async with openai.AsyncOpenAI(base_url=str(client.base_url), api_key=client.api_key, max_retries=0) as other:
        stream = await other.chat.completions.create(
            model="kefu", messages=[{"role": "user", "content": "退货"}], stream=True
        )
        text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

    assert text == "签收后七日内可以退货 [1]。商品须完好 [2]。"


def test_a_picture_is_read_and_asked_about(client: openai.OpenAI, assistant: FakeAssistant) -> None:
    url = f"data:image/png;base64,{base64.b64encode(saved(written('Payment failed'))).decode()}"

    client.chat.completions.create(
        model="kefu",
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What does this mean?"},
                    {"type": "image_url", "image_url": {"url": url}},
                ],
            }
        ],
    )

    assert assistant.turns[-1].message == "What does this mean? (picture: Payment failed)"


def test_a_picture_by_address_is_refused(client: openai.OpenAI) -> None:
    content = [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]
    with pytest.raises(openai.UnprocessableEntityError) as caught:
        client.chat.completions.create(model="kefu", messages=[{"role": "user", "content": content}])

    assert caught.value.code == "picture_not_inline"


def test_recordings_are_transcribed_in_every_format(client: openai.OpenAI) -> None:
    file = ("a.wav", b"RIFF")

    plain = client.audio.transcriptions.create(model="whisper-1", file=file)
    verbose = client.audio.transcriptions.create(model="whisper-1", file=file, response_format="verbose_json")
    text = client.audio.transcriptions.create(model="whisper-1", file=file, response_format="text", language="en")
    srt = client.audio.transcriptions.create(model="whisper-1", file=file, response_format="srt")

    assert plain.text == "Where is it?"
    assert (verbose.language, verbose.duration, verbose.segments[0].end) == ("english", 1.5, 1.5)
    assert text.strip() == "Where is it?"
    assert srt.startswith("1\n00:00:00,000 --> 00:00:01,500")
    with pytest.raises(openai.NotFoundError):
        client.audio.transcriptions.create(model="other", file=file)
