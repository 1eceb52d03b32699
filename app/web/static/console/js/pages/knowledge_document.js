// One document: its passages on the one side, the text that they were cut from on the other, the chosen one marked.

import { encoded, get, withQuery } from "../http.js";
import { badge, button, failure, fetched } from "../parts.js";
import { effect, h, onEnd, signal } from "../reactive.js";
import { href, setQuery } from "../router.js";
import { virtualList } from "../virtual_list.js";
import { t, tr } from "../words.js";

const ROW = 76;
const LOOKED_THROUGH = 1000; // passages a request, while one is looked for by its id
const AROUND = 12; // passages of source text before and after the chosen one

/** `query.passage` names the passage that is opened, `query.start` and `query.end` the words in it (code points). */
export function documentView(documentId, query) {
  const about = fetched(`/v1/admin/documents/${encoded(documentId)}`);
  const total = signal(null);
  const problem = signal(null);
  const chosen = signal(null); // { passage, index, quote }
  const around = signal([]);

  const page = async (offset, limit) => {
    const found = await get(withQuery("/v1/admin/passages", { document_id: documentId, offset, limit }));
    return { rows: found.passages, total: found.total };
  };
  const list = virtualList({
    label: tr("document.passages"),
    rowHeight: ROW,
    fetchPage: page,
    keyOf: (row) => row.passage_id,
    onTotal: (count) => (total.value = count),
    onOpen: (passage, index) => {
      chosen.value = { passage, index, quote: null };
      setQuery({ passage: passage.passage_id });
    },
    render: (row, index) => passageRow(row, index),
  });
  list.frame.addEventListener("listfailed", (event) => (problem.value = event.detail));
  openWanted(list, page, query, chosen);
  effect(() => {
    if (chosen.value) loadAround(chosen.value.index, page, around);
  });

  return h(
    "div",
    { className: "stack fill" },
    h(
      "header",
      { className: "page-head" },
      h(
        "div",
        { className: "page-title" },
        h("a", { className: "back", href: href(["knowledge"]) }, tr("document.back")),
        h("h1", {}, () => about.value?.title ?? documentId),
        h("p", { className: "mono faint" }, documentId),
      ),
      h("div", { className: "page-actions" }, () => facts(about.value)),
    ),
    () => (about.value?.warnings ?? []).map((warning) => h("p", { className: "notice notice-caution" }, warning)),
    () => (problem.value ? failure(problem.value, () => list.reset()) : ""),
    h(
      "div",
      { className: "split" },
      h(
        "section",
        { className: "split-list", "aria-label": tr("document.passages") },
        h("p", { className: "faint pad", role: "status" }, () =>
          total.value === null ? t("loading") : t("document.count", { n: total.value }),
        ),
        list.frame,
      ),
      source(chosen, around, list),
    ),
  );
}

function facts(row) {
  if (!row) return "";
  const validity = [
    row.valid_from && t("validFrom", { date: row.valid_from }),
    row.valid_to && t("validTo", { date: row.valid_to }),
  ].filter(Boolean);
  return [
    badge(row.format ?? "–"),
    badge(row.language ?? "–"),
    ...validity.map((words) => badge(words, "caution")),
    ...(row.access ?? []).map((label) => badge(label, "plain")),
  ];
}

function passageRow(row, index) {
  return h(
    "div",
    { className: "passage-row" },
    h("span", { className: "passage-number" }, String(index + 1)),
    h(
      "div",
      { className: "row-text" },
      h("span", { className: "row-detail" }, place(row) || t("document.noHeading")),
      h("span", { className: "passage-text" }, row.text),
    ),
  );
}

export function place(row) {
  return [
    row.heading,
    row.sheet && t("sheet", { n: row.sheet }),
    row.page && t("pageNumber", { n: row.page }),
    row.row && t("rowNumber", { n: row.row }),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Looks for the passage of the address page by page, and opens the first one where none is named. */
async function openWanted(list, page, query, chosen) {
  let isOver = false;
  onEnd(() => {
    isOver = true;
  });
  try {
    for (let offset = 0; ; offset += LOOKED_THROUGH) {
      const { rows, total } = await page(offset, query.passage ? LOOKED_THROUGH : 1);
      if (isOver || !rows.length) return;
      const at = query.passage ? rows.findIndex((row) => row.passage_id === query.passage) : 0;
      if (at >= 0) {
        const quote = query.start !== undefined && query.passage ? [Number(query.start), Number(query.end)] : null;
        chosen.value = { passage: rows[at], index: offset + at, quote };
        list.show(offset + at);
        list.mark(offset + at);
        return;
      }
      if (offset + rows.length >= total) return;
    }
  } catch {
    /* the list itself says what is wrong */
  }
}

async function loadAround(index, page, around) {
  const first = Math.max(0, index - AROUND);
  const { rows } = await page(first, 2 * AROUND + 1).catch(() => ({ rows: [] }));
  around.value = rows;
}

function source(chosen, around, list) {
  const text = h("div", { className: "source-text", tabIndex: 0, role: "region", "aria-label": tr("document.source") });
  effect(() => {
    const current = chosen.value;
    const rows = around.value;
    text.replaceChildren(...pieces(rows, current));
    queueMicrotask(() => text.querySelector("mark, .is-chosen")?.scrollIntoView({ block: "center" }));
  });
  const step = (by) => {
    list.step(by);
    const index = (chosen.peek()?.index ?? -1) + by;
    if (index >= 0 && index < list.total()) {
      list.show(index);
      list.open(index);
    }
  };
  return h(
    "section",
    { className: "split-main", "aria-label": tr("document.source") },
    h(
      "header",
      { className: "split-head" },
      h("p", {}, () => (chosen.value ? place(chosen.value.passage) || t("document.noHeading") : "")),
      button(tr("document.previous"), () => step(-1), { glyph: "left", isIconOnly: true, kind: "ghost" }),
      button(tr("document.next"), () => step(1), { glyph: "right", isIconOnly: true, kind: "ghost" }),
    ),
    text,
  );
}

/** The text as the index read it: passages in their order, headings where they change. */
function pieces(rows, current) {
  let heading = null;
  const made = [];
  for (const row of rows) {
    if (row.heading && row.heading !== heading) made.push(h("h3", {}, row.heading.split(" > ").at(-1)));
    heading = row.heading;
    const isChosen = row.passage_id === current?.passage.passage_id;
    made.push(
      h("p", { className: isChosen ? "is-chosen" : "" }, isChosen ? marked(row.text, current.quote) : row.text),
    );
  }
  return made;
}

/** Offsets count code points, so the text is cut as such; without a quote the whole passage is marked. */
function marked(text, quote) {
  if (!quote) return h("mark", {}, text);
  const points = Array.from(text);
  const [start, end] = quote;
  return [
    points.slice(0, start).join(""),
    h("mark", {}, points.slice(start, end).join("")),
    points.slice(end).join(""),
  ];
}
