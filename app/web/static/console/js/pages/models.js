// Trained models: what serves of each kind, what waits for a decision, and why others were refused.

import { post } from "../http.js";
import { number, percent, time } from "../format.js";
import { badge, button, empty, fetched, field, formEnd, loaded, openDialog, pageHead, table } from "../parts.js";
import { h } from "../reactive.js";
import { attempt, toast } from "../toast.js";
import { said, t, tr } from "../words.js";

const TONES = {
  passed: "accent",
  canary: "caution",
  serving: "good",
  refused: "danger",
  rolled_back: "danger",
  rejected: "plain",
  retired: "plain",
};
const SIGNALS = ["faults", "declines", "ratings", "latency"];
const OPEN_STATES = ["passed", "canary", "retired"];

export default function models() {
  const list = fetched("/v1/admin/models");
  const decide = async (path, body, done) => {
    const answer = await attempt(() => post(`/v1/admin/models/${path}`, body));
    if (answer) toast(tr(done));
    list.reload();
    return Boolean(answer);
  };
  const draw = (value) => [
    h("h2", {}, tr("models.serving")),
    serving(value.serving, decide),
    value.serving.filter((row) => row.canary).map(trial),
    h("h2", {}, tr("models.candidates")),
    value.candidates.length
      ? candidates(value.candidates, decide)
      : empty("models", tr("models.none"), tr("models.noneText"), h("code", {}, "kefu models submit FOLDER")),
  ];
  return h("div", { className: "page" }, pageHead("models"), loaded(list, draw, { part: "models" }));
}

const kindOf = (kind) => tr(`modelKind.${kind}`);
const idOf = (id) => (id ? h("code", {}, id) : h("span", { className: "faint" }, tr("models.shipped")));

function serving(rows, decide) {
  const back = (row) => {
    if (!row.serving && !row.canary) return "";
    const words = row.canary ? "models.endTrial" : "models.back";
    const ask = () =>
      confirmed(tr(words), tr(row.canary ? "models.endTrialText" : "models.backText"), (body) =>
        decide(`serving/${row.kind}/rollback`, body, "models.wentBack"),
      );
    return button(tr(words), ask, { kind: "quiet danger" });
  };
  return table(
    tr("models.serving"),
    [
      [tr("models.kind"), (row) => kindOf(row.kind)],
      [tr("models.now"), (row) => idOf(row.serving)],
      [
        tr("models.trial"),
        (row) => (row.canary ? [h("code", {}, row.canary.id), " ", badge(percent(row.canary.share, 0), "caution")] : "–"),
      ],
      ["", back],
    ],
    rows,
  );
}

function trial(row) {
  const { canary, control, conversations } = row.arms;
  const cell = (part) => (part.of ? `${percent(part.share)} (${number(part.count)} / ${number(part.of)})` : "–");
  return h(
    "section",
    { className: "stack" },
    h("h3", {}, () => t("models.trialOf", { kind: t(`modelKind.${row.kind}`), when: time(row.canary.since) })),
    h("p", { className: "hint" }, () =>
      t("models.trialCount", { one: number(conversations.canary), other: number(conversations.control) }),
    ),
    table(
      tr("models.trial"),
      [
        [tr("models.conversationsWith"), (name) => tr(`models.${name}`)],
        [tr("models.candidate"), (name) => cell(canary[name])],
        [tr("models.now"), (name) => cell(control[name])],
      ],
      SIGNALS,
    ),
  );
}

function candidates(rows, decide) {
  const reason = (row) => said(row.verdict?.reasons?.[0]?.words);
  const figures = (row) => {
    const main = row.verdict?.comparison?.main;
    return main ? `${percent(main.candidate)} / ${percent(main.serving)}` : "–";
  };
  return table(
    tr("models.candidates"),
    [
      [
        tr("models.candidate"),
        (row) =>
          button(row.id, () => details(row, decide), { "aria-label": () => t("models.showNamed", { id: row.id }) }),
      ],
      [tr("models.kind"), (row) => kindOf(row.kind)],
      [tr("models.state"), (row) => badge(tr(`modelState.${row.state}`), TONES[row.state] ?? "plain")],
      [tr("models.submitted"), (row) => time(row.submitted_at)],
      [tr("models.beside"), figures],
      [tr("models.reason"), (row) => h("span", {}, () => reason(row))],
    ],
    rows,
  );
}

function details(row, decide) {
  const { verdict } = row;
  const isOpen = OPEN_STATES.includes(row.state);
  return openDialog(
    () => `${t(`modelKind.${row.kind}`)} ${row.id}`,
    (close) => {
      const act = (path, body, done) => async () => {
        if (await decide(`${row.id}/${path}`, body(), done)) close();
      };
      const note = h("input", { type: "text", maxLength: 1000, autocomplete: "off" });
      const share = h("input", { type: "number", min: 1, max: 99, value: 10, required: true });
      const noted = () => ({ note: note.value.trim() || null });
      const shared = () => ({ share: Math.min(99, Math.max(1, Number(share.value) || 10)) / 100 });
      return h(
        "div",
        { className: "stack" },
        h("p", {}, badge(tr(`modelState.${row.state}`), TONES[row.state] ?? "plain")),
        (verdict?.reasons ?? []).map((reason) => h("p", { className: "notice notice-caution" }, () => said(reason.words))),
        verdict?.comparison ? figuresOf(verdict.comparison) : "",
        h("details", {}, h("summary", {}, tr("models.lineage")), h("pre", {}, JSON.stringify(row.lineage, null, 2))),
        isOpen ? [field(tr("models.note"), note), field(tr("models.share"), share, tr("models.shareHint"))] : "",
        h(
          "div",
          { className: "row end" },
          isOpen ? button(tr("models.reject"), act("reject", noted, "models.rejected"), { kind: "quiet danger" }) : "",
          isOpen ? button(tr("models.try"), act("canary", shared, "models.tried")) : "",
          isOpen ? button(tr("models.promote"), act("promote", noted, "models.promoted"), { kind: "primary" }) : "",
        ),
      );
    },
  );
}

function figuresOf(comparison) {
  const parts = [comparison.main, ...comparison.languages];
  const name = (part) => tr(part.name === "all" ? "models.all" : `models.language.${part.name}`);
  return table(
    tr("models.beside"),
    [
      [tr("models.questions"), (part) => [name(part), ` (${number(part.questions)})`]],
      [tr("models.candidate"), (part) => percent(part.candidate)],
      [tr("models.now"), (part) => percent(part.serving)],
      ["p", (part) => (part.p < 0.001 ? "< 0.001" : number(part.p, 3))],
    ],
    parts,
  );
}

function confirmed(title, text, act) {
  return openDialog(title, (close) => {
    const note = h("input", { type: "text", maxLength: 1000, autocomplete: "off", "data-first": true });
    const submit = async (event) => {
      event.preventDefault();
      if (await act({ note: note.value.trim() || null })) close();
    };
    return h(
      "form",
      { className: "stack", on: { submit } },
      h("p", {}, text),
      field(tr("models.note"), note),
      formEnd(title, close),
    );
  });
}
