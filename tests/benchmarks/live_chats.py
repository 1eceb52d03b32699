"""Questions to a running service, as a program would ask them, and the settings that it runs under here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from app.settings import Settings
from tests.live import LiveService, clean_environment


def with_weights(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a `kefu` command that embeds with the default model and writes no answers with another."""
    models = Settings().models
    return clean_environment(
        folder,
        KEFU_MODELS__EMBEDDER=models.embedder,
        KEFU_MODELS__CACHE=str(models.cache.expanduser()),
        KEFU_SERVER__REQUESTS_PER_MINUTE="1000000",
        **settings,
    )


def client_of(service: LiveService) -> httpx.Client:
    """A client with the admin key, for any number of threads."""
    return httpx.Client(
        base_url=service.url,
        headers={"Authorization": f"Bearer {service.admin_key}"},
        timeout=120,
        limits=httpx.Limits(max_connections=64),
        trust_env=False,
    )


def ask(client: httpx.Client, question: str) -> dict[str, Any]:
    """One answer as JSON. Raises `httpx.HTTPError` for any other status than success."""
    body: dict[str, Any] = client.post("/v1/chat", json={"message": question}).raise_for_status().json()
    return body
