// What to order, what lies too long, and what each SKU is expected to sell.

import { ago, number, percent } from "../format.js";
import { post } from "../http.js";
import {
  badge,
  button,
  card,
  empty,
  fetched,
  field,
  loaded,
  openDialog,
  segments,
  table,
  tile,
} from "../parts.js";
import { daysBetween, plot } from "../plot.js";
import { computed, h, signal } from "../reactive.js";
import { attempt, toast } from "../toast.js";
import { language, t, tr } from "../words.js";
import { waitForJob } from "./jobs.js";

const SHOWN = 200;
const KINDS = {
  order: (line) => line.order_quantity > 0,
  out: (line) => line.stock <= 0 && line.is_offered,
  dead: (line) => line.is_dead,
  much: (line) => line.is_too_much,
  all: () => true,
};
const TONES = { A: "accent", B: "plain", C: "plain" };

export default function stock() {
  const report = fetched("/v1/admin/warehouse/stock");
  const progress = signal(null);

  async function make() {
    const started = await attempt(() => post("/v1/admin/warehouse/stock"));
    if (!started) return;
    progress.value = 0;
    const job = await waitForJob(started.job.job_id, ({ progress: at }) => {
      if (at?.total) progress.value = at.done / at.total;
    }).catch(() => null);
    progress.value = null;
    if (job?.state === "failed") toast(job.error?.message ?? t("error.internal"));
    report.reload();
  }
  const makeButton = () =>
    button(tr("stock.make"), make, { glyph: "retry", kind: "primary", disabled: () => progress.value !== null });
  const running = h("p", { role: "status", className: "faint", hidden: () => progress.value === null }, () =>
    progress.value === null ? "" : t("stock.making", { n: percent(progress.value, 0) }),
  );
  return h("div", { className: "stack" }, running, () => {
    if (report.error?.code === "stock_report_missing")
      return empty("warehouse", tr("stock.none"), tr("stock.noneText"), makeButton());
    return loaded(report, (value) => drawn(value, makeButton()), { part: "warehouse" })();
  });
}

function drawn(report, makeButton) {
  const kind = signal("order");
  const words = signal("");
  const rows = computed(() => {
    const wanted = words.value.trim().toLowerCase();
    return report.lines.filter(
      (line) =>
        KINDS[kind.value](line) &&
        (!wanted || `${line.sku} ${line.name} ${line.name_en} ${line.category}`.toLowerCase().includes(wanted)),
    );
  });
  const search = h("input", {
    type: "search",
    maxLength: 100,
    on: { input: (event) => (words.value = event.target.value) },
  });
  return [
    h(
      "div",
      { className: "toolbar" },
      h("p", { className: "faint" }, () => t("stock.asOf", { day: report.as_of, when: ago(report.made_at) })),
      makeButton,
    ),
    tiles(report),
    report.simulation ? simulation(report) : h("p", { className: "hint" }, tr("stock.noSimulation")),
    h(
      "div",
      { className: "toolbar" },
      segments(
        t("stock.show"),
        Object.keys(KINDS).map((name) => [
          name,
          tr(`stock.kind.${name}`),
          ` ${number(report.lines.filter(KINDS[name]).length)}`,
        ]),
        kind,
      ),
      field(tr("stock.find"), search),
    ),
    () => (rows.value.length ? lines(rows.value) : h("p", { className: "faint" }, tr("stock.noLines"))),
  ];
}

function tiles({ summary, accuracy }) {
  return h(
    "div",
    { className: "tiles" },
    tile(tr("stock.tile.order"), () => number(summary.to_order), () => t("stock.units", { n: number(summary.units_to_order) })),
    tile(tr("stock.tile.out"), () => number(summary.out_of_stock), () => t("stock.ofSkus", { n: number(summary.skus) })),
    tile(tr("stock.tile.dead"), () => number(summary.dead), () => money(summary.dead_value_cents)),
    tile(tr("stock.tile.value"), () => money(summary.value_cents), () => t("stock.muchText", { n: number(summary.too_much) })),
    accuracy
      ? tile(tr("stock.tile.error"), () => number(accuracy.ratio, 2), () =>
          t("stock.coverage", { n: percent(accuracy.coverage["0.8"]) }),
        )
      : "",
  );
}

function simulation({ simulation: played }) {
  const rows = [
    ["ours", played.ours],
    ["naive", played.naive, { n: "1.5" }],
    ...(played.naive_matched ? [["matched", played.naive_matched, { n: number(played.naive_factor, 2) }]] : []),
  ];
  return card(
    tr("stock.simulation"),
    h("p", { className: "hint" }, () =>
      t("stock.simulationText", { days: number(played.days), level: percent(played.target, 0) }),
    ),
    table(
      t("stock.simulation"),
      [
        [tr("stock.rule"), ([name, , values]) => t(`stock.rule.${name}`, values)],
        [tr("stock.cycles"), ([, one]) => percent(one.cycle_service)],
        [tr("stock.served"), ([, one]) => percent(one.fill_rate)],
        [tr("stock.meanUnits"), ([, one]) => number(one.mean_units)],
        [tr("stock.holding"), ([, one]) => money(one.holding_cents_year)],
      ],
      rows,
    ),
    played.holding_saved === null
      ? ""
      : h("p", { className: "hint" }, () => t("stock.saved", { n: percent(played.holding_saved, 0) })),
  );
}

function lines(rows) {
  const cover = (line) => (line.cover_days === null ? "–" : number(Math.min(line.cover_days, 9999)));
  return [
    table(
      t("stock.lines"),
      [
        [
          "SKU",
          (line) => h("button", { type: "button", className: "button ghost", on: { click: () => details(line) } }, line.sku),
        ],
        [tr("stock.name"), (line) => nameOf(line)],
        [tr("stock.class"), (line) => badge(`${line.abc}${line.xyz}`, TONES[line.abc])],
        [tr("stock.stock"), (line) => number(line.stock)],
        [tr("stock.cover"), cover],
        [tr("stock.reorder"), (line) => number(line.reorder_point)],
        [tr("stock.safety"), (line) => number(line.safety_stock, 1)],
        [tr("stock.order"), (line) => (line.order_quantity ? h("strong", {}, number(line.order_quantity)) : "–")],
        [tr("stock.lastSale"), (line) => line.last_sale ?? "–"],
      ],
      rows.slice(0, SHOWN),
    ),
    rows.length > SHOWN
      ? h("p", { className: "faint" }, () => t("stock.more", { n: number(rows.length - SHOWN) }))
      : "",
  ];
}

const nameOf = (line) => (language.value === "en" && line.name_en ? line.name_en : line.name);

/** What was sold of a SKU and what is expected, by week, with the band that holds four weeks of five. */
function details(line) {
  openDialog(
    () => nameOf(line),
    () => {
      const forecast = fetched(`/v1/admin/warehouse/forecast/${encodeURIComponent(line.sku)}`);
      return h("div", { className: "stack" }, h("p", { className: "faint" }, line.sku), loaded(forecast, chart));
    },
    { className: "wide" },
  );
}

function chart(one) {
  const end = one.forecast.at(-1)?.date ?? one.history_from;
  const days = daysBetween(one.history_from, end);
  const sold = [...one.history, ...one.forecast.map(() => null)];
  const pick = (name) => [...one.history.map(() => null), ...one.forecast.map((item) => item[name])];
  return [
    plot({
      label: () => t("stock.forecast"),
      days,
      show: (value) => number(value, value < 10 ? 1 : 0),
      series: [
        { name: t("stock.sold"), values: sold },
        { name: t("stock.expected"), values: pick("mean"), low: pick("low"), high: pick("high") },
      ],
    }),
    h("p", {}, () =>
      t("stock.total", {
        days: number(one.total.days),
        mean: number(one.total.mean, 1),
        low: number(one.total.low),
        high: number(one.total.high),
        level: percent(one.level, 0),
      }),
    ),
    h("p", { className: "hint" }, () =>
      t("stock.models", {
        names: Object.entries(one.models)
          .map(([name, weight]) => `${name} ${percent(weight, 0)}`)
          .join(", "),
      }),
    ),
  ];
}

const money = (cents) => `¥${number(cents / 100)}`;
