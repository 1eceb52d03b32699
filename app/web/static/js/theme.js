// Light, dark, or as the system has it.

import { byId, storage } from "./dom.js";
import { onLanguage, t } from "./i18n.js";

const ORDER = ["light", "dark", "system"];
const LABELS = { light: "themeLight", dark: "themeDark", system: "themeSystem" };
const system = matchMedia("(prefers-color-scheme: dark)");

function choice() {
  const kept = storage.get("localStorage", "kefu.theme");
  return ORDER.includes(kept) ? kept : "system";
}

function apply() {
  const chosen = choice();
  const isDark = chosen === "dark" || (chosen === "system" && system.matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  document.documentElement.dataset.choice = chosen;
  document.querySelector('meta[name="theme-color"]').content = isDark ? "#121514" : "#f7f6f3";
  const button = byId("theme");
  button.setAttribute("aria-label", t(LABELS[chosen]));
  button.title = t(LABELS[chosen]);
}

export function setUpTheme() {
  byId("theme").addEventListener("click", () => {
    storage.set("localStorage", "kefu.theme", ORDER[(ORDER.indexOf(choice()) + 1) % ORDER.length]);
    apply();
  });
  system.addEventListener("change", apply);
  onLanguage(apply);
}
