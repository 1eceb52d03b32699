// Starting and ending an experiment.

import { post } from "../http.js";
import { number } from "../format.js";
import { button, explained, field, formEnd, openDialog, options } from "../parts.js";
import { h, signal } from "../reactive.js";
import { attempt } from "../toast.js";
import { said, t, tr } from "../words.js";

const KEYS = {
  answer: { min_confidence: 0.45 },
  retrieval: { top: 6 },
  prompt: {
    zh: "你是网店客服。只根据资料用一句话回答，句末用方括号写出资料编号，如[1]。",
    en: "You are a shop's agent. Answer in one sentence from the sources alone, with the source's number, like [1].",
  },
};

export function openStart(metrics, onDone) {
  return openDialog(
    tr("experiments.start"),
    (close) => {
      const fault = signal("");
      const size = signal(null);
      const input = (type, more = {}) => h("input", { type, autocomplete: "off", ...more });
      const name = input("text", { required: true, pattern: "[a-z0-9][a-z0-9_\\-]{1,58}", "data-first": true });
      const key = options(h("select", {}), () => Object.keys(KEYS).map((value) => [value, t(`experimentKey.${value}`)]));
      const values = h("textarea", { rows: 3, spellcheck: false, required: true });
      const proposed = () => (values.value = JSON.stringify(KEYS[key.value], null, 1));
      key.addEventListener("change", proposed);
      proposed();
      const metric = options(h("select", {}), () => [...metrics.values()].map((item) => [item.name, said(item.title)]));
      if (metrics.has("resolution_rate")) metric.value = "resolution_rate";
      const lift = input("number", { value: 5, min: 1, max: 500, step: "any", required: true });
      const unit = options(h("select", {}), () =>
        ["conversation", "customer"].map((value) => [value, t(`experimentUnit.${value}`)]),
      );
      const traffic = input("number", { value: 100, min: 1, max: 100, required: true });
      const note = input("text", { maxLength: 500 });
      const body = () => ({
        experiment: {
          experiment_id: name.value.trim(),
          key: key.value,
          arms: [{ name: "control" }, { name: "treatment", values: JSON.parse(values.value) }],
          metric: metric.value,
          unit: unit.value,
          traffic: Number(traffic.value) / 100,
          note: note.value.trim(),
        },
        wish: { lift: Number(lift.value) / 100 },
      });
      const ask = async (path) => {
        fault.value = "";
        try {
          return await post(path, body());
        } catch (error) {
          fault.value = error instanceof SyntaxError ? t("experiments.noJson") : explained(error);
          return null;
        }
      };
      const plan = async () => {
        if (form.reportValidity()) size.value = await ask("/v1/admin/experiments/power");
      };
      const submit = async (event) => {
        event.preventDefault();
        if (!(await ask("/v1/admin/experiments"))) return;
        onDone();
        close();
      };
      const planned = () => {
        if (!size.value) return "";
        const days = size.value.days === null ? "–" : number(Math.ceil(size.value.days));
        return h("p", { className: "notice" }, t("experiments.size", { n: number(size.value.units), days }));
      };
      const form = h(
        "form",
        { className: "stack", on: { submit } },
        field(tr("experiments.name"), name, tr("experiments.nameHint")),
        field(tr("experiments.key"), key),
        field(tr("experiments.treatmentValues"), values, tr("experiments.valuesHint")),
        field(tr("experiments.metric"), metric),
        field(tr("experiments.lift"), lift, tr("experiments.liftHint")),
        field(tr("experiments.unit"), unit),
        field(tr("experiments.trafficShare"), traffic),
        field(tr("experiments.note"), note),
        planned,
        () => (fault.value ? h("p", { className: "notice notice-danger", role: "alert" }, fault.value) : ""),
        button(tr("experiments.power"), plan),
        formEnd(tr("experiments.startNow"), close),
      );
      return form;
    },
  );
}

export function openStop(name, onDone) {
  return openDialog(tr("experiments.stop"), (close) => {
    const reason = h("input", { type: "text", maxLength: 500, autocomplete: "off", "data-first": true });
    const submit = async (event) => {
      event.preventDefault();
      const path = `/v1/admin/experiments/${encodeURIComponent(name)}/stop`;
      const done = await attempt(() => post(path, { reason: reason.value.trim() }), "experiments.stopped");
      if (!done) return;
      onDone();
      close();
    };
    return h(
      "form",
      { className: "stack", on: { submit } },
      h("p", {}, tr("experiments.stopText")),
      field(tr("models.note"), reason),
      formEnd(tr("experiments.stop"), close),
    );
  });
}
