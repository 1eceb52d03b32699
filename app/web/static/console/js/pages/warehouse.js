// The warehouse: stock, where things lie, what customers' words say of both, picking and delivery; each tab a module.

import { empty, failure, pageHead, skeleton, tabs } from "../parts.js";
import { computed, h, onEnd, signal, untracked } from "../reactive.js";
import { href, route } from "../router.js";
import { t, tr } from "../words.js";

const VIEWS = {
  stock: () => import("./stock.js"),
  slots: () => import("./stock_slots.js"),
  signals: () => import("./stock_signals.js"),
  picking: () => import("./picking.js"),
  delivery: () => import("./delivery.js"),
};

export default function warehouse() {
  const view = computed(() => (route.value.path[1] in VIEWS ? route.value.path[1] : "stock"));
  return h("div", { className: "page" }, () => [
    pageHead("warehouse"),
    tabs(
      t("warehouse.title"),
      Object.keys(VIEWS).map((name) => [name, tr(`warehouse.${name}`), href(["warehouse", name])]),
      () => view.value,
    ),
    drawn(view.value),
  ]);
}

/** A tab once its module is here; one that this version does not have says so. */
function drawn(name) {
  const content = signal(skeleton(6));
  let isOver = false;
  onEnd(() => {
    isOver = true;
  });
  VIEWS[name]().then(
    (module) => {
      if (!isOver) content.value = () => untracked(() => module.default());
    },
    (error) => {
      if (!isOver)
        content.value = () =>
          error instanceof TypeError
            ? empty("info", tr("warehouse.missing"), tr("warehouse.missingText"))
            : failure(error, () => location.reload());
    },
  );
  return () => (typeof content.value === "function" ? content.value() : content.value);
}
