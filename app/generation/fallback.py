"""Several language models as one: the first that can answer does."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence

from app.domain import ChatModel, Message, Probe
from app.generation.errors import ChatModelError, ChatModelUnavailable

logger = logging.getLogger(__name__)


class FallbackChatModel:
    """A `ChatModel` that asks models in order.

    The next one is asked only while no text has been yielded: a reply is never put together from two models. What a
    model answered to a probe before it failed is followed by what the next one answers.
    """

    def __init__(self, models: Sequence[ChatModel]) -> None:
        if not models:
            raise ValueError("Expected at least one model.")
        self._models = tuple(models)
        self._answered: ChatModel | None = None

    @property
    def name(self) -> str:
        """Name of the model that gave the newest reply; before the first, of the one that would be asked."""
        ready = next((model for model in self._models if model.is_ready), self._models[0])
        return (self._answered or ready).name

    @property
    def is_ready(self) -> bool:
        """Whether any of them is."""
        return any(model.is_ready for model in self._models)

    @property
    def models(self) -> tuple[ChatModel, ...]:
        """All of them, in order."""
        return self._models

    @property
    def takes_probes(self) -> bool:
        """Whether the one that would be asked does."""
        return next((model.takes_probes for model in self._models if model.is_ready), False)

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 256, probe: Probe | None = None
    ) -> Generator[str, None, None]:
        """The reply of the first model that gives one.

        Raises the error of the last model that was tried, `ChatModelUnavailable` when none is ready, and the error of
        the model that is answering when it fails in the middle.
        """
        failure: ChatModelError | None = None
        for model in self._models:
            if not model.is_ready:
                continue
            reply = model.stream(messages, max_tokens=max_tokens, probe=probe)
            has_begun = False
            try:
                for piece in reply:
                    if piece and not has_begun:
                        has_begun, self._answered = True, model
                    yield piece
                return
            except ChatModelError as error:
                if has_begun:
                    raise
                failure = error
                logger.warning("language model %s failed (%s): %s", model.name, error.code, error.message)
            finally:
                reply.close()
        raise failure or ChatModelUnavailable("No language model is ready.")
