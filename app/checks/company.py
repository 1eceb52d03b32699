"""What a company keeps: rules, records, conversations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from app.checks.finding import Finding, run, same
from app.domain.action import Wording
from index.errors import KefuError

if TYPE_CHECKING:
    from app.building.container import Container
    from app.settings import Settings

_MOST_FAULTS = 5
_RECORDS = {"customers": "客户", "items": "商品", "orders": "订单"}
_CLOCKS = Wording(
    "kefu serve 在运行吗？会话靠它的时钟推进。否则请运行：kefu inbox show ID",
    "Is `kefu serve` running? Its clocks move conversations on. Else: kefu inbox show ID",
)


def policy(container: Container) -> Iterator[Finding]:
    """Whether there are rules."""
    from app.policy import read_rules
    from app.policy.errors import RulesInvalid, RulesMissing

    path = container.settings.policy.rules
    try:
        count = len(read_rules(path).rules)
        yield Finding("policy", "ok", Wording(f"{path} 里有 {count} 条规则", f"{count} rules in {path}"))
    except RulesMissing:
        todo = Wording(
            "请写一份，或设置 KEFU_POLICY__RULES；在此之前，客户要办的事都转人工",
            "Write one, or set KEFU_POLICY__RULES; until then whatever customers ask for goes to a person",
        )
        yield Finding("policy", "note", Wording(f"{path} 里没有规则", f"no rules in {path}"), todo)
    except RulesInvalid as error:
        yield Finding("policy", "fail", same(error.message), run("kefu policy check"))


def shop(container: Container) -> Iterator[Finding]:
    """Only a database that is there is opened: looking makes none."""
    from app.orders import SqlShop

    settings = container.settings
    if not settings.shop.url and not _has_database(settings):
        todo = Wording("示例公司的数据：kefu shop fill", "For those of the sample company: kefu shop fill")
        yield Finding("shop", "ok", Wording("还没有数据", "no records yet"), todo)
        return
    try:
        shop = container.shop
        if isinstance(shop, SqlShop):
            counts = shop.counts().items()
            zh = "，".join(f"{_RECORDS.get(what, what)} {count}" for what, count in counts)
            yield Finding("shop", "ok", Wording(zh, ", ".join(f"{count} {what}" for what, count in counts)))
        else:
            shop.customer("doctor")
            yield Finding("shop", "ok", Wording(f"{settings.shop.url} 正常应答", f"{settings.shop.url} answers"))
    except KefuError as error:
        todo = Wording(
            "问题照常回答；在恢复之前，订单相关的事办不了",
            "Questions are answered; nothing about orders can be until then",
        )
        yield Finding("shop", "note", same(error.message), todo)


def _has_database(settings: Settings) -> bool:
    return bool(settings.database.url.get_secret_value()) or (settings.home / "kefu.sqlite").exists()


def databases(container: Container) -> Iterator[Finding]:
    """Whether the files of records can be read."""
    found = False
    for path in sorted(container.settings.home.glob("*.sqlite")):
        found = True
        yield _database(path)
    if not found:
        yield Finding("databases", "ok", Wording("还没有，首次使用时建立", "none yet; they are made on first use"))


def _database(path: Path) -> Finding:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
            (verdict,) = database.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        todo = Wording("请换上备份文件，或删除它", "Put a backup of the file in its place, or remove it")
        return Finding("databases", "fail", same(f"{path}: {error}"), todo)
    if verdict != "ok":
        todo = Wording("请换上备份文件", "Put a backup of the file in its place")
        return Finding("databases", "fail", same(f"{path}: {verdict}"), todo)
    return Finding("databases", "ok", same(str(path)))


def desk(container: Container) -> Iterator[Finding]:
    """What waits at the desk, and webhooks that are switched off."""
    if not _has_database(container.settings):
        yield Finding("desk", "ok", Wording("还没有会话", "no conversations yet"))
        return
    from app.handoff import faults_at_the_desk

    desk = container.desk
    active, faults = faults_at_the_desk(desk.moves)
    found = Wording(f"{active} 个会话在排队或由人工处理", f"{active} conversations are queued or with agents")
    yield Finding("desk", "ok", found)
    for fault in faults[:_MOST_FAULTS]:
        yield Finding("desk", "note", same(fault), _CLOCKS)
    for endpoint in desk.outbox.all():
        if (reason := endpoint.disabled_because) is not None:
            name = endpoint.endpoint_id
            yield Finding(
                "desk",
                "note",
                Wording(f"webhook {name} 已停用：{reason}", f"webhook {name} is switched off: {reason}"),
                Wording(
                    "请运行 kefu webhooks remove ID，再运行 kefu webhooks add URL",
                    "Run: kefu webhooks remove ID, then kefu webhooks add URL",
                ),
            )


def retention(container: Container) -> Iterator[Finding]:
    """How long words are kept."""
    settings = container.settings
    days = settings.retention.days
    if not days:
        found = Wording(
            "客户写下的文字一直保留（retention.days 为 0）",
            "words of customers are kept for good (retention.days is 0)",
        )
        yield Finding("retention", "ok", found)
        return
    found = Wording(
        f"客户写下的文字保留 {days} 天，收据保留 {settings.receipts.keep_days} 天",
        f"words of customers are kept for {days} days, receipts for {settings.receipts.keep_days}",
    )
    if settings.schedule.enabled:
        yield Finding("retention", "ok", found)
        return
    todo = Wording(
        "夜间任务已关闭（schedule.enabled），请自行定期运行：kefu forget",
        "Nothing runs at night (schedule.enabled is off), so run now and then: kefu forget",
    )
    yield Finding("retention", "note", found, todo)
