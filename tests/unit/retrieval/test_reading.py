"""Packs and the reader's network, over a tiny model of random weights."""

import pytest

from app.retrieval.reading import PackBuilder, Window
from app.retrieval.reading.network import as_batch, build_network, load_trained, save_trained


@pytest.fixture(scope="module")
def tokenizer():
    """One token a character."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    characters = sorted(set("退款多久到账三天内商家承担运费规则。？abcdefghij"))
    vocabulary = {token: number for number, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", *characters])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    return made


def network():
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(3)
    config = BertConfig(vocab_size=64, hidden_size=32, num_hidden_layers=8, num_attention_heads=2, intermediate_size=64)
    return build_network(BertModel(config)).eval()


def spelled(tokenizer, ids):
    return "".join(tokenizer.id_to_token(number) for number in ids)


def test_a_pack_holds_question_contexts_and_sentences_in_order(tokenizer):
    builder = PackBuilder(tokenizer, longest=200)

    pack = builder.build("退款多久", [Window("规则", ("三天内。", "商家承担。")), Window("", ("运费。",))])

    assert spelled(tokenizer, pack.ids) == "<s>退款多久</s>规则</s>三天内。商家承担。</s>运费。</s>"
    texts = [[spelled(tokenizer, pack.ids[start:end]) for start, end in window] for window in pack.sentences]
    assert texts == [["三天内。", "商家承担。"], ["运费。"]]


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
    model = network()

    with torch.inference_mode():
        alone, alone_sentences = model(*as_batch([short]))
        together, together_sentences = model(*as_batch([short, long]))

    assert together[0].item() == pytest.approx(alone[0].item(), abs=1e-5)
    assert together_sentences[0, 0].item() == pytest.approx(alone_sentences[0, 0].item(), abs=1e-5)


def test_saved_weights_give_nearly_the_same_answers(tokenizer, tmp_path):
    import torch

    pack = PackBuilder(tokenizer).build("退款多久", [Window("规则", ("三天内。", "商家承担。"))])
    trained, fresh = network(), network()
    with torch.no_grad():
        for name, value in trained.named_parameters():
            if "layer.7" in name or "head" in name:
                value += 0.05 * torch.randn_like(value)
    save_trained(trained, tmp_path / "reader.safetensors", metadata={"seed": "1"})
    load_trained(fresh, tmp_path / "reader.safetensors")

    with torch.inference_mode():
        expected, restored = trained(*as_batch([pack])), fresh(*as_batch([pack]))

    assert torch.allclose(expected[0], restored[0], atol=0.03)
    assert torch.allclose(expected[1], restored[1], atol=0.03)


def test_weights_of_something_else_are_refused(tmp_path):
    import torch
    from safetensors.torch import save_file

    save_file({"other": torch.zeros(2)}, tmp_path / "x.safetensors")
    with pytest.raises(ValueError, match=r"x\.safetensors"):
        load_trained(network(), tmp_path / "x.safetensors")
