"""What a look says, in words for those who decide, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from app.domain.action import Wording

Language = Literal["zh", "en"]
_LANGUAGES: tuple[Language, ...] = ("zh", "en")
_VERDICTS = {
    "too_early": Wording(
        "数据还太少，任何一组都不足 50 个单位，先不下结论。",
        "There is too little yet: an arm has fewer than 50 units. Nothing can be said.",
    ),
    "running": Wording(
        "还分不出高下，请继续。已到计划样本量的 {progress}。",
        "It is not decided yet; let it go on. {progress} of the planned units are in.",
    ),
    "better": Wording("“{arm}”更好，可以采用。", "{arm} is better and can be taken over."),
    "worse": Wording("“{arm}”更差，建议停止实验。", "{arm} is worse; stop the experiment."),
    "no_difference": Wording(
        "已到计划样本量，没有看出差别。这不等于没有差别，只是小于计划能看出的幅度。",
        "The planned units are in and no difference shows. There may be one, smaller than was planned for.",
    ),
    "hopeless": Wording(
        "即使真有计划的效果，继续下去也很难得出结论，可以停止。",
        "Even if the effect were as planned, going on would hardly show it; it may as well be stopped.",
    ),
    "guard_broken": Wording(
        "护栏指标“{guard}”在“{arm}”组显著变差，必须停止。",
        "The guard {guard} got significantly worse in {arm}: the experiment must stop.",
    ),
    "mixed_up": Wording(
        "各组人数的比例与设定不符（p = {p}），分组出了问题，数字不可信。",
        "The arms' sizes do not fit their weights (p = {p}): the assignment is faulty, and the numbers mean nothing.",
    ),
}
_EFFECT = Wording(
    "{metric}：对照组 {control}，“{arm}” {treatment}，相差 {difference}{lift}，"
    "区间 {low} 到 {high}（随时查看均有效）。",
    "{metric}: {control} in the control, {treatment} in {arm}, a difference of {difference}{lift}; the interval, "
    "valid at every look, is {low} to {high}.",
)
_REDUCED = Wording("借助此前的数据，方差减少了 {share}。", "What units did before took {share} off the variance.")
_POINTS = Wording(" 个百分点", " points")
_TOO_EARLY = Wording("还早，暂无区间", "open, as it is early")


def words_of(body: Mapping[str, Any], titles: Mapping[str, Wording]) -> dict[Language, str]:
    """`{"zh": …, "en": …}`: the verdict, then the number that decides for each treatment; `titles` by metric."""
    zh, en = (_told(body, titles, language) for language in _LANGUAGES)
    return {"zh": "".join(zh), "en": " ".join(en)}


def is_broken(guard: Mapping[str, Any]) -> bool:
    """Whether what must not get worse did."""
    return bool(guard["is_significant"]) and not guard["is_better"]


def _told(body: Mapping[str, Any], titles: Mapping[str, Wording], language: Language) -> list[str]:
    chosen = _chosen(body)
    guard = next((item["metric"] for item in chosen["guards"] if is_broken(item)), None)
    verdict = _VERDICTS[body["verdict"]].in_language(language)
    lines = [
        verdict.format(
            progress=f"{body['fraction']:.0%}",
            arm=chosen["arm"],
            guard=titles[guard].in_language(language) if guard is not None else "",
            p=f"{body['balance_p']:.1g}",
        )
    ]
    for comparison in body["comparisons"]:
        numbers = comparison["decides"]
        if "difference" in numbers:
            lines.append(_effect(comparison["arm"], numbers, titles[numbers["metric"]], language))
            if numbers["reduction"] > 0:
                lines.append(_REDUCED.in_language(language).format(share=f"{numbers['reduction']:.0%}"))
    return lines


def _chosen(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The treatment that the verdict is about."""
    comparisons: Sequence[Mapping[str, Any]] = body["comparisons"]
    if body["verdict"] == "guard_broken":
        return next(item for item in comparisons if any(is_broken(guard) for guard in item["guards"]))
    if body["verdict"] == "better":
        winners = [item for item in comparisons if item["decides"]["is_significant"] and item["decides"]["is_better"]]
        return max(winners, key=lambda item: abs(item["decides"]["z"]))
    return comparisons[0]


def _effect(arm: str, numbers: Mapping[str, Any], metric: Wording, language: Language) -> str:
    is_share, lift = numbers["is_share"], numbers["lift"]
    relative = Wording("", "") if lift is None else Wording(f"（{lift:+.1%}）", f" ({lift:+.1%})")
    sign = _POINTS.in_language(language) if is_share else ""

    def change(value: float | None) -> str:
        if value is None:
            return _TOO_EARLY.in_language(language)
        return f"{100 * value:+.2f}{sign}" if is_share else f"{value:+.4g}"

    def level(value: float) -> str:
        return f"{value:.2%}" if is_share else f"{value:,.4g}"

    return _EFFECT.in_language(language).format(
        metric=metric.in_language(language),
        arm=arm,
        control=level(numbers["control"]),
        treatment=level(numbers["treatment"]),
        difference=change(numbers["difference"]),
        lift=relative.in_language(language),
        low=change(numbers["low"]),
        high=change(numbers["high"]),
    )
