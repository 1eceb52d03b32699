"""A language model behind an OpenAI-compatible address (vLLM, Ollama, a hosted service)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx
    from langchain_core.language_models import BaseChatModel


def build_remote_chat(
    base_url: str,
    model: str,
    *,
    api_key: str = "",
    timeout_s: float = 20.0,
    retries: int = 1,
    counts_tokens: bool = False,
    client: httpx.Client | None = None,
) -> BaseChatModel:
    """A LangChain model for that address; nothing is sent yet.

    Args:
        base_url: up to and including `/v1`.
        model: its name on that server.
        api_key: sent as bearer token; servers without keys ignore it.
        timeout_s: to connect, and between two pieces of a reply.
        retries: after a failure before the first piece.
        counts_tokens: asks for the tokens of each reply, which not every server understands.
        client: instead of one of its own, such as one with a proxy.
    """
    # The class that ChatOpenAI is made of: it says `max_tokens`, which every compatible server understands, where
    # ChatOpenAI says `max_completion_tokens`.
    from langchain_openai.chat_models.base import BaseChatOpenAI
    from pydantic import SecretStr

    return BaseChatOpenAI(
        base_url=base_url.rstrip("/"),
        model=model,
        api_key=SecretStr(api_key or "none"),
        timeout=timeout_s,
        max_retries=retries,
        temperature=0,
        stream_usage=counts_tokens,
        http_client=client,
    )
