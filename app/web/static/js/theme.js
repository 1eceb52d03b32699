// The button that changes the theme.

import { byId } from "./dom.js";
import { onLanguage, t } from "./i18n.js";
import { chosenTheme, onSystemTheme, showTheme, themeAfter } from "./theme_choice.js";

const LABELS = { light: "themeLight", dark: "themeDark", system: "themeSystem" };
let chosen = chosenTheme();

function apply() {
  showTheme(chosen);
  const button = byId("theme");
  button.setAttribute("aria-label", t(LABELS[chosen]));
  button.title = t(LABELS[chosen]);
}

export function setUpTheme() {
  byId("theme").addEventListener("click", () => {
    chosen = themeAfter(chosen);
    apply();
  });
  onSystemTheme(apply);
  onLanguage(apply);
}
