// The first page of the day: what is going on, the published numbers, and what wants attention.

import { download, withQuery } from "../http.js";
import { ago, duration, number, percent } from "../format.js";
import { icon } from "../icons.js";
import { badge, button, failure, fetched, loaded, openDialog, pageHead, segments, table } from "../parts.js";
import { daysBetween, isoDay, plot } from "../plot.js";
import { computed, h, signal } from "../reactive.js";
import { href, route } from "../router.js";
import { attempt } from "../toast.js";
import { said, t, tr } from "../words.js";
import { TONES } from "./questions.js";

const SPANS = [7, 28, 90];
const ROWS = 200; // of a number, shown at once
const FIRST = ["resolution_rate", "deflection_rate", "hand_off_rate", "decline_rate", "csat", "first_response_time"];

export default function home() {
  const span = signal(28);
  const period = () => {
    const last = new Date();
    const first = new Date(last);
    first.setDate(first.getDate() - span.value + 1);
    return { from: isoDay(first), to: isoDay(last) };
  };
  return h(
    "div",
    { className: "page" },
    pageHead("home", spanChooser(span)),
    today(),
    h("div", { className: "stack" }, () => numbers(period())),
  );
}

const spanChooser = (span) =>
  segments(
    tr("home.span"),
    SPANS.map((days) => [days, tr("home.days", { n: days })]),
    span,
  );

/** One line each: can it answer, from what, and what wants attention. */
function today() {
  const status = fetched("/v1/status");
  const generations = fetched("/v1/admin/generations");
  const conflicts = fetched("/v1/admin/conflicts");
  const jobs = fetched("/v1/admin/jobs?limit=20");
  const inbox = fetched("/v1/agent/inbox?limit=1");
  const newest = computed(() => (jobs.value?.jobs ?? []).find((job) => job.kind !== "preview") ?? null);
  const serving = computed(() => (generations.value?.generations ?? []).find((row) => row.is_current) ?? null);
  const tile = (glyph, name, address, value, detail, tone) =>
    h(
      "a",
      { className: () => `tile tile-${tone?.() ?? "plain"}`, href: address },
      icon(glyph),
      h("span", { className: "tile-name" }, tr(`home.${name}`)),
      h("span", { className: "tile-value" }, value),
      h("span", { className: "tile-detail" }, detail),
    );
  const isReady = () => status.value?.ready;
  const waiting = () => inbox.value?.counts?.queued;
  return h(
    "div",
    { className: "tiles" },
    tile(
      "health",
      "service",
      href(["health"]),
      () => (status.value ? t(isReady() ? "home.ready" : "home.notReady") : "–"),
      () => model(status.value),
      () => (status.value && !isReady() ? "danger" : "good"),
    ),
    tile(
      "book",
      "base",
      href(["knowledge"]),
      () => (serving.value ? number(serving.value.documents ?? 0) : "–"),
      () => (serving.value ? t("home.passages", { n: number(serving.value.passages ?? 0) }) : t("home.empty")),
      () => (generations.value && !serving.value ? "danger" : "plain"),
    ),
    tile(
      "alert",
      "conflicts",
      href(["knowledge", "conflicts"]),
      () => (conflicts.value ? number(conflicts.value.conflicts.length) : "–"),
      () =>
        conflicts.value?.checked_at
          ? t("home.checked", { when: ago(conflicts.value.checked_at) })
          : t("home.unchecked"),
      () => (conflicts.value?.conflicts.length ? "caution" : "plain"),
    ),
    tile(
      "inbox",
      "waiting",
      href(["inbox"]),
      () => (waiting() === undefined ? "–" : number(waiting())),
      () => (inbox.error?.isMissingPart ? t("home.noInbox") : t("home.waitingText")),
      () => (waiting() ? "caution" : "plain"),
    ),
    tile(
      "retry",
      "job",
      href(["health"]),
      () => (newest.value ? t(`job.${newest.value.state}`) : "–"),
      () => (newest.value ? `${t(`job.${newest.value.kind}`)} · ${ago(newest.value.created_at)}` : t("health.noJobs")),
      () => (newest.value?.state === "failed" ? "danger" : "plain"),
    ),
  );
}

function model(status) {
  if (!status) return "";
  const { state, model: name, progress } = status.language_model;
  if (state === "ready") return name ?? t("home.modelReady");
  return state === "arriving"
    ? t("home.modelArriving", { n: Math.floor(100 * (progress ?? 0)) })
    : t("home.extractive");
}

/** The published numbers where they are counted; else what the receipts alone can tell. */
function numbers({ from, to }) {
  const all = fetched(withQuery("/v1/admin/metrics", { from, to, by: "day" }));
  const draw = (value) => {
    const { metrics } = value;
    const order = (item) => (FIRST.includes(item.name) ? FIRST.indexOf(item.name) : FIRST.length);
    const asked = route.peek().query; // a link of a report asks for the rows behind one number
    const linked = metrics.find((item) => item.name === asked.metric);
    if (linked) queueMicrotask(() => definition(linked, asked.from ?? from, asked.to ?? to));
    const sorted = [...metrics].sort((one, other) => order(one) - order(other));
    const csv = () =>
      attempt(() =>
        download(withQuery("/v1/admin/metrics.csv", { from, to, by: "day" }), `kefu-metrics-${from}-${to}.csv`),
      );
    return [
      h(
        "div",
        { className: "toolbar" },
        h("h2", {}, tr("home.numbers")),
        button(tr("home.csv"), csv, { glyph: "download" }),
      ),
      h(
        "div",
        { className: "plots" },
        sorted.map((item) => metricCard(item, from, to)),
      ),
    ];
  };
  return () => {
    if (all.error?.isMissingPart) return fromReceipts(from, to);
    if (all.error && all.value === undefined) return failure(all.error, all.reload);
    return loaded(all, draw);
  };
}

function shownAs(unit) {
  if (unit === "share") return (value) => percent(value);
  if (unit === "seconds") return duration;
  return (value) => number(value, unit === "points" || unit === "money" ? 2 : 0);
}

function metricCard(metric, from, to) {
  const show = shownAs(metric.unit);
  const days = daysBetween(from, to);
  const groups = new Map((metric.groups ?? []).map((group) => [group.group, group]));
  const pick = (name) => days.map((date) => groups.get(isoDay(date))?.[name] ?? null);
  const isCount = metric.aggregate === "count";
  const hasInterval = metric.low !== null && metric.low !== undefined;
  return h(
    "section",
    { className: "card metric" },
    h(
      "header",
      { className: "card-head" },
      h("h3", {}, () => said(metric.title) || metric.name),
      button(tr("home.definition"), () => definition(metric, from, to), {
        glyph: "info",
        isIconOnly: true,
        kind: "ghost",
      }),
    ),
    h(
      "p",
      { className: "metric-value" },
      () => (metric.value === null ? "–" : show(metric.value)),
      h("span", { className: "faint" }, () =>
        [hasInterval ? `${show(metric.low)} – ${show(metric.high)}` : "", `n = ${number(metric.denominator)}`]
          .filter(Boolean)
          .join(" · "),
      ),
    ),
    plot({
      label: () => said(metric.title) || metric.name,
      days,
      kind: isCount ? "bars" : "line",
      show,
      most: metric.unit === "share" ? 1 : null,
      series: [{ name: "", values: pick("value"), ...(hasInterval ? { low: pick("low"), high: pick("high") } : {}) }],
    }),
  );
}

/** What a number means, and the rows that it is made of. */
function definition(metric, from, to) {
  openDialog(
    () => said(metric.title) || metric.name,
    () => {
      const rows = fetched(withQuery(`/v1/admin/metrics/${metric.name}/rows`, { from, to, limit: ROWS }));
      return h(
        "div",
        { className: "stack" },
        loaded(rows, (value) => [meaning(value.metric), h("h3", {}, t("home.rows")), rowTable(value.rows, metric)]),
      );
    },
    { className: "wide" },
  );
}

function meaning(metric) {
  const line = (name) =>
    said(metric[name]) ? h("div", {}, h("dt", {}, t(`home.${name}`)), h("dd", {}, said(metric[name]))) : "";
  return h(
    "dl",
    { className: "pairs" },
    line("denominator"),
    line("numerator"),
    line("note"),
    h("div", {}, h("dt", {}, t("home.source")), h("dd", {}, h("code", {}, metric.source.join(", ")))),
  );
}

function rowTable(rows, metric) {
  if (!rows.length) return h("p", { className: "faint" }, tr("home.noRows"));
  const show = shownAs(metric.unit);
  return table(
    tr("home.rows"),
    [
      [tr("job.when"), (row) => ago(row.at)],
      [tr("home.value"), (row) => (metric.aggregate === "share" ? (row.value ? "1" : "0") : show(row.value))],
      [tr("home.conversation"), (row) => h("code", {}, row.conversation_id ?? row.row_id)],
      ["", (row) => [row.language, said(row.intent_name) || row.intent, row.channel].filter(Boolean).join(" · ")],
    ],
    rows,
  );
}

function fromReceipts(from, to) {
  const receipts = fetched("/v1/receipts?limit=1000");
  const statuses = ["answered", "partial", "declined", "handoff"];
  const draw = ({ receipts: lines }) => {
    const days = daysBetween(from, to);
    const inside = lines
      .map((line) => ({ ...line, day: isoDay(new Date(line.created_at)) }))
      .filter((line) => line.day >= from && line.day <= to);
    const of = (status) => inside.filter((line) => line.status === status);
    const counts = (status) => days.map((date) => of(status).filter((line) => line.day === isoDay(date)).length);
    return h(
      "section",
      { className: "card metric" },
      h(
        "header",
        { className: "card-head" },
        h("h2", {}, tr("home.answers")),
        h("a", { href: href(["questions"]) }, tr("home.toQuestions")),
      ),
      h(
        "p",
        { className: "row" },
        statuses.map((status) => badge(`${t(`status.${status}`)} ${number(of(status).length)}`, TONES[status])),
      ),
      plot({
        label: () => t("home.answers"),
        days,
        kind: "bars",
        show: (value) => number(value, 1),
        series: statuses.map((status) => ({ name: t(`status.${status}`), values: counts(status) })),
      }),
      h("p", { className: "hint" }, tr("home.onlyReceipts")),
    );
  };
  return loaded(receipts, draw, { part: "home" });
}
