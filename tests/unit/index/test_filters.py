from datetime import date

import numpy as np
import pytest

from index.filters import Audience, Filters
from index.types import Query

ALL = Audience("zh", None, None, "[]")
STAFF = Audience("en", None, None, '["staff"]')
OLD = Audience("mixed", "2025-01-01", "2025-12-31", "[]")


@pytest.fixture
def filters():
    return Filters([ALL, STAFF, OLD], np.asarray([0, 1, 2, 0], dtype=np.int32))


def test_a_query_that_may_see_everything_needs_no_mask(filters):
    query = Query("q", access=frozenset({"staff"}))

    admitted = filters.admitted(query)

    assert (admitted.rows, admitted.keys) == (None, None)
    assert not admitted.is_nothing


def test_the_mask_admits_the_rows_of_the_audiences_that_match(filters):
    admitted = filters.admitted(Query("q", as_of=date(2026, 1, 1)))

    assert admitted.rows.tolist() == [True, False, False, True]
    assert admitted.keys == [ALL.key]


def test_a_query_that_may_see_nothing_is_known_beforehand(filters):
    query = Query("q", language="en", as_of=date(2026, 1, 1))

    assert filters.admitted(query).is_nothing


def test_different_audiences_have_different_keys():
    audiences = [ALL, STAFF, OLD, Audience("zh", "2025-01-01", None, "[]"), Audience("zh", None, "2025-01-01", "[]")]

    assert len({audience.key for audience in audiences}) == len(audiences)


def test_what_is_upcoming_begins_after_the_day(filters):
    upcoming = Query("q", as_of=date(2024, 12, 31), is_upcoming=True)

    assert filters.admitted(upcoming).keys == [OLD.key]
    assert filters.admits_any(upcoming)
    for day in (date(2025, 1, 1), date(2026, 1, 1)):
        assert not filters.admits_any(Query("q", as_of=day, is_upcoming=True))
