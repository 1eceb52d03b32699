// What customers asked and how it was answered; each answer can be explained from its receipt.

import { get, remove, withQuery } from "../http.js";
import { ago, percent } from "../format.js";
import { afterPause, badge, button, empty, failure, fetched, loaded, pageHead, segments } from "../parts.js";
import { effect, h, signal } from "../reactive.js";
import { href, route, setQuery } from "../router.js";
import { hiding, undoable } from "../toast.js";
import { language, t, tr } from "../words.js";

const STATUSES = ["answered", "partial", "declined", "handoff"];
export const TONES = { answered: "good", partial: "caution", declined: "danger", handoff: "accent" };
const PAGE = 50;
const PAGE_OF_RECEIPTS = 20; // each is read for its words

export default function questions() {
  const asked = route.peek().query;
  const status = signal(STATUSES.includes(asked.status) ? asked.status : "");
  const wanted = signal("");
  const page = signal({ rows: [], error: null, isLoading: true, next: null, hasText: true });
  const chosen = signal(asked.receipt ?? null);
  const hidden = signal(new Set());
  let number = 0;

  async function load(cursor = null) {
    number += 1;
    const mine = number;
    page.value = { ...page.peek(), rows: cursor ? page.peek().rows : [], isLoading: true, error: null };
    try {
      const found = await lines(status.peek(), wanted.peek(), cursor);
      if (mine !== number) return;
      page.value = {
        rows: [...page.peek().rows, ...found.rows],
        next: found.next,
        hasText: found.hasText,
        error: null,
        isLoading: false,
      };
    } catch (error) {
      if (mine === number) page.value = { rows: [], next: null, hasText: true, error, isLoading: false };
    }
  }
  effect(() => {
    status.value;
    wanted.value;
    load();
  });

  const search = h("input", {
    type: "search",
    "data-search": true,
    placeholder: tr("questions.filter"),
    "aria-label": tr("questions.filter"),
    on: { input: afterPause(() => (wanted.value = search.value.trim())) },
  });
  const open = (row) => {
    chosen.value = row.receipt_id;
    setQuery({ receipt: row.receipt_id, status: status.peek() });
  };
  const forget = (receiptId) => {
    chosen.value = null;
    undoable(tr("questions.forgotten"), {
      ...hiding(hidden, receiptId),
      commit: async (options) => {
        await remove(`/v1/receipts/${encodeURIComponent(receiptId)}`, options);
        load();
      },
    });
  };
  const draw = () => {
    const { rows, error, isLoading, next } = page.value;
    if (error) return failure(error, () => load(), "questions");
    const visible = rows.filter((row) => !hidden.value.has(row.receipt_id));
    if (!visible.length)
      return isLoading
        ? h("p", { className: "faint pad" }, tr("loading"))
        : empty(
            "questions",
            tr("questions.none"),
            tr("questions.noneText"),
            h("a", { className: "button quiet", href: "/" }, tr("palette.chat")),
          );
    return [
      h(
        "ul",
        { className: "plain-list", "data-list": true },
        visible.map((row) => h("li", {}, questionRow(row, chosen, open))),
      ),
      next !== null ? button(tr("more"), () => load(next), { kind: "ghost wide" }) : "",
    ];
  };
  return h(
    "div",
    { className: "page page-split" },
    pageHead("questions"),
    h("div", { className: "toolbar" }, () => (page.value.hasText ? search : ""), filter(status)),
    h(
      "div",
      { className: () => (chosen.value ? "split has-chosen" : "split") },
      h("section", { className: "split-list", "aria-label": tr("questions.title"), tabIndex: 0 }, draw),
      h("section", { className: "split-main", "aria-label": tr("questions.explained") }, () =>
        chosen.value
          ? explanation(chosen.value, () => (chosen.value = null), forget)
          : empty("questions", tr("questions.choose"), tr("questions.chooseText")),
      ),
    ),
  );
}

/** From the log of questions where it is there, else from the list of receipts, which holds no words. */
async function lines(status, wanted, cursor) {
  try {
    const found = await get(
      withQuery("/v1/admin/questions", { status, contains: wanted, limit: PAGE, before: cursor }),
    );
    return { rows: found.questions, next: found.next, hasText: true };
  } catch (error) {
    if (!error.isMissingPart || error.code === "receipts_off") throw error;
  }
  const offset = cursor ?? 0;
  const { receipts } = await get(withQuery("/v1/receipts", { status, limit: 500 }));
  const rows = receipts.slice(offset, offset + PAGE_OF_RECEIPTS);
  const texts = await Promise.all(rows.map((row) => get(`/v1/receipts/${row.receipt_id}`).catch(() => null)));
  return {
    rows: rows.map((row, at) => ({
      ...row,
      question: texts[at]?.asked?.message ?? null,
      confidence: texts[at]?.judged?.confidence,
    })),
    next: offset + rows.length < receipts.length ? offset + rows.length : null,
    hasText: false,
  };
}

const filter = (status) =>
  segments(
    tr("questions.status"),
    ["", ...STATUSES].map((name) => [name, tr(name ? `status.${name}` : "status.all")]),
    status,
  );

function questionRow(row, chosen, open) {
  return h(
    "button",
    {
      type: "button",
      className: "list-button",
      "data-item": true,
      "aria-current": () => (chosen.value === row.receipt_id ? "true" : null),
      on: { click: () => open(row) },
    },
    h(
      "span",
      { className: "row-text" },
      h("span", { className: "row-title" }, row.question ?? t("questions.noText")),
      h(
        "span",
        { className: "row-detail" },
        [ago(row.created_at), row.confidence !== undefined && row.confidence !== null ? percent(row.confidence, 0) : ""]
          .filter(Boolean)
          .join(" · "),
      ),
    ),
    (row.feedback ?? []).map((item) => badge(item.rating === "up" ? "👍" : "👎")),
    badge(tr(`status.${row.status}`), TONES[row.status] ?? "plain"),
  );
}

function explanation(receiptId, close, forget) {
  const id = encodeURIComponent(receiptId);
  const receipt = fetched(`/v1/receipts/${id}`);
  const edits = fetched(`/v1/admin/edits?receipt_id=${id}`);
  const told = signal(null);
  effect(() => {
    get(`/v1/receipts/${id}/explanation?language=${language.value}`).then(
      (value) => (told.value = value),
      () => (told.value = null),
    );
  });
  return [
    h(
      "header",
      { className: "split-head" },
      button(tr("back"), close, { glyph: "left", isIconOnly: true, kind: "ghost only-narrow" }),
      h("h2", {}, tr("questions.explained")),
      button(tr("questions.forget"), () => forget(receiptId), { glyph: "trash", isIconOnly: true, kind: "ghost" }),
    ),
    h(
      "div",
      { className: "pad stack scroll" },
      loaded(receipt, (value) => receiptView(value)),
      () => (edits.value?.edits.length ? editsOf(edits.value.edits) : ""),
      () => (told.value ? explained(told.value) : ""),
    ),
  ];
}

function receiptView(value) {
  const question = value.asked?.message;
  return [
    h("p", { className: "quote" }, question ?? t("questions.noText")),
    h(
      "div",
      { className: "row" },
      badge(tr(`status.${value.answer.status}`), TONES[value.answer.status]),
      badge(value.answer.mode),
      h("span", { className: "faint" }, ago(value.created_at)),
    ),
    h("blockquote", {}, value.answer.text ?? ""),
    question
      ? h(
          "p",
          { className: "row" },
          h("a", { className: "button quiet", href: href(["search"], { q: question }) }, tr("questions.trySearch")),
        )
      : "",
  ];
}

/** What agents made of it where it was a suggestion of theirs. */
const editsOf = (edits) => [
  h("h3", {}, tr("questions.edits")),
  edits.map((item) =>
    h(
      "div",
      { className: "reason" },
      badge(item.changed ? percent(item.changed, 0) : tr("questions.unchanged"), item.changed ? "caution" : "good"),
      h("div", {}, h("p", {}, item.sent), h("p", { className: "faint" }, `${item.agent} · ${ago(item.created_at)}`)),
    ),
  ),
];

function explained(value) {
  return h(
    "div",
    { className: "stack" },
    h("p", { className: "notice" }, value.outcome),
    [...value.question, ...value.decision].map((words) => h("p", {}, words)),
    value.sentences?.length ? h("h3", {}, tr("questions.sentences")) : "",
    value.writing ? h("p", { className: "faint" }, value.writing) : "",
    (value.sentences ?? []).map((item) =>
      h(
        "div",
        { className: "reason" },
        badge(tr(`fate.${item.fate}`), item.fate === "kept" ? "good" : item.fate === "dropped" ? "danger" : "plain"),
        h("div", {}, item.text ? h("p", {}, item.text) : "", h("p", { className: "faint" }, item.why)),
      ),
    ),
    value.passages?.length ? h("h3", {}, tr("questions.passages")) : "",
    (value.passages ?? []).map((item) =>
      h(
        "div",
        { className: "reason" },
        badge(tr(`role.${item.role}`), item.role === "quoted" ? "good" : "plain"),
        h(
          "div",
          {},
          h("a", { href: href(["knowledge", "document", item.document_id], { passage: item.passage_id }) }, item.place),
          h("p", { className: "faint" }, item.why),
        ),
      ),
    ),
  );
}
