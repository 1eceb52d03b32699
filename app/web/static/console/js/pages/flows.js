// The dialogues: the files as they are, and what a check of them finds.

import { badge, empty, fetched, loaded, pageHead, button } from "../parts.js";
import { h, signal } from "../reactive.js";
import { t, tr } from "../words.js";

export default function flows() {
  const found = fetched("/v1/admin/flows");
  return h(
    "div",
    { className: "page" },
    pageHead(
      "flows",
      button(tr("flows.check"), () => found.reload(), { glyph: "check" }),
    ),
    loaded(found, draw, { part: "flows" }),
  );
}

function draw({ flows: files, findings }) {
  if (!files.length) return empty("flows", tr("flows.none"), tr("flows.noneText"));
  const chosen = signal(files[0]);
  const of = (name) => findings.filter((finding) => finding.file === name);
  return [
    findings.length
      ? h("p", { className: "notice notice-caution" }, t("flows.findings", { n: findings.length }))
      : h("p", { className: "notice notice-good" }, tr("flows.sound")),
    h(
      "div",
      { className: "split" },
      h(
        "ul",
        { className: "split-list plain-list", "data-list": true },
        files.map((file) =>
          h(
            "li",
            {},
            h(
              "button",
              {
                type: "button",
                className: "list-button",
                "data-item": true,
                "aria-current": () => (chosen.value === file ? "true" : null),
                on: { click: () => (chosen.value = file) },
              },
              h(
                "span",
                { className: "row-text" },
                h("span", { className: "row-title" }, file.name),
                h("span", { className: "row-detail" }, file.origin),
              ),
              of(file.name).length ? badge(String(of(file.name).length), "danger") : badge(tr("flows.ok"), "good"),
            ),
          ),
        ),
      ),
      h("section", { className: "split-main", "aria-label": tr("flows.text") }, () =>
        lines(chosen.value, of(chosen.value.name)),
      ),
    ),
  ];
}

function lines(file, findings) {
  const at = new Map(findings.map((finding) => [finding.line, finding]));
  return [
    findings
      .filter((finding) => !finding.line)
      .map((finding) => h("p", { className: "notice notice-danger" }, finding.message)),
    h(
      "div",
      { className: "code code-lines", tabIndex: 0, role: "region", "aria-label": file.name },
      file.text
        .split("\n")
        .map((text, number) => [
          h(
            "div",
            { className: at.has(number + 1) ? "line is-faulty" : "line" },
            h("span", { className: "line-number", "aria-hidden": "true" }, String(number + 1)),
            h("span", {}, text || " "),
          ),
          at.has(number + 1) ? h("p", { className: "line-fault" }, at.get(number + 1).message) : "",
        ]),
    ),
  ];
}
