// Trying the search: what is found and how each stage judged it, and keeping a question as a test case.

import { get, may, post, remove } from "../http.js";
import { number } from "../format.js";
import {
  badge,
  button,
  empty,
  explained,
  failure,
  field,
  formEnd,
  isComposing,
  openDialog,
  pageHead,
} from "../parts.js";
import { h, onEnd, signal } from "../reactive.js";
import { href, route, setQuery } from "../router.js";
import { attempt, hiding, toast, undoable } from "../toast.js";
import { hasWords, t, tr } from "../words.js";
import { place } from "./knowledge_document.js";

const KEPT_QUERIES = 8;
const earlier = signal([]); // of this visit, newest first

export default function search() {
  const result = signal(null); // { query, hits, generation, ms } or { error }
  const isBusy = signal(false);
  const right = signal(new Set()); // passages that were said to be the right ones
  const cases = signal(null);

  const query = h("input", {
    type: "search",
    required: true,
    placeholder: tr("search.placeholder"),
    "data-search": true,
    maxLength: 4000,
  });
  const top = h("input", { type: "number", min: 1, max: 100, value: "10" });
  const day = h("input", { type: "date" });
  const language = h(
    "select",
    {},
    h("option", { value: "" }, tr("search.anyLanguage")),
    h("option", { value: "zh" }, "中文"),
    h("option", { value: "en" }, "English"),
  );

  async function run(event) {
    event?.preventDefault();
    const text = query.value.trim();
    if (!text || isBusy.peek()) return;
    isBusy.value = true;
    const begun = performance.now();
    try {
      const body = {
        query: text,
        top: Number(top.value) || 10,
        language: language.value || null,
        as_of: day.value || null,
      };
      const reply = await post("/v1/search", body);
      right.value = new Set();
      result.value = { ...reply, query: text, ms: performance.now() - begun };
      earlier.value = [text, ...earlier.peek().filter((item) => item !== text)].slice(0, KEPT_QUERIES);
      setQuery({ q: text });
    } catch (error) {
      result.value = { error };
    } finally {
      isBusy.value = false;
    }
  }
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && isComposing(event)) event.preventDefault();
  });

  const loadCases = async () => {
    cases.value = (await get("/v1/admin/cases").catch(() => null)) ?? { cases: [], folder: "" };
  };
  if (may("admin")) loadCases();
  const asked = route.peek().query.q;
  if (asked) {
    query.value = asked;
    run();
  }
  const toggle = (passageId) => {
    const next = new Set(right.peek());
    if (!next.delete(passageId)) next.add(passageId);
    right.value = next;
  };

  return h(
    "div",
    { className: "page" },
    pageHead("search"),
    h(
      "form",
      { className: "card search-form", role: "search", on: { submit: run } },
      h("div", { className: "grow" }, field(tr("search.question"), query)),
      field(tr("search.top"), top),
      field(tr("search.day"), day),
      field(tr("search.language"), language),
      h(
        "button",
        { type: "submit", className: "button primary", disabled: () => isBusy.value },
        h("span", {}, tr("search.run")),
      ),
    ),
    () =>
      earlier.value.length > 1
        ? h(
            "p",
            { className: "row earlier" },
            h("span", { className: "faint" }, tr("search.earlier")),
            earlier.value
              .slice(1)
              .map((text) => button(text, () => ((query.value = text), run()), { kind: "chip-button" })),
          )
        : "",
    () => drawResult(result.value, right, toggle, run, () => keepCase(result.peek(), right.peek(), loadCases)),
    may("admin") ? () => casesCard(cases, loadCases) : "",
  );
}

function drawResult(found, right, toggle, onRetry, onKeep) {
  if (!found) return empty("search", tr("search.none"), tr("search.noneText"));
  if (found.error) return failure(found.error, onRetry);
  const stages = [...new Set(found.hits.flatMap((hit) => Object.keys(hit.stages)))];
  const best = Object.fromEntries(
    stages.map((name) => [name, Math.max(...found.hits.map((hit) => hit.stages[name] ?? 0), 1e-9)]),
  );
  return h(
    "section",
    { className: "stack", "aria-label": tr("search.hits") },
    h(
      "div",
      { className: "toolbar" },
      h(
        "p",
        { role: "status" },
        tr("search.found", { n: found.hits.length, ms: Math.round(found.ms) }),
        " ",
        h("code", { className: "faint" }, found.generation),
      ),
      may("admin") ? button(tr("cases.keep"), onKeep, { glyph: "bookmark", kind: "primary" }) : "",
    ),
    found.hits.length
      ? h(
          "ol",
          { className: "hits", "data-list": true },
          found.hits.map((hit, at) => hitCard(hit, at, stages, best, right, toggle)),
        )
      : empty("search", tr("search.nothing"), tr("search.nothingText")),
  );
}

function hitCard(hit, at, stages, best, right, toggle) {
  const isRight = () => right.value.has(hit.passage_id);
  const address = href(["knowledge", "document", hit.document_id], { passage: hit.passage_id });
  return h(
    "li",
    {
      className: () => (isRight() ? "card hit is-right" : "card hit"),
      "data-item": true,
      tabIndex: 0,
      "aria-label": () => `${at + 1}. ${hit.title}`,
    },
    h(
      "header",
      { className: "card-head" },
      h("span", { className: "passage-number" }, String(at + 1)),
      h(
        "div",
        { className: "row-text" },
        may("admin")
          ? h("a", { className: "row-title", href: address }, hit.title)
          : h("span", { className: "row-title" }, hit.title),
        h("span", { className: "row-detail" }, place({ ...hit.location })),
      ),
      badge(() => hit.score.toFixed(3), "accent"),
      may("admin")
        ? button(tr("cases.right"), () => toggle(hit.passage_id), {
            glyph: "check",
            kind: "quiet small",
            "aria-pressed": () => String(isRight()),
          })
        : "",
    ),
    h("p", { className: "hit-text" }, hit.text),
    h(
      "dl",
      { className: "stages" },
      stages.map((name) => stage(name, hit.stages[name], best[name])),
    ),
  );
}

function stage(name, score, best) {
  const bar = h("span", { className: "bar-fill" });
  bar.style.setProperty("width", `${score === undefined ? 0 : Math.max(2, (100 * score) / best)}%`);
  const key = `stageName.${name}`;
  return h(
    "div",
    { className: score === undefined ? "stage is-absent" : "stage" },
    h("dt", { title: () => (hasWords(`${key}.why`) ? t(`${key}.why`) : name) }, () => (hasWords(key) ? t(key) : name)),
    h(
      "dd",
      {},
      h("span", { className: "bar-track", "aria-hidden": "true" }, bar),
      h("span", { className: "stage-score" }, score === undefined ? "–" : score.toFixed(3)),
    ),
  );
}

/** Asks what a right answer holds, and keeps the question. */
function keepCase(found, right, onKept) {
  const chosen = found.hits.filter((hit) => right.has(hit.passage_id));
  const problem = signal("");
  const type = h(
    "select",
    { "data-first": true },
    ["single", "unanswerable", "false_premise"].map((name) => h("option", { value: name }, tr(`cases.type.${name}`))),
  );
  const words = h("textarea", { rows: 3, placeholder: tr("cases.wordsExample") });
  openDialog(tr("cases.keep"), (close) =>
    h(
      "form",
      {
        className: "stack",
        on: {
          submit: async (event) => {
            event.preventDefault();
            const groups = words.value
              .split("\n")
              .map((line) =>
                line
                  .split(/[|｜]/)
                  .map((part) => part.trim())
                  .filter(Boolean),
              )
              .filter((group) => group.length);
            const gold = [...new Set(chosen.map((hit) => hit.document_id))];
            try {
              await post("/v1/admin/cases", {
                text: found.query,
                type: type.value,
                gold: type.value === "unanswerable" ? [] : gold,
                must_include: type.value === "unanswerable" ? [] : groups,
              });
              close();
              onKept();
              toast(tr("cases.kept"));
            } catch (error) {
              problem.value = error.code === "request_invalid" ? t("cases.needsWords") : explained(error);
            }
          },
        },
      },
      h("p", { className: "quote" }, found.query),
      field(tr("cases.kind"), type),
      h(
        "div",
        { className: "labelled" },
        h("span", { className: "label" }, tr("cases.sources")),
        chosen.length
          ? h(
              "ul",
              { className: "plain-list" },
              chosen.map((hit) => h("li", {}, hit.title, " ", h("code", { className: "faint" }, hit.document_id))),
            )
          : h("p", { className: "hint" }, tr("cases.noSources")),
      ),
      field(tr("cases.words"), words, tr("cases.wordsHint")),
      h("p", { className: "problem", role: "alert" }, () => problem.value),
      formEnd(tr("save"), close),
    ),
  );
}

function casesCard(cases, reload) {
  const kept = cases.value;
  if (!kept) return "";
  const list = h("ul", { className: "plain-list case-list" });
  const hidden = signal(new Set());
  onEnd(() => list.remove());
  const removeCase = (item) =>
    undoable(tr("cases.removed"), {
      ...hiding(hidden, item.id),
      commit: async (options) => {
        await remove(`/v1/admin/cases/${encodeURIComponent(item.id)}`, options);
        await attempt(reload);
      },
    });
  return h(
    "section",
    { className: "card" },
    h(
      "header",
      { className: "card-head" },
      h("h2", {}, tr("cases.title", { n: kept.cases.length })),
      kept.cases.length ? h("code", { className: "faint" }, `kefu eval ${kept.folder}`) : "",
    ),
    kept.cases.length
      ? h("ul", { className: "plain-list case-list" }, () =>
          kept.cases
            .filter((item) => !hidden.value.has(item.id))
            .map((item) =>
              h(
                "li",
                { className: "case" },
                h(
                  "span",
                  { className: "row-text" },
                  h("span", { className: "row-title" }, item.text),
                  h("span", { className: "row-detail" }, caseDetail(item)),
                ),
                badge(tr(`cases.type.${item.type}`)),
                button(tr("cases.remove"), () => removeCase(item), { glyph: "trash", isIconOnly: true, kind: "ghost" }),
              ),
            ),
        )
      : h("p", { className: "faint" }, tr("cases.noneText")),
  );
}

const caseDetail = (item) =>
  [
    ...(item.gold ?? []),
    ...(item.must_include ?? []).map((group) => (Array.isArray(group) ? group.join(" | ") : group)),
  ].join(" · ") || number(0);
