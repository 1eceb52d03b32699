"""`kefu recommend`: learn from behaviour, measure it, and recommend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from app.cli import options
from app.cli.exits import FAILED
from app.cli.jsonl import Line, run_batch
from app.cli.opening import open_container
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, emit_table, note, plain

if TYPE_CHECKING:
    from app.recommendation.content import Contents
    from app.recommendation.histories import Histories
    from app.recommendation.model import Model

group = typer.Typer(
    help="Recommendations: events, fit, evaluate, for-user, similar, models.",
    no_args_is_help=True,
)

_Events = Annotated[
    Path | None,
    typer.Option(
        "--events",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Lines `user item item …` in time order, a RecBole .inter, or JSON Lines; by default what is recorded.",
    ),
]
_Items = Annotated[
    Path | None,
    typer.Option(
        "--items",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="What items are (a .item or CSV table, or a JSON object), for those that nobody chose yet.",
    ),
]
_ModelFolder = Annotated[
    Path | None,
    typer.Option("--model", metavar="DIR", file_okay=False, help="A folder of `fit`; by default the model in use."),
]
_Top = Annotated[int, typer.Option("--top", min=1, max=500, help="Length of a list.")]
_Language = Annotated[Literal["zh", "en"], typer.Option("--language", help="Of the reasons.")]
_Meaning = Annotated[
    bool, typer.Option("--meaning/--no-meaning", help="Compare descriptions by the embedder, too, not by words alone.")
]


@group.command("fit")
def fit(
    *,
    events: _Events = None,
    items: _Items = None,
    meaning: _Meaning = True,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", file_okay=False, help="Where the model goes; by default it is put to use."
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Learn from behaviour; what weighs how much is chosen on people's last items, which the parts have not seen.

    Without --out the model goes through the gate: it is put to use only when it foretells last items no worse than the
    one in use. Ten minutes for 200,000 events on two cores.

    \b
    Example:
      kefu recommend fit --events events.jsonl --items knowledge/catalogue/products.csv
      kefu recommend fit --events sequences.txt --out var/recommender
    """
    from app.recommendation.fitting import fit as fit_model
    from app.recommendation.model import Model

    if out is None:
        from app.recommendation.nightly import Refit

        refit: Refit = open_container().refit
        with _progress() as progress:
            report = refit.run(events=events, items=items, on_stage=_stage(progress))
        emit_json(report.to_dict()) if as_json else emit(report.text())
        return
    histories, contents = _read(events, items, meaning=meaning)
    with _progress() as progress:
        model = Model(fit_model(histories, contents=contents, on_stage=_stage(progress)))
    model.save(out)
    told = {"folder": str(out), **model.summary()}
    if as_json:
        emit_json(told)
    else:
        _say_fitted(told)


def train(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Where the model goes.")],
    events: _Events = None,
    items: _Items = None,
    meaning: _Meaning = True,
    config: options.Config = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="The same seed and events, the same model.")] = None,
    as_json: options.Json = False,
) -> None:
    """Learn from behaviour what to recommend: `kefu recommend fit` with options, curve and record; none is put to use.

    In the folder: the model, lineage.json, metrics.json, card.md, curve.csv and curve.svg. Ten minutes for 200,000
    events on two cores; a run that was killed begins anew.

    \b
    Example:
      kefu train recommender --out var/recommender
      kefu train recommender --events events.jsonl --items knowledge/catalogue/products.csv --out var/recommender
    """
    from app.training.options import load_params
    from app.training.recommender import RecommenderParams, train_recommender

    params = load_params(RecommenderParams(), config, {"seed": seed})
    histories, contents = _read(events, items, meaning=meaning)
    with _progress() as progress:
        told = train_recommender(histories, contents, out, params, events=events, on_stage=_stage(progress))
    if as_json:
        emit_json(told)
    else:
        _say_fitted(told)


@group.command("evaluate")
def evaluate(
    *,
    events: _Events = None,
    items: _Items = None,
    meaning: _Meaning = True,
    top: _Top = 10,
    cold: Annotated[
        float | None,
        typer.Option("--cold", metavar="SHARE", help="Measure new items instead: a share that is kept out of sight."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Hold back each person's last item, learn from the rest and foretell it, beside co-occurrence and popularity.

    All items are ranked, those that the person chose before are left out. --cold measures choices among items that
    nobody had chosen, from their descriptions.

    \b
    Example:
      kefu recommend evaluate --events events.jsonl
      kefu recommend evaluate --events ml-100k.inter --items ml-100k.item --cold 0.1
    """
    from app.recommendation.evaluating import cold_items, compare

    if cold is not None and not 0 < cold < 1:
        raise typer.BadParameter("Expected a share between 0 and 1.", param_hint="--cold")
    histories, contents = _read(events, items, meaning=meaning)
    if cold is not None and contents is None:
        raise typer.BadParameter("--cold needs the descriptions of the items.", param_hint="--items")
    with _progress() as progress:
        if cold is not None and contents is not None:
            model, popularity = cold_items(histories, contents, share=cold, top=top, on_stage=_stage(progress))
            told = {"model": model.to_dict(), "popularity": popularity.to_dict()}
        else:
            told = compare(histories, contents=contents, top=top, on_stage=_stage(progress)).to_dict()
    if as_json:
        emit_json(told)
        return
    rows = [
        (name.replace("_", " "), figures["people"], f"{figures['hit_rate']:.4f}", f"{figures['ndcg']:.4f}")
        for name, figures in told.items()
        if "hit_rate" in figures
    ]
    emit_table(("", "people", f"HR@{top}", f"NDCG@{top}"), rows)
    if "reasons" in told:
        emit(f"{told['reasons']['given']} reasons looked up, {told['reasons']['false']} not borne out.")


@group.command("for-user")
def for_user(
    user: Annotated[str | None, typer.Argument(metavar="USER", help="Somebody's id.", show_default=False)] = None,
    *,
    model: _ModelFolder = None,
    batch: options.Batch = None,
    out: options.Out = "-",
    top: _Top = 10,
    language: _Language = "zh",
    as_json: options.Json = False,
) -> None:
    """What fits somebody by what the model knows of them; what is popular for somebody it does not know.

    A line in: id. A line out: items, each with item_id, score, reason and the evidence that the reason rests on. What
    was chosen before or waved away is left out. The shop's rules (stock, variety, …) are those of the service.

    \b
    Example:
      kefu recommend for-user C000042
      kefu recommend for-user --model var/recommender --batch users.jsonl --out lists.jsonl --top 10
    """
    from app.cli.opening import require_text_or_batch

    require_text_or_batch(user, batch, out)
    listed = _lister(_open_model(model), top, language)
    if batch is None:
        _show({"id": user, **listed(user or "")}, as_json)
        return

    def serve(line: Line) -> Mapping[str, Any]:
        return listed(str(line.id))

    run_batch(batch, out, serve, ahead=lambda _: None, label="recommend")


@group.command("similar")
def similar(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An item's id.")],
    *,
    model: _ModelFolder = None,
    top: _Top = 10,
    as_json: options.Json = False,
) -> None:
    """What is chosen with and after an item.

    \b
    Example:
      kefu recommend similar SL-PH-1001
    """
    opened = _open_model(model)
    items = opened.histories.items
    listed = [{"item_id": items[one.item], "score": round(one.score, 5)} for one in opened.similar(item, top=top)]
    if as_json:
        emit_json({"id": item, "items": listed})
    elif listed:
        emit_table(("item", "score"), [(one["item_id"], one["score"]) for one in listed])
    else:
        note(f"The model knows no item {plain(item)!r}.")
    if not listed:
        raise typer.Exit(FAILED)


@group.command("ingest-events")
def ingest_events(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="JSON Lines of events.")],
    *,
    as_json: options.Json = False,
) -> None:
    """Take events into the records, each once however often it is told.

    A line: user_id, event (view, cart, buy, search, dismiss, expose, click), at, and item_id or query; optional
    session_id, sku, quantity, order_id, recommendation_id, event_id.

    \b
    Example:
      kefu shop events --out events.jsonl && kefu recommend ingest-events events.jsonl
    """
    from app.recommendation.reading import read_events

    for _ in read_events(file):  # everything is looked at before anything is kept
        pass
    taken = open_container().behaviour.take(read_events(file))
    told = {"new": taken.new, "known": taken.known}
    emit_json(told) if as_json else emit(f"{taken.new} new events, {taken.known} known before.")


@group.command("models")
def models(*, as_json: options.Json = False) -> None:
    """List the models that were put to use, newest first.

    \b
    Example:
      kefu recommend models
    """
    listed = open_container().recommenders.listed()
    if as_json:
        emit_json({"models": listed})
        return
    emit_table(
        ("model", "in use", "made", "events", "HR@10"),
        [
            (one["name"], "*" if one["is_current"] else "", one["made_at"], one["events"], one["inner"]["hit_rate"])
            for one in listed
        ],
    )


@group.command("rollback")
def rollback(
    name: Annotated[str | None, typer.Argument(metavar="MODEL", help="By default the one before.")] = None,
    *,
    as_json: options.Json = False,
) -> None:
    """Put an earlier model to use again.

    \b
    Example:
      kefu recommend rollback
    """
    used = open_container().recommenders.roll_back(name)
    emit_json({"model": used}) if as_json else emit(f"{used} is in use.")


def _read(events: Path | None, items: Path | None, *, meaning: bool) -> tuple[Histories, Contents | None]:
    from app.recommendation.content import Contents
    from app.recommendation.descriptions import read_descriptions
    from app.recommendation.histories import Histories
    from app.recommendation.reading import read_interactions

    texts = read_descriptions(items) if items is not None else {}
    source = read_interactions(events) if events is not None else open_container().behaviour.interactions()
    histories = Histories.of(source, items=tuple(texts))
    if not texts:
        return histories, None
    embedder = open_container().embedder if meaning else None
    return histories, Contents.of(texts, embedder=embedder)


def _open_model(folder: Path | None) -> Model:
    from app.recommendation.model import Model

    return Model.load(folder) if folder is not None else open_container().recommenders.current()


def _lister(model: Model, top: int, language: Literal["zh", "en"]) -> Callable[[str], dict[str, Any]]:
    from app.recommendation.reasons import ReasonGiver

    giver, histories = ReasonGiver(model.histories), model.histories

    def listed(user_id: str) -> dict[str, Any]:
        row, deeds = model.history(user_id)[0], histories.deeds_of(user_id)
        items = []
        for one in model.for_user(user_id, top=top):
            item_id = histories.items[one.item]
            reason = giver.reason(item_id, row, deeds)
            words = reason.wording.in_language(language)
            evidence = {"kind": reason.kind, **reason.evidence}
            items.append({"item_id": item_id, "score": round(one.score, 5), "reason": words, "evidence": evidence})
        return {"items": items}

    return listed


def _show(told: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        emit_json(told)
        return
    emit_table(
        ("item", "score", "why"), [(one["item_id"], f"{one['score']:.3f}", one["reason"]) for one in told["items"]]
    )


def _progress() -> Progress:
    return Progress("recommend")


def _stage(progress: Progress) -> Callable[[str, int, int], None]:
    return lambda stage, done, total: progress.update(done, total, label=stage)


def _say_fitted(told: Mapping[str, Any]) -> None:
    inner = told["inner"]
    emit(f"Learnt from {told['events']} events of {told['people']} people with {told['items']} items: {told['folder']}")
    emit(
        f"Of {inner['people']} people's last items, unseen, {inner['hit_rate']:.1%} were among the first ten "
        f"(NDCG@10 {inner['ndcg']:.4f})."
    )
