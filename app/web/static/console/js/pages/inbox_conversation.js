// One conversation at the desk: what was said, what the assistant found out, and the reply with its proof.

import { may, post } from "../http.js";
import { ago, number, percent, time } from "../format.js";
import {
  badge,
  button,
  failure,
  fetched,
  field,
  formEnd,
  isComposing,
  openDialog,
  segments,
  skeleton,
} from "../parts.js";
import { effect, h, onEnd, signal } from "../reactive.js";
import { href } from "../router.js";
import { attempt, toast } from "../toast.js";
import { hasWords, said, t, tr } from "../words.js";
import { cannedMenu } from "./inbox_canned.js";
import { reason } from "./inbox.js";

const OPEN = ["queued", "assigned", "answered"];

export function conversationView(id, { news, close, onChanged, me, isAdmin }) {
  const path = `/v1/agent/conversations/${encodeURIComponent(id)}`;
  const view = fetched(path);
  effect(() => {
    if (news.value.conversation_id === id) view.reload();
  });
  const act = async (name, body = {}, done = "") => {
    const result = await attempt(() => post(`${path}/${name}`, body), done);
    if (result) {
      view.reload();
      onChanged();
    }
    return result;
  };
  const list = h("ol");
  const messages = h(
    "div",
    { className: "messages", tabIndex: 0, role: "log", "aria-label": tr("inbox.messages") },
    list,
  );
  effect(() => {
    const value = view.value;
    if (!value) return;
    const isAtEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80;
    list.replaceChildren(...value.messages.map(message));
    if (isAtEnd) queueMicrotask(() => (messages.scrollTop = messages.scrollHeight));
  });
  const box = composer(id, path, view, act);
  return h(
    "section",
    { className: "split-main conversation", "aria-label": tr("inbox.conversation") },
    () => (view.value ? "" : view.error ? failure(view.error, view.reload) : skeleton(5)),
    h(
      "header",
      { className: "split-head" },
      button(tr("back"), close, { glyph: "left", isIconOnly: true, kind: "ghost only-narrow" }),
      h("h2", {}, () => ticketOf(view.value)?.customer_id ?? t("inbox.visitor")),
      h("div", { className: "row" }, () => actions(view.value, act, me)),
    ),
    h(
      "div",
      { className: "conversation-body" },
      h("div", { className: "conversation-talk" }, messages, box),
      h("aside", { className: "packet", tabIndex: 0, "aria-label": tr("inbox.packet") }, () =>
        view.value ? packet(view.value, act, isAdmin) : "",
      ),
    ),
  );
}

/** What was told to the customer in their language, where it is there in both: agents read their own. */
const bothOf = (data) => (data?.zh && data?.en ? { zh: data.zh, en: data.en } : null);

const ticketOf = (value) => value?.ticket ?? value?.conversation ?? null;

function message(item) {
  const who = item.author || (hasWords(`role.${item.role}`) ? t(`role.${item.role}`) : item.role);
  const citations = item.data?.citations ?? [];
  return h(
    "li",
    { className: `message message-${item.role}` },
    h(
      "p",
      { className: "message-head" },
      h("span", {}, who),
      h("time", { dateTime: item.at, title: time(item.at) }, ago(item.at)),
    ),
    h("p", { className: "message-text" }, () => (item.role === "system" && said(bothOf(item.data))) || item.text),
    citations.length ? citationList(citations) : "",
  );
}

export const citationList = (citations) =>
  h(
    "ul",
    { className: "citations", "aria-label": tr("inbox.citations") },
    citations.map((item) => h("li", {}, may("admin") ? sourceLink(item) : sourceQuote(item))),
  );

const sourceLink = (item) =>
  h(
    "a",
    {
      href: href(["knowledge", "document", item.document_id], {
        passage: item.passage_id,
        start: item.start,
        end: item.end,
      }),
      title: item.quote,
    },
    `[${item.marker}] ${item.title}`,
  );

/** The knowledge pages are not open to every agent; the words that an answer rests on are. */
const sourceQuote = (item) =>
  h("details", {}, h("summary", {}, `[${item.marker}] ${item.title}`), h("blockquote", {}, item.quote));

function actions(value, act, me) {
  const ticket = ticketOf(value);
  if (!ticket) return "";
  const isOpen = OPEN.includes(ticket.state);
  const isMine = ticket.agent === (value.me?.name ?? me);
  const resolve = async () => {
    if (!(await act("resolve"))) return;
    toast(tr("inbox.resolved"), { action: { words: tr("undo"), act: () => act("reopen") } });
  };
  return [
    isOpen && !isMine ? button(tr("inbox.take"), () => act("assign"), { kind: "primary" }) : "",
    isOpen && isMine ? button(tr("inbox.release"), () => act("release")) : "",
    isOpen && isMine ? button(tr("inbox.giveBack"), () => act("release", { to: "assistant" })) : "",
    isOpen ? button(tr("inbox.assign"), () => assignDialog(act)) : "",
    isOpen ? button(tr("inbox.resolve"), resolve, { glyph: "check" }) : button(tr("inbox.reopen"), () => act("reopen")),
  ];
}

function assignDialog(act) {
  const agent = h("input", { type: "text", required: true, maxLength: 100, "data-first": true });
  openDialog(tr("inbox.assign"), (close) =>
    h(
      "form",
      {
        className: "stack",
        on: { submit: (event) => (event.preventDefault(), close(), act("assign", { agent: agent.value.trim() })) },
      },
      field(tr("inbox.agent"), agent),
      formEnd(tr("inbox.assign"), close),
    ),
  );
}

function packet(value, act, isAdmin) {
  const ticket = ticketOf(value);
  const inside = ticket.packet ?? value.packet ?? {};
  const { gathered, ...facts } = inside.facts ?? {};
  const customer = Object.entries({ ...inside.customer, ...facts, ...gathered }).filter(([, fact]) => says(fact));
  const labels = value.conversation?.labels ?? [];
  const input = h("input", {
    type: "text",
    maxLength: 40,
    placeholder: tr("inbox.addLabel"),
    "aria-label": tr("inbox.addLabel"),
  });
  const addLabel = (event) => {
    event.preventDefault();
    if (input.value.trim()) act("label", { add: [input.value.trim()] });
  };
  return [
    h(
      "div",
      { className: "row" },
      reason(ticket.reason ?? inside.reason),
      inside.sentiment && inside.sentiment !== "neutral" ? badge(tr(`sentiment.${inside.sentiment}`), "caution") : "",
      inside.risk ? badge(() => said(inside.risk_name) || inside.risk, "danger") : "",
    ),
    said(ticket.summary) ? [h("h3", {}, tr("inbox.summary")), h("p", { className: "pre-line" }, () => said(ticket.summary))] : "",
    ticket.due_at && OPEN.includes(ticket.state)
      ? h(
          "p",
          { className: "faint" },
          tr(ticket.state === "answered" ? "inbox.closes" : "inbox.due", () => ({ when: time(ticket.due_at) })),
        )
      : "",
    ticket.intent || inside.slots?.length
      ? [
          h("h3", {}, tr("inbox.understood")),
          h(
            "dl",
            { className: "pairs" },
            ticket.intent
              ? h("div", {}, h("dt", {}, tr("inbox.intent")), h("dd", { title: ticket.intent }, () => said(ticket.intent_name) || ticket.intent))
              : "",
            (inside.slots ?? []).map((slot) =>
              h("div", {}, h("dt", {}, () => said(slot.name) || slot.type), h("dd", {}, String(slot.normalized ?? slot.value))),
            ),
          ),
        ]
      : "",
    customer.length
      ? [
          h("h3", {}, tr("inbox.customer")),
          h(
            "dl",
            { className: "pairs" },
            customer.map(([name, fact]) =>
              h(
                "div",
                {},
                h("dt", {}, factName(name)),
                h("dd", {}, factText(name, fact)),
              ),
            ),
          ),
        ]
      : "",
    inside.draft
      ? [
          h("h3", {}, tr("inbox.draft")),
          h("blockquote", {}, inside.draft.text),
          citationList(inside.draft.citations ?? []),
        ]
      : "",
    inside.tried?.length && isAdmin
      ? [
          h("h3", {}, tr("inbox.tried")),
          h(
            "ul",
            { className: "plain-list" },
            inside.tried.slice(0, 5).map((passageId) => h("li", {}, h("code", { className: "faint" }, passageId))),
          ),
        ]
      : "",
    h("h3", {}, tr("inbox.labels")),
    h(
      "div",
      { className: "row" },
      labels.map((label) =>
        h(
          "span",
          { className: "badge badge-plain" },
          label,
          h(
            "button",
            {
              type: "button",
              className: "badge-remove",
              "aria-label": t("inbox.removeLabel", { label }),
              on: { click: () => act("label", { remove: [label] }) },
            },
            "×",
          ),
        ),
      ),
    ),
    h("form", { on: { submit: addLabel } }, input),
  ];
}

const says = (fact) =>
  fact !== null && fact !== undefined && fact !== "" && (typeof fact !== "object" || Object.keys(fact).length > 0);
const factName = (name) => (hasWords(`fact.${name}`) ? t(`fact.${name}`) : name);

/** A fact in words: money from cents, an action with what came of it, lists one below the other. */
function factText(name, fact) {
  if (name.endsWith("_cents") && typeof fact === "number") return `${number(fact / 100, 2)} ${t("yuan")}`;
  if (Array.isArray(fact)) return fact.flatMap((item, at) => (at ? [h("br"), factText("", item)] : [factText("", item)]));
  if (typeof fact !== "object") return String(fact);
  if (fact.action) return `${fact.action} · ${fact.status}`;
  return Object.values(fact).filter(says).map(String).join(" · ");
}

/** Reply or private note; `/` offers canned replies; a suggestion is put into the box, never sent by itself. */
function composer(id, path, view, act) {
  const mode = signal("reply");
  const suggestion = signal(null);
  const isBusy = signal(false);
  const text = h("textarea", {
    rows: 3,
    maxLength: 8000,
    placeholder: () => t(mode.value === "reply" ? "inbox.replyHere" : "inbox.noteHere"),
    "aria-label": () => t(mode.value === "reply" ? "inbox.reply" : "inbox.note"),
  });
  const menu = cannedMenu(text, () => ({ language: ticketOf(view.value)?.language ?? "zh", conversation: id }));
  let proposed = null; // what was put into the box
  let requestId = crypto.randomUUID?.() ?? String(Math.random()); // the same reply sent twice reaches the customer once

  async function send() {
    const words = text.value.trim();
    if (!words || isBusy.peek()) return;
    isBusy.value = true;
    const proof = proposed
      ? { suggested: plain(proposed.text), receipt_id: proposed.receipt_id, citations: proposed.citations ?? [] }
      : {};
    const body = mode.peek() === "reply" ? { text: words, request_id: requestId, ...proof } : { text: words };
    const done = await act(mode.peek() === "reply" ? "reply" : "note", body);
    isBusy.value = false;
    if (!done) return;
    requestId = crypto.randomUUID?.() ?? String(Math.random());
    text.value = "";
    suggestion.value = null;
    proposed = null;
    text.focus();
  }
  async function suggest() {
    isBusy.value = true;
    const found = await attempt(() => post(`${path}/suggest`, {}));
    isBusy.value = false;
    if (found) suggestion.value = found.suggestion ?? found;
  }
  const use = (found) => {
    mode.value = "reply";
    text.value = plain(found.text);
    proposed = found;
    suggestion.value = null;
    text.focus();
  };
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isComposing(event)) {
      event.preventDefault();
      send();
    }
  });
  keepDraft(id, text);
  return h(
    "div",
    { className: () => `reply reply-${mode.value}` },
    () => (suggestion.value ? suggestionCard(suggestion.value, use, () => (suggestion.value = null)) : ""),
    menu,
    segments(
      tr("inbox.kind"),
      ["reply", "note"].map((name) => [name, tr(`inbox.${name}`)]),
      mode,
    ),
    text,
    h(
      "div",
      { className: "row" },
      button(tr("inbox.suggest"), suggest, { glyph: "spark", disabled: () => isBusy.value }),
      h("span", { className: "hint grow" }, tr("inbox.keys")),
      button(tr("inbox.send"), send, { glyph: "send", kind: "primary", disabled: () => isBusy.value }),
    ),
  );
}

function suggestionCard(found, use, drop) {
  return h(
    "div",
    { className: "card suggestion-card", role: "status" },
    h(
      "header",
      { className: "card-head" },
      h("h3", {}, tr("inbox.suggestion")),
      found.text && found.confidence !== undefined ? badge(percent(found.confidence, 0), "accent") : "",
    ),
    found.text ? h("p", {}, found.text) : h("p", { className: "faint" }, tr("inbox.noSuggestion")),
    citationList(found.citations ?? []),
    h(
      "div",
      { className: "row end" },
      button(tr("inbox.drop"), drop),
      found.text ? button(tr("inbox.use"), () => use(found), { kind: "primary" }) : "",
    ),
  );
}

/** As a customer gets it: the sources stand below the message. */
const plain = (words) => words.replace(/\s*\[\d+\]/g, "");

const drafts = new Map();

/** What was written and not sent stays with its conversation. */
function keepDraft(id, text) {
  text.value = drafts.get(id) ?? "";
  onEnd(() => {
    if (text.value.trim()) drafts.set(id, text.value);
    else drafts.delete(id);
  });
}
