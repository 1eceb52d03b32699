"""The way of a gap, with an embedder of five words and a base that is a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from app.database import Database
from app.insight.errors import DraftInvalid, GapMissing, GapStepInvalid
from app.insight.events import ServiceEvents
from app.insight.gaps.desk import GapDesk
from app.insight.gaps.drafting import Drafter
from app.insight.gaps.effect import Rate, change_interval
from app.insight.gaps.gap import Entry
from app.insight.gaps.mining import GapMiner
from app.insight.gaps.space import QuestionVectors
from app.insight.gaps.store import GapStore
from tests.unit.insight.conftest import NOON, Event, TopicEmbedder

REPLY = "We do not rent out tents at present."


class Base:
    """Takes articles, and tells the time."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.now = NOON + timedelta(days=1)

    def publish(self, files: Mapping[str, bytes]) -> Sequence[str]:
        self.files |= files
        return [f"upload/{name}" for name in files]

    def clock(self) -> datetime:
        return self.now


@pytest.fixture
def base() -> Base:
    return Base()


@pytest.fixture
def desk(log: ServiceEvents, database: Database, base: Base) -> GapDesk:
    embedder = TopicEmbedder(("rent", "invoice"))
    return GapDesk(
        log,
        GapStore(database, clock=base.clock),
        GapMiner(QuestionVectors(embedder, database)),
        Drafter(embedder.embed_queries),
        base.publish,
        clock=base.clock,
    )


def ask(log: ServiceEvents, event: Event, numbers: range, *, declined: bool = True, after_s: float = 0) -> None:
    for number in numbers:
        kind = "declined" if declined else "answered"
        log.append(
            event(kind, f"c{number}", after_s + number, text=f"can i rent a tent {number}", confidence=0.1,
                  event_id=f"q{number}"),
        )  # fmt: skip
        if declined:
            log.append(
                event("handed_off", f"c{number}", after_s + number + 0.1, reason="failed"),
                event("agent_replied", f"c{number}", after_s + number + 0.2, text=f"Hello! {REPLY}"),
            )


def test_from_the_log_to_the_base(log: ServiceEvents, event: Event, desk: GapDesk, base: Base) -> None:
    ask(log, event, range(4))
    figures = desk.mine()
    (gap,) = desk.all(state="open")

    desk.draft(gap.gap_id, by="ana")
    desk.approve(gap.gap_id, by="bo", note="checked with the store")
    published = desk.publish(gap.gap_id, by="bo")

    assert (figures["not_covered"], figures["went_wrong"]) == (1, 4)
    (name,) = base.files
    assert base.files[name].decode() == f"# {gap.label_en}\n\n{REPLY}\n"
    assert published.documents == (f"upload/{name}",)
    steps = [(step.state, step.by) for step in desk.get(gap.gap_id).steps]
    assert steps == [("open", "mining"), ("drafted", "ana"), ("approved", "bo"), ("published", "bo")]


def test_a_later_run_knows_the_gap_again_and_leaves_what_people_did(
    log: ServiceEvents, event: Event, desk: GapDesk
) -> None:
    ask(log, event, range(4))
    desk.mine()
    (gap,) = desk.all()
    desk.dismiss(gap.gap_id, by="ana", note="never")
    ask(log, event, range(4, 9))
    desk.mine()

    (again,) = desk.all()
    assert (again.gap_id, again.state, again.questions) == (gap.gap_id, "dismissed", 9)


def test_the_effect_of_an_article_is_measured(log: ServiceEvents, event: Event, desk: GapDesk, base: Base) -> None:
    ask(log, event, range(4))
    desk.mine()
    (gap,) = desk.all()
    desk.draft(gap.gap_id, by="ana")
    desk.approve(gap.gap_id, by="ana")
    desk.publish(gap.gap_id, by="ana")
    ask(log, event, range(10, 17), declined=False, after_s=2 * 86_400)
    base.now += timedelta(days=5)
    desk.mine()

    effect = desk.get(gap.gap_id).gap.effect
    assert effect is not None
    assert (effect["declined"]["before"]["count"], effect["declined"]["before"]["of"]) == (4, 4)
    assert (effect["declined"]["after"]["count"], effect["declined"]["after"]["of"]) == (0, 7)
    assert effect["declined"]["change"]["value"] == -1
    assert effect["declined"]["change"]["high"] < 0


def test_the_change_of_two_shares_has_the_interval_of_the_paper() -> None:
    # Newcombe 1998, table II, method 10: 56/70 - 48/80 is .2000, from .0524 to .3339.
    low, high = change_interval(Rate(48, 80), Rate(56, 70)) or (0.0, 0.0)

    assert (low, high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert change_interval(Rate(0, 0), Rate(1, 2)) is None


def test_steps_out_of_order_are_refused(log: ServiceEvents, event: Event, desk: GapDesk) -> None:
    ask(log, event, range(4))
    desk.mine()
    (gap,) = desk.all()

    with pytest.raises(GapStepInvalid, match="only an approved draft"):
        desk.publish(gap.gap_id, by="ana")
    with pytest.raises(GapStepInvalid, match="dismissed, drafted, not approved"):
        desk.approve(gap.gap_id, by="ana")
    for name in ("", "abc", "ffffffff", "%%%%"):
        with pytest.raises(GapMissing):
            desk.get(name)
    assert desk.get(gap.gap_id[:8]).gap.gap_id == gap.gap_id


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (Entry("能租吗", "  "), "no answer in any language"),
        (Entry(" ", "不能。"), "no question"),
        (Entry("能租吗", "请联系[…]。"), "personal"),
        (Entry("我叫王小明，能租吗", "不能。"), "one customer"),
    ],
)
def test_drafts_that_may_not_be_published_are_not_approved(
    log: ServiceEvents, event: Event, desk: GapDesk, entry: Entry, message: str
) -> None:
    ask(log, event, range(4))
    desk.mine()
    (gap,) = desk.all()
    desk.draft(gap.gap_id, by="ana", entries={"zh": entry, "en": Entry("x", "")})

    with pytest.raises(DraftInvalid, match=message):
        desk.approve(gap.gap_id, by="ana")


def test_what_a_reviewer_writes_takes_the_place_of_the_draft(log: ServiceEvents, event: Event, desk: GapDesk) -> None:
    ask(log, event, range(4))
    desk.mine()
    (gap,) = desk.all()
    desk.draft(gap.gap_id, by="ana")
    written = desk.draft(gap.gap_id, by="ana", entries={"zh": Entry("能租帐篷吗", "目前不出租。")}).draft

    assert written is not None
    assert written.entries["zh"].answer == "目前不出租。"
    assert written.entries["en"].answer == REPLY
    with pytest.raises(DraftInvalid, match="Divide it"):
        desk.draft(gap.gap_id, by="ana", entries={"zh": Entry("能租帐篷吗", "长" * 9000)})


def test_questions_whose_words_were_erased_leave_the_gap(log: ServiceEvents, event: Event, desk: GapDesk) -> None:
    ask(log, event, range(4))
    desk.mine()
    (gap,) = desk.all()
    log.erase(conversation_id="c0")

    assert [item.event_id for item in desk.get(gap.gap_id).questions] == ["q3", "q2", "q1"]
