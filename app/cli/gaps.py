"""`kefu gaps`: what the knowledge base lacks, from the log of questions to a published article."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli import options
from app.cli.opening import open_container
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, note, paint, plain

if TYPE_CHECKING:
    from app.building.container import Container
    from app.insight.gaps.desk import GapDesk
    from app.insight.gaps.gap import Gap

group = typer.Typer(
    help="Gaps in the knowledge base: mine, list, show, draft, approve, publish, dismiss.", no_args_is_help=True
)

_Name = Annotated[str, typer.Argument(metavar="GAP", help="Id of a gap, or its first characters (four or more).")]
_Note = Annotated[str | None, typer.Option("--note", help="Why; kept in the gap's history.")]


def _desk(container: Container) -> GapDesk:
    def publish(files: Mapping[str, bytes]) -> Sequence[str]:
        from app.jobs.uploads import UploadFolder

        limit = container.settings.server.max_file_mb * 2**20
        uploads = UploadFolder(container.uploads_folder, max_bytes=limit)
        documents = [uploads.save(name, [content]).document_id for name, content in files.items()]
        report = container.pipeline().run(container.sources([uploads.documents]))
        for refusal in report.refused:
            note(f"{refusal.document_id} was refused: {refusal.message}")
        return documents

    return container.gap_desk(publish)


@group.command("mine")
def mine(
    *,
    days: Annotated[int | None, typer.Option("--days", min=1, max=800, help="How far back questions count.")] = None,
    as_json: options.Json = False,
) -> None:
    """Look through the log for topics on which questions were declined, handed off or rated down.

    \b
    Example:
      kefu gaps mine --days 30
    """
    with Progress("mine") as progress:
        figures = _desk(open_container()).mine(days=days, on_progress=progress.update)
    if as_json:
        emit_json(figures)
        return
    emit(f"{figures['questions']} questions in {figures['days']} days, {figures['went_wrong']} went wrong:")
    emit(
        f"{figures['not_covered']} topics are not covered, {figures['answered_badly']} are answered badly; "
        f"{figures['off_topic']} questions are off topic, {figures['alone']} stand alone."
    )


@group.command("list")
def list_gaps(
    *,
    state: Annotated[
        Literal["open", "drafted", "approved", "published", "dismissed"] | None,
        typer.Option("--state", help="Only gaps in this state."),
    ] = None,
    kind: Annotated[
        Literal["not_covered", "answered_badly"] | None, typer.Option("--kind", help="Only gaps of this kind.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """List gaps, the dearest in minutes of people's time first.

    \b
    Example:
      kefu gaps list --state open --kind not_covered
    """
    found = _desk(open_container()).all(state=state, kind=kind)
    if as_json:
        emit_json([gap.to_dict() for gap in found])
    elif not found:
        emit("No gaps. `kefu gaps mine` looks for them.")
    else:
        rows = [(gap.gap_id[:8], gap.state, gap.kind, gap.questions, f"{gap.minutes:.0f}", gap.title) for gap in found]
        emit_table(("gap", "state", "kind", "questions", "minutes", "about"), rows)


@group.command("show")
def show(name: _Name, *, as_json: options.Json = False) -> None:
    """Show a gap with its draft, its history and the questions behind it.

    \b
    Example:
      kefu gaps show 5f0c2d81
    """
    detail = _desk(open_container()).get(name)
    if as_json:
        emit_json(detail.to_dict())
        return
    _show(detail.gap)
    for step in detail.steps:
        emit(f"  {step.at[:16]}  {step.state} by {step.by}{f': {step.note}' if step.note else ''}")
    emit(paint("Questions", "bold"))
    for question in detail.questions[:20]:
        emit(f"  {plain(question.text)}")


@group.command("draft")
def draft(
    name: _Name,
    *,
    zh: Annotated[Path | None, typer.Option("--zh", metavar="FILE", exists=True, help="The Chinese answer.")] = None,
    en: Annotated[Path | None, typer.Option("--en", metavar="FILE", exists=True, help="The English answer.")] = None,
    why: _Note = None,
    as_json: options.Json = False,
) -> None:
    """Draft an article from what agents replied, or take answers from files.

    \b
    Example:
      kefu gaps draft 5f0c2d81
      kefu gaps draft 5f0c2d81 --en answer.txt
    """
    from app.insight.gaps.gap import Entry

    desk = _desk(open_container())
    gap = desk.get(name).gap
    written: dict[Literal["zh", "en"], Entry] = {}
    files: dict[Literal["zh", "en"], Path | None] = {"zh": zh, "en": en}
    for language, path in files.items():
        if path is not None:
            label = (gap.label_zh if language == "zh" else gap.label_en) or gap.title
            written[language] = Entry(label, path.read_text(encoding="utf-8").strip())
    _told(desk.draft(name, by=_me(), entries=written, note=why), as_json=as_json)


@group.command("approve")
def approve(name: _Name, *, why: _Note = None, as_json: options.Json = False) -> None:
    """Say that the draft is right.

    \b
    Example:
      kefu gaps approve 5f0c2d81
    """
    _told(_desk(open_container()).approve(name, by=_me(), note=why), as_json=as_json)


@group.command("publish")
def publish(name: _Name, *, why: _Note = None, as_json: options.Json = False) -> None:
    """Bring the approved draft into the knowledge base, as an uploaded document.

    \b
    Example:
      kefu gaps publish 5f0c2d81
    """
    _told(_desk(open_container()).publish(name, by=_me(), note=why), as_json=as_json)


@group.command("dismiss")
def dismiss(name: _Name, *, why: _Note = None, as_json: options.Json = False) -> None:
    """Leave a gap be, also when later runs find it again.

    \b
    Example:
      kefu gaps dismiss 5f0c2d81 --note "not our business"
    """
    _told(_desk(open_container()).dismiss(name, by=_me(), note=why), as_json=as_json)


def _told(gap: Gap, *, as_json: bool) -> None:
    emit_json(gap.to_dict()) if as_json else _show(gap)


def _show(gap: Gap) -> None:
    emit(paint(plain(gap.title), "bold"))
    emit(f"  {gap.gap_id}  {gap.kind}, {gap.state}")
    emit(f"  {gap.questions} questions went wrong in {gap.conversations} conversations; {gap.minutes:.0f} minutes")
    for language, words in gap.keywords.items():
        if words:
            emit(f"  {language}: {', '.join(words)}")
    if gap.effect is not None:
        before, after = gap.effect["declined"]["before"], gap.effect["declined"]["after"]
        emit(f"  declined before: {before['count']} of {before['of']}, after: {after['count']} of {after['of']}")
    if gap.draft is not None:
        for language, entry in gap.draft.entries.items():
            emit(paint(f"  [{language}] {plain(entry.question)}", "bold"))
            emit(f"  {plain(entry.answer) or '-'}")
        for warning in gap.draft.warnings:
            note(f"  {plain(warning)}")


def _me() -> str:
    return f"cli:{getpass.getuser()}"
