"""All commands as one program, and what becomes of their errors."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from app.cli import (
    actions,
    ask,
    cache,
    calibrate,
    candidates,
    copywrite,
    dialogue,
    doctor,
    evaluate,
    experiment,
    forget,
    gaps,
    inbox,
    index,
    ingest,
    keys,
    mcp,
    media,
    metrics,
    models,
    policy,
    receipts,
    recommend,
    redact,
    replay,
    report,
    search,
    serve,
    settings,
    shop,
    train,
    understand,
    warehouse,
    webhooks,
)
from app.cli.exits import DONE, FAILED, INTERRUPTED
from app.cli.terminal import complain
from index.process import share_heaps, spin_briefly

program = typer.Typer(
    name="kefu",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
program.command("ingest")(ingest.ingest)
program.command("search")(search.search)
program.command("ask")(ask.ask)
program.command("understand")(understand.understand)
program.command("redact")(redact.redact)
program.command("read")(media.read)
program.command("transcribe")(media.transcribe)
program.add_typer(index.group, name="index")
candidates.add_to(models.group)
program.add_typer(models.group, name="models")
program.add_typer(evaluate.group, name="eval")
program.add_typer(train.group, name="train")
program.command("calibrate")(calibrate.calibrate)
program.command("serve")(serve.serve)
program.command("settings")(settings.settings)
program.command("doctor")(doctor.doctor)
program.add_typer(keys.group, name="keys")
program.add_typer(inbox.group, name="inbox")
program.add_typer(webhooks.group, name="webhooks")
program.add_typer(receipts.group, name="receipts")
program.add_typer(cache.group, name="cache")
program.add_typer(shop.group, name="shop")
program.add_typer(warehouse.group, name="warehouse")
program.add_typer(recommend.group, name="recommend")
program.add_typer(dialogue.group, name="dialogue")
program.add_typer(metrics.group, name="metrics")
program.add_typer(gaps.group, name="gaps")
program.add_typer(copywrite.group, name="copywrite")
program.command("forget")(forget.forget)
program.add_typer(experiment.group, name="experiment")
program.command("report")(report.report)
program.command("explain")(receipts.explain)
program.command("replay")(replay.replay)
program.add_typer(policy.group, name="policy")
program.add_typer(actions.group, name="actions")
program.command("mcp")(mcp.mcp)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"kefu {version('kefu')}")
        raise typer.Exit


@program.callback()
def _kefu(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error, and what goes on.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Support assistant for e-commerce: cited, checked answers in Chinese and English from your own documents.

    \b
    Example:
      kefu ingest knowledge/
      kefu ask "七天无理由退货的运费谁出？"
    """
    import logging

    logging.basicConfig(level=logging.DEBUG if debug else logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if not debug:
        logging.captureWarnings(True)
        logging.getLogger("py.warnings").setLevel(logging.ERROR)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; an expected error is one line on standard error, never a traceback."""
    spin_briefly()
    share_heaps()
    given, wants_debug = _with_debug_first(list(sys.argv[1:] if arguments is None else arguments))
    _speak_utf8()
    try:
        program(given, prog_name="kefu")
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else (DONE if ending.code is None else FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()
    except Exception as error:
        if wants_debug:
            traceback.print_exc()
        return complain(error, as_json="--json" in given)
    return DONE


def _with_debug_first(given: list[str]) -> tuple[list[str], bool]:
    """`--debug` is taken anywhere before `--`, for it is added behind a command that went wrong."""
    end = given.index("--") if "--" in given else len(given)
    options = [part for part in given[:end] if part != "--debug"]
    wants_debug = len(options) < end
    return [*(["--debug"] if wants_debug else []), *options, *given[end:]], wants_debug


def _reader_gone() -> int:
    """`kefu search … | head` ends quietly; what Python still holds for the closed pipe goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
