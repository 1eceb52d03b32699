// Light, dark, or as the system has it: one choice for the chat page and the console.

import { storage } from "./dom.js";

const ORDER = ["light", "dark", "system"];
const KEPT = "kefu.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export function chosenTheme() {
  const kept = storage.get("localStorage", KEPT);
  return ORDER.includes(kept) ? kept : "system";
}

/** The theme after the one given, kept for the next visit. */
export function themeAfter(chosen) {
  const next = ORDER[(ORDER.indexOf(chosen) + 1) % ORDER.length];
  storage.set("localStorage", KEPT, next);
  return next;
}

export function showTheme(chosen) {
  const isDark = chosen === "dark" || (chosen === "system" && system.matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  document.documentElement.dataset.choice = chosen;
  document.querySelector('meta[name="theme-color"]').content = isDark ? "#121514" : "#f7f6f3";
}

export const onSystemTheme = (act) => system.addEventListener("change", act);
