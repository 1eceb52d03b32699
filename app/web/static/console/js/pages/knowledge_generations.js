// Every published state of the index, and the way back to an earlier one.

import { post } from "../http.js";
import { bytes, number, time } from "../format.js";
import { badge, button, empty, fetched, loaded, table } from "../parts.js";
import { h } from "../reactive.js";
import { attempt, toast } from "../toast.js";
import { t, tr } from "../words.js";

export function generationsView() {
  const list = fetched("/v1/admin/generations");

  async function activate(name, before) {
    const done = await attempt(() => post(`/v1/admin/generations/${encodeURIComponent(name)}/activate`));
    await list.reload();
    if (!done) return;
    const undo = before ? { words: tr("undo"), act: () => activate(before, null) } : null;
    toast(tr("generations.serves", { name }), { action: undo, ms: 8000 });
  }

  const draw = ({ generations }) => {
    if (!generations.length) return empty("book", tr("generations.none"), tr("generations.noneText"));
    const current = generations.find((row) => row.is_current)?.name ?? null;
    const figure = (value) => (value === undefined ? "–" : number(value));
    return table(
      tr("knowledge.generations"),
      [
        [
          tr("generations.name"),
          (row) => [h("code", {}, row.name), " ", row.is_current ? badge(tr("generations.current"), "good") : ""],
        ],
        [tr("generations.made"), (row) => time(row.created_at)],
        [tr("generations.documents"), (row) => figure(row.documents)],
        [tr("generations.passages"), (row) => figure(row.passages)],
        [tr("generations.size"), (row) => bytes(row.bytes)],
        [
          "",
          (row) =>
            row.is_current
              ? ""
              : button(tr("generations.activate"), () => activate(row.name, current), {
                  "aria-label": () => t("generations.activateNamed", { name: row.name }),
                }),
        ],
      ],
      generations,
    );
  };
  return h("div", { className: "stack" }, h("p", { className: "lead" }, tr("generations.about")), loaded(list, draw));
}
