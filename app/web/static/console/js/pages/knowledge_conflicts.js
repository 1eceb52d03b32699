// Rules in force that say different things, side by side.

import { post } from "../http.js";
import { ago } from "../format.js";
import { badge, button, empty, fetched, loaded } from "../parts.js";
import { h, signal } from "../reactive.js";
import { href } from "../router.js";
import { attempt } from "../toast.js";
import { hasWords, t, tr } from "../words.js";
import { waitForJob } from "./jobs.js";

export function conflictsView() {
  const known = fetched("/v1/admin/conflicts");
  const isLooking = signal(false);

  async function look() {
    const started = await attempt(() => post("/v1/admin/conflicts"));
    if (!started) return;
    isLooking.value = true;
    await waitForJob(started.job.job_id);
    isLooking.value = false;
    known.reload();
  }

  const draw = (value) => {
    if (value.conflicts.length)
      return h("ul", { className: "stack", "data-list": true }, value.conflicts.map(conflict));
    return value.checked_at
      ? empty("check", tr("conflicts.clean"), tr("conflicts.cleanText", { when: ago(value.checked_at) }))
      : empty("info", tr("conflicts.unknown"), tr("conflicts.unknownText"), lookButton());
  };
  const lookButton = () =>
    button(tr("conflicts.look"), look, { glyph: "search", kind: "primary", disabled: () => isLooking.value });
  return h(
    "div",
    { className: "stack" },
    h("div", { className: "toolbar" }, h("p", { className: "lead" }, tr("conflicts.about")), lookButton()),
    h("p", { role: "status", className: "faint", hidden: () => !isLooking.value }, tr("conflicts.looking")),
    loaded(known, draw),
  );
}

function conflict(item) {
  const kind = `conflicts.${item.kind}`;
  return h(
    "li",
    { className: "card conflict", "data-item": true, tabIndex: 0 },
    h(
      "header",
      { className: "card-head" },
      badge(hasWords(kind) ? t(kind) : item.kind, "caution"),
      h(
        "span",
        { className: "faint" },
        tr("conflicts.found", () => ({ when: ago(item.found_at) })),
      ),
    ),
    h("div", { className: "sides" }, item.sides.map(side)),
  );
}

const side = (item) =>
  h(
    "div",
    { className: "side" },
    h(
      "a",
      {
        href: href(["knowledge", "document", item.document_id], {
          passage: item.passage_id,
          start: item.start,
          end: item.end,
        }),
      },
      item.title,
    ),
    h("p", { className: "faint" }, item.heading ?? ""),
    h("blockquote", {}, item.quote),
    h(
      "p",
      {},
      badge(item.value, "plain"),
      " ",
      item.valid_from ? h("span", { className: "faint" }, t("validFrom", { date: item.valid_from })) : "",
    ),
  );
