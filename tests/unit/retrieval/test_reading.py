"""Packs and the reader's network, over a tiny model of random weights."""

import numpy as np
import pytest

from app.retrieval.reading import PackBuilder, Window
from app.retrieval.reading.network import (
    as_batch,
    build_heads,
    count_layers,
    load_weights,
    save_weights,
    upper_layers,
)
from app.retrieval.reading.reader import ShortAnswer, short_answers
from index.embedding.bert import BertEncoder
from index.errors import ModelDamaged

UPPER = 6
"""Layers that are the reader's own, of eight."""


@pytest.fixture(scope="module")
def tokenizer():
    """One token a character."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    characters = sorted(set("退款多久到账三天内商家承担运费规则。？abcdefghij"))
    vocabulary = {token: number for number, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", *characters])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    return CharacterTokenizer(made)


class CharacterTokenizer:
    """Fulfils `TextTokenizer` as far as packs need it."""

    def __init__(self, tokenizer):
        self.id_to_token = tokenizer.id_to_token
        self._tokenizer = tokenizer

    def ids(self, texts):
        return [item.ids for item in self._tokenizer.encode_batch(texts, add_special_tokens=False)]

    def ids_with_offsets(self, texts):
        return [
            (item.ids, np.asarray(item.offsets))
            for item in self._tokenizer.encode_batch(texts, add_special_tokens=False)
        ]


def backbone():
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(3)
    config = BertConfig(vocab_size=64, hidden_size=32, num_hidden_layers=8, num_attention_heads=2, intermediate_size=64)
    return BertModel(config).eval()


def spelled(tokenizer, ids):
    return "".join(tokenizer.id_to_token(number) for number in ids)


def test_a_pack_holds_question_contexts_and_sentences_in_order(tokenizer):
    builder = PackBuilder(tokenizer, longest=200)

    pack = builder.build("退款多久", [Window("规则", ("三天内。", "商家承担。")), Window("", ("运费。",))])

    assert spelled(tokenizer, pack.ids) == "<s>退款多久</s>规则</s>三天内。商家承担。</s>运费。</s>"
    texts = [[spelled(tokenizer, pack.ids[start:end]) for start, end in window] for window in pack.sentences]
    assert texts == [["三天内。", "商家承担。"], ["运费。"]]


def test_a_context_is_said_once_for_neighbouring_windows(tokenizer):
    windows = [Window("规则", ("三天内。",)), Window("规则", ("运费。",)), Window("", ("退款。",))]

    pack = PackBuilder(tokenizer, longest=200).build("退款", windows)

    assert spelled(tokenizer, pack.ids) == "<s>退款</s>规则</s>三天内。</s>运费。</s>退款。</s>"


def test_long_parts_are_cut_and_what_finds_no_room_is_left_out(tokenizer):
    builder = PackBuilder(tokenizer, longest=40, question=6, context=4, sentence=8)

    pack = builder.build("退款" * 50, [Window("a" * 30 + "bcde", ("三" * 30, "天。")), Window("", ("运费承担。",) * 9)])

    assert len(pack.ids) <= 40
    assert spelled(tokenizer, pack.ids).startswith("<s>" + "退款" * 3 + "</s>bcde</s>" + "三" * 8 + "天。</s>")
    assert len(pack.sentences) == 2
    assert 0 < len(pack.sentences[1]) < 9


def test_a_pack_too_small_for_a_sentence_is_a_mistake(tokenizer):
    with pytest.raises(ValueError, match="room"):
        PackBuilder(tokenizer, longest=30)


def test_padding_changes_nothing(tokenizer):
    import torch

    builder = PackBuilder(tokenizer)
    short = builder.build("退款", [Window("", ("三天内。",))])
    long = builder.build("退款多久到账", [Window("规则", ("三天内。", "商家承担运费。", "退款。"))])
    encoder, heads = BertEncoder.of(backbone()), build_heads(32)

    def logits(packs):
        ids, mask, pooling = as_batch(packs)
        return heads(encoder(ids, mask), pooling)

    with torch.inference_mode():
        alone, alone_sentences = logits([short])
        together, together_sentences = logits([short, long])

    assert together[0].item() == pytest.approx(alone[0].item(), abs=1e-5)
    assert together_sentences[0, 0].item() == pytest.approx(alone_sentences[0, 0].item(), abs=1e-5)


def test_saved_weights_give_nearly_the_same_answers(tokenizer, tmp_path):
    import torch

    pack = PackBuilder(tokenizer).build("退款多久", [Window("规则", ("三天内。", "商家承担。"))])
    trained, heads = backbone(), build_heads(32)
    with torch.no_grad():
        for name, value in trained.named_parameters():
            if "layer.7" in name:
                value += 0.05 * torch.randn_like(value)
    layers = upper_layers(trained.state_dict(), 8, UPPER)
    save_weights(layers, heads, tmp_path / "reader.safetensors", metadata={"seed": "1"})

    stored, stored_heads = load_weights(tmp_path / "reader.safetensors", 32)
    encoder = BertEncoder.of(backbone()).with_upper_layers(stored, count_layers(stored))

    ids, mask, pooling = as_batch([pack])
    with torch.inference_mode():
        expected = heads(trained(input_ids=ids, attention_mask=mask).last_hidden_state, pooling)
        restored = stored_heads(encoder(ids, mask), pooling)
    assert torch.allclose(expected[0], restored[0], atol=0.03)
    assert torch.allclose(expected[1], restored[1], atol=0.03)


def test_short_answers_are_told_in_characters_of_their_sentence_against_there_being_none(tokenizer):
    windows = [Window("规则", ("退款三天内到账。", "商家承担。")), Window("", ("运费。",))]
    pack = PackBuilder(tokenizer).build("退款多久", windows)
    ends = np.full((1, len(pack.ids), 2), -9.0, np.float32)
    ends[0, 0] = (-1.0, -1.0)
    first = pack.sentences[0][0][0]
    ends[0, first + 2, 0] = ends[0, first + 4, 1] = 3.0  # 三 to 内
    ends[0, first + 6, 0] = 4.0  # 账, behind the likeliest end: no answer runs backwards

    found = short_answers([windows], [pack], ends, tokenizer)

    assert found[0][0] == ShortAnswer(8.0, 2, 5, "三天内")
    assert [len(row) for row in found] == [2, 1]
    assert all(item is None or item.score < 0 for item in (found[0][1], *found[1]))


def test_weights_keep_whether_they_give_short_answers(tmp_path):
    layers = upper_layers(backbone().state_dict(), 8, UPPER)
    for has_spans in (False, True):
        path = tmp_path / f"{has_spans}.safetensors"
        save_weights(layers, build_heads(32, has_spans=has_spans), path, metadata={})

        assert (load_weights(path, 32)[1].span_head is not None) == has_spans


def test_lower_layers_and_vocabulary_are_shared_not_copied():
    encoder = BertEncoder.of(backbone())

    upper = encoder.with_upper_layers(upper_layers(backbone().state_dict(), 8, UPPER), UPPER)

    assert upper.vocabulary is encoder.vocabulary
    assert upper._layers[1] is encoder._layers[1]
    assert upper._layers[2] is not encoder._layers[2]


@pytest.mark.parametrize("damage", ["other", "cut"])
def test_weights_of_something_else_are_refused(tmp_path, damage):
    path = tmp_path / "x.safetensors"
    if damage == "cut":
        save_weights(upper_layers(backbone().state_dict(), 8, UPPER), build_heads(32), path, metadata={})
        path.write_bytes(path.read_bytes()[:-100])
    else:
        import torch
        from safetensors.torch import save_file

        save_file({"other": torch.zeros(2)}, path)

    with pytest.raises(ModelDamaged, match=r"x\.safetensors"):
        load_weights(path, 32)


def test_too_few_layers_are_refused():
    with pytest.raises(ValueError, match="upper 6 of 8"):
        BertEncoder.of(backbone()).with_upper_layers({}, UPPER)
