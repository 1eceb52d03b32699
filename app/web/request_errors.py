"""What can be wrong with a request to this service, whatever it asks for.

RequestError
├── BodyTooLarge        more bytes than a request may have
├── HostUnknown         asked under a name that is not ours
├── OriginForeign       the page's session used from another site
├── RateExceeded        this caller asks too often
├── ChatBusy            as many chats as may run at once are running
├── DocumentNotFound    no document of that id
├── DocumentNotUploaded the document comes from a folder and is removed there
├── PassageNotFound     no passage of that id
├── FlowsMissing        there are no dialogues to show
├── JobNotFound         no job of that id
├── KeyNotFound         no living key of that id
├── ReceiptsOff         receipts are switched off
├── DeliveriesOff       no deliveries are planned
├── DeskOff             this service has no agents' desk
├── InsightOff          events are not recorded
├── ModelNotOffered     the OpenAI-compatible routes have no model of that name
├── PickingOff          nothing is picked here
├── ProfilesOff         no profiles are kept
├── NotesOff            no notes are read
├── CopyOff             no copy is written here
├── RecommendationsOff  nothing is recommended
├── ModelsOff           no trained models are kept here
├── NoteNotFound        no note of that id in a profile
├── StockOff            no stock is planned
└── UploadEmpty         an upload without files
"""

from __future__ import annotations

from index.errors import KefuError


class RequestError(KefuError):
    """The request cannot be served as it was sent."""

    code = "request"
    retry_after_s: float | None = None


class BodyTooLarge(RequestError):
    """The request has more bytes than the limit allows."""

    code = "body_too_large"


class HostUnknown(RequestError):
    """The service does not answer under this name."""

    code = "host_unknown"


class OriginForeign(RequestError):
    """The session of the page was used from another site."""

    code = "origin_foreign"


class RateExceeded(RequestError):
    """The caller asks too often."""

    code = "rate_exceeded"

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ChatBusy(RequestError):
    """As many chats as may run at once are running."""

    code = "chat_busy"
    retry_after_s = 3.0


class DocumentNotFound(RequestError):
    """There is no document of that id."""

    code = "document_not_found"


class DocumentNotUploaded(RequestError):
    """The document was not uploaded, so it cannot be removed here."""

    code = "document_not_uploaded"


class PassageNotFound(RequestError):
    """There is no passage of that id in the index that is served."""

    code = "passage_not_found"


class FlowsMissing(RequestError):
    """There are no dialogues to show."""

    code = "flows_missing"


class JobNotFound(RequestError):
    """There is no job of that id."""

    code = "job_not_found"


class KeyNotFound(RequestError):
    """There is no living key of that id."""

    code = "key_not_found"


class ReceiptsOff(RequestError):
    """Receipts are switched off."""

    code = "receipts_off"


class DeskOff(RequestError):
    """This service has no agents' desk."""

    code = "desk_off"


class InsightOff(RequestError):
    """Events are not recorded here."""

    code = "insight_off"


class ModelNotOffered(RequestError):
    """There is no model of that name."""

    code = "model_not_found"


class PickingOff(RequestError):
    """Nothing is picked here."""

    code = "picking_off"


class RecommendationsOff(RequestError):
    """This service recommends nothing."""

    code = "recommendations_off"


class DeliveriesOff(RequestError):
    """No deliveries are planned."""

    code = "deliveries_off"


class ProfilesOff(RequestError):
    """No profiles are kept."""

    code = "profiles_off"


class NotesOff(RequestError):
    """No notes to couriers are read."""

    code = "notes_off"


class CopyOff(RequestError):
    """No copy is written here."""

    code = "copy_off"


class NoteNotFound(RequestError):
    """There is no note of that id in the profile."""

    code = "note_not_found"


class StockOff(RequestError):
    """No stock is planned here."""

    code = "stock_off"


class UploadEmpty(RequestError):
    """The upload holds no file."""

    code = "upload_empty"


class ModelsOff(RequestError):
    """No trained models are kept here."""

    code = "models_off"
