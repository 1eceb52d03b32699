// Tours for orders that wait to be picked: the waves, each tour's way on a floor plan, and its stops in order.

import { download, get, post, withQuery } from "../http.js";
import { number, percent, time } from "../format.js";
import { badge, button, card, empty, loaded, resource, table, tile } from "../parts.js";
import { h, signal } from "../reactive.js";
import { draw } from "../svg.js";
import { attempt, complain } from "../toast.js";
import { language, said, t, tr } from "../words.js";

const PATH = "/v1/admin/warehouse/picking";
const HEAVY_G = 8000;

export default function picking() {
  const made = resource(newest);
  const isPlanning = signal(false);
  const plan = async () => {
    isPlanning.value = true;
    const fresh = await attempt(() => post(`${PATH}/plan`, {}));
    isPlanning.value = false;
    if (fresh) made.set(fresh);
  };
  const planButton = (kind) =>
    button(() => t(isPlanning.value ? "picking.planning" : "picking.plan"), plan, {
      kind,
      glyph: "retry",
      disabled: () => isPlanning.value,
    });
  const print = () =>
    download(withQuery(`${PATH}/sheet`, { language: language.peek() }), "pick-lists.html").catch(complain);
  const shown = (value) => {
    const tours = value.plan?.batches ?? [];
    if (!value.plan) {
      const { waiting } = value;
      const text = () => t("picking.waiting", { n: number(waiting.orders), articles: number(waiting.articles) });
      return [empty("flows", tr("picking.none"), text, planButton("primary")), leftOut(waiting)];
    }
    return [
      h(
        "div",
        { className: "row" },
        h("p", { className: "faint" }, () => t("picking.made", { when: time(value.made_at) })),
        planButton("quiet"),
        tours.length ? button(tr("picking.print"), print, { glyph: "download", kind: "primary" }) : "",
      ),
      tours.length ? [figures(value), chosenTour(value)] : empty("check", tr("picking.done"), tr("picking.doneText")),
      leftOut(value.waiting),
    ];
  };
  return h("div", { className: "stack picking" }, loaded(made, shown, { part: "warehouse" }));
}

/** The newest plan; what waits where none was made yet. */
async function newest() {
  try {
    return await get(`${PATH}/plan`);
  } catch (error) {
    if (error.code !== "pick_plan_missing") throw error;
    return get(PATH);
  }
}

function figures({ plan, waiting }) {
  const late = waiting.waves.reduce((sum, wave) => sum + wave.overdue, 0);
  return h(
    "div",
    { className: "tiles" },
    tile(
      tr("picking.orders"),
      () => number(waiting.orders),
      () => (late ? t("picking.overdue", { n: number(late) }) : t("picking.articles", { n: number(waiting.articles) })),
    ),
    tile(
      tr("picking.tours"),
      () => number(plan.batches.length),
      () => t("picking.waves", { n: number(waiting.waves.length) }),
    ),
    tile(
      tr("picking.walk"),
      () => metres(plan.length),
      () => t("picking.saved", { n: percent(plan.saved) }),
    ),
    tile(
      tr("picking.gap"),
      () => percent(plan.gap),
      () => t(plan.gap ? "picking.bound" : "picking.best", { n: metres(plan.lower_bound) }),
    ),
  );
}

const metres = (value) => `${number(value)} m`;

function chosenTour({ plan, floor }) {
  const chosen = signal(0);
  const names = plan.batches.map((tour, index) => [index, tourName(tour, index)]);
  return h(
    "div",
    { className: "picking-tours" },
    h(
      "ul",
      { className: "plain-list card picking-list wraps", "aria-label": tr("picking.tours") },
      names.map(([index, name]) =>
        h(
          "li",
          {},
          h(
            "button",
            {
              type: "button",
              className: "list-button",
              "aria-current": () => (chosen.value === index ? "true" : null),
              on: { click: () => (chosen.value = index) },
            },
            h(
              "span",
              { className: "row-text" },
              h("span", { className: "row-title" }, name),
              h("span", { className: "row-detail" }, () => tourDetail(plan.batches[index])),
            ),
          ),
        ),
      ),
    ),
    () => oneTour(plan.batches[chosen.value], chosen.value, floor),
  );
}

const tourName = (tour, index) => () =>
  [t("picking.tour", { n: number(index + 1) }), tour.zone ? t("picking.zone", { zone: tour.zone }) : ""].filter(Boolean).join(" · ");

const tourDetail = (tour) =>
  [
    t("picking.articles", { n: number(tour.articles) }),
    metres(tour.length),
    tour.due_at ? t("picking.due", { when: time(tour.due_at) }) : "",
  ]
    .filter(Boolean)
    .join(" · ");

function oneTour(tour, index, floor) {
  const rows = tour.stops.flatMap((stop, position) =>
    (stop.goods ?? [{ order: stop.orders.join(", "), quantity: stop.articles, name: {} }]).map((goods) => ({
      ...goods,
      position: position + 1,
      bin: stop.bin ?? `${stop.aisle}/${stop.location}`,
    })),
  );
  const columns = [
    [tr("picking.stop"), (row) => number(row.position)],
    [tr("picking.bin"), (row) => h("strong", {}, row.bin)],
    [tr("picking.goods"), (row) => h("span", {}, () => said(row.name) ?? "", marks(row))],
    [tr("picking.quantity"), (row) => number(row.quantity)],
    [tr("picking.order"), (row) => row.order],
  ];
  return card(
    tourName(tour, index),
    h("p", { className: "faint" }, () => `${t("picking.ordersOf", { orders: tour.orders.join(", ") })}`),
    floorPlan(tour, floor),
    table(tr("picking.stops"), columns, rows),
  );
}

const marks = (goods) => [
  goods.fragile ? [" ", badge(tr("picking.fragile"), "caution")] : "",
  goods.weight_g >= HEAVY_G ? [" ", badge(tr("picking.heavy"))] : "",
];

function leftOut(waiting) {
  if (!waiting.left_out.length) return "";
  return card(
    tr("picking.leftOut"),
    h(
      "ul",
      {},
      waiting.left_out.map((one) => h("li", {}, h("strong", {}, one.order), " ", () => said(one.text))),
    ),
  );
}

/** The floor from above, the front below: racks along the aisles, the way, and its stops by number. */
function floorPlan(tour, floor) {
  const size = Math.max(floor.width, floor.length) / 45;
  const margin = 2 * floor.end_gap + 2 * size;
  const [width, height] = [floor.width + 2 * margin, floor.length + 2 * margin];
  const x = (value) => value + margin;
  const y = (value) => floor.length - value + margin;
  const depth = floor.aisle_pitch * 0.3;
  const racks = [];
  for (let aisle = 0; aisle < floor.aisles; aisle += 1) {
    for (let block = 1; block < floor.cross_aisles.length; block += 1) {
      const [low, high] = [floor.cross_aisles[block - 1], floor.cross_aisles[block]];
      for (const side of [-floor.aisle_pitch / 2, floor.aisle_pitch / 2 - depth]) {
        racks.push(
          draw("rect", {
            class: "rack",
            x: x(aisle * floor.aisle_pitch + side),
            y: y(high - floor.end_gap / 2),
            width: depth,
            height: Math.max(0, high - low - floor.end_gap),
          }),
        );
      }
    }
  }
  const way = draw("polyline", {
    class: "way",
    points: tour.way.map(([px, py]) => `${x(px)},${y(py)}`).join(" "),
    "stroke-width": size / 2.5,
  });
  const places = new Map(); // stops at one point share a dot
  tour.stops.forEach((stop, position) => {
    const key = `${stop.x_m} ${stop.y_m}`;
    places.set(key, [...(places.get(key) ?? []), position + 1]);
  });
  const dots = [...places].map(([key, positions]) => {
    const [px, py] = key.split(" ").map(Number);
    const label = positions.length > 1 ? `${positions[0]}+` : `${positions[0]}`;
    return draw(
      "g",
      { transform: `translate(${x(px)} ${y(py)})` },
      draw("circle", { class: "stop", r: size }),
      draw("text", { class: "stop-number", "font-size": size * 1.1, y: size * 0.38 }, label),
    );
  });
  const [startX, startY] = tour.way[0] ?? [0, 0];
  const start = draw("rect", {
    class: "depot",
    x: x(startX) - size,
    y: y(startY) - size,
    width: 2 * size,
    height: 2 * size,
  });
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...racks, way, start, ...dots);
  return h(
    "figure",
    { className: "floor-plan", role: "group", "aria-label": () => t("picking.floor", { n: number(tour.stops.length) }) },
    svg,
    h("figcaption", { className: "faint" }, tr("picking.floorText")),
  );
}
