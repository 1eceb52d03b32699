// Which SKUs should change bins, and how much walking that saves.

import { number, percent } from "../format.js";
import { empty, fetched, loaded, table } from "../parts.js";
import { h } from "../reactive.js";
import { t, tr } from "../words.js";

export default function slots() {
  const report = fetched("/v1/admin/warehouse/stock");
  return () => {
    if (report.error?.code === "stock_report_missing") return empty("warehouse", tr("stock.none"), tr("slots.noneText"));
    return loaded(report, (value) => drawn(value.slotting), { part: "warehouse" })();
  };
}

function drawn(plan) {
  if (!plan?.swaps.length) return empty("warehouse", tr("slots.none"), tr("slots.noneText"));
  return h(
    "div",
    { className: "stack" },
    h("p", { className: "notice notice-good" }, () =>
      t("slots.saved", {
        n: percent(plan.saved),
        swaps: number(plan.swaps.length),
        before: number(plan.before_m / 1000, 1),
        after: number(plan.after_m / 1000, 1),
        walks: number(plan.measured_orders),
      }),
    ),
    plan.too_high.length
      ? h("p", { className: "notice notice-caution" }, () => t("slots.tooHigh", { skus: plan.too_high.join(", ") }))
      : "",
    table(
      t("slots.swaps"),
      [
        ["SKU", (one) => h("code", {}, one.sku)],
        [tr("slots.bin"), (one) => h("code", {}, one.bin)],
        [tr("slots.picks"), (one) => number(one.picks)],
        [tr("slots.with"), (one) => h("code", {}, one.other_sku)],
        [tr("slots.bin"), (one) => h("code", {}, one.other_bin)],
        [tr("slots.picks"), (one) => number(one.other_picks)],
        [tr("slots.metres"), (one) => number(one.saved_m)],
      ],
      plan.swaps,
    ),
    h("p", { className: "hint" }, tr("slots.how")),
  );
}
