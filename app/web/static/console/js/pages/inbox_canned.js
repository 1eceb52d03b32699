// Canned replies: a slash at the start of the box or of a word lists them, in the customer's language.

import { get, put, remove, withQuery } from "../http.js";
import { button, field, formEnd, isComposing, openDialog } from "../parts.js";
import { effect, h, signal } from "../reactive.js";
import { attempt, hiding, undoable } from "../toast.js";
import { t, tr } from "../words.js";

const MOST = 8;
const replies = signal(null);

async function load() {
  const found = await get("/v1/agent/canned").catch(() => ({ canned: [] }));
  replies.value = found.canned;
}

/** The list that opens while a shortcut is typed; arrows choose, Enter or Tab takes, Escape closes. */
export function cannedMenu(text, about) {
  const typed = signal(null); // letters behind the slash, null when none is being typed
  const active = signal(0);
  if (!replies.peek()) load();
  const found = () => {
    const letters = typed.value;
    if (letters === null) return [];
    return (replies.value ?? [])
      .filter((item) => item.shortcut.startsWith(letters) || item.title.toLowerCase().includes(letters))
      .slice(0, MOST);
  };
  const look = () => {
    const before = text.value.slice(0, text.selectionStart);
    const match = /(?:^|\s)\/([\w\u4e00-\u9fff-]*)$/u.exec(before);
    typed.value = match ? match[1].toLowerCase() : null;
    active.value = 0;
  };
  const take = async (item) => {
    const place = text.selectionStart;
    const after = text.value.slice(place);
    const before = text.value.slice(0, place).replace(/\/[\w\u4e00-\u9fff-]*$/u, "");
    typed.value = null;
    const words = await filled(item, about());
    text.value = before + words + after;
    text.setSelectionRange(before.length + words.length, before.length + words.length);
    text.focus();
  };
  text.addEventListener("input", look);
  text.addEventListener("blur", () => setTimeout(() => (typed.value = null), 150));
  text.addEventListener("keydown", (event) => {
    const items = found();
    if (isComposing(event)) return;
    // A quick typist is before the list: the Enter that was meant for it must not become a line of the reply.
    if (event.key === "Enter" && typed.peek() !== null && replies.peek() === null) event.preventDefault();
    if (!items.length) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      active.value = (active.peek() + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length;
    } else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
      event.preventDefault();
      take(items[active.peek()] ?? items[0]);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      typed.value = null;
    }
  });
  text.setAttribute("aria-haspopup", "listbox");
  text.setAttribute("aria-controls", "canned-list");
  effect(() => {
    if (found().length) text.setAttribute("aria-activedescendant", `canned-${active.value}`);
    else text.removeAttribute("aria-activedescendant");
  });
  return h(
    "div",
    { className: "canned", hidden: () => typed.value === null },
    h("ul", { id: "canned-list", role: "listbox", "aria-label": tr("canned.title") }, () =>
      found().map((item, at) =>
        h(
          "li",
          {
            id: `canned-${at}`,
            role: "option",
            "aria-selected": () => String(active.value === at),
            on: { pointerdown: (event) => (event.preventDefault(), take(item)) },
          },
          h("code", {}, `/${item.shortcut}`),
          " ",
          item.title,
        ),
      ),
    ),
    () => (typed.value !== null && !found().length ? h("p", { className: "faint pad" }, tr("canned.none")) : ""),
    h("div", { className: "pad" }, button(tr("canned.edit"), editReplies, { kind: "ghost" })),
  );
}

/** The text in the customer's language with what is known filled in; what is not stays, for the agent to fill. */
async function filled(item, { conversation, language }) {
  const path = withQuery(`/v1/agent/canned/${encodeURIComponent(item.shortcut)}`, { conversation_id: conversation });
  const found = await get(path).catch(() => item);
  return found.text ?? ((language === "en" ? item.en || item.zh : item.zh || item.en) || "");
}

function editReplies() {
  const shown = signal(null); // the reply that is edited
  const hidden = signal(new Set());
  openDialog(
    tr("canned.title"),
    () =>
      h("div", { className: "stack" }, () =>
        shown.value ? form(shown.value, () => (shown.value = null)) : list(shown, hidden),
      ),
    { className: "wide" },
  );
}

function list(shown, hidden) {
  const drop = (item) =>
    undoable(tr("canned.removed", { name: item.shortcut }), {
      ...hiding(hidden, item.shortcut),
      commit: async (options) => {
        await remove(`/v1/agent/canned/${encodeURIComponent(item.shortcut)}`, options);
        await load();
      },
    });
  return [
    h(
      "ul",
      { className: "plain-list" },
      (replies.value ?? [])
        .filter((item) => !hidden.value.has(item.shortcut))
        .map((item) =>
          h(
            "li",
            { className: "case" },
            h(
              "button",
              { type: "button", className: "list-button grow", on: { click: () => (shown.value = item) } },
              h("code", {}, `/${item.shortcut}`),
              " ",
              item.title,
            ),
            button(tr("canned.remove"), () => drop(item), { glyph: "trash", isIconOnly: true, kind: "ghost" }),
          ),
        ),
    ),
    button(tr("canned.new"), () => (shown.value = { shortcut: "", title: "", zh: "", en: "" }), {
      glyph: "plus",
      kind: "primary",
    }),
  ];
}

function form(item, done) {
  const shortcut = h("input", {
    type: "text",
    value: item.shortcut,
    required: true,
    maxLength: 40,
    pattern: "[\\p{L}\\p{N}_\\-]+",
    disabled: Boolean(item.shortcut),
  });
  const title = h("input", { type: "text", value: item.title, maxLength: 100 });
  const zh = h("textarea", { rows: 3, value: item.zh });
  const en = h("textarea", { rows: 3, value: item.en });
  const submit = async (event) => {
    event.preventDefault();
    const body = { title: title.value, zh: zh.value, en: en.value };
    if (await attempt(() => put(`/v1/agent/canned/${encodeURIComponent(shortcut.value.trim().toLowerCase())}`, body))) {
      await load();
      done();
    }
  };
  return h(
    "form",
    { className: "stack", on: { submit } },
    field(tr("canned.shortcut"), shortcut),
    field(tr("canned.name"), title),
    field("中文", zh, t("canned.places")),
    field("English", en),
    formEnd(tr("save"), done),
  );
}
