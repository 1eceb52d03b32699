"""Errors of identity and rights.

AccessError
├── KeyMissing
├── KeyUnknown
├── ScopeMissing
├── OriginRefused
└── IdentityForged
"""

from __future__ import annotations

from index.errors import KefuError


class AccessError(KefuError):
    """The caller may not do this."""

    code = "access"


class KeyMissing(AccessError):
    """No API key was sent."""

    code = "key_missing"


class KeyUnknown(AccessError):
    """The API key is not one of ours, or was revoked."""

    code = "key_unknown"


class ScopeMissing(AccessError):
    """The key is good, but not for this."""

    code = "scope_missing"


class OriginRefused(AccessError):
    """The widget was used on a site that is not allowed."""

    code = "origin_refused"


class IdentityForged(AccessError):
    """The customer's identity is not signed by the shop."""

    code = "identity_forged"
