"""Which signs become pairs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.training.mining import Signal, mine

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)


def sign(question="包邮吗", document="shipping", source="opened", customer="ann", minutes=0, **more):
    return Signal(question, (document,), source, AT + timedelta(minutes=minutes), customer, **more)


def test_a_sign_becomes_a_pair():
    mined = mine([sign()])

    (pair,) = mined.pairs
    assert (pair.text, pair.documents, pair.source, pair.at) == ("包邮吗", ("shipping",), "opened", AT)


def test_nothing_comes_of_nothing():
    assert mine([]).pairs == ()


def test_what_the_verifier_did_not_hold_does_not_count():
    mined = mine([sign(is_held=False)])

    assert mined.pairs == ()
    assert mined.dropped.not_held == 1


def test_a_person_has_one_voice():
    insisting = [sign(document="wrong", minutes=at) for at in range(5)]
    others = [sign(document="wrong", customer="bob", is_against=True), sign(customer="cy")]

    mined = mine([*insisting, *others])

    assert mined.pairs[0].documents == ("shipping",)
    assert mined.dropped.repeated == 4


def test_a_document_that_is_turned_down_as_often_is_left_out():
    mined = mine([sign(source="rating"), sign(source="rating", customer="bob", is_against=True)])

    assert mined.pairs == ()
    assert mined.dropped.disputed == 1


def test_agents_go_before_clicks():
    mined = mine([sign(document="clicked"), sign(document="cited", source="edit", customer="agent")])

    assert mined.pairs[0].documents == ("cited",)
    assert mined.sources == {"edit": 1}


def test_spelling_does_not_make_two_questions():
    mined = mine([sign(question="Free shipping?"), sign(question=" free  SHIPPING? ", customer="bob")])

    assert len(mined.pairs) == 1


def test_hostile_and_empty_questions_are_left_out():
    mined = mine([sign(question=" "), sign(question="x" * 5000), Signal("no documents", (), "opened", AT, "ann")])

    assert mined.pairs == ()
    assert mined.dropped.unusable == 3


def test_pairs_stand_by_time():
    mined = mine([sign(question="second", minutes=5), sign(question="first")])

    assert [pair.text for pair in mined.pairs] == ["first", "second"]
