// The snippet that puts the widget onto a page of the company, with a look at it beside.

import { copyText } from "../../../js/dom.js";
import { badge, button, fetched, field, loaded, pageHead, segments } from "../parts.js";
import { effect, h, signal } from "../reactive.js";
import { toast } from "../toast.js";
import { tr } from "../words.js";

const SERVERS = {
  Python:
    "import hmac, hashlib\nsignature = hmac.new(SECRET.encode(), customer_id.encode(), hashlib.sha256).hexdigest()",
  "Node.js":
    'const { createHmac } = require("node:crypto");\nconst signature = createHmac("sha256", SECRET).update(customerId).digest("hex");',
  PHP: "$signature = hash_hmac('sha256', $customerId, $secret);",
  Java: 'Mac mac = Mac.getInstance("HmacSHA256");\nmac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));\nString signature = HexFormat.of().formatHex(mac.doFinal(customerId.getBytes(UTF_8)));',
};

export default function widget() {
  const policy = fetched("/v1/admin/widget");
  const color = h("input", { type: "color", value: "#0f6b5c" });
  const position = h(
    "select",
    {},
    ["right", "left"].map((name) => h("option", { value: name }, tr(`widget.${name}`))),
  );
  const language = h(
    "select",
    {},
    [
      ["", tr("widget.auto")],
      ["zh", "中文"],
      ["en", "English"],
    ].map(([value, words]) => h("option", { value }, words)),
  );
  const title = h("input", { type: "text", maxLength: 60 });
  const greeting = h("input", { type: "text", maxLength: 200 });
  const isSigned = h("input", { type: "checkbox" });
  const attributes = signal([]);
  const update = () => {
    const chosen = [
      ["color", color.value === "#0f6b5c" ? "" : color.value],
      ["position", position.value === "right" ? "" : position.value],
      ["language", language.value],
      ["title", title.value.trim()],
      ["greeting", greeting.value.trim()],
    ];
    if (isSigned.checked) chosen.push(["customer-id", "CUSTOMER_ID"], ["signature", "SIGNATURE"]);
    attributes.value = chosen.filter(([, value]) => value);
  };
  for (const input of [color, position, language, title, greeting, isSigned]) input.addEventListener("input", update);
  update();
  const snippet = () =>
    `<script src="${location.origin}/widget.js" ${attributes.value.map(([name, value]) => `data-${name}="${escaped(value)}" `).join("")}async></script>`;
  const copy = async () => {
    await copyText(snippet());
    toast(tr("copied"));
  };
  const preview = () => {
    const query = new URLSearchParams(
      attributes.peek().filter(([name]) => !["customer-id", "signature"].includes(name)),
    );
    open(`/static/widget/preview.html?${query}`, "_blank", "noopener");
  };
  return h(
    "div",
    { className: "page" },
    pageHead("widget"),
    h(
      "div",
      { className: "columns" },
      h(
        "section",
        { className: "card stack" },
        h("h2", {}, tr("widget.look")),
        h(
          "div",
          { className: "field-grid" },
          field(tr("widget.color"), color),
          field(tr("widget.position"), position),
          field(tr("widget.language"), language),
          field(tr("widget.name"), title),
          field(tr("widget.greeting"), greeting),
        ),
        h("label", { className: "check" }, isSigned, h("span", {}, tr("widget.signed"))),
        h("div", { className: "row" }, button(tr("widget.preview"), preview, { glyph: "widget", kind: "primary" })),
      ),
      h(
        "section",
        { className: "card stack" },
        h(
          "header",
          { className: "card-head" },
          h("h2", {}, tr("widget.snippet")),
          button(tr("copy"), copy, { glyph: "copy" }),
        ),
        h("pre", { className: "code wrap", tabIndex: 0 }, snippet),
        h("p", { className: "hint" }, tr("widget.where")),
        h("h3", {}, tr("widget.csp")),
        h(
          "pre",
          { className: "code wrap", tabIndex: 0 },
          `script-src ${location.origin}; connect-src ${location.origin}`,
        ),
      ),
    ),
    h("section", { className: "card stack" }, h("h2", {}, tr("widget.sites")), loaded(policy, sites, { bones: 2 })),
    h(
      "section",
      { className: "card stack" },
      h("h2", {}, tr("widget.identity")),
      h("p", {}, tr("widget.identityText")),
      examples(),
    ),
  );
}

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

function sites(value) {
  return [
    value.origins.length
      ? h(
          "ul",
          { className: "row" },
          value.origins.map((origin) => h("li", {}, badge(origin, "good"))),
        )
      : h("p", { className: "notice notice-caution" }, tr("widget.noSites")),
    h("p", {}, value.knows_customers ? badge(tr("widget.knows"), "good") : badge(tr("widget.knowsNot"), "plain")),
    h(
      "p",
      { className: "hint" },
      tr("widget.set"),
      " ",
      h("code", {}, "KEFU_WIDGET__ORIGINS=https://shop.example,https://*.shop.example"),
      " ",
      h("code", {}, "KEFU_WIDGET__SECRET=…"),
    ),
  ];
}

function examples() {
  const chosen = signal("Python");
  const code = h("pre", { className: "code wrap", tabIndex: 0 });
  effect(() => (code.textContent = SERVERS[chosen.value]) && undefined);
  return h(
    "div",
    { className: "stack" },
    segments(
      tr("widget.servers"),
      Object.keys(SERVERS).map((name) => [name, name]),
      chosen,
    ),
    code,
  );
}
