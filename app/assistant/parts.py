"""A message that asks several things: each part is judged by itself, and what nothing answers is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import compress

from app.assistant.coordinated import contrasted, names
from app.assistant.finding import EvidenceFinder, Finding, Look
from app.assistant.follow_up import standalone_question
from app.domain import Evidence, Message, renumbered
from app.retrieval.given import GivenPassages
from app.retrieval.retriever import Retrieved, Searchable
from index.types import Query

_ROOM_OF_A_PART = 0.6
"""Of what the reader can see: reading is what an answer costs, and several parts take several readings. Passages
that are handed in are few and in no order: what answers may stand in any of them, and half of it is soon missed."""


_READINGS = 3
"""Of a part that nothing handed in answers at first: where one part is answered the others mostly are. Of 11 such parts
of RGB's Chinese questions 5 are found in what is read later, and 1 is taken for what it is not. Of documents, where a
search has put what answers in front, it is one golden question of 327, for three readings each."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is asked."""

    question: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Divided:
    """What was found for a message, part by part."""

    finding: Finding
    """Of all that is to be answered together."""
    answered: tuple[Part, ...]
    """The parts that are to be answered; the message itself where it is not in parts."""
    judged: Part
    """The surest, whose features say why."""
    missing: tuple[str, ...] = ()
    """The parts that nothing answers; empty unless another part is answered."""

    @property
    def is_outlined(self) -> bool:
        """Whether a part is answered by the main points of a document."""
        return any(part.finding.overview is not None for part in self.answered)


def divided(
    parts: Sequence[str],
    *,
    query: Query,
    finder: EvidenceFinder,
    source: Searchable,
    answers: Callable[[Finding], bool],
    second: Callable[[str, Finding], Finding] = lambda _question, finding: finding,
) -> Divided:
    """Look each part up and judge it by itself; one that leans on the first is asked behind it.

    Confidence is that of the surest of all, so that a stricter threshold never answers a message that a milder one
    declines; where no part is answered the surest is what there is. Of a part that is not answered beside one that is,
    more of what was handed in is read, and then a `second` opinion heard.
    """
    words, is_handed_in = contrasted(parts), isinstance(source, GivenPassages)
    room = 1.0 if len(parts) == 1 or is_handed_in else _ROOM_OF_A_PART
    asked = [parts[0], *(standalone_question(part, [Message("user", parts[0])]) for part in parts[1:])]

    def of_its_own(at: int, finding: Finding) -> Finding:
        return finding if words is None else _of_its_own(finding, words[at], words[1 - at])

    findings = [of_its_own(at, found) for at, found in enumerate(finder.find_all(asked, query, source, room=room))]
    if len(parts) > 1 and any(map(answers, findings)):
        for at, finding in enumerate(findings):
            if not answers(finding) and is_handed_in:
                text = asked[at]
                more = finder.find(text, replace(query, text=text), source, readings=_READINGS)
                finding = max(finding, of_its_own(at, more), key=lambda found: found.confidence)
            findings[at] = finding if answers(finding) else second(parts[at], finding)
    found = [Part(part, finding) for part, finding in zip(parts, findings, strict=True)]
    best = max(found, key=lambda part: part.finding.confidence)
    answered = [part for part in found if answers(part.finding)]
    if len(answered) < 2:
        missing = tuple(part.question for part in found if part is not best) if answered else ()
        return Divided(best.finding, (best,), best, missing)
    evidence = _merged([part.finding.evidence for part in answered])
    look = _look_of_all(best.finding, [part.finding for part in answered], evidence)
    missing = tuple(part.question for part in found if not answers(part.finding))
    return Divided(replace(best.finding, evidence=evidence, look=look), tuple(answered), best, missing)


def _of_its_own(finding: Finding, own: str, rival: str) -> Finding:
    """Without what speaks of the other thing alone; nothing is sure when no sentence names the own one any more."""
    named = [names(f"{item.passage.context}\n{item.row_name}\n{item.quote}", own) for item in finding.evidence]
    is_kept = [is_own or not names(item.quote, rival) for item, is_own in zip(finding.evidence, named, strict=True)]
    kept = list(compress(finding.evidence, is_kept))
    if len(kept) == len(finding.evidence):
        return finding
    is_named = any(named)
    return replace(finding, evidence=tuple(renumbered(kept)), confidence=finding.confidence if is_named else 0.0)


def _merged(evidence: Sequence[Sequence[Evidence]]) -> tuple[Evidence, ...]:
    """The evidence of all parts, the best of each first; what several found stands once."""
    longest = max(map(len, evidence))
    places: dict[tuple[str, int, int], Evidence] = {}
    for at in range(longest):
        for items in evidence:
            if at < len(items):
                places.setdefault((items[at].passage.passage_id, items[at].first, items[at].last), items[at])
    return tuple(renumbered(list(places.values())))


def _look_of_all(best: Finding, findings: Sequence[Finding], evidence: tuple[Evidence, ...]) -> Look | None:
    """What the surest part rests on, with the passages and evidence of the others."""
    look = best.look
    if look is None:
        return None
    known = {item.passage.passage_id for item in look.retrieved}
    others: dict[str, Retrieved] = {}
    for finding in findings:
        for item in finding.look.retrieved if finding.look is not None else ():
            if item.passage.passage_id not in known:
                others.setdefault(item.passage.passage_id, item)
    retrieved = [*look.retrieved[: look.own], *others.values(), *look.retrieved[look.own :]]
    return replace(look, retrieved=retrieved, evidence=evidence)
