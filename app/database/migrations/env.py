"""What Alembic runs: whoever calls it brings the connection, in a transaction, and for a comparison the metadata."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from app.database.types import PlainText, UtcDateTime


def render_item(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Revisions name the type of the engine, so that they stay what they are when our own changes."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return "sa.Text()" if kind == "type" and isinstance(item, PlainText) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=True,  # SQLite alters a table by making it anew
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
