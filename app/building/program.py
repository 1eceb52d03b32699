"""What answers, in values: the version, the settings that bear on answers, and the weights that come with kefu."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from pydantic import BaseModel

from app.receipts.receipt import Program
from app.settings import Settings

ANSWERING = ("answer.min_confidence", "answer.max_error", "answer.reader", "answer.max_tokens",
             "answer.max_question", "answer.min_support", "answer.asks_model", "answer.translate_s",
             "retrieval.rrf_k", "retrieval.depth", "retrieval.top", "retrieval.dense_weight",
             "retrieval.sentence_weight", "retrieval.words_weight", "retrieval.bigrams_weight",
             "retrieval.late", "retrieval.late_fusion_weight", "retrieval.move_questions", "models.embedder",
             "models.query_prefix", "models.passage_prefix", "llm.order", "llm.local.model",
             "llm.remote.model")  # fmt: skip
"""Settings that bear on what an answer says; no addresses, keys or folders."""
_WHERE_SET = ("answer.prompt_zh", "answer.prompt_en")
"""Settings that bear on answers, too, and are told only where they are set."""
_WEIGHTS = (
    ("index.embedding", "token_codes.safetensors"),
    ("app.assistant", "answerability.json"),
    ("app.assistant", "answerability_read.json"),
    ("app.assistant", "opinion.json"),
    ("app.retrieval", "sentence_scorer.safetensors"),
    ("app.retrieval.reading", "claims.safetensors"),
    ("app.retrieval.reading", "reader.safetensors"),
)


def program_of(
    settings: Settings,
    *,
    embedder: str,
    has_scorer: bool,
    calibration: str | None = None,
    query_map: str | None = None,
    scorer: str | None = None,
) -> Program:
    """The program that answers by these settings; reads 10 MB of weights the first time.

    `calibration` is the digest of the outcomes that the threshold was taken from, `query_map` that of the adapter,
    `scorer` that of a reranker which takes the place of the one that comes with kefu.
    """
    values = {name: _value(settings, name) for name in ANSWERING}
    values |= {name: value for name in _WHERE_SET if (value := _value(settings, name))}
    weights = {name: digest for name, digest in _digests().items() if has_scorer or "scorer" not in name}
    if calibration is not None:
        weights["calibration.jsonl"] = calibration
    if query_map is not None:
        weights["query_map.safetensors"] = query_map
    if scorer is not None:
        weights["sentence_scorer.safetensors"] = scorer
    return Program(version("kefu"), embedder, values, weights)


def with_settings(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """The settings with other values for those of `ANSWERING`; names that are not among them are passed over.

    Instructions that the values do not name are kefu's own.

    Raises `pydantic.ValidationError` for a value that is no longer allowed.
    """
    body = settings.model_dump()
    for name, value in {**dict.fromkeys(_WHERE_SET, ""), **values}.items():
        if name in ANSWERING or name in _WHERE_SET:
            node = body
            *parents, leaf = name.split(".")
            for parent in parents:
                node = node[parent]
            node[leaf] = value
    return type(settings).model_construct(
        **{name: _group(getattr(settings, name), body[name]) for name in type(settings).model_fields}
    )


def varied(settings: Settings, retrieval: Mapping[str, Any], prompt: Mapping[str, Any]) -> Settings:
    """The settings with other values for some of `retrieval`, and instructions to the language model by language."""
    tried = type(settings.retrieval).model_validate({**settings.retrieval.model_dump(), **retrieval})
    told = settings.answer.model_copy(update={f"prompt_{language}": text for language, text in prompt.items()})
    return settings.model_copy(update={"retrieval": tried, "answer": told})


def _group(old: Any, body: Any) -> Any:
    """Not through `Settings(…)`: the environment would go before the values."""
    return type(old).model_validate(body) if isinstance(old, BaseModel) else old


def _value(settings: Settings, name: str) -> Any:
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return list(value) if isinstance(value, tuple) else value


@cache
def _digests() -> Mapping[str, str]:
    return {name: hashlib.sha256(files(package).joinpath(name).read_bytes()).hexdigest() for package, name in _WEIGHTS}
