// Talks to the service. The page's session is a cookie that scripts cannot read; a key is used only where one is asked.

import { storage } from "./dom.js";
import { events } from "./events.js";
import { Problem } from "./problem.js";

export const key = {
  get: () => storage.get("sessionStorage", "kefu.key"),
  set: (value) => storage.set("sessionStorage", "kefu.key", value),
};

async function send(path, options) {
  const headers = { ...options.headers };
  if (key.get()) headers.Authorization = `Bearer ${key.get()}`;
  try {
    return await fetch(path, { ...options, headers, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ code: "network" });
  }
}

async function request(path, options = {}) {
  let response = await send(path, options);
  if (response.status === 401 && !key.get()) {
    const renewed = await send("/v1/session", { method: "POST" });
    if (renewed.ok) response = await send(path, options);
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new Problem({ ...body, status: response.status });
}

const post = (path, body, options = {}) =>
  request(path, {
    ...options,
    method: "POST",
    headers: { "Content-Type": "application/json", ...options.headers },
    body: JSON.stringify(body),
  });

export const getStatus = async () => (await request("/v1/status")).json();

export const getPassage = async (passageId) =>
  (await request(`/v1/passages/${passageId.split("/").map(encodeURIComponent).join("/")}`)).json();

const conversationPath = (id) => `/v1/conversations/${encodeURIComponent(id)}`;

/** What is said in a conversation behind a message, as it comes, and who has it: `on.message`, `on.status`. */
export async function watch(conversationId, after, on, signal) {
  const query = after ? `?after=${encodeURIComponent(after)}` : "";
  const headers = { Accept: "text/event-stream" };
  const response = await request(`${conversationPath(conversationId)}/events${query}`, { headers, signal });
  for await (const { event, data } of events(response.body)) on[event]?.(data);
}

/** The question how it was; null where nothing is asked. */
export async function askSurvey(conversationId, language) {
  const response = await post(`${conversationPath(conversationId)}/survey?language=${language}`, {});
  return response.status === 204 ? null : response.json();
}

export const answerSurvey = async (surveyId, score, comment = null) =>
  (await post(`/v1/surveys/${encodeURIComponent(surveyId)}`, { score, comment })).json();

/** Somebody opened a source; nothing is lost where that cannot be told. */
export const tellOpened = (opened) => post("/v1/citations/opened", opened, { keepalive: true }).catch(() => {});

export const sendFeedback = async (feedback) => (await post("/v1/feedback", feedback)).json();

/** Asks, and calls `on[event](data)` for each event as it arrives. Ends after `done`; throws a Problem otherwise. */
export async function ask(question, on, signal) {
  const response = await post("/v1/chat", { ...question, stream: true }, { signal, headers: { Accept: "text/event-stream" } });
  let isDone = false;
  try {
    for await (const { event, data } of events(response.body)) {
      if (event === "error") throw new Problem(data);
      on[event]?.(data);
      isDone ||= event === "done";
    }
  } catch (error) {
    if (error instanceof Problem || error.name === "AbortError") throw error;
    throw new Problem({ code: "network" });
  }
  if (!isDone) throw new Problem({ code: "network" });
}
