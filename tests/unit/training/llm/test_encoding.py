from collections import Counter

import pytest

from app.domain import Message
from app.training.llm.base import train_tokenizer
from app.training.llm.encoding import Example, Tokens, encode, step_batches
from app.training.llm.errors import TuningDataInvalid
from app.training.llm.records import Record

TEXTS = ["七天内可以无理由退货，运费由顾客承担。", "Returns within 7 days; the customer pays the freight."]


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(TEXTS, 400)


def test_only_the_reply_and_its_end_are_learnt(tokenizer):
    record = Record((Message("system", "客服"), Message("user", "几天？")), "七天内可以退货。")

    (example,), too_long = encode([record], tokenizer, "sft", length=200)

    read, learnt = example.chosen.tokens[: example.chosen.learnt], example.chosen.tokens[example.chosen.learnt :]
    assert tokenizer.decode(read) == (
        "<|im_start|>system\n客服<|im_end|>\n<|im_start|>user\n几天？<|im_end|>\n<|im_start|>assistant\n"
    )
    assert tokenizer.decode(learnt) == "七天内可以退货。<|im_end|>"
    assert too_long == 0


def test_both_replies_of_a_pair_stand_behind_the_same_prompt(tokenizer):
    (example,), _ = encode(
        [Record((Message("user", "几天？"),), "七天", "九十天")], tokenizer, "preference", length=200
    )

    assert example.rejected is not None
    assert example.chosen.learnt == example.rejected.learnt
    assert example.chosen.tokens[: example.chosen.learnt] == example.rejected.tokens[: example.chosen.learnt]


def test_a_record_that_is_too_long_is_left_out_never_cut(tokenizer):
    short, long = Record((Message("user", "几天？"),), "七天"), Record((Message("user", TEXTS[0] * 40),), "七天")

    assert encode([short, long], tokenizer, "sft", length=60)[1] == 1
    with pytest.raises(TuningDataInvalid, match="longer than 60"):
        encode([long], tokenizer, "sft", length=60)


def test_texts_become_blocks_that_hold_every_token_once(tokenizer):
    examples, _ = encode([Record((), text) for text in TEXTS], tokenizer, "pretrain", length=15)

    joined = [token for example in examples for token in example.chosen.tokens]
    assert tokenizer.decode(joined) == "<|im_end|>".join([*TEXTS, ""])
    assert {len(example.chosen.tokens) for example in examples[:-1]} == {15}


def test_every_example_is_seen_once_before_any_is_seen_again():
    examples = [Example(Tokens((number,) * (number + 2), 1)) for number in range(10)]

    seen = Counter()
    for step in range(5):
        for batch in step_batches(examples, step=step, batch=2, accumulate=2, seed=5):
            seen.update(batch)

    assert set(seen.values()) == {2}
    again = list(step_batches(examples, step=3, batch=2, accumulate=2, seed=5))
    assert again == list(step_batches(examples, step=3, batch=2, accumulate=2, seed=5))
    assert again != list(step_batches(examples, step=3, batch=2, accumulate=2, seed=6))
