"""Reasons against a candidate, in words for people who decide and with a code for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Code = Literal[
    "file_truncated", "file_damaged", "file_missing", "file_foreign", "file_too_large", "hash_false", "values_broken",
    "weights_empty", "shape_wrong", "base_wrong", "lineage_missing", "lineage_false", "data_missing", "data_stale",
    "data_leaked", "data_remembered", "not_reproducible", "labels_missing", "labels_swapped", "output_constant",
    "learned_nothing", "language_wrong", "answers_empty", "not_better", "worse", "worse_language", "worse_type",
    "slower", "replay_declines", "cannot_measure",
]  # fmt: skip

_WORDS: Mapping[Code, tuple[str, str]] = {
    "file_truncated": (
        "权重文件 {file} 不完整：应有 {wanted} 字节，只有 {found} 字节。请重新导出或复制。",
        "The weights in {file} are cut off: {found} bytes of {wanted}. Export or copy them again.",
    ),
    "file_damaged": ("文件 {file} 无法读取（{why}）。", "{file} cannot be read ({why})."),
    "file_missing": ("缺少文件 {file}。", "{file} is missing."),
    "file_foreign": (
        "这不是一个{kind}模型：{why}。",
        "This is not a model of the kind {kind}: {why}.",
    ),
    "file_too_large": (
        "模型有 {found:.0f} MB，超过允许的 {limit:.0f} MB。",
        "The model has {found:.0f} MB; {limit:.0f} MB are allowed.",
    ),
    "hash_false": (
        "文件 {file} 的校验值与训练记录不符：提交的不是当时训练出的权重。",
        "{file} does not have the hash that its record states: these are not the weights that were trained.",
    ),
    "values_broken": (
        "权重 {part} 中有 {count} 个数不是有限数（NaN 或无穷大）：训练已发散。",
        "{count} numbers in the weights {part} are not finite (NaN or infinity): training has diverged.",
    ),
    "weights_empty": (
        "权重 {part} 全部相同（{value:g}）：没有学到任何东西。",
        "All numbers in the weights {part} are the same ({value:g}): nothing was learnt.",
    ),
    "shape_wrong": (
        "尺寸不符：{part} 是 {found}，应为 {wanted}。",
        "The sizes do not fit: {part} is {found}, {wanted} is expected.",
    ),
    "base_wrong": (
        "它是为另一个基础模型训练的（{found}），现在用的是 {wanted}。请在现用的基础模型上重新训练。",
        "It was trained on another base model ({found}); what serves is {wanted}. Train it again on that.",
    ),
    "lineage_missing": (
        "来历不完整，缺少：{what}。没有来历的模型无法复查，不能上线。",
        "Its record is incomplete; missing: {what}. A model that cannot be traced cannot serve.",
    ),
    "lineage_false": ("来历不属实：{what}。", "Its record is not true: {what}."),
    "data_missing": (
        "找不到训练数据 {file}（按记录的校验值），因此无法检查测试题是否泄漏。",
        "The training data {file} is not there with the recorded hash, so nobody can check for leaked test questions.",
    ),
    "data_stale": (
        "训练数据截至 {found}，比现用模型的（{wanted}）旧。请用新数据重新训练。",
        "Its training data ends on {found}, before that of the serving model ({wanted}). Train it on newer data.",
    ),
    "data_leaked": (
        "训练数据里有测试题：{count} 题（共 {of} 题），例如“{example}”。它的成绩不能作数。",
        "Test questions are among its training data: {count} of {of}, such as “{example}”. Its marks mean nothing.",
    ),
    "data_remembered": (
        "模型记住了 {count} 道测试题（共 {of} 题），但申报的训练数据里没有它们：训练数据申报不实。",
        "The model remembers {count} of {of} test questions, which its stated training data does not hold: "
        "it was trained on something else.",
    ),
    "not_reproducible": (
        "用申报的数据和种子重新训练，只有 {share:.0%} 的判断相同：这个模型不是这样训练出来的。",
        "Trained again from its stated data and seed, only {share:.0%} of the verdicts are the same: "
        "the model was not made that way.",
    ),
    "labels_missing": (
        "它不认识现用的这些类别：{what}。",
        "It does not know these labels that are in use: {what}.",
    ),
    "labels_swapped": (
        "类别名称对调了：它能把问题分清（换回名称后 {found:.0%} 正确），但叫错了名字（现在 {now:.0%}），"
        "例如把 {one} 叫作 {other}。",
        "Its labels are swapped: it tells messages apart ({found:.0%} right once names are put back) but calls them by "
        "wrong names ({now:.0%} now), such as {one} by the name {other}.",
    ),
    "output_constant": (
        "无论问什么，{share:.0%} 的输出都一样（{output}）。",
        "Whatever is asked, {share:.0%} of its outputs are the same ({output}).",
    ),
    "learned_nothing": (
        "它没有学到东西：{found:.0%} 正确，随便猜也有 {chance:.0%}。很可能训练时标签被打乱了。",
        "It has learnt nothing: {found:.0%} right, guessing has {chance:.0%}. "
        "Its labels were probably shuffled in training.",
    ),
    "language_wrong": (
        "{count} 个回答（共 {of} 个）用错了语言，例如对“{example}”。",
        "{count} of {of} answers are in the wrong language, such as that to “{example}”.",
    ),
    "answers_empty": ("{count} 个回答（共 {of} 个）是空的。", "{count} of {of} answers are empty."),
    "not_better": (
        "没有比现用模型更好：{found:.1%} 对 {before:.1%}（{count} 题，p = {p:.3f}，要求不超过 {limit}）。",
        "It is not better than what serves: {found:.1%} against {before:.1%} ({count} questions, p = {p:.3f}, at most "
        "{limit} is asked for).",
    ),
    "worse": (
        "比现用模型差：{found:.1%} 对 {before:.1%}（{count} 题，p = {p:.3f}）。",
        "It is worse than what serves: {found:.1%} against {before:.1%} ({count} questions, p = {p:.3f}).",
    ),
    "worse_language": (
        "在{name}上变差：{found:.1%}，现用模型 {before:.1%}（{count} 题），允许下降 {limit:.0%}。",
        "It is worse in {name}: {found:.1%}, what serves has {before:.1%} ({count} questions); "
        "{limit:.0%} less are allowed.",
    ),
    "worse_type": (
        "在“{name}”这类问题上变差：{found:.1%}，现用模型 {before:.1%}（{count} 题，p = {p:.3f}）。",
        "It is worse on questions of the type {name}: {found:.1%}, what serves has {before:.1%} ({count} questions, "
        "p = {p:.3f}).",
    ),
    "slower": (
        "变慢：95% 的问题在 {found:.1f} 毫秒内完成，现用模型 {before:.1f} 毫秒。",
        "It is slower: 95 % of questions take up to {found:.1f} ms, {before:.1f} ms with what serves.",
    ),
    "replay_declines": (
        "在最近 {count} 个真实问题中，它判为超出范围的有 {found:.1%}，现用模型 {before:.1%}。",
        "Of the last {count} questions of customers it takes {found:.1%} for none of its business; what serves takes "
        "{before:.1%}.",
    ),
    "cannot_measure": ("无法评测：{why}。", "It cannot be measured: {why}."),
}
_LANGUAGES = {"zh": ("中文", "Chinese"), "en": ("英文", "English"), "mixed": ("中英混合", "mixed messages")}


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason why a candidate may not serve."""

    code: Code
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Numbers and names of the words."""

    @property
    def zh(self) -> str:
        """For people, in Chinese."""
        return _WORDS[self.code][0].format(**self._named(0))

    @property
    def en(self) -> str:
        """For people, in English."""
        return _WORDS[self.code][1].format(**self._named(1))

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"code": self.code, "facts": dict(self.facts), "words": {"zh": self.zh, "en": self.en}}

    def _named(self, column: int) -> Mapping[str, Any]:
        if self.code != "worse_language":
            return self.facts
        name = self.facts["name"]
        return {**self.facts, "name": _LANGUAGES.get(name, (name, name))[column]}
