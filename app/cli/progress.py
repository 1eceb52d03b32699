"""How far a long command is: a bar on a terminal, a plain line now and then anywhere else. Always on standard error."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from app.cli.terminal import has_colour, note

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_EVERY_S = 10.0


class Progress:
    """Counts towards a total that may be unknown. Use it as a context manager."""

    def __init__(self, label: str, *, is_bytes: bool = False) -> None:
        self._label, self._is_bytes = label, is_bytes
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None
        self._told_at = time.monotonic()
        self.done = 0

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            self._bar = _bar(self._is_bytes)
            self._task = self._bar.add_task(self._label, total=None)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advance(self, by: int = 1) -> None:
        """Count on."""
        self.update(self.done + by)

    def update(self, done: int, total: int | None = None, label: str | None = None) -> None:
        """Say how far it is."""
        self.done = done
        if label is not None:
            self._label = label
        if self._bar is not None and self._task is not None:
            changes: dict[str, Any] = {"completed": done, "description": self._label}
            if total is not None:
                changes["total"] = total
            self._bar.update(self._task, **changes)
        elif time.monotonic() - self._told_at >= _EVERY_S:
            self._told_at = time.monotonic()
            note(f"{self._label}: {self._amount(done)}{f' of {self._amount(total)}' if total else ''}")

    def finish(self, text: str) -> None:
        """Take the bar away and leave one line."""
        if self._bar is not None:
            self._bar.stop()
        note(f"{self._label}: {text}")

    def _amount(self, count: int) -> str:
        if self._is_bytes:
            from app.sizes import human_bytes

            return human_bytes(count)
        return str(count)


def _bar(is_bytes: bool) -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    amount = DownloadColumn(binary_units=True) if is_bytes else MofNCompleteColumn()
    console = Console(stderr=True, no_color=not has_colour(sys.stderr))
    columns = (TextColumn("{task.description}"), BarColumn(), amount, TimeRemainingColumn())
    return RichProgress(*columns, console=console, transient=True)
