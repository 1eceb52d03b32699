"""`kefu ask`: one question, a file of them, or a conversation."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli import options
from app.cli.jsonl import Line, LineInvalid, run_batch
from app.cli.opening import open_container, parse_day, require_text_or_batch
from app.cli.terminal import emit_json, note

if TYPE_CHECKING:
    from app.building.container import Container
    from app.domain import Message, Turn

AnswerMode = Literal["auto", "llm", "extractive"]


def ask(
    text: Annotated[str | None, typer.Argument(help="The question.", show_default=False)] = None,
    *,
    batch: options.Batch = None,
    out: options.Out = "-",
    mode: Annotated[
        AnswerMode | None,
        typer.Option("--mode", help="Who writes the answer; extractive uses the documents' own words alone."),
    ] = None,
    as_of: options.AsOf = None,
    access: options.Access = None,
    alone: Annotated[
        bool, typer.Option("--alone", help="On a terminal: each question by itself, no conversation, nothing kept.")
    ] = False,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Answer a question from the documents, each sentence with the words that it rests on.

    Without a question on a terminal it opens a conversation, the same that customers have at /v1/chat. A batch is
    answered anew, never from kept answers.

    \b
    Example:
      kefu ask "生鲜可以七天无理由退货吗？"
      kefu ask "How long do I have to return a kettle?" --as-of 2025-12-01
      kefu ask --batch questions.jsonl --out answers.jsonl --mode extractive
    """
    if text is None and batch is None and sys.stdin.isatty() and sys.stdout.isatty():
        from app.cli.conversation import converse

        container = open_container(store)
        converse(
            container,
            mode=mode or container.settings.answer.mode,
            day=parse_day(as_of, option="--as-of"),
            access=frozenset(access or ()),
            is_alone=alone,
        )
        return
    require_text_or_batch(text, batch, out)
    day = parse_day(as_of, option="--as-of")
    container = open_container(store)
    chosen = mode or container.settings.answer.mode
    labels = frozenset(access or ())
    _warn_without_model(container, chosen)
    if batch is None:
        from app.cli.conversation import show_answer
        from app.domain import Turn

        container.warm_up()  # so that the answer's own time is what it tells
        turn = Turn(message=text or "", as_of=day, access=labels, mode=chosen)
        if as_json:
            emit_json(container.remembering.reply(turn).to_dict())
        else:
            show_answer(container.remembering.stream(turn))
        return
    _answer_batch(container, batch, out, mode=chosen, day=day, access=labels)


def _answer_batch(
    container: Container, batch: str, out: str, *, mode: AnswerMode, day: date | None, access: frozenset[str]
) -> None:
    from app.building.container import Container
    from app.cli.lookahead import Lookahead

    ahead = Lookahead(container.embedder)
    prepared = Container(container.settings, embedder=ahead)
    assistant = prepared.assistant

    def serve(line: Line) -> Mapping[str, Any]:
        return assistant.reply(turn_of(line, mode=mode, day=day, access=access)).to_dict()

    try:
        run_batch(batch, out, serve, ahead=ahead.prepare, label="ask")
    finally:
        prepared.close()  # the last receipts are written


def turn_of(line: Line, *, mode: AnswerMode, day: date | None, access: frozenset[str]) -> Turn:
    """The turn that an input line asks for. Raises `LineInvalid`."""
    from app.domain import Turn

    passages = line.listed("passages")
    if passages is not None and not all(isinstance(passage, str) for passage in passages):
        raise LineInvalid('Expected strings in "passages".')
    return Turn(
        message=line.text(),
        history=_history(line.listed("history")),
        as_of=_day(line.fields.get("as_of")) or day,
        access=access,
        mode=mode,
        passages=None if passages is None else tuple(passages),
    )


def _day(value: Any) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise LineInvalid('Expected a day such as "2026-11-24" under "as_of".') from None


def _history(entries: list[Any] | None) -> tuple[Message, ...]:
    from app.domain import Message

    messages = []
    for entry in entries or ():
        role, content = (entry.get("role"), entry.get("content")) if isinstance(entry, dict) else (None, None)
        if role not in ("system", "user", "assistant") or not isinstance(content, str):
            raise LineInvalid('Expected {"role": "user" or "assistant", "content": "…"} in "history".')
        messages.append(Message(role, content))
    return tuple(messages)


def _warn_without_model(container: Container, mode: AnswerMode) -> None:
    model = container.chat_model if mode == "llm" else None
    if mode == "llm" and (model is None or not model.is_ready):
        note("No language model is ready, so answers use the documents' own words. `kefu doctor` says what is missing.")
