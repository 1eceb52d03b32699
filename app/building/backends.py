"""Embedders and language models by the names that the settings give them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import LLMSettings, LocalLLMSettings, ModelSettings, RemoteLLMSettings, SettingInvalid

if TYPE_CHECKING:
    from app.domain import ChatModel
    from app.generation.adapters import AdapterSource
    from index.embedding.text_model import LazyTextModel
    from index.embedding.token_codec import TokenCodec
    from index.ports import Embedder
    from index.weights import Weights

_MIB = 2**20


def build_embedder(
    models: ModelSettings, weights: Weights, text_model: Callable[[Path | str], LazyTextModel]
) -> Embedder:
    """The embedder that the settings name; nothing is loaded yet.

    Args:
        models: the settings.
        weights: of the catalogue.
        text_model: gives the model in a folder or of a name on the hub.

    Raises `ModelMissing` or `ModelDamaged` when its weights are not here, `SettingInvalid` for a remote one without
    an address.
    """
    from index.embedding.token_codec import TokenCodec

    builders: dict[str, Callable[[], Embedder]] = {"hashing": _hashing, "openai": lambda: _remote(models)}
    for spec in weights.catalogue():
        if spec.kind == "embedding":
            for name in (spec.name, *spec.aliases):
                builders[name] = lambda spec=spec: _sentence_transformer(  # type: ignore[misc]
                    text_model(weights.path(spec.name)),
                    spec.identity,
                    prefixes=("query: ", "passage: "),
                    codec=TokenCodec.of(spec.identity),
                )
    builder = builders.get(models.embedder)
    if builder is not None:
        return builder()
    folder = Path(models.embedder).expanduser()
    is_folder = folder.is_dir()
    return _sentence_transformer(
        text_model(folder if is_folder else models.embedder),
        folder_identity(folder) if is_folder else models.embedder,
        prefixes=(models.query_prefix, models.passage_prefix),
    )


def folder_identity(folder: Path) -> str:
    """Name and content of a model folder in one, so that another version of a model makes another index.

    The end of the weights is read, not all of them: training changes every layer.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".json", ".safetensors", ".bin"):
            size = path.stat().st_size
            digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
            with path.open("rb") as stream:
                stream.seek(max(0, size - _MIB))
                digest.update(stream.read())
    return f"{folder.name}@{digest.hexdigest()[:8]}"


def build_chat_model(
    llm: LLMSettings, weights: Weights, *, in_background: bool, adapter: AdapterSource | None = None
) -> ChatModel | None:
    """The language models in the order of the settings, as one; None when none of them is wanted.

    Nothing is loaded and nobody is asked yet. With `in_background` a local model is loaded as soon as its weights are
    there, and not ready until then; without, the first request loads it. Before each reply of a local model `adapter`
    is asked which one serves; by default that of the settings does.
    """
    adapter = adapter or (lambda: llm.adapter)
    models: list[ChatModel] = []
    for backend in llm.order:
        if backend == "extractive":
            break  # it always works: nothing behind it would ever be asked
        if backend == "local":
            models.append(_local_chat(llm.local, weights, adapter, in_background=in_background))
        elif llm.remote.base_url:
            models.append(_remote_chat(llm.remote))
    if not models:
        return None
    from app.generation.fallback import FallbackChatModel

    return FallbackChatModel(models)


def _remote_chat(remote: RemoteLLMSettings) -> ChatModel:
    from app.generation.circuit import CircuitChatModel
    from app.generation.langchain import ChatTimeouts, LangChainChatModel
    from app.generation.lazy import LazyChatModel
    from app.generation.remote import build_remote_chat

    if not remote.model:
        raise SettingInvalid("A remote language model needs its name: set KEFU_LLM__REMOTE__MODEL.")

    def build() -> ChatModel:
        model = build_remote_chat(
            remote.base_url, remote.model, api_key=remote.api_key.get_secret_value(), timeout_s=remote.timeout_s,
            counts_tokens=remote.counts_tokens,
        )  # fmt: skip
        timeouts = ChatTimeouts(remote.timeout_s, remote.timeout_s, 6 * remote.timeout_s)
        return CircuitChatModel(LangChainChatModel(model, name=remote.model, timeouts=timeouts))

    return LazyChatModel(build, name=remote.model)  # importing the client takes a second


def _local_chat(local: LocalLLMSettings, weights: Weights, adapter: AdapterSource, *, in_background: bool) -> ChatModel:
    from app.generation.adapters import name_with
    from app.generation.lazy import LazyChatModel

    spec = weights.spec(local.model)

    def build() -> ChatModel:
        from app.generation.circuit import CircuitChatModel
        from app.generation.langchain import ChatTimeouts, LangChainChatModel
        from app.generation.local_gguf import LocalGGUFChat
        from app.generation.prompts import build_prompt

        model = LocalGGUFChat(
            path=weights.path(spec.name), model_name=spec.name, threads=local.threads or None, adapter=adapter
        )
        model.load()
        if in_background:
            model.warm_up([build_prompt("", [], language=language) for language in ("zh", "en")])
        timeouts = ChatTimeouts(local.timeout_s, local.timeout_s, 3 * local.timeout_s)
        return CircuitChatModel(LangChainChatModel(model, name=spec.name, timeouts=timeouts))

    return LazyChatModel(
        build,
        name=lambda: name_with(spec.name, adapter()),
        is_available=lambda: weights.state(spec.name) == "ready",
        in_background=in_background,
        takes_probes=True,
    )


def _hashing() -> Embedder:
    from index.embedding.hashing import HashingEmbedder

    return HashingEmbedder()


def _remote(models: ModelSettings) -> Embedder:
    from index.embedding.openai_compatible import OpenAICompatibleEmbedder

    remote = models.remote
    if not remote.base_url or not remote.model:
        raise SettingInvalid(
            "The embedder openai needs an address and a model: set KEFU_MODELS__REMOTE__BASE_URL and "
            "KEFU_MODELS__REMOTE__MODEL."
        )
    return OpenAICompatibleEmbedder(
        remote.base_url,
        remote.model,
        api_key=remote.api_key.get_secret_value() or None,
        dimension=remote.dimension or None,
        query_prefix=remote.query_prefix,
        passage_prefix=remote.passage_prefix,
        timeout_s=remote.timeout_s,
    )


def _sentence_transformer(
    model: LazyTextModel, embedder_id: str, *, prefixes: tuple[str, str], codec: TokenCodec | None = None
) -> Embedder:
    from index.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(
        model, embedder_id=embedder_id, query_prefix=prefixes[0], passage_prefix=prefixes[1], codec=codec
    )
