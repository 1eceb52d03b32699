"""Errors of webhooks.

WebhookError
└── EndpointMissing         no endpoint of that id
InputError
└── EndpointInvalid         an address or a name of an event that cannot be used
"""

from __future__ import annotations

from index.errors import InputError, KefuError


class WebhookError(KefuError):
    """A webhook cannot be used."""

    code = "webhook"


class EndpointMissing(WebhookError):
    """There is no endpoint of that id."""

    code = "endpoint_missing"


class EndpointInvalid(InputError):
    """The endpoint cannot be used as it is."""

    code = "endpoint_invalid"
