// Experiments: what is tried on whom, what it says so far, and what must not get worse.

import { get } from "../http.js";
import { number, percent, time } from "../format.js";
import { badge, button, empty, fetched, loaded, pageHead, resource, table } from "../parts.js";
import { computed, h } from "../reactive.js";
import { href, route } from "../router.js";
import { attempt } from "../toast.js";
import { said, t, tr } from "../words.js";
import { openStart, openStop } from "./experiments_forms.js";

const TONES = {
  better: "good",
  worse: "danger",
  guard_broken: "danger",
  mixed_up: "danger",
  no_difference: "plain",
  hopeless: "caution",
  running: "accent",
  too_early: "plain",
};

export default function experiments() {
  const name = computed(() => route.value.path[1] ?? "");
  return h("div", { className: "page" }, () => (name.value ? single(name.value) : everything()));
}

/** Metrics by name: their titles and units. */
const readMetrics = async () =>
  new Map((await get("/v1/admin/metrics/definitions")).metrics.map((metric) => [metric.name, metric]));

function everything() {
  const list = fetched("/v1/admin/experiments");
  const metrics = resource(readMetrics);
  // A form whose list of metrics is still on its way could be sent without one.
  const start = async () => {
    const offered = metrics.value ?? (await attempt(readMetrics));
    if (offered) openStart(offered, list.reload);
  };
  const draw = ({ experiments: rows }) =>
    rows.length
      ? table(
          tr("experiments.title"),
          [
            [tr("experiments.name"), (row) => h("a", { href: href(["experiments", row.experiment_id]) }, row.experiment_id)],
            [tr("experiments.state"), stateBadge],
            [tr("experiments.key"), (row) => h("code", {}, row.key)],
            [tr("experiments.metric"), (row) => () => titleOf(metrics.value, row.metric)],
            [tr("experiments.planned"), (row) => number(row.units)],
            [tr("experiments.started"), (row) => time(row.started_at)],
            [tr("experiments.ended"), (row) => (row.stopped_at ? time(row.stopped_at) : "–")],
          ],
          rows,
        )
      : empty("experiments", tr("experiments.none"), tr("experiments.noneText"));
  return [
    pageHead("experiments", button(tr("experiments.start"), start, { glyph: "plus", kind: "primary" })),
    loaded(list, draw, { part: "experiments" }),
  ];
}

const stateBadge = (row) => badge(tr(`experimentState.${row.state}`), row.state === "running" ? "accent" : "plain");
const titleOf = (metrics, name) => said(metrics?.get(name)?.title) || name;

function single(name) {
  const one = resource(async () => ({
    ...(await get(`/v1/admin/experiments/${encodeURIComponent(name)}`)),
    metrics: await readMetrics(),
  }));
  return [
    h("a", { className: "back", href: href(["experiments"]) }, tr("experiments.back")),
    loaded(one, (value) => details(value, one.reload)),
  ];
}

function details({ experiment, now, looks, metrics }, reload) {
  const isRunning = experiment.state === "running";
  const stop = () => openStop(experiment.experiment_id, reload);
  return [
    h(
      "header",
      { className: "page-head" },
      h("h1", { tabIndex: -1 }, experiment.experiment_id),
      h("div", { className: "page-actions" }, isRunning ? button(tr("experiments.stop"), stop, { kind: "quiet danger" }) : ""),
    ),
    h(
      "section",
      { className: "card stack" },
      h("p", {}, stateBadge(experiment), " ", badge(tr(`verdict.${now.verdict}`), TONES[now.verdict] ?? "plain")),
      h("p", {}, () => said(now.words)),
      experiment.note ? h("p", { className: "faint" }, experiment.note) : "",
      progress(now),
      facts(experiment, metrics),
    ),
    h("h2", {}, tr("experiments.arms")),
    arms(experiment, now),
    now.comparisons.map((item) => comparison(item, experiment, metrics)),
    h("h2", {}, tr("experiments.looks")),
    looks.length ? lookTable(looks) : h("p", { className: "faint" }, tr("experiments.noLooks")),
  ];
}

function progress(now) {
  const done = Math.min(1, now.fraction);
  const words = () => t("experiments.progress", { share: percent(done, 0), n: number(now.planned_units) });
  return h("div", { className: "stack" }, h("p", { className: "faint" }, words), h("progress", { max: 1, value: done, "aria-label": words }));
}

function facts(experiment, metrics) {
  const pair = (key, value) => h("div", {}, h("dt", {}, tr(key)), h("dd", {}, value));
  const { plan } = experiment;
  const ended = () => t("experiments.endedBy", { who: experiment.stopped_by ?? "", when: time(experiment.stopped_at) });
  return h(
    "dl",
    { className: "pairs" },
    pair("experiments.metric", () => titleOf(metrics, experiment.metric)),
    pair("experiments.unit", tr(`experimentUnit.${experiment.unit}`)),
    pair("experiments.traffic", percent(experiment.traffic, 0)),
    pair("experiments.test", tr(`experimentTest.${plan.test}`)),
    pair("experiments.started", `${time(experiment.started_at)} · ${experiment.created_by}`),
    experiment.stopped_at ? pair("experiments.ended", () => [ended(), experiment.stop_reason].filter(Boolean).join(" · ")) : "",
  );
}

function arms(experiment, now) {
  const whole = experiment.arms.reduce((sum, arm) => sum + arm.weight, 0);
  return table(
    tr("experiments.arms"),
    [
      [tr("experiments.arm"), (arm) => [arm.name, arm === experiment.arms[0] ? [" ", badge(tr("experiments.control"))] : ""]],
      [tr("experiments.share"), (arm) => percent(arm.weight / whole, 0)],
      [tr("experiments.units"), (arm) => number(now.units[arm.name] ?? 0)],
      [tr("experiments.values"), (arm) => h("code", {}, JSON.stringify(arm.values))],
    ],
    experiment.arms,
  );
}

/** One treatment beside the control: the number that decides, those that must not get worse, those shown beside. */
function comparison(item, experiment, metrics) {
  const rows = [item.decides, ...item.guards, ...item.others];
  const show = (row) => (value) => {
    if (value === null || value === undefined) return "–";
    return row.is_share ? percent(value) : number(value, 2);
  };
  const range = (row) => (row.low === null || row.low === undefined ? "" : ` (${show(row)(row.low)} – ${show(row)(row.high)})`);
  const difference = (row) => (row.difference === undefined ? tr("experiments.tooFew") : `${show(row)(row.difference)}${range(row)}`);
  return [
    h("h2", {}, () => t("experiments.beside", { arm: item.arm, control: experiment.arms[0].name })),
    table(
      tr("experiments.outcomes"),
      [
        [tr("experiments.metric"), (row) => () => titleOf(metrics, row.metric)],
        [tr("experiments.role"), (row) => badge(tr(`experimentRole.${row.role}`), row.role === "decides" ? "accent" : "plain")],
        [tr("experiments.control"), (row) => show(row)(row.control)],
        [tr("experiments.treatment"), (row) => show(row)(row.treatment)],
        [tr("experiments.difference"), difference],
        ["p", (row) => (row.difference === undefined ? "–" : row.p < 0.001 ? "< 0.001" : number(row.p, 3))],
        [tr("experiments.says"), outcome],
      ],
      rows,
    ),
  ];
}

function outcome(row) {
  if (row.difference === undefined) return "–";
  if (!row.is_significant) return badge(tr("experiments.open"));
  return row.is_better ? badge(tr("experiments.betterNow"), "good") : badge(tr("experiments.worseNow"), "danger");
}

function lookTable(looks) {
  return table(
    tr("experiments.looks"),
    [
      [tr("experiments.when"), (look) => time(look.at)],
      [tr("experiments.information"), (look) => percent(Math.min(1, look.fraction), 0)],
      [tr("experiments.units"), (look) => number(Object.values(look.units).reduce((sum, count) => sum + count, 0))],
      [tr("experiments.says"), (look) => badge(tr(`verdict.${look.verdict}`), TONES[look.verdict] ?? "plain")],
    ],
    [...looks].reverse(),
  );
}
