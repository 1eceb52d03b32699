// API keys: who may do what. A key is shown once; only its hash is kept.

import { copyText } from "../../../js/dom.js";
import { post, remove, session } from "../http.js";
import { time } from "../format.js";
import {
  badge,
  button,
  explained,
  fetched,
  field,
  formEnd,
  loaded,
  openDialog,
  pageHead,
  table,
} from "../parts.js";
import { h, signal } from "../reactive.js";
import { route } from "../router.js";
import { hiding, toast, undoable } from "../toast.js";
import { t, tr } from "../words.js";

const SCOPES = ["chat", "search", "agent", "admin"];

export default function keys() {
  const list = fetched("/v1/admin/keys");
  const hidden = signal(new Set());
  const create = () => createKey(list.reload);

  const revoke = (row) => {
    const { hide, show } = hiding(hidden, row.key_id);
    undoable(tr("keys.revoked", { name: row.name }), {
      hide,
      show,
      commit: async (options) => {
        await remove(`/v1/admin/keys/${row.key_id}`, options);
        await list.reload();
        show();
      },
    });
  };

  const state = (row) => {
    if (row.revoked_at) return badge(tr("keys.ended", { when: time(row.revoked_at) }));
    return hidden.value.has(row.key_id) ? badge(tr("keys.ending"), "caution") : badge(tr("keys.active"), "good");
  };
  const end = (row) => {
    if (row.revoked_at || hidden.value.has(row.key_id)) return "";
    if (row.key_id === session.peek()?.key_id) return h("span", { className: "faint" }, tr("keys.yours"));
    return button(tr("keys.revoke"), () => revoke(row), {
      kind: "quiet danger",
      "aria-label": () => t("keys.revokeNamed", { name: row.name }),
    });
  };
  if (route.peek().query.create) queueMicrotask(create);
  return h(
    "div",
    { className: "page" },
    pageHead("keys", button(tr("keys.create"), create, { glyph: "plus", kind: "primary" })),
    loaded(list, (value) =>
      table(
        tr("keys.title"),
        [
          [tr("keys.name"), (row) => [row.name, " ", h("code", { className: "faint" }, row.key_id)]],
          [
            tr("keys.scopes"),
            (row) => row.scopes.map((scope) => [badge(scope, scope === "admin" ? "caution" : "accent"), " "]),
          ],
          [tr("keys.access"), (row) => row.access.join(", ") || "–"],
          [tr("keys.made"), (row) => time(row.created_at)],
          [tr("keys.state"), (row) => () => state(row)],
          ["", (row) => () => end(row)],
        ],
        value.keys,
      ),
    ),
  );
}

function createKey(onDone) {
  const token = signal(null);
  const problem = signal("");
  const name = h("input", {
    type: "text",
    required: true,
    maxLength: 100,
    autocomplete: "off",
    "data-first": true,
    placeholder: tr("keys.nameExample"),
  });
  const access = h("input", { type: "text", autocomplete: "off", placeholder: "staff, vip" });
  const boxes = SCOPES.map((scope) => h("input", { type: "checkbox", value: scope, checked: scope === "chat" }));
  const form = (close) =>
    h(
      "form",
      {
        className: "stack",
        on: {
          submit: async (event) => {
            event.preventDefault();
            const scopes = boxes.filter((box) => box.checked).map((box) => box.value);
            if (!scopes.length) {
              problem.value = t("keys.needsScope");
              return;
            }
            try {
              const labels = access.value.split(/[,，\s]+/).filter(Boolean);
              token.value = (await post("/v1/admin/keys", { name: name.value.trim(), scopes, access: labels })).token;
            } catch (error) {
              problem.value = error.code === "request_invalid" ? error.message : explained(error);
            }
          },
        },
      },
      field(tr("keys.name"), name),
      h(
        "fieldset",
        { className: "labelled" },
        h("legend", {}, tr("keys.scopes")),
        SCOPES.map((scope, at) =>
          h(
            "label",
            { className: "check" },
            boxes[at],
            h("span", {}, h("strong", {}, scope), " ", h("span", { className: "faint" }, tr(`keys.scope.${scope}`))),
          ),
        ),
      ),
      field(tr("keys.access"), access, tr("keys.accessHint")),
      h("p", { className: "problem", role: "alert" }, () => problem.value),
      formEnd(tr("keys.create"), close),
    );

  openDialog(tr("keys.create"), (close) =>
    h("div", { className: "stack" }, () => (token.value ? shownOnce(token.value, close) : form(close))),
  ).then(onDone);
}

function shownOnce(token, close) {
  const copy = async () => {
    await copyText(token);
    toast(tr("copied"));
  };
  return [
    h("p", { className: "notice notice-caution" }, tr("keys.once")),
    h("code", { className: "token", tabIndex: 0 }, token),
    h(
      "div",
      { className: "row end" },
      button(tr("copy"), copy, { glyph: "copy" }),
      button(tr("done"), close, { kind: "primary" }),
    ),
  ];
}
