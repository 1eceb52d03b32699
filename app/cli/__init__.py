"""The `kefu` command. Modules here import nothing heavy until a command runs, so that `kefu --help` is instant."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 some refused, 130 interrupted."""
    from app.cli.program import run

    return run(arguments)
