"""`kefu calibrate`: how far confidence can be trusted, measured on questions with known answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.ask import AnswerMode
from app.cli.opening import parse_day, read_settings
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, note, paint

if TYPE_CHECKING:
    from app.building.container import Container
    from app.settings import Settings


def calibrate(
    questions: Annotated[
        Path | None,
        typer.Argument(metavar="QUESTIONS", help="JSON Lines of questions with known answers.", show_default=False),
    ] = None,
    *,
    knowledge: Annotated[
        list[Path] | None,
        typer.Option("--knowledge", metavar="PATH", help="Documents to ask; by default the index. May be repeated."),
    ] = None,
    mode: Annotated[AnswerMode | None, typer.Option("--mode", help="Who writes the answers.")] = None,
    as_of: options.AsOf = None,
    report: Annotated[bool, typer.Option("--report", help="Only show what the present calibration says.")] = False,
    max_error: Annotated[
        list[float] | None,
        typer.Option(
            "--max-error", metavar="RATE", min=0, max=1, help="A tolerated error to tell of; may be repeated."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the outcomes go; by default below home.")
    ] = None,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Ask questions with known answers and keep what came of them; answer.max_error then sets the threshold.

    A line a question: id, text, answerable (true or false), and for an answerable one must_include (what a right
    answer holds: a list of strings, or of lists of alternatives) or gold (ids of the documents that answer it).
    Take them from what customers really ask, in the proportion in which they do: the promise holds for questions
    like these. 200 or more; n questions can vouch for an error of 1 / (n + 1) at best.

    \b
    Example:
      kefu calibrate questions.jsonl
      kefu calibrate questions.jsonl --knowledge knowledge/ --as-of 2026-11-24
      kefu calibrate --report --max-error 0.03
    """
    from app.calibration.report import ERRORS, report_of
    from app.calibration.watch import CalibrationWatch

    if (questions is None) != report:
        raise typer.BadParameter("Give a file of questions, or --report.", param_hint="QUESTIONS")
    errors = [error for error in max_error or () if 0 < error < 1]
    if len(errors) < len(max_error or ()):
        raise typer.BadParameter("Expected an error between 0 and 1.", param_hint="--max-error")
    settings = read_settings(store)
    asked = settings.answer.max_error
    path = out or CalibrationWatch.path_in(settings.home)
    if questions is not None:
        _measure(settings, questions, path, knowledge=knowledge or (), mode=mode, as_of=as_of)
    watch = CalibrationWatch(path, max_error=asked, min_confidence=settings.answer.min_confidence)
    told = report_of(watch.calibration, errors=[*(errors or ERRORS), *([asked] if asked is not None else [])])
    if as_json:
        emit_json({"file": str(path) if watch.is_own else None, **told})
        return
    _show(told, path if watch.is_own else None, asked)


def _measure(
    settings: Settings,
    questions: Path,
    path: Path,
    *,
    knowledge: list[Path] | tuple[()],
    mode: AnswerMode | None,
    as_of: str | None,
) -> None:
    from app.evaluation.calibrating import calibrate as measure

    day = parse_day(as_of, option="--as-of")
    chosen = mode or settings.answer.mode
    with Progress("calibrate") as progress:
        container = _opened(settings, knowledge)
        made = measure(
            container, questions, mode=chosen, as_of=day, on_question=lambda done, total: progress.update(done, total)
        )
    made.write(path)


def _opened(settings: Settings, knowledge: list[Path] | tuple[()]) -> Container:
    from app.building.container import Container
    from app.evaluation.indexing import container_over

    if not knowledge:
        container = Container(settings)
        container.require_index()
        return container
    container, report = container_over(settings, knowledge)
    if report.refused:
        note(f"{len(report.refused)} documents were refused; `kefu ingest` says why.")
    return container


def _show(told: dict[str, Any], path: Path | None, asked: float | None) -> None:
    basis = told["basis"]
    whose = str(path) if path is not None else "the sample company's, for you have not calibrated yet"
    emit(f"{told['questions']} questions of {basis['questions']}, {basis['mode']} answers, {basis['made_at'][:10]}")
    emit(f"Outcomes: {whose}")
    emit(
        f"{told['answerable']} are answerable; {told['right_if_all_answered']} would be answered rightly if none were "
        "declined."
    )
    emit()
    languages = list(dict.fromkeys(name for row in told["thresholds"] for name in row["by_language"]))
    emit_table(
        (
            "max_error",
            "threshold",
            "answered",
            "wrong",
            "wrong of answered",
            *(f"{name}: answered, wrong" for name in languages),
        ),
        [_row(row, languages, asked) for row in told["thresholds"]],
    )
    smallest = told["thresholds"][0]["smallest_error"]
    emit(
        f"max_error bounds “wrong”: the share of all questions, declined ones among them, that get a wrong answer.\n"
        f"{told['questions']} questions can vouch for {smallest:.2%} at best; below it everything is declined."
    )
    emit()
    reliability = told["reliability"]
    emit(f"{paint('Is confidence right?', 'bold')}  calibration error {reliability['expected_calibration_error']:.3f}")
    emit_table(
        ("confidence", "questions", "mean", "right"),
        [
            (
                f"{item['low']:.1f}-{item['high']:.1f}",
                item["questions"],
                f"{item['confidence']:.2f}",
                _bar(item["right"]),
            )
            for item in reliability["curve"]
        ],
    )


def _row(row: dict[str, Any], languages: list[str], asked: float | None) -> tuple[str, ...]:
    mark = " *" if row["max_error"] == asked else ""
    if not row["is_reachable"]:
        return (f"{row['max_error']:.3f}{mark}", "none", "0.0 %", "-", "too few questions", *("-" for _ in languages))
    parts = [row["by_language"].get(name) for name in languages]
    wrong = row["wrong_of_answered"]
    return (
        f"{row['max_error']:.3f}{mark}",
        f"{row['threshold']:.3f}",
        _percent(row["coverage"]),
        _percent(row["error"]),
        "-" if wrong is None else _percent(wrong),
        *("-" if part is None else f"{_percent(part['coverage'])}, {_percent(part['error'])}" for part in parts),
    )


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _bar(share: float) -> str:
    return f"{share:.2f} {'█' * round(20 * share)}"
