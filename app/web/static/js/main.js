// The conversation: what was asked, what is being answered, what the service can do right now.

import { ask, getStatus, key } from "./api.js";
import { byId, el, storage } from "./dom.js";
import { applyLanguage, currentLanguage, onLanguage, switchLanguage, t } from "./i18n.js";
import { drawPeople, isWithPeople, listenTo, surveyOf, surveyView } from "./people.js";
import { closeSource, setUpSources } from "./sources.js";
import { setUpTheme } from "./theme.js";
import { announce, newTurn, turnView } from "./turn.js";

const HISTORY = 6; // earlier messages that go with a question
const KEPT = "kefu.conversation";
const ARRIVING_MS = 3000;
const SETTLED_MS = 60000;

const question = byId("question");
const talk = byId("talk");
// Kept by the service under `id`; `heard` is the newest message of the stream, `known` the ids of those on the page.
const newConversation = () => ({ id: null, status: null, heard: null, known: [], agent: null, expectedBy: null, survey: null });
let conversation = newConversation();
let turns = [];
const views = new Map();
let running = null; // { turn, abort }
let stopListening = null;
let status = null;
let isReachable = true;
let isPinned = true; // whether the newest words are kept in view

// ---- Conversation ----

/** `text` goes to the service; `shown` is what the customer sees of it, such as the label of a button. */
function send(text, shown = text) {
  const words = text.trim();
  if (!words || running) return;
  const turn = { ...newTurn(shown.trim()), message: words, requestId: newId() };
  turns.push(turn);
  question.value = "";
  fit();
  isPinned = true;
  answer(turn);
}

/** Earlier messages, where the service does not keep the conversation: it says so by leaving that out of its answers. */
function historyBefore(turn) {
  const earlier = turns.slice(0, turns.indexOf(turn)).filter((item) => item.answer && item.question);
  if (!earlier.length || earlier.at(-1).answer.conversation) return [];
  return earlier
    .flatMap((item) => [
      { role: "user", content: item.question },
      { role: "assistant", content: item.answer.text },
    ])
    .slice(-HISTORY);
}

/** Sent again after a broken connection, the same id gets the first reply, and nothing is done twice. */
const newId = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

async function answer(turn, isSecond = false) {
  const abort = new AbortController();
  running = { turn, abort };
  views.delete(turn); // a second try starts with a fresh view
  const before = turns[turns.indexOf(turn) - 1];
  Object.assign(turn, { state: "waiting", sentences: [], citations: [], said: [], answer: null, error: null, rating: null });
  listen(); // the stream of the turn says it all
  draw();
  if (before) redraw(before); // what it offered is no longer to be chosen
  setSending(true);
  const on = {
    citation: (citation) => turn.citations.push(citation),
    message: (message) => {
      turn.said.push(message);
      announce(message.text);
      redraw(turn);
    },
    sentence: (sentence) => {
      if (!turn.said.some((part) => part.isAnswer)) turn.said.push({ isAnswer: true });
      turn.sentences.push(sentence);
      announce(sentence.text);
      redraw(turn);
    },
    done: (whole) => {
      take(whole, turn);
      if (whole.status === "declined" && !whole.conversation?.messages.some((message) => !message.is_answer)) announce(whole.text);
    },
  };
  try {
    const body = { message: turn.message ?? turn.question, conversation_id: conversation.id, request_id: turn.requestId };
    await ask({ ...body, history: historyBefore(turn) }, on, abort.signal);
  } catch (error) {
    if (error.code === "conversation_missing" && !isSecond) {
      conversation = newConversation(); // forgotten there, or of a session that is over: a new one goes on
      await answer(turn, true);
      return;
    }
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

/** Takes in what the reply says of the conversation, so that nothing of it is shown again when it is heard. */
function take(whole, turn) {
  const { status: now = null, messages = [], handoff } = whole.conversation ?? {};
  conversation.id = whole.conversation_id ?? conversation.id;
  if (handoff) Object.assign(conversation, { expectedBy: handoff.expected_by, agent: null });
  const kept = messages.find((message) => message.answer)?.answer; // of a reply that was given before
  const fresh = messages.filter((message) => !conversation.known.includes(message.message_id));
  conversation.known.push(...fresh.map((message) => message.message_id));
  if (whole.conversation) turn.said = messages.map(({ text, is_answer: isAnswer }) => ({ text, isAnswer }));
  const { sentences, citations } = whole.sentences.length ? whole : (kept ?? whole);
  const isAnswered = !whole.conversation || messages.some((message) => message.is_answer);
  // Where the dialogue spoke in place of an answer, its verdict, such as "not found", is not shown either.
  const answer = isAnswered ? whole : { ...whole, status: isWithPeople(now) ? "handoff" : "answered", receipt_id: "" };
  Object.assign(turn, { state: "done", answer, sentences: isAnswered ? sentences : [], citations: isAnswered ? citations : [] });
  moveTo(now);
}

/** Who has the conversation now. */
function moveTo(now) {
  const before = conversation.status;
  conversation.status = now;
  drawPeople(conversation);
  if (now !== "resolved") conversation.survey = null;
  else if (before && before !== "resolved") showSurvey();
}

async function showSurvey() {
  const mine = conversation;
  const survey = await surveyOf(mine);
  if (!survey || mine !== conversation || mine.status !== "resolved") return;
  mine.survey = survey;
  draw();
  keep();
}

/** Hears what people write while one has the conversation. */
function listen() {
  stopListening?.();
  stopListening = null;
  if (!conversation.id || running || !isWithPeople(conversation.status)) return;
  stopListening = listenTo(conversation, {
    onMessage: hear,
    onStatus(now) {
      moveTo(now);
      keep();
      if (!isWithPeople(now)) listen();
    },
  });
}

function hear(message) {
  const isKnown = conversation.known.includes(message.message_id);
  if (isKnown || !["agent", "system"].includes(message.role)) return;
  conversation.known.push(message.message_id);
  const isNotice = message.role === "system";
  if (!isNotice) conversation.agent = message.author || null;
  const answer = { text: message.text, status: "answered", language: null };
  const from = isNotice ? t("assistant") : message.author || t("person");
  turns.push({ ...newTurn(""), state: "done", answer, from, isNotice, citations: message.data?.citations ?? [] });
  announce(message.text);
  drawPeople(conversation);
  draw();
  keep();
}

function stop() {
  running?.abort.abort();
}

function startAnew() {
  stop();
  closeSource();
  turns = [];
  views.clear();
  conversation = newConversation();
  listen();
  drawPeople(conversation);
  keep();
  draw();
  question.focus();
}

function keep() {
  const settled = turns.filter((turn) => turn.state !== "waiting");
  storage.set("sessionStorage", KEPT, settled.length ? JSON.stringify({ conversation, turns: settled }) : null);
}

function restore() {
  try {
    const kept = JSON.parse(storage.get("sessionStorage", KEPT) ?? "null");
    if (Array.isArray(kept?.turns) && kept.conversation) ({ conversation, turns } = kept);
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
  const survey = conversation.survey && surveyView(conversation.survey, () => (keep(), follow()));
  byId("turns").replaceChildren(...turns.map((turn) => views.get(turn).node), ...(survey ? [survey.node] : []));
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
  drawPeople(conversation);
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
