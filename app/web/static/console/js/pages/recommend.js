// What is recommended: the model in use and how well it foretells, a list to try, what lists led to, and the rules.

import { ago, money, number, percent } from "../format.js";
import { get, post, put, withQuery } from "../http.js";
import { badge, button, card, empty, fetched, field, loaded, pageHead, table, tile } from "../parts.js";
import { h, signal } from "../reactive.js";
import { attempt, toast } from "../toast.js";
import { hasWords, language, said, t, tr } from "../words.js";

const PATH = "/v1/admin/recommendations";

export default function recommend() {
  const list = fetched(`${PATH}/models`);
  const effect = fetched(`${PATH}/effect`);
  const rules = fetched(`${PATH}/rules`);
  return h(
    "div",
    { className: "page" },
    pageHead("recommend"),
    loaded(list, ({ models }) => [...served(models), others(models, () => list.reload())], { part: "recommend" }),
    trial(),
    card(
      tr("recommend.effect"),
      h("p", { className: "hint" }, tr("recommend.effectText")),
      loaded(effect, conversion, { part: "recommend" }),
    ),
    card(
      tr("recommend.rules"),
      h("p", { className: "hint" }, tr("recommend.rulesText")),
      loaded(rules, (value) => switches(value.rules, () => rules.reload()), { part: "recommend" }),
    ),
  );
}

function served(models) {
  const now = models.find((model) => model.is_current);
  if (!now)
    return [empty("recommend", tr("recommend.none"), tr("recommend.noneText"), h("code", {}, "kefu recommend fit"))];
  return [
    h(
      "div",
      { className: "tiles" },
      tile(
        tr("recommend.served"),
        () => now.name,
        () => t("recommend.made", { when: ago(now.made_at) }),
      ),
      ...["people", "items", "events"].map((name) =>
        tile(tr(`recommend.${name}`), () => number(now[name]), ""),
      ),
    ),
    figures(now),
  ];
}

function figures({ inner, inner_beside: beside = {} }) {
  const rows = [["model", inner], ...Object.entries(beside)];
  return card(
    tr("recommend.figures"),
    h("p", { className: "hint" }, () => t("recommend.figuresText", { n: number(inner.people) })),
    table(
      t("recommend.figures"),
      [
        [tr("recommend.way"), ([name]) => tr(`recommend.way.${name}`)],
        [tr("recommend.hit"), ([, one]) => percent(one.hit_rate)],
        [tr("recommend.ndcg"), ([, one]) => number(one.ndcg, 3)],
      ],
      rows,
    ),
    rows.length > 1 ? "" : h("p", { className: "faint" }, tr("recommend.noBeside")),
  );
}

function others(models, reload) {
  if (models.length < 2) return "";
  const use = async (name) => {
    if (await attempt(() => post(`${PATH}/models/${encodeURIComponent(name)}/activate`))) toast(tr("recommend.used"));
    reload();
  };
  return card(
    tr("recommend.models"),
    table(
      t("recommend.models"),
      [
        [tr("recommend.name"), (model) => h("code", {}, model.name)],
        [tr("recommend.when"), (model) => ago(model.made_at)],
        [tr("recommend.hit"), (model) => percent(model.inner.hit_rate)],
        [
          "",
          (model) =>
            model.is_current
              ? badge(tr("recommend.current"), "good")
              : button(tr("recommend.use"), () => use(model.name)),
        ],
      ],
      models,
    ),
  );
}

function trial() {
  const customer = h("input", { type: "text", maxLength: 100, autocomplete: "off" });
  const item = h("input", { type: "text", maxLength: 100, autocomplete: "off" });
  const found = signal(null);
  async function show(event) {
    event.preventDefault();
    const query = { customer_id: customer.value.trim() || null, similar_to: item.value.trim() || null };
    found.value = await attempt(() => get(withQuery(`${PATH}/try`, query)));
  }
  return card(
    tr("recommend.try"),
    h("p", { className: "hint" }, tr("recommend.tryText")),
    h(
      "form",
      { className: "toolbar", on: { submit: show } },
      field(tr("recommend.customer"), customer),
      field(tr("recommend.item"), item),
      h("button", { type: "submit", className: "button primary" }, tr("recommend.show")),
    ),
    h("div", { "aria-live": "polite" }, () => {
      if (!found.value) return "";
      if (!found.value.items.length) return h("p", { className: "faint" }, tr("recommend.nothing"));
      return table(
        t("recommend.try"),
        [
          [tr("recommend.product"), (one) => [h("span", {}, () => said(one.name) || one.item_id), " ", h("code", {}, one.sku)]],
          [tr("recommend.price"), (one) => () => money(one.price_cents, one.currency)],
          [tr("recommend.reason"), (one) => h("span", {}, () => said(one.reason))],
        ],
        found.value.items,
      );
    }),
  );
}

function conversion({ arms, clicks, orders }) {
  const used = arms.filter((arm) => arm.lists);
  if (!used.length) return h("p", { className: "faint" }, tr("recommend.noEffect"));
  const share = (arm, name) => () => `${number(arm[name])} (${percent(arm[name] / arm.lists)})`;
  const armName = (arm) => (hasWords(`recommend.arm.${arm.arm}`) ? tr(`recommend.arm.${arm.arm}`) : arm.arm);
  return [
    table(
      t("recommend.effect"),
      [
        [tr("recommend.arm"), armName],
        [tr("recommend.lists"), (arm) => number(arm.lists)],
        [tr("recommend.clicked"), (arm) => share(arm, "clicked")],
        [tr("recommend.ordered"), (arm) => share(arm, "ordered")],
      ],
      used,
    ),
    used.length < 2
      ? h("p", { className: "hint" }, tr("recommend.test.off"))
      : [
          ["recommend.clicked", clicks],
          ["recommend.ordered", orders],
        ].map(([name, one]) => h("p", { className: "hint" }, () => `${t(name)}${colon()}${judged(one)}`)),
  ];
}

const colon = () => (language.value === "zh" ? "：" : ": ");

function judged(one) {
  if (!one) return t("recommend.test.none");
  const values = { d: percent(one.value), low: percent(one.low), high: percent(one.high), p: number(one.p, 3) };
  return t(one.p < 0.05 ? "recommend.test.sure" : "recommend.test.chance", values);
}

function switches(rules, reload) {
  const change = async ({ name, is_on: isOn }) => {
    await attempt(() => put(`${PATH}/rules/${name}`, { is_on: !isOn }));
    reload();
  };
  const words = (rule) => tr(rule.is_on ? "recommend.turnOff" : "recommend.turnOn");
  return table(
    t("recommend.rules"),
    [
      [
        tr("recommend.rules"),
        ({ name }) => [
          h("strong", {}, tr(`recommend.rule.${name}`)),
          h("br"),
          h("span", { className: "faint" }, tr(`recommend.ruleText.${name}`)),
        ],
      ],
      ["", (rule) => badge(tr(rule.is_on ? "recommend.on" : "recommend.off"), rule.is_on ? "good" : "plain")],
      [
        "",
        (rule) =>
          button(words(rule), () => change(rule), {
            "aria-label": () => `${words(rule)()}${colon()}${t(`recommend.rule.${rule.name}`)}`,
          }),
      ],
    ],
    rules,
  );
}
