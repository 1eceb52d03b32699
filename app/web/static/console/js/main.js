// Start: the language and the theme are there already; who is signed in is asked, then the shell or the door is shown.

import { resume, session } from "./http.js";
import { append, effect, h } from "./reactive.js";
import { shell } from "./shell.js";
import { signInPage } from "./sign_in.js";
import { applyTheme } from "./theme.js";

applyTheme();
await resume();
const root = h("div", { id: "app" });
document.body.prepend(root);
effect(() => {
  root.replaceChildren();
  if (session.value !== undefined) append(root, [session.value ? shell() : signInPage()]);
});
