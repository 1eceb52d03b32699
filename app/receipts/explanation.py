"""A receipt in words: why each passage was found, why each sentence was kept or dropped, why it was answered or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.domain import logistic
from app.receipts.receipt import Drafted, FoundPassage, Receipt
from app.receipts.wording import ReplyLanguage, say, share

_STAGES = ("words", "bigrams", "dense", "sentence", "late")
_ASPECTS: Mapping[str, tuple[str, ...]] = {
    "words": ("all_held", "best_held", "heaviest_open", "open_terms", "crossing"),
    "meaning": ("nearest_sentence", "nearest_passage", "mean_passage"),
    "reading": ("read_answerable", "read_best", "read_second", "read_short"),
    "model": ("asked_model",),
    "figure": ("figure_found", "figure_missing"),
    "length": ("few_terms",),
    "agreement": ("stages",),
    "witnesses": ("agreeing",),
    "subject": ("named", "least_named", "least_near", "rank"),
}
"""What is measured, in the groups in which a person thinks of it. Of what is found in the other language words are only
known where the glossary has them, and the weights make up for that: it belongs to the words."""
_MIDDLE: Mapping[str, float] = {
    "all_held": 0.39,
    "best_held": 0.26,
    "crossing": 0.27,
    "figure_found": 0.22,
    "figure_missing": 0.06,
    "heaviest_open": 0.9,
    "least_named": 0.5,
    "least_near": 0.4,
    "mean_passage": 0.68,
    "named": 0.7,
    "nearest_passage": 0.95,
    "nearest_sentence": 0.95,
    "open_terms": 0.54,
    "read_answerable": 0.04,
    "read_best": 0.03,
    "read_second": -0.53,
    "read_short": -1.22,
    "stages": 0.97,
}
"""Half-way between the golden questions answered rightly and those declined (means of 211 and 70): a feature speaks for
an answer or against it as far as it lies away from there."""
_TELLING = 0.35
"""Log odds from which a group is worth a sentence."""
_MOST_TOLD = 3
_CROSSING = 0.5


@dataclass(frozen=True, slots=True)
class PassageReason:
    """Why a passage was found and what became of it."""

    passage_id: str
    document_id: str
    place: str
    """Title, heading, page: as a person would look it up."""
    role: str
    """Stable: quoted, chosen (as evidence, not quoted), read, found."""
    words: tuple[str, ...]
    """Words of the question that it holds."""
    ranks: Mapping[str, int]
    """Place in each list, from 1."""
    reading: float | None
    """How likely its best sentence is part of the answer, in [0, 1]; None where it was not read."""
    why: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SentenceReason:
    """Why a sentence stands or not."""

    text: str | None
    fate: str
    """Stable: kept, repaired, dropped, repeated."""
    why: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One answer explained."""

    receipt_id: str
    language: ReplyLanguage
    outcome: str
    question: tuple[str, ...]
    passages: tuple[PassageReason, ...]
    writing: str
    """Who drafted the sentences; "" where nothing was drafted."""
    sentences: tuple[SentenceReason, ...]
    decision: tuple[str, ...]
    """What spoke for answering and against, the strongest first."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    def lines(self) -> list[tuple[str, list[str]]]:
        """Headings with the lines below each, to be printed."""
        passages = [
            line
            for number, item in enumerate(self.passages, start=1)
            for line in (f"{number}. {item.place}", f"   {item.why}")
        ]
        sentences = [f"{item.text or say('unshown', self.language)}\n   {item.why}" for item in self.sentences]
        sections = {
            "outcome": [self.outcome],
            "question": list(self.question),
            "decision": list(self.decision),
            "passages": passages,
            "sentences": [*filter(None, [self.writing]), *sentences],
        }
        return [(say(f"heading {name}", self.language), lines) for name, lines in sections.items() if lines]


def explain(receipt: Receipt, language: ReplyLanguage) -> Explanation:
    """Put a receipt into words of a language."""
    return Explanation(
        receipt_id=receipt.receipt_id,
        language=language,
        outcome=_outcome(receipt, language),
        question=tuple(_question(receipt, language)),
        passages=tuple(_passage(item, receipt, language) for item in receipt.found),
        writing=_writing(receipt, language),
        sentences=tuple(_sentence(item, receipt, language) for item in receipt.drafted),
        decision=tuple(_decision(receipt, language)),
    )


def _outcome(receipt: Receipt, language: ReplyLanguage) -> str:
    judged = receipt.judged
    sure = {"confidence": share(judged.confidence), "threshold": share(judged.threshold)}
    if receipt.answer["status"] != "declined":
        count = len(receipt.answer["citations"])
        places = say("one place" if count == 1 else "places", language, count=count)
        return say("answered", language, places=places if language == "en" else count, **sure)
    if not receipt.found and receipt.given_again is None:
        return say("nothing", language)
    return say("unsure" if judged.confidence < judged.threshold else "none stood", language, **sure)


def _question(receipt: Receipt, language: ReplyLanguage) -> list[str]:
    asked = receipt.asked
    lines = []
    if asked.message is None:
        lines.append(say("question unknown", language))
    else:
        lines.append(say("question", language, text=" ".join(asked.message.split())))
    if asked.standalone is not None and asked.message is not None and asked.standalone != asked.message.strip():
        lines.append(say("follow-up", language))
    if asked.translated is not None:
        lines.append(say("translated", language, text=asked.translated))
    if receipt.generation == "given":
        lines.append(say("given", language))
    elif asked.day is not None:
        lines.append(say("day", language, day=asked.day))
    if (first := receipt.given_again) is not None:
        lines.append(say(f"given again {first.match}", language, receipt=first.receipt_id, day=first.created_at[:10]))
    if asked.access:
        lines.append(say("labels", language, labels=say("words joiner", language).join(asked.access)))
    return lines


def _passage(item: FoundPassage, receipt: Receipt, language: ReplyLanguage) -> PassageReason:
    ranks = {stage: item.stages[stage].rank for stage in _STAGES if stage in item.stages}
    reasons = []
    if item.words:
        reasons.append(say("holds", language, words=say("words joiner", language).join(item.words)))
    if places := [say(stage, language, rank=rank) for stage, rank in ranks.items() if rank]:
        reasons.append(say("ranks", language, ranks=say("words joiner", language).join(places)))
    if item.is_across:
        reasons.append(say("across", language))
    reading = _reading(item, receipt)
    if reading is not None:
        reasons.append(say("likely", language, share=share(reading)))
    role = _role(item, receipt, is_read=reading is not None)
    told = say("joiner", language).join(reasons or [say("unranked", language)])
    colon, stop = ("：", "。") if language == "zh" else (": ", ".")
    return PassageReason(
        passage_id=item.passage_id,
        document_id=item.document_id,
        place=_place(item, language),
        role=role,
        words=item.words,
        ranks=ranks,
        reading=None if reading is None else round(reading, 4),
        why=f"{say(role, language)}{colon}{told}{stop}",
    )


def _reading(item: FoundPassage, receipt: Receipt) -> float | None:
    windows = receipt.read.windows if receipt.read is not None else ()
    logits = [logit for window in windows if window.passage_id == item.passage_id for logit in window.logits]
    return logistic(max(logits)) if logits else None


def _role(item: FoundPassage, receipt: Receipt, *, is_read: bool) -> str:
    if any(citation["passage_id"] == item.passage_id for citation in receipt.answer["citations"]):
        return "quoted"
    if any(piece.passage_id == item.passage_id for piece in receipt.evidence):
        return "chosen"
    return "read" if is_read else "found"


def _place(item: FoundPassage, language: ReplyLanguage) -> str:
    heading = item.heading or ""
    parts = [heading if heading.startswith(item.title) else " · ".join(filter(None, [item.title, heading]))]
    if item.title != item.document_id:
        parts.append(item.document_id)
    if item.page is not None:
        parts.append(say("page", language, page=item.page))
    if item.row is not None:
        parts.append(say("row", language, row=item.row))
    return " · ".join(parts)


def _writing(receipt: Receipt, language: ReplyLanguage) -> str:
    wrote = receipt.wrote
    if not receipt.drafted and wrote is None:
        return ""
    if wrote is None:
        return say("by documents", language)
    if receipt.answer["mode"] == "llm":
        return say("by model", language, model=wrote.name)
    if wrote.failure is not None:
        return say("model failed", language, model=wrote.name, code=wrote.failure)
    return say("model discarded", language, model=wrote.name)


def _sentence(item: Drafted, receipt: Receipt, language: ReplyLanguage) -> SentenceReason:
    found = {passage.passage_id: passage for passage in receipt.found}
    names = [found[name].title for name, _, _ in item.rests_on if name in found]
    place = say("words joiner", language).join(dict.fromkeys(names)) or "?"
    is_own_words = item.score >= 1.0 and (receipt.wrote is None or receipt.answer["mode"] == "extractive")
    if item.fate == "kept":
        why = say("own words" if is_own_words else "agrees", language, place=place)
    elif item.fate == "repeated":
        why = say("repeated", language)
    else:
        why = say(item.fate, language, place=place, why=_why_not(item, language))
    return SentenceReason(item.text, item.fate, why)


def _why_not(item: Drafted, language: ReplyLanguage) -> str:
    reason, _, what = (item.reason or "unsupported").partition(": ")
    if reason == "not in the cited text" and not what:
        return say("unsupported", language)
    try:
        return say(reason, language, what=what, share=share(item.score))
    except KeyError:  # a reason of another version
        return say("unsupported", language)


def _decision(receipt: Receipt, language: ReplyLanguage) -> list[str]:
    """The groups that move the judgement most; those that speak for the outcome come first, and never none of them."""
    features = receipt.judged.features
    moved = {
        aspect: sum(
            weight * (value - _MIDDLE.get(name, 0.0))
            for name in names
            if name in features
            for value, weight in [features[name]]
        )
        for aspect, names in _ASPECTS.items()
    }
    is_declined = receipt.judged.confidence < receipt.judged.threshold
    ordered = sorted(
        ((aspect, by) for aspect, by in moved.items() if by),
        key=lambda pair: ((pair[1] > 0) == is_declined, -abs(pair[1])),
    )
    told = [
        (aspect, by)
        for number, (aspect, by) in enumerate(ordered)
        if abs(by) >= _TELLING or (number == 0 and (by < 0) == is_declined)
    ]
    is_crossing = features.get("crossing", (0.0, 0.0))[0] >= _CROSSING
    lines = []
    for aspect, by in told[:_MOST_TOLD]:
        name = "crossing" if aspect == "words" and is_crossing else aspect
        lines.append(
            say("for" if by > 0 else "against", language, what=say(f"{'+' if by > 0 else '-'}{name}", language))
        )
    return lines
