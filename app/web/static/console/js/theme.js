// Light, dark, or as the system has it; the choice is shared with the chat page.

import { storage } from "../../js/dom.js";
import { signal } from "./reactive.js";

const ORDER = ["light", "dark", "system"];
const system = matchMedia("(prefers-color-scheme: dark)");
const kept = storage.get("localStorage", "kefu.theme");

export const theme = signal(ORDER.includes(kept) ? kept : "system");

export function applyTheme() {
  const chosen = theme.peek();
  const isDark = chosen === "dark" || (chosen === "system" && system.matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  document.querySelector('meta[name="theme-color"]').content = isDark ? "#121514" : "#f7f6f3";
}

export function switchTheme() {
  theme.value = ORDER[(ORDER.indexOf(theme.peek()) + 1) % ORDER.length];
  storage.set("localStorage", "kefu.theme", theme.peek());
  applyTheme();
}

system.addEventListener("change", applyTheme);
