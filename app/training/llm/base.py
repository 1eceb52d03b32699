"""The weights that a run begins with: a Hugging Face folder, a GGUF file unpacked to one, or a new model."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.training.llm.config import Architecture
from app.training.llm.encoding import CHAT_TEMPLATE
from app.training.llm.errors import TuningConfigInvalid

_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
_MIB = 2**20


def find_base(name: str, weights_of: Callable[[str], Path], home: Path, *, on_unpack: Callable[[], None]) -> Path:
    """The Hugging Face folder of a base model.

    Args:
        name: of a folder, of a GGUF file, or of the catalogue.
        weights_of: the file of a name of the catalogue; raises a `KefuError` where there is none.
        home: GGUF files are unpacked below it, once.
        on_unpack: told before that begins; it takes minutes.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").exists():
            raise TuningConfigInvalid(f"{folder} holds no config.json: it is no Hugging Face folder.")
        return folder
    if name.endswith(".gguf") or folder.is_file():
        if not folder.is_file():
            raise TuningConfigInvalid(f"There is no model file {folder}.")
        return unpacked(folder, home, on_unpack=on_unpack)
    return unpacked(weights_of(name), home, on_unpack=on_unpack)


def unpacked(file: Path, home: Path, *, on_unpack: Callable[[], None]) -> Path:
    """The folder to which a GGUF file is unpacked, in bfloat16: 16 bits hold what its 4 to 8 bits say."""
    folder = home / f"{file.stem}@{file_digest(file)[:12]}"
    if (folder / "config.json").exists():
        return folder
    on_unpack()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    aside = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        model: Any = AutoModelForCausalLM.from_pretrained(
            str(file.parent),
            gguf_file=file.name,
            dtype=torch.float32,
            quantization_config=GgufConfig(dequantize=True),
        )
        tokenizer: Any = AutoTokenizer.from_pretrained(str(file.parent), gguf_file=file.name)
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
        model.to(torch.bfloat16).save_pretrained(aside)
        tokenizer.save_pretrained(aside)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def make_base(folder: Path, architecture: Architecture, texts: Sequence[str], *, length: int, seed: int) -> Path:
    """Write a new model of random weights and a tokenizer trained on `texts`; nothing where the folder has one."""
    if (folder / "config.json").exists():
        return folder
    import torch

    aside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    tokenizer = train_tokenizer(texts, architecture.vocabulary)
    tokenizer.save_pretrained(aside)
    torch.manual_seed(seed)
    _new_model(architecture, tokenizer, max(length, 512)).save_pretrained(aside)
    aside.rename(folder)
    return folder


def train_tokenizer(texts: Sequence[str], vocabulary: int) -> Any:
    """Byte pairs of `texts`, with the marks of ChatML; no text is foreign to it, for it falls back to bytes."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=_SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    wrap: Any = PreTrainedTokenizerFast
    return wrap(tokenizer_object=tokenizer, pad_token=_SPECIAL[0], eos_token=_SPECIAL[2], chat_template=CHAT_TEMPLATE)


def folder_digest(folder: Path) -> str:
    """Of all that makes the model in a folder what it is; the ends of the weights stand for them."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in (".json", ".safetensors", ".bin", ".jinja"):
            digest.update(f"{path.name}\0{file_digest(path)}\0".encode())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """Size, first and last MiB of a file; training changes every layer, and a gigabyte takes seconds to read."""
    size = path.stat().st_size
    digest = hashlib.sha256(f"{size}\0".encode())
    with path.open("rb") as stream:
        digest.update(stream.read(_MIB))
        stream.seek(max(0, size - _MIB))
        digest.update(stream.read())
    return digest.hexdigest()


def config_of(folder: Path) -> dict[str, Any]:
    """The sizes of the model in a folder."""
    try:
        found = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TuningConfigInvalid(f"{folder / 'config.json'} cannot be read.") from error
    return dict(found) if isinstance(found, dict) else {}


def _new_model(architecture: Architecture, tokenizer: Any, positions: int) -> Any:
    from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

    marks = {
        "vocab_size": len(tokenizer),
        "bos_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        "tie_word_embeddings": True,
    }
    if architecture.family == "gpt2":
        small = GPT2Config(
            n_layer=architecture.layers,
            n_embd=architecture.width,
            n_head=architecture.heads,
            n_positions=positions,
            attn_pdrop=0.0,
            embd_pdrop=0.0,
            resid_pdrop=0.0,
            **marks,
        )
        return GPT2LMHeadModel(small)
    kinds: dict[str, tuple[Any, Any]] = {
        "llama": (LlamaConfig, LlamaForCausalLM),
        "qwen2": (Qwen2Config, Qwen2ForCausalLM),
    }
    config, model = kinds[architecture.family]
    sizes = config(
        num_hidden_layers=architecture.layers,
        hidden_size=architecture.width,
        intermediate_size=4 * architecture.width,
        num_attention_heads=architecture.heads,
        num_key_value_heads=architecture.heads,
        max_position_embeddings=positions,
        **marks,
    )
    return model(sizes)
