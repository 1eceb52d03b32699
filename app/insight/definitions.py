"""What each published number means: the only place where it is said, and the code that counts it beside it."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.action import Wording
from app.domain.service_events import EventKind
from app.insight import counting
from app.insight.errors import MetricUnknown
from app.insight.metric import Metric

_W = Wording


_STARTED = _W(
    "期间内开始、且顾客至少发过一条消息的会话", "conversations that began in the period and in which the customer wrote"
)
_OVER = _W(
    "期间内开始、顾客发过消息、且已结束的会话（已解决，或 24 小时无任何动静）",
    "conversations that began in the period, in which the customer wrote, and that are over (resolved, or quiet for 24"
    " hours)",
)
_ASKED = _W(
    "期间内知识库回答或婉拒的每个问题", "every question of the period that the knowledge base answered or declined"
)
_NONE = _W("", "")
_MESSAGES: tuple[EventKind, ...] = ("customer_wrote", "answered", "declined")
_PEOPLE: tuple[EventKind, ...] = ("handed_off", "agent_joined", "agent_replied")
_ENDINGS: tuple[EventKind, ...] = ("resolved", "reopened")

_ALL = (
    Metric(
        "conversations",
        _W("会话数", "Conversations"),
        _STARTED,
        _STARTED,
        _NONE,
        "conversations",
        "count",
        _MESSAGES,
        counting.conversations,
    ),
    Metric(
        "questions",
        _W("问题数", "Questions"),
        _ASKED,
        _ASKED,
        _NONE,
        "questions",
        "count",
        ("answered", "declined"),
        counting.questions,
    ),
    Metric(
        "involvement_rate",
        _W("参与率", "Involvement rate"),
        _W(
            "其中助手至少回答过一次或办成过一件事的会话",
            "those in which the assistant answered, or did something, once or more",
        ),
        _STARTED,
        _W(
            "参与率乘以参与会话的解决率，才是自动化率。",
            "Automation is involvement times resolution, never resolution alone.",
        ),
        "share",
        "share",
        (*_MESSAGES, "action_done"),
        counting.involvement,
    ),
    Metric(
        "resolution_rate",
        _W("解决率", "Resolution rate"),
        _W(
            "其中由顾客确认、客服关单或所求之事办成而解决、之后未再重开的会话",
            "those resolved by the customer's word, by an agent, or by the action that was asked for, and not reopened",
        ),
        _OVER,
        _W(
            "顾客不再说话不算解决；这类会话见“无声结束率”。",
            "A customer who falls silent is not counted as resolved; see the silent ending rate for those.",
        ),
        "share",
        "share",
        (*_MESSAGES, *_ENDINGS),
        counting.resolution,
    ),
    Metric(
        "silent_ending_rate",
        _W("无声结束率", "Silent ending rate"),
        _W("其中没有任何人说过是否解决的会话", "those of which nobody said whether they were resolved"),
        _OVER,
        _W("与解决率相加为 1。", "It and the resolution rate add up to 1."),
        "share",
        "share",
        (*_MESSAGES, *_ENDINGS),
        counting.silent_ending,
    ),
    Metric(
        "containment_rate",
        _W("自助率（未转人工）", "Containment rate"),
        _W("其中既未要求人工、也无客服参与的会话", "those in which no person was asked for or took part"),
        _OVER,
        _W(
            "失望离开的顾客也算在内，所以它是上限；更严格的见“分流率”。",
            "Customers who left disappointed are in it: an upper bound. The deflection rate is the strict one.",
        ),
        "share",
        "share",
        (*_MESSAGES, *_PEOPLE),
        counting.containment,
    ),
    Metric(
        "deflection_rate",
        _W("分流率", "Deflection rate"),
        _W(
            "其中助手作答或办成、无人工参与、最后一问未被婉拒、最后一次评价不是点踩的会话",
            "those in which the assistant answered or acted, no person took part, the last question was not declined"
            " and the last rating is not thumbs down",
        ),
        _OVER,
        _W(
            "顾客事后改走电话等其他渠道，这里看不到。",
            "It does not see customers who went on to call or write elsewhere.",
        ),
        "share",
        "share",
        (*_MESSAGES, "action_done", *_PEOPLE, "rated"),
        counting.deflection,
    ),
    Metric(
        "first_contact_resolution",
        _W("首次解决率", "First-contact resolution"),
        _W(
            "其中从未重开、且同一顾客在解决后 7 天内没有就同一意图再来的会话",
            "those never reopened, and whose customer did not come back with the same intent within 7 days of the"
            " resolution",
        ),
        _W(
            "期间内开始、已解决（同解决率）且解决已满 7 天的会话",
            "conversations that began in the period and were resolved, as for the resolution rate, 7 days ago or more",
        ),
        _W("未识别身份的顾客再来无法得知。", "Customers who were not identified cannot be seen to come back."),
        "share",
        "share",
        (*_MESSAGES, *_ENDINGS),
        counting.first_contact_resolution,
    ),
    Metric(
        "hand_off_rate",
        _W("转人工率", "Hand-off rate"),
        _W("其中转给人工排队的会话", "those that were queued for a person"),
        _STARTED,
        _NONE,
        "share",
        "share",
        (*_MESSAGES, "handed_off"),
        counting.hand_off,
    ),
    Metric(
        "hand_off_served_rate",
        _W("转人工接起率", "Hand-offs served"),
        _W("其中转人工之后有客服回复的会话", "those in which an agent replied after the hand-off"),
        _W(
            "期间内开始、转过人工、且已结束的会话",
            "conversations that began in the period, were handed off and are over",
        ),
        _NONE,
        "share",
        "share",
        (*_MESSAGES, "handed_off", "agent_replied"),
        counting.hand_off_served,
    ),
    Metric(
        "decline_rate",
        _W("婉拒率", "Decline rate"),
        _W("其中被婉拒的问题", "those that were declined"),
        _ASKED,
        _W(
            "婉拒不是错误：知识库没有答案时婉拒才是对的。",
            "Declining is no fault by itself: it is right where the base holds no answer.",
        ),
        "share",
        "share",
        ("answered", "declined"),
        counting.decline,
    ),
    Metric(
        "csat",
        _W("满意度（CSAT）", "Customer satisfaction (CSAT)"),
        _W("其中打 4 分或 5 分的", "those with a score of 4 or 5"),
        _W(
            "期间内收回的满意度问卷（1 至 5 分；改过分的以最后一次为准）",
            "satisfaction surveys answered in the period (1 to 5; the last answer to each)",
        ),
        _W(
            "只反映答了问卷的人；请与问卷回收率一起看。",
            "It speaks for those who answered; read it with the response rate.",
        ),
        "share",
        "share",
        ("survey_answered",),
        counting.csat,
    ),
    Metric(
        "csat_mean",
        _W("满意度均分", "Mean satisfaction score"),
        _W("分数，1 至 5", "the score, 1 to 5"),
        _W("同满意度", "as for CSAT"),
        _NONE,
        "points",
        "mean",
        ("survey_answered",),
        counting.csat_mean,
    ),
    Metric(
        "nps",
        _W("净推荐值（NPS）", "Net promoter score (NPS)"),
        _W("9、10 分记 +100，0 至 6 分记 -100，7、8 分记 0", "+100 for 9 and 10, -100 for 0 to 6, 0 for 7 and 8"),
        _W(
            "期间内收回的推荐意愿问卷（0 至 10 分；以最后一次为准）",
            "recommendation surveys answered in the period (0 to 10; the last answer to each)",
        ),
        _W("取值 -100 至 100，不是百分比。", "From -100 to 100; it is no percentage."),
        "points",
        "mean",
        ("survey_answered",),
        counting.nps,
    ),
    Metric(
        "survey_response_rate",
        _W("问卷回收率", "Survey response rate"),
        _W("其中收回的问卷", "those that were answered"),
        _W("期间内发出的问卷", "surveys asked in the period"),
        _NONE,
        "share",
        "share",
        ("survey_asked", "survey_answered"),
        counting.survey_response,
    ),
    Metric(
        "approval_rate",
        _W("好评率", "Approval rate"),
        _W("其中最后一次评价为点赞的回答", "those whose last rating is thumbs up"),
        _W("期间内被评价过的回答", "answers rated in the period"),
        _NONE,
        "share",
        "share",
        ("rated",),
        counting.approval,
    ),
    Metric(
        "handling_time",
        _W("人工处理时长", "Handling time"),
        _W(
            "客服在会话中的秒数：从接手或首次回复到离开、解决或最后一次回复",
            "seconds of agents: from joining or the first reply to leaving, resolution or the last reply",
        ),
        _W(
            "期间内开始、有客服参与、且已结束的会话",
            "conversations that began in the period, with an agent, that are over",
        ),
        _W(
            "取中位数，少数超长会话不会带偏它。",
            "The median, so that a few endless conversations do not carry it away.",
        ),
        "seconds",
        "median",
        ("agent_joined", "agent_replied", "agent_left", "resolved"),
        counting.handling_time,
    ),
    Metric(
        "first_response_time",
        _W("首次响应时间", "Time to first response"),
        _W(
            "从顾客第一条消息到助手或客服第一次回复的秒数",
            "seconds from the customer's first message to the first reply of assistant or agent",
        ),
        _W(
            "期间内开始、顾客发过消息且得到过回复的会话",
            "conversations that began in the period, in which the customer wrote and was replied to",
        ),
        _NONE,
        "seconds",
        "median",
        (*_MESSAGES, "action_done", "agent_replied"),
        counting.first_response_time,
    ),
    Metric(
        "agent_response_time",
        _W("人工响应时间", "Time to an agent's response"),
        _W("从转人工到客服第一次回复的秒数", "seconds from the hand-off to the agent's first reply"),
        _W(
            "期间内开始、转过人工且有客服回复的会话",
            "conversations that began in the period, were handed off and replied to by an agent",
        ),
        _W(
            "无人接起的会话不在其中；请与接起率一起看。",
            "Hand-offs that nobody served are not in it; read it with the share served.",
        ),
        "seconds",
        "median",
        ("handed_off", "agent_replied"),
        counting.agent_response_time,
    ),
    Metric(
        "conversion_rate",
        _W("答后转化率", "Conversion after an answer"),
        _W(
            "其中顾客在首次得到回答后 48 小时内下单的会话",
            "those whose customer placed an order within 48 hours of the first answer",
        ),
        _W(
            "期间内开始、得到过回答、顾客身份已知、且回答已满 48 小时的会话",
            "conversations that began in the period, were answered 48 hours ago or more, and whose customer is known",
        ),
        _W("先后发生不等于因果。", "What follows an answer was not always caused by it."),
        "share",
        "share",
        ("answered", "agent_replied", "order_placed"),
        counting.conversion,
    ),
    Metric(
        "order_value",
        _W("答后下单金额", "Order value after an answer"),
        _W(
            "首次得到回答后 48 小时内所下订单的金额合计；没有下单则为 0",
            "what the orders placed within 48 hours of the first answer come to; 0 without any",
        ),
        _W(
            "期间内开始、得到过回答、顾客身份已知、且回答已满 48 小时的会话",
            "conversations that began in the period, were answered 48 hours ago or more, and whose customer is known",
        ),
        _W("以商城的货币计；先后发生不等于因果。", "In the shop's currency. What follows was not always caused by it."),
        "money",
        "mean",
        ("answered", "agent_replied", "order_placed"),
        counting.order_value,
    ),
    Metric(
        "answer_seconds",
        _W("单次作答耗时", "Seconds per answer"),
        _W("计算用去的秒数", "seconds of computing"),
        _ASKED,
        _NONE,
        "seconds",
        "median",
        ("answered", "declined"),
        counting.answer_seconds,
    ),
    Metric(
        "answer_tokens",
        _W("单次作答 token 数", "Tokens per answer"),
        _W("语言模型读写的 token 数；没有用模型则为 0", "tokens that the language model read and wrote; 0 without one"),
        _ASKED,
        _NONE,
        "tokens",
        "mean",
        ("answered", "declined"),
        counting.answer_tokens,
    ),
    Metric(
        "citation_opening_rate",
        _W("出处查看率", "Citation opening rate"),
        _W("其中至少有一处出处被打开的回答", "those of which the customer opened a source"),
        _W("期间内带有出处的回答", "answers of the period that came with sources"),
        _NONE,
        "share",
        "share",
        ("answered", "citation_opened"),
        counting.citation_opening,
    ),
    Metric(
        "suggestion_kept_rate",
        _W("建议采用率", "Suggestions kept"),
        _W("其中客服未经修改就发出的", "those that the agent sent unchanged"),
        _W("期间内有建议回复可用的客服回复", "agents' replies of the period for which there was a suggestion"),
        _NONE,
        "share",
        "share",
        ("agent_replied",),
        counting.suggestion_kept,
    ),
)

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _ALL}
"""By name, in the order in which they are shown."""

LOWER_IS_BETTER = frozenset({
    "silent_ending_rate", "hand_off_rate", "decline_rate", "handling_time", "first_response_time",
    "agent_response_time", "answer_seconds", "answer_tokens",
})  # fmt: skip
"""Of all others more is better, or neither."""


def metric_of(name: str) -> Metric:
    """The metric of a name. Raises `MetricUnknown`."""
    if name not in METRICS:
        raise MetricUnknown(f"There is no metric {name[:60]!r}. There are: {', '.join(METRICS)}.")
    return METRICS[name]
