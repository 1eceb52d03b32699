// The theme as a value that views follow; the choice is shared with the chat page.

import { chosenTheme, onSystemTheme, showTheme, themeAfter } from "../../js/theme_choice.js";
import { signal } from "./reactive.js";

export const theme = signal(chosenTheme());

export const applyTheme = () => showTheme(theme.peek());

export function switchTheme() {
  theme.value = themeAfter(theme.peek());
  applyTheme();
}

onSystemTheme(applyTheme);
