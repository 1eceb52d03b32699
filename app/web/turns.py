"""Turns run in threads of their own, so that a thousand waiting readers never hold up the event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from app.domain import Answer, AnswerEvent, DoneEvent, SentenceEvent, Turn
from app.web.metrics import Metrics
from app.web.request_errors import ChatBusy
from app.web.services import Answering


class TurnRunner:
    """Runs at most `limit` turns at once and refuses the next with `ChatBusy`."""

    def __init__(self, assistant: Answering, *, limit: int, metrics: Metrics) -> None:
        self._assistant, self._limit, self._metrics = assistant, limit, metrics
        self._pool = ThreadPoolExecutor(max_workers=limit, thread_name_prefix="turn")
        self._running = 0
        self._lock = threading.Lock()

    def start(self, turn: Turn) -> RunningTurn:
        """Start a turn; call it in the event loop that will read it."""
        with self._lock:
            if self._running >= self._limit:
                raise ChatBusy(f"{self._limit} chats are running, as many as are allowed. Try again in a moment.")
            self._running += 1
            self._metrics.chats(self._running)
        running = RunningTurn(asyncio.get_running_loop(), self._metrics)
        self._pool.submit(self._work, running, turn)
        return running

    def close(self) -> None:
        """Take no further turns; those that run go on to their next sentence."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _work(self, running: RunningTurn, turn: Turn) -> None:
        try:
            running.read(lambda: self._assistant.stream(turn))
        finally:
            with self._lock:
                self._running -= 1
                self._metrics.chats(self._running)


class RunningTurn:
    """The events of one turn, written by its thread and read in the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, metrics: Metrics) -> None:
        self._loop, self._metrics = loop, metrics
        self._queue: asyncio.Queue[AnswerEvent | BaseException] = asyncio.Queue()
        self._stopped = threading.Event()
        self._started = time.perf_counter()
        self._first_s: float | None = None

    def stop(self) -> None:
        """Nobody reads any more: the stream is closed at its next event, which stops the model."""
        self._stopped.set()

    def read(self, open_stream: Callable[[], Iterator[AnswerEvent]]) -> None:
        """Read the stream to its end; runs in the turn's own thread."""
        try:
            if self._stopped.is_set():
                return
            events = open_stream()
            try:
                for event in events:
                    if self._stopped.is_set():
                        break
                    self._measure(event)
                    self._put(event)
            finally:
                cast(Generator[AnswerEvent, None, None], events).close()
        except BaseException as error:
            self._put(error)

    async def next(self, *, timeout_s: float | None = None) -> AnswerEvent | None:
        """The next event; None when there was none for `timeout_s`. Raises what the turn raised."""
        try:
            item = await asyncio.wait_for(self._queue.get(), timeout_s)
        except TimeoutError:
            return None
        if isinstance(item, BaseException):
            raise item
        return item

    async def answer(self, is_gone: Callable[[], Awaitable[bool]]) -> Answer | None:
        """The whole answer; None when the client went away before."""
        try:
            while True:
                event = await self.next(timeout_s=0.5)
                if isinstance(event, DoneEvent):
                    return event.answer
                if await is_gone():
                    return None
        finally:
            self.stop()

    def _measure(self, event: AnswerEvent) -> None:
        if isinstance(event, DoneEvent):
            self._metrics.answer(event.answer)
            if self._first_s is not None:
                self._metrics.first_sentence(mode=event.answer.mode, seconds=self._first_s)
        elif isinstance(event, SentenceEvent) and self._first_s is None:
            self._first_s = time.perf_counter() - self._started

    def _put(self, item: AnswerEvent | BaseException) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._queue.put_nowait, item)
