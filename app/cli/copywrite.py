"""`kefu copywrite`: marketing copy, each claim of which rests on a fact, and a check of any other."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli import options
from app.cli.exits import FAILED
from app.cli.jsonl import Line, run_batch
from app.cli.opening import open_container
from app.cli.terminal import emit, emit_json, note, paint, plain

if TYPE_CHECKING:
    from app.marketing import Copy, Copywriter, TextCheck, Writing

group = typer.Typer(invoke_without_command=True, help="Marketing copy from facts: write, check.")

Mode = Annotated[
    Literal["auto", "template", "llm"] | None,
    typer.Option("--mode", help="Who writes; by default the language model where it is ready, templates in a batch."),
]
Language = Annotated[Literal["zh", "en"] | None, typer.Option("--language", help="By default that of the facts.")]


@group.callback()
def copywrite(
    context: typer.Context,
    *,
    product: Annotated[str | None, typer.Option("--product", metavar="SKU", help="What to write about.")] = None,
    channel: Annotated[
        str, typer.Option("--channel", help="title, detail, note, sms, push, email or listing_en.")
    ] = "detail",
    language: Language = None,
    audience: Annotated[str, typer.Option("--audience", help="A segment that is written to.")] = "",
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="ID", help="One customer, who has agreed to marketing.")
    ] = None,
    variants: Annotated[int, typer.Option("--variants", min=1, max=10, help="How many texts.")] = 2,
    mode: Mode = None,
    batch: options.Batch = None,
    out: options.Out = "-",
    as_json: options.Json = False,
) -> None:
    """Write copy for a product, or for each line of a file.

    A line in: id, attributes ([{"name", "value"}]) or product_id, channel, audience, language, facts. A line out:
    variants with their text, claims (each with the fact that it rests on) and violations.

    \b
    Example:
      kefu copywrite --product SL-PH-1001 --channel sms
      kefu copywrite --batch products.jsonl --out copy.jsonl
      kefu copywrite check draft.txt
    """
    if context.invoked_subcommand is not None:
        return
    if (product is None) == (batch is None):
        raise typer.BadParameter("Give --product SKU or --batch FILE.", param_hint="--product")
    if batch not in (None, "-") and not Path(str(batch)).is_file():
        raise typer.BadParameter(f"There is no file {batch}.", param_hint="--batch")
    container = open_container()
    try:
        if batch is not None:
            _write_batch(container.copywriter, batch, out, default_channel=channel, mode=mode or "template")
            return
        from app.marketing import CopyRequest, Reader

        request = CopyRequest(
            channel=channel,
            language=language,
            product_id=product,
            reader=Reader(audience, customer),
            variants=variants,
        )
        copy = container.copywriter.write(request, mode=mode or "auto")
    finally:
        container.close()
    emit_json(copy.to_dict()) if as_json else _show(copy)


@group.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="A text; - is standard input.")],
    *,
    channel: Annotated[
        str | None, typer.Option("--channel", help="Its limits and demands are checked as well.")
    ] = None,
    language: Language = None,
    product: Annotated[
        str | None, typer.Option("--product", metavar="SKU", help="Hold it against the product's facts as well.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Hold a text against advertising law, and against a product's facts. Exits 1 when something is wrong with it.

    \b
    Example:
      kefu copywrite check draft.txt
      echo "全国第一，治疗失眠" | kefu copywrite check - --json
    """
    from app.marketing import CopyRequest

    text = _read(file)
    container = open_container()
    try:
        about = CopyRequest(product_id=product) if product is not None else None
        found = container.copywriter.check(text, channel=channel, language=language, about=about)
    finally:
        container.close()
    emit_json(found.to_dict()) if as_json else _show_check(found, text)
    if not found.is_clean:
        raise typer.Exit(FAILED)


def _write_batch(writer: Copywriter, batch: str, out: str, *, default_channel: str, mode: Writing) -> None:
    from app.marketing import request_of

    def serve(line: Line) -> Mapping[str, Any]:
        return writer.write(request_of(line.fields, default_channel=default_channel), mode=mode).to_dict()

    run_batch(batch, out, serve, ahead=lambda _: None, label="copywrite")


def _read(file: Path) -> str:
    from app.marketing.errors import CopyInputInvalid

    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return raw.decode("utf-8-sig").strip("\n")
    except UnicodeDecodeError:
        raise CopyInputInvalid(f"{file} is not UTF-8 text.") from None
    except OSError as error:
        raise CopyInputInvalid(f"{file} cannot be read: {error.strerror or error}.") from None


def _show(copy: Copy) -> None:
    for number, variant in enumerate(copy.variants, start=1):
        emit(paint(f"{number}. {copy.channel}, {variant.model or variant.mode}", "bold"))
        emit(plain(variant.text))
        for claim in variant.claims:
            emit(paint(f"   {plain(claim.text)}  <-  {'; '.join(map(str, claim.facts))}", "dim"))
        emit()
    for item in copy.left_out:
        note(f"left out {item.name or '-'}: {plain(item.value)} ({item.why.en})")


def _show_check(found: TextCheck, text: str) -> None:
    for hit in found.violations:
        line, column = _place(text, hit.start)
        why = hit.why.in_language(found.language)
        where = f"{line}:{column} {paint(plain(hit.text), 'red')}" if hit.text else paint("missing", "red")
        emit(f"{where}  {why} {hit.article}")
    for claim in found.claims:
        if claim.why is not None:
            line, column = _place(text, claim.start)
            emit(f"{line}:{column} {paint(plain(claim.text), 'red')}  {claim.why.in_language(found.language)}")
    if found.excess:
        emit(f"{found.excess} characters too long")
    if found.is_clean:
        emit("Nothing found.")


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
