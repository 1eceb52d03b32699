// Whether everything is there that an answer needs, and what the service has been working on.

import { ago, duration } from "../format.js";
import { badge, button, fetched, loaded, pageHead, table } from "../parts.js";
import { icon } from "../icons.js";
import { h, onEnd } from "../reactive.js";
import { hasWords, language, said, t, tr } from "../words.js";

const TONES = {
  ok: "good",
  note: "caution",
  fail: "danger",
  done: "good",
  failed: "danger",
  running: "caution",
  queued: "plain",
};
const AGAIN_MS = 5000;

export default function health() {
  const checks = fetched("/v1/admin/health");
  const jobs = fetched("/v1/admin/jobs?limit=20");
  const calibration = fetched("/v1/admin/calibration");
  const timer = setInterval(jobs.reload, AGAIN_MS);
  onEnd(() => clearInterval(timer));
  return h(
    "div",
    { className: "page" },
    pageHead("health", button(tr("health.again"), checks.reload, { glyph: "retry" })),
    loaded(checks, (value) => h("ul", { className: "card checks" }, value.checks.map(check))),
    h(
      "section",
      { className: "card" },
      h("h2", {}, tr("health.calibration")),
      loaded(calibration, (value) => h("p", {}, said(value.words) || t("health.noCalibration")), { bones: 1 }),
    ),
    h("section", { className: "card" }, h("h2", {}, tr("health.jobs")), loaded(jobs, jobTable)),
    h(
      "p",
      { className: "faint" },
      tr("health.metrics"),
      " ",
      h("a", { href: "/metrics" }, "/metrics"),
      " · ",
      h("a", { href: "/openapi.json" }, "/openapi.json"),
    ),
  );
}

/** A finding is in English, and in Chinese under `zh`. */
const worded = (item) => (language.value === "zh" && item.zh) || item;

const check = (item) =>
  h(
    "li",
    { className: "check-line" },
    h(
      "span",
      { className: `state state-${TONES[item.state]}` },
      icon(item.state === "ok" ? "check" : item.state === "note" ? "info" : "alert"),
      h("span", { className: "sr" }, tr(`state.${item.state}`)),
    ),
    h(
      "div",
      { className: "row-text wraps" },
      h("span", { className: "row-title" }, () => worded(item).what),
      h("span", {}, () => worded(item).found),
      item.todo ? h("span", { className: "todo" }, () => worded(item).todo) : "",
    ),
  );

function jobTable({ jobs }) {
  if (!jobs.length) return h("p", { className: "faint" }, tr("health.noJobs"));
  const kind = (row) => (hasWords(`job.${row.kind}`) ? t(`job.${row.kind}`) : row.kind);
  const seconds = (row) =>
    row.started_at && row.ended_at ? duration((new Date(row.ended_at) - new Date(row.started_at)) / 1000) : "–";
  return table(
    tr("health.jobs"),
    [
      [tr("job.kind"), kind],
      [tr("job.state"), (row) => badge(tr(`job.${row.state}`), TONES[row.state])],
      [tr("job.when"), (row) => ago(row.created_at)],
      [tr("job.seconds"), seconds],
      [tr("job.result"), (row) => row.error?.message ?? outcome(row.result)],
    ],
    jobs,
  );
}

const outcome = (result) =>
  Object.entries(result ?? {})
    .filter(([, value]) => typeof value === "number" && value > 0)
    .slice(0, 5)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${Math.round(value * 10) / 10}`)
    .join(" · ");
