"""What the service has kept, read for export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from app.conversations.listing import ConversationFilter, listed
from app.domain.conversation import Conversation
from app.insight.gaps.store import GapStore
from app.learning.data.export import Kept, since_day
from app.receipts.errors import ReceiptDamaged
from index.errors import StoreMissing
from index.types import Passage

if TYPE_CHECKING:
    from app.building.container import Container
    from app.receipts.receipt import Receipt

_PAGE = 500
_MOST_EDITS, _MOST_GAPS = 1_000_000, 100_000


def read_kept(
    container: Container, *, since: date | None = None, on_progress: Callable[[int, int], None] | None = None
) -> Kept:
    """Everything from a day on; documents and gaps of any day. What was never made, such as an index, is left out."""
    conversations = _conversations(container, since)
    receipts: list[Receipt] = []
    lines = [line for line in container.receipts.list(limit=None) if since_day(line.created_at, since)]
    for number, line in enumerate(lines, start=1):
        try:
            receipts.append(container.receipts.get(line.receipt_id))
        except ReceiptDamaged:
            continue
        if on_progress is not None and number % 50 == 0:
            on_progress(number, len(lines))
    shop = container.shop
    wanted = {one.customer_id for one in conversations if one.customer_id}
    customers = {name: customer for name in sorted(wanted) if (customer := shop.customer(name)) is not None}
    return Kept(
        passages=_passages(container),
        conversations=conversations,
        messages={one.conversation_id: container.conversations.messages(one.conversation_id) for one in conversations},
        customers=customers,
        receipts=receipts,
        opinions=container.feedback.of_receipts([receipt.receipt_id for receipt in receipts]),
        edits=[one for one in container.feedback.edits(limit=_MOST_EDITS) if since_day(one.created_at, since)],
        gaps=GapStore(container.database).all(limit=_MOST_GAPS),
    )


def _passages(container: Container) -> list[Passage]:
    try:
        generation = container.store.current()
    except StoreMissing:
        return []
    with generation:
        return [passage for one in list(generation.documents()) for passage in generation.passages_of(one.document_id)]


def _conversations(container: Container, since: date | None) -> list[Conversation]:
    start = None if since is None else datetime.combine(since, time.min, UTC)
    found: list[Conversation] = []
    cursor = None
    while True:
        page = listed(container.database, ConversationFilter(since=start), limit=_PAGE, cursor=cursor)
        found += page.conversations
        cursor = page.cursor
        if cursor is None:
            return found
