"""Keeps profiles: what was agreed to, what was said, who looked at it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import uuid4

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.database import Database, is_storable, storable
from app.domain.action import Wording
from app.domain.profile import Consent, Facts, Preferences, Profile, ProfileNote, Purpose
from app.domain.shop import Customer, Shop
from app.profiles import tables
from app.profiles.errors import ConsentMissing, CustomerUnknown
from app.profiles.facts import facts_of
from app.profiles.json_form import (
    access_to_dict,
    agents_view,
    order_to_dict,
    preferences_of,
    preferences_to_dict,
    profile_to_dict,
)

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
_ORDERS = 200
_LONGEST_NOTE = 500
_MOST_NOTES = 100
"""Of one customer; the oldest go."""
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){9,}[Xx]?")
"""Cards, identity cards, accounts and telephones have no place in a note."""
_KEPT = Wording(
    zh="个人资料、偏好、同意记录和备注已删除。订单、支付与发票记录按法律要求的期限保存，到期后删除；删除本身的记录（何时、由谁）也会保留。",
    en="Profile, preferences, consents and notes are erased. Orders, payments and invoices are kept for as long as the "
    "law requires and then removed; that the erasure was made, when and by whom, stays on record.",
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure removed and what it left."""

    customer_id: str
    at: datetime
    erased: Mapping[str, int]
    """Preferences, consents and notes: how many."""
    kept: Mapping[str, int]
    """Orders: how many there are (200 at most are counted)."""
    statement: Wording
    """What to tell the customer."""


class Profiles:
    """Profiles in the database, over the shop's customers and orders; safe to share between threads.

    `actor` is who asks, for the record of accesses: customer, assistant, agent:ID, key:ID. Everything raises
    `CustomerUnknown` where the shop has no customer of the id.
    """

    def __init__(self, database: Database, shop: Shop) -> None:
        """Nothing is opened yet."""
        self._database, self._shop = database, shop

    def get(self, customer_id: str, *, actor: str) -> Profile:
        """Everything, for the customer and for who may see all of it."""
        customer = self._customer(customer_id)
        with self._database.writing() as connection:
            _note_access(connection, customer_id, actor, "read")
            profile = _read(connection, customer)
        return replace(profile, facts=self._facts(customer_id)) if profile.allows("personalisation") else profile

    def used_for(self, purpose: Purpose, customer_id: str, *, actor: str) -> Profile:
        """What may be used for a purpose, and nothing else. Raises `ConsentMissing` for marketing without consent.

        Without consent to it, personalisation sees no preferences but the language and no facts, and service no notes.
        """
        customer = self._customer(customer_id)
        with self._database.writing() as connection:
            _note_access(connection, customer_id, actor, "use", {"purpose": purpose})
            profile = _read(connection, customer)
        if purpose == "marketing" and not profile.allows("marketing"):
            raise ConsentMissing(f"Customer {customer_id} has not agreed to marketing.")
        if not profile.allows("service") or purpose != "service":
            profile = replace(profile, notes=())
        if profile.allows("personalisation"):
            return replace(profile, facts=self._facts(customer_id))
        said = profile.preferences
        return replace(profile, preferences=Preferences(language=said.language, quiet_hours=said.quiet_hours))

    def for_agents(self, customer_id: str) -> dict[str, Any]:
        """What a customer has agreed that an agent sees of them, as JSON; {} without consent to `service`.

        Tastes and past orders come with consent to `personalisation` alone.
        """
        profile = self.used_for("service", customer_id, actor="desk")
        return agents_view(profile) if profile.allows("service") else {}

    def set_consent(self, customer_id: str, purpose: Purpose, is_given: bool, *, source: str, actor: str) -> None:
        """Keep what was said, when and where; withdrawing `service` removes the notes that were kept under it."""
        if purpose not in PURPOSES:
            raise ValueError(f"Expected one of {', '.join(PURPOSES)}, got {purpose!r}.")
        self._customer(customer_id)
        with self._database.writing() as connection:
            _add_consent(connection, customer_id, purpose, is_given, source=source, actor=actor)

    def update(
        self,
        customer_id: str,
        *,
        preferences: Preferences | None = None,
        consents: Mapping[Purpose, bool] | None = None,
        source: str,
        actor: str,
    ) -> None:
        """Preferences in place of those that there were, and consents, in one step; None leaves them as they are."""
        self._customer(customer_id)
        with self._database.writing() as connection:
            for purpose, is_given in (consents or {}).items():
                _add_consent(connection, customer_id, purpose, is_given, source=source, actor=actor)
            if preferences is not None:
                fields = preferences_to_dict(preferences)
                _keep_preferences(connection, customer_id, fields)
                _note_access(connection, customer_id, actor, "change", {"fields": sorted(fields)})

    def add_note(self, customer_id: str, text: str, *, source: str, actor: str) -> ProfileNote | None:
        """Remember something that was said; None for an empty text. Long numbers are taken out.

        Raises `ConsentMissing` where the customer has not agreed to `service`.
        """
        customer = self._customer(customer_id)
        words = _LONG_NUMBER.sub("…", " ".join(storable(text).split()))[:_LONGEST_NOTE].strip()
        if not words:
            return None
        note = ProfileNote(uuid4().hex, words, storable(source), datetime.now(UTC))
        with self._database.writing() as connection:
            profile = _read(connection, customer)
            if not profile.allows("service"):
                raise ConsentMissing(f"Customer {customer_id} has not agreed that notes are kept.")
            for old in profile.notes[: max(0, len(profile.notes) - _MOST_NOTES + 1)]:
                connection.execute(delete(tables.notes).where(tables.notes.c.note_id == old.note_id))
            row = {"note_id": note.note_id, "customer_id": customer_id, "text": note.text, "source": note.source}
            connection.execute(insert(tables.notes).values(**row, created_at=note.created_at))
            _note_access(connection, customer_id, actor, "note", {"note_id": note.note_id})
        return note

    def remove_note(self, customer_id: str, note_id: str, *, actor: str) -> bool:
        """Forget one; whether there was one of that id."""
        self._customer(customer_id)
        if not is_storable(note_id):
            return False
        columns = tables.notes.c
        with self._database.writing() as connection:
            query = delete(tables.notes).where(columns.customer_id == customer_id, columns.note_id == note_id)
            is_gone = bool(connection.execute(query).rowcount)
            if is_gone:
                _note_access(connection, customer_id, actor, "forget_note", {"note_id": note_id})
        return is_gone

    def export(self, customer_id: str, *, actor: str) -> dict[str, Any]:
        """All that is kept of somebody, as JSON: profile, every consent, orders, who looked at the profile."""
        customer = self._customer(customer_id)
        orders = self._shop.orders_of(customer_id, limit=_ORDERS)
        with self._database.writing() as connection:
            _note_access(connection, customer_id, actor, "export")
            profile = _read(connection, customer)
            history = _consents(connection, customer_id)
        if profile.allows("personalisation"):
            profile = replace(profile, facts=facts_of(orders))
        return {
            **profile_to_dict(profile),
            "contact": {"email": customer.email, "phone": customer.phone},
            "consent_history": [_consent_to_dict(consent) for consent in history],
            "orders": [order_to_dict(order) for order in orders],
            "accesses": self.accesses(customer_id),
        }

    def erase(self, customer_id: str, *, actor: str) -> Erasure:
        """Remove the profile; what was agreed to is withdrawn with it. Orders stay as the law requires."""
        self._customer(customer_id)
        orders = self._shop.orders_of(customer_id, limit=_ORDERS)
        erased = {}
        with self._database.writing() as connection:
            for name, table in _OF_PROFILE.items():
                mine = table.c.customer_id == customer_id
                erased[name] = connection.execute(select(func.count()).select_from(table).where(mine)).scalar_one()
                connection.execute(delete(table).where(mine))
            _note_access(connection, customer_id, actor, "erase", erased)
        return Erasure(customer_id, datetime.now(UTC), erased, {"orders": len(orders)}, _KEPT)

    def accesses(self, customer_id: str, *, limit: int = 200) -> Sequence[Mapping[str, Any]]:
        """Who looked at or changed the profile, newest first."""
        columns = tables.accesses.c
        query = select(tables.accesses).where(columns.customer_id == customer_id)
        if not is_storable(customer_id):
            return []
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(columns.access_id.desc()).limit(limit)).mappings()
            return [access_to_dict(row) for row in rows]

    def _customer(self, customer_id: str) -> Customer:
        customer = self._shop.customer(customer_id)
        if customer is None:
            raise CustomerUnknown(f"The shop has no customer {customer_id!r}.")
        return customer

    def _facts(self, customer_id: str) -> Facts:
        return facts_of(self._shop.orders_of(customer_id, limit=_ORDERS))


_OF_PROFILE: dict[str, Table] = {
    "preferences": tables.preferences,
    "consents": tables.consents,
    "notes": tables.notes,
}


def _read(connection: Connection, customer: Customer) -> Profile:
    """Without facts."""
    columns = tables.notes.c
    mine = tables.preferences.c.customer_id == customer.customer_id
    said = preferences_of(connection.execute(select(tables.preferences.c.fields).where(mine)).scalar() or {})
    notes = connection.execute(
        select(columns.note_id, columns.text, columns.source, columns.created_at)
        .where(columns.customer_id == customer.customer_id)
        .order_by(columns.created_at, columns.note_id)
    )
    return Profile(
        customer_id=customer.customer_id,
        name=customer.name,
        tier=customer.tier,
        language=said.language or customer.language,
        consents={consent.purpose: consent for consent in _consents(connection, customer.customer_id)},
        preferences=said,
        notes=tuple(ProfileNote(*row) for row in notes),
    )


def _consents(connection: Connection, customer_id: str) -> list[Consent]:
    """Oldest first."""
    columns = tables.consents.c
    rows = connection.execute(
        select(columns.purpose, columns.is_given, columns.at, columns.source)
        .where(columns.customer_id == customer_id)
        .order_by(columns.consent_id)
    )
    return [Consent(*row) for row in rows]


def _add_consent(
    connection: Connection, customer_id: str, purpose: Purpose, is_given: bool, *, source: str, actor: str
) -> None:
    row = {"customer_id": customer_id, "purpose": purpose, "is_given": is_given, "source": storable(source)}
    connection.execute(insert(tables.consents).values(**row, at=datetime.now(UTC)))
    if purpose == "service" and not is_given:
        connection.execute(delete(tables.notes).where(tables.notes.c.customer_id == customer_id))
    _note_access(connection, customer_id, actor, "consent", {"purpose": purpose, "is_given": is_given})


def _keep_preferences(connection: Connection, customer_id: str, fields: Mapping[str, Any]) -> None:
    mine = tables.preferences.c.customer_id == customer_id
    values = {"fields": fields, "changed_at": datetime.now(UTC)}
    change = update(tables.preferences).where(mine).values(values)
    if connection.execute(change).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(tables.preferences).values(customer_id=customer_id, **values))
    except IntegrityError:  # somebody was a moment faster, on an engine with several writers
        connection.execute(change)


def _note_access(
    connection: Connection, customer_id: str, actor: str, action: str, details: Mapping[str, Any] | None = None
) -> None:
    row = {"customer_id": customer_id, "actor": storable(actor), "action": action, "details": dict(details or {})}
    connection.execute(insert(tables.accesses).values(**row, at=datetime.now(UTC)))


def _consent_to_dict(consent: Consent) -> dict[str, Any]:
    return {
        "purpose": consent.purpose,
        "is_given": consent.is_given,
        "at": consent.at.isoformat(),
        "source": consent.source,
    }
