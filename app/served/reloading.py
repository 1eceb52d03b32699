"""A model in memory that follows what serves, without a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from app.database.errors import DatabaseError
from app.domain.current_conversation import current_conversation
from app.served.models import Choice, ServedModels
from index.disk import sha256_of

logger = logging.getLogger(__name__)

T = TypeVar("T")
_HELD = 3
"""Models of a kind in memory: the serving one, one on trial, and the one before for conversations still going on."""


class FilesChanged(Exception):
    """The files of a candidate are not those that were submitted."""


class Reloading(Generic[T]):
    """Gives the model that serves the conversation of this thread, read from its folder when it is first wanted.

    One that cannot be read counts as a fault of its trial, is told in the log once, and the fallback takes its place:
    customers are served whatever happened to a file.
    """

    def __init__(self, models: ServedModels, kind: str, load: Callable[[Path], T], otherwise: Callable[[], T]) -> None:
        """Nothing is read yet.

        Args:
            models: what serves.
            kind: of the model.
            load: reads it from the folder of a candidate.
            otherwise: gives the one that comes with kefu.
        """
        self._models, self._kind, self._load, self._otherwise = models, kind, load, otherwise
        self._held: dict[str, T | None] = {}
        self._lock = threading.Lock()

    def __call__(self) -> T:
        """The model for the conversation that this thread serves, else the one for all."""
        try:
            return self._chosen()
        except DatabaseError as error:
            logger.warning("which model serves as %s cannot be looked up: %s", self._kind, error.message)
            return self._otherwise()

    def _chosen(self) -> T:
        conversation = current_conversation()
        choice = self._models.choose(self._kind, conversation)
        model = self._of(choice)
        if model is None and choice.candidate_id is not None:
            self._models.note_fault(self._kind, conversation)
            serving = self._models.choose(self._kind, None)
            model = self._of(serving) if serving.candidate_id != choice.candidate_id else None
        return self._otherwise() if model is None else model

    def _of(self, choice: Choice) -> T | None:
        if choice.candidate_id is None or choice.folder is None:
            return None
        with self._lock:
            if choice.candidate_id not in self._held:
                self._held[choice.candidate_id] = self._read(choice.candidate_id, choice.folder)
                while len(self._held) > _HELD:
                    self._held.pop(next(iter(self._held)))
            return self._held[choice.candidate_id]

    def _read(self, candidate_id: str, folder: Path) -> T | None:
        try:
            for name, facts in self._models.candidates.get(candidate_id).files.items():
                if sha256_of(folder / name) != facts["sha256"]:
                    raise FilesChanged(f"{name} is not what was submitted")
            model = self._load(folder)
        except Exception as error:  # whatever is wrong with a model, customers are served
            logger.error(
                "candidate %s cannot serve as %s (%s); what comes with kefu serves in its place until "
                "`kefu models rollback %s`", candidate_id, self._kind, error, self._kind,
            )  # fmt: skip
            return None
        logger.info("candidate %s serves as %s", candidate_id, self._kind)
        return model
