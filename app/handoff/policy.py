"""What a company sets for hand-offs: triggers, hours, clocks, agents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, cast, get_args

from app.domain.handoff import HandOffReason
from app.handoff.errors import HandOffPolicyInvalid
from app.handoff.hours import BusinessHours

Trigger = Literal["asked", "failed", "anger", "risk", "money", "vip"]
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)
Priority = Literal["urgent", "high", "normal"]
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
"""Most pressing first; their place in this list is how they are stored."""

_OF_REASON: Mapping[HandOffReason, Priority] = {"risk": "urgent", "anger": "high", "money": "high", "vip": "high"}


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """What is known of an agent beforehand; without one somebody with a key of scope `agent` takes everything."""

    skills: frozenset[str] = frozenset()
    """Topics; empty for all."""
    languages: frozenset[str] = frozenset()
    """zh, en; empty for all."""
    capacity: int = 5
    """Conversations at a time that are given to them; they may pull more."""
    is_supervisor: bool = False


@dataclass(frozen=True, slots=True)
class HandOffPolicy:
    """One company's rules. Times of clocks are business time."""

    triggers: frozenset[Trigger] = frozenset(TRIGGERS)
    max_failures: int = 3
    """So many turns in a row without an answer."""
    money_cents: int = 500_000
    """Above it a person decides."""
    vip_tiers: frozenset[str] = frozenset()
    """In lower case."""
    risk_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Topic to words beside the built-in ones; a topic with no words is switched off."""
    hours: BusinessHours = field(default_factory=BusinessHours)
    first_reply: Mapping[Priority, timedelta] = field(
        default_factory=lambda: {p: timedelta(minutes=m) for p, m in zip(PRIORITIES, (5, 15, 30), strict=True)}
    )
    next_reply: Mapping[Priority, timedelta] = field(
        default_factory=lambda: {p: timedelta(minutes=m) for p, m in zip(PRIORITIES, (5, 10, 15), strict=True)}
    )
    max_hand_overs: int = 3
    """Returns to the queue or the assistant after which a supervisor has it."""
    away_after: timedelta = timedelta(seconds=120)
    """Without a sign of life an agent's page is taken to be closed. Browsers let hidden pages run once a minute."""
    reopen_within: timedelta = timedelta(hours=72)
    idle_after: timedelta = timedelta(hours=48)
    """A customer who has not answered an agent for so long is taken to be served."""
    auto_assign: bool = True
    agents: Mapping[str, AgentProfile] = field(default_factory=dict)
    capacity: int = 5
    """Of agents without a profile."""

    def agent(self, name: str) -> AgentProfile:
        """The profile of an agent, or what holds for those without one."""
        return self.agents.get(name, AgentProfile(capacity=self.capacity))

    def takes_escalated(self, name: str) -> bool:
        """Whether an agent gets what went to and fro too often; where no supervisor is named, everybody does."""
        return self.agent(name).is_supervisor or not any(agent.is_supervisor for agent in self.agents.values())

    def priority(self, reason: HandOffReason) -> Priority:
        """How pressing a hand-off for this reason is."""
        return _OF_REASON.get(reason, "normal")


PolicySource = Callable[[], HandOffPolicy]
"""Asked at each use: the company may change it while the service runs."""


def policy_of(values: Mapping[str, Any]) -> HandOffPolicy:
    """From the values of the settings group `handoff`, as JSON. Raises `HandOffPolicyInvalid`."""
    try:
        return _policy(values)
    except HandOffPolicyInvalid:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise HandOffPolicyInvalid(f"The rules of hand-off cannot be read: {error}.") from error


def _policy(values: Mapping[str, Any]) -> HandOffPolicy:
    triggers = frozenset(values["triggers"])
    if unknown := triggers - set(TRIGGERS):
        raise HandOffPolicyInvalid(f"Unknown triggers {', '.join(sorted(unknown))}: there are {', '.join(TRIGGERS)}.")
    supervisors = set(values["supervisors"])
    names = dict.fromkeys([*values["agents"], *sorted(supervisors)])
    return HandOffPolicy(
        triggers=cast("frozenset[Trigger]", triggers),
        max_failures=_whole(values, "max_failures", least=1),
        money_cents=round(float(values["money_above"]) * 100),
        vip_tiers=frozenset(tier.lower() for tier in values["vip_tiers"]),
        risk_words={topic: _phrases(words) for topic, words in values["risk_words"].items()},
        hours=BusinessHours.parse(
            values["timezone"], values["hours"], holidays=values["holidays"], workdays=values["workdays"]
        ),
        first_reply=_minutes(values["first_reply_minutes"], HandOffPolicy().first_reply),
        next_reply=_minutes(values["next_reply_minutes"], HandOffPolicy().next_reply),
        max_hand_overs=_whole(values, "max_hand_overs", least=1),
        away_after=timedelta(seconds=_whole(values, "away_after_s", least=5)),
        reopen_within=timedelta(hours=_whole(values, "reopen_hours", least=0)),
        idle_after=timedelta(hours=_whole(values, "idle_hours", least=1)),
        auto_assign=bool(values["auto_assign"]),
        agents={
            name: _agent(values["agents"].get(name, ""), _whole(values, "capacity", least=1), name in supervisors)
            for name in names
        },
        capacity=_whole(values, "capacity", least=1),
    )


def _agent(text: str, capacity: int, is_supervisor: bool) -> AgentProfile:
    """From `returns payments zh en 8`: skills, languages and how many conversations at a time, in any order."""
    words = _words(text)
    numbers = [int(word) for word in words if word.isdigit()]
    languages = frozenset(word for word in words if word in ("zh", "en"))
    skills = frozenset(word for word in words if not word.isdigit() and word not in languages)
    if len(numbers) > 1 or (numbers and not 1 <= numbers[0] <= 1000):
        raise HandOffPolicyInvalid(f"{text!r} names no capacity from 1 to 1000, or more than one.")
    return AgentProfile(skills, languages, numbers[0] if numbers else capacity, is_supervisor)


def _phrases(text: Any) -> tuple[str, ...]:
    """From `集体诉讼, class action`."""
    parts = text.replace("，", ",").split(",") if isinstance(text, str) else [str(part) for part in text]
    return tuple(part.strip() for part in parts if part.strip())


def _words(text: Any) -> tuple[str, ...]:
    if not isinstance(text, str):
        return tuple(str(part) for part in text)
    return tuple(text.replace(",", " ").replace("，", " ").split())


def _minutes(values: Mapping[str, Any], usual: Mapping[Priority, timedelta]) -> dict[Priority, timedelta]:
    if unknown := set(values) - set(PRIORITIES):
        raise HandOffPolicyInvalid(f"Unknown priority {min(unknown)!r}: there are {', '.join(PRIORITIES)}.")
    found = dict(usual)
    for priority in (name for name in PRIORITIES if name in values):
        minutes = float(values[priority])
        if not 0 < minutes <= 60 * 24 * 30:
            raise HandOffPolicyInvalid(f"{minutes:g} minutes for {priority} are not between 0 and 30 days.")
        found[priority] = timedelta(minutes=minutes)
    return found


def _whole(values: Mapping[str, Any], name: str, *, least: int) -> int:
    number = int(values[name])
    if number < least:
        raise HandOffPolicyInvalid(f"{name} is {number}, and at least {least} is wanted.")
    return number
