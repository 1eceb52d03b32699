"""Test cases that are kept while somebody tries the search, for `kefu eval`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import Field

from app.evaluation.cases import CaseStore, CaseType, TestCase
from app.evaluation.errors import CaseMissing
from app.web.dependencies import AdminCaller, ServicesDep
from app.web.schemas import Text, WebRequest
from app.web.services import Services

router = APIRouter(prefix="/v1/admin/cases", tags=["evaluation"])

_Words = Annotated[list[Annotated[Text, Field(max_length=500)]], Field(min_length=1, max_length=20)]


class CaseRequest(WebRequest):
    """A question and what a right answer holds."""

    text: Text = Field(min_length=1, max_length=4000)
    type: CaseType = "single"
    gold: list[Annotated[Text, Field(max_length=1000)]] = Field(default_factory=list, max_length=50)
    must_include: list[_Words] = Field(default_factory=list, max_length=20)
    as_of: date | None = None
    case_id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")] | None = None
    """Of a case that was removed and comes back."""

    def to_case(self) -> TestCase:
        """As it is kept. Raises `RequestValidationError`."""
        try:
            return TestCase(
                text=self.text,
                type=self.type,
                gold=tuple(self.gold),
                must_include=tuple(tuple(words) for words in self.must_include),
                as_of=self.as_of,
                case_id=self.case_id or "",
            )
        except ValueError as error:
            fault = {"loc": ("body",), "msg": str(error), "type": "value_error"}
            raise RequestValidationError([fault]) from error


@router.get("")
def listed(_: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """All cases, and the folder that `kefu eval` takes them from."""
    if services.cases is None:
        return {"cases": [], "folder": ""}
    return {"cases": list(services.cases.list()), "folder": str(services.cases.folder)}


@router.post("", status_code=201)
def add(body: CaseRequest, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Keep a case."""
    return {"case": _store(services).add(body.to_case()).to_dict()}


@router.delete("/{case_id}", status_code=204)
def remove(case_id: str, _: AdminCaller, services: ServicesDep) -> None:
    """Forget a case."""
    _store(services).remove(case_id)


def _store(services: Services) -> CaseStore:
    if services.cases is None:
        raise CaseMissing("This service keeps no test cases.")
    return services.cases
