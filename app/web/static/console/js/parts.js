// What pages are made of: buttons, states of loading, notices, dialogs, tables.

import { get } from "./http.js";
import { icon } from "./icons.js";
import { effect, h, onEnd, scope, signal } from "./reactive.js";
import { hasWords, t, tr } from "./words.js";

export function button(label, onClick, { kind = "quiet", glyph = null, isIconOnly = false, ...props } = {}) {
  const words = typeof label === "function" ? label : () => label;
  return h(
    "button",
    {
      type: "button",
      className: isIconOnly ? `button icon-button ${kind}` : `button ${kind}`,
      ...(isIconOnly ? { "aria-label": words, title: words } : {}),
      ...props,
      on: { click: onClick },
    },
    glyph ? icon(glyph) : "",
    isIconOnly ? "" : h("span", {}, words),
  );
}

export const badge = (words, tone = "plain") => h("span", { className: `badge badge-${tone}` }, words);

/** Head of a page: what it is for in one sentence, and what can be done on it. */
export const pageHead = (name, ...actions) =>
  h(
    "header",
    { className: "page-head" },
    h(
      "div",
      { className: "page-title" },
      h("h1", { tabIndex: -1 }, tr(`${name}.title`)),
      h("p", {}, tr(`${name}.about`)),
    ),
    h("div", { className: "page-actions" }, actions),
  );

export const card = (title, ...children) =>
  h("section", { className: "card" }, title ? h("h2", {}, title) : "", children);

/** A number that is read at a glance: its name, itself, and what there is to say of it. */
export const tile = (name, value, detail) =>
  h(
    "div",
    { className: "tile" },
    h("span", { className: "tile-name" }, name),
    h("span", { className: "tile-value" }, value),
    h("span", { className: "tile-detail" }, detail),
  );

/** Something that is not here yet, and how it comes to be here. */
export const empty = (glyph, title, text, ...actions) =>
  h(
    "div",
    { className: "empty" },
    icon(glyph),
    h("h2", {}, title),
    h("p", {}, text),
    h("div", { className: "row" }, actions),
  );

/** What is fetched: `value` when it is there, `error` when it failed; `reload()` fetches again and keeps what is shown. */
export function resource(read) {
  const state = signal({ value: undefined, error: null, isLoading: true });
  let newest = 0;
  async function reload() {
    newest += 1;
    const mine = newest;
    state.value = { ...state.peek(), isLoading: true };
    try {
      const value = await read();
      if (mine === newest) state.value = { value, error: null, isLoading: false };
    } catch (error) {
      if (mine === newest) state.value = { value: state.peek().value, error, isLoading: false };
    }
  }
  onEnd(() => {
    newest += 1;
  });
  reload();
  return {
    reload,
    get value() {
      return state.value.value;
    },
    get error() {
      return state.value.error;
    },
    get isLoading() {
      return state.value.isLoading;
    },
    set: (value) => {
      state.value = { value, error: null, isLoading: false };
    },
  };
}

export const fetched = (path) => resource(() => get(path));

/** A resource drawn: bones while it loads, what went wrong, or `render(value)`. `part` names what may not be installed. */
export function loaded(item, render, { part = "", bones = 4 } = {}) {
  return () => {
    const { value, error } = item;
    if (value !== undefined) return render(value);
    if (error) return failure(error, item.reload, part);
    return skeleton(bones);
  };
}

export const skeleton = (rows) =>
  h(
    "div",
    { className: "bones", role: "status", "aria-label": tr("loading") },
    Array.from({ length: rows }, () => h("span", {})),
  );

export function failure(error, onRetry, part = "") {
  if (error.isMissingPart && part) {
    return empty(
      "info",
      tr(`${part}.missing`),
      tr(`${part}.missingText`),
      button(tr("retry"), onRetry, { glyph: "retry" }),
    );
  }
  return h(
    "div",
    { className: "failure", role: "alert" },
    icon("alert"),
    h(
      "div",
      {},
      h("p", {}, () => explained(error)),
      error.requestId ? h("p", { className: "faint" }, tr("requestId", { id: error.requestId })) : "",
      onRetry ? button(tr("retry"), onRetry, { glyph: "retry" }) : "",
    ),
  );
}

/** What went wrong, in the language of the page where we have words for it. */
export function explained(error) {
  const key = `error.${error.code}`;
  if (hasWords(key)) return t(key);
  return error.status ? error.message : t("error.internal");
}

/** A dialog that keeps the focus and gives it back; `fill(close)` makes its content. Resolves when it is closed. */
export function openDialog(title, fill, { className = "" } = {}) {
  return new Promise((resolve) => {
    const opener = document.activeElement;
    const [dialog, end] = scope(() => {
      const id = `dialog-${Math.random().toString(36).slice(2)}`;
      const node = h("dialog", { className: `dialog ${className}`, "aria-labelledby": id });
      const close = () => node.close();
      const head = h(
        "header",
        {},
        h("h2", { id }, title),
        button(tr("close"), close, { glyph: "close", isIconOnly: true }),
      );
      node.append(head);
      node.append(fill(close));
      return node;
    });
    dialog.addEventListener("close", () => {
      end();
      dialog.remove();
      opener?.focus?.({ preventScroll: true });
      resolve();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("[data-first]")?.focus();
  });
}

/** Enter that picks a candidate of an input method must not act. Safari says so by key code alone. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** A field with its label above it. */
export function field(label, input, hint = "") {
  input.id ||= `field-${Math.random().toString(36).slice(2)}`;
  return h(
    "div",
    { className: "labelled" },
    h("label", { for: input.id }, label),
    input,
    hint ? h("p", { className: "hint" }, hint) : "",
  );
}

/** The end of a form: out of it, or on with it. */
export const formEnd = (words, onCancel) =>
  h(
    "div",
    { className: "row end" },
    button(tr("cancel"), onCancel),
    h("button", { type: "submit", className: "button primary" }, h("span", {}, words)),
  );

/** Values side by side, of which `chosen` (a signal) holds one. `items`: [value, ...what stands on its button]. */
export const segments = (label, items, chosen) =>
  h(
    "div",
    { className: "segments", role: "group", "aria-label": label },
    items.map(([value, ...words]) =>
      h(
        "button",
        {
          type: "button",
          className: "segment",
          "aria-pressed": () => String(chosen.value === value),
          on: { click: () => (chosen.value = value) },
        },
        words,
      ),
    ),
  );

export function options(select, items) {
  effect(() => {
    const chosen = select.value;
    select.replaceChildren(...items().map(([value, words]) => h("option", { value }, words)));
    if (chosen) select.value = chosen;
  });
  return select;
}

/** Waits until typing pauses. */
export function afterPause(act, ms = 250) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), ms);
  };
}

/** Tabs as links: each is a view of its own with its own address. */
export function tabs(label, items, current) {
  const row = h(
    "nav",
    { className: "tabs", "aria-label": label },
    items.map(([name, words, address]) =>
      h("a", { href: address, className: "tab", "aria-current": () => (current() === name ? "page" : null) }, words),
    ),
  );
  queueMicrotask(() => row.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" })); // of a narrow screen
  return row;
}

/** A table whose columns are [words, cell(row)]; wide ones scroll inside their frame. */
export const table = (label, columns, rows, { onRow = null } = {}) =>
  h(
    "div",
    { className: "table-frame", tabIndex: 0, role: "region", "aria-label": label },
    h(
      "table",
      { className: "table" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map(([words]) => h("th", { scope: "col" }, words)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            onRow?.(row) ?? {},
            columns.map(([, cell]) => h("td", {}, cell(row))),
          ),
        ),
      ),
    ),
  );
