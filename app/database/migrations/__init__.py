"""The history of the tables, as Alembic keeps it; `app.database.upgrading` applies it."""
