"""The words in which answers are explained: plain Chinese and English, for people who run support and not computers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ReplyLanguage = Literal["zh", "en"]

_PHRASES: Mapping[str, tuple[str, str]] = {
    # The outcome.
    "answered": (
        "已回答。依据了 {places} 处资料原文；系统估计资料能回答这个问题的可能性为 {confidence}，要求至少 {threshold}。",
        "Answered, from {places} in the documents. The assistant judged it {confidence} likely that the documents "
        "answer the question; at least {threshold} is required.",
    ),
    "unsure": (
        "没有回答。系统估计资料能回答这个问题的可能性只有 {confidence}，低于 {threshold} 的要求。",
        "Declined. The assistant judged it only {confidence} likely that the documents answer the question; at least "
        "{threshold} is required.",
    ),
    "nothing": (
        "没有回答。在可以查阅的资料里没有找到与问题有关的内容。",
        "Declined. Nothing that bears on the question was found in the documents that may be looked at.",
    ),
    "none stood": (
        "没有回答。找到了资料，但拟出的句子没有一句能与资料对上。",
        "Declined. Documents were found, but no drafted sentence agreed with them.",
    ),
    # What was looked for.
    "question": ("顾客问：{text}", "The customer asked: {text}"),
    "question unknown": ("按设置，没有保存顾客的原话。", "The customer's words are not kept, as the settings say."),
    "follow-up": (
        "这句话单独看不完整，所以连同上一个问题一起查找。",
        "It cannot be understood alone, so it was looked up together with the question before it.",
    ),
    "translated": (
        "用顾客的原话没有找到有把握的内容，语言模型把问题译成了另一种语言再查：{text}。找到的内容仍按原问题判断。",
        "The customer's own words found nothing sure, so the language model put the question into the other language: "
        "{text} What that found was judged against the customer's own question.",
    ),
    "day": ("只查找 {day} 有效的规定。", "Only rules in force on {day} were looked at."),
    "labels": (
        "这位用户还可以看到带有这些标签的内部资料：{labels}。",
        "This caller may also see restricted documents with these labels: {labels}.",
    ),
    "given": ("只查阅了随问题一起给出的文字。", "Only the texts that came with the question were looked at."),
    "given again exact": (
        "同样的问题在 {day} 已经回答过，所依据的资料没有变化，所以直接给出了当时的回答。来龙去脉见凭据 {receipt}。",
        "The same question was answered on {day}, and what that answer rests on has not changed, so it was given "
        "again. Receipt {receipt} says how it came about.",
    ),
    "given again meaning": (
        "换一种说法的同一个问题在 {day} 已经回答过，所依据的资料没有变化，所以直接给出了当时的回答。"
        "来龙去脉见凭据 {receipt}。",
        "The same question in other words was answered on {day}, and what that answer rests on has not changed, so it "
        "was given again. Receipt {receipt} says how it came about.",
    ),
    # Why a passage was found.
    "holds": ("含有问题里的词：{words}", "it holds these words of the question: {words}"),
    "ranks": ("查找名次：{ranks}", "its place in the searches: {ranks}"),
    "words": ("按词语第 {rank}", "{rank} by words"),
    "bigrams": ("按相近写法第 {rank}", "{rank} by similar wording"),
    "dense": ("按整段意思第 {rank}", "{rank} by what it is about"),
    "sentence": ("按单句意思第 {rank}", "{rank} by what one sentence says"),
    "late": ("与问题逐词对照第 {rank}", "{rank} by holding it against the question word by word"),
    "unranked": ("在查找中被找到", "it came up in the search"),
    "across": ("在另一种语言的资料里找到", "it was found among the documents in the other language"),
    "quoted": ("用作依据", "Used"),
    "chosen": ("读过，没有用上", "Read, not used"),
    "read": ("读过，不像是答案", "Read, not likely to answer"),
    "found": ("找到，没有细读", "Found, not read closely"),
    "likely": (
        "细读后，其中最相关的一句有 {share} 的可能是答案的一部分",
        "on reading, its best sentence was judged {share} likely to be part of the answer",
    ),
    # Why a sentence was kept or dropped.
    "own words": ("保留：这是资料的原话（{place}）。", "Kept: these are the document's own words ({place})."),
    "agrees": (
        "保留：与资料一致（{place}），其中的数字、金额和日期都在资料里。",
        "Kept: the document says the same ({place}), and every figure, amount and date of it is there.",
    ),
    "repeated": ("略去：前面已经说过。", "Left out: it had been said already."),
    "repaired": ("改用资料原话（{place}），因为{why}。", "Replaced by the document's own words ({place}): {why}."),
    "dropped": ("删去：{why}。", "Dropped: {why}."),
    "not in the cited text": ("资料里没有“{what}”", "“{what}” is not in the document"),
    "the cited text does not say this": (
        "资料没有这样说，只有 {share} 的内容能在资料里找到",
        "the document does not say this; only {share} of it can be found there",
    ),
    "the cited text says the opposite": ("资料的意思正好相反", "the document says the opposite"),
    "the cited text says it of something else": (
        "资料里的“{what}”说的是另一件事", "in the document “{what}” is the measure of something else",
    ),
    "the cited text limits it the other way": (
        "资料对“{what}”的限制方向正好相反", "the document limits “{what}” the other way round",
    ),
    "the cited text says it of the other side": (
        "资料说的是另一方（买家与商家弄反了）", "the document says it of the other side, customer or shop",
    ),
    "it says the same again and again": (
        "同样的话重复了好几遍", "it says the same again and again",
    ),
    "a mere yes or no": (
        "只说是或否，没有可以与资料核对的内容", "it is a mere yes or no, with nothing to hold against the document",
    ),
    "the cited text does not bear this out": (
        "与资料逐句对照后，资料不足以支持这句话", "held against the document, this is not borne out",
    ),
    "the model finds no answer in the sources": (
        "语言模型自己说资料里没有答案", "the language model itself says that the documents hold no answer",
    ),
    "not in the language of the question": ("不是顾客所用的语言", "it is not in the customer's language"),
    "no evidence": ("没有可以依据的资料", "there was nothing to rest it on"),
    "unsupported": ("在资料里找不到依据", "nothing in the documents supports it"),
    "unshown": ("（没有保存这句话）", "(this sentence was not kept)"),
    "by model": ("回答由语言模型 {model} 起草，每一句都与资料核对过。",
                 "The language model {model} drafted the answer; every sentence was checked against the documents."),
    "by documents": ("回答直接由资料的原话组成，没有用语言模型。",
                     "The answer is made of the documents' own sentences; no language model was used."),
    "model failed": ("语言模型 {model} 没有给出可用的回答（{code}），所以改用资料原话。",
                     "The language model {model} gave nothing usable ({code}), so the documents' own words were used."),
    "model discarded": ("语言模型 {model} 起草的句子没有一句能与资料对上，所以改用资料原话。",
                        "Nothing that the language model {model} drafted agreed with the documents, so their own "
                        "words were used."),
    # The decision.
    "for": ("有利于回答：{what}", "For answering: {what}"),
    "against": ("不利于回答：{what}", "Against answering: {what}"),
    "+words": ("问题里的词大多能在资料里找到", "most words of the question occur in the documents"),
    "-words": ("问题里的词有不少在资料里找不到", "many words of the question do not occur in the documents"),
    "+meaning": ("资料的意思与问题很接近", "the documents are close to the question in meaning"),
    "-meaning": ("资料的意思与问题不够接近", "the documents are not close to the question in meaning"),
    "+reading": ("细读后，认为其中有句子回答了这个问题", "on reading, a sentence was judged to answer the question"),
    "-reading": ("细读后，没有一句像是在回答这个问题", "on reading, no sentence was judged to answer the question"),
    "+model": ("语言模型在动笔之前判断，资料写明了答案",
               "the language model judged, before it wrote, that the documents state the answer"),
    "-model": ("语言模型在动笔之前判断，资料没有写明答案",
               "the language model judged, before it wrote, that the documents do not state the answer"),
    "+figure": ("问的是数字，资料里有同类的数字", "a figure is asked for, and the documents have one of that kind"),
    "-figure": ("问的是数字，资料里没有同类的数字", "a figure is asked for, and the documents have none of that kind"),
    "+crossing": ("资料用的是另一种语言，但很贴切", "the documents are in the other language, and fit"),
    "-crossing": ("能用的资料是另一种语言", "what was found is in the other language"),
    "-length": ("问题很短，不够具体", "the question is short and not specific"),
    "+agreement": ("几种查找方法都找到了同一段", "several ways of searching agree on the same passage"),
    "-agreement": ("几种查找方法的结果不一致", "the ways of searching do not agree"),
    "+witnesses": ("几份资料给出了同样的答案", "several sources give the same answer"),
    "-witnesses": ("没有别的资料给出同样的答案", "no other source gives the same answer"),
    "+subject": ("问的是整个主题，有资料的标题说的就是它", "it asks about a whole subject that a title names"),
    "-subject": ("问的是整个主题，资料的标题说的不全是它", "it asks about a whole subject that no title quite names"),
    # Headings and places.
    "heading outcome": ("结果", "Outcome"),
    "heading question": ("问题", "Question"),
    "heading passages": ("找到的资料", "What was found"),
    "heading sentences": ("每句话", "Sentence by sentence"),
    "heading decision": ("为什么这样判断", "Why it was judged so"),
    "page": ("第 {page} 页", "page {page}"),
    "row": ("第 {row} 行", "row {row}"),
    "one place": ("1 处", "one place"),
    "places": ("{count} 处", "{count} places"),
    "joiner": ("；", "; "),
    "words joiner": ("、", ", "),
}  # fmt: skip


def say(key: str, language: ReplyLanguage, **values: object) -> str:
    """The phrase in a language, with its values."""
    return _PHRASES[key][0 if language == "zh" else 1].format(**values)


def share(value: float) -> str:
    """A probability as people say it; never a certainty."""
    return f"{max(1, min(99, round(100 * value)))}%"
