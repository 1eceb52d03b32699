"""Values and Protocols that several capabilities share."""

from app.domain.answer import Answer, AnswerSentence, Citation, Mode, Status, Timings
from app.domain.chat_model import ChatModel, Judged, Message, Probe
from app.domain.events import AnswerEvent, CitationEvent, DoneEvent, MessageEvent, SentenceEvent, final_answer
from app.domain.evidence import Evidence, renumbered
from app.domain.moment import InForce, Moment, in_force
from app.domain.probability import logistic, logit_of
from app.domain.turn import Turn

__all__ = [
    "Answer",
    "AnswerEvent",
    "AnswerSentence",
    "ChatModel",
    "Citation",
    "CitationEvent",
    "DoneEvent",
    "Evidence",
    "InForce",
    "Judged",
    "Message",
    "MessageEvent",
    "Mode",
    "Moment",
    "Probe",
    "SentenceEvent",
    "Status",
    "Timings",
    "Turn",
    "final_answer",
    "in_force",
    "logistic",
    "logit_of",
    "renumbered",
]
