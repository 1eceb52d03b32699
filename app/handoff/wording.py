"""What customers are told while people take over, in both languages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from app.domain.action import Wording
from app.handoff.hours import BusinessHours

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_SHORT = timedelta(minutes=90)
_STEP_MIN = 5

_THANKS = re.compile(
    "谢谢(?:你|您|啦|了)?|多谢|感谢(?:你|您)?|(?:辛苦|麻烦)(?:你|您)?了|再见|拜拜|没事了|没有了"
    "|好的|好|行|嗯|收到|明白了?|知道了|非常|太|啦|了"
    r"|\b(?:thanks|thank you|thank|thx|ty|you|so|very|much|a lot|ok|okay|great|perfect|awesome|got it|cheers|bye"
    r"|goodbye|all good|that'?s all|nice|cool|for your help)\b",
    re.IGNORECASE,
)


def is_only_thanks(text: str) -> bool:
    """Whether a message wants nothing any more: thanks, a good-bye, a smiling face."""
    return bool(text.strip()) and len(text) <= 60 and re.search(r"[\w?？]", _THANKS.sub(" ", text)) is None


def accepted(due: datetime, now: datetime, hours: BusinessHours) -> Wording:
    """A person takes over."""
    until = _until(due, now, hours)
    if hours.is_open(now):
        return Wording(
            f"已为您转接人工客服，{until.zh}回复您。前面的对话同事都能看到，您不用重复说明。",
            f"I'm handing you over to a colleague, who will answer {until.en}. "
            "They can see our conversation, so you don't have to repeat anything.",
        )
    return Wording(
        f"已为您转给人工客服。现在是非工作时间，同事会在{until.zh}回复您。"
        "您可以继续留言，前面的对话同事都能看到，您不用重复说明。",
        f"I've passed this on to our team. We are closed right now; a colleague will answer {until.en}. "
        "You can add anything here meanwhile; they will see our whole conversation.",
    )


def still_queued(due: datetime, now: datetime, hours: BusinessHours) -> Wording:
    """They wrote again while they wait."""
    until = _until(due, now, hours)
    return Wording(
        f"收到，已补充给人工客服，{until.zh}回复您。",
        f"Got it, I've added that for my colleague, who will answer {until.en}.",
    )


def agent_gone(due: datetime, now: datetime, hours: BusinessHours) -> Wording:
    """Their agent is not there any more."""
    until = _until(due, now, hours)
    return Wording(
        f"刚才的客服暂时离开了，已为您安排其他同事接手，{until.zh}回复您。您不用重复说明。",
        f"The colleague you were talking to had to leave. Somebody else is taking over and will answer {until.en}. "
        "You don't have to repeat anything.",
    )


def passed_on(due: datetime, now: datetime, hours: BusinessHours) -> Wording:
    """Their agent put the conversation back into the queue."""
    until = _until(due, now, hours)
    return Wording(
        f"您的问题已转给更合适的同事，{until.zh}回复您。",
        f"Your question has been passed on to a colleague who knows more about it; they will answer {until.en}.",
    )


def late(due: datetime, now: datetime, hours: BusinessHours) -> Wording:
    """The promised time has gone by."""
    until = _until(due, now, hours)
    return Wording(
        f"抱歉让您久等了，我们已加急处理，{until.zh}回复您。",
        f"Sorry to keep you waiting. We've moved you to the front and will answer {until.en}.",
    )


def reopened(due: datetime, now: datetime, hours: BusinessHours) -> Wording:
    """They wrote again after it was resolved."""
    until = _until(due, now, hours)
    return Wording(
        f"已重新为您接通人工客服，{until.zh}回复您。",
        f"I've reopened this with our team; a colleague will answer {until.en}.",
    )


def joined(agent: str) -> Wording:
    """An agent took over."""
    return Wording(f"客服 {agent} 已接入对话。", f"{agent} has joined the conversation.")


def given_back(agent: str) -> Wording:
    """The assistant answers again."""
    return Wording(
        f"客服 {agent} 已结束服务，接下来由智能助手为您服务。需要时随时可以再转人工。",
        f"{agent} has left. The assistant is back; ask for a person whenever you need one.",
    )


def resolved() -> Wording:
    """An agent closed it."""
    return Wording(
        "本次服务已结束。如果问题还没有解决，直接回复即可重新接通人工客服。",
        "We've marked this as resolved. If it isn't, just reply here and you will reach our team again.",
    )


def idle() -> Wording:
    """They have not answered for long."""
    return Wording(
        "由于较长时间没有收到您的回复，本次服务先结束了。需要时直接回复即可重新接通人工客服。",
        "We haven't heard from you for a while, so we've closed this for now. Reply here to reach our team again.",
    )


def welcome() -> Wording:
    """They said thanks after the end."""
    return Wording("不客气，祝您生活愉快！有需要随时找我们。", "You're welcome! We're here whenever you need us.")


def in_danger() -> Wording:
    """Put before the rest where a customer may harm themselves."""
    return Wording(
        "听到您这样说，我们很担心您。如果您正处于危险之中，请立即拨打 120 或 110；也可以拨打心理援助热线 12356。",
        "I'm really sorry you feel this way. If you are in danger right now, please call your local emergency number; "
        "you can also find a helpline near you at findahelpline.com.",
    )


def both(first: Wording, second: Wording) -> Wording:
    """One after the other."""
    return Wording(f"{first.zh}{second.zh}", f"{first.en} {second.en}")


def _until(due: datetime, now: datetime, hours: BusinessHours) -> Wording:
    """预计 15 分钟内 / within about 15 minutes; 明天 09:30 前（北京时间） / by 09:30 tomorrow (Beijing time)."""
    left = due - now
    if hours.is_open(now) and left <= _SHORT:
        minutes = max(1, -(-int(left.total_seconds()) // 60))
        if minutes > _STEP_MIN:
            minutes = -(-minutes // _STEP_MIN) * _STEP_MIN
        return Wording(f"预计 {minutes} 分钟内", f"within about {minutes} minute{'s' if minutes > 1 else ''}")
    local, today = hours.local(_rounded_up(due)), hours.local(now).date()
    clock, days = f"{local:%H:%M}", (local.date() - today).days
    zone_zh, zone_en = _zone(hours.timezone)
    if days in (0, 1):
        zh, en = ("今天", "today") if days == 0 else ("明天", "tomorrow")
        return Wording(f"{zh} {clock} 前（{zone_zh}）", f"by {clock} {en} ({zone_en})")
    return Wording(
        f"{local.month}月{local.day}日（{_WEEKDAYS[local.weekday()]}）{clock} 前（{zone_zh}）",
        f"by {clock} on {local:%A}, {local.day} {local:%B} ({zone_en})",
    )


def _rounded_up(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % _STEP_MIN, seconds=at.second, microseconds=at.microsecond)
    return at if not over else at - over + timedelta(minutes=_STEP_MIN)


def _zone(name: str) -> tuple[str, str]:
    if name in ("Asia/Shanghai", "Asia/Chongqing", "PRC"):
        return "北京时间", "Beijing time"
    if name in ("UTC", "Etc/UTC"):
        return "UTC 时间", "UTC"
    city = name.rsplit("/", 1)[-1].replace("_", " ")
    return f"{city} 时间", f"{city} time"
