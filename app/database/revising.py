"""Writes a revision from what the `tables.py` of all capabilities say; for developers.

python -m app.database.revising "orders know their warehouse"   a further revision
python -m app.database.revising --initial                       the first anew, while nothing has been released
"""

from __future__ import annotations

import importlib.util
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import app
from app.database.database import Database
from app.database.metadata import metadata
from app.database.upgrading import FOLDER, config_of, revisions


def import_tables() -> None:
    """Let every `app.<capability>.tables` add to the metadata, and those of parts of a capability, one level down;
    found by name, for this package knows none of them.
    """
    for package in _packages(app.__path__, "app"):
        _import_tables_of(package)
        spec = importlib.util.find_spec(package)
        for part in _packages(list(spec.submodule_search_locations or ()) if spec else [], package):
            _import_tables_of(part)


def _packages(folders: Sequence[str], parent: str) -> list[str]:
    return [f"{parent}.{found.name}" for found in pkgutil.iter_modules(folders) if found.ispkg]


def _import_tables_of(package: str) -> None:
    name = f"{package}.tables"
    if importlib.util.find_spec(name) is not None:
        importlib.import_module(name)


def revise(message: str, *, initial: bool = False) -> Path | None:
    """Write the revision and return its file; None when the tables are as the revisions have them.

    With `initial` all revisions are removed and one takes their place.
    """
    from alembic import command
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    import_tables()
    if initial:
        for path in (FOLDER / "versions").glob("r*.py"):
            path.unlink()
        revisions.cache_clear()
    with tempfile.TemporaryDirectory() as folder:
        database = Database.in_file(Path(folder) / "revising.sqlite")
        try:
            with database.writing() as connection:
                if not compare_metadata(MigrationContext.configure(connection), metadata):
                    return None
                number = f"{int(max(revisions(), default='0')) + 1:04d}"
                config = config_of(connection)
                config.attributes["metadata"] = metadata
                config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
                script = command.revision(config, message, autogenerate=True, rev_id=number)
        finally:
            database.close()
    revisions.cache_clear()
    if script is None or isinstance(script, list):
        raise RuntimeError(f"Expected one revision, Alembic wrote {script}.")
    path = Path(script.path)
    source = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in source if "# ###" not in line), encoding="utf-8")
    for tidy in (("format", "--quiet"), ("check", "--fix", "--quiet")):
        subprocess.run(["ruff", *tidy, str(path)], check=False)  # noqa: S603, S607 - a developer's own tool
    return path


def main(arguments: Sequence[str]) -> int:
    """Run it as a command."""
    match list(arguments):
        case ["--initial"]:
            path = revise("The first tables", initial=True)
        case [message] if not message.startswith("-"):
            path = revise(message)
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    sys.stdout.write(f"{path}\n" if path else "The tables are as the revisions have them.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
