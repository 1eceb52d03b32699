"""Requests and responses as they travel; the values behind them are those of `app.domain`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from app.domain import AnswerSentence, InForce, Message, Mode, Status, Turn
from app.feedback.store import Feedback, Rating, Reason
from app.insight.gaps.gap import Entry
from app.retrieval.retriever import Retrieved
from app.security.access import Caller, Scope
from index.types import Language, Location, Query


def _encodable(text: str) -> str:
    """JSON can spell half a character, which nothing behind could store or embed."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair, which is no character") from None
    return text


Text = Annotated[str, AfterValidator(_encodable)]


class WebRequest(BaseModel):
    """What a client sends; a field that is none of them is an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class HistoryMessage(WebRequest):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Text


class ChatRequest(WebRequest):
    """One message of a customer."""

    message: Text = Field(examples=["签收后几天内可以退货？"])
    conversation_id: Text | None = Field(default=None, max_length=100)
    language: Language | None = None
    """Language of the reply; that of the message when left out."""
    as_of: date | None = None
    """Answer by the rules in force on that day; when left out, on that of the order which the message names, or today.
    """
    history: list[HistoryMessage] = Field(default_factory=list, max_length=50)
    """Earlier messages, oldest first, of a client that keeps the conversation itself."""
    request_id: Text | None = Field(default=None, max_length=200)
    """Sent again within a conversation, after a broken connection, it gets the first one's reply."""
    mode: Literal["auto", "llm", "extractive"] = "auto"
    stream: bool = False

    def to_turn(self, caller: Caller, *, conversation_id: str) -> Turn:
        """As the assistant takes it."""
        return Turn(
            message=self.message,
            conversation_id=conversation_id,
            history=tuple(Message(item.role, item.content) for item in self.history),
            language=self.language,
            as_of=self.as_of,
            access=caller.access,
            mode=self.mode,
            owner=caller.owner,
            channel="widget" if caller.key_id == "widget" else "page" if caller.session else "api",
            customer_id=caller.customer_id,
            request_id=self.request_id,
        )


class LocationReply(BaseModel):
    """Where words stand in their document."""

    page: int | None = None
    heading: str | None = None
    row: int | None = None
    sheet: str | None = None

    @classmethod
    def of(cls, location: Location) -> LocationReply:
        """From the value."""
        return cls(page=location.page, heading=location.heading, row=location.row, sheet=location.sheet)


class CitationReply(BaseModel):
    """The words that a sentence rests on."""

    marker: int
    passage_id: str
    document_id: str
    title: str
    location: LocationReply
    quote: str
    start: int
    end: int
    quote_sha256: str
    valid_from: date | None
    valid_to: date | None
    in_force: InForce
    """Whether the rule applies today."""


class SentenceReply(BaseModel):
    """One sentence of an answer."""

    text: str
    supported: bool
    citations: list[int]
    reason: str | None = None
    lead: str | None = None
    """Words of the assistant's own before it: of which day the rule is, or that another document differs."""


class ChatReply(BaseModel):
    """An answer whose every sentence points at the words that it rests on."""

    text: str
    status: Status
    language: Language
    sentences: list[SentenceReply]
    citations: list[CitationReply]
    confidence: float
    mode: Mode
    model: str | None
    generation: str
    receipt_id: str
    timings_ms: dict[str, float]
    conversation_id: str
    as_of: date
    """The day whose rules it goes by."""
    cached: bool = False
    """Whether it was given before and proved to be right still; left out when not."""
    missing: list[str] = Field(default_factory=list)
    """Parts of the question that it leaves open."""
    closing: str | None = None
    """Words of the assistant's own behind the last sentence: which part of the question is left open."""
    conversation: dict[str, Any] | None = None
    """Of a kept conversation: `status`, `messages`, the `choices` that are offered, `confirms`, `handoff`."""


class SearchRequest(WebRequest):
    """What to look for."""

    query: Text = Field(examples=["七天无理由退货"])
    top: int = Field(default=10, ge=1, le=100)
    language: Language | None = None
    as_of: date | None = None
    """Only what is in force on that day; today when left out."""

    def to_query(self, caller: Caller, *, today: date) -> Query:
        """As the retriever takes it."""
        return Query(
            text=self.query.strip(),
            top=self.top,
            language=self.language,
            as_of=self.as_of or today,
            access=caller.access,
        )


class SearchHit(BaseModel):
    """A passage that was found, with the score of each stage that found it."""

    passage_id: str
    document_id: str
    score: float
    stages: dict[str, float]
    title: str
    text: str
    location: LocationReply

    @classmethod
    def of(cls, found: Retrieved) -> SearchHit:
        """From the value."""
        passage = found.passage
        return cls(
            passage_id=passage.passage_id,
            document_id=passage.document_id,
            score=found.hit.score,
            stages=dict(found.hit.stages),
            title=passage.title,
            text=passage.text,
            location=LocationReply.of(passage.location),
        )


class SearchReply(BaseModel):
    """Hits, best first."""

    hits: list[SearchHit]
    generation: str


class PassageReply(BaseModel):
    """A stored passage, as a citation opens it."""

    passage_id: str
    document_id: str
    title: str
    text: str
    language: Language
    location: LocationReply
    valid_from: date | None
    valid_to: date | None
    generation: str


class FeedbackRequest(WebRequest):
    """An opinion about an answer."""

    receipt_id: Text = Field(min_length=1, max_length=100)
    rating: Rating
    reasons: list[Reason] = Field(default_factory=list, max_length=10)
    """Why, as codes."""
    reason: Text | None = Field(default=None, max_length=2000)
    correction: Text | None = Field(default=None, max_length=4000)
    conversation_id: Text | None = Field(default=None, max_length=100)

    def to_feedback(self, caller: Caller) -> Feedback:
        """As it is kept."""
        return Feedback(
            self.receipt_id,
            self.rating,
            self.reason,
            self.correction,
            caller.key_id,
            reasons=tuple(dict.fromkeys(self.reasons)),
            conversation_id=self.conversation_id,
        )


class SurveyAnswer(WebRequest):
    """The answer to a survey."""

    score: int
    comment: Text | None = Field(default=None, max_length=2000)


class CitationOpened(WebRequest):
    """A customer opened a source."""

    receipt_id: Text = Field(min_length=1, max_length=64)
    marker: int = Field(ge=1, le=1000)
    conversation_id: Text | None = Field(default=None, max_length=100)


class OrderPlaced(WebRequest):
    """An order, as the shop reports it."""

    order_id: Text = Field(min_length=1, max_length=60)
    customer_id: Text = Field(min_length=1, max_length=100)
    at: AwareDatetime
    amount_cents: int = Field(default=0, ge=0)
    currency: Text = Field(default="CNY", min_length=3, max_length=3)
    conversation_id: Text | None = Field(default=None, max_length=100)


class OrdersPlaced(WebRequest):
    """Orders; one that was reported before counts once."""

    orders: list[OrderPlaced] = Field(min_length=1, max_length=1000)


class GapEntry(WebRequest):
    """A question and its answer, as a reviewer words them."""

    question: Text = Field(min_length=1, max_length=300)
    answer: Text = Field(max_length=8000)


class GapStep(WebRequest):
    """A word on a step."""

    note: Text | None = Field(default=None, max_length=2000)


class GapDraft(GapStep):
    """What a reviewer wrote; without entries the draft is taken from agents' replies."""

    zh: GapEntry | None = None
    en: GapEntry | None = None

    def entries(self) -> dict[Literal["zh", "en"], Entry]:
        """Those that were written."""
        written: dict[Literal["zh", "en"], GapEntry | None] = {"zh": self.zh, "en": self.en}
        return {name: Entry(item.question, item.answer) for name, item in written.items() if item is not None}


class MineRequest(WebRequest):
    """Look through the log now."""

    days: int | None = Field(default=None, ge=1, le=800)
    """How far back; by default as the settings say."""


class IngestRequest(WebRequest):
    """Take the folders of the knowledge base and the uploads in again."""

    full: bool = False
    """Read every document again, not only those that changed."""
    dry_run: bool = False
    """Say what would change and publish nothing."""


class KeyRequest(WebRequest):
    """A key to be made."""

    name: Text = Field(min_length=1, max_length=100)
    scopes: list[Scope] = Field(min_length=1)
    access: list[str] = Field(default_factory=list, max_length=50)


def sentence_dict(sentence: AnswerSentence) -> dict[str, Any]:
    """The data of a `sentence` event: that of the Answer, and the text with its markers."""
    return {
        "text": sentence.text,
        "marked": sentence.marked,
        "supported": sentence.supported,
        "citations": list(sentence.citations),
        "reason": sentence.reason,
        "lead": sentence.lead,
    }
