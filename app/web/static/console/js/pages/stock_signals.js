// What customers complain of by SKU and bin, and where it is more than usual.

import { ago, number, percent } from "../format.js";
import { badge, empty, fetched, loaded, segments, table } from "../parts.js";
import { h, signal } from "../reactive.js";
import { t, tr } from "../words.js";

const DAYS = [30, 90, 365];
const SHOWN = 100;

export default function signals() {
  const days = signal(90);
  return h(
    "div",
    { className: "stack" },
    h(
      "div",
      { className: "toolbar" },
      h("p", { className: "faint" }, tr("signals.about")),
      segments(
        t("signals.period"),
        DAYS.map((count) => [count, () => t("signals.days", { n: count })]),
        days,
      ),
    ),
    () => {
      const report = fetched(`/v1/admin/warehouse/signals?days=${days.value}`);
      return loaded(report, drawn, { part: "warehouse" });
    },
  );
}

function drawn(report) {
  const totals = Object.entries(report.totals);
  if (!totals.length) return empty("info", tr("signals.none"), tr("signals.noneText"));
  return [
    h(
      "p",
      { className: "row" },
      totals.map(([kind, count]) => badge(`${t(`signalKind.${kind}`)} ${number(count)}`)),
      badge(t("signals.alarms", { n: number(report.alarms) }), report.alarms ? "danger" : "good"),
    ),
    table(
      t("signals.title"),
      [
        ["", (one) => (one.is_alarm ? badge(tr("signals.alarm"), "danger") : "")],
        [tr("signals.of"), (one) => h("code", {}, one.name)],
        [tr("signals.kind"), (one) => t(`signalKind.${one.kind}`)],
        [tr("signals.said"), (one) => `${number(one.complaints)} / ${number(one.sent)}`],
        [tr("signals.rate"), (one) => `${percent(one.rate)} (${percent(one.low)} – ${percent(one.high)})`],
        [tr("signals.usual"), (one) => percent(one.usual)],
        [
          tr("signals.quotes"),
          (one) =>
            h(
              "ul",
              { className: "plain-list" },
              one.quotes.slice(0, 3).map((quote) =>
                h("li", {}, h("q", {}, quote.quote), " ", h("span", { className: "faint" }, () => ago(quote.at))),
              ),
            ),
        ],
      ],
      report.signals.slice(0, SHOWN),
    ),
    report.unplaced
      ? h("p", { className: "hint" }, () => t("signals.unplaced", { n: number(report.unplaced) }))
      : "",
  ];
}
