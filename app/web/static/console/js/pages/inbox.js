// The agents' desk: what waits, one conversation with its packet, and the reply.

import { follow, get, may, post, session, withQuery } from "../http.js";
import { ago } from "../format.js";
import { afterPause, badge, button, empty, explained, failure, pageHead, segments } from "../parts.js";
import { computed, each, effect, h, onEnd, signal } from "../reactive.js";
import { route, setQuery } from "../router.js";
import { hasWords, said, t, tr } from "../words.js";
import { conversationView } from "./inbox_conversation.js";

const VIEWS = ["active", "queued", "mine", "late", "resolved"];
const ALIVE_MS = 30_000;
const MINUTE_MS = 30_000;
const PRIORITY_TONES = { urgent: "danger", high: "caution", normal: "plain", low: "plain" };

export default function inbox() {
  const view = signal("active");
  const wanted = signal("");
  const state = signal({ rows: [], counts: {}, cursor: null, error: null, isLoading: true });
  const chosen = signal(route.peek().query.conversation ?? null);
  const news = signal({ conversation_id: null }); // the newest thing that happened, for the open conversation
  const isLive = signal(false);
  const now = signal(Date.now());
  let asked = 0;

  async function load({ more = false } = {}) {
    asked += 1;
    const mine = asked;
    const { rows, cursor } = state.peek();
    state.value = { ...state.peek(), isLoading: true };
    const query = {
      status: view.peek() === "mine" ? "active" : view.peek(),
      mine: view.peek() === "mine" ? "true" : "",
      q: wanted.peek(),
      cursor: more ? cursor : "",
    };
    try {
      const found = await get(withQuery("/v1/agent/inbox", query));
      if (mine !== asked) return;
      const fresh = found.conversations;
      state.value = {
        rows: more ? [...rows, ...fresh] : fresh,
        counts: withActive(found.counts ?? {}),
        cursor: found.cursor ?? null,
        error: null,
        isLoading: false,
      };
    } catch (error) {
      if (mine === asked) state.value = { ...state.peek(), error, isLoading: false };
    }
  }
  effect(() => {
    view.value;
    wanted.value;
    load();
  });

  const reload = afterPause(load, 150);
  listen((event) => {
    news.value = event;
    reload();
  }, isLive);
  const clock = setInterval(() => (now.value = Date.now()), MINUTE_MS);
  onEnd(() => clearInterval(clock));

  const open = (row) => {
    chosen.value = row.conversation_id;
    setQuery({ conversation: row.conversation_id });
  };
  const close = () => {
    chosen.value = null;
    setQuery({});
  };
  const list = each(
    h("ul", { className: "plain-list", "data-list": true, "aria-label": tr("inbox.title") }),
    () => state.value.rows,
    (row) => row.conversation_id,
    (row) => h("li", {}, ticketRow(row, chosen, open, now)),
  );
  const search = h("input", {
    type: "search",
    "data-search": true,
    placeholder: tr("inbox.filter"),
    "aria-label": tr("inbox.filter"),
    on: { input: afterPause(() => (wanted.value = search.value.trim())) },
  });
  // Only when this changes is the page drawn anew: what an agent is writing outlives each piece of news.
  const isMissing = computed(() => Boolean(state.value.error?.isMissingPart));

  return h(
    "div",
    { className: "page page-split" },
    pageHead("inbox", () =>
      isMissing.value
        ? ""
        : [
            h("span", { className: "live", role: "status" }, () =>
              badge(t(isLive.value ? "inbox.live" : "inbox.connecting"), isLive.value ? "good" : "caution"),
            ),
          ],
    ),
    () =>
      isMissing.value
        ? failure(state.peek().error, load, "inbox")
        : [
            h("div", { className: "toolbar" }, viewChooser(view, state), search),
            h(
              "div",
              { className: () => (chosen.value ? "split inbox-split has-chosen" : "split inbox-split") },
              h(
                "section",
                { className: "split-list", "aria-label": tr("inbox.list") },
                () =>
                  state.value.error
                    ? h("p", { className: "notice notice-danger", role: "alert" }, explained(state.value.error))
                    : "",
                list,
                () =>
                  !state.value.rows.length && !state.value.isLoading && !state.value.error
                    ? empty("inbox", tr("inbox.none"), tr("inbox.noneText"))
                    : "",
                () =>
                  state.value.cursor ? button(tr("more"), () => load({ more: true }), { kind: "ghost wide" }) : "",
              ),
              () =>
                chosen.value
                  ? conversationView(chosen.value, {
                      news,
                      close,
                      onChanged: reload,
                      me: session.peek().name,
                      isAdmin: may("admin"),
                    })
                  : h(
                      "section",
                      { className: "split-main" },
                      empty("inbox", tr("inbox.choose"), tr("inbox.chooseText")),
                    ),
            ),
          ],
  );
}

/** The first view holds all that is not over. */
const withActive = (counts) => ({
  ...counts,
  active: (counts.queued ?? 0) + (counts.assigned ?? 0) + (counts.answered ?? 0),
});

const viewChooser = (view, state) =>
  segments(
    tr("inbox.views"),
    VIEWS.map((name) => [name, tr(`inbox.view.${name}`), () => countBehind(state.value.counts[name])]),
    view,
  );

const countBehind = (count) => (count ? h("span", { className: "segment-count" }, String(count)) : "");

/** Events for as long as the page is open, and a sign of life so that conversations do not go back to the queue. */
function listen(onEvent, isLive) {
  const abort = new AbortController();
  const alive = (state) =>
    post("/v1/agent/presence", { state }, { keepalive: true }).then(
      () => (isLive.value = true),
      () => (isLive.value = false),
    );
  alive("online");
  const timer = setInterval(() => alive("online"), ALIVE_MS);
  follow("/v1/agent/events", abort.signal, ({ event, data }) => {
    isLive.value = true;
    if (event === "conversation") onEvent(data);
  }).catch(() => (isLive.value = false));
  onEnd(() => {
    clearInterval(timer);
    abort.abort();
  });
}

function ticketRow(row, chosen, open, now) {
  const isLate = () =>
    row.due_at &&
    new Date(row.due_at).getTime() < now.value &&
    !["resolved", "returned", "answered"].includes(row.state);
  return h(
    "button",
    {
      type: "button",
      className: "list-button ticket",
      "data-item": true,
      "aria-current": () => (chosen.value === row.conversation_id ? "true" : null),
      on: { click: () => open(row) },
    },
    h(
      "span",
      { className: "row-text" },
      h(
        "span",
        { className: "row-title" },
        row.customer_id ?? t("inbox.visitor"),
        " ",
        h("span", { className: "faint" }, () => (now.value, ago(row.waiting_since ?? row.changed_at))),
      ),
      h("span", { className: "row-detail" }, () => row.preview || row.topic || said(row.intent_name)),
      h(
        "span",
        { className: "row badges" },
        reason(row.reason),
        row.agent ? badge(row.agent, "accent") : badge(tr("inbox.unassigned")),
        () => (isLate() ? badge(t("inbox.late"), "danger") : ""),
        row.is_for_supervisor ? badge(tr("inbox.supervisor"), "caution") : "",
      ),
    ),
    row.priority && row.priority !== "normal"
      ? badge(
          () => (hasWords(`priority.${row.priority}`) ? t(`priority.${row.priority}`) : row.priority),
          PRIORITY_TONES[row.priority] ?? "plain",
        )
      : "",
  );
}

export const reason = (name) => (name ? badge(() => (hasWords(`handoff.${name}`) ? t(`handoff.${name}`) : name)) : "");
