import json

import gguf
import numpy as np
import pytest
from safetensors.numpy import save_file

from app.training.llm.adapter_gguf import convert, permuted
from app.training.llm.errors import AdapterUnusable

LAYER = "base_model.model.model.layers.1.self_attn.q_proj"


def base(tmp_path, family="qwen2"):
    folder = tmp_path / "base"
    folder.mkdir(exist_ok=True)
    sizes = {"model_type": family, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2}
    (folder / "config.json").write_text(json.dumps(sizes))
    return folder


def adapter(tmp_path, tensors=None, **settings):
    folder = tmp_path / "adapter"
    folder.mkdir(exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 8, **settings}))
    if tensors is None:
        low = np.arange(16, dtype=np.float32).reshape(2, 8)
        tensors = {f"{LAYER}.lora_A.weight": low, f"{LAYER}.lora_B.weight": np.ones((8, 2), np.float32)}
    save_file(tensors, folder / "adapter_model.safetensors")
    return folder


def test_the_file_has_the_names_and_the_alpha_that_llama_cpp_reads(tmp_path):
    file = convert(adapter(tmp_path), base(tmp_path), tmp_path / "adapter.gguf")

    reader = gguf.GGUFReader(file)
    assert {tensor.name: tuple(tensor.shape) for tensor in reader.tensors} == {
        "blk.1.attn_q.weight.lora_a": (8, 2),  # llama.cpp counts dimensions from the innermost
        "blk.1.attn_q.weight.lora_b": (2, 8),
    }
    assert reader.get_field("general.type").contents() == "adapter"
    assert reader.get_field("general.architecture").contents() == "qwen2"
    assert reader.get_field("adapter.type").contents() == "lora"
    assert reader.get_field("adapter.lora.alpha").contents() == 8.0
    assert not list(tmp_path.glob(".*"))


def test_alpha_of_rslora_is_put_in_terms_of_the_rank(tmp_path):
    file = convert(adapter(tmp_path, r=4, use_rslora=True), base(tmp_path), tmp_path / "adapter.gguf")

    # peft scales by 8 / sqrt(4) = 4; llama.cpp by alpha / 4.
    assert gguf.GGUFReader(file).get_field("adapter.lora.alpha").contents() == 16.0


def test_rows_of_queries_are_turned_for_llama_models():
    """Two heads of four: halves (0 1)(2 3) become pairs (0 2)(1 3)."""
    rows = np.arange(8, dtype=np.float32)[:, None]

    assert permuted(rows, 2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: adapter(path, peft_type="IA3"), "no plain LoRA"),
        (lambda path: adapter(path, {"base_model.model.x.weight": np.ones((2, 2), np.float32)}), "none of LoRA"),
        (lambda path: adapter(path, {f"{LAYER}.lora_A.weight": np.ones((2, 8), np.float32)}), "do not fit"),
        (
            lambda path: adapter(
                path,
                {
                    f"{LAYER}.lora_A.weight": np.full((2, 8), np.nan, np.float32),
                    f"{LAYER}.lora_B.weight": np.ones((8, 2), np.float32),
                },
            ),
            "no numbers",
        ),
        (lambda path: path, "holds no adapter"),
    ],
)
def test_an_adapter_that_cannot_serve_is_refused(tmp_path, make, said):
    with pytest.raises(AdapterUnusable, match=said):
        convert(make(tmp_path), base(tmp_path), tmp_path / "adapter.gguf")
    assert not (tmp_path / "adapter.gguf").exists()


def test_truncated_weights_and_foreign_families_are_refused(tmp_path):
    folder = adapter(tmp_path)
    with pytest.raises(AdapterUnusable, match="gpt2"):
        convert(folder, base(tmp_path, "gpt2"), tmp_path / "adapter.gguf")
    file = folder / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(AdapterUnusable, match="damaged"):
        convert(folder, base(tmp_path), tmp_path / "adapter.gguf")
