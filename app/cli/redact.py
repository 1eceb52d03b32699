"""`kefu redact`: messages without the personal data in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from app.cli import options
from app.cli.jsonl import Line, run_batch
from app.cli.opening import require_text_or_batch
from app.cli.terminal import emit, emit_json, emit_table


def redact(
    text: Annotated[str | None, typer.Argument(help="The message.", show_default=False)] = None,
    *,
    batch: options.Batch = None,
    out: options.Out = "-",
    orders: Annotated[
        bool, typer.Option("--orders", help="Also numbers of orders and parcels, for texts that leave the shop.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Put names, numbers and addresses of people out of a message, or of a file of them.

    A line in: id and text. A line out: the text with a placeholder for each, and spans with entity_type,
    start_position and end_position in the text that came in. Types of English messages are named as by Microsoft
    Presidio (PHONE_NUMBER), others PHONE, LANDLINE, ID_CARD, BANK_CARD and so on.

    \b
    Example:
      kefu redact "我叫王小明，电话13800000000"
      kefu redact --batch messages.jsonl --out clean.jsonl
    """
    require_text_or_batch(text, batch, out)
    if batch is not None:
        run_batch(batch, out, lambda line: _served(line, orders), ahead=lambda _: None, label="redact")
        return
    redacted = _redacted(text or "", orders)
    if as_json:
        emit_json(redacted)
        return
    emit(redacted["text"])
    if redacted["spans"]:
        emit()
        emit_table(
            ("type", "place"),
            [(span["entity_type"], f"{span['start_position']}-{span['end_position']}") for span in redacted["spans"]],
        )


def _served(line: Line, orders: bool) -> Mapping[str, Any]:
    return _redacted(line.text(), orders)


def _redacted(text: str, orders: bool) -> dict[str, Any]:
    from index.text.language import detect
    from index.text.pii import find_personal, without_personal

    spans = find_personal(text, with_orders=orders)
    is_english = detect(text) == "en"
    return {
        "text": without_personal(text, spans),
        "spans": [
            {
                "entity_type": span.name(is_english=is_english),
                "start_position": span.start,
                "end_position": span.end,
            }
            for span in spans
        ],
    }
