"""`kefu train llm`, `llm-data` and `distil`: tune the language model on the company's own data."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.exits import exit_code_of
from app.cli.opening import open_container
from app.cli.progress import Progress
from app.cli.terminal import emit, emit_json, note
from app.sizes import human_bytes
from index.errors import KefuError

if TYPE_CHECKING:
    from app.training.llm.cluster import Workers
    from app.training.llm.config import TuningConfig
    from app.training.llm.curve import StepReport
    from app.training.llm.tuning import Outcome

_Data = Annotated[
    list[Path] | None, typer.Option("--data", metavar="FILE", help="Records to learn from; may be repeated.")
]


def llm(
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Where everything of the run goes.")
    ],
    config: options.Config = None,
    stage: Annotated[str | None, typer.Option("--stage", help="pretrain, sft or preference.")] = None,
    data: _Data = None,
    base: Annotated[
        str | None, typer.Option("--base", help="A name of `kefu models list`, a GGUF file or a Hugging Face folder.")
    ] = None,
    adapter: Annotated[
        str | None,
        typer.Option(
            "--adapter",
            metavar="DIR",
            help="An earlier run whose adapter is learnt on, or none; by default the one that comes with kefu, if any.",
        ),
    ] = None,
    from_scratch: Annotated[
        str | None, typer.Option("--from-scratch", metavar="FAMILY", help="A new model: llama, qwen2 or gpt2.")
    ] = None,
    layers: Annotated[int | None, typer.Option("--layers", help="Of a new model.")] = None,
    width: Annotated[int | None, typer.Option("--width", help="Of a new model.")] = None,
    heads: Annotated[int | None, typer.Option("--heads", help="Of a new model.")] = None,
    full: Annotated[bool | None, typer.Option("--full", help="Train all weights, not an adapter.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", help="How many; 60 by default.")] = None,
    batch: Annotated[int | None, typer.Option("--batch", help="Records that are computed at once.")] = None,
    accumulate: Annotated[int | None, typer.Option("--accumulate", help="Batches of a step.")] = None,
    length: Annotated[
        int | None, typer.Option("--length", help="Tokens of a record; longer ones are left out.")
    ] = None,
    rate: Annotated[float | None, typer.Option("--rate", help="Learning rate at its highest.")] = None,
    rank: Annotated[int | None, typer.Option("--rank", help="Of a new adapter.")] = None,
    precision: Annotated[str | None, typer.Option("--precision", help="auto, float32 or bfloat16.")] = None,
    held_out: Annotated[
        float | None, typer.Option("--held-out", metavar="SHARE", help="Measured on, not learnt.")
    ] = None,
    patience: Annotated[
        int | None, typer.Option("--patience", help="Measurements without a better one that end the run.")
    ] = None,
    save_every: Annotated[
        int | None, typer.Option("--save-every", metavar="STEPS", help="Between checkpoints.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="The same seed and data, the same weights.")] = None,
    threads: Annotated[int | None, typer.Option("--threads", help="Of the processor; 0 takes all.")] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Train on so many workers of a Ray cluster (RAY_ADDRESS).")
    ] = None,
    gpus: Annotated[bool, typer.Option("--gpus", help="Each worker takes a graphics card.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew where the folder holds a run.")] = False,
    as_json: options.Json = False,
) -> None:
    """Tune the language model: an adapter beside its weights, or a small model from nothing.

    pretrain learns texts, sft the replies of conversations (never what was asked), preference to find the chosen of
    two replies likelier. A run that was stopped or killed goes on with the same command. The folder gets adapter/ (for
    peft), adapter.gguf (for kefu: KEFU_LLM__ADAPTER=DIR, taken up by a running service), curve.csv and curve.svg,
    metrics.json and lineage.json; for a new model model/ in place of the adapter.

    \b
    Example:
      kefu train llm-data --out var/tuning
      kefu train llm --stage sft --data var/tuning/sft.jsonl --base 0.5b --out var/tuning/sft --steps 60
      KEFU_LLM__LOCAL__MODEL=0.5b KEFU_LLM__ADAPTER=var/tuning/sft kefu ask "运费谁出？"
      torchrun --nproc-per-node 2 --no-python kefu train llm --config tuning.yaml --out var/tuning/sft
      RAY_ADDRESS=head:6379 kefu train llm --config tuning.yaml --out /shared/sft --workers 4 --gpus
    """
    from app.training.llm.cluster import Workers
    from app.training.llm.config import load_config
    from app.training.llm.processes import place_here
    from app.training.llm.running import require_parts

    require_parts()
    shape = {"layers": layers, "width": width, "heads": heads}
    scratch = {"family": from_scratch, **{name: value for name, value in shape.items() if value is not None}}
    if from_scratch is None and len(scratch) > 1:
        raise typer.BadParameter("Layers, width and heads are those of a new model.", param_hint="--from-scratch")
    if gpus and workers is None:
        raise typer.BadParameter("Say how many workers take one; without them a card is taken where there is one.",
                                 param_hint="--workers")  # fmt: skip
    given: dict[str, Any] = {
        "stage": stage, "data": [str(path) for path in data] if data else None, "base": base,
        "adapter": adapter, "from_scratch": scratch if from_scratch else None, "full": full,
        "steps": steps, "batch": batch, "accumulate": accumulate, "length": length, "rate": rate, "rank": rank,
        "precision": precision, "held_out": held_out, "patience": patience, "save_every": save_every, "seed": seed,
        "threads": threads,
    }  # fmt: skip
    on = Workers(workers, has_gpus=gpus) if workers is not None else None
    try:
        outcome = _run(load_config(config, given), out, is_fresh=fresh, workers=on)
    except KefuError as error:
        if place_here() == 0:
            raise
        note(f"process {place_here()}: {error.message}")
        raise typer.Exit(exit_code_of(error)) from error
    if place_here() > 0:  # the first of several processes tells
        return
    if as_json:
        emit_json(
            {"folder": str(outcome.folder), "seconds": round(outcome.seconds, 1), "peak_bytes": outcome.peak_bytes}
            | outcome.metrics
        )
    else:
        _show(outcome)


def _run(config: TuningConfig, out: Path, *, is_fresh: bool, workers: Workers | None) -> Outcome:
    from app.training.llm.running import tune

    container = open_container()
    with Progress("tune") as progress:
        return tune(
            config,
            out,
            home=container.settings.home.expanduser() / "tuning" / "bases",
            weights_of=container.weights.path,
            is_fresh=is_fresh,
            workers=workers,
            on_step=lambda report: tell_step(progress, report),
            on_estimate=lambda expected: note(f"memory: about {expected.describe()}"),
            on_unpack=lambda: note("unpacking the weights, once; this takes a minute or two …"),
        )


def tell_step(progress: Progress, report: StepReport) -> None:
    """How far a tuning is, and each measurement of it."""
    loss = "" if report.loss is None else f", loss {report.loss:.3f}"
    left = "" if report.seconds_left is None else f", {_duration(report.seconds_left)} left"
    progress.update(report.step, report.steps, label=f"tune{loss}{left}")
    if report.held_out is not None:
        note(f"step {report.step}: loss on what is held out {report.held_out:.4f}")


def llm_data(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Where the files go.")],
    corpora: Annotated[
        list[Path] | None,
        typer.Option("--corpus", metavar="DIR", exists=True, file_okay=False, help="docs/ and questions.jsonl."),
    ] = None,
    per_corpus: Annotated[int, typer.Option("--per-corpus", min=0, help="Questions of each; 0 takes all.")] = 60,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 20261125,
    as_json: options.Json = False,
) -> None:
    """Make records of all three stages out of questions whose answers are marked in the documents.

    By default those of twelve invented retailers that come with kefu; a folder of your own has the same layout (see
    app/training/corpora/README.md). The evidence of each is what the service would choose, so the embedder has to be
    here (kefu models pull) and its documents are taken in once. Writes sft.jsonl, preference.jsonl and pretrain.jsonl.

    \b
    Example:
      kefu train llm-data --out var/tuning
    """
    from app.training.llm.company_data import (
        CompanyDataParams,
        company_records,
        default_corpora,
        document_records,
        preference_pairs,
    )
    from app.training.llm.records import write_records

    folders = corpora or default_corpora()
    params = CompanyDataParams(seed=seed, per_corpus=per_corpus)
    with Progress("corpora") as progress:
        records = company_records(folders, out / "homes", params=params, on_progress=progress.update)
    made = {"sft": records, "preference": preference_pairs(records, seed=seed), "pretrain": document_records(folders)}
    for name, rows in made.items():
        write_records(out / f"{name}.jsonl", rows)
    counts = {name: len(rows) for name, rows in made.items()}
    if as_json:
        emit_json({"folder": str(out), **counts})
    else:
        emit(f"{out}: " + ", ".join(f"{name}.jsonl {count}" for name, count in counts.items()))


def distil(
    *,
    questions: Annotated[
        Path, typer.Option("--questions", metavar="FILE", exists=True, dir_okay=False, help='JSON Lines with "text".')
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", dir_okay=False, help="Records for --stage sft.")],
    limit: Annotated[int, typer.Option("--limit", min=0, help="Questions; 0 asks all.")] = 0,
    as_json: options.Json = False,
) -> None:
    """Ask the configured language model and keep the answers that pass the check, sentence by sentence, as records.

    For a large model behind KEFU_LLM__REMOTE__BASE_URL that teaches the local one. Questions are asked of the own
    index; an answer counts when every sentence of it stands as the model wrote it. A run that was stopped goes on.

    \b
    Example:
      kefu train distil --questions questions.jsonl --out var/tuning/distilled.jsonl
      kefu train llm --stage sft --data var/tuning/distilled.jsonl --base 0.5b --out var/tuning/sft
    """
    from app.training.llm.distil import Distiller, read_questions

    asked = read_questions(questions)
    asked = asked[:limit] if limit else asked
    distiller = Distiller(open_container(), out)
    with Progress("distil") as progress:
        report = distiller.run(asked, on_question=lambda done: progress.update(done, len(asked)))
    if as_json:
        emit_json({"file": str(out), **report})
    else:
        emit(f"{out}: {report['kept']} of {report['asked']} answers passed the check; {report['declined']} declined.")


def _show(outcome: Outcome) -> None:
    metrics = outcome.metrics
    emit(
        f"{metrics['steps']} steps on {metrics['examples']} examples in {_duration(outcome.seconds)}: {outcome.folder}"
    )
    emit(f"Loss {_loss(metrics['loss_first'])} → {_loss(metrics['loss_last'])}, on what is held out "
         f"{_loss(metrics['held_out_first'])} → {_loss(metrics['held_out_best'])} (best at step "
         f"{metrics['best_step']}). Memory at most {human_bytes(outcome.peak_bytes)}.")  # fmt: skip
    if metrics["too_long"]:
        note(f"{metrics['too_long']} records were too long and left out; --length lets them in.")
    if (outcome.folder / "adapter.gguf").exists():
        emit(f"Serve it: KEFU_LLM__ADAPTER={outcome.folder}")


def _loss(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else time.strftime("%-H h %-M min", time.gmtime(seconds))
