"""Measurements of one running service, in a registry of its own."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from app.answer_cache import AnswerCache
from app.domain import Answer
from app.receipts.writer import ReceiptWriter

_CONFIDENCE = tuple(tenth / 10 for tenth in range(1, 11))
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)


class Metrics:
    """Counters and histograms; two services in one process never share them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "kefu_http_requests",
            "Requests by route, method and status.",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "kefu_http_request_seconds",
            "Time to the last byte by route.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._answers = Counter(
            "kefu_answers",
            "Answers by status, mode and language.",
            ["status", "mode", "language"],
            registry=self.registry,
        )
        self._confidence = Histogram(
            "kefu_answer_confidence",
            "How likely answers are right as judged, by language; declined ones too.",
            ["language"],
            buckets=_CONFIDENCE,
            registry=self.registry,
        )
        self._first = Histogram(
            "kefu_first_sentence_seconds",
            "Time to the first checked sentence.",
            ["mode"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._stages = Histogram(
            "kefu_answer_stage_seconds",
            "Time by stage of an answer.",
            ["stage"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._dropped = Counter(
            "kefu_sentences_dropped", "Sentences of the model that did not pass the check.", registry=self.registry
        )
        self._chats = Gauge("kefu_chats_running", "Chats that run now.", registry=self.registry)
        self._feedback = Counter("kefu_feedback", "Opinions by rating.", ["rating"], registry=self.registry)
        self._generation = Gauge(
            "kefu_generation_info", "1 for the generation that is served.", ["generation"], registry=self.registry
        )

    def request(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the template, never the address, so that labels stay few."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def first_sentence(self, *, mode: str, seconds: float) -> None:
        """Note how long the first sentence took."""
        self._first.labels(mode).observe(seconds)

    def answer(self, answer: Answer) -> None:
        """Count an answer."""
        self._answers.labels(answer.status, answer.mode, answer.language).inc()
        self._confidence.labels(answer.language).observe(answer.confidence)
        timings = answer.timings_ms
        for stage in ("retrieve", "generate", "verify", "total"):
            self._stages.labels(stage).observe(getattr(timings, stage) / 1000)
        self._dropped.inc(sum(not sentence.supported for sentence in answer.sentences))

    def chats(self, running: int) -> None:
        """Set how many chats run."""
        self._chats.set(running)

    def feedback(self, rating: str) -> None:
        """Count an opinion."""
        self._feedback.labels(rating).inc()

    def watch_receipts(self, writer: ReceiptWriter) -> None:
        """Show what becomes of receipts."""
        self.registry.register(_ReceiptCollector(writer))

    def watch_answer_cache(self, cache: AnswerCache) -> None:
        """Show how often kept answers are given again."""
        self.registry.register(_AnswerCacheCollector(cache))

    def exposition(self, *, generation: str | None) -> bytes:
        """Everything in Prometheus' text format."""
        self._generation.clear()
        if generation is not None:
            self._generation.labels(generation).set(1)
        return generate_latest(self.registry)


class _ReceiptCollector(Collector):
    """Counts that the writer of receipts keeps itself, since it works behind the requests' backs."""

    def __init__(self, writer: ReceiptWriter) -> None:
        self._writer = writer

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The counts of now."""
        counts = self._writer.counts
        family = CounterMetricFamily("kefu_receipts", "Receipts by what became of them.", labels=["outcome"])
        family.add_metric(["written"], counts.written)
        family.add_metric(["lost"], counts.lost)
        yield family


class _AnswerCacheCollector(Collector):
    """Counts that the cache of answers keeps itself."""

    def __init__(self, cache: AnswerCache) -> None:
        self._cache = cache

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The counts of now."""
        counts = self._cache.counts
        looked_up = CounterMetricFamily(
            "kefu_answer_cache", "Questions looked up by what was found.", labels=["outcome"]
        )
        looked_up.add_metric(["hit_exact"], counts.exact)
        looked_up.add_metric(["hit_meaning"], counts.meaning)
        looked_up.add_metric(["miss"], counts.missed)
        yield looked_up
        yield CounterMetricFamily(
            "kefu_answer_cache_invalidated", "Kept answers removed as no longer right.", value=counts.invalidated
        )
        yield CounterMetricFamily(
            "kefu_answer_cache_failed", "Times that the file could not be used.", value=counts.failed
        )
