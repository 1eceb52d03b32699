// The command palette: every page and what can be done from anywhere, by a few letters of its name in either language.

import { may, post, signOut } from "./http.js";
import { icon } from "./icons.js";
import { isComposing } from "./parts.js";
import { effect, h, scope, signal } from "./reactive.js";
import { go } from "./router.js";
import { switchTheme } from "./theme.js";
import { attempt } from "./toast.js";
import { switchLanguage, t, tr } from "./words.js";
import { EN } from "./words_en.js";
import { ZH } from "./words_zh.js";

function commands(pages) {
  const made = pages.map((page) => ({ key: `${page.name}.title`, glyph: page.glyph, act: () => go([page.name]) }));
  if (may("admin")) {
    made.push(
      { key: "palette.upload", glyph: "upload", act: () => go(["knowledge"], { upload: 1 }) },
      {
        key: "palette.ingest",
        glyph: "retry",
        act: () => attempt(() => post("/v1/admin/ingest", {}), "knowledge.started"),
      },
      { key: "palette.preview", glyph: "info", act: () => go(["knowledge", "preview"]) },
      { key: "palette.newKey", glyph: "keys", act: () => go(["keys"], { create: 1 }) },
    );
  }
  made.push(
    { key: "palette.language", glyph: "globe", act: switchLanguage },
    { key: "palette.theme", glyph: "light", act: switchTheme },
    { key: "palette.chat", glyph: "chat", act: () => location.assign("/") },
    { key: "signOut", glyph: "out", act: signOut },
  );
  return made;
}

/** Letters in their order, not necessarily side by side; a word that begins with them comes first. */
export function score(text, wanted) {
  const [low, letters] = [text.toLowerCase(), wanted.toLowerCase().trim()];
  if (!letters) return 1;
  const at = low.indexOf(letters);
  if (at >= 0) return 3 - Math.min(at, 50) / 50;
  let place = 0;
  for (const letter of letters) {
    place = low.indexOf(letter, place) + 1;
    if (!place) return 0;
  }
  return 0.5;
}

export function openPalette(pages) {
  if (document.querySelector(".palette")) return;
  const opener = document.activeElement;
  const all = commands(pages);
  const [dialog, end] = scope(() => {
    const wanted = signal("");
    const active = signal(0);
    const found = signal([]);
    effect(() => {
      const letters = wanted.value;
      const best = ({ key }) => Math.max(score(ZH[key] ?? "", letters), score(EN[key] ?? "", letters));
      const matches = all
        .map((command) => ({ ...command, score: best(command) }))
        .filter((command) => command.score > 0)
        .sort((one, other) => other.score - one.score);
      const text = letters.trim();
      if (text && may("search"))
        matches.push({
          words: t("palette.searchFor", { text }),
          glyph: "search",
          act: () => go(["search"], { q: text }),
        });
      found.value = matches;
      active.value = 0;
    });
    const input = h("input", {
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: false,
      "aria-label": tr("palette.open"),
      "aria-expanded": "true",
      "aria-controls": "palette-list",
      "aria-activedescendant": () => (found.value.length ? `command-${active.value}` : null),
      placeholder: tr("palette.placeholder"),
      on: { input: () => (wanted.value = input.value), keydown: onKey },
    });
    const node = h(
      "dialog",
      { className: "palette", "aria-label": tr("palette.open") },
      h("div", { className: "palette-field" }, icon("search"), input),
      h("ul", { id: "palette-list", role: "listbox", "aria-label": tr("palette.open") }, () =>
        found.value.map((command, at) =>
          h(
            "li",
            {
              id: `command-${at}`,
              role: "option",
              "aria-selected": () => String(active.value === at),
              on: { click: () => run(command), pointermove: () => (active.value = at) },
            },
            icon(command.glyph),
            h("span", {}, command.words ?? t(command.key)),
          ),
        ),
      ),
      h("p", { className: "palette-none", hidden: () => found.value.length > 0 }, tr("palette.none")),
    );

    function run(command) {
      node.close();
      command.act();
    }

    function onKey(event) {
      if (isComposing(event)) return;
      const count = found.peek().length;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!count) return;
        active.value = (active.peek() + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
        queueMicrotask(() => node.querySelector(`#command-${active.peek()}`)?.scrollIntoView({ block: "nearest" }));
      } else if (event.key === "Enter") {
        event.preventDefault();
        const command = found.peek()[active.peek()];
        if (command) run(command);
      }
    }
    return node;
  });
  dialog.addEventListener("close", () => {
    end();
    dialog.remove();
    opener?.focus?.({ preventScroll: true });
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("input").focus();
}
