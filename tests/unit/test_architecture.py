"""The layout that the conventions promise, beyond what `lint-imports` checks."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "ingest", "index")
MODULES = [
    path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if path.parent.name != "versions"  # what Alembic writes is as long as there are tables
]


def _project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_says_what_it_holds_and_stays_readable(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert path.stem not in {"utils", "helpers", "common", "manager", "misc"}
    assert source.count("\n") <= 420, "look for the second subject in it"
    if source.strip() and path.name != "__init__.py":
        assert ast.get_docstring(ast.parse(source)), "a module begins with what it holds"


def test_every_pinned_package_is_exact_and_every_dependency_is_pinned() -> None:
    pins = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line.strip()
    )
    project = _project()["project"]
    assert isinstance(project, dict)
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {_canonical(requirement) for requirement in wanted}

    assert names <= {_canonical(name) for name in pins}
    assert pins["torch"] == "2.13.0", "other builds bring gigabytes of libraries for graphics cards"


def _canonical(requirement: str) -> str:
    name = requirement
    for mark in "<>=![; ~":
        name = name.split(mark)[0]
    return name.lower().replace("_", "-").replace(".", "-")


def test_importing_a_package_starts_nothing_heavy() -> None:
    code = (
        "import sys, app, ingest, index, app.domain, app.cli.program, index.types;"
        "sys.exit(', '.join({'torch', 'transformers', 'faiss', 'fastapi', 'xllamacpp'} & set(sys.modules)) or 0)"
    )

    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_links_within_the_documentation_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_links_of_the_readme_lead_somewhere(name: str) -> None:
    test_links_within_the_documentation_lead_somewhere(ROOT / name)
