// The list of documents, of any length, and files that are dropped onto it.

import { encoded, get, remove, withQuery } from "../http.js";
import { icon } from "../icons.js";
import { bytes } from "../format.js";
import { afterPause, badge, button, empty, failure } from "../parts.js";
import { h, signal } from "../reactive.js";
import { go, route } from "../router.js";
import { undoable } from "../toast.js";
import { virtualList } from "../virtual_list.js";
import { t, tr } from "../words.js";
import { chooseFiles, uploads, uploadTray, onUploaded } from "./uploads.js";

const ROW = 60;
const TONES = { done: "good", refused: "danger", queued: "caution", parsing: "caution", embedding: "caution" };

export function documentsView() {
  const total = signal(null);
  const problem = signal(null);
  const isOver = signal(false);
  const hidden = new Set(); // removed in this view, and not yet on the server
  let wanted = "";

  const list = virtualList({
    label: tr("knowledge.documents"),
    rowHeight: ROW,
    fetchPage: async (offset, limit) => {
      const found = await get(withQuery("/v1/admin/documents", { offset, limit, q: wanted }));
      problem.value = null;
      return { rows: found.documents, total: found.total };
    },
    keyOf: (row) => row.document_id,
    onTotal: (count) => (total.value = count),
    onOpen: (row) => go(["knowledge", "document", row.document_id]),
    render: (row) => documentRow(row, { isHidden: hidden.has(row.document_id), onRemove: () => removeDocument(row) }),
  });
  list.frame.addEventListener("listfailed", (event) => (problem.value = event.detail));
  onUploaded(() => list.reset({ keepsPlace: true }));

  function removeDocument(row) {
    undoable(tr("knowledge.removed", { name: row.title ?? row.document_id }), {
      hide: () => (hidden.add(row.document_id), list.reset({ keepsPlace: true })),
      show: () => (hidden.delete(row.document_id), list.reset({ keepsPlace: true })),
      commit: async (options) => {
        const { job } = await remove(`/v1/admin/documents/${encoded(row.document_id)}`, options);
        uploads.followJob(job.job_id);
      },
    });
  }

  const search = h("input", {
    type: "search",
    placeholder: tr("knowledge.filter"),
    "aria-label": tr("knowledge.filter"),
    "data-search": true,
    on: { input: afterPause(() => ((wanted = search.value.trim()), list.reset())) },
  });

  if (route.peek().query.upload) queueMicrotask(chooseFiles);
  const view = h(
    "div",
    { className: () => (isOver.value ? "stack fill drop is-over" : "stack fill drop") },
    h(
      "div",
      { className: "toolbar" },
      search,
      h("span", { className: "faint count", role: "status" }, () =>
        total.value === null ? "" : t("knowledge.count", { n: total.value }),
      ),
      button(tr("knowledge.upload"), chooseFiles, { glyph: "upload", kind: "primary" }),
    ),
    uploadTray(),
    () => (problem.value ? failure(problem.value, () => list.reset()) : ""),
    () => (total.value === 0 && !problem.value ? nothing(wanted) : ""),
    list.frame,
    h("div", { className: "drop-hint", "aria-hidden": "true" }, icon("upload"), h("p", {}, tr("knowledge.dropHere"))),
  );
  list.frame.hidden = false;
  acceptDrops(view, isOver);
  return view;
}

const nothing = (wanted) =>
  wanted
    ? empty("search", tr("knowledge.noMatch"), tr("knowledge.noMatchText"))
    : empty(
        "book",
        tr("knowledge.none"),
        tr("knowledge.noneText"),
        button(tr("knowledge.upload"), chooseFiles, { glyph: "upload", kind: "primary" }),
      );

function documentRow(row, { isHidden, onRemove }) {
  const details = [row.format, row.language, row.size ? bytes(row.size) : null].filter(Boolean).join(" · ");
  return h(
    "div",
    { className: isHidden ? "document-row is-leaving" : "document-row" },
    icon("document"),
    h(
      "div",
      { className: "row-text" },
      h("span", { className: "row-title" }, row.title ?? row.document_id),
      h("span", { className: "row-detail" }, row.document_id),
    ),
    h("span", { className: "row-meta" }, details),
    row.access?.length ? badge(tr("knowledge.restricted"), "plain") : "",
    row.warnings?.length ? badge(tr("knowledge.warnings", { n: row.warnings.length }), "caution") : "",
    row.status
      ? h(
          "span",
          { className: `badge badge-${TONES[row.status] ?? "plain"}`, title: row.message ?? "" },
          tr(`file.${row.status}`),
        )
      : "",
    row.uploaded && !isHidden
      ? button(tr("knowledge.remove", { name: row.document_id }), (event) => (event.stopPropagation(), onRemove()), {
          glyph: "trash",
          isIconOnly: true,
          kind: "ghost",
          tabIndex: -1,
        })
      : "",
  );
}

function acceptDrops(node, isOver) {
  let depth = 0;
  node.addEventListener("dragenter", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    depth += 1;
    isOver.value = true;
  });
  node.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (!depth) isOver.value = false;
  });
  node.addEventListener("dragover", (event) => event.preventDefault());
  node.addEventListener("drop", async (event) => {
    event.preventDefault();
    depth = 0;
    isOver.value = false;
    uploads.add(await filesOf(event.dataTransfer));
  });
}

/** Files of a drop, those inside folders too. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  return (await Promise.all(entries.map(walk))).flat();
}

async function walk(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!batch.length) return (await Promise.all(found.map(walk))).flat();
    found.push(...batch);
  }
}
