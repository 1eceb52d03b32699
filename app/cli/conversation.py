"""A conversation on the terminal, and how an answer looks there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Literal

from app.cli.exits import message_of
from app.cli.terminal import emit, note, paint, plain

if TYPE_CHECKING:
    from app.container import Container
    from app.domain import Answer, AnswerEvent, Citation

_HELP = "/sources shows the quotes of the last answer, /new forgets the conversation, /quit ends it."
_TURNS_KEPT = 6


def converse(
    container: Container, *, mode: Literal["auto", "llm", "extractive"], day: date | None, access: frozenset[str]
) -> None:
    """Read questions and answer them until the end of input or /quit."""
    from app.domain import Message, Turn
    from index.errors import KefuError

    _enable_line_editing()
    container.require_index()
    assistant = container.remembering
    note(paint(f"Ask in Chinese or English. {_HELP}", "dim"))
    history: list[Message] = []
    last: Answer | None = None
    while True:
        try:
            said = input("> ").strip()
        except EOFError:
            emit()
            return
        if said in ("/quit", "/exit", "/q"):
            return
        if said == "/new":
            history.clear()
        elif said in ("/sources", "/passages"):
            _show_citations(last.citations if last else (), whole=True)
        elif said.startswith("/"):
            note(_HELP)
        elif said:
            try:
                turn = Turn(message=said, history=tuple(history), as_of=day, mode=mode, access=access)
                last = show_answer(assistant.stream(turn))
            except KefuError as error:
                note(message_of(error))
                continue
            history += [Message("user", said), Message("assistant", last.text)]
            del history[: -2 * _TURNS_KEPT]


def show_answer(events: Iterable[AnswerEvent]) -> Answer:
    """Print an answer sentence by sentence as it is checked, then what it rests on."""
    from app.domain import DoneEvent, SentenceEvent

    shown = ""
    for event in events:
        if isinstance(event, SentenceEvent):
            shown = event.sentence.marked
            if event.sentence.lead:
                emit(paint(event.sentence.lead, "bold"))
            emit(plain(shown))
        elif isinstance(event, DoneEvent):
            if not shown:
                emit(plain(event.answer.text))
            elif event.answer.closing:
                emit(paint(plain(event.answer.closing), "bold"))
            _show_citations(event.answer.citations, whole=False)
            emit(paint(_footer(event.answer), "dim"))
            return event.answer
    raise AssertionError("a stream ends with DoneEvent")


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
