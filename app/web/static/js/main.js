// The conversation: what was asked, what is being answered, what the service can do right now.

import { ask, getMessages, getStatus, key } from "./api.js";
import { byId, el, storage } from "./dom.js";
import { applyLanguage, currentLanguage, onLanguage, switchLanguage, t } from "./i18n.js";
import { closeSource, setUpSources } from "./sources.js";
import { setUpTheme } from "./theme.js";
import { announce, newTurn, turnView } from "./turn.js";

const HISTORY = 6; // earlier messages that go with a question
const KEPT = "kefu.conversation";
const ARRIVING_MS = 3000;
const SETTLED_MS = 60000;
const PERSON_MS = 4000; // between looks for what a person wrote, while one has the conversation

const question = byId("question");
const talk = byId("talk");
let conversationId = null;
let turns = [];
const views = new Map();
let running = null; // { turn, abort }
let heard = null; // id of the newest message that was shown of a person
let listening = null;
let status = null;
let isReachable = true;
let isPinned = true; // whether the newest words are kept in view

// ---- Conversation ----

/** `text` goes to the service; `shown` is what the customer sees of it, such as the label of a button. */
function send(text, shown = text) {
  const words = text.trim();
  if (!words || running) return;
  const turn = { ...newTurn(shown.trim()), message: words };
  turns.push(turn);
  question.value = "";
  fit();
  isPinned = true;
  answer(turn);
}

async function answer(turn) {
  const abort = new AbortController();
  running = { turn, abort };
  views.delete(turn); // a second try starts with a fresh view
  const before = turns[turns.indexOf(turn) - 1];
  Object.assign(turn, { state: "waiting", sentences: [], citations: [], answer: null, error: null, rating: null });
  draw();
  if (before) redraw(before); // what it offered is no longer to be chosen
  setSending(true);
  const earlier = turns.slice(0, turns.indexOf(turn)).filter((item) => item.answer && item.question);
  const history = earlier
    .flatMap((item) => [
      { role: "user", content: item.question },
      { role: "assistant", content: item.answer.text },
    ])
    .slice(-HISTORY);
  const on = {
    citation: (citation) => turn.citations.push(citation),
    sentence: (sentence) => {
      turn.sentences.push(sentence);
      announce(sentence.text);
      redraw(turn);
    },
    done: (whole) => {
      conversationId = whole.conversation_id ?? conversationId;
      Object.assign(turn, { state: "done", answer: whole, sentences: whole.sentences, citations: whole.citations });
      if (whole.status === "declined") announce(whole.text);
    },
  };
  try {
    await ask({ message: turn.message ?? turn.question, conversation_id: conversationId, history }, on, abort.signal);
  } catch (error) {
    if (error.name === "AbortError") {
      turn.state = "stopped";
      announce(t("stopped"));
    } else {
      turn.state = "failed";
      turn.error = { code: error.code ?? "internal", requestId: error.requestId ?? "" };
      if (error.status === 401) askForKey(true);
    }
  } finally {
    if (running?.turn === turn) {
      running = null;
      setSending(false);
    }
    redraw(turn);
    keep();
    listen();
  }
}

/** Looks for what a person writes while one has the conversation; a service without that is left alone. */
function listen() {
  clearTimeout(listening);
  const last = turns.at(-1);
  if (conversationId && (last?.answer?.status === "handoff" || last?.from)) listening = setTimeout(hear, PERSON_MS);
}

async function hear() {
  try {
    for (const message of await getMessages(conversationId, heard)) {
      heard = message.message_id;
      if (!["agent", "system"].includes(message.role)) continue;
      const answer = { text: message.text, status: "answered", language: null };
      turns.push({ ...newTurn(""), state: "done", answer, from: message.author || t("person") });
      announce(message.text);
      draw();
      keep();
    }
  } catch (error) {
    if (error.status === 404) return;
  }
  listen();
}

function stop() {
  running?.abort.abort();
}

function startAnew() {
  stop();
  closeSource();
  turns = [];
  views.clear();
  conversationId = heard = null;
  clearTimeout(listening);
  keep();
  draw();
  question.focus();
}

function keep() {
  const settled = turns.filter((turn) => turn.state !== "waiting");
  storage.set("sessionStorage", KEPT, settled.length ? JSON.stringify({ conversationId, heard, turns: settled }) : null);
}

function restore() {
  try {
    const kept = JSON.parse(storage.get("sessionStorage", KEPT) ?? "null");
    if (Array.isArray(kept?.turns)) ({ conversationId, heard = null, turns } = kept);
  } catch {
    storage.set("sessionStorage", KEPT, null);
  }
}

// ---- Drawing ----

function draw() {
  const hasTurns = turns.length > 0;
  byId("welcome").hidden = hasTurns;
  byId("new-chat").hidden = !hasTurns;
  document.body.classList.toggle("is-empty", !hasTurns);
  for (const turn of turns) {
    if (!views.has(turn)) {
      const isModelReady = () => status?.mode === "llm";
      const isOpen = (item) => item === turns.at(-1) && !running;
      views.set(turn, turnView(turn, { onRetry: (item) => !running && answer(item), onChoice: send, isOpen, isModelReady }));
    }
  }
  byId("turns").replaceChildren(...turns.map((turn) => views.get(turn).node));
  drawSuggestions();
  follow();
}

function redraw(turn) {
  views.get(turn)?.draw();
  follow();
}

function drawSuggestions() {
  const items = status?.suggestions?.[currentLanguage()] ?? [];
  byId("suggestions").replaceChildren(
    ...items.map((text) =>
      el("li", {}, el("button", { type: "button", className: "suggestion", on: { click: () => send(text) } }, text)),
    ),
  );
}

function drawStatus() {
  const name = status?.name?.[currentLanguage()] || t("assistant");
  byId("company").textContent = name;
  document.title = name;
  const model = status?.language_model;
  let [state, words] = ["off", status ? t("modeOff") : ""];
  if (!isReachable) [state, words] = ["failed", t("modeUnreachable")];
  else if (status && !status.ready) [state, words] = ["failed", t("modeNotReady")];
  else if (model?.state === "ready") [state, words] = ["ready", model.model ?? t("modeReady")];
  else if (model?.state === "arriving") {
    const isKnown = typeof model.progress === "number";
    words = isKnown ? t("modeArrivingAt", { n: Math.floor(model.progress * 100) }) : t("modeArriving");
    state = "arriving";
  } else if (model?.state === "failed") [state, words] = ["off", t("modeFailed")];
  byId("mode").dataset.state = state;
  byId("mode").title = model?.message ?? words;
  byId("mode-text").textContent = words;
}

function follow() {
  if (isPinned) talk.scrollTop = talk.scrollHeight;
  noteScroll();
}

function noteScroll() {
  byId("to-end").hidden = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 120;
}

function setSending(isSending) {
  byId("send").classList.toggle("is-stop", isSending);
  byId("send").dataset.i18nLabel = isSending ? "stop" : "send";
  byId("send").setAttribute("aria-label", t(isSending ? "stop" : "send"));
  byId("send").title = t(isSending ? "stop" : "send");
  setReady();
}

function setReady() {
  byId("send").disabled = !running && !question.value.trim();
}

// ---- Composer ----

function fit() {
  question.style.height = "auto";
  question.style.height = `${Math.min(question.scrollHeight, 200)}px`;
  setReady();
}

function setUpComposer() {
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    if (running) stop();
    else send(question.value);
  });
  question.addEventListener("input", fit);
  question.addEventListener("keydown", (event) => {
    // While an input method composes, Enter picks a candidate: it must not send. Safari says so by key code alone.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!running) send(question.value);
  });
}

// ---- Status of the service ----

async function watchStatus() {
  let wait = SETTLED_MS;
  try {
    const before = status?.language_model?.state;
    status = await getStatus();
    isReachable = true;
    if (before === "arriving" && status.language_model.state === "ready") announce(t("joined"));
    if (status.language_model.state === "arriving" || !status.ready) wait = ARRIVING_MS;
  } catch (error) {
    if (error.status === 401) {
      askForKey(Boolean(key.get()));
      return;
    }
    isReachable = error.code !== "network";
    wait = ARRIVING_MS;
  }
  drawStatus();
  drawSuggestions();
  setTimeout(watchStatus, wait);
}

function askForKey(isWrong) {
  key.set(null);
  byId("key-error").textContent = isWrong ? t("keyWrong") : "";
  if (!byId("key-dialog").open) byId("key-dialog").showModal();
}

function setUpKey() {
  byId("key-form").addEventListener("submit", () => {
    key.set(byId("key").value.trim() || null);
    byId("key").value = "";
    watchStatus();
  });
  byId("key-dialog").addEventListener("cancel", (event) => event.preventDefault());
}

// ---- Start ----

setUpTheme();
setUpSources();
setUpComposer();
setUpKey();
byId("new-chat").addEventListener("click", startAnew);
byId("language").addEventListener("click", switchLanguage);
byId("to-end").addEventListener("click", () => {
  isPinned = true;
  follow();
});
talk.addEventListener("scroll", () => {
  isPinned = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
  noteScroll();
}, { passive: true });
document.addEventListener("rated", keep);
onLanguage(() => {
  byId("language-text").textContent = t("otherLanguage");
  byId("language").setAttribute("aria-label", t("switchLanguage"));
  byId("language").title = t("switchLanguage");
  for (const view of views.values()) view.draw();
  drawStatus();
  drawSuggestions();
});
restore();
listen();
applyLanguage();
draw();
setReady();
watchStatus();
if (matchMedia("(hover: hover)").matches) question.focus();
