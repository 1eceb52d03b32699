// Every setting with where its value comes from; changed by environment or file, not here.

import { badge, fetched, loaded, pageHead, table } from "../parts.js";
import { h, signal } from "../reactive.js";
import { tr } from "../words.js";

const TONES = { default: "plain", env: "accent", file: "caution" };

export default function settings() {
  const all = fetched("/v1/admin/settings");
  const wanted = signal("");
  const isChangedOnly = signal(false);
  const search = h("input", {
    type: "search",
    "data-search": true,
    placeholder: tr("settings.filter"),
    "aria-label": tr("settings.filter"),
    on: { input: () => (wanted.value = search.value.trim().toLowerCase()) },
  });
  const fits = (row) =>
    (!isChangedOnly.value || row.source !== "default") &&
    `${row.name} ${row.variable}`.toLowerCase().includes(wanted.value);
  return h(
    "div",
    { className: "page" },
    pageHead("settings"),
    h(
      "div",
      { className: "toolbar" },
      search,
      h(
        "label",
        { className: "check" },
        h("input", { type: "checkbox", on: { change: (event) => (isChangedOnly.value = event.target.checked) } }),
        h("span", {}, tr("settings.changedOnly")),
      ),
    ),
    loaded(all, (value) => () => {
      const rows = value.settings.filter(fits);
      return rows.length
        ? table(
            tr("settings.title"),
            [
              [tr("settings.name"), (row) => h("code", {}, row.name)],
              [tr("settings.value"), (row) => h("span", { className: "value" }, shown(row.value))],
              [tr("settings.source"), (row) => badge(tr(`settings.from.${row.source}`), TONES[row.source] ?? "plain")],
              [tr("settings.variable"), (row) => h("code", { className: "faint" }, row.variable)],
            ],
            rows,
          )
        : h("p", { className: "faint" }, tr("settings.noMatch"));
    }),
  );
}

const shown = (value) =>
  value === null || value === "" ? "–" : typeof value === "string" ? value : JSON.stringify(value);
