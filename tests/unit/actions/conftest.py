from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.actions import ActionGate
from app.database import Database
from app.domain.action import ActionOutcome, ActionRequest
from app.policy import Policy, read_rules
from tests.memory_shop import MemoryShop
from tests.shop_of_spruce import NOW, shop

RULES = Path(__file__).parents[3] / "policies" / "rules.yaml"


@dataclass
class Counter:
    """A gate over a small shop, asked by one customer."""

    gate: ActionGate
    shop: MemoryShop

    def ask(self, name: str, customer: str | None = "C1", /, **arguments: Any) -> ActionOutcome:
        return self.gate.perform(ActionRequest(name, arguments, customer, "conversation"))

    def do(self, name: str, customer: str | None = "C1", key: str | None = None, /, **arguments: Any) -> ActionOutcome:
        """Ask, and say yes to what is described."""
        asked = self.ask(name, customer, **arguments)
        if asked.status != "needs_confirmation":
            return asked
        return self.confirm(name, customer, key, arguments, str(asked.data["confirmation"]))

    def confirm(
        self,
        name: str,
        customer: str | None,
        key: str | None,
        arguments: Mapping[str, Any],
        confirmation: str | None = None,
    ) -> ActionOutcome:
        return self.gate.perform(
            ActionRequest(name, arguments, customer, "conversation", key, is_confirmed=True, confirmation=confirmation)
        )


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy(read_rules(RULES))


@pytest.fixture
def counter_over(policy: Policy, tmp_path: Path) -> Callable[[MemoryShop], Counter]:
    def make(records: MemoryShop) -> Counter:
        database = Database.in_file(tmp_path / "kefu.sqlite")
        return Counter(ActionGate(records, policy, database, now=lambda: NOW), records)

    return make


@pytest.fixture
def counter(counter_over: Callable[[MemoryShop], Counter]) -> Counter:
    return counter_over(shop())
