// The words of the page in both languages, switched without a reload.

import { storage } from "./dom.js";

const WORDS = {
  zh: {
    skip: "跳到输入框",
    tools: "工具",
    newChat: "新对话",
    switchLanguage: "Switch to English",
    otherLanguage: "EN",
    themeLight: "浅色主题（点击切换为深色）",
    themeDark: "深色主题（点击切换为跟随系统）",
    themeSystem: "主题跟随系统（点击切换为浅色）",
    conversation: "对话",
    welcome: "有什么可以帮您？",
    promise: "每一句回答都附有出处，点开编号即可核对原文。",
    suggestions: "试试这样问",
    question: "您的问题",
    placeholder: "输入您的问题…",
    hint: "Enter 发送，Shift + Enter 换行",
    send: "发送",
    stop: "停止回答",
    toEnd: "回到最新",
    you: "您",
    assistant: "客服助手",
    person: "人工客服",
    searching: "正在查找资料",
    writing: "正在撰写并逐句核对",
    stopped: "已停止。",
    declined: "资料中没有找到答案",
    partial: "只找到部分答案",
    handoff: "建议转人工客服",
    sources: "来源",
    source: "来源 {n}：{title}",
    sourceOf: "来源 {n} / {total}",
    previousSource: "上一个来源",
    nextSource: "下一个来源",
    close: "关闭",
    page: "第 {n} 页",
    row: "第 {n} 行",
    sheet: "工作表 {n}",
    validFrom: "{date} 起生效",
    validTo: "有效期至 {date}",
    verified: "引文与知识库原文逐字一致",
    changed: "知识库已更新，此处显示回答时引用的原文。",
    loading: "正在打开原文",
    unreachable: "暂时无法打开全文，以下为引用的原文。",
    document: "文档",
    copy: "复制回答",
    copied: "已复制",
    helpful: "有帮助",
    unhelpful: "没有帮助",
    thanks: "感谢反馈",
    reasonTitle: "哪里不对？（可选）",
    reasonWrong: "内容有误",
    reasonIncomplete: "不完整",
    reasonOffTopic: "答非所问",
    reasonSource: "出处不对",
    correction: "正确的说法是…",
    sendReason: "提交",
    feedbackFailed: "反馈没有送达，请稍后再试。",
    retry: "重试",
    byModel: "由 {model} 撰写，逐句核对",
    byExtract: "摘自资料原文",
    seconds: "{n} 秒",
    modeReady: "语言模型已就绪",
    modeOff: "原文摘录",
    modeArriving: "模型下载中 · 原文摘录",
    modeArrivingAt: "模型下载 {n}% · 原文摘录",
    modeFailed: "原文摘录 · 模型不可用",
    modeNotReady: "知识库尚未就绪",
    modeUnreachable: "无法连接服务",
    joined: "语言模型已就绪，回答将更自然。",
    errorNetwork: "网络似乎断开了，请检查连接后重试。",
    errorBusy: "现在咨询的人较多，请稍等几秒再试。",
    errorRate: "提问太频繁了，请稍等片刻再试。",
    errorLong: "问题太长了，请精简后再发送。",
    errorEmpty: "请输入问题。",
    errorStore: "知识库还没有内容，请联系管理员导入资料。",
    errorInternal: "抱歉，出了点问题，请重试。",
    errorId: "请求编号 {id}",
    keyTitle: "需要访问密钥",
    keyText: "此页面需要管理员提供的密钥（权限 chat）。密钥只保存在本标签页中。",
    keyLabel: "访问密钥",
    keySave: "使用密钥",
    keyWrong: "密钥无效，请检查后重试。",
  },
  en: {
    skip: "Skip to the question",
    tools: "Tools",
    newChat: "New chat",
    switchLanguage: "切换到中文",
    otherLanguage: "中文",
    themeLight: "Light theme (switch to dark)",
    themeDark: "Dark theme (switch to system)",
    themeSystem: "System theme (switch to light)",
    conversation: "Conversation",
    welcome: "How can we help?",
    promise: "Every sentence of an answer names its source. Open a number to read the original words.",
    suggestions: "Try one of these",
    question: "Your question",
    placeholder: "Ask a question…",
    hint: "Enter to send, Shift + Enter for a new line",
    send: "Send",
    stop: "Stop answering",
    toEnd: "Back to the latest",
    you: "You",
    assistant: "Assistant",
    person: "Agent",
    searching: "Looking through the documents",
    writing: "Writing, and checking each sentence",
    stopped: "Stopped.",
    declined: "Not in our documents",
    partial: "Only part of the answer was found",
    handoff: "A person should take over",
    sources: "Sources",
    source: "Source {n}: {title}",
    sourceOf: "Source {n} of {total}",
    previousSource: "Previous source",
    nextSource: "Next source",
    close: "Close",
    page: "Page {n}",
    row: "Row {n}",
    sheet: "Sheet {n}",
    validFrom: "In force from {date}",
    validTo: "Valid until {date}",
    verified: "The quote matches the stored document word for word",
    changed: "The knowledge base has changed since. These are the words that the answer quoted.",
    loading: "Opening the source",
    unreachable: "The whole passage cannot be opened right now. These are the quoted words.",
    document: "Document",
    copy: "Copy answer",
    copied: "Copied",
    helpful: "Helpful",
    unhelpful: "Not helpful",
    thanks: "Thanks for telling us",
    reasonTitle: "What went wrong? (optional)",
    reasonWrong: "Wrong",
    reasonIncomplete: "Incomplete",
    reasonOffTopic: "Off topic",
    reasonSource: "Wrong source",
    correction: "It should have said…",
    sendReason: "Send",
    feedbackFailed: "Your feedback did not arrive. Please try again later.",
    retry: "Try again",
    byModel: "Written by {model}, checked sentence by sentence",
    byExtract: "Quoted from the documents",
    seconds: "{n} s",
    modeReady: "Language model ready",
    modeOff: "Quoting documents",
    modeArriving: "Model arriving · quoting documents",
    modeArrivingAt: "Model {n}% · quoting documents",
    modeFailed: "Quoting documents · model unavailable",
    modeNotReady: "The knowledge base is not ready",
    modeUnreachable: "The service cannot be reached",
    joined: "The language model is ready; answers will read more naturally.",
    errorNetwork: "The connection seems to be lost. Check it and try again.",
    errorBusy: "Many people are asking right now. Try again in a few seconds.",
    errorRate: "That was a lot of questions at once. Wait a moment and try again.",
    errorLong: "This question is too long. Shorten it and send it again.",
    errorEmpty: "Type a question first.",
    errorStore: "The knowledge base is still empty. Ask the administrator to add documents.",
    errorInternal: "Sorry, something went wrong. Please try again.",
    errorId: "Request {id}",
    keyTitle: "A key is needed",
    keyText: "This page needs a key with scope chat from the administrator. It is kept in this tab only.",
    keyLabel: "Key",
    keySave: "Use key",
    keyWrong: "This key is not valid. Check it and try again.",
  },
};

let language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const listeners = [];

export const currentLanguage = () => language;

/** The words for a key, with {names} filled in. */
export function t(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

export function onLanguage(listener) {
  listeners.push(listener);
}

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  storage.set("localStorage", "kefu.language", language);
  applyLanguage();
}

/** Puts the words into the static parts of the page and tells those who draw the others. */
export function applyLanguage() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-i18n]")) node.textContent = t(node.dataset.i18n);
  for (const node of document.querySelectorAll("[data-i18n-label]")) {
    node.setAttribute("aria-label", t(node.dataset.i18nLabel));
    if (node.tagName === "BUTTON") node.title = t(node.dataset.i18nLabel);
  }
  for (const node of document.querySelectorAll("[data-i18n-placeholder]")) {
    node.placeholder = t(node.dataset.i18nPlaceholder);
  }
  for (const listener of listeners) listener(language);
}
