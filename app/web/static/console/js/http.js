// Talks to the service. The session is a cookie that scripts cannot read; its request token lives in this page only.

import { events as eventsOf } from "../../js/events.js";
import { Problem } from "../../js/problem.js";
import { signal } from "./reactive.js";

/** Who is signed in: name, scopes, company, version; null when nobody is, undefined until that is known. */
export const session = signal(undefined);

export const may = (scope) => Boolean(session.value?.scopes.includes(scope));

async function send(path, options = {}) {
  const headers = { ...options.headers };
  const token = session.peek()?.request_token;
  if (token) headers["X-Kefu-Console"] = token;
  let response;
  try {
    response = await fetch(path, { ...options, headers, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ code: "network" });
  }
  if (response.ok) return response;
  const problem = new Problem({ ...(await response.json().catch(() => ({}))), status: response.status });
  problem.retryAfterMs = retryAfter(response.headers.get("Retry-After"));
  if (response.status === 401 && session.peek()) session.value = null;
  throw problem;
}

const withJson = (method, body, options) => ({
  ...options,
  method,
  headers: body === undefined ? {} : { "Content-Type": "application/json" },
  body: body === undefined ? undefined : JSON.stringify(body),
});

async function json(response) {
  return response.status === 204 ? null : response.json();
}

export const get = async (path, options) => json(await send(path, options));
export const post = async (path, body, options) => json(await send(path, withJson("POST", body, options)));
export const put = async (path, body) => json(await send(path, withJson("PUT", body)));
export const remove = async (path, options) => json(await send(path, withJson("DELETE", undefined, options)));
export const postForm = async (path, form, options) =>
  json(await send(path, { ...options, method: "POST", body: form }));

/** An id of several parts, such as that of a document, within a path. */
export const encoded = (id) => id.split("/").map(encodeURIComponent).join("/");

/** A path with its query; what is empty is left out. */
export function withQuery(path, query) {
  const pairs = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return pairs.length ? `${path}?${new URLSearchParams(pairs)}` : path;
}

/** Saves an answer as a file: a link could not carry the request token. */
export async function download(path, name) {
  const url = URL.createObjectURL(await (await send(path)).blob());
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export async function signIn(key) {
  session.value = await post("/v1/console/session", { key });
}

export async function resume() {
  try {
    session.value = await get("/v1/console/session");
  } catch {
    session.value = null;
  }
}

export async function signOut() {
  await remove("/v1/console/session").catch(() => {});
  session.value = null;
}

/** Server-sent events of one request; those behind `last`, where the id of one is given. */
export async function* events(path, signal, last) {
  const headers = { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) };
  const response = await send(path, { signal, headers });
  yield* eventsOf(response.body);
}

/** Waits, or not any longer once it is over. */
const pause = (ms, signal) =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });

/** Milliseconds of a Retry-After, in seconds or as a date; 0 where there is none. */
function retryAfter(said) {
  if (!said) return 0;
  const ms = /^\s*\d+\s*$/.test(said) ? 1000 * Number(said) : Date.parse(said) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/**
 * Follows an event stream for as long as `signal` allows, and comes back after a break: 1, 2, 4 … 30 seconds, or as late
 * as the service asks for, and goes on behind the last event. A service that is busy is no reason to give up; being
 * refused is.
 */
export async function follow(path, signal, on) {
  let last;
  for (let wait = 1000; !signal.aborted; wait = Math.min(wait * 2, 30_000)) {
    let asked = 0;
    try {
      for await (const event of events(path, signal, last)) {
        wait = 1000;
        last = event.id ?? last;
        on(event);
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.status && error.status < 500 && error.status !== 429) throw error;
      asked = error.retryAfterMs ?? 0;
    }
    await pause(Math.max(wait, asked), signal);
  }
}
