"""What the routes use, as Protocols, and the one object that carries it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from app.answer_cache import AnswerCache
from app.building.delivery import DueDay
from app.conversations import SqlConversationStore
from app.database import Database
from app.domain import Answer, AnswerEvent, Turn
from app.domain.job import FileStatus, Job, JobKind
from app.domain.media import KnownNumbers, ReadsPictures, Transcribes
from app.evaluation.cases import CaseStore
from app.evaluation.runs import EvaluationRuns
from app.experiments import Experiments
from app.feedback.store import FeedbackStore
from app.feedback.surveys import Surveys
from app.handoff import CannedReplies, DeskClock, Inbox, PolicyBook, PresenceBook, Suggester
from app.insight.events import ServiceEvents
from app.insight.gaps.desk import GapDesk
from app.insight.metrics import ServiceMetrics
from app.learning.registry import Registry
from app.marketing import CopyDesk
from app.profiles import Profiles
from app.receipts.receipt import Receipt
from app.receipts.store import ReceiptStore
from app.receipts.writer import ReceiptWriter
from app.recommendation.events import BehaviourLog
from app.recommendation.placement import Placement
from app.recommendation.registry import Registry as RecommenderRegistry
from app.recommendation.switches import RuleSwitches
from app.reporting.writing import Reports
from app.retrieval.retriever import Retrieved, Searchable
from app.security.access import Caller
from app.security.keys import KeyRing
from app.served.watch import CanaryWatch
from app.warehouse.delivery import Deliveries
from app.warehouse.notes import NoteDesk
from app.warehouse.picking import PickingDesk
from app.warehouse.stock import StockDesk
from index.types import Document, Passage, Query


class Answering(Protocol):
    """Answers one message; see `app.assistant.assistant.Assistant`."""

    def reply(self, turn: Turn) -> Answer:
        """The whole answer."""

    def stream(self, turn: Turn) -> Iterator[AnswerEvent]:
        """Event by event, `DoneEvent` last; closing stops the model."""


class Retrieving(Protocol):
    """Finds passages; see `app.retrieval.retriever.Retriever`."""

    def retrieve(self, query: Query, source: Searchable) -> list[Retrieved]:
        """At most `query.top`, best first."""


class OpenGeneration(Searchable, Protocol):
    """A generation of the index that is being read; see `index.store.Generation`."""

    def titles(self) -> Mapping[str, str]:
        """Title by document id, of all documents by id."""

    def document(self, document_id: str) -> Document | None:
        """The document of this id."""

    def passages_of(self, document_id: str, *, offset: int = 0, limit: int | None = None) -> Sequence[Passage]:
        """Passages of a document, in order, or a part of them."""

    def count_of(self, document_id: str) -> int:
        """How many passages a document has."""


class ServingIndex(Protocol):
    """The newest published generation; see `index.serving.Serving`."""

    def borrow(self) -> AbstractContextManager[OpenGeneration]:
        """The generation, kept open while it is borrowed; `StoreMissing` when there is none."""


class GenerationRow(Protocol):
    """One line of the list of generations."""

    def to_dict(self) -> Mapping[str, Any]:
        """As JSON."""


class GenerationStore(Protocol):
    """Generations on disk; see `index.store.Store`."""

    def generations(self) -> Sequence[GenerationRow]:
        """Newest first."""

    def activate(self, name: str) -> None:
        """Serve this one from now on; `GenerationMissing`, `GenerationDamaged`."""


class JobQueue(Protocol):
    """Long work; see `app.jobs.runner.JobRunner`."""

    def submit(self, kind: JobKind, request: Mapping[str, Any]) -> Job:
        """Queue it."""

    def get(self, job_id: str) -> Job | None:
        """As it stands now."""

    def recent(self, limit: int = 50) -> Sequence[Job]:
        """Newest first."""

    def file_status(self, document_id: str) -> FileStatus | None:
        """What the newest job that touched this document says of it."""


class StoredUpload(Protocol):
    """A file that was taken; see `app.jobs.uploads.StoredFile`."""

    @property
    def document_id(self) -> str:
        """Id of the document that it becomes."""

    def to_dict(self) -> Mapping[str, Any]:
        """As JSON."""


class UploadStore(Protocol):
    """Uploaded files; see `app.jobs.uploads.UploadFolder`."""

    def save(self, name: str, chunks: Iterable[bytes]) -> StoredUpload:
        """Keep a file under a safe name; a leaf of `ingest.errors.DocumentRefused` when it cannot be taken."""

    def holds(self, document_id: str) -> bool:
        """Whether the document is a file that was uploaded."""

    def stored(self) -> Sequence[StoredUpload]:
        """All files, by name."""


@dataclass(frozen=True, slots=True)
class TrainedModels:
    """Candidates, and the trials under way."""

    registry: Callable[[], Registry]
    """Built when it is first asked for: it reads what candidates are measured on."""
    watch: CanaryWatch
    nights: Callable[[int], Sequence[Mapping[str, Any]]] = lambda _limit: ()
    """What the last nights trained, at most so many, oldest first, as JSON."""


@dataclass(frozen=True, slots=True)
class LanguageModelState:
    """Whether a language model writes the answers, for the badge of the page."""

    state: Literal["ready", "arriving", "off", "failed"] = "off"
    model: str | None = None
    progress: float | None = None
    """In [0, 1] while the weights arrive."""
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the service is not ready."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one caller may ask for."""

    max_file_bytes: int = 64 * 2**20
    """Of one uploaded file; the others of the same upload go on."""
    max_upload_bytes: int = 512 * 2**20
    """Of one upload with all its files."""
    max_json_bytes: int = 2**20
    max_picture_bytes: int = 12 * 2**20
    """Of one picture in a chat."""
    max_audio_bytes: int = 25 * 2**20
    """Of one recording."""
    max_inline_bytes: int = 17 * 2**20
    """Of a chat completion, whose pictures lie in it as text."""
    max_files: int = 500
    """Of one upload."""
    concurrent_chats: int = 64
    requests_per_minute: int = 120
    """Of one key, or of one address for the page."""
    heartbeat_s: float = 10.0
    """Of event streams."""

    def __post_init__(self) -> None:
        media = (self.max_picture_bytes, self.max_audio_bytes, self.max_inline_bytes)
        if min(self.max_file_bytes, self.max_upload_bytes, self.max_json_bytes, self.max_files, *media) < 1:
            raise ValueError(f"Expected sizes >= 1, got {self}.")
        if self.concurrent_chats < 1 or self.requests_per_minute < 1 or self.heartbeat_s <= 0:
            raise ValueError(
                f"Expected concurrent_chats >= 1, requests_per_minute >= 1 and heartbeat_s > 0, got {self}."
            )


@dataclass(frozen=True, slots=True)
class PageText:
    """What the chat page says of the company."""

    name: Mapping[str, str] = field(default_factory=lambda: {"zh": "客服助手", "en": "Support assistant"})
    """By language of the page."""
    suggestions: Mapping[str, Sequence[str]] = field(
        default_factory=lambda: {
            "zh": ("签收后几天内可以无理由退货？", "退款多久能到账？", "怎样申请电子发票？", "生鲜收到就坏了怎么办？"),
            "en": (
                "How many days do I have to return an item?",
                "When will my refund arrive?",
                "Who pays customs duties on my order?",
                "What does the warranty on electronics cover?",
            ),
        }
    )
    """Questions offered before the first one, by language; a few of each."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": dict(self.name),
            "suggestions": {language: list(items) for language, items in self.suggestions.items()},
        }


@dataclass(frozen=True, slots=True)
class Receipts:
    """What is kept of answers, and the writer that may not have written the newest yet."""

    store: ReceiptStore
    writer: ReceiptWriter
    also_forget: Callable[[str], None] = lambda _: None
    """Told of each that is removed: other things may have been kept of its question."""

    def get(self, receipt_id: str) -> Receipt:
        """One receipt, the newest too. Raises `ReceiptMissing` or `ReceiptDamaged`."""
        self.writer.flush()
        return self.store.get(receipt_id)

    def holds(self, receipt_id: str) -> bool:
        """Whether there is a receipt of that id."""
        self.writer.flush()
        return self.store.holds(receipt_id)

    def delete(self, receipt_id: str) -> None:
        """Remove one. Raises `ReceiptMissing`."""
        self.writer.flush()
        self.store.delete(receipt_id)
        self.also_forget(receipt_id)


@dataclass(frozen=True, slots=True)
class Desk:
    """Conversations, and the people who take them over; see `app.building.desk`."""

    database: Database
    conversations: SqlConversationStore
    inbox: Inbox
    clock: DeskClock
    presence: PresenceBook
    policy: PolicyBook
    canned: CannedReplies
    suggester: Suggester
    newest_move: Callable[[], int]
    """A number that grows with each change of a hand-off."""
    loads: Callable[[], Mapping[str, int]]
    """How many conversations each agent has."""
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Insight:
    """What happened, the numbers made of it, and what the base lacks."""

    events: ServiceEvents
    metrics: ServiceMetrics
    gaps: Callable[[], GapDesk]
    """Built when it is first wanted."""
    surveys: Surveys


@dataclass(frozen=True, slots=True)
class Recommending:
    """Behaviour, models, and the places where recommendations are shown."""

    log: BehaviourLog
    registry: RecommenderRegistry
    placement: Callable[[str], Placement]
    rules: RuleSwitches


@dataclass(frozen=True, slots=True)
class WidgetPolicy:
    """Where the widget may stand, and how customers prove who they are."""

    origins: tuple[str, ...] = ()
    """Sites such as https://shop.example; our own pages may always hold it."""
    identity_secret: str = field(default="", repr=False)
    """Signs the ids of customers; "" takes none."""


class FlowSource(Protocol):
    """The files of the dialogues."""

    def files(self) -> Sequence[Mapping[str, Any]]:
        """By name: `name`, `text`, `origin` ("shipped" or the folder)."""

    def check(self) -> Sequence[Mapping[str, Any]]:
        """What is wrong with them: `file`, `line` (from 1), `message`; [] when nothing is."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the routes use."""

    assistant: Answering
    retriever: Retrieving
    serving: ServingIndex
    store: GenerationStore
    keys: KeyRing
    jobs: JobQueue
    uploads: UploadStore
    feedback: FeedbackStore
    limits: Limits = field(default_factory=Limits)
    page: PageText = field(default_factory=PageText)
    insight: Insight | None = None
    """None where nothing is recorded."""
    receipts: Receipts | None = None
    """None when they are switched off."""
    picking: PickingDesk | None = None
    """None where nothing is picked."""
    deliveries: Deliveries | None = None
    """Plans of the couriers' days; None where there are none."""
    due_day: Callable[[date | None, Sequence[str]], DueDay] | None = None
    """What the shop's own orders have due on a day (None: today), in some areas or all; None where only given days
    are planned."""
    experiments: Experiments | None = None
    """None where nothing is tried."""
    reports: Reports | None = None
    """None where none are written."""
    profiles: Profiles | None = None
    """None where none are kept."""
    models: TrainedModels | None = None
    """None where none are trained."""
    notes: NoteDesk | None = None
    """None where no notes to couriers are read."""
    copy: CopyDesk | None = None
    """Marketing copy; None where none is written."""
    recommending: Recommending | None = None
    """None where nothing is recommended."""
    stock: StockDesk | None = None
    """None where no stock is planned."""
    desk: Desk | None = None
    """None without conversations that people take over."""
    answer_cache: AnswerCache | None = None
    """None when no answers are kept; for the measurements alone, the assistant knows its own."""
    language_model: Callable[[], LanguageModelState] = LanguageModelState
    """Asked for each view of the status: cheap."""
    not_ready: Callable[[], Sequence[Reason]] = tuple
    """Reasons beyond a missing index, such as an embedder without weights; cheap."""
    public_chat: bool = True
    """Whether the page at / works without a key."""
    allowed_hosts: tuple[str, ...] = ()
    """Names under which the service answers; empty takes any. A service on loopback names itself, so that a page
    elsewhere cannot reach it by pointing its own name here."""
    known_conflicts: Callable[[str | None], Mapping[str, Any]] = lambda generation: {
        "generation": generation,
        "checked_at": None,
        "pass": None,
        "conflicts": [],
    }
    """Of a generation: rules in force that disagree; see `app.assistant.conflict_log.ConflictLog.known`."""
    calibration: Callable[[int], Mapping[str, Any]] = lambda last: {"live": {"questions": 0, "asked_for": last}}
    """What was promised and how so many of the newest questions compare; see `app.calibration.watch`."""
    pictures: ReadsPictures | None = None
    """None when pictures are not read."""
    voice: Transcribes | None = None
    """None when recordings are not heard."""
    known_numbers: Callable[[Caller], KnownNumbers | None] = lambda _: None
    """What the customer behind a caller has, to hold numbers in pictures against; None while nobody is identified."""
    cases: CaseStore | None = None
    """Questions kept from the search page for `kefu eval`."""
    evaluations: EvaluationRuns | None = None
    """What `kefu eval` left behind."""
    flows: FlowSource | None = None
    """Dialogues; None where there are none to show."""
    settings: Callable[[], Sequence[Mapping[str, Any]]] = tuple
    """Every setting with its source; secrets masked."""
    checks: Callable[[], Sequence[Mapping[str, Any]]] = tuple
    """What `kefu doctor` finds; takes a moment."""
    widget: WidgetPolicy = field(default_factory=WidgetPolicy)
    version: str = "0"
