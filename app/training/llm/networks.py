"""Models of transformers with adapters of peft: opened, put together, written."""

from __future__ import annotations

import logging
import os
import shutil
import warnings
from pathlib import Path
from typing import Any

import torch

from app.training.llm.config import TuningConfig
from app.training.llm.errors import AdapterUnusable, TuningConfigInvalid
from app.training.llm.lineage import adapter_folder


def precision_here(config: TuningConfig, device: str) -> torch.dtype:
    """Of the weights that stay. All that is trained is float32, for steps are too small for bfloat16."""
    if config.trains_all or config.precision == "float32":
        return torch.float32
    if config.precision == "bfloat16" or device != "cpu":
        return torch.bfloat16
    computes = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return torch.bfloat16 if computes else torch.float32


def open_tokenizer(folder: Path) -> Any:
    """Raises `TuningConfigInvalid` when the folder has none, or none that lays out conversations."""
    from transformers import AutoTokenizer

    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError) as error:
        raise TuningConfigInvalid(f"{folder} holds no tokenizer that can be read.") from error
    if tokenizer.eos_token_id is None:
        raise TuningConfigInvalid(f"The tokenizer of {folder} has no mark for the end of a reply.")
    return tokenizer


def open_weights(folder: Path, precision: torch.dtype, *, trains_all: bool) -> Any:
    """The model in a folder; its weights are trained, or stay."""
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging as library_logging

    talking: Any = library_logging
    talking.disable_progress_bar()
    try:
        model: Any = AutoModelForCausalLM.from_pretrained(str(folder), dtype=precision, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        what = " ".join(str(error).split())[:200]
        raise TuningConfigInvalid(f"The weights in {folder} cannot be read: {what}") from error
    model.config.use_cache = False
    model.requires_grad_(trains_all)
    return model


def attach(model: Any, config: TuningConfig) -> Any:
    """The model with a new adapter, or with that of an earlier run; itself where all weights are trained."""
    if config.trains_all:
        return model
    from peft import LoraConfig, PeftModel, get_peft_model

    if config.adapter is not None:
        folder = adapter_folder(Path(config.adapter).expanduser())
        if not (folder / "adapter_config.json").exists():
            raise AdapterUnusable(f"{config.adapter} holds no adapter: there is no adapter_config.json.")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)
                return PeftModel.from_pretrained(model, str(folder), is_trainable=True)
        except (OSError, ValueError, RuntimeError) as error:
            raise AdapterUnusable(f"The adapter in {folder} does not fit {config.base}, or is damaged.") from error
    settings = LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,  # type: ignore[arg-type]
        lora_dropout=config.dropout,
        target_modules=list(config.targets),
        task_type="CAUSAL_LM",
    )
    try:
        with warnings.catch_warnings():  # peft asks transformers by a name that goes away
            warnings.simplefilter("ignore", FutureWarning)
            return get_peft_model(model, settings)
    except ValueError as error:
        raise TuningConfigInvalid(f"No layer of the model is called {', '.join(config.targets)}.") from error


def enable_checkpointing(model: Any) -> None:
    """Have activations computed again on the way back instead of kept."""
    enable = getattr(model, "activation_checkpointing_enable", None)  # of transformers 5.2x on, where the other warns
    if enable is not None:
        enable({"use_reentrant": False})
    else:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})


def keep(model: Any, tokenizer: Any, config: TuningConfig, base: Path, out: Path) -> None:
    """Write what was learnt: `model/` where all weights were trained, else `adapter/` and `adapter.gguf`."""
    name = "model" if config.trains_all else "adapter"
    aside, target = out / f".{name}.{os.getpid()}.part", out / name
    shutil.rmtree(aside, ignore_errors=True)
    logging.getLogger("transformers").setLevel(logging.ERROR)
    model.save_pretrained(str(aside))
    if config.trains_all:
        tokenizer.save_pretrained(str(aside))
    shutil.rmtree(target, ignore_errors=True)
    aside.rename(target)
    if not config.trains_all:
        from app.training.llm.adapter_gguf import convert

        convert(target, base, out / "adapter.gguf")
