"""Experiments: what is tried, on how many, and what it says so far."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.experiments import Experiments, Wish
from app.experiments.errors import ExperimentMissing
from app.experiments.experiment import draft_of
from app.experiments.planning import detectable, to_dict
from app.web.dependencies import AdminCaller, ServicesDep
from app.web.services import Services

router = APIRouter(prefix="/v1/admin/experiments", tags=["experiments"])


class WishBody(BaseModel):
    """What is to be found and how sure one wants to be; see `kefu experiment create --help`."""

    model_config = ConfigDict(extra="forbid")

    lift: float = Field(default=0.05, gt=-1, le=10)
    test: Literal["group_sequential", "mixture", "fixed"] = "group_sequential"
    alpha: float = 0.05
    power: float = 0.8
    looks: int = Field(default=20, ge=1, le=60)
    units: int | None = Field(default=None, ge=2, le=10**9)
    baseline: float | None = None
    deviation: float | None = None


class ExperimentBody(BaseModel):
    """An experiment to start or to plan."""

    model_config = ConfigDict(extra="forbid")

    experiment: dict[str, Any]
    """`experiment_id`, `key`, `arms`, `metric` and what else a draft has."""
    wish: WishBody = WishBody()


class StopBody(BaseModel):
    """Why it ends."""

    reason: str = Field(default="", max_length=500)


@router.get("")
def listed(_: AdminCaller, services: ServicesDep, state: Literal["running", "stopped"] | None = None) -> dict[str, Any]:
    """All experiments, newest first."""
    return {"experiments": [item.to_dict() for item in _experiments(services).all(state=state)]}


@router.post("", status_code=201)
def start(body: ExperimentBody, caller: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """Start one: units fall to its arms from now on."""
    wish = Wish(**body.wish.model_dump())
    return _experiments(services).start(draft_of(body.experiment), wish, by=caller.name).to_dict()


@router.post("/power")
def power(body: ExperimentBody, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """How many units it needs, how long that takes, and what it would find; nothing is started."""
    plan, units, before = _experiments(services).plan(draft_of(body.experiment), Wish(**body.wish.model_dump()))
    return {
        **to_dict(plan, units, seen=plan.curve(units)),
        "before": asdict(before) if before is not None else None,
        "days": plan.duration_days(units, a_day=before.a_day) if before is not None else None,
        "detectable": detectable(plan, units),
    }


@router.get("/{name}")
def one(name: str, _: AdminCaller, services: ServicesDep) -> dict[str, Any]:
    """One with what it says now and every look that was taken."""
    experiments = _experiments(services)
    now = experiments.look(name)
    looks = [dict(look.body) for look in experiments.looks(name)]
    return {"experiment": experiments.get(name).to_dict(), "now": dict(now), "looks": looks}


@router.post("/{name}/stop")
def stop(name: str, caller: AdminCaller, services: ServicesDep, body: StopBody | None = None) -> dict[str, Any]:
    """Take a last look and end it."""
    reason = body.reason if body is not None else ""
    return _experiments(services).stop(name, by=caller.name, reason=reason).to_dict()


def _experiments(services: Services) -> Experiments:
    if services.experiments is None:
        raise ExperimentMissing("This service tries nothing.")
    return services.experiments
