// The weekly reports: one page and one file a week in each language, to keep or to pass on.

import { download, post } from "../http.js";
import { button, empty, fetched, loaded, pageHead, table } from "../parts.js";
import { h, signal } from "../reactive.js";
import { attempt, toast } from "../toast.js";
import { t, tr } from "../words.js";
import { waitForJob } from "./jobs.js";

export default function reports() {
  const list = fetched("/v1/admin/reports");
  const isWriting = signal(false);
  const write = async () => {
    isWriting.value = true;
    const made = await attempt(async () => waitForJob((await post("/v1/admin/reports")).job.job_id));
    if (made) toast(tr(made.state === "done" ? "reports.written" : "reports.failed"));
    isWriting.value = false;
    list.reload();
  };
  const now = button(tr("reports.write"), write, { glyph: "retry", disabled: () => isWriting.value });
  return h("div", { className: "page" }, pageHead("reports", now), loaded(list, draw, { part: "reports" }));
}

function draw({ reports: rows }) {
  if (!rows.length) return empty("document", tr("reports.none"), tr("reports.noneText"));
  const file = (row, language, ending) => {
    const name = `report.${language}.${ending}`;
    if (!row.files.includes(name)) return "–";
    const save = () =>
      attempt(() => download(`/v1/admin/reports/${row.name}/${name}`, `kefu-${row.name}-${language}.${ending}`));
    const words = () => t("reports.named", { week: row.name, kind: `${ending.toUpperCase()}, ${t(`reports.${language}`)}` });
    return button(ending.toUpperCase(), save, { glyph: "download", "aria-label": words });
  };
  const files = (language) => (row) =>
    h("span", { className: "row" }, file(row, language, "html"), file(row, language, "pdf"));
  return table(
    tr("reports.title"),
    [
      [tr("reports.week"), (row) => row.name],
      [tr("reports.zh"), files("zh")],
      [tr("reports.en"), files("en")],
    ],
    rows,
  );
}
