// What customers ask and the knowledge base does not hold, from the costliest on, up to the entry that closes it.

import { post } from "../http.js";
import { ago, duration, number, percent } from "../format.js";
import { badge, button, empty, fetched, field, loaded, openDialog, pageHead } from "../parts.js";
import { h, signal } from "../reactive.js";
import { href, route, setQuery } from "../router.js";
import { attempt, toast } from "../toast.js";
import { said, hasWords, t, tr } from "../words.js";
import { waitForJob } from "./jobs.js";

const TONES = { open: "caution", drafted: "accent", approved: "accent", published: "good", dismissed: "plain" };

export default function gaps() {
  const list = fetched("/v1/admin/gaps");
  const chosen = signal(route.peek().query.gap ?? null);
  const isMining = signal(false);

  async function mine() {
    const started = await attempt(() => post("/v1/admin/gaps/mine"));
    if (!started) return;
    isMining.value = true;
    const jobId = started.job?.job_id ?? started.job_id;
    if (jobId) await waitForJob(jobId).catch(() => {});
    isMining.value = false;
    list.reload();
  }
  const mineButton = () => button(tr("gaps.mine"), mine, { glyph: "search", kind: "primary", disabled: () => isMining.value });
  const open = (gap) => {
    chosen.value = idOf(gap);
    setQuery({ gap: idOf(gap) });
  };
  const draw = (value) => {
    const items = value.gaps ?? [];
    if (!items.length) return empty("gaps", tr("gaps.none"), tr("gaps.noneText"), mineButton());
    return h(
      "div",
      { className: () => (chosen.value ? "split has-chosen" : "split") },
      h("ul", { className: "split-list plain-list", "data-list": true, tabIndex: 0, "aria-label": tr("gaps.title") }, items.map((gap) => h("li", {}, gapRow(gap, chosen, open)))),
      h("section", { className: "split-main", "aria-label": tr("gaps.one") }, () => (chosen.value ? oneGap(chosen.value, () => (chosen.value = null), list.reload) : empty("gaps", tr("gaps.choose"), tr("gaps.chooseText")))),
    );
  };
  return h(
    "div",
    { className: "page page-split" },
    pageHead("gaps", () => (list.error?.isMissingPart ? "" : mineButton())),
    h("p", { role: "status", className: "faint", hidden: () => !isMining.value }, tr("gaps.mining")),
    loaded(list, draw, { part: "gaps" }),
  );
}

const idOf = (gap) => String(gap.gap_id ?? gap.id);
const stateOf = (gap) => gap.state ?? gap.status ?? "open";
const questionsOf = (gap) => gap.questions?.length ?? gap.volume ?? gap.count ?? gap.questions ?? 0;
const stateBadge = (gap) => badge(() => (hasWords(`gapState.${stateOf(gap)}`) ? t(`gapState.${stateOf(gap)}`) : stateOf(gap)), TONES[stateOf(gap)] ?? "plain");
const titleOf = (gap) => said(gap.label ?? gap.title ?? gap.question ?? gap.representative) || idOf(gap);

function gapRow(gap, chosen, open) {
  return h(
    "button",
    { type: "button", className: "list-button", "data-item": true, "aria-current": () => (chosen.value === idOf(gap) ? "true" : null), on: { click: () => open(gap) } },
    h("span", { className: "row-text" }, h("span", { className: "row-title" }, () => titleOf(gap)), h("span", { className: "row-detail" }, tr("gaps.volume", { n: number(questionsOf(gap)) }), costOf(gap))),
    kindBadge(gap),
    stateBadge(gap),
  );
}

const costOf = (gap) => (gap.handling_s ? ` · ${duration(gap.handling_s)}` : gap.cost ? ` · ${number(gap.cost, 1)}` : "");
const kindBadge = (gap) => (gap.kind && hasWords(`gapKind.${gap.kind}`) ? badge(tr(`gapKind.${gap.kind}`)) : "");

function oneGap(id, close, onChanged) {
  const path = `/v1/admin/gaps/${encodeURIComponent(id)}`;
  const gap = fetched(path);
  const act = async (name, body) => {
    const done = await attempt(() => post(`${path}/${name}`, body));
    if (!done) return;
    if (name === "publish") toast(tr("gaps.published"));
    gap.reload();
    onChanged();
  };
  return [
    h("header", { className: "split-head" }, button(tr("back"), close, { glyph: "left", isIconOnly: true, kind: "ghost only-narrow" }), h("h2", {}, () => (gap.value ? titleOf(gap.value.gap ?? gap.value) : ""))),
    h("div", { className: "pad stack scroll" }, loaded(gap, (value) => details(value.gap ?? value, act))),
  ];
}

function details(gap, act) {
  const state = stateOf(gap);
  const draft = gap.draft ?? {};
  const text = h("textarea", { className: "draft", rows: 12, value: typeof draft === "string" ? draft : (draft.text ?? draft.markdown ?? "") });
  const words = gap.keywords ?? gap.words ?? [];
  const questions = Array.isArray(gap.questions) ? gap.questions : (gap.examples ?? gap.members ?? []);
  return [
    h("div", { className: "row" }, stateBadge(gap), kindBadge(gap), (Array.isArray(words) ? words : [...(words.zh ?? []), ...(words.en ?? [])]).map((word) => badge(word))),
    gap.effect ? h("p", { className: "notice notice-good" }, t("gaps.effect", { before: share(gap.effect.before), after: share(gap.effect.after) })) : "",
    h("h3", {}, tr("gaps.asked")),
    h("ul", { className: "plain-list asked-list" }, questions.slice(0, 30).map((item) => h("li", {}, h("span", {}, item.text ?? item), item.at ? h("span", { className: "faint" }, ago(item.at)) : "", item.receipt_id ? h("a", { href: href(["questions"], { receipt: item.receipt_id }) }, tr("gaps.receipt")) : ""))),
    text.value || state === "drafted" ? field(tr("gaps.draft"), text, tr("gaps.draftHint")) : h("p", { className: "hint" }, tr("gaps.noDraft")),
    h(
      "div",
      { className: "row end" },
      state !== "dismissed" && state !== "published" ? button(tr("gaps.dismiss"), () => dismiss(act)) : "",
      state === "open" ? button(tr("gaps.makeDraft"), () => act("draft"), { kind: "primary" }) : "",
      state === "drafted" ? button(tr("gaps.approve"), () => act("approve", { text: text.value }), { kind: "primary" }) : "",
      state === "approved" ? button(tr("gaps.publish"), () => act("publish"), { kind: "primary" }) : "",
    ),
  ];
}

const share = (value) => (typeof value === "number" ? percent(value) : typeof value?.value === "number" ? percent(value.value) : "–");

function dismiss(act) {
  const reason = h("input", { type: "text", maxLength: 500, "data-first": true });
  openDialog(tr("gaps.dismiss"), (close) =>
    h(
      "form",
      { className: "stack", on: { submit: (event) => (event.preventDefault(), close(), act("dismiss", { reason: reason.value.trim() })) } },
      field(tr("gaps.reason"), reason),
      h("div", { className: "row end" }, button(tr("cancel"), close), h("button", { type: "submit", className: "button primary" }, h("span", {}, tr("gaps.dismiss")))),
    ),
  );
}
