"""All checks, in the order in which an answer needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from app.checks import answering, company
from app.checks.finding import Finding, same
from index.errors import KefuError

if TYPE_CHECKING:
    from app.building.container import Container
    from app.settings import Settings


def examine(settings: Settings) -> Iterator[Finding]:
    """All checks in the order in which an answer needs them; a check that breaks is a finding, too."""
    from app.building.container import Container

    container = Container(settings)
    checks: list[tuple[str, Callable[[Container], Iterator[Finding]]]] = [
        ("disk", answering.disk),
        ("store", answering.store),
        ("embedder", answering.embedder),
        ("language model", answering.language_models),
        ("voice", answering.voice),
        ("calibration", answering.calibration),
        ("policy", company.policy),
        ("databases", company.databases),
        ("shop", company.shop),
        ("desk", company.desk),
        ("retention", company.retention),
    ]
    try:
        for name, check in checks:
            try:
                yield from check(container)
            except (KefuError, OSError) as error:
                yield Finding(name, "fail", same(_message_of(error)))
    finally:
        container.close()


def _message_of(error: KefuError | OSError) -> str:
    if isinstance(error, KefuError):
        return error.message
    return f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
