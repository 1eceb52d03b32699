"""The files of the dialogues as the console shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any


class FlowFiles:
    """YAML files of some folders, read anew at each look; example dialogues are left out."""

    def __init__(
        self,
        folders: Mapping[str, Path | Traversable],
        check: Callable[[], Sequence[Mapping[str, Any]]],
        *,
        leaves_out: str = ".dialogue.yaml",
    ) -> None:
        """`folders` by what is said of their origin, such as "shipped"; `check` as `FlowSource.check`."""
        self._folders, self._check, self._leaves_out = folders, check, leaves_out

    def files(self) -> Sequence[Mapping[str, Any]]:
        """As `FlowSource.files`; a file that cannot be read shows why in place of its text."""
        return [
            {"name": name, "origin": origin, "text": _text(file)}
            for origin, folder in self._folders.items()
            for name, file in sorted(self._found(folder))
        ]

    def check(self) -> Sequence[Mapping[str, Any]]:
        """As `FlowSource.check`."""
        return self._check()

    def _found(self, folder: Path | Traversable, prefix: str = "") -> Iterator[tuple[str, Path | Traversable]]:
        if not folder.is_dir():
            return
        for item in folder.iterdir():
            name = f"{prefix}{item.name}"
            if item.is_dir():
                yield from self._found(item, f"{name}/")
            elif name.endswith((".yaml", ".yml")) and not name.endswith(self._leaves_out):
                yield name, item


def _text(file: Path | Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return f"# {error}"
