// What taking everything in again would change, before it is done.

import { post } from "../http.js";
import { number } from "../format.js";
import { button, empty, table } from "../parts.js";
import { h, signal } from "../reactive.js";
import { attempt, toast } from "../toast.js";
import { t, tr } from "../words.js";
import { waitForJob } from "./jobs.js";

const FIGURES = ["added", "changed", "renamed", "removed", "unchanged"];

export function previewView() {
  const job = signal(null);
  const isBusy = () => job.value !== null && !["done", "failed"].includes(job.value.state);

  async function run(body) {
    const started = await attempt(() => post("/v1/admin/ingest", body));
    if (!started) return;
    job.value = started.job;
    try {
      job.value = await waitForJob(started.job.job_id, (news) => (job.value = news));
    } catch {
      job.value = null;
      return;
    }
    if (job.value.kind === "ingest" && job.value.state === "done") toast(tr("preview.published"));
  }

  return h(
    "div",
    { className: "stack" },
    h(
      "div",
      { className: "toolbar" },
      h("p", { className: "lead" }, tr("preview.about")),
      button(tr("preview.run"), () => run({ dry_run: true }), { kind: "primary", disabled: isBusy }),
    ),
    () => {
      const current = job.value;
      if (!current) return empty("info", tr("preview.none"), tr("preview.noneText"));
      if (current.state === "failed")
        return h("p", { className: "notice notice-danger", role: "alert" }, current.error?.message ?? "");
      if (current.state !== "done") {
        const { stage, done, total } = current.progress ?? {};
        return h(
          "p",
          { role: "status" },
          stage ? `${t(`stage.${stage}`)} ${total ? `${done} / ${total}` : ""}` : t("file.queued"),
        );
      }
      return outcome(current, () => run({}), isBusy);
    },
  );
}

function outcome(job, onPublish, isBusy) {
  const report = job.result;
  const isDry = report.is_dry_run;
  const changes = report.added + report.changed + report.renamed + report.removed;
  return [
    h(
      "div",
      { className: "figures" },
      FIGURES.map((name) =>
        h(
          "div",
          { className: "figure" },
          h("span", { className: "figure-value" }, number(report[name])),
          h("span", { className: "figure-name" }, tr(`preview.${name}`)),
        ),
      ),
    ),
    report.warnings.map((words) => h("p", { className: "notice notice-caution" }, words)),
    report.refused.length
      ? table(
          tr("preview.refused"),
          [
            [tr("preview.document"), (row) => h("code", {}, row.document_id)],
            [tr("preview.why"), (row) => row.message],
          ],
          report.refused,
        )
      : "",
    isDry
      ? h(
          "div",
          { className: "row" },
          h("p", {}, changes ? tr("preview.wouldChange") : tr("preview.nothing")),
          changes ? button(tr("preview.publish"), onPublish, { kind: "primary", disabled: isBusy }) : "",
        )
      : h("p", { className: "notice notice-good" }, tr("preview.publishedAs", { name: report.generation ?? "" })),
  ];
}
