// Marketing copy: written from facts, each claim with the fact behind it; approved, published, and any text checked.

import { get, post, put } from "../http.js";
import { ago, number, percent } from "../format.js";
import { badge, button, card, empty, explained, fetched, field, loaded, options, pageHead, segments } from "../parts.js";
import { h, signal } from "../reactive.js";
import { attempt, toast } from "../toast.js";
import { language, t, tr } from "../words.js";

const TONES = { draft: "plain", approved: "accent", published: "good", rejected: "caution" };
const STATES = ["draft", "approved", "published", "rejected"];

export default function copy() {
  const state = signal("draft");
  const list = fetched("/v1/admin/copy?limit=200");
  const channels = fetched("/v1/admin/copy/channels");
  const draw = (value) => {
    const items = value.copies;
    const shown = () => items.filter((item) => item.state === state.value);
    return [
      segments(
        tr("copy.states"),
        STATES.map((name) => [
          name,
          h("span", {}, tr(`copyState.${name}`)),
          h("span", { className: "faint" }, number(items.filter((item) => item.state === name).length)),
        ]),
        state,
      ),
      h("div", { className: "stack" }, () =>
        shown().length
          ? shown().map((item) => oneCopy(item, list.reload))
          : empty("copywriting", tr("copy.none"), tr("copy.noneText")),
      ),
    ];
  };
  const written = () => {
    state.value = "draft";
    list.reload();
  };
  return h(
    "div",
    { className: "page" },
    pageHead("copy"),
    h("div", { className: "stack" }, writeForm(channels, written), checkForm(channels), loaded(list, draw, { part: "copy" })),
  );
}

function languageSelect() {
  return h("select", {}, h("option", { value: "zh" }, "中文"), h("option", { value: "en" }, "English"));
}

function channelSelect(channels, extra = []) {
  return options(h("select", {}), () => [
    ...extra.map(([value, words]) => [value, words()]),
    ...(channels.value?.channels ?? []).map((channel) => [channel.channel, channel.title[language.value]]),
  ]);
}

function writeForm(channels, onWritten) {
  const products = fetched("/v1/admin/copy/products");
  const isBusy = signal(false);
  const left = signal([]);
  const names = h("datalist", { id: "copy-products" }, () =>
    (products.value?.products ?? []).map((item) =>
      h("option", { value: item.product_id }, `${item.product_id} ${item[language.value] || item.zh}`),
    ),
  );
  const product = h("input", { type: "text", list: "copy-products", maxLength: 100, placeholder: "SL-PH-1001" });
  const facts = h("textarea", { rows: 3, maxLength: 8000, placeholder: tr("copy.attributesHint") });
  const channel = channelSelect(channels);
  const spoken = languageSelect();
  const segment = h("input", { type: "text", maxLength: 30 });
  async function write(event) {
    event.preventDefault();
    isBusy.value = true;
    const done = await attempt(() =>
      post("/v1/admin/copy", {
        product_id: product.value.trim() || null,
        attributes: attributesOf(facts.value),
        channel: channel.value || "detail",
        language: spoken.value,
        audience: segment.value.trim() ? { segment: segment.value.trim() } : null,
      }),
    );
    isBusy.value = false;
    if (!done) return;
    left.value = done.left_out;
    toast(tr("copy.written", { n: number(done.copies.length) }));
    onWritten();
  }
  return card(
    tr("copy.write"),
    h(
      "form",
      { className: "stack", on: { submit: write } },
      names,
      h(
        "div",
        { className: "row" },
        field(tr("copy.product"), product),
        field(tr("copy.channel"), channel),
        field(tr("copy.language"), spoken),
        field(tr("copy.audience"), segment),
      ),
      field(tr("copy.attributes"), facts),
      h(
        "div",
        { className: "row end" },
        h(
          "button",
          { type: "submit", className: "button primary", disabled: () => isBusy.value },
          h("span", {}, tr("copy.write")),
        ),
      ),
      h("ul", { className: "plain-list", hidden: () => !left.value.length }, () =>
        left.value.map((item) =>
          h("li", { className: "faint" }, `${t("copy.leftOut")} ${item.name} ${item.value}: ${item.why[language.value]}`),
        ),
      ),
    ),
  );
}

/** One attribute a line, name and value with a colon between them; a line without one is a fact to say. */
function attributesOf(text) {
  return text
    .split("\n")
    .map((line) => line.split(/[:：](.*)/s).map((part) => part.trim()))
    .filter(([name, value]) => name && value)
    .map(([name, value]) => ({ name, value }));
}

function checkForm(channels) {
  const result = signal(null);
  const text = h("textarea", { rows: 3, maxLength: 20000, required: true });
  const channel = channelSelect(channels, [["", () => t("copy.anyChannel")]]);
  const product = h("input", { type: "text", list: "copy-products", maxLength: 100 });
  async function check(event) {
    event.preventDefault();
    if (!text.value.trim()) return;
    const sku = product.value.trim();
    try {
      const about = sku ? { product_id: sku } : null;
      result.value = await post("/v1/admin/copy/check", { text: text.value, channel: channel.value || null, about });
    } catch (error) {
      result.value = { error };
    }
  }
  return card(
    tr("copy.check"),
    h(
      "form",
      { className: "stack", on: { submit: check } },
      field(tr("copy.text"), text),
      h(
        "div",
        { className: "row" },
        field(tr("copy.channel"), channel),
        field(tr("copy.product"), product),
        h("button", { type: "submit", className: "button" }, h("span", {}, tr("copy.check"))),
      ),
      h("div", { role: "status" }, () => (result.value ? verdict(result.value) : "")),
    ),
  );
}

function verdict(found) {
  if (found.error) return h("p", { className: "notice notice-danger" }, () => explained(found.error));
  if (found.clean) return h("p", { className: "notice notice-good" }, tr("copy.clean"));
  const unproven = found.claims.filter((claim) => !claim.supported);
  return [
    violations(found.violations),
    unproven.length ? h("ul", { className: "plain-list" }, unproven.map(claimRow)) : "",
    found.excess ? h("p", { className: "notice notice-caution" }, tr("copy.excess", { n: number(found.excess) })) : "",
  ];
}

const violations = (items) =>
  items.map((hit) =>
    h(
      "p",
      { className: hit.severity === "forbidden" ? "notice notice-danger" : "notice notice-caution" },
      h("strong", {}, hit.text || t("copy.missingPart")),
      () => ` ${hit.why[language.value]} `,
      h("span", { className: "faint" }, hit.article),
    ),
  );

const claimRow = (claim) =>
  h(
    "li",
    {},
    badge(tr(claim.supported ? "copy.supported" : "copy.unsupported"), claim.supported ? "good" : "danger"),
    " ",
    h("span", {}, claim.text),
    h("span", { className: "faint" }, () => ` ${claim.supported ? `← ${claim.fact}` : claim.why[language.value]}`),
  );

function oneCopy(item, onChanged) {
  const path = `/v1/admin/copy/${encodeURIComponent(item.copy_id)}`;
  const details = signal(null);
  const text = h("textarea", { rows: 5, value: item.text, disabled: item.state !== "draft" });
  const act = async (step) => {
    if (item.state === "draft" && text.value !== item.text && !(await attempt(() => put(path, { text: text.value }))))
      return;
    if (step) await attempt(() => post(`${path}/${step}`, {}));
    onChanged();
  };
  const open = async (event) => {
    if (event.target.open && !details.peek()) details.value = await attempt(() => get(path));
  };
  return h(
    "section",
    { className: "card stack", "aria-label": item.copy_id },
    h(
      "div",
      { className: "row" },
      badge(tr(`copyState.${item.state}`), TONES[item.state]),
      badge(item.channel),
      item.product_id ? badge(item.product_id) : "",
      badge(tr(`copyMode.${item.mode}`)),
      item.like ? badge(tr("copy.like", { n: percent(item.like.likeness) }), "caution") : "",
      h("span", { className: "faint" }, () => ago(item.created_at)),
    ),
    field(tr("copy.text"), text),
    violations(item.violations),
    h(
      "details",
      { on: { toggle: open } },
      h("summary", {}, tr("copy.claims", { n: number(item.claims.length) })),
      h("ul", { className: "plain-list" }, item.claims.map(claimRow)),
      () => (details.value ? history(details.value) : ""),
    ),
    h(
      "div",
      { className: "row end" },
      item.state !== "rejected" ? button(tr("copy.reject"), () => act("reject")) : "",
      item.state === "rejected" ? button(tr("copy.reopen"), () => act("reopen")) : "",
      item.state === "draft" ? button(tr("save"), () => act("")) : "",
      item.state === "draft" ? button(tr("copy.approve"), () => act("approve"), { kind: "primary" }) : "",
      item.state === "approved" ? button(tr("copy.publish"), () => act("publish"), { kind: "primary" }) : "",
    ),
  );
}

const history = (value) => [
  h(
    "p",
    {},
    t("copy.reach", {
      shown: number(value.reach.exposures),
      clicks: number(value.reach.clicks),
      orders: number(value.reach.orders),
    }),
  ),
  h(
    "ul",
    { className: "plain-list faint" },
    value.steps.map((step) => h("li", {}, `${t(`copyState.${step.state}`)} · ${step.by} · ${ago(step.at)}`)),
  ),
];
