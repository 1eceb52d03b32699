"""Errors of evaluation: all of them what the caller can correct.

InputError
├── DatasetUnreadable   a file of a question set is missing, or a line of it is not what the layout says
├── LayoutUnknown       the folder holds no question set, or not the part that was asked for
├── CaseMissing         no test case of that id
├── RunMissing          no result of an evaluation under that name
├── ResultUnreadable    not the result of an evaluation
└── ResultsDiffer       two results that have no question in common
"""

from __future__ import annotations

from index.errors import InputError


class DatasetUnreadable(InputError):
    """A question set is missing or not in its layout."""

    code = "dataset_unreadable"


class LayoutUnknown(InputError):
    """The folder holds no question set in a layout that is known."""

    code = "layout_unknown"


class ResultUnreadable(InputError):
    """The file is not the result of an evaluation."""

    code = "result_unreadable"


class ResultsDiffer(InputError):
    """The two results are of different question sets."""

    code = "results_differ"


class CaseMissing(InputError):
    """There is no test case of that id."""

    code = "case_missing"


class RunMissing(InputError):
    """There is no result of an evaluation under that name."""

    code = "run_missing"
