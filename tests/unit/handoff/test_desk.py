from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.conversations.errors import ConversationMissing
from app.handoff import trail
from app.handoff.errors import TicketMissing, TicketTaken, TransitionRefused
from app.handoff.policy import AgentProfile
from tests.desk import BOSS, LI, WANG, WholeDesk


def test_a_hand_off_waits_with_a_clock_and_the_customer_knows_until_when(desk: WholeDesk) -> None:
    ticket = desk.hand_off()

    assert (desk.state(), desk.status()) == ("queued", "waiting")
    assert ticket.expected_by == desk.time.now + timedelta(minutes=30)
    assert "30 分钟内" in ticket.message.zh
    assert desk.published[0][0] == "handoff.opened"
    assert "preview" not in desk.published[0][1], "the customer's words stay here"


def test_a_hand_off_of_a_conversation_that_is_none_leaves_nothing(desk: WholeDesk) -> None:
    with pytest.raises(ConversationMissing):
        desk.desk.open(desk.packet("never"))

    assert desk.moves.find("never") is None


def test_handing_over_twice_keeps_the_ticket_and_the_clock_and_takes_the_weightier_reason(desk: WholeDesk) -> None:
    first = desk.hand_off()
    desk.time.pass_by(minutes=10)

    again = desk.desk.open(desk.packet(reason="risk", risk="injury: 烫伤"))

    assert (again.ticket_id, again.expected_by) == (first.ticket_id, first.expected_by)
    found = desk.moves.find("c1")
    assert found is not None
    assert (found.priority, found.packet["risk"]) == ("urgent", "injury: 烫伤")


def test_somebody_who_may_hurt_themselves_is_told_where_help_is_at_once(desk: WholeDesk) -> None:
    ticket = desk.hand_off(text="我不想活了", reason="risk", risk="self_harm: 不想活")

    assert "12356" in ticket.message.zh.split("。")[1]
    assert "emergency" in ticket.message.en


def test_a_risk_is_named_by_its_topic_whatever_the_caller_says_of_it(desk: WholeDesk) -> None:
    ticket = desk.hand_off(text="我不想活了", reason="risk", risk="我不想活了")

    assert "12356" in ticket.message.zh
    assert desk.moves.hold("c1").packet["risk"] == "self_harm: 不想活"


def test_an_agent_who_is_there_gets_it_and_the_least_loaded_first(desk: WholeDesk) -> None:
    desk.clock.beat("li", "online")
    desk.hand_off("c1")
    desk.clock.beat("wang", "online")
    desk.hand_off("c2")
    desk.hand_off("c3")

    assert [desk.moves.hold(key).agent for key in ("c1", "c2", "c3")] == ["li", "wang", "li"]
    assert desk.told("c1") == ["joined"]
    assert desk.status("c1") == "with_agent"


def test_skills_language_capacity_and_away_are_heeded(make_desk: Callable[..., WholeDesk]) -> None:
    desk = make_desk(
        agents={
            "li": AgentProfile(skills=frozenset({"payments"})),
            "wang": AgentProfile(languages=frozenset({"en"})),
            "zhao": AgentProfile(capacity=1),
            "qian": AgentProfile(),
        }
    )
    for name in ("li", "wang", "zhao"):
        desk.clock.beat(name, "online")
    desk.clock.beat("qian", "away")

    desk.hand_off("c1", topic="returns")
    desk.hand_off("c2", topic="returns")
    desk.hand_off("c3", topic="returns", language="en")

    assert [ticket.agent for ticket in map(desk.moves.hold, ("c1", "c2", "c3"))] == ["zhao", None, "wang"]


def test_an_agent_who_answers_stops_the_clock_and_the_customers_next_message_starts_it(desk: WholeDesk) -> None:
    desk.hand_off()
    desk.inbox.assign("c1", to="li", by=LI)

    desk.inbox.reply("c1", "您好，我来帮您看一下。", by=LI)
    assert desk.state() == "answered"
    assert desk.moves.hold("c1").waiting_since is None
    desk.time.pass_by(minutes=5)
    told = desk.desk.customer_wrote(desk.say("订单 A1"))

    assert told is None, "an agent sees it"
    ticket = desk.moves.hold("c1")
    assert (ticket.state, ticket.due_at) == ("assigned", desk.time.now + timedelta(minutes=15))
    assert [m.role for m in desk.store.messages("c1")] == ["customer", "system", "agent", "customer"]


def test_a_reply_to_what_waits_takes_it_and_a_repeated_request_sends_once(desk: WholeDesk) -> None:
    desk.hand_off()

    first = desk.inbox.reply("c1", " 您好 ", by=LI, request_id="r1")
    again = desk.inbox.reply("c1", " 您好 ", by=LI, request_id="r1")

    assert (first.message_id, first.text, first.author) == (again.message_id, "您好", "li")
    assert [m.text for m in desk.store.messages("c1") if m.role == "agent"] == ["您好"]
    assert [name for name, _ in desk.published].count("message.from_agent") == 1


def test_nobody_answers_in_a_conversation_of_another_but_a_supervisor(desk: WholeDesk) -> None:
    desk.hand_off()
    desk.inbox.assign("c1", to="li", by=LI)

    with pytest.raises(TicketTaken, match="li has this"):
        desk.inbox.reply("c1", "我来", by=WANG)
    with pytest.raises(TicketTaken):
        desk.inbox.assign("c1", to="wang", by=WANG)
    with pytest.raises(TicketTaken):
        desk.inbox.resolve("c1", by=WANG)
    with pytest.raises(TransitionRefused, match="no agent 'wang' at work"):
        desk.inbox.assign("c1", to="wang", by=BOSS)
    desk.clock.beat("wang", "online")
    assert desk.inbox.assign("c1", to="wang", by=BOSS).agent == "wang"


def test_taking_what_one_has_changes_nothing(desk: WholeDesk) -> None:
    desk.hand_off()

    first = desk.inbox.assign("c1", to="li", by=LI)

    assert desk.inbox.assign("c1", to="li", by=LI) == first
    assert desk.told() == ["joined"]


def test_a_browser_that_goes_away_brings_the_conversation_back_with_a_word_to_the_customer(desk: WholeDesk) -> None:
    desk.clock.beat("li", "online")
    desk.hand_off()
    desk.time.pass_by(seconds=60)
    assert desk.clock.tick().is_quiet

    desk.time.pass_by(seconds=90)
    done = desk.clock.tick()

    assert (done.lapsed, done.requeued) == (1, 1)
    assert (desk.state(), desk.status()) == ("queued", "waiting")
    assert desk.told() == ["joined", "agent_gone"]
    assert desk.moves.hold("c1").due_at == desk.time.now - timedelta(seconds=150) + timedelta(minutes=30), "it goes on"


def test_it_goes_to_a_colleague_who_is_there(desk: WholeDesk) -> None:
    desk.clock.beat("li", "online")
    desk.hand_off()
    desk.time.pass_by(seconds=100)
    desk.clock.beat("wang", "online")
    desk.time.pass_by(seconds=30)

    desk.clock.tick()

    assert desk.moves.hold("c1").agent == "wang"
    assert desk.told() == ["joined", "joined"]


def test_what_was_answered_stays_until_the_customer_writes_to_an_agent_who_is_gone(desk: WholeDesk) -> None:
    desk.clock.beat("li", "online")
    desk.hand_off()
    desk.inbox.reply("c1", "请稍等", by=LI)
    desk.time.pass_by(minutes=10)
    desk.clock.tick()
    assert desk.moves.hold("c1").agent == "li"

    told = desk.desk.customer_wrote(desk.say("在吗"))

    assert told is not None
    assert "其他同事接手" in told.zh
    assert desk.state() == "queued"


def test_an_agent_without_a_page_is_never_taken_to_be_gone(desk: WholeDesk) -> None:
    desk.hand_off()
    desk.inbox.assign("c1", to="li", by=LI)
    desk.time.pass_by(minutes=10)

    desk.clock.tick()

    assert desk.moves.hold("c1").agent == "li"


def test_while_they_wait_every_message_gets_a_word(desk: WholeDesk) -> None:
    desk.hand_off()

    told = desk.desk.customer_wrote(desk.say("订单号是 A1"))

    assert told is not None
    assert told.zh.startswith("收到")
    assert desk.moves.hold("c1").preview == "订单号是 A1"


def test_a_risk_that_comes_up_while_they_wait_moves_them_forward(desk: WholeDesk) -> None:
    desk.hand_off()

    told = desk.desk.customer_wrote(desk.say("我不想活了"))

    assert told is not None
    assert "12356" in told.zh
    assert desk.moves.hold("c1").priority == "urgent"


def test_a_clock_that_runs_out_in_the_queue_tells_the_customer_and_presses(desk: WholeDesk) -> None:
    desk.hand_off()
    desk.time.pass_by(minutes=30)

    desk.clock.tick()

    ticket = desk.moves.hold("c1")
    assert (ticket.state, ticket.priority, ticket.breaches) == ("queued", "urgent", 1)
    assert ticket.due_at == desk.time.now + timedelta(minutes=10), "five for what is urgent, doubled"
    assert desk.told() == ["late"]
    assert desk.published[-1][0] == "sla.breached"


def test_skills_count_no_more_once_the_clock_has_run_out(make_desk: Callable[..., WholeDesk]) -> None:
    desk = make_desk(agents={"li": AgentProfile(skills=frozenset({"payments"}))})
    desk.hand_off(topic="returns")
    desk.clock.beat("li", "online")
    assert desk.state() == "queued"
    desk.time.pass_by(minutes=29)
    desk.clock.beat("li", "online")
    desk.time.pass_by(minutes=1)

    desk.clock.tick()

    assert desk.moves.hold("c1").agent == "li"


def test_what_is_late_twice_goes_to_a_supervisor_whatever_they_have(make_desk: Callable[..., WholeDesk]) -> None:
    desk = make_desk(agents={"boss": AgentProfile(capacity=1, is_supervisor=True)})
    desk.clock.beat("boss", "online")
    desk.hand_off("c1")
    desk.hand_off("c2")
    desk.inbox.reply("c1", "请稍等", by=BOSS)
    for minutes in (30, 10):
        desk.time.pass_by(minutes=minutes)
        desk.presence.note("boss", "online")
        desk.clock.tick()

    assert desk.moves.hold("c2").agent == "boss"


def test_an_agent_who_lets_it_run_out_twice_loses_it(desk: WholeDesk) -> None:
    desk.hand_off()
    desk.inbox.assign("c1", to="li", by=LI)
    desk.time.pass_by(minutes=30)
    desk.clock.tick()
    assert desk.moves.hold("c1").agent == "li"

    desk.time.pass_by(minutes=10)
    desk.clock.tick()

    assert (desk.state(), desk.moves.hold("c1").hand_overs) == ("queued", 1)
    assert desk.told() == ["joined", "late", "late"]


def test_at_night_clocks_stand_still(desk: WholeDesk) -> None:
    desk.time.pass_by(hours=7, minutes=50)  # ten to six in the evening
    desk.hand_off()
    desk.time.pass_by(hours=8)

    assert desk.clock.tick().is_quiet
    assert desk.moves.hold("c1").due_at is not None


def test_giving_back_needs_an_answer_first(desk: WholeDesk) -> None:
    desk.hand_off()
    desk.inbox.assign("c1", to="li", by=LI)
    with pytest.raises(TransitionRefused, match="Reply first"):
        desk.inbox.release("c1", by=LI, to_assistant=True)
    desk.inbox.reply("c1", "好了", by=LI)

    desk.inbox.release("c1", by=LI, to_assistant=True)

    assert (desk.state(), desk.status(), desk.told()[-1]) == ("returned", "open", "given_back")
    assert not desk.desk.holds("c1")


def test_to_and_fro_ends_with_a_supervisor(make_desk: Callable[..., WholeDesk]) -> None:
    desk = make_desk(agents={"boss": AgentProfile(is_supervisor=True)}, max_hand_overs=2, auto_assign=False)
    desk.hand_off()
    for _ in range(2):
        desk.inbox.reply("c1", "好了", by=LI)
        desk.inbox.release("c1", by=LI, to_assistant=True)
        desk.desk.open(desk.packet())
    desk.inbox.assign("c1", to="li", by=LI)
    desk.inbox.release("c1", by=LI)

    with pytest.raises(TransitionRefused, match="only a supervisor"):
        desk.inbox.assign("c1", to="wang", by=WANG)
    desk.inbox.reply("c1", "我来处理", by=BOSS)
    with pytest.raises(TransitionRefused, match="answer and resolve"):
        desk.inbox.release("c1", by=BOSS, to_assistant=True)
    assert desk.inbox.resolve("c1", by=BOSS).state == "resolved"


def test_resolved_is_told_and_reopened_by_writing_with_the_same_agent(desk: WholeDesk) -> None:
    for name in ("li", "wang"):
        desk.clock.beat(name, "online")
    desk.hand_off()
    agent = desk.moves.hold("c1").agent
    desk.inbox.reply("c1", "好了", by=BOSS)
    desk.inbox.resolve("c1", by=BOSS)
    assert (desk.status(), desk.told()[-1], desk.desk.holds("c1")) == ("resolved", "resolved", True)

    told = desk.desk.customer_wrote(desk.say("还是没有收到退款"))

    assert told is None, "an agent sees it"
    assert (desk.state(), desk.moves.hold("c1").agent) == ("assigned", agent)


def test_thanks_after_the_end_do_not_reopen(desk: WholeDesk) -> None:
    desk.hand_off()
    desk.inbox.reply("c1", "好了", by=LI)
    desk.inbox.resolve("c1", by=LI)

    told = desk.desk.customer_wrote(desk.say("谢谢啦"))

    assert told is not None
    assert told.zh.startswith("不客气")
    assert desk.state() == "resolved"


def test_long_after_the_end_the_assistant_has_it(desk: WholeDesk) -> None:
    desk.hand_off()
    desk.inbox.resolve("c1", by=LI)
    desk.time.pass_by(hours=73)

    assert not desk.desk.holds("c1")


def test_a_customer_who_falls_silent_is_taken_to_be_served_and_told(desk: WholeDesk) -> None:
    desk.hand_off()
    desk.inbox.reply("c1", "请提供订单号", by=LI)
    desk.time.pass_by(hours=48)

    desk.clock.tick()

    assert (desk.state(), desk.told()[-1]) == ("resolved", "resolved")


def test_an_agent_takes_over_from_the_assistant_unasked(desk: WholeDesk) -> None:
    desk.begin()
    desk.say("怎么退货？")
    desk.say("七天内可以退货。", role="assistant")

    ticket = desk.inbox.assign("c1", to="li", by=LI)

    assert (ticket.reason, ticket.state, desk.status()) == ("taken", "assigned", "with_agent")
    assert "怎么退货" in ticket.summary.zh


def test_a_turn_that_began_before_an_agent_took_over_does_not_undo_it(desk: WholeDesk) -> None:
    old = desk.begin()
    with desk.store.turn("c1"):
        desk.inbox.assign("c1", to="li", by=LI)
        desk.store.update(old)

    assert desk.status() == "with_agent"


def test_notes_and_labels_are_kept_and_no_customer_hears_of_them(desk: WholeDesk) -> None:
    desk.hand_off()

    desk.inbox.note("c1", "老客户，语气客气些", by=LI)
    labels = desk.inbox.label("c1", add=["退款", " VIP "], remove=["其他"])

    assert list(labels) == ["VIP", "退款"]
    assert desk.store.messages("c1")[-1].role == "note"
    assert desk.state() == "queued"


def test_everything_leaves_a_trail(desk: WholeDesk) -> None:
    desk.hand_off()
    desk.inbox.assign("c1", to="li", by=LI)
    desk.inbox.reply("c1", "好了", by=LI)
    desk.inbox.resolve("c1", by=LI)

    found = [(event["event"], event["from"], event["to"], event["actor"]) for event in trail(desk.database, "c1")]

    assert found == [
        ("opened", None, "queued", "assistant"),
        ("assigned", "queued", "assigned", "agent:li"),
        ("replied", "assigned", "answered", "agent:li"),
        ("resolved", "answered", "resolved", "agent:li"),
    ]


def test_erasing_a_conversation_erases_its_hand_off(desk: WholeDesk) -> None:
    desk.hand_off()

    assert desk.store.erase(conversation_id="c1") == 1

    assert desk.moves.find("c1") is None
    assert trail(desk.database, "c1") == []


def test_what_was_never_handed_off_is_said_so(desk: WholeDesk) -> None:
    desk.begin()

    with pytest.raises(TicketMissing):
        desk.inbox.reply("c1", "您好", by=LI)
    with pytest.raises(TicketMissing):
        desk.desk.customer_wrote(desk.say("在吗"))
    with pytest.raises(TicketMissing):
        desk.inbox.assign("never", to="li", by=LI)


def test_what_goes_wrong_in_the_middle_leaves_nothing(desk: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.hand_off()
    monkeypatch.setattr(desk.store, "add", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        desk.inbox.reply("c1", "您好", by=LI)

    assert (desk.state(), desk.status()) == ("queued", "waiting")
    assert len(trail(desk.database, "c1")) == 1
