"""The public set tau2_retail: what its policy allows is done and ends in its state, what it forbids is refused."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from app.evaluation.scorecard import Figure
from tests.evaluation.tau2.mutations import Maker
from tests.evaluation.tau2.oracle import Oracle, Violation
from tests.evaluation.tau2.world import Data, Desk, shop_of, state_of

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(0)]

EACH = 15
COMMAND = "make eval DATA=folder"


@pytest.fixture(scope="module")
def records() -> Data:
    import os
    from pathlib import Path

    folder = os.environ.get("EVALUATION_DATA", "")
    if not folder:
        pytest.skip("no evaluation data: name its folder with make eval DATA=folder")
    return Data.read(Path(folder) / "tau2_retail")


def test_gold_actions_are_done_and_end_in_the_expected_state(records, scorecard):
    blank = shop_of(records)
    ended, wrong, actions, forbidden = 0, [], 0, []
    for task in records.tasks:
        shop, oracle = blank.copy(), Oracle(records)
        desk = Desk(shop)
        gold = [(action["name"], action["arguments"]) for action in task["evaluation_criteria"]["actions"]]
        identify(desk, records, gold)
        for name, arguments in gold:
            outcome = desk.call(name, arguments)
            is_done = outcome.status == ("needs_person" if name == "transfer_to_human_agents" else "done")
            is_right = exists(records, name, arguments)
            try:
                if is_right:
                    oracle.apply(name, arguments)
            except Violation as violation:
                is_right = False
                forbidden.append((task["id"], name, str(violation)))
            actions += 1
            if is_done != is_right:
                wrong.append((task["id"], name, arguments, outcome.status, outcome.message.en))
        ended += state_of(shop) == oracle.state()
    total = len(records.tasks)
    scorecard.note(
        Figure(
            "tau2_retail (development): gold sequences in the expected state",
            "100 %",
            f"{100 * ended / total:.1f} % of {total} ({actions - len(wrong)} of {actions} actions as the policy says)",
            ended == total and not wrong,
            COMMAND,
            date.today(),
        )
    )
    print(f"gold actions that the set's own policy forbids: {forbidden}")
    assert wrong == []
    assert ended == total
    # One gold action of the set asks a gift card of 17.00 for 21.10; its own tool refuses that too.
    assert forbidden == [("105", "exchange_delivered_order_items", "not enough on the gift card")]


def test_actions_that_break_the_policy_are_refused(records, scorecard):
    blank = shop_of(records)
    tried, refused, controls = Counter(), Counter(), Counter()
    slipped = []
    for mutation in Maker(records, seed=20261125).draw(each=EACH):
        tried[mutation.kind] += 1
        control = Desk(blank.copy())
        control.identify(mutation.control_user_id)
        controls[mutation.kind] += control.call(*mutation.control).status == "done"

        desk = Desk(blank.copy(), is_confirming=True)
        if mutation.user_id is not None:
            desk.identify(mutation.user_id)
        for call in mutation.before:
            assert desk.call(*call).status == "done", (mutation.kind, call)
        desk.is_confirming = mutation.is_confirmed
        before = len(desk.shop.changes)
        outcome = desk.call(*mutation.broken)
        is_refused = outcome.status not in ("done", "failed") and len(desk.shop.changes) == before
        refused[mutation.kind] += is_refused
        if not is_refused:
            slipped.append((mutation.kind, mutation.broken, outcome.status, outcome.message.en))
    for kind in tried:
        print(f"{kind}: {refused[kind]} of {tried[kind]} refused; {controls[kind]} controls done")
    total, share = tried.total(), refused.total() / tried.total()
    scorecard.note(
        Figure(
            "tau2_retail: violating mutations refused",
            ">= 95 %",
            f"{100 * share:.1f} % of {total} in {len(tried)} kinds (unbroken controls done: "
            f"{100 * controls.total() / total:.1f} %)",
            share >= 0.95,
            COMMAND,
            date.today(),
        )
    )
    assert total >= 300
    assert min(tried.values()) >= 5
    assert slipped == []
    assert controls == tried


def identify(desk, records, gold):
    """Gold sequences without a look-up of the customer begin with one who is known: whoever the records name."""
    if any(name.startswith("find_user") for name, _ in gold):
        return
    for _, arguments in gold:
        owner = arguments.get("user_id") or records.orders.get(arguments.get("order_id"), {}).get("user_id")
        if owner:
            desk.identify(owner)
            return


def exists(records, name, arguments):
    """Whether the records hold what a look-up asks for; some gold look-ups find nothing and go on."""
    users = records.users.values()
    if name == "find_user_id_by_email":
        return any(user["email"] == arguments["email"] for user in users)
    if name == "find_user_id_by_name_zip":
        wanted = (arguments["first_name"].lower(), arguments["last_name"].lower(), arguments["zip"])
        names = [(user["name"]["first_name"], user["name"]["last_name"], user["address"]["zip"]) for user in users]
        return any((first.lower(), last.lower(), code) == wanted for first, last, code in names)
    if name == "get_order_details":
        return arguments["order_id"] in records.orders
    if name == "get_product_details":
        return arguments["product_id"] in records.products
    return True
