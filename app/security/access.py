"""Who is calling, and what the caller may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

from app.security.errors import ScopeMissing

Scope = Literal["chat", "search", "agent", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller."""

    key_id: str
    """Id of the API key; "page" or "widget" for a browser that opened one."""
    name: str
    scopes: frozenset[Scope]
    access: frozenset[str] = field(default_factory=frozenset)
    """Labels of documents beyond the public ones (see `index.types.Query.access`)."""
    session: str = ""
    """Of a browser: which one it is, for as long as it keeps its session."""
    customer_id: str | None = None
    """Of a customer whose identity the shop has signed; see `app.security.widget_session`."""

    @property
    def owner(self) -> str:
        """Whose the conversations are that this caller starts: the key's, or this one browser's."""
        return f"page:{self.session}" if self.session else self.key_id

    def may(self, scope: Scope) -> bool:
        """Whether the caller holds the scope; admin implies every other."""
        return scope in self.scopes or "admin" in self.scopes

    def require(self, scope: Scope) -> None:
        """Raises `ScopeMissing` when the caller does not hold the scope."""
        if not self.may(scope):
            held = ", ".join(sorted(self.scopes)) or "none"
            raise ScopeMissing(f"This needs a key with scope {scope}; the key {self.name!r} has: {held}.")


def parse_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """The scopes of these names; ValueError for a name that is none, or for no names at all."""
    given = set(names)
    known = frozenset(scope for scope in SCOPES if scope in given)
    if not given or len(known) != len(given):
        raise ValueError(f"Expected scopes out of {', '.join(SCOPES)}, got {', '.join(sorted(given)) or 'none'}.")
    return known
