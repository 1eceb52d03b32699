"""A sentence-transformers folder of random weights, made in a second."""

from pathlib import Path

WINDOW = 48
"""Tokens that it reads at once."""


def build_tiny_model(base: Path, *, layers: int = 2, window: int = WINDOW) -> Path:
    """BERT with layers of 32, one token a character, mean pooling, unit length. Gives the folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    characters = sorted(set("七日内可退货。运费自理谁承担商家 \nabcdefghijklmnopqrstuvwxyz:.-0123456789"))
    vocabulary = {token: number for number, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *characters])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(base / "inner")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=window,
    )
    BertModel(config).save_pretrained(base / "inner")
    inner = Transformer(str(base / "inner"), max_seq_length=window)
    whole = SentenceTransformer(modules=[inner, Pooling(32), Normalize()], device="cpu")
    whole.save(str(base / "whole"), create_model_card=False)
    return base / "whole"
