import logging

import pytest

from app.domain import Message
from app.generation import adapters
from app.generation.adapters import AdapterFile, name_with, shipped_adapter
from app.generation.errors import ChatModelUnavailable
from app.generation.langchain import LangChainChatModel
from app.generation.local_gguf import LocalGGUFChat
from app.generation.probe import PROBES
from app.generation.prompts import NO_ANSWER, build_prompt, is_no_answer
from index.disk import sha256_of
from index.weights.catalogue import read_catalogue


class Server:
    """Answers with the name of the adapter that it was started with."""

    def __init__(self, adapter) -> None:
        self.said, self.requests = adapter.path.name if adapter is not None else "plain", []

    def handle_chat_completions(self, request, callback):
        self.requests.append(request)
        if request["max_tokens"]:
            callback({"choices": [{"delta": {"content": self.said}}]})


@pytest.fixture
def chat(tmp_path, monkeypatch):
    """A model whose servers are faked; `wanted` holds what is to serve, `bad` what does not load."""
    wanted, bad = {"path": None}, set()

    def start(self, adapter):
        if adapter is not None and adapter.path.name in bad:
            raise ChatModelUnavailable(f"does not load with {adapter.path.name}")
        return Server(adapter), lambda: None

    monkeypatch.setattr(LocalGGUFChat, "_start", start)
    model = LocalGGUFChat(path=tmp_path / "m.gguf", model_name="tiny", adapter=lambda: wanted["path"])
    return model, wanted, bad


def made(path, text="x"):
    path.write_text(text)
    return path


def said(model):
    return model.invoke([("user", "?")]).text


def test_the_next_reply_is_that_of_the_adapter_that_is_wanted_now(chat, tmp_path):
    model, wanted, _ = chat
    said_first = said(model)
    wanted["path"] = made(tmp_path / "a.gguf")
    said_then = said(model)
    assert model.serving_adapter == tmp_path / "a.gguf"
    wanted["path"] = None

    assert (said_first, said_then, said(model)) == ("plain", "a.gguf", "plain")
    assert model.serving_adapter is None


def test_a_link_that_leads_elsewhere_and_a_file_that_is_written_anew_are_noticed(chat, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made(tmp_path / name / "adapter.gguf", name)
    link = tmp_path / "current"
    link.symlink_to(tmp_path / "one")
    first = AdapterFile.of(link)
    link.unlink()
    link.symlink_to(tmp_path / "two")

    assert first.path == tmp_path / "one" / "adapter.gguf"
    assert AdapterFile.of(link).path == tmp_path / "two" / "adapter.gguf"
    before = AdapterFile.of(tmp_path / "one")
    made(tmp_path / "one" / "adapter.gguf", "anew, longer")
    assert AdapterFile.of(tmp_path / "one") != before


def test_an_adapter_that_does_not_load_or_is_gone_leaves_the_old_one_serving_and_is_told_once(chat, tmp_path, caplog):
    model, wanted, bad = chat
    wanted["path"] = made(tmp_path / "good.gguf")
    assert said(model) == "good.gguf"
    bad.add("bad.gguf")

    with caplog.at_level(logging.WARNING):
        for path in (made(tmp_path / "bad.gguf"), tmp_path / "gone.gguf"):
            wanted["path"] = path
            assert [said(model), said(model)] == ["good.gguf", "good.gguf"]

    assert [record.message for record in caplog.records if "goes on as it is" in record.message] == [
        "the language model tiny goes on as it is: does not load with bad.gguf",
        "the language model tiny goes on as it is: There is no adapter "
        f"{tmp_path / 'gone.gguf'}. Make one with kefu train llm, or clear KEFU_LLM__ADAPTER.",
    ]
    bad.clear()
    wanted["path"] = made(tmp_path / "bad.gguf", "repaired")
    assert said(model) == "bad.gguf"


def test_a_model_whose_adapter_is_missing_from_the_start_is_not_served_without_it(chat, tmp_path):
    model, wanted, _ = chat
    wanted["path"] = tmp_path / "gone.gguf"

    with pytest.raises(ChatModelUnavailable, match="no adapter"):
        said(model)


def scales(model, prompt, **options):
    """What every request for one reply says of the adapter: with the probe, and where the slot is read."""
    server = model._server
    server.requests.clear()
    list(LangChainChatModel(model, name="tiny").stream(prompt, **options))
    with model._turn:
        return [request.get("lora") for request in server.requests]


def test_one_that_comes_with_kefu_is_beside_the_weights_for_answers_alone(chat, tmp_path, monkeypatch):
    model, wanted, _ = chat
    monkeypatch.setattr(adapters, "_shipped_folder", lambda: tmp_path)
    wanted["path"] = made(tmp_path / "tiny.gguf")
    model.load()

    asked = scales(model, build_prompt("几天？", (), language="zh", instructions="按店里的口气。"), probe=PROBES["zh"])
    translated = scales(model, [Message("system", "You translate."), Message("user", "几天？")])

    assert len(asked) == 4  # to the anchor, the probe, the reply, back to the anchor
    assert asked == [[{"id": 0, "scale": 1.0}]] * 4
    assert translated == [[{"id": 0, "scale": 0.0}]] * 3


def test_one_of_the_company_is_beside_the_weights_always(chat, tmp_path):
    model, wanted, _ = chat
    wanted["path"] = made(tmp_path / "own.gguf")
    model.load()

    assert scales(model, [Message("system", "You translate."), Message("user", "几天？")]) == [None] * 3


def test_those_that_come_with_kefu_are_of_models_of_the_catalogue():
    names = {spec.name for spec in read_catalogue() if spec.kind == "chat"}
    shipped = {path.stem: path for path in adapters._shipped_folder().glob("*.gguf")}
    told = (adapters._shipped_folder() / "README.md").read_text(encoding="utf-8")

    assert shipped
    assert set(shipped) <= names
    for name, path in shipped.items():
        assert shipped_adapter(name) == path
        assert path.read_bytes()[:4] == b"GGUF"
        assert path.stat().st_size < 40 * 10**6
        assert f"| {name} | {sha256_of(path)} |" in told
    assert shipped_adapter("some-other-model") is None


def test_a_model_is_called_by_the_content_of_its_adapter(tmp_path):
    one, same, other = (made(tmp_path / f"{name}.gguf", text) for name, text in zip("abc", "xxy", strict=True))

    # printf x | sha256sum
    assert name_with("qwen", one) == name_with("qwen", same) == "qwen+2d711642"
    assert name_with("qwen", other) != name_with("qwen", one)
    assert name_with("qwen", None) == name_with("qwen", tmp_path / "gone.gguf") == "qwen"


@pytest.mark.parametrize(
    "text",
    [
        *NO_ANSWER.values(),
        "抱歉，资料中没有提到退货地址。",
        "Sorry, the sources do not mention that.",
        " The sources don't say.",
    ],
)
def test_words_that_decline_are_known(text):
    assert is_no_answer(text)


@pytest.mark.parametrize(
    "text",
    ["", "资料齐全的，三天内退款。", "没有破损的可以退。", "The sources of the wool are Irish.", "七天内可退[1]。"],
)
def test_words_that_answer_are_not_taken_for_declining(text):
    assert not is_no_answer(text)
