"""Delivery: routes for files of the literature and for days of one's own, changed as little as need be when news comes.

Files go in by `read_instance` or `read_problem`; `make_plan` and `replan` make plans, `Deliveries` keeps them.
"""

from app.warehouse.delivery.classic import Instance, is_classic, read_instance, read_text
from app.warehouse.delivery.classic_solving import Solved, solve_instance
from app.warehouse.delivery.conflicts import Conflict
from app.warehouse.delivery.deliveries import Change, Deliveries, KeptPlan, moment
from app.warehouse.delivery.errors import DeliveryInfeasible
from app.warehouse.delivery.json_form import conflicts_to, outcome_to
from app.warehouse.delivery.own_json import problem_from, problem_to, read_problem, stop_from
from app.warehouse.delivery.parcels import FleetParams, due_parcels, problem_of_area, weights_of
from app.warehouse.delivery.plan import Plan
from app.warehouse.delivery.planning import make_plan
from app.warehouse.delivery.problem import Place, Problem, Stop
from app.warehouse.delivery.replanning import News, Replanned, replan
from app.warehouse.delivery.solving import SolveParams, usable_cores
from app.warehouse.delivery.telling import Tell

__all__ = [
    "Change",
    "Conflict",
    "Deliveries",
    "DeliveryInfeasible",
    "FleetParams",
    "Instance",
    "KeptPlan",
    "News",
    "Place",
    "Plan",
    "Problem",
    "Replanned",
    "SolveParams",
    "Solved",
    "Stop",
    "Tell",
    "conflicts_to",
    "due_parcels",
    "is_classic",
    "make_plan",
    "moment",
    "outcome_to",
    "problem_from",
    "problem_of_area",
    "problem_to",
    "read_instance",
    "read_problem",
    "read_text",
    "replan",
    "solve_instance",
    "stop_from",
    "usable_cores",
    "weights_of",
]
