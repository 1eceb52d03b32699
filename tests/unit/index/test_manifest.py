import json
import re
from dataclasses import replace

import pytest

from index.errors import GenerationDamaged, StoreFormatUnknown
from index.manifest import FORMAT, FileRecord, GenerationInfo, Manifest, VectorIndexParams

MANIFEST = Manifest(
    name="g000001-0a1b2c3d",
    created_at="2026-11-24T03:00:00+00:00",
    embedder_id="e5/模型",
    dimension=384,
    documents=2,
    passages=3,
    sentences=7,
    content_digest="0a1b2c3d" * 8,
    dense=VectorIndexParams("flat", 3),
    sentence=VectorIndexParams("ivf-fp16", 7, lists=8, probes=8),
    tokenizers={"words": "search_words/1"},
    files={"dense.faiss": FileRecord("ab" * 32, 10), "lexical/meta.json": FileRecord("cd" * 32, 5)},
)


def test_a_manifest_comes_back_as_it_was_written():
    assert Manifest.of_bytes(MANIFEST.to_bytes()) == MANIFEST
    assert MANIFEST.size == 15


def test_every_flipped_bit_of_a_manifest_is_noticed():
    raw = MANIFEST.to_bytes()
    for at in range(len(raw)):
        for bit in range(8):
            with pytest.raises(GenerationDamaged):
                Manifest.of_bytes(raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :])


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"{}", b'{"format": "1"}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_manifest_is_damage(raw):
    with pytest.raises(GenerationDamaged, match=r"manifest\.json"):
        Manifest.of_bytes(raw)


def test_a_newer_format_is_named_and_a_damaged_number_is_not_taken_for_one():
    newer = replace(MANIFEST, format=FORMAT + 1).to_bytes()
    with pytest.raises(StoreFormatUnknown, match=f"format {FORMAT + 1}"):
        Manifest.of_bytes(newer)
    with pytest.raises(GenerationDamaged):
        Manifest.of_bytes(re.sub(rb'"format": \d', b'"format": 9', MANIFEST.to_bytes()))


def test_the_short_form_is_ready_for_json():
    info = GenerationInfo.of(MANIFEST, is_current=True)

    assert json.loads(json.dumps(info.to_dict())) == {
        "name": "g000001-0a1b2c3d",
        "created_at": "2026-11-24T03:00:00+00:00",
        "documents": 2,
        "passages": 3,
        "sentences": 7,
        "embedder_id": "e5/模型",
        "dimension": 384,
        "content_digest": "0a1b2c3d" * 8,
        "bytes": 15,
        "is_current": True,
        "token_codec": "",
    }
