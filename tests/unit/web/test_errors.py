from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import app
import index
import ingest
from app.web.errors import STATUS, problem_of, status_of
from index.errors import KefuError

MEANT_AS_500 = {"store", "store_format_unknown", "settings", "setting_unknown", "setting_invalid"}


def leaves(kind: type[KefuError] = KefuError) -> Iterator[type[KefuError]]:
    children = kind.__subclasses__()
    for child in children:
        yield from leaves(child)
    if not children:
        yield kind


def test_no_error_of_the_tree_ends_as_a_bare_500() -> None:
    for package in (app, index, ingest):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rsplit(".", 1)[-1] == "errors":
                importlib.import_module(module.name)

    found = [kind for kind in leaves() if kind.__module__.split(".")[0] in ("app", "index", "ingest")]

    assert len(found) > 30
    bare = [kind.__name__ for kind in found if status_of(kind) in (None, 500) and kind.code not in MEANT_AS_500]
    assert bare == []


def test_root_has_no_status_so_that_a_new_branch_must_choose_one() -> None:
    assert KefuError not in STATUS
    assert status_of(KefuError) is None


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in leaves() if kind.__module__.split(".")[0] in ("app", "index", "ingest")]

    assert len(codes) == len(set(codes))


def test_problem_has_the_members_of_the_contract() -> None:
    from index.errors import StoreMissing

    assert problem_of(StoreMissing("Run `kefu ingest PATH`."), request_id="r1") == {
        "type": "urn:kefu:problem:store_missing",
        "title": "No generation has been published in this store yet",
        "status": 503,
        "detail": "Run `kefu ingest PATH`.",
        "code": "store_missing",
        "request_id": "r1",
    }


@pytest.mark.parametrize("error", [RuntimeError("password=1"), KeyError("secret"), OSError(28, "secret")])
def test_unexpected_error_tells_nothing_of_the_inside(error: Exception) -> None:
    problem = problem_of(error, request_id="r1")

    assert (problem["status"], problem["code"]) == (500, "internal")
    assert "secret" not in str(problem)
    assert "password" not in str(problem)
