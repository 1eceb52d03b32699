"""Models that were put to use, the newest few kept: which one serves, and the way back."""

from __future__ import annotations

import json
import os
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from app.recommendation.errors import RecommenderDamaged, RecommenderMissing

if TYPE_CHECKING:
    from app.recommendation.model import Model

_KEPT = 5
_CURRENT = "current"


class Registry:
    """A folder of models by name, and a file that names the one in use; safe between threads and processes."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made yet."""

        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: tuple[str, Model] | None = None

    def current_name(self) -> str | None:
        """Of the model in use; None where there is none."""
        try:
            return (self._folder / _CURRENT).read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def current(self) -> Model:
        """The model in use, kept loaded until another one takes its place.

        Raises `RecommenderMissing` or `RecommenderDamaged`.
        """
        from app.recommendation.model import Model

        name = self.current_name()
        if name is None:
            raise RecommenderMissing(
                "No model is in use. Make one: `kefu recommend fit` learns from what is recorded; the sample shop "
                "first takes `kefu shop events --out events.jsonl` and `kefu recommend ingest-events events.jsonl`."
            )
        with self._lock:
            if self._loaded is None or self._loaded[0] != name:
                self._loaded = (name, Model.load(self._folder / name))
            return self._loaded[1]

    def has_current(self) -> bool:
        """Whether a model is in use."""
        return self.current_name() is not None

    def promote(self, model: Model) -> str:
        """Keep a model and put it to use; its name. The oldest go where there are more than a few."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / ".lock"):
            stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
            name = next(
                name
                for name in (stamp, *(f"{stamp}-{number}" for number in range(2, 100)))
                if not (self._folder / name).exists()
            )
            model.save(self._folder / name)
            self._use(name)
            for old in self._names()[_KEPT:]:
                shutil.rmtree(self._folder / old, ignore_errors=True)
        return name

    def roll_back(self, name: str | None = None) -> str:
        """Put an earlier model to use: the one before the one in use by default; its name.

        Raises `RecommenderMissing`.
        """
        from app.recommendation.model import Model

        names, current = self._names(), self.current_name()
        if name is None:
            older = names[names.index(current) + 1 :] if current in names else names
            if not older:
                raise RecommenderMissing("There is no earlier model to go back to.")
            name = older[0]
        if name not in names:
            raise RecommenderMissing(f"There is no model {name!r}. `kefu recommend models` lists them.")
        Model.load(self._folder / name)
        with FileLock(self._folder / ".lock"):
            self._use(name)
        return name

    def listed(self) -> list[dict[str, Any]]:
        """All, newest first, as JSON."""
        current, told = self.current_name(), []
        for name in self._names():
            try:
                about = json.loads((self._folder / name / "model.json").read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise RecommenderDamaged(f"The model {name} is damaged: {error}.") from error
            about.pop("params", None)
            told.append({"name": name, "is_current": name == current, **about})
        return told

    def _names(self) -> list[str]:
        """Newest first."""
        if not self._folder.is_dir():
            return []
        return sorted((path.name for path in self._folder.iterdir() if (path / "model.json").is_file()), reverse=True)

    def _use(self, name: str) -> None:
        new = self._folder / f".{_CURRENT}.new"
        new.write_text(name, encoding="utf-8")
        os.replace(new, self._folder / _CURRENT)
