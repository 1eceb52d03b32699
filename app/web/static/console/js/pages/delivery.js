// The couriers' day: routes on a map that is drawn here, their stops along the hours, and news taken into the plan.

import { number, percent, time } from "../format.js";
import { get, post } from "../http.js";
import { badge, button, empty, fetched, field, formEnd, loaded, openDialog, resource, segments, table } from "../parts.js";
import { effect, h, signal } from "../reactive.js";
import { draw } from "../svg.js";
import { attempt, toast } from "../toast.js";
import { said, t, tr } from "../words.js";

const PATH = "/v1/admin/warehouse/deliveries";
const COLOURS = 4; // that the tokens name; further routes are told apart by their dashes
const PAD = 18;
const MAP = { width: 640, height: 420 };
const HOUR = 60; // minutes

export default function delivery() {
  const day = signal(null);
  const chosen = signal(null);
  const isPlanning = signal(false);
  const list = resource(() => get(day.peek() ? `${PATH}?day=${day.peek()}` : PATH));
  return h("div", { className: "stack" }, loaded(list, (value) => drawn(value), { part: "delivery" }));

  async function plan() {
    isPlanning.value = true;
    const made = await attempt(() => post(`${PATH}/due`, {}));
    isPlanning.value = false;
    if (!made) return;
    const refused = Object.entries(made.refused).map(([area, why]) => `${area}: ${why}`);
    if (refused.length) toast(refused.join(" "));
    else if (!made.plans.length) toast(t("delivery.nothingDue", { day: made.day }));
    if (made.plans.length) day.value = made.day;
    list.reload();
  }

  function planButton(kind) {
    return button(() => t(isPlanning.value ? "delivery.planning" : "delivery.plan"), plan, {
      kind,
      glyph: "retry",
      disabled: () => isPlanning.value,
    });
  }

  function drawn(value) {
    if (!value.plans.length) {
      return empty("info", tr("delivery.none"), tr("delivery.noneText"), planButton("primary"));
    }
    if (!value.plans.some((plan) => plan.plan_id === chosen.peek())) chosen.value = value.plans[0].plan_id;
    const days = h(
      "select",
      {
        "aria-label": tr("delivery.day"),
        on: {
          change: (event) => {
            day.value = event.target.value;
            list.reload();
          },
        },
      },
      value.days.map((one) => h("option", { value: one, selected: one === value.day }, one)),
    );
    const areas = h(
      "select",
      { "aria-label": tr("delivery.area"), on: { change: (event) => (chosen.value = event.target.value) } },
      value.plans.map((plan) =>
        h(
          "option",
          { value: plan.plan_id, selected: plan.plan_id === chosen.peek() },
          `${plan.area || t("delivery.all")} · ${t("delivery.stops", { n: number(plan.stops) })}`,
        ),
      ),
    );
    return [h("div", { className: "row delivery-picks" }, days, areas, planButton("quiet")), () => onePlan(chosen.value)];
  }
}

function onePlan(id) {
  const path = `${PATH}/${encodeURIComponent(id)}`;
  const plan = fetched(path);
  const stop = signal(null); // that is pointed at
  const view = signal("map");
  return h(
    "div",
    { className: "stack" },
    loaded(plan, (value) => [
      summary(value, () => news(path, value, plan.reload)),
      h("p", { className: "delivery-readout", "aria-live": "polite" }, () => reading(value, stop.value)),
      segments(
        t("delivery.view"),
        [
          ["map", tr("delivery.map")],
          ["hours", tr("delivery.hours")],
          ["list", tr("delivery.list")],
        ],
        view,
      ),
      () => ({ map, hours, list: listing })[view.value](value, stop),
      history(value),
    ]),
  );
}

function summary(plan, onNews) {
  const gap = plan.gap === null || plan.gap > 1 ? "" : t("delivery.gap", { gap: percent(plan.gap) });
  return h(
    "div",
    { className: "row" },
    badge(t("delivery.routes", { n: number(plan.vehicles.length) }), "accent"),
    badge(t("delivery.stops", { n: number(plan.stops) })),
    badge(t("delivery.km", { n: number(sum(plan.vehicles, (one) => one.distance_m) / 1000, 1) })),
    gap ? badge(gap) : "",
    plan.left_out.length ? badge(t("delivery.left", { n: number(plan.left_out.length) }), "caution") : "",
    late(plan) ? badge(t("delivery.late", { n: number(late(plan)) }), "caution") : "",
    button(tr("delivery.news"), onNews, { glyph: "retry", kind: "primary" }),
  );
}

const sum = (items, value) => items.reduce((total, item) => total + value(item), 0);
const late = (plan) => sum(plan.vehicles, (route) => route.stops.filter((one) => one.is_late).length);

function reading(plan, id) {
  if (id === null) return t("delivery.point");
  for (const route of plan.vehicles) {
    const place = route.stops.findIndex((one) => one.stop === id);
    if (place < 0) continue;
    const one = route.stops[place];
    const where = plan.places.stops[id];
    return [
      `${route.vehicle} · ${place + 1}/${route.stops.length}`,
      where?.label || id,
      one.is_done ? t("delivery.done", { at: one.starts }) : t("delivery.told", { from: one.expected[0], to: one.expected[1] }),
      asked(one),
    ]
      .filter(Boolean)
      .join(" · ");
  }
  return id;
}

/** What the note asks for as it was read, in the language of the page, else the note as it was written. */
function asked(stop) {
  return said(stop.instructions) || stop.note;
}

/** Degrees to the picture, true to shape in the middle of it. */
function projection(points) {
  const lats = points.map((point) => point.lat);
  const lons = points.map((point) => point.lon);
  const [south, north, west, east] = [Math.min(...lats), Math.max(...lats), Math.min(...lons), Math.max(...lons)];
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const wide = Math.max((east - west) * narrow, 1e-4);
  const high = Math.max(north - south, 1e-4);
  const scale = Math.min((MAP.width - 2 * PAD) / wide, (MAP.height - 2 * PAD) / high);
  const left = (MAP.width - wide * scale) / 2;
  const top = (MAP.height - high * scale) / 2;
  return (point) => [left + (point.lon - west) * narrow * scale, top + (north - point.lat) * scale];
}

function map(plan, stop) {
  const placed = (id) => plan.places.stops[id]?.lat !== null && plan.places.stops[id] !== undefined;
  const points = [...plan.places.depots, ...Object.values(plan.places.stops).filter((one) => one.lat !== null)];
  if (!points.length) return empty("info", tr("delivery.noPlaces"), tr("delivery.noPlacesText"));
  const at = projection(points);
  const depot = plan.places.depots[0];
  const order = plan.vehicles.flatMap((route) => route.stops.map((one) => one.stop)).filter(placed);
  const picture = draw("svg", { viewBox: `0 0 ${MAP.width} ${MAP.height}`, "aria-hidden": "true" });
  plan.vehicles.forEach((route, k) => {
    const way = route.stops.filter((one) => placed(one.stop)).map((one) => at(plan.places.stops[one.stop]));
    const whole = depot ? [at(depot), ...way, at(depot)] : way;
    const group = draw("g", { class: `series-${(k % COLOURS) + 1}` });
    group.append(
      draw("polyline", {
        class: "way",
        points: whole.map((point) => point.map((one) => one.toFixed(1)).join(",")).join(" "),
        "stroke-dasharray": k < COLOURS ? "" : `${4 + Math.floor(k / COLOURS) * 3} 3`,
      }),
    );
    for (const one of route.stops.filter((each) => placed(each.stop))) {
      const [cx, cy] = at(plan.places.stops[one.stop]);
      const dot = draw("circle", { class: one.is_done ? "stop done" : one.is_late ? "stop late" : "stop", cx, cy, r: 5 });
      dot.addEventListener("pointerenter", () => (stop.value = one.stop));
      dot.dataset.stop = one.stop;
      group.append(dot);
    }
    picture.append(group);
  });
  for (const one of plan.places.depots) {
    const [x, y] = at(one);
    picture.append(draw("rect", { class: "depot", x: x - 6, y: y - 6, width: 12, height: 12, rx: 2 }));
  }
  const frame = h("div", { className: "delivery-map", tabIndex: 0, role: "img", "aria-label": tr("delivery.mapLabel") });
  frame.append(picture);
  frame.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!by || !order.length) return;
    event.preventDefault();
    const now = order.indexOf(stop.peek());
    stop.value = order[now < 0 ? (by > 0 ? 0 : order.length - 1) : (now + by + order.length) % order.length];
  });
  effect(() => {
    const id = stop.value;
    for (const dot of picture.querySelectorAll("circle")) dot.classList.toggle("is-at", dot.dataset.stop === id);
  });
  return h("figure", { className: "plot-figure" }, legend(plan), frame);
}

const legend = (plan) =>
  h(
    "ul",
    { className: "legend" },
    plan.vehicles.map((route, k) =>
      h("li", { className: `series-${(k % COLOURS) + 1}` }, `${route.vehicle} · ${route.departs}–${route.returns}`),
    ),
  );

const minutes = (clock) => {
  const [hours, rest] = clock.split(":").map(Number);
  return HOUR * hours + rest;
};

/** By property: the page's policy forbids style attributes. */
function standing(node, left, right = "") {
  node.style.left = left;
  node.style.right = right;
  return node;
}

/** Each route as a line of the day: where it drives, where it stands, when it waits. */
function hours(plan, stop) {
  if (!plan.vehicles.length) return "";
  const from = Math.floor(Math.min(...plan.vehicles.map((route) => minutes(route.departs))) / HOUR) * HOUR;
  const to = Math.ceil(Math.max(...plan.vehicles.map((route) => minutes(route.returns))) / HOUR) * HOUR;
  const share = (at) => `${((100 * (at - from)) / Math.max(1, to - from)).toFixed(2)}%`;
  const step = to - from > 8 * HOUR ? 2 * HOUR : HOUR;
  const ticks = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, k) => from + k * step);
  return h(
    "div",
    { className: "delivery-hours", role: "group", "aria-label": tr("delivery.hours") },
    h(
      "div",
      { className: "delivery-ticks", "aria-hidden": "true" },
      ticks.map((at) => standing(h("span", {}, `${Math.floor(at / HOUR)}:00`), share(at))),
    ),
    plan.vehicles.map((route, k) =>
      h(
        "div",
        { className: `delivery-line series-${(k % COLOURS) + 1}` },
        h("span", { className: "delivery-name" }, route.vehicle),
        h(
          "div",
          { className: "delivery-track" },
          standing(
            h("span", { className: "delivery-span" }),
            share(minutes(route.departs)),
            share(from + to - minutes(route.returns)),
          ),
          route.stops.map((one) =>
            standing(
              h("button", {
                type: "button",
                className: `delivery-stop${one.is_done ? " done" : one.is_late ? " late" : ""}`,
                "aria-label": `${one.starts} ${one.stop}`,
                on: { click: () => (stop.value = one.stop), pointerenter: () => (stop.value = one.stop) },
              }),
              share(minutes(one.starts)),
            ),
          ),
        ),
      ),
    ),
  );
}

function listing(plan) {
  const rows = plan.vehicles.flatMap((route) => route.stops.map((one) => ({ ...one, vehicle: route.vehicle })));
  return table(
    t("delivery.list"),
    [
      [tr("delivery.vehicle"), (row) => row.vehicle],
      [tr("delivery.arrives"), (row) => row.starts],
      [tr("delivery.toldColumn"), (row) => row.expected.join("–")],
      [tr("delivery.stop"), (row) => plan.places.stops[row.stop]?.label || row.stop],
      [tr("delivery.order"), (row) => plan.places.stops[row.stop]?.order_id ?? ""],
      [tr("delivery.note"), (row) => asked(row)],
      [
        tr("delivery.state"),
        (row) => (row.is_done ? badge(tr("delivery.isDone"), "good") : row.is_late ? badge(tr("delivery.isLate"), "caution") : ""),
      ],
    ],
    rows,
  );
}

function history(plan) {
  if (!plan.changes.length) return "";
  return h(
    "section",
    { className: "stack" },
    h("h2", {}, tr("delivery.changes")),
    h(
      "ul",
      { className: "plain-list" },
      plan.changes.map((one) =>
        h("li", {}, `${time(one.at)} · ${t(`delivery.how.${one.how}`)} · ${t("delivery.moved", { n: number(one.moved.length) })}`),
      ),
    ),
  );
}

/** A delay, or a stop that was visited or goes: taken into the plan at once. */
function news(path, plan, onDone) {
  const ahead = plan.vehicles.flatMap((route) => route.stops.filter((one) => !one.is_done).map((one) => one.stop));
  const vehicle = h(
    "select",
    {},
    plan.vehicles.map((route) => h("option", { value: route.vehicle }, route.vehicle)),
  );
  const delay = h("input", { type: "number", min: 0, max: 1440, value: 0 });
  const pick = () =>
    h(
      "select",
      {},
      h("option", { value: "" }, tr("delivery.nothing")),
      ahead.map((id) => h("option", { value: id }, plan.places.stops[id]?.label ? `${id} · ${plan.places.stops[id].label}` : id)),
    );
  const done = pick();
  const removed = pick();
  return openDialog(tr("delivery.news"), (close) => {
    const send = async (event) => {
      event.preventDefault();
      const body = {
        delays_minutes: Number(delay.value) > 0 ? { [vehicle.value]: Number(delay.value) } : {},
        done: done.value ? { [done.value]: new Date().toISOString() } : {},
        removed: removed.value ? [removed.value] : [],
      };
      const answer = await attempt(() => post(`${path}/changes`, body));
      if (!answer) return;
      toast(
        `${t(`delivery.how.${answer.outcome.how}`)} · ${t("delivery.moved", { n: number(answer.outcome.moved.length) })}`,
      );
      close();
      onDone();
    };
    return h(
      "form",
      { className: "stack", on: { submit: send } },
      field(tr("delivery.vehicle"), vehicle),
      field(tr("delivery.delay"), delay, tr("delivery.delayHint")),
      field(tr("delivery.visited"), done),
      field(tr("delivery.remove"), removed),
      formEnd(tr("delivery.replan"), close),
    );
  });
}
