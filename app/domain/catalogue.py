"""The company's catalogue of products as a file: a row a product, columns by name."""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path

from index.errors import KefuError


def catalogue_rows(path: Path, columns: Collection[str], *, error: type[KefuError]) -> list[dict[str, str]]:
    """All rows in the order of the file, at least one; the first is row 2 of it. Raises `error` without `columns`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as failure:
        raise error(f"The catalogue {path} cannot be read: {failure.strerror or failure}.") from failure
    except (UnicodeDecodeError, csv.Error) as failure:
        raise error(f"The catalogue {path} cannot be read as CSV in UTF-8: {failure}.") from failure
    if missing := [name for name in columns if not rows or name not in rows[0]]:
        raise error(f"The catalogue {path} has no column {missing[0]}, or no row.")
    return rows
