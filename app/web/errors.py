"""The one place that knows which failure has which HTTP status; every one leaves as an RFC 9457 problem document.

The errors of requests themselves are in `app.web.request_errors`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.actions.errors import ActionError
from app.conversations.errors import ConversationError, ConversationMissing
from app.database.errors import DatabaseError
from app.dialogue.errors import DialogueError
from app.evaluation.errors import CaseMissing, RunMissing
from app.experiments.errors import ExperimentError, ExperimentMissing, ExperimentStopped
from app.feedback.errors import FeedbackError, SurveyClosed, SurveyMissing
from app.generation.errors import ChatModelError, ChatModelGarbage, ChatModelTimeout
from app.handoff.errors import CannedReplyMissing, HandOffError, TicketMissing
from app.insight.errors import GapMissing, GapStepInvalid, InsightError, MetricUnknown
from app.learning.registry.errors import CandidateUnusable, RegistryError
from app.marketing.errors import CopyMissing, CopyStepInvalid, ProductUnknown, RulesBroken
from app.multimodal.errors import (
    AudioRefused,
    AudioTooLarge,
    AudioTooLong,
    AudioTypeUnknown,
    MediaError,
    PictureNotInline,
    PictureReaderBusy,
    PicturesOff,
    VoiceBusy,
    VoiceUnavailable,
)
from app.orders.errors import (
    CatalogueInvalid,
    CustomerMissing,
    OrderError,
    OrderMissing,
    ShopError,
    ShopUnavailable,
    ShopUncertain,
)
from app.policy.errors import PolicyError
from app.profiles.errors import ConsentMissing, CustomerUnknown, PreferenceInvalid, ProfileError
from app.receipts.errors import ReceiptError, ReceiptMissing
from app.recommendation.errors import (
    BehaviourInvalid,
    RecommendationError,
    RecommenderMissing,
    RuleUnknown,
)
from app.reporting.errors import ReportError
from app.reporting.errors import ReportMissing as WeekMissing
from app.security.errors import AccessError, IdentityForged, OriginRefused, ScopeMissing
from app.served.errors import CandidateMissing, ServedError
from app.settings import SettingsError
from app.training.llm.errors import TuningClusterFailed
from app.warehouse.delivery.errors import (
    DeliveryError,
    DeliveryInfeasible,
    PlanMissing,
    PlanMoved,
    RouteFileInvalid,
    StopMissing,
    StopVisited,
)
from app.warehouse.notes.errors import DecisionInvalid, NoteError, NoteOrderMissing, NoteTooLong, ReviewMissing
from app.warehouse.picking.errors import PickingBusy, PickingError, ToursMissing
from app.warehouse.stock.errors import (
    CalendarInvalid,
    DemandMissing,
    PlacesInvalid,
    ReportMissing,
    SkuUnknown,
    StockError,
)
from app.web.request_errors import (
    BodyTooLarge,
    ChatBusy,
    CopyOff,
    DeliveriesOff,
    DeskOff,
    DocumentNotFound,
    DocumentNotUploaded,
    FlowsMissing,
    HostUnknown,
    InsightOff,
    JobNotFound,
    KeyNotFound,
    ModelNotOffered,
    ModelsOff,
    NoteNotFound,
    NotesOff,
    OriginForeign,
    PassageNotFound,
    PickingOff,
    ProfilesOff,
    RateExceeded,
    ReceiptsOff,
    RecommendationsOff,
    RequestError,
    StockOff,
    UploadEmpty,
)
from app.webhooks.errors import EndpointMissing, WebhookError
from index.errors import (
    EmbeddingError,
    GenerationDamaged,
    GenerationMissing,
    InputError,
    KefuError,
    ModelError,
    ModelUnknown,
    QuestionTooLong,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreMissing,
)
from ingest.errors import (
    DocumentRefused,
    DocumentTooLarge,
    DocumentTypeMismatch,
    DocumentTypeUnknown,
    IngestError,
    PictureAnimated,
    PictureSlow,
    PictureTooLarge,
    PictureTypeUnknown,
    SourceMissing,
    SourceOutside,
)

STATUS: Mapping[type[KefuError], int] = {
    InputError: 422,
    QuestionTooLong: 413,
    CaseMissing: 404,
    RunMissing: 404,
    StoreError: 500,
    StoreMissing: 503,
    StoreBusy: 409,
    StoreFull: 507,
    GenerationMissing: 404,
    GenerationDamaged: 409,
    ModelError: 503,
    ModelUnknown: 404,
    EmbeddingError: 503,
    IngestError: 422,
    SourceMissing: 404,
    SourceOutside: 403,
    DocumentRefused: 422,
    DocumentTooLarge: 413,
    DocumentTypeUnknown: 415,
    DocumentTypeMismatch: 415,
    PictureTypeUnknown: 415,
    PictureAnimated: 415,
    PictureTooLarge: 413,
    PictureSlow: 422,
    MediaError: 422,
    PicturesOff: 404,
    PictureNotInline: 422,
    PictureReaderBusy: 503,
    VoiceUnavailable: 503,
    VoiceBusy: 503,
    AudioRefused: 422,
    AudioTypeUnknown: 415,
    AudioTooLarge: 413,
    AudioTooLong: 413,
    ChatModelError: 503,
    ChatModelTimeout: 504,
    ChatModelGarbage: 502,
    ActionError: 409,
    DatabaseError: 503,
    OrderError: 409,
    OrderMissing: 404,
    CustomerMissing: 404,
    CatalogueInvalid: 422,
    ShopError: 502,
    ShopUnavailable: 503,
    ShopUncertain: 504,
    DeliveryError: 409,
    DeliveryInfeasible: 422,
    PlanMissing: 404,
    PlanMoved: 409,
    RouteFileInvalid: 422,
    StopMissing: 404,
    StopVisited: 409,
    ProfileError: 409,
    CustomerUnknown: 404,
    ConsentMissing: 403,
    PreferenceInvalid: 422,
    RecommendationError: 409,
    BehaviourInvalid: 422,
    RecommenderMissing: 404,
    RuleUnknown: 404,
    DialogueError: 503,
    PolicyError: 503,
    ExperimentError: 422,
    ExperimentMissing: 404,
    ExperimentStopped: 409,
    RegistryError: 409,
    CandidateUnusable: 422,
    TuningClusterFailed: 503,
    ServedError: 409,
    CandidateMissing: 404,
    FeedbackError: 422,
    SurveyMissing: 404,
    SurveyClosed: 409,
    PickingError: 409,
    ToursMissing: 404,
    PickingBusy: 503,
    InsightError: 422,
    MetricUnknown: 404,
    GapMissing: 404,
    GapStepInvalid: 409,
    ProductUnknown: 404,
    CopyMissing: 404,
    CopyStepInvalid: 409,
    RulesBroken: 503,
    ReportError: 422,
    WeekMissing: 404,
    ReceiptError: 409,
    ReceiptMissing: 404,
    AccessError: 401,
    ScopeMissing: 403,
    OriginRefused: 403,
    IdentityForged: 403,
    SettingsError: 500,
    RequestError: 400,
    BodyTooLarge: 413,
    HostUnknown: 421,
    OriginForeign: 403,
    RateExceeded: 429,
    ChatBusy: 503,
    DocumentNotFound: 404,
    DocumentNotUploaded: 409,
    PassageNotFound: 404,
    FlowsMissing: 404,
    JobNotFound: 404,
    KeyNotFound: 404,
    ReceiptsOff: 404,
    DeliveriesOff: 404,
    DeskOff: 404,
    ConversationError: 409,
    ConversationMissing: 404,
    HandOffError: 409,
    TicketMissing: 404,
    CannedReplyMissing: 404,
    StockError: 409,
    DemandMissing: 409,
    CalendarInvalid: 422,
    PlacesInvalid: 422,
    SkuUnknown: 404,
    ReportMissing: 404,
    WebhookError: 409,
    EndpointMissing: 404,
    NoteError: 409,
    DecisionInvalid: 422,
    NoteTooLong: 413,
    NoteOrderMissing: 404,
    ReviewMissing: 404,
    NotesOff: 404,
    InsightOff: 404,
    ModelsOff: 404,
    ModelNotOffered: 404,
    PickingOff: 404,
    ProfilesOff: 404,
    CopyOff: 404,
    RecommendationsOff: 404,
    NoteNotFound: 404,
    StockOff: 404,
    UploadEmpty: 422,
}
"""The nearest class of an error's line of descent counts, so that a new leaf has the status of its family."""

_HTTP_CODES = {400: "malformed", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 415: "media_type"}
_TITLES = {
    "internal": "Something went wrong on our side",
    "request_invalid": "The request does not have the form that is expected",
}


def is_openai_path(path: str) -> bool:
    """Whether OpenAI's clients ask there, which look for an `error` member."""
    return path.startswith(("/v1/chat/completions", "/v1/audio/"))


def status_of(error: type[KefuError]) -> int | None:
    """HTTP status of a class of errors; None when no class of its line of descent has one."""
    return next((STATUS[kind] for kind in error.__mro__ if kind in STATUS), None)


def problem_of(error: BaseException, *, request_id: str) -> dict[str, Any]:
    """The problem document of any exception; one that is not ours tells nothing about the inside."""
    if isinstance(error, KefuError):
        title = (type(error).__doc__ or error.code).strip().splitlines()[0].rstrip(".")
        return _problem(status_of(type(error)) or 500, error.code, title, error.message, request_id)
    if isinstance(error, RequestValidationError):
        return _problem(422, "request_invalid", _TITLES["request_invalid"], _first_fault(error), request_id)
    if isinstance(error, HTTPException):
        code = _HTTP_CODES.get(error.status_code, f"http_{error.status_code}")
        detail = str(error.detail)
        return _problem(error.status_code, code, detail.rstrip("."), detail, request_id)
    detail = "The failure was logged; give the request id to whoever runs this service."
    return _problem(500, "internal", _TITLES["internal"], detail, request_id)


def problem_response(
    error: BaseException, *, request_id: str, is_openai: bool = False, extension: Mapping[str, Any] | None = None
) -> JSONResponse:
    """The problem document as a response; with an `error` member where OpenAI's clients expect one."""
    cause = error.__cause__
    if isinstance(error, HTTPException) and isinstance(cause, KefuError):
        error = cause  # FastAPI wraps what is raised while it reads a body
    problem = {**problem_of(error, request_id=request_id), **(extension or {})}
    if is_openai:
        kind = "server_error" if problem["status"] >= 500 else "invalid_request_error"
        problem["error"] = {"message": problem["detail"], "type": kind, "param": None, "code": problem["code"]}
    headers = dict(getattr(error, "headers", None) or {})
    if problem["status"] == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, StoreBusy):
        headers["Retry-After"] = "10"
    if isinstance(error, PictureReaderBusy | VoiceBusy):
        headers["Retry-After"] = "3"
    if isinstance(error, RequestError) and error.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    return JSONResponse(problem, status_code=problem["status"], headers=headers, media_type="application/problem+json")


def _problem(status: int, code: str, title: str, detail: str, request_id: str) -> dict[str, Any]:
    return {
        "type": f"urn:kefu:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }


def _first_fault(error: RequestValidationError) -> str:
    """What is wrong and where; the value itself is not repeated."""
    faults = error.errors()
    if not faults:
        return "The request is malformed."
    first = faults[0]
    where = ".".join(str(part) for part in first.get("loc", ())[1:]) or "body"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{where}: {first.get('msg', 'is not valid')}{more}."
