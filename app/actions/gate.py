"""The gate: everything that is done for a customer goes through here, whoever asks for it.

Known before anything personal is said: who asks. Known before anything is changed: that the rules allow it, that the
customer said yes to exactly this, and that it was not done already.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.actions.arguments import Arguments
from app.actions.catalogue import ACTIONS
from app.actions.context import Context
from app.actions.errors import ActionBusy, KeyTaken
from app.actions.ledger import RUNNING, Ledger, digest_of, plain
from app.actions.plan import Plan, Read, Write, customer_subject
from app.actions.reads.identity import IDENTIFY_CUSTOMER, subject_of
from app.actions.stopping import Stop, refused, stop
from app.actions.views import order_view
from app.actions.wording import BUSY, CONFIRM, FAILED, KEY_TAKEN, MOVED, UNCERTAIN, UNKNOWN_ACTION, sentences
from app.database import Database
from app.domain.action import ActionOutcome, ActionRequest, ActionSpec
from app.domain.delivery import Arrivals
from app.domain.recommendation import Recommender
from app.domain.shop import Shop
from app.policy import Decision, Policy
from index.errors import KefuError

logger = logging.getLogger(__name__)

_MOVED = frozenset({"order_moved", "order_missing", "customer_missing", "case_taken", "balance_too_low"})
"""Codes of errors with which a shop says that its records are not what the plan was made from."""
_NOTHING_DONE = _MOVED | {"method_missing", "shop_refused", "shop_unavailable"}
"""Codes of errors with which it says that it changed nothing."""
_UNCERTAIN = "shop_uncertain"
_KEY_LENGTH = 200
_MASKED = frozenset({"email", "phone", "name", "postcode", "phone_tail"})


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ActionGate:
    """Fulfils `app.domain.action.Actions`. Safe to share between threads and between processes on one database."""

    def __init__(
        self,
        shop: Shop,
        policy: Policy,
        database: Database,
        *,
        recommender: Recommender | None = None,
        now: Callable[[], datetime] = _utc_now,
        lease_s: float = 60.0,
        wait_s: float = 15.0,
        arrivals: Arrivals | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            shop: the company's records.
            policy: decides what may be done.
            database: where the audit is kept.
            recommender: recommends products; None recommends nothing.
            now: the present time, aware, in UTC.
            lease_s: how long a change may take before its claim on an order is taken to be left behind.
            wait_s: how long a request waits for another that changes the same order.
            arrivals: knows the couriers' plan of the day, where there is one.
        """
        self._shop, self._policy, self._now = shop, policy, now
        self._recommender, self._arrivals = recommender, arrivals
        self.ledger = Ledger(database, now=now, lease_s=lease_s, wait_s=wait_s)

    def specs(self) -> Sequence[ActionSpec]:
        """What can be asked for."""
        return [action.spec for action in ACTIONS.values()]

    def perform(self, request: ActionRequest) -> ActionOutcome:
        """Do it or say why not; never raises for what a customer can bring about."""
        action = ACTIONS.get(request.name)
        if action is None:
            return ActionOutcome("refused", UNKNOWN_ACTION)
        request = _tidied(request)
        try:
            context = self._context(request)
            if action.spec.needs_identity:
                context.customer  # noqa: B018 - ends the action where it is not known
            outcome = action.run(context) if isinstance(action, Read) else self._write(action, context)
        except Stop as stopped:
            outcome = stopped.outcome
            self._note(action, request, outcome, stopped.subject, stopped.decision)
        except ActionBusy:
            outcome = ActionOutcome("failed", BUSY)
        except KefuError as error:
            logger.warning("%s failed: %s", request.name, error.message)
            outcome = ActionOutcome("failed", FAILED, {"code": error.code})
        else:
            if isinstance(action, Read) and action.is_noted:
                self._note(action, request, outcome, "", None)
        return replace(outcome, data=plain(outcome.data))

    def _context(self, request: ActionRequest) -> Context:
        customer = self._shop.customer(request.customer_id) if request.customer_id else None
        return Context(
            request, self._shop, self._policy, self.ledger, self._now(), customer, self._recommender, self._arrivals
        )

    def _write(self, action: Write, context: Context) -> ActionOutcome:
        request = context.request
        if (before := self._before(request)) is not None:
            return before
        if not request.is_confirmed:
            plan = action.plan(context)
            outcome = _asking(plan, context)
            self._note(action, request, outcome, plan.subject, plan.decision)
            return outcome
        try:
            action.plan(context)  # ends the action here where it is not to be done, before anybody is kept waiting
        except Stop:
            # What stands in the way may be this very request, done by another since the look above.
            if (before := self._before(request)) is not None:
                return before
            raise
        # The whole customer, not the order alone: a gift card may be asked for by two orders at once.
        with self.ledger.claim(customer_subject(context.customer.customer_id)):
            if (before := self._before(request)) is not None:
                return before
            # Planned again, from what is there now that nobody else changes it.
            fresh = self._context(request)
            plan = action.plan(fresh)
            asking = _asking(plan, fresh)
            if request.confirmation is not None and request.confirmation != asking.data["confirmation"]:
                self._note(action, request, asking, plan.subject, plan.decision)
                return asking
            return self._carry_out(plan, fresh)

    def _before(self, request: ActionRequest) -> ActionOutcome | None:
        """What came of the same request before; ends the action where its key stands for another."""
        entry = self.ledger.find(request.idempotency_key)
        if entry is None:
            return None
        if not entry.is_of(request):
            raise refused(KEY_TAKEN)
        if entry.outcome is not None:
            return entry.outcome
        if entry.status == RUNNING and request.is_confirmed:
            with self.ledger.claim(customer_subject(request.customer_id or "")):  # whoever is at it ends first
                entry = self.ledger.find(request.idempotency_key)
            if entry is not None and entry.outcome is not None:
                return entry.outcome
        raise stop("needs_person", UNCERTAIN)

    def _carry_out(self, plan: Plan, context: Context) -> ActionOutcome:
        request, decision = context.request, plan.decision
        try:
            entry_id = self.ledger.begin(
                request, subject=plan.subject, rules=_rules(decision), rules_sha256=_digest(decision)
            )
        except KeyTaken:
            raise refused(KEY_TAKEN) from None
        try:
            data = {**plan.data, **self._change(plan, context, entry_id)}
        except KefuError as error:
            failed = _failure(error)
            self.ledger.finish(entry_id, failed, keeps_key=error.code not in _NOTHING_DONE)
            logger.warning("%s was not done: %s", request.name, error.message)
            return failed
        outcome = ActionOutcome("done", plan.done, plain(data), () if decision is None else decision.grounds)
        self.ledger.finish(entry_id, outcome)
        return outcome

    def _change(self, plan: Plan, context: Context, entry_id: str) -> dict[str, Any]:
        if plan.own_address is not None:
            self._shop.change_address(context.customer.customer_id, plan.own_address)
            return {}
        if plan.change is None:
            raise ValueError(f"The plan of {context.request.name} changes nothing.")
        case = plan.change.case
        if case is not None:
            case = replace(case, case_id=f"K{uuid.uuid4().hex[:12].upper()}")
        order = self._shop.change_order(replace(plan.change, case=case, change_id=entry_id))
        customer = self._shop.customer(order.customer_id) or context.customer
        told: dict[str, Any] = {"order": order_view(order, customer, context.english)}
        return {**told, "case_id": case.case_id} if case is not None else told

    def _note(
        self,
        action: Read | Write,
        request: ActionRequest,
        outcome: ActionOutcome,
        subject: str,
        decision: Decision | None,
    ) -> None:
        """Writes and identifications stand in the audit whatever comes of them."""
        if isinstance(action, Read) and not action.is_noted:
            return
        if outcome.status in ("needs_input", "needs_identity"):
            return
        if action is IDENTIFY_CUSTOMER:
            subject = subject or subject_of(Arguments(request.arguments))
            hidden = {name: "***" if name in _MASKED else value for name, value in request.arguments.items()}
            request = replace(request, arguments=hidden)
        self.ledger.note(request, outcome, subject=subject, rules=_rules(decision), rules_sha256=_digest(decision))


def _failure(error: KefuError) -> ActionOutcome:
    data = {"code": error.code}
    if error.code == _UNCERTAIN:
        return ActionOutcome("needs_person", UNCERTAIN, data)
    return ActionOutcome("refused", MOVED, data) if error.code in _MOVED else ActionOutcome("failed", FAILED, data)


def _tidied(request: ActionRequest) -> ActionRequest:
    """With arguments that are an object, and a key that fits its column."""
    arguments = request.arguments if isinstance(request.arguments, Mapping) else {}
    key = request.idempotency_key
    if key is not None and (len(key) > _KEY_LENGTH or not key.isprintable()):
        key = digest_of(key)
    return replace(request, arguments=arguments, idempotency_key=key or None)


def _asking(plan: Plan, context: Context) -> ActionOutcome:
    """What would be done, to be confirmed. The same plan has the same `confirmation`."""
    request = context.request
    told = [request.name, request.customer_id, plan.subject, plan.does.to_dict(), plan.data]
    data = {**plan.data, "confirmation": digest_of(told)[:32]}
    grounds = () if plan.decision is None else plan.decision.grounds
    return ActionOutcome("needs_confirmation", sentences(plan.does, CONFIRM), plain(data), grounds)


def _rules(decision: Decision | None) -> list[str]:
    if decision is None:
        return []
    return [ground.rule_id if ground.holds else f"!{ground.rule_id}" for ground in decision.grounds]


def _digest(decision: Decision | None) -> str:
    return "" if decision is None else decision.rules_digest
