"""Errors of settings:

SettingsError
├── SettingUnknown      no setting of that name; the nearest known one is named
└── SettingInvalid      a value out of range or of the wrong kind, or a kefu.toml that is not TOML
"""

from __future__ import annotations

from index.errors import KefuError


class SettingsError(KefuError):
    """The settings cannot be used as they are."""

    code = "settings"


class SettingUnknown(SettingsError):
    """There is no setting of that name."""

    code = "setting_unknown"


class SettingInvalid(SettingsError):
    """A value is out of range or of the wrong kind."""

    code = "setting_invalid"
