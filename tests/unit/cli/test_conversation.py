"""`kefu ask` on a terminal: one conversation, as customers have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.building.container import Container
from app.cli.conversation import converse
from app.cli.terminal import language_of
from app.domain import DoneEvent, SentenceEvent
from app.domain.understanding import Understanding
from app.handoff import Agent
from app.settings import Settings
from tests.conversation_fakes import KnownUnderstander
from tests.dialogue_samples import understood
from tests.fakes import answer_of, passage

ANSWER = answer_of(("退货运费由商家承担。", passage("退货运费由商家承担。")))
Scripted = str | type[BaseException] | Callable[[], str]
KNOWN: dict[str, Understanding] = {
    "转人工": understood("转人工", "talk_to_human"),
    "我要退货": understood("我要退货", "return_request"),
}


class Answerer:
    """Answers the question about freight and declines the rest."""

    def stream(self, turn: Any) -> Iterator[Any]:
        if "运费" not in turn.message:
            yield DoneEvent(answer_of(language="zh"))
            return
        for sentence in ANSWER.sentences:
            yield SentenceEvent(sentence)
        yield DoneEvent(ANSWER)


@pytest.fixture
def container(workplace: Path) -> Iterator[Container]:
    container = Container(Settings.model_validate({"home": workplace / "var", "handoff": {"hours": {}}}))
    values = container.__dict__
    values["remembering"] = Answerer()
    values["require_index"] = lambda: None
    values["understander_with"] = lambda **_: KnownUnderstander(KNOWN)
    yield container
    container.close()


@pytest.fixture
def talk(container: Container, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*typed: Scripted, **options: Any) -> tuple[str, str]:
        lines = iter(typed)

        def read(_: str) -> str:
            line = next(lines, EOFError)
            if isinstance(line, str):
                return line
            if isinstance(line, type):
                raise line
            return line()

        monkeypatch.setattr("builtins.input", read)
        converse(container, mode="extractive", day=None, access=frozenset(), **options)
        return capsys.readouterr()

    return run


def test_what_is_typed_makes_one_conversation_that_is_kept(talk: Any, container: Container) -> None:
    out, _ = talk("退货运费谁出？", "我要退货", "/quit")

    assert "退货运费由商家承担 [1]。" in out
    assert "核实身份" in out, "the flow asks who it is"
    (conversation,) = {event.conversation_id for event in container.events.conversation(_only(container))}
    roles = [message.role for message in container.conversations.messages(str(conversation))]
    assert roles == ["customer", "assistant", "customer", "assistant"]


def test_questions_stand_alone_where_that_is_wanted(talk: Any, container: Container) -> None:
    out, _ = talk("退货运费谁出？", "我要退货", EOFError, is_alone=True)

    assert "退货运费由商家承担 [1]。" in out
    assert "核实身份" not in out
    assert not (container.settings.home / "kefu.sqlite").exists()


def test_an_agents_reply_is_shown_before_the_next_message(talk: Any, container: Container) -> None:
    def answered_meanwhile() -> str:
        container.desk.inbox.reply(_only(container), "您好，我来处理。", by=Agent("li"))
        return ""

    out, err = talk("转人工", answered_meanwhile, "好的", EOFError)

    assert "已为您转接人工客服" in out
    assert "li  您好，我来处理。" in out
    assert "Enter shows whether they have answered" in err


def test_a_new_conversation_begins_without_what_was_said(talk: Any, container: Container) -> None:
    talk("我要退货", "/new", "退货运费谁出？")

    assert len({event.conversation_id for event in _events(container)}) == 2


def test_ctrl_c_is_asked_about_once_and_then_ends_without_a_traceback(talk: Any) -> None:
    out, err = talk(KeyboardInterrupt, "退货运费谁出？", KeyboardInterrupt, KeyboardInterrupt, "never read")

    assert "退货运费由商家承担" in out
    assert err.count("Ctrl-C") == 2
    assert "never" not in out


def test_a_message_that_is_no_good_is_told_in_a_line_and_the_talk_goes_on(talk: Any) -> None:
    out, err = talk("x" * 20_000, "退货运费谁出？")

    assert "Shorten it" in err
    assert "退货运费由商家承担" in out


@pytest.mark.parametrize(
    ("setting", "lang", "language"),
    [("", "zh_CN.UTF-8", "zh"), ("", "en_GB.UTF-8", "en"), ("", "C", "en"), ("", "", "en"), ("zh", "C", "zh")],
)
def test_people_read_the_language_that_is_set_or_their_terminals(
    monkeypatch: pytest.MonkeyPatch, setting: Any, lang: str, language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", lang)

    assert language_of(setting) == language


def _events(container: Container) -> list[Any]:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    return list(container.events.between(now - timedelta(hours=1), now + timedelta(hours=1)))


def _only(container: Container) -> str:
    (key,) = {event.conversation_id for event in _events(container)}
    return str(key)
