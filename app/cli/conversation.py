"""A conversation on the terminal, and how an answer looks there."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, cast

from app.cli.exits import message_of
from app.cli.terminal import emit, language_of, note, paint, plain
from app.domain.action import Wording

if TYPE_CHECKING:
    from app.building.container import Container
    from app.domain import Answer, AnswerEvent, Citation, Turn
    from app.domain.conversation import ConversationMessage, Role

_HELP = Wording(
    "/sources 查看上一条回答的引文，/new 开始新的对话，/quit 结束。",
    "/sources shows the quotes of the last answer, /new begins another conversation, /quit ends it.",
)
_WELCOME = Wording("请用中文或英文提问。", "Ask in Chinese or English.")
_STOPPED = Wording("已停止。再按一次 Ctrl-C 结束。", "Stopped. Ctrl-C once more ends it.")
_WITH_PERSON = Wording(
    "（人工客服已接手；直接回车可查看新回复）",
    "(a colleague has the conversation; Enter shows whether they have answered)",
)


@dataclass(slots=True)
class Talk:
    """What one person at a terminal says, one message after the other."""

    stream: Callable[[Turn], Iterator[AnswerEvent]]
    """Answers a turn; see `app.conversations.ConversingAssistant.stream`."""
    news: Callable[[str, str | None], Sequence[ConversationMessage]] | None
    """What was said in a conversation behind a message; None where questions stand alone."""
    values: dict[str, Any]
    """Of each turn: mode, day, access."""
    words: Callable[[Wording], str]
    conversation_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    last: Answer | None = None
    seen: str | None = None
    """Newest message of the conversation that was shown."""

    def begin_anew(self) -> None:
        """Another conversation."""
        self.conversation_id, self.last, self.seen = uuid.uuid4().hex, None, None

    def say(self, message: str) -> None:
        """Send a message and show what comes back, as it comes. Raises `KefuError`."""
        from app.domain import Turn

        self.catch_up("agent", "system")
        turn = Turn(message=message, channel="cli", **self.values)
        if self.news is not None:
            turn = replace(turn, conversation_id=self.conversation_id, owner="cli")
        with closing(cast(Any, self.stream(turn))) as events:
            self.last = show_answer(events)
        self.catch_up("agent")  # what the turn itself said stands there already
        said = self.last.conversation or {}
        if said.get("status") == "with_agent" and not said.get("messages"):
            note(paint(self.words(_WITH_PERSON), "dim"))

    def catch_up(self, *roles: Role) -> None:
        """Show what was said since by some, as people of the desk."""
        for message in self.news(self.conversation_id, self.seen) if self.news is not None else ():
            if message.role in roles:
                emit(f"{paint(message.author or 'kefu', 'cyan')}  {plain(message.text)}")
            self.seen = message.message_id


def converse(
    container: Container,
    *,
    mode: Literal["auto", "llm", "extractive"],
    day: date | None,
    access: frozenset[str],
    is_alone: bool = False,
) -> None:
    """Read messages and answer them until the end of input, /quit, or Ctrl-C twice.

    They make one conversation, as `/v1/chat` holds it; `is_alone`: each is a question of its own, and nothing is kept.
    """
    language = language_of(container.settings.language)
    _enable_line_editing()
    container.require_index()
    keeps = container.settings.dialogue.enabled and not is_alone
    talk = Talk(
        container.front.stream if keeps else container.remembering.stream,
        (lambda key, after: container.conversations.messages(key, after=after)) if keeps else None,
        {"as_of": day, "mode": mode, "access": access},
        lambda wording: wording.in_language(language),
    )
    note(paint(f"{talk.words(_WELCOME)} {talk.words(_HELP)}", "dim"))
    try:
        _read_on(talk)
    finally:
        container.close()  # the last receipts are written


def _read_on(talk: Talk) -> None:
    from index.errors import KefuError

    is_ending = False
    while True:
        try:
            said = input("> ").strip()
            if said in ("/quit", "/exit", "/q"):
                return
            is_ending = False
            if said == "/new":
                talk.begin_anew()
            elif said in ("/sources", "/passages"):
                _show_citations(talk.last.citations if talk.last else (), whole=True)
            elif said.startswith("/"):
                note(talk.words(_HELP))
            elif said:
                talk.say(said)
            else:
                talk.catch_up("agent", "system")
        except EOFError:
            emit()
            return
        except KeyboardInterrupt:
            emit()
            if is_ending:
                return
            is_ending = True
            note(paint(talk.words(_STOPPED), "dim"))
        except KefuError as error:
            note(message_of(error))


def show_answer(events: Iterable[AnswerEvent]) -> Answer:
    """Print an answer sentence by sentence as it is checked, then what it rests on; what a flow says stands around it.

    Of an answer that comes without sentences (the documents do not hold it) the messages are told in their order.
    """
    from app.domain import DoneEvent, MessageEvent, SentenceEvent

    has_sentences = False
    said: list[str] = []
    for event in events:
        if isinstance(event, SentenceEvent):
            _tell(said)
            has_sentences = True
            if event.sentence.lead:
                emit(paint(event.sentence.lead.rstrip(), "bold"))
            emit(plain(event.sentence.marked))
        elif isinstance(event, MessageEvent):
            said.append(event.text)
        elif isinstance(event, DoneEvent):
            answer = event.answer
            if not has_sentences:
                said = _messages_of(answer)
            elif answer.closing:
                emit(paint(plain(answer.closing), "bold"))
            _tell(said)
            _show_citations(answer.citations, whole=False)
            if answer.mode != "dialogue":
                emit(paint(_footer(answer), "dim"))
            return answer
    raise AssertionError("a stream ends with DoneEvent")


def _messages_of(answer: Answer) -> list[str]:
    messages = [message["text"] for message in (answer.conversation or {}).get("messages", ())]
    return messages or [answer.text]


def _tell(said: list[str]) -> None:
    for text in said:
        emit(plain(text))
    said.clear()


def _show_citations(citations: Iterable[Citation], *, whole: bool) -> None:
    for citation in citations:
        place = [citation.document_id]
        if citation.location.page is not None:
            place.append(f"p. {citation.location.page}")
        if citation.location.row is not None:
            place.append(f"row {citation.location.row}")
        if citation.location.heading:
            place.append(citation.location.heading)
        quote = " ".join(citation.quote.split())
        if not whole and len(quote) > 120:
            quote = f"{quote[:120]}…"
        emit(f"{paint(f'[{citation.marker}]', 'cyan')} {plain(' · '.join(place))}")
        emit(f"    “{plain(quote)}”{_days(citation)}")


def _days(citation: Citation) -> str:
    """The days of a rule that is over or yet to come."""
    if citation.in_force == "current":
        return ""
    return paint(f"  {citation.in_force}: {citation.valid_from or '…'} to {citation.valid_to or '…'}", "yellow")


def _footer(answer: Answer) -> str:
    writer = answer.model or "the documents' own words"
    if answer.as_of is not None:
        writer += f" · as of {answer.as_of}"
    if answer.cached:
        writer += " · given before"
    return f"{answer.status} · confidence {answer.confidence:.2f} · {writer} · {answer.timings_ms.total / 1000:.1f} s"


def _enable_line_editing() -> None:
    try:
        import readline  # noqa: F401 - importing it is what makes input() editable
    except ImportError:
        return
