"""What the dialogue itself says, in both languages; what belongs to one flow stands in its file."""

from __future__ import annotations

from app.domain.action import Wording

WORDLESS = Wording(
    "收到您的表情啦😊 请用文字告诉我需要什么帮助，例如“我的订单到哪了”“我想退货”。",
    "Got your message 😊 Please tell me in words what you need, for example “Where is my order?” or “I'd like "
    "to return something”.",
)
NOT_UNDERSTOOD = Wording("不好意思，我没太明白您的意思。", "Sorry, I didn't quite get that.")
OFFER_PERSON = Wording("需要帮您转接人工客服吗？", "Would you like me to bring in a colleague?")
OFFER_FLOW = Wording(
    "如需我接着为您处理“{name}”，回复“办理”即可。",
    "If you would like me to go on with {name} for you, just say “go ahead”.",
)
NOTED = Wording(
    "“{text}”我记下了，这一项办完就接着办。", "I've noted “{text}” and will come to it as soon as this is done."
)
NOW_LATER = Wording("您还说到“{text}”，现在接着办。", "You also said “{text}”. Let's do that now.")
NO_PERSON = Wording("好的，我继续为您服务。", "All right, I'll keep helping you here.")
LEFT = Wording(
    "好的，{name}先不办了。需要时说“继续{name}”，就能接着来。",
    "All right, I've set {name} aside. Say “continue {name}” to pick it up again.",
)
NOTHING_LEFT = Wording("好的。还有什么可以帮您？", "All right. Is there anything else I can do for you?")
NOT_DONE = Wording("好的，没有提交，一切保持原样。", "All right. Nothing was submitted and nothing has changed.")
SAY_YES_OR_NO = Wording(
    "为避免误操作，请明确回复“确认”或“不用了”。", "To be safe, please answer with a clear “yes” or “no”."
)
NOTHING_TO_RESUME = Wording(
    "目前没有办到一半的事项。请告诉我您想办理什么。", "There is nothing half finished. What would you like to do?"
)
BACK_TO = Wording("我们继续{name}。", "Back to {name}.")
WHICH = Wording("请问您指的是哪一个？", "Which one do you mean?")
WHICH_FLOW = Wording("请问您想办理哪一项？", "Which of these would you like?")
WHAT_NEXT = Wording("请问需要办理什么？", "What can I do for you?")
WHAT_ABOUT_IT = Wording("收到。请问需要办理什么？", "Got it. What would you like to do?")
NO_SUCH = Wording("没有找到您说的那一个。", "I couldn't find one like that.")
WHAT_TO_CHANGE = Wording("好的，请问哪一项需要更改？", "Of course. What should be changed?")
NOTHING_TO_REPEAT = Wording(
    "请告诉我需要什么帮助，例如查订单、退换货或开发票。",
    "Tell me what you need, for example an order's status, a return or an invoice.",
)
FAILED = Wording(
    "抱歉，刚才没有办成，您的订单没有任何变化。", "Sorry, that didn't go through. Your order is unchanged."
)
NOT_VERIFIED = Wording("抱歉，身份信息没有核实成功。", "Sorry, I couldn't confirm who you are.")


def joined(*wordings: Wording) -> Wording:
    """One after the other."""
    shown = [wording for wording in wordings if wording.zh or wording.en]
    return Wording("".join(item.zh for item in shown), " ".join(item.en for item in shown))
