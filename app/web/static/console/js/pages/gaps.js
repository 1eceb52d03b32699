// What customers ask and the knowledge base does not hold, from the costliest on, up to the entry that closes it.

import { post } from "../http.js";
import { ago, duration, number, percent } from "../format.js";
import { badge, button, empty, fetched, field, formEnd, loaded, openDialog, pageHead } from "../parts.js";
import { h, signal } from "../reactive.js";
import { href, route, setQuery } from "../router.js";
import { attempt, toast } from "../toast.js";
import { language, t, tr } from "../words.js";
import { waitForJob } from "./jobs.js";

const LANGUAGES = [
  ["zh", "中文"],
  ["en", "English"],
];
const TONES = { open: "caution", drafted: "accent", approved: "accent", published: "good", dismissed: "plain" };

export default function gaps() {
  const list = fetched("/v1/admin/gaps");
  const chosen = signal(route.peek().query.gap ?? null);
  const isMining = signal(false);

  async function mine() {
    const started = await attempt(() => post("/v1/admin/gaps/mine"));
    if (!started) return;
    isMining.value = true;
    await waitForJob(started.job.job_id).catch(() => {});
    isMining.value = false;
    list.reload();
  }
  const mineButton = () =>
    button(tr("gaps.mine"), mine, { glyph: "search", kind: "primary", disabled: () => isMining.value });
  const open = (gap) => {
    chosen.value = gap.gap_id;
    setQuery({ gap: gap.gap_id });
  };
  const draw = (value) => {
    const items = value.gaps;
    if (!items.length) return empty("gaps", tr("gaps.none"), tr("gaps.noneText"), mineButton());
    return h(
      "div",
      { className: () => (chosen.value ? "split has-chosen" : "split") },
      h(
        "ul",
        { className: "split-list plain-list", "data-list": true, tabIndex: 0, "aria-label": tr("gaps.title") },
        items.map((gap) => h("li", {}, gapRow(gap, chosen, open))),
      ),
      h("section", { className: "split-main", "aria-label": tr("gaps.one") }, () =>
        chosen.value
          ? oneGap(chosen.value, () => (chosen.value = null), list.reload)
          : empty("gaps", tr("gaps.choose"), tr("gaps.chooseText")),
      ),
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

const stateBadge = (gap) => badge(tr(`gapState.${gap.state}`), TONES[gap.state] ?? "plain");
const kindBadge = (gap) => badge(tr(`gapKind.${gap.kind}`));
const titleOf = (gap) => gap.label[language.value] || gap.label.zh || gap.label.en || gap.gap_id;

function gapRow(gap, chosen, open) {
  return h(
    "button",
    {
      type: "button",
      className: "list-button",
      "data-item": true,
      "aria-current": () => (chosen.value === gap.gap_id ? "true" : null),
      on: { click: () => open(gap) },
    },
    h(
      "span",
      { className: "row-text" },
      h("span", { className: "row-title" }, () => titleOf(gap)),
      h(
        "span",
        { className: "row-detail" },
        () => `${t("gaps.volume", { n: number(gap.questions) })} · ${duration(60 * gap.minutes)}`,
      ),
    ),
    kindBadge(gap),
    stateBadge(gap),
  );
}

function oneGap(id, close, onChanged) {
  const path = `/v1/admin/gaps/${encodeURIComponent(id)}`;
  const gap = fetched(path);
  const act = async (name, body) => {
    const done = await attempt(() => post(`${path}/${name}`, body));
    if (!done) return false;
    if (name === "publish") toast(tr("gaps.published"));
    gap.reload();
    onChanged();
    return true;
  };
  return [
    h(
      "header",
      { className: "split-head" },
      button(tr("back"), close, { glyph: "left", isIconOnly: true, kind: "ghost only-narrow" }),
      h("h2", {}, () => (gap.value ? titleOf(gap.value) : "")),
    ),
    h(
      "div",
      { className: "pad stack scroll", tabIndex: 0, role: "region", "aria-label": tr("gaps.one") },
      loaded(gap, (value) => details(value, act)),
    ),
  ];
}

function details(gap, act) {
  const { state, draft, effect } = gap;
  const words = [...(gap.keywords.zh ?? []), ...(gap.keywords.en ?? [])];
  const entries = LANGUAGES.filter(([name]) => draft?.entries[name]).map(([name, label]) =>
    entryFields(name, label, draft.entries[name], state),
  );
  const written = () =>
    Object.fromEntries(
      entries.map((entry) => [
        entry.name,
        { question: entry.question.value.trim(), answer: entry.answer.value.trim() },
      ]),
    );
  const isEdited = () =>
    entries.some(
      (entry) =>
        entry.question.value !== entry.question.defaultValue || entry.answer.value !== entry.answer.defaultValue,
    );
  const approve = async () => {
    if (isEdited() && !(await act("draft", written()))) return;
    await act("approve", {});
  };
  return [
    h(
      "div",
      { className: "row" },
      stateBadge(gap),
      kindBadge(gap),
      words.map((word) => badge(word)),
    ),
    effect
      ? h(
          "p",
          { className: "notice notice-good" },
          t("gaps.effect", { before: share(effect.declined.before), after: share(effect.declined.after) }),
        )
      : "",
    (draft?.warnings ?? []).map((warning) => h("p", { className: "notice notice-caution" }, warning)),
    entries.length
      ? [
          h("h3", {}, tr("gaps.draft")),
          h("p", { className: "hint" }, tr("gaps.draftHint")),
          entries.map((entry) => entry.node),
        ]
      : h("p", { className: "hint" }, tr("gaps.noDraft")),
    h(
      "div",
      { className: "row end" },
      ["open", "drafted", "approved"].includes(state) ? button(tr("gaps.dismiss"), () => dismiss(act)) : "",
      state === "open" ? button(tr("gaps.makeDraft"), () => act("draft", {}), { kind: "primary" }) : "",
      state === "drafted" ? button(tr("save"), () => act("draft", written())) : "",
      state === "drafted" ? button(tr("gaps.approve"), approve, { kind: "primary" }) : "",
      state === "approved" ? button(tr("gaps.publish"), () => act("publish", {}), { kind: "primary" }) : "",
    ),
    gap.documents.length
      ? h(
          "p",
          { className: "row" },
          gap.documents.map((name) => h("a", { href: href(["knowledge", "document", name]) }, name)),
        )
      : "",
    h("h3", {}, tr("gaps.asked")),
    h("ul", { className: "plain-list asked-list" }, gap.asked.slice(0, 50).map(askedRow)),
  ];
}

function entryFields(name, label, entry, state) {
  const isOpen = state === "drafted";
  const question = h("input", {
    type: "text",
    value: entry.question,
    defaultValue: entry.question,
    maxLength: 300,
    disabled: !isOpen,
  });
  const answer = h("textarea", {
    className: "draft",
    rows: 5,
    value: entry.answer,
    defaultValue: entry.answer,
    disabled: !isOpen,
  });
  return {
    name,
    question,
    answer,
    node: h(
      "div",
      { className: "stack card" },
      field(`${label} · ${t("search.question")}`, question),
      field(`${label} · ${t("gaps.answer")}`, answer),
    ),
  };
}

const askedRow = (item) =>
  h(
    "li",
    {},
    h("span", {}, item.text),
    item.is_declined ? badge(tr("status.declined"), "danger") : "",
    item.is_handed_off ? badge(tr("status.handoff"), "accent") : "",
    item.is_rated_down ? badge(tr("gaps.ratedDown"), "caution") : "",
    h("span", { className: "faint" }, () => ago(item.at)),
  );

const share = (rate) => (rate?.share === null || rate?.share === undefined ? "–" : percent(rate.share));

function dismiss(act) {
  const reason = h("input", { type: "text", maxLength: 500, "data-first": true });
  openDialog(tr("gaps.dismiss"), (close) =>
    h(
      "form",
      {
        className: "stack",
        on: {
          submit: (event) => (event.preventDefault(), close(), act("dismiss", { note: reason.value.trim() || null })),
        },
      },
      field(tr("gaps.reason"), reason),
      formEnd(tr("gaps.dismiss"), close),
    ),
  );
}
