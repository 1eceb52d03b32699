"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Store = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="Folder of the index; by default that of the settings.")
]
Batch = Annotated[
    str | None,
    typer.Option(
        "--batch", metavar="IN", help="JSON Lines to work through, one result line each; - is standard input."
    ),
]
Out = Annotated[str, typer.Option("--out", metavar="OUT", help="Where the result lines go; - is standard output.")]
Access = Annotated[
    list[str] | None,
    typer.Option("--access", metavar="LABEL", help="A label that opens restricted documents; may be repeated."),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Go by the rules in force on that day, as 2026-11-24.")
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        readable=True,
        help="YAML, JSON or TOML of parameters; options of the command stand over it.",
    ),
]
