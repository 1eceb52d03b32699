// Lines and stacked bars over days, drawn as SVG: colours follow the theme, and every value can be read with the keyboard.

import { day } from "./format.js";
import { effect, h, onEnd, signal } from "./reactive.js";
import { draw } from "./svg.js";
import { t } from "./words.js";

const HEIGHT = 180;
const PAD = { top: 12, right: 12, bottom: 24, left: 46 };
const SERIES = 4; // colours that the tokens name

/**
 * `series`: [{ name, values }] with one value (or null) for each of `days` (Date). `kind` is line or bars (stacked).
 * `show(value)` puts a value into words. One series may have `low` and `high`, drawn as a band.
 */
export function plot({ label, days, series, kind = "line", show, most = null }) {
  const width = signal(640);
  const at = signal(null); // the day that is read
  const frame = h("div", {
    className: "plot",
    tabIndex: 0,
    role: "img",
    "aria-label": () => summary(label, days, series, show),
  });
  const readout = h("div", { className: "plot-readout", "aria-live": "polite" }, () =>
    at.value === null ? "" : reading(days[at.value], series, at.value, show),
  );
  const observer = new ResizeObserver(([entry]) => (width.value = Math.max(240, Math.round(entry.contentRect.width))));
  observer.observe(frame);
  onEnd(() => observer.disconnect());

  effect(() => {
    frame.replaceChildren(picture(width.value, { days, series, kind, show, most, at: at.value }));
  });
  const nearest = (event) => {
    const box = frame.getBoundingClientRect();
    const share = (event.clientX - box.left - PAD.left) / (box.width - PAD.left - PAD.right);
    const step = kind === "bars" ? Math.floor(share * days.length) : Math.round(share * (days.length - 1));
    at.value = Math.min(days.length - 1, Math.max(0, step));
  };
  frame.addEventListener("pointermove", nearest);
  frame.addEventListener("pointerleave", () => (at.value = null));
  frame.addEventListener("blur", () => (at.value = null));
  frame.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !days.length) return;
    event.preventDefault();
    at.value = Math.min(days.length - 1, Math.max(0, (at.peek() ?? (by > 0 ? -1 : days.length)) + by));
  });
  const legend =
    series.length > 1
      ? h(
          "ul",
          { className: "legend" },
          series.map((item, number) => h("li", { className: `series-${number + 1}` }, item.name)),
        )
      : "";
  return h("figure", { className: "plot-figure" }, legend, frame, readout);
}

function summary(label, days, series, show) {
  if (!days.length) return `${label()}: ${t("plot.none")}`;
  const parts = series.map((item) => {
    const last = item.values.findLast((value) => value !== null && value !== undefined);
    return `${item.name ? `${item.name} ` : ""}${last === undefined ? t("plot.none") : show(last)}`;
  });
  return `${label()}, ${day(days[0])} – ${day(days.at(-1))}: ${parts.join(", ")}`;
}

const reading = (date, series, at, show) =>
  [
    day(date),
    ...series.map(
      (item) =>
        `${item.name ? `${item.name} ` : ""}${item.values[at] === null || item.values[at] === undefined ? "–" : show(item.values[at])}`,
    ),
  ].join(" · ");

function picture(width, { days, series, kind, show, most, at }) {
  const [inner, tall] = [width - PAD.left - PAD.right, HEIGHT - PAD.top - PAD.bottom];
  const sums = days.map((_, index) => series.reduce((sum, item) => sum + (item.values[index] ?? 0), 0));
  const peaks = kind === "bars" ? sums : series.flatMap((item) => [...item.values, ...(item.high ?? [])]);
  const top = most ?? nice(Math.max(...peaks.filter((value) => value !== null && value !== undefined), 0));
  const y = (value) => PAD.top + tall * (1 - value / (top || 1));
  const x = (index) =>
    kind === "bars"
      ? PAD.left + (inner * (index + 0.5)) / days.length
      : PAD.left + (days.length > 1 ? (inner * index) / (days.length - 1) : inner / 2);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, "aria-hidden": "true" });
  for (const share of [0, 0.5, 1]) {
    svg.append(
      draw("line", { x1: PAD.left, x2: width - PAD.right, y1: y(top * share), y2: y(top * share), class: "grid" }),
    );
    svg.append(
      draw("text", { x: PAD.left - 8, y: y(top * share) + 4, class: "tick", "text-anchor": "end" }, show(top * share)),
    );
  }
  const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor(inner / 80))));
  days.forEach((date, index) => {
    if (index % every === 0)
      svg.append(draw("text", { x: x(index), y: HEIGHT - 6, class: "tick", "text-anchor": "middle" }, day(date)));
  });
  if (at !== null) svg.append(draw("line", { x1: x(at), x2: x(at), y1: PAD.top, y2: PAD.top + tall, class: "cursor" }));
  const below = days.map(() => 0);
  series.forEach((item, number) => {
    const name = `series-${(number % SERIES) + 1}`;
    if (kind === "bars") svg.append(...bars(item, name, below, { days, inner, x, y }));
    else svg.append(...line(item, name, { x, y }));
  });
  return svg;
}

function bars(item, name, below, { days, inner, x, y }) {
  const wide = Math.max(2, Math.min(28, (inner / days.length) * 0.7));
  return item.values.flatMap((value, index) => {
    if (!value) return [];
    const [from, to] = [below[index], below[index] + value];
    below[index] = to;
    return [
      draw("rect", {
        x: x(index) - wide / 2,
        y: y(to),
        width: wide,
        height: Math.max(0.5, y(from) - y(to)),
        class: `bar ${name}`,
      }),
    ];
  });
}

function line(item, name, { x, y }) {
  const parts = [];
  const known = item.values
    .map((value, index) => [index, value])
    .filter(([, value]) => value !== null && value !== undefined);
  if (item.low && item.high) {
    const points = [
      ...known.map(([index]) => `${x(index)},${y(item.high[index] ?? 0)}`),
      ...known.toReversed().map(([index]) => `${x(index)},${y(item.low[index] ?? 0)}`),
    ];
    if (points.length) parts.push(draw("polygon", { points: points.join(" "), class: `band ${name}` }));
  }
  parts.push(
    draw("polyline", {
      points: known.map(([index, value]) => `${x(index)},${y(value)}`).join(" "),
      class: `line ${name}`,
    }),
  );
  if (known.length < 40)
    parts.push(
      ...known.map(([index, value]) => draw("circle", { cx: x(index), cy: y(value), r: 2.5, class: `dot ${name}` })),
    );
  return parts;
}

/** The next round number above. */
function nice(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value);
}

/** Every day from the first to the last, as Dates at noon so that no time zone moves them. */
export function daysBetween(first, last) {
  const days = [];
  for (const date = new Date(`${first}T12:00:00`); isoDay(date) <= last; date.setDate(date.getDate() + 1))
    days.push(new Date(date));
  return days;
}

export const isoDay = (date) =>
  `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
