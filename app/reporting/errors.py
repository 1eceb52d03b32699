"""What can go wrong with reports.

ReportError
└── ReportMissing    no report of that week
"""

from __future__ import annotations

from index.errors import KefuError


class ReportError(KefuError):
    """A report cannot be had as asked."""

    code = "report"


class ReportMissing(ReportError):
    """There is no report of that week."""

    code = "report_missing"
