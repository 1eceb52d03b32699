// Numbers, times and sizes as people of the chosen language read them.

import { language, t } from "./words.js";

const locale = () => (language.value === "zh" ? "zh-CN" : "en-GB");

export const number = (value, digits = 0) =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);

export const percent = (value, digits = 1) =>
  new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: digits }).format(value);

/** An amount of cents (of any currency's hundredths). */
export const money = (cents, currency) =>
  cents === null || cents === undefined
    ? "–"
    : new Intl.NumberFormat(locale(), { style: "currency", currency: currency || "CNY" }).format(cents / 100);

export function time(iso) {
  if (!iso) return "–";
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? String(iso)
    : new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(date);
}

export const day = (date) => new Intl.DateTimeFormat(locale(), { month: "short", day: "numeric" }).format(date);

const STEPS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** 5 minutes ago, 3 天前; the whole date after a week. */
export function ago(iso) {
  if (!iso) return "–";
  const seconds = (Date.now() - new Date(iso).getTime()) / 1000;
  if (Number.isNaN(seconds) || Math.abs(seconds) > 7 * 86_400) return time(iso);
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return relative.format(-Math.round(seconds / length), unit);
  }
  return t("justNow");
}

export function bytes(count) {
  if (count === null || count === undefined) return "–";
  let [value, unit] = [count, "B"];
  for (const next of ["KB", "MB", "GB"]) {
    if (value < 1024) break;
    [value, unit] = [value / 1024, next];
  }
  return `${number(value, unit === "B" ? 0 : 1)} ${unit}`;
}

/** 45 s, 12 min, 3.5 h. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 90) return `${number(seconds, 1)} s`;
  return seconds < 5400 ? `${number(seconds / 60)} min` : `${number(seconds / 3600, 1)} h`;
}
