// People behind the conversation: who has it, what they write as they write it, and how it was once it is over.

import { answerSurvey, askSurvey, watch } from "./api.js";
import { byId, el } from "./dom.js";
import { currentLanguage, t } from "./i18n.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;

export const isWithPeople = (status) => status === "waiting" || status === "with_agent";

/** Follows a conversation ({ id, heard }) until the function that it returns is called; goes on after a cut. */
export function listenTo(conversation, { onMessage, onStatus }) {
  const abort = new AbortController();
  let wait = FIRST_WAIT_MS;
  const on = {
    message(message) {
      wait = FIRST_WAIT_MS;
      conversation.heard = message.message_id;
      onMessage(message);
    },
    status: ({ status }) => onStatus(status),
  };
  (async () => {
    while (!abort.signal.aborted) {
      try {
        await watch(conversation.id, conversation.heard, on, abort.signal);
      } catch (error) {
        if (error.status >= 400 && error.status < 500 && error.status !== 429) return; // there is nothing to follow
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  })();
  return () => abort.abort();
}

/** A time of day, with its day where that is not today. */
function clockOf(at) {
  const isToday = at.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { month: "short", day: "numeric" };
  return at.toLocaleString(currentLanguage(), { ...day, hour: "2-digit", minute: "2-digit" });
}

/** The line above the composer: that a person is waited for, or is there. */
export function drawPeople({ status, expectedBy, agent }) {
  byId("people").hidden = !isWithPeople(status);
  byId("people").dataset.status = status ?? "";
  const time = expectedBy && clockOf(new Date(expectedBy));
  const words =
    status === "waiting"
      ? time && new Date(expectedBy) > Date.now() ? t("waitingUntil", { time }) : t("waitingFor")
      : agent ? t("withNamed", { name: agent }) : t("withPerson");
  if (byId("people-text").textContent !== words) byId("people-text").textContent = words;
}

/** What there is to be asked about a resolved conversation; null where the customer is left in peace. */
export const surveyOf = (conversation) => askSurvey(conversation.id, currentLanguage()).catch(() => null);

/** The question how it was. `survey` is kept by the caller: its score changes with the answer. */
export function surveyView(survey, onChange) {
  const node = el("li", { className: "turn survey" });
  let hasFailed = false;

  async function rate(score, comment) {
    const before = survey.score;
    Object.assign(survey, { score, isThanked: comment !== undefined });
    draw();
    try {
      Object.assign(survey, await answerSurvey(survey.survey_id, score, comment || null));
      hasFailed = false;
    } catch {
      Object.assign(survey, { score: before, isThanked: false });
      hasFailed = true;
    }
    draw();
    node.querySelector(`[aria-pressed="true"]`)?.focus({ preventScroll: true });
    onChange();
  }

  function draw() {
    const scores = [];
    for (let score = survey.least; score <= survey.greatest; score += 1) {
      const props = {
        type: "button",
        className: "score",
        "aria-pressed": String(survey.score === score),
        "aria-label": t("surveyScore", { n: score }),
        on: { click: () => rate(score) },
      };
      scores.push(el("button", props, String(score)));
    }
    const ends = survey.kind === "nps" ? ["surveyUnlikely", "surveyLikely"] : ["surveyLeast", "surveyMost"];
    node.replaceChildren(
      el("p", {}, survey.question),
      el("div", { className: "scores", role: "group", "aria-label": survey.question }, scores),
      el("p", { className: "score-ends", "aria-hidden": "true" }, ends.map((name) => el("span", {}, t(name)))),
      hasFailed ? el("p", { className: "wait", role: "alert" }, t("surveyFailed")) : "",
      survey.score === null || survey.score === undefined ? "" : thanks(),
    );
  }

  function thanks() {
    if (survey.isThanked) return el("p", { className: "wait", role: "status" }, t("thanks"));
    const comment = el("input", { type: "text", maxLength: 2000, placeholder: t("surveyComment"), "aria-label": t("surveyComment") });
    const submit = (event) => {
      event.preventDefault();
      rate(survey.score, comment.value.trim());
    };
    return el(
      "form",
      { className: "reason-row", on: { submit } },
      el("p", { className: "wait", role: "status" }, t("thanks")),
      comment,
      el("button", { type: "submit", className: "quiet" }, t("sendReason")),
    );
  }

  draw();
  return { node, draw };
}
