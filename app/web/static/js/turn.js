// One question with its answer: drawn from its state, so that a language switch or a reload can draw it again.

import { sendFeedback } from "./api.js";
import { copyText, el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { dots, openSource, passageKey, placeOf, refreshSource } from "./sources.js";

const ERRORS = {
  network: "errorNetwork",
  chat_busy: "errorBusy",
  conversation_busy: "errorBusy",
  rate_exceeded: "errorRate",
  question_too_long: "errorLong",
  body_too_large: "errorLong",
  question_empty: "errorEmpty",
  store_missing: "errorStore",
};

// What the buttons under a confirmation say and send, in the language of the conversation.
const CONFIRMATION = {
  zh: [["确认", "确认"], ["取消", "不用了"]],
  en: [["Confirm", "Yes"], ["Cancel", "No"]],
};

const REASONS = ["reasonWrong", "reasonIncomplete", "reasonOffTopic", "reasonSource"];

export const newTurn = (question) => ({
  question,
  state: "waiting", // waiting, done, stopped, failed
  sentences: [],
  citations: [],
  said: [], // in order: { text, choices } of a dialogue, { isAnswer } for the sentences
  answer: null,
  error: null,
  rating: null,
  from: null, // who wrote it, where a person did: such a turn has no question
  isNotice: false, // that somebody joined or left
});

/** The view of a turn; `draw()` shows its state as it is now. */
export function turnView(turn, { onRetry, onChoice, isOpen, isModelReady }) {
  const body = el("div", { className: "answer-body" });
  const reply = el("div", { className: "answer", role: "group" }, body);
  const question = el("div", { className: "asked", hidden: !turn.question }, el("span", { className: "sr" }), el("p", {}, turn.question));
  const node = el("li", { className: "turn" }, question, reply);
  let hasReasonForm = false;
  let shown = turn.state === "waiting" ? 0 : Infinity; // sentences that were drawn before: only new ones fade in

  function draw() {
    question.firstChild.textContent = `${t("you")}: `;
    reply.setAttribute("aria-label", turn.from || t("assistant"));
    node.classList.toggle("is-notice", turn.isNotice);
    const status = turn.answer?.status ?? "";
    reply.dataset.status = turn.state === "failed" ? "failed" : status;
    reply.setAttribute("aria-busy", String(turn.state === "waiting"));
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.passage : null;
    body.replaceChildren(
      ...[author(), heading(status), ...words(), choices(), waiting(), failure(), sources(), footer(), hasReasonForm ? reasonForm() : null].filter(Boolean),
    );
    if (focused) [...body.querySelectorAll("[data-passage]")].find((chip) => chip.dataset.passage === focused)?.focus();
    refreshSource();
  }

  const author = () => (turn.from ? el("p", { className: "intro" }, turn.from) : null);

  /** What the assistant offers to choose from or to confirm, while nothing was said since. */
  function choices() {
    const { choices: offered = [], confirms } = turn.answer?.conversation ?? {};
    if (!isOpen(turn) || !(offered.length || confirms)) return null;
    const button = (label, value, className) =>
      el("button", { type: "button", className, on: { click: () => onChoice(String(value ?? label), String(label)) } }, label);
    const buttons = offered.map(({ label, value }) => button(label, value, "quiet choice"));
    if (confirms && !offered.length) {
      const [yes, no] = CONFIRMATION[turn.answer.language === "en" ? "en" : "zh"];
      buttons.push(button(...yes, "primary choice"), button(...no, "quiet choice"));
    }
    const isLong = offered.some(({ label }) => String(label).length > 16);
    return el("div", { className: isLong ? "choices is-long" : "choices", role: "group", "aria-label": t("offered") }, buttons);
  }

  function heading(status) {
    if (!["declined", "partial", "handoff"].includes(status)) return null;
    if (status === "handoff" && turn.answer.conversation) return null; // the conversation says so in its own words
    return el("p", { className: "verdict" }, icon("info"), t(status));
  }

  /** What was said, in its order; lines that stand on buttons as well are left out. */
  function words() {
    const offered = turn.answer?.conversation?.choices;
    if (turn.answer?.conversation && !turn.said.length && !turn.from) {
      return [el("p", { className: "wait" }, icon("check"), t("delivered"))];
    }
    const parts = turn.said?.length ? turn.said : [{ isAnswer: true }];
    return parts.map((part) =>
      part.isAnswer ? answered(part.text) : el("p", { className: "text" }, withoutChoices(part.text, part.choices ?? offered)),
    );
  }

  function answered(whole = turn.answer?.text) {
    const standing = turn.sentences.filter((sentence) => sentence.supported);
    if (!standing.length) return turn.answer ? el("p", { className: "text" }, whole) : null;
    const isSpaced = (turn.answer?.language ?? (/[\u3400-\u9fff]/.test(standing[0].text) ? "zh" : "en")) === "en";
    const parts = standing.flatMap((sentence, number) => [
      number && isSpaced ? " " : "",
      number && sentence.lead ? el("span", { className: "lead" }, `${sentence.lead}${isSpaced ? " " : ""}`) : "",
      written(sentence, number >= shown),
    ]);
    if (turn.answer?.closing) parts.push(el("span", { className: "lead" }, `${isSpaced ? " " : ""}${turn.answer.closing}`));
    shown = Math.max(shown, standing.length);
    return el("div", {}, intro(standing[0], whole), el("p", { className: "text" }, parts));
  }

  // Words of the answer before its first sentence: that the source is in the other language.
  function intro(first, whole) {
    if (first.lead && !turn.answer) return el("p", { className: "intro" }, first.lead);
    const at = turn.answer ? whole.indexOf(first.text.slice(0, 8)) : 0;
    return at > 0 ? el("p", { className: "intro" }, whole.slice(0, at).trim()) : "";
  }

  // The chips stand before the closing punctuation, as the markers do in the text of the answer.
  function written(sentence, isNew) {
    const body = sentence.text.replace(/[。．.！!？?；;\s]+$/u, "");
    const chips = sentence.citations.map(chip);
    const className = isNew ? "sentence is-new" : "sentence";
    const end = body.match(/([A-Za-z0-9]{1,12}|.)$/u)?.index ?? body.length;
    const tail = el("span", { className: "tail" }, body.slice(end), ...chips, sentence.text.slice(body.length).trim());
    return el("span", { className }, body.slice(0, end), tail);
  }

  function chip(marker) {
    const citation = turn.citations.find((item) => item.marker === marker);
    if (!citation) return "";
    return el(
      "button",
      {
        type: "button",
        className: "chip",
        title: citation.title,
        "aria-label": t("source", { n: marker, title: citation.title }),
        "aria-expanded": "false",
        "aria-controls": "drawer",
        data: { passage: passageKey(citation) },
        on: { click: (event) => openSource(turn, marker, event.currentTarget) },
      },
      String(marker),
    );
  }

  function waiting() {
    if (turn.state === "waiting") {
      const key = turn.sentences.length || isModelReady() ? "writing" : "searching";
      return el("p", { className: "wait" }, t(key), dots());
    }
    return turn.state === "stopped" ? el("p", { className: "wait" }, t("stopped"), " ", retryButton()) : null;
  }

  function failure() {
    if (turn.state !== "failed") return null;
    const { code, requestId } = turn.error;
    return el(
      "div",
      { className: "failure", role: "alert" },
      icon("alert"),
      el(
        "div",
        {},
        el("p", {}, t(ERRORS[code] ?? "errorInternal")),
        requestId ? el("p", { className: "failure-id" }, t("errorId", { id: requestId })) : "",
        retryButton(),
      ),
    );
  }

  const retryButton = () =>
    el("button", { type: "button", className: "quiet", on: { click: () => onRetry(turn) } }, icon("retry"), t("retry"));

  function sources() {
    if (!turn.citations.length || turn.state === "waiting") return null;
    const rows = turn.citations.map((citation) =>
      el(
        "li",
        {},
        el(
          "button",
          {
            type: "button",
            className: "source",
            "aria-expanded": "false",
            "aria-controls": "drawer",
            data: { passage: passageKey(citation) },
            on: { click: (event) => openSource(turn, citation.marker, event.currentTarget) },
          },
          el("span", { className: "source-number" }, String(citation.marker)),
          el("span", { className: "source-title" }, citation.title),
          el("span", { className: "source-place" }, placeOf(citation).slice(-1).join("")),
        ),
      ),
    );
    return el("ul", { className: "sources", "aria-label": t("sources") }, rows);
  }

  function footer() {
    if (turn.state !== "done" || turn.from || !turn.answer.timings_ms || !turn.answer.receipt_id) return null;
    const { mode, model, timings_ms: timings, status } = turn.answer;
    const by = mode === "llm" ? t("byModel", { model }) : t("byExtract");
    const seconds = t("seconds", { n: (timings.total / 1000).toFixed(1) });
    return el(
      "div",
      { className: "footer" },
      copyButton(),
      rateButton("up", "helpful"),
      rateButton("down", "unhelpful"),
      el("span", { className: "meta" }, status === "declined" ? seconds : `${by} · ${seconds}`),
    );
  }

  function copyButton() {
    const button = el("button", { type: "button", className: "act", "aria-label": t("copy"), title: t("copy") }, icon("copy"));
    button.addEventListener("click", async () => {
      await copyText(turn.answer.text);
      button.replaceChildren(icon("check"));
      button.setAttribute("aria-label", t("copied"));
      announce(t("copied"));
      setTimeout(() => {
        button.replaceChildren(icon("copy"));
        button.setAttribute("aria-label", t("copy"));
      }, 1600);
    });
    return button;
  }

  function rateButton(rating, label) {
    const isPressed = turn.rating === rating;
    return el(
      "button",
      {
        type: "button",
        className: "act",
        "aria-label": t(label),
        "aria-pressed": String(isPressed),
        title: t(label),
        data: { rating },
        on: { click: () => rate(rating) },
      },
      icon(rating),
    );
  }

  async function rate(rating, more = {}) {
    const before = turn.rating;
    turn.rating = rating;
    hasReasonForm = rating === "down" && !more.reason && !more.correction;
    draw();
    reply.querySelector(`[data-rating="${rating}"]`)?.focus({ preventScroll: true });
    reply.querySelector(".reasons")?.scrollIntoView({ block: "nearest" });
    try {
      await sendFeedback({ receipt_id: turn.answer.receipt_id, rating, ...more });
      announce(t("thanks"));
      node.dispatchEvent(new CustomEvent("rated", { bubbles: true }));
    } catch {
      turn.rating = before;
      hasReasonForm = false;
      draw();
      body.append(el("p", { className: "wait", role: "alert" }, t("feedbackFailed")));
    }
  }

  function reasonForm() {
    const reasons = REASONS.map((name) =>
      el("label", { className: "reason" }, el("input", { type: "checkbox", value: name }), el("span", {}, t(name))),
    );
    const correction = el("input", { type: "text", maxLength: 4000, placeholder: t("correction"), "aria-label": t("correction") });
    const form = el(
      "form",
      { className: "reasons" },
      el("p", {}, t("reasonTitle")),
      el("div", { className: "reason-row" }, reasons),
      el("div", { className: "reason-row" }, correction, el("button", { type: "submit", className: "quiet" }, t("sendReason"))),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const reason = [...form.querySelectorAll("input:checked")].map((box) => box.value).join(", ") || null;
      hasReasonForm = false;
      if (reason || correction.value.trim()) rate("down", { reason, correction: correction.value.trim() || null });
      else draw();
    });
    return form;
  }

  draw();
  return { node, draw };
}

/** The text of a message without the numbered lines that channels without buttons get. */
export function withoutChoices(text, choices = []) {
  const lines = new Set(choices.map(({ label }, at) => `${at + 1}. ${label}`));
  return text.split("\n").filter((line) => !lines.has(line)).join("\n");
}

/** Says something to a screen reader. */
export function announce(words) {
  const live = document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => {
    live.textContent = words;
  });
}
