"""Every error that kefu raises on purpose, as one tree.

KefuError
├── InputError                 what was asked for cannot be served as asked
│   ├── QuestionEmpty
│   ├── QuestionTooLong
│   ├── app.warehouse.picking.errors   floors, orders and catalogues that cannot be picked from
│   ├── app.marketing.errors       copy that cannot be written or may not go out (RulesBroken stands at the root)
│   ├── app.warehouse.delivery.errors    files of stops and vehicles that cannot be read or say what cannot be
│   ├── app.evaluation.errors      question sets and results that cannot be read or compared
│   ├── app.learning.data.errors       exports of training data with nothing in them, or nowhere to go
│   ├── app.training.llm.errors        models that cannot be tuned as asked, adapters that cannot be used
│   ├── app.training.errors        too little, or nothing readable, to learn from
│   └── app.understanding.errors       labelled messages that teach nothing
├── StoreError                 the index on disk
│   ├── StoreMissing           no generation has been published yet
│   ├── StoreBusy              another ingest holds the write lock
│   ├── StoreFull              no space left on the device
│   ├── StoreFormatUnknown     written by a newer version of kefu
│   ├── GenerationMissing      no generation of that name
│   └── GenerationDamaged      a file is missing or its checksum differs
├── ModelError                 model weights
│   ├── ModelUnknown           no such name in the catalogue
│   ├── ModelMissing           known, but not on this machine
│   ├── ModelDamaged           the pinned sha256 differs
│   ├── ModelDownloadFailed    every source was tried
│   ├── QueryMapDamaged        an adapter of questions' vectors is missing or not whole
│   ├── QueryMapMismatch       an adapter was trained on another embedder
│   ├── app.retrieval.errors   a reranker that is damaged, or of another embedder
│   └── app.understanding.errors       classifiers of messages that are gone, damaged or of another embedder
├── EmbeddingError
│   ├── EmbedderUnavailable    a remote embedder did not answer
│   └── EmbedderMismatch       index and embedder are of different kinds
├── ingest.errors.IngestError      documents that were refused, sources that were not found
├── app.warehouse.stock.errors.StockError      no demand, no report, files of events or bins that cannot be read
├── app.dialogue.errors.DialogueError      flows that cannot be used, states that cannot be read
├── app.actions.errors.ActionError          actions that cannot be done as asked
├── app.database.errors.DatabaseError      records that cannot be reached
├── app.orders.errors.OrderError           orders that are gone or have moved on, shops that do not answer
├── app.warehouse.delivery.errors.DeliveryError   deliveries that cannot be planned, plans that are not there
├── app.profiles.errors.ProfileError       things that a customer has not consented to
├── app.conversations.errors.ConversationError   conversations that are gone, busy or have moved on
├── app.handoff.errors.HandOffError        what an agent cannot do with a conversation as it is
├── app.webhooks.errors.WebhookError       endpoints that are not there
├── app.experiments.errors.ExperimentError experiments that are gone, over or cannot be run as planned
├── app.feedback.errors.FeedbackError      surveys and scores that cannot be taken
├── app.insight.errors.InsightError        metrics, periods and gaps that are not there or not so far
├── app.generation.errors.ChatModelError   language models that time out, fail or return garbage
├── app.warehouse.picking.errors.PickingError   tours that are not planned yet, or right now
├── app.training.llm.errors.TuningClusterFailed   clusters that cannot be reached, or lose a run
├── app.served.errors.ServedError          serving models that changed meanwhile or have none before them
├── app.learning.registry.errors.RegistryError   trained models that were refused, or cannot be kept
├── app.policy.errors.PolicyError            rule files that are missing or have faults
├── app.multimodal.errors.MediaError       pictures and recordings that cannot be read
├── app.warehouse.notes.errors.NoteError   notes that are too long, reviews that are gone or closed
├── app.reporting.errors.ReportError       reports that were not written
├── app.receipts.errors.ReceiptError       receipts that are gone, damaged or without their question
├── app.recommendation.errors.RecommendationError   behaviour that cannot be learnt from, models that are gone
└── app.security.errors.AccessError        missing, unknown or insufficient keys

A leaf has a stable `code` that clients may rely on. `app/web/errors.py` alone maps classes to HTTP status.
The message says what was found and what to do about it, in one line without a trailing newline.
"""

from __future__ import annotations

from typing import ClassVar


class KefuError(Exception):
    """Root of the tree; catch it to turn any expected failure into a message for the user."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InputError(KefuError):
    """What was asked for cannot be served as asked; the caller can correct it."""

    code = "input"


class QuestionEmpty(InputError):
    """The question holds no text."""

    code = "question_empty"


class QuestionTooLong(InputError):
    """The question is longer than the configured limit."""

    code = "question_too_long"


class StoreError(KefuError):
    """The index on disk cannot be read or written."""

    code = "store"


class StoreMissing(StoreError):
    """No generation has been published in this store yet."""

    code = "store_missing"


class StoreBusy(StoreError):
    """Another ingest holds the write lock."""

    code = "store_busy"


class StoreFull(StoreError):
    """The disk is full; the previous generation goes on serving."""

    code = "store_full"


class StoreFormatUnknown(StoreError):
    """The store was written by a newer version of kefu; it is left untouched."""

    code = "store_format_unknown"


class GenerationMissing(StoreError):
    """There is no generation of that name."""

    code = "generation_missing"


class GenerationDamaged(StoreError):
    """A file of the generation is missing or its checksum differs from the manifest."""

    code = "generation_damaged"


class ModelError(KefuError):
    """Model weights cannot be had or used."""

    code = "model"


class ModelUnknown(ModelError):
    """The catalogue has no model of that name."""

    code = "model_unknown"


class ModelMissing(ModelError):
    """The model is known but its weights are not on this machine."""

    code = "model_missing"


class ModelDamaged(ModelError):
    """The weights do not have the pinned sha256; they are not used."""

    code = "model_damaged"


class QueryMapDamaged(ModelError):
    """The file of an adapter of questions' vectors is missing or not whole."""

    code = "query_map_damaged"


class QueryMapMismatch(ModelError):
    """An adapter of questions' vectors was trained on another embedder."""

    code = "query_map_mismatch"


class ModelDownloadFailed(ModelError):
    """Every source of the weights was tried and none delivered."""

    code = "model_download_failed"


class EmbeddingError(KefuError):
    """Text could not be turned into vectors."""

    code = "embedding"


class EmbedderUnavailable(EmbeddingError):
    """A remote embedder did not answer within its time limit."""

    code = "embedder_unavailable"


class EmbedderMismatch(EmbeddingError):
    """The index was built with another embedder than the one that is configured."""

    code = "embedder_mismatch"
