"""Random orders of everything that can happen at a desk, with what must never be so checked after each event."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from app.conversations.tables import conversations
from app.database import Database
from app.domain.handoff import HandOffReason
from app.handoff import trail
from app.handoff.errors import HandOffError
from app.handoff.faults import faults_of
from app.handoff.inbox import Agent
from app.handoff.machine import WITH_AGENT
from app.handoff.policy import AgentProfile, HandOffPolicy
from tests.desk import BOSS, LI, OFFICE, WANG, WholeDesk

AGENTS = (LI, WANG, BOSS)
WORDS = ("在吗", "还没有收到", "where is my parcel?", "谢谢", "👍", "我要投诉", "手被烫伤了", "ok", "订单 A1 退款")
PATIENCE = timedelta(minutes=1)
REASONS: tuple[HandOffReason, ...] = ("asked", "failed", "anger", "risk", "money", "vip", "policy", "agent_only")


@dataclass
class Outcome:
    """What went wrong in one order of events; empty is well."""

    faults: list[str] = field(default_factory=list)
    events: int = 0
    refused: int = 0
    hand_offs: int = 0

    def count(self, kind: str) -> int:
        """How many of lost, silent or loop."""
        return sum(f": {kind}:" in fault for fault in self.faults)


class Simulation:
    """One order of events. The assistant answers what it has; the desk has to take care of the rest."""

    def __init__(self, seed: int, database: Database) -> None:
        """`database` may have been used by others, whose conversations are gone."""
        self.keys = tuple(f"s{seed}-{number}" for number in range(3))
        self.random = random.Random(seed)
        policy = HandOffPolicy(
            hours=OFFICE if seed % 3 else type(OFFICE)(),
            auto_assign=bool(seed % 2),
            agents={"li": AgentProfile(skills=frozenset({"returns"})), "boss": AgentProfile(is_supervisor=True)},
        )
        self.desk = WholeDesk(database, policy)
        self.outcome = Outcome()

    def run(self, events: int) -> Outcome:
        actions: list[tuple[int, Callable[[], None]]] = [
            (6, self.customer_writes), (3, self.assistant_hands_off), (3, self.agent_takes), (4, self.agent_replies),
            (3, self.agent_releases), (3, self.agent_gives_back), (2, self.agent_passes_on), (1, self.agent_resolves),
            (1, self.agent_reopens), (3, self.agent_comes), (1, self.agent_leaves), (6, self.time_goes_by),
        ]  # fmt: skip
        for key in self.keys:
            self.desk.begin(key)
        weighted = [action for weight, action in actions for _ in range(weight)]
        for _ in range(events):
            try:
                self.random.choice(weighted)()
            except HandOffError:
                self.outcome.refused += 1
            self.outcome.events += 1
            self.check()
        self.end()
        for agent in AGENTS:
            self.desk.clock.beat(agent.name, "offline")
        for key in self.keys:
            self.desk.store.erase(conversation_id=key)
        return self.outcome

    def customer_writes(self) -> None:
        key = self.conversation()
        message = self.desk.say(self.random.choice(WORDS), key)
        if not self.desk.desk.holds(key):
            if self.random.random() < 0.7:
                self.desk.say("（助手的回答）", key, role="assistant")
            else:
                self.hand_off(key)
            return
        told = self.desk.desk.customer_wrote(message)
        if told is not None:
            assert told.zh
            assert told.en
            self.desk.say(told.zh, key, role="assistant")
            return
        ticket = self.desk.moves.find(key)
        if ticket is None or ticket.state != "assigned" or ticket.due_at is None:
            self.fault(key, "silent: a message without a word, and nobody has it")
        elif self.desk.assignment.is_gone(ticket.agent):
            self.fault(key, "silent: a message for an agent who is gone")

    def assistant_hands_off(self) -> None:
        key = self.conversation()
        self.desk.say("转人工", key)
        self.hand_off(key)

    def hand_off(self, key: str) -> None:
        reason = self.random.choice(REASONS)
        ticket = self.desk.desk.open(
            self.desk.packet(key, reason, topic=self.random.choice(("", "returns", "payments")))
        )
        self.outcome.hand_offs += 1
        if not ticket.message.zh or ticket.expected_by is None:
            self.fault(key, "silent: handed off without a word")
        self.desk.say(ticket.message.zh, key, role="assistant")

    def agent_takes(self) -> None:
        agent = self.agent()
        self.desk.inbox.assign(self.conversation(), to=agent.name, by=agent)

    def agent_passes_on(self) -> None:
        self.desk.inbox.assign(self.conversation(), to=self.agent().name, by=self.agent())

    def agent_replies(self) -> None:
        self.desk.inbox.reply(self.conversation(), "您好", by=self.agent())

    def agent_releases(self) -> None:
        self.desk.inbox.release(self.conversation(), by=self.agent())

    def agent_gives_back(self) -> None:
        self.desk.inbox.release(self.conversation(), by=self.agent(), to_assistant=True)

    def agent_resolves(self) -> None:
        self.desk.inbox.resolve(self.conversation(), by=self.agent())

    def agent_reopens(self) -> None:
        self.desk.inbox.reopen(self.conversation(), by=self.agent())

    def agent_comes(self) -> None:
        self.desk.clock.beat(self.agent().name, self.random.choice(("online", "online", "away")))

    def agent_leaves(self) -> None:
        self.desk.clock.beat(self.agent().name, "offline")

    def time_goes_by(self) -> None:
        self.desk.time.pass_by(seconds=self.random.choice((1, 30, 130, 400, 1200, 4000, 30_000, 200_000)))
        self.desk.clock.tick()

    def check(self) -> None:
        with self.desk.database.reading() as connection:
            rows = connection.execute(select(conversations.c.conversation_id, conversations.c.status)).all()
        known = {ticket.conversation_id: ticket for ticket in self.desk.moves.select()}
        for key, status in rows:
            ticket = known.get(key)
            if ticket is None:
                if status in ("waiting", "with_agent"):
                    self.fault(key, f"lost: {status} and not at the desk")
                continue
            most = self.desk.policy.max_hand_overs
            for fault in faults_of(ticket, status, now=self.desk.time.now, max_hand_overs=most, patience=PATIENCE):
                self.fault(key, fault)
            is_with_other = ticket.state in WITH_AGENT and ticket.agent != BOSS.name
            if ticket.is_for_supervisor and is_with_other and not self.was_given_by_boss(key):
                self.fault(key, "loop: past the limit and with an ordinary agent")

    def was_given_by_boss(self, key: str) -> bool:
        gave = [event["actor"] for event in trail(self.desk.database, key) if event["event"] == "assigned"]
        return bool(gave) and gave[-1] == "agent:boss"

    def end(self) -> None:
        """Nobody does anything any more: clocks alone must not keep a conversation going to and fro."""
        before = {key: self.hand_overs(key) for key in self.keys}
        for _ in range(12):
            self.desk.time.pass_by(hours=7)
            self.desk.clock.tick()
            self.check()
        for key in self.keys:
            if self.hand_overs(key) - before[key] > self.desk.policy.max_hand_overs + 1:
                self.fault(key, "loop: it goes on by itself")

    def hand_overs(self, key: str) -> int:
        ticket = self.desk.moves.find(key)
        return ticket.hand_overs if ticket is not None else 0

    def fault(self, key: str, what: str) -> None:
        self.outcome.faults.append(f"{key}: {what}")

    def conversation(self) -> str:
        return self.random.choice(self.keys)

    def agent(self) -> Agent:
        return self.random.choice(AGENTS)
