// Results of `kefu eval`: one by one, and two side by side.

import { fetched, badge, button, empty, loaded, pageHead, table } from "../parts.js";
import { number, percent, time } from "../format.js";
import { computed, h, signal } from "../reactive.js";
import { go, href, route } from "../router.js";
import { t, tr } from "../words.js";

export default function evaluations() {
  const view = computed(() => JSON.stringify(route.value.path.slice(1)));
  return h("div", { className: "page" }, () => {
    const [first, second] = JSON.parse(view.value);
    return second ? comparison(first, second) : first ? single(first) : list();
  });
}

const shown = (figure, value) => (figure.kind === "mean" ? number(value, 3) : percent(value));

function list() {
  const runs = fetched("/v1/admin/evaluations");
  const chosen = signal([]);
  const toggle = (name) => {
    const rest = chosen.peek().filter((item) => item !== name);
    chosen.value = rest.length < chosen.peek().length ? rest : [...rest.slice(-1), name];
  };
  const draw = (value) => {
    if (!value.runs.length)
      return empty(
        "evaluations",
        tr("evaluations.none"),
        tr("evaluations.noneText"),
        h("code", {}, "kefu eval FOLDER"),
      );
    const order = value.runs.map((run) => run.name);
    const compare = () =>
      go(["evaluations", ...[...chosen.peek()].sort((one, other) => order.indexOf(other) - order.indexOf(one))]);
    return [
      h(
        "div",
        { className: "toolbar" },
        h("p", { className: "lead" }, tr("evaluations.choose")),
        button(tr("evaluations.compare"), compare, { kind: "primary", disabled: () => chosen.value.length !== 2 }),
      ),
      h(
        "ul",
        { className: "stack", "data-list": true },
        value.runs.map((run) => runCard(run, chosen, toggle)),
      ),
    ];
  };
  return [pageHead("evaluations"), loaded(runs, draw)];
}

function runCard(run, chosen, toggle) {
  const box = h("input", {
    type: "checkbox",
    checked: () => chosen.value.includes(run.name),
    "aria-label": () => t("evaluations.chooseNamed", { name: run.name }),
    disabled: Boolean(run.fault),
    on: { change: () => toggle(run.name) },
  });
  return h(
    "li",
    {
      className: "card run",
      "data-item": true,
      tabIndex: 0,
      on: {
        keydown: (event) =>
          event.key === "Enter" && event.target === event.currentTarget && go(["evaluations", run.name]),
      },
    },
    h(
      "header",
      { className: "card-head" },
      box,
      h(
        "div",
        { className: "row-text" },
        h("a", { className: "row-title", href: href(["evaluations", run.name]) }, run.name),
        h(
          "span",
          { className: "row-detail" },
          [run.settings.date && time(run.settings.date), run.settings.mode, run.settings.model]
            .filter(Boolean)
            .join(" · "),
        ),
      ),
    ),
    run.fault
      ? h("p", { className: "notice notice-danger" }, run.fault)
      : h(
          "div",
          { className: "run-sections" },
          run.sections.map((section) => h("div", { className: "figures" }, section.figures.slice(0, 4).map(figureOf))),
        ),
  );
}

const figureOf = (figure) =>
  h(
    "div",
    { className: "figure" },
    h("span", { className: "figure-value" }, shown(figure, figure.value)),
    h("span", { className: "figure-name" }, figure.title ?? figure.name),
    h("span", { className: "faint" }, `${shown(figure, figure.low)} – ${shown(figure, figure.high)}`),
  );

function single(name) {
  const run = fetched(`/v1/admin/evaluations/${encodeURIComponent(name)}`);
  return [
    back(),
    h("header", { className: "page-head" }, h("h1", {}, name)),
    loaded(run, (value) => value.sections.map((section) => sectionCard(section))),
  ];
}

const back = () => h("a", { className: "back", href: href(["evaluations"]) }, tr("evaluations.back"));

function sectionCard(section) {
  const isWrongOnly = signal(true);
  const questions = () => section.questions.filter((item) => !isWrongOnly.value || isWrong(item)).slice(0, 200);
  return h(
    "section",
    { className: "card" },
    h("h2", {}, section.title),
    section.notes.map((words) => h("p", { className: "faint" }, words)),
    h("div", { className: "figures" }, section.figures.map(figureOf)),
    h(
      "label",
      { className: "check" },
      h("input", {
        type: "checkbox",
        checked: true,
        on: { change: (event) => (isWrongOnly.value = event.target.checked) },
      }),
      h("span", {}, tr("evaluations.wrongOnly")),
    ),
    h("ul", { className: "stack question-results" }, () => questions().map(questionRow)),
    () => (questions().length ? "" : h("p", { className: "faint" }, tr("evaluations.allRight"))),
  );
}

const isWrong = (item) =>
  item.faults.length > 0 || Object.values(item.scores).some((score) => score === false || score === 0);

function questionRow(item) {
  const failed = Object.entries(item.scores)
    .filter(([, score]) => score === false || score === 0)
    .map(([name]) => name);
  return h(
    "li",
    {},
    h(
      "details",
      { className: "result" },
      h(
        "summary",
        {},
        h("code", { className: "faint" }, item.id),
        " ",
        item.text,
        " ",
        failed.map((name) => [badge(name, "danger"), " "]),
      ),
      item.answer ? h("blockquote", {}, item.answer.text) : "",
      Object.keys(item.expected).length ? h("pre", { className: "code" }, JSON.stringify(item.expected, null, 1)) : "",
      item.retrieved
        .slice(0, 5)
        .map((hit) => h("p", { className: "faint" }, `${hit.role ? `${hit.role}: ` : ""}${hit.title}`)),
      item.faults.map((words) => h("p", { className: "problem" }, words)),
    ),
  );
}

function comparison(first, second) {
  const names = signal([first, second]);
  const found = fetchedPair(first, second);
  const draw = (value) => [
    Object.keys(value.settings).length
      ? h(
          "div",
          { className: "card" },
          h("h2", {}, tr("evaluations.settings")),
          h(
            "dl",
            { className: "pairs" },
            Object.entries(value.settings)
              .filter(([name]) => name !== "files")
              .map(([name, [before, after]]) =>
                h("div", {}, h("dt", {}, name), h("dd", {}, `${JSON.stringify(before)} → ${JSON.stringify(after)}`)),
              ),
          ),
        )
      : "",
    table(
      tr("evaluations.compare"),
      [
        [tr("evaluations.part"), (row) => row.section],
        [tr("evaluations.figure"), (row) => row.title ?? row.name],
        ["A", (row) => shown(row, row.first)],
        ["B", (row) => shown(row, row.second)],
        ["B − A", (row) => difference(row)],
        ["p", (row) => (row.p < 0.001 ? "< 0.001" : row.p.toFixed(3))],
        [tr("evaluations.won"), (row) => h("span", { title: row.won.join(", ") }, number(row.won.length))],
        [tr("evaluations.lost"), (row) => h("span", { title: row.lost.join(", ") }, number(row.lost.length))],
        [tr("evaluations.questions"), (row) => number(row.questions)],
      ],
      value.figures,
    ),
    h("p", { className: "hint" }, tr("evaluations.pHint")),
  ];
  return [
    back(),
    h(
      "header",
      { className: "page-head" },
      h(
        "div",
        { className: "page-title" },
        h("h1", {}, tr("evaluations.compare")),
        h("p", {}, () => `A ${names.value[0]}`),
        h("p", {}, () => `B ${names.value[1]}`),
      ),
      button(tr("evaluations.swap"), () => go(["evaluations", second, first])),
    ),
    loaded(found, draw),
  ];
}

const fetchedPair = (first, second) =>
  fetched(`/v1/admin/evaluations/compare?${new URLSearchParams({ first, second })}`);

function difference(row) {
  const better = row.is_higher_better ? row.difference > 0 : row.difference < 0;
  const words = row.kind === "mean" ? number(row.difference, 3) : `${number(100 * row.difference, 1)} pp`;
  const sign = row.difference > 0 ? "+" : "";
  return badge(`${sign}${words}`, row.difference === 0 || row.p > 0.05 ? "plain" : better ? "good" : "danger");
}
