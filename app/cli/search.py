"""`kefu search`: what the index finds, without an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli import options
from app.cli.jsonl import Line, run_batch
from app.cli.opening import checked_text, open_container, parse_day, require_text_or_batch
from app.cli.terminal import emit, emit_json, paint, plain

if TYPE_CHECKING:
    from app.building.container import Container
    from app.retrieval.retriever import Retrieved
    from index.types import Query


def search(
    text: Annotated[str | None, typer.Argument(help="What to look for.", show_default=False)] = None,
    *,
    batch: options.Batch = None,
    out: options.Out = "-",
    top: Annotated[int, typer.Option("--top", min=1, max=1000, help="Hits at most.")] = 10,
    language: Annotated[
        Literal["zh", "en"] | None, typer.Option("--language", help="Only passages of this language.")
    ] = None,
    as_of: options.AsOf = None,
    access: options.Access = None,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Find passages in the index.

    \b
    Example:
      kefu search "refund to credit card" --top 3
      kefu search --batch questions.jsonl --out hits.jsonl
    """
    require_text_or_batch(text, batch, out)
    day = parse_day(as_of, option="--as-of")
    from app.building.container import Container
    from app.cli.lookahead import Lookahead
    from index.types import Query

    container = open_container(store)
    settings, labels = container.settings, frozenset(access or ())

    def query(words: str) -> Query:
        words = checked_text(words, limit=settings.answer.max_question)
        return Query(text=words, top=top, language=language, as_of=day, access=labels)

    if batch is None:
        asked = query(text or "")
        found = _found(container, asked)
        emit_json({"query": asked.text, "hits": [_hit(item) for item in found]}) if as_json else _show(found)
        return
    container.require_index()
    ahead = Lookahead(container.embedder)
    prepared = Container(settings, embedder=ahead)

    def serve(line: Line) -> Mapping[str, Any]:
        return {"hits": [_hit(item) for item in _found(prepared, query(line.text()))]}

    run_batch(batch, out, serve, ahead=ahead.prepare, label="search")


def _found(container: Container, query: Query) -> list[Retrieved]:
    with container.serving.borrow() as generation:
        return container.retriever.retrieve(query, generation)


def _hit(item: Retrieved) -> dict[str, Any]:
    passage = item.passage
    place = passage.location
    location: dict[str, Any] = {"page": place.page, "heading": place.heading, "row": place.row}
    if place.sheet is not None:
        location["sheet"] = place.sheet
    if place.box is not None:
        location["box"] = list(place.box)
    return {
        "passage_id": passage.passage_id,
        "document_id": passage.document_id,
        "score": round(item.hit.score, 6),
        "title": passage.title,
        "text": passage.text,
        "location": location,
        "stages": {stage: round(score, 6) for stage, score in item.hit.stages.items()},
    }


def _show(found: list[Retrieved]) -> None:
    if not found:
        emit("Nothing found.")
    for rank, item in enumerate(found, start=1):
        passage = item.passage
        emit(f"{paint(f'{rank}.', 'bold')} {paint(plain(passage.title), 'cyan')}  {paint(place_of(item), 'dim')}")
        emit(f"   {_shortened(plain(passage.text))}")


def place_of(item: Retrieved) -> str:
    """Document, page, row and heading of a passage, for people."""
    location = item.passage.location
    parts = [item.passage.document_id]
    if location.page is not None:
        parts.append(f"p. {location.page}")
    if location.sheet is not None:
        parts.append(location.sheet)
    if location.row is not None:
        parts.append(f"row {location.row}")
    if location.heading:
        parts.append(location.heading)
    return plain(" · ".join(parts))


def _shortened(text: str, limit: int = 240) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[:limit]}…"
