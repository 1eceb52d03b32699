from __future__ import annotations

from string import Formatter

import numpy as np
import pytest
from safetensors.numpy import save_file

from app.learning.registry.comparing import CompareParams, compare, judge
from app.learning.registry.findings import _WORDS
from app.learning.registry.leaks import find_leaks
from app.learning.registry.measuring import Case, Outcome
from app.learning.registry.sanity import check_outputs
from app.learning.registry.tensors import inspect_safetensors

LABELS = [f"label{n}" for n in range(8)]


def cases(count: int = 160, language: str = "zh") -> list[Case]:
    return [Case(str(n), f"question {n}", (LABELS[n % 8],), language, LABELS[n % 8]) for n in range(count)]


def outcomes(asked, outputs):
    return [Outcome(float(case.gold[0] == output), output, 1.0) for case, output in zip(asked, outputs, strict=True)]


def right(asked):
    return outcomes(asked, [case.gold[0] for case in asked])


def codes(found):
    return [item.code for item in found]


def test_a_whole_file_has_nothing_against_it(tmp_path):
    save_file({"w": np.arange(12, dtype=np.float32).reshape(3, 4)}, tmp_path / "w.safetensors")

    assert inspect_safetensors(tmp_path / "w.safetensors") == []


@pytest.mark.parametrize("left", [40, -1, -20])
def test_a_cut_file_is_told_by_the_length_that_it_states(tmp_path, left):
    path = tmp_path / "w.safetensors"
    save_file({"w": np.arange(12, dtype=np.float32).reshape(3, 4)}, path)
    path.write_bytes(path.read_bytes()[:left])

    assert codes(inspect_safetensors(path)) == ["file_truncated"]


@pytest.mark.parametrize("body", [b"", b"1234567", b"<html>" * 20, b"\xff" * 64, (2).to_bytes(8, "little") + b"[]"])
def test_a_file_of_another_kind_is_damaged(tmp_path, body):
    (tmp_path / "w.safetensors").write_bytes(body)

    assert codes(inspect_safetensors(tmp_path / "w.safetensors")) == ["file_damaged"]


def test_numbers_that_are_none_and_layers_of_one_value_are_found(tmp_path):
    broken = np.arange(4, dtype=np.float32).reshape(2, 2)
    broken[1, 1] = np.nan
    save_file({"a": broken, "b": np.zeros((2, 2), np.float16), "bias": np.zeros(2, np.float32)},
              tmp_path / "w.safetensors")  # fmt: skip

    assert codes(inspect_safetensors(tmp_path / "w.safetensors")) == ["values_broken", "weights_empty"]


def test_questions_are_found_however_they_are_spelt():
    training = ["ＷＨＥＲＥ  is my Parcel?", "订单什么时候发货啊", "谢谢"]

    found = find_leaks(training, ["where is my parcel?", "订单什么时候发货", "谢谢", "怎么开发票呢请问"])

    assert [leak.case for leak in found] == [0, 1]
    assert find_leaks([], ["anything at all"]) == []
    assert find_leaks(["anything at all"], []) == []


def test_a_constant_output_is_told_from_data_that_has_one_label():
    asked = cases()
    assert codes(check_outputs(asked, outcomes(asked, ["label1"] * 160), right(asked), is_classifier=True, writes=False)
                 ) == ["output_constant"]  # fmt: skip
    alike = [Case(str(n), "q", ("label1",), "zh", "label1") for n in range(60)]
    assert check_outputs(alike, right(alike), right(alike), is_classifier=True, writes=False) == []


def test_names_that_are_turned_are_told_from_labels_that_were_shuffled():
    asked = cases()
    turned = outcomes(asked, [LABELS[(LABELS.index(case.gold[0]) + 1) % 8] for case in asked])
    chance = np.random.default_rng(1)
    shuffled = outcomes(asked, [LABELS[int(chance.integers(8))] for _ in asked])

    assert codes(check_outputs(asked, turned, right(asked), is_classifier=True, writes=False)) == ["labels_swapped"]
    assert codes(check_outputs(asked, shuffled, right(asked), is_classifier=True, writes=False)) == ["learned_nothing"]


def test_answers_in_the_wrong_language_and_empty_ones_are_found():
    asked = cases(language="zh")
    english = outcomes(asked, [f"You can return it within {n} days." for n in range(160)])
    chinese = outcomes(asked, [f"您可以在{n}天内退货。" for n in range(160)])
    empty = outcomes(asked, [f"您可以在{n}天内退货。" if n % 2 else " " for n in range(160)])

    assert codes(check_outputs(asked, english, chinese, is_classifier=False, writes=True)) == ["language_wrong"]
    assert codes(check_outputs(asked, empty, chinese, is_classifier=False, writes=True)) == ["answers_empty"]
    assert check_outputs(asked, chinese, chinese, is_classifier=False, writes=True) == []


def test_better_on_the_whole_but_worse_in_one_language_is_refused_for_the_language():
    asked = [*cases(400, "zh"), *cases(60, "en")]
    before = outcomes(asked, [case.gold[0] if n % 2 else "none" for n, case in enumerate(asked)])
    found = outcomes(
        asked, [case.gold[0] if case.language == "zh" or n % 4 == 1 else "none" for n, case in enumerate(asked)]
    )

    result = judge(compare(asked, found, before), CompareParams())

    assert result[0].code == "worse_language"
    assert "English" in result[0].en
    assert "英文" in result[0].zh


def test_chance_is_mcnemars_for_right_and_wrong():
    asked = cases(20)
    before = outcomes(asked, ["none"] * 5 + [case.gold[0] for case in asked[5:]])

    main = compare(asked, right(asked), before).main

    assert (main.found, main.before, main.p) == (1.0, 0.75, pytest.approx(2 / 2**5))  # five won, none lost


@pytest.mark.parametrize("code", sorted(_WORDS))
def test_every_reason_says_the_same_in_both_languages(code):
    zh, en = ([field for _, field, _, _ in Formatter().parse(words) if field] for words in _WORDS[code])

    assert sorted(set(zh)) == sorted(set(en))
