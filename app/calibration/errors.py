"""Errors of calibration: all of them what the caller can correct.

InputError
└── CalibrationUnreadable   a file of outcomes is missing, damaged or of a newer version
"""

from __future__ import annotations

from index.errors import InputError


class CalibrationUnreadable(InputError):
    """The file is not one of outcomes."""

    code = "calibration_unreadable"
