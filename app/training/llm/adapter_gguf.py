"""An adapter of peft as a GGUF file that llama.cpp puts beside its weights, and back.

Source: `convert_lora_to_gguf.py` of llama.cpp: the names of its tensors with `.lora_a` and `.lora_b` behind them, and
`adapter.lora.alpha`; a scale of 1 then means alpha / rank, as in peft.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.training.llm.base import config_of
from app.training.llm.errors import AdapterUnusable

_NAME = re.compile(r"^base_model\.model\.(?P<layer>.+)\.lora_(?P<side>[AB])(?:\.default)?\.weight$")
_PERMUTED = ("llama", "mistral")
"""llama.cpp turns the rows of their queries and keys, so that the halves of a rotation lie side by side."""
_KNOWN = ("llama", "mistral", "qwen2", "qwen3")
_LAYERS = (*(f"self_attn.{name}_proj" for name in "qkvo"), *(f"mlp.{name}_proj" for name in ("gate", "up", "down")))


def convert(adapter: Path, base: Path, target: Path, *, is_half: bool = False) -> Path:
    """Write the adapter in a folder as a file, whole or not at all.

    Args:
        adapter: folder with `adapter_config.json` and `adapter_model.safetensors`.
        base: folder of the model that it belongs to; only its `config.json` is read.
        target: the file.
        is_half: whether its numbers have 16 bits, for one that is shipped.

    Raises `AdapterUnusable` for an adapter that is damaged or of a kind that llama.cpp does not take.
    """
    import gguf

    settings, tensors = _read(adapter)
    sizes = config_of(base)
    family = str(sizes.get("model_type", ""))
    if family not in _KNOWN:
        raise AdapterUnusable(f"Adapters of {family or 'this'} models cannot be converted; {', '.join(_KNOWN)} can.")
    library: Any = gguf
    arch = library.MODEL_ARCH[{"mistral": "LLAMA"}.get(family, family.upper())]
    names = library.get_tensor_name_map(arch, int(sizes["num_hidden_layers"]))
    aside = target.with_name(f".{target.name}.part")
    writer = library.GGUFWriter(str(aside), library.MODEL_ARCH_NAMES[arch])
    writer.add_type(library.GGUFType.ADAPTER)
    writer.add_string(library.Keys.Adapter.TYPE, "lora")
    writer.add_float32(library.Keys.Adapter.LORA_ALPHA, _alpha(settings))
    for layer, (low, high) in sorted(tensors.items()):
        name = names.get_name(f"{layer}.weight", try_suffixes=(".weight",))
        if name is None:
            raise AdapterUnusable(f"llama.cpp knows no layer {layer} in {family} models.")
        if family in _PERMUTED and layer.endswith(("q_proj", "k_proj")):
            heads = int(sizes["num_attention_heads"])
            high = permuted(high, heads if layer.endswith("q_proj") else int(sizes.get("num_key_value_heads", heads)))
        name = name if name.endswith(".weight") else f"{name}.weight"
        kind = np.float16 if is_half else np.float32
        writer.add_tensor(f"{name}.lora_a", low.astype(kind))
        writer.add_tensor(f"{name}.lora_b", high.astype(kind))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    aside.replace(target)
    return target


def unpack(file: Path, base: Path, target: Path) -> Path:
    """Write an adapter file as a folder of peft, from which a run learns on.

    Args:
        file: as `convert` writes it.
        base: folder of the model that it belongs to; only its `config.json` is read.
        target: the folder.

    Raises `AdapterUnusable` for a file that is none, or of another model.
    """
    import gguf
    from peft import LoraConfig
    from safetensors.numpy import save_file

    library: Any = gguf
    sizes = config_of(base)
    family = str(sizes.get("model_type", ""))
    try:
        reader = library.GGUFReader(file)
        found = {tensor.name: np.array(tensor.data, np.float32) for tensor in reader.tensors}
        alpha = float(reader.get_field(library.Keys.Adapter.LORA_ALPHA).contents())
    except (OSError, ValueError, AttributeError, KeyError) as error:
        raise AdapterUnusable(f"{file} is no adapter that can be read.") from error
    if family not in _KNOWN or family in _PERMUTED:
        raise AdapterUnusable(
            f"Adapters of {family or 'this'} models are not learnt on from a file; name the run's folder."
        )
    names = library.get_tensor_name_map(library.MODEL_ARCH[family.upper()], int(sizes["num_hidden_layers"]))
    halves, layers = {}, set()
    for number in range(int(sizes["num_hidden_layers"])):
        for layer in _LAYERS:
            name = names.get_name(f"model.layers.{number}.{layer}.weight", try_suffixes=(".weight",))
            name = name if name is None or name.endswith(".weight") else f"{name}.weight"
            for side, end in (("A", "lora_a"), ("B", "lora_b")):
                if (value := found.pop(f"{name}.{end}", None)) is not None:
                    halves[f"base_model.model.model.layers.{number}.{layer}.lora_{side}.weight"] = value
                    layers.add(layer.rpartition(".")[2])
    if found or not halves:
        raise AdapterUnusable(f"{file} is an adapter of another model than the one in {base}.")
    rank = next(len(value) for name, value in halves.items() if ".lora_A." in name)
    settings: Any = LoraConfig(
        r=rank,
        lora_alpha=alpha,  # type: ignore[arg-type]
        target_modules=sorted(layers),
        task_type="CAUSAL_LM",
    )
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    save_file(halves, str(aside / "adapter_model.safetensors"))
    settings.save_pretrained(str(aside))
    shutil.rmtree(target, ignore_errors=True)
    aside.rename(target)
    return target


def permuted(rows: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows of queries or keys, (out, rank), from halves of a rotation one behind the other to side by side."""
    shape = (heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return np.ascontiguousarray(rows.reshape(shape).swapaxes(1, 2).reshape(rows.shape))


def _alpha(settings: dict[str, Any]) -> float:
    """rsLoRA divides by the root of the rank; llama.cpp by the rank."""
    alpha, rank = float(settings.get("lora_alpha", 1)), int(settings["r"])
    return float(alpha * rank**0.5) if settings.get("use_rslora") else alpha


def _read(adapter: Path) -> tuple[dict[str, Any], dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        settings = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
        found = load_file(adapter / "adapter_model.safetensors")
    except FileNotFoundError as error:
        raise AdapterUnusable(
            f"{adapter} holds no adapter: {Path(str(error.filename or '')).name} is missing."
        ) from error
    except (OSError, ValueError, SafetensorError) as error:
        raise AdapterUnusable(f"The adapter in {adapter} is damaged: {' '.join(str(error).split())[:160]}") from error
    if settings.get("peft_type") != "LORA" or settings.get("use_dora") or settings.get("rank_pattern"):
        raise AdapterUnusable(f"The adapter in {adapter} is no plain LoRA.")
    halves: dict[str, dict[str, NDArray[np.float32]]] = {}
    for name, value in found.items():
        match = _NAME.match(name)
        if match is None:
            raise AdapterUnusable(f"The adapter in {adapter} has a tensor that is none of LoRA: {name}.")
        halves.setdefault(match["layer"], {})[match["side"]] = np.asarray(value, np.float32)
    pairs = {}
    for layer, sides in halves.items():
        low, high = sides.get("A"), sides.get("B")
        if low is None or high is None or low.ndim != 2 or high.ndim != 2 or low.shape[0] != high.shape[1]:
            raise AdapterUnusable(f"The adapter in {adapter} is damaged: the halves of {layer} do not fit.")
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            raise AdapterUnusable(f"The adapter in {adapter} is damaged: {layer} holds values that are no numbers.")
        pairs[layer] = (low, high)
    if not pairs:
        raise AdapterUnusable(f"The adapter in {adapter} is empty.")
    return settings, pairs
