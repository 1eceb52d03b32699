"""`kefu policy`: the company's rules: checked, held against the documents, tried, and the facts they may speak of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import options
from app.cli.exits import FAILED
from app.cli.opening import open_container, parse_day
from app.cli.terminal import emit, emit_json, emit_table, paint

if TYPE_CHECKING:
    from app.policy import Decision, FactValue, RuleSet

group = typer.Typer(help="Rules for what may be done for customers: check, accept, try, facts.", no_args_is_help=True)

Rules = Annotated[
    Path | None, typer.Option("--rules", metavar="FILE", help="The rule file; by default that of the settings.")
]


@group.command("check")
def check(
    *,
    rules: Rules = None,
    index: Annotated[
        bool, typer.Option("--index/--no-index", help="Whether the quotes are looked up in the index.")
    ] = True,
    as_of: options.AsOf = None,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Say what is wrong with the rules, each with its line, and where the documents say something else by now.

    \b
    Example:
      kefu policy check
      kefu policy check --rules rules.yaml --no-index
    """
    from app.actions import GOVERNED
    from app.building.policy_watch import policy_drift
    from app.policy import idle_rules, parse_rules
    from app.policy.reading import read_text

    container = open_container(store)
    path = rules or container.settings.policy.rules
    day = parse_day(as_of, option="--as-of") or date.today()
    found, faults = parse_rules(read_text(path), actions=GOVERNED)
    faults = sorted([*faults, *idle_rules(found)], key=lambda fault: fault.line)
    alarms = policy_drift(container, day=day, rules=found, path=path) if index else []
    ungoverned = sorted(GOVERNED - {action for rule in found.rules for action in rule.actions})
    is_fine = not alarms and all(fault.severity == "warning" for fault in faults)
    if as_json:
        emit_json(
            {
                "file": str(path),
                "rules": len(found.rules),
                "faults": [fault.to_dict() for fault in faults],
                "alarms": [alarm.to_dict() for alarm in alarms],
                "ungoverned": ungoverned,
            }
        )
    else:
        for fault in faults:
            emit(f"{path}, {paint(fault.severity, 'yellow' if fault.severity == 'warning' else 'red')}: {fault}")
        for alarm in alarms:
            emit(f"{path}, {paint('drift', 'red')}: {alarm}")
        for action in ungoverned:
            emit(f"{path}: no rule governs {action}; whoever asks for it is passed on to a person")
        seen = "" if index else " (documents not looked at)"
        emit(f"{len(found.rules)} rules, {len(faults)} faults, {len(alarms)} alarms{seen}.")
    if not is_fine:
        raise typer.Exit(FAILED)


@group.command("accept")
def accept(*, rules: Rules = None, store: options.Store = None, as_json: options.Json = False) -> None:
    """Note that the rules were held against the present documents: later changes of these raise an alarm.

    \b
    Example:
      kefu policy accept
    """
    from app.policy import read_rules
    from app.policy.drift import digests
    from app.policy.lock import lock_of, write_lock

    container = open_container(store)
    path = rules or container.settings.policy.rules
    with container.serving.borrow() as generation:
        documents = digests(read_rules(path), generation)
    write_lock(lock_of(path), documents)
    emit_json({"file": str(lock_of(path)), "documents": documents}) if as_json else emit(
        f"{len(documents)} documents noted in {lock_of(path)}."
    )


@group.command("try")
def try_(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="Such as return_items.")],
    facts: Annotated[
        list[str] | None, typer.Argument(metavar="FACT=VALUE…", help="Such as days_since_delivered=9.")
    ] = None,
    *,
    rules: Rules = None,
    as_json: options.Json = False,
) -> None:
    """Decide for facts given by hand, with the rules that decided.

    \b
    Example:
      kefu policy try return_items status=delivered country=CN tier=PLUS reason=change_of_mind days_since_delivered=9
    """
    from app.policy import Policy, read_rules

    path = rules or open_container().settings.policy.rules
    given = {"today": date.today(), **dict(_fact(text) for text in facts or ())}
    found: RuleSet = read_rules(path)
    decision = Policy(found).decide(action, given)
    emit_json(_as_dict(decision)) if as_json else _show(decision)


@group.command("facts")
def show_facts(*, as_json: options.Json = False) -> None:
    """List what conditions may speak of.

    \b
    Example:
      kefu policy facts
    """
    from app.policy import FACTS

    if as_json:
        emit_json(
            [
                {
                    "name": fact.name,
                    "type": fact.type,
                    "unit": fact.unit,
                    "values": list(fact.values),
                    "of": "item" if fact.is_of_line else "order",
                    "argument": fact.argument,
                    "description": fact.description,
                }
                for fact in FACTS.values()
            ]
        )
        return
    rows = [
        (fact.name, fact.unit or fact.type, "item" if fact.is_of_line else "order", fact.description)
        for fact in FACTS.values()
    ]
    emit_table(("fact", "type", "of", "what it says"), rows)


def _fact(text: str) -> tuple[str, FactValue]:
    from app.policy import FACTS

    name, separator, value = text.partition("=")
    fact = FACTS.get(name)
    if fact is None or not separator:
        raise typer.BadParameter(f"{text!r} is no FACT=VALUE; `kefu policy facts` lists them.", param_hint="FACT=VALUE")
    try:
        if fact.type == "number":
            return name, Decimal(value)
        if fact.type == "date":
            return name, date.fromisoformat(value)
        if fact.type == "flag":
            return name, {"true": True, "yes": True, "false": False, "no": False}[value.lower()]
    except (InvalidOperation, ValueError, KeyError):
        raise typer.BadParameter(f"{name} is a {fact.type}, not {value!r}.", param_hint="FACT=VALUE") from None
    return name, value


def _as_dict(decision: Decision) -> dict[str, Any]:
    return {
        "action": decision.action,
        "answer": decision.answer,
        "rule": decision.rule_id or None,
        "message": decision.message.to_dict(),
        "missing": list(decision.missing),
        "charges": [
            {"rule": item.rule_id, "cents": item.cents, "currency": item.currency} for item in decision.charges
        ],
        "notices": [notice.to_dict() for notice in decision.notices],
        "grounds": [ground.to_dict() for ground in decision.grounds],
    }


def _show(decision: Decision) -> None:
    emit(f"{paint(decision.answer, 'bold')}  {decision.message.zh}  {decision.message.en}")
    if decision.missing:
        emit(f"Asks for: {', '.join(decision.missing)}")
    for charge in decision.charges:
        emit(f"Moves {charge.cents / 100:.2f} {charge.currency}: {charge.wording.en}")
    for notice in decision.notices:
        emit(f"Says: {notice.zh}  {notice.en}")
    rows = [
        ("yes" if ground.holds else "no", ground.rule_id, ground.document_id or "", ground.quote or "")
        for ground in decision.grounds
    ]
    if rows:
        emit_table(("holds", "rule", "document", "quote"), rows)
