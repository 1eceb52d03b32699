// How models learn: the quality of the weeks, what the nights trained, and how each model did on the fixed questions.

import { withQuery } from "../http.js";
import { number, percent, time } from "../format.js";
import { badge, card, empty, fetched, loaded, pageHead, table } from "../parts.js";
import { isoDay, plot } from "../plot.js";
import { h } from "../reactive.js";
import { href } from "../router.js";
import { said, t, tr } from "../words.js";

const WEEKS = 12;
const NUMBERS = ["resolution_rate", "decline_rate", "approval_rate", "csat"];
const TONES = {
  promoted: "good",
  held: "accent",
  trained: "accent",
  submitted: "accent",
  refused: "danger",
  failed: "danger",
};

export default function learning() {
  const all = fetched("/v1/admin/learning");
  return h(
    "div",
    { className: "page" },
    pageHead("learning", h("a", { className: "button quiet", href: href(["models"]) }, tr("models.title"))),
    h("h2", {}, tr("learning.weeks")),
    weeks(),
    loaded(all, draw, { part: "learning" }),
  );
}

function draw({ nights, judged }) {
  return [
    h("h2", {}, tr("learning.judged")),
    judged.length
      ? h("div", { className: "plots" }, curves(judged))
      : h("p", { className: "faint" }, tr("learning.noneJudged")),
    h("h2", {}, tr("learning.nights")),
    nights.length ? nightTable(nights) : empty("learning", tr("learning.none"), tr("learning.noneText")),
  ];
}

/** The published numbers, week by week. */
function weeks() {
  const last = new Date();
  const monday = new Date(last.getFullYear(), last.getMonth(), last.getDate() - ((last.getDay() + 6) % 7), 12);
  const mondays = Array.from({ length: WEEKS }, (_, at) => {
    const date = new Date(monday);
    date.setDate(date.getDate() - 7 * (WEEKS - 1 - at));
    return date;
  });
  const path = withQuery("/v1/admin/metrics", { from: isoDay(mondays[0]), to: isoDay(last), by: "week" });
  const numbers = fetched(`${path}&${NUMBERS.map((name) => `name=${name}`).join("&")}`);
  const one = (metric) => {
    const groups = new Map(metric.groups.map((group) => [group.group, group]));
    const pick = (name) => mondays.map((date) => groups.get(isoDay(date))?.[name] ?? null);
    const series = [{ name: "", values: pick("value"), low: pick("low"), high: pick("high") }];
    return card(
      () => said(metric.title),
      plot({ label: () => said(metric.title), days: mondays, most: 1, show: (value) => percent(value), series }),
    );
  };
  return loaded(numbers, (value) => h("div", { className: "plots" }, value.metrics.map(one)), { part: "home" });
}

/** Of each kind: the figure of each candidate and of what served beside it, in the order of their judgement. */
function curves(judged) {
  const kinds = [...new Set(judged.map((item) => item.kind))];
  return kinds.map((kind) => {
    const mine = judged.filter((item) => item.kind === kind);
    const name = () => t(`modelKind.${kind}`);
    const series = [
      { name: tr("models.candidate"), values: mine.map((item) => item.candidate) },
      { name: tr("models.now"), values: mine.map((item) => item.serving) },
    ];
    const days = mine.map((item) => new Date(item.at));
    return card(name, plot({ label: name, days, most: 1, show: (value) => percent(value), series }));
  });
}

function nightTable(nights) {
  const share = (value) => (value === undefined ? "–" : percent(value));
  const why = (night) => said({ zh: night.why_zh || night.why, en: night.why });
  const heldOut = (night) =>
    night.metrics.held_out_before === undefined
      ? share(night.metrics.held_out_after)
      : `${share(night.metrics.held_out_before)} → ${share(night.metrics.held_out_after)}`;
  return table(
    tr("learning.nights"),
    [
      [tr("learning.night"), (night) => time(night.at)],
      [tr("models.kind"), (night) => tr(`modelKind.${night.kind}`)],
      [tr("learning.outcome"), (night) => badge(tr(`night.${night.outcome}`), TONES[night.outcome] ?? "plain")],
      [tr("learning.examples"), (night) => number(night.pairs)],
      [tr("learning.heldOut"), heldOut],
      [tr("models.reason"), (night) => h("span", {}, () => why(night))],
      [tr("models.candidate"), (night) => (night.candidate ? h("code", {}, night.candidate) : "–")],
    ],
    nights,
  );
}
