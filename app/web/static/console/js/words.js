// The words of the console in both languages, switched without a reload: views follow the language as they follow data.

import { storage } from "../../js/dom.js";
import { signal } from "./reactive.js";
import { EN } from "./words_en.js";
import { ZH } from "./words_zh.js";

const WORDS = { zh: ZH, en: EN };

export const language = signal(document.documentElement.lang.startsWith("zh") ? "zh" : "en");

/** The words for a key, with {names} filled in; a key that is not known shows itself. */
export function t(key, values = {}) {
  const words = WORDS[language.value][key] ?? key;
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** As `t`, kept up to date. */
export const tr = (key, values) => () => t(key, typeof values === "function" ? values() : values);

/** Words that the service gives in both languages: a string, or an object by language. */
export function said(words) {
  if (words === null || words === undefined) return "";
  return typeof words === "string" ? words : (words[language.value] ?? words.en ?? words.zh ?? "");
}

export const hasWords = (key) => key in WORDS[language.value];

export function switchLanguage() {
  language.value = language.peek() === "zh" ? "en" : "zh";
  storage.set("localStorage", "kefu.language", language.peek());
  document.documentElement.lang = language.peek() === "zh" ? "zh-CN" : "en";
}
