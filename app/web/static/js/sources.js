// The drawer with the words that a sentence rests on, marked in their passage.

import { getPassage, tellOpened } from "./api.js";
import { byId, el, icon } from "./dom.js";
import { onLanguage, t } from "./i18n.js";

let open = null; // { turn, at, opener, passage, state }: `at` counts in the turn's citations, which grow while it streams
let request = 0;

/** Where a citation stands: page, sheet, row, headings. */
export function placeOf({ location, title }) {
  const headings = (location.heading || "").split(" > ").filter((part) => part && part !== title);
  return [
    ...headings,
    location.sheet && t("sheet", { n: location.sheet }),
    location.page && t("page", { n: location.page }),
    location.row && t("row", { n: location.row }),
  ].filter(Boolean);
}

export function openSource(turn, marker, opener) {
  const at = turn.citations.findIndex((citation) => citation.marker === marker);
  if (at < 0) return;
  show(turn, at, { selector: opener.className, passage: opener.dataset.passage });
  byId("drawer-title").focus({ preventScroll: true });
}

export function closeSource() {
  if (!open) return;
  const { opener } = open;
  open = null;
  request += 1;
  byId("drawer").hidden = true;
  byId("veil").hidden = true;
  document.body.classList.remove("has-drawer");
  refreshSource();
  // The answer may have been drawn anew since: look for the chip that stands where the opener stood.
  const chips = [...document.querySelectorAll(`.${opener.selector}`)];
  chips.find((chip) => chip.dataset.passage === opener.passage)?.focus({ preventScroll: true });
}

async function show(turn, at, opener) {
  const citation = turn.citations[at];
  open = { turn, at, opener, passage: null, state: "loading" };
  request += 1;
  const mine = request;
  byId("drawer").hidden = false;
  byId("veil").hidden = false;
  document.body.classList.add("has-drawer");
  draw();
  const { receipt_id: receiptId, conversation_id: conversationId = null } = turn.answer ?? {};
  if (receiptId) tellOpened({ receipt_id: receiptId, marker: citation.marker, conversation_id: conversationId });
  try {
    const passage = await getPassage(citation.passage_id);
    if (mine !== request) return;
    const quoted = Array.from(passage.text).slice(citation.start, citation.end).join("");
    Object.assign(open, { passage, state: quoted === citation.quote ? "verified" : "changed" });
  } catch (error) {
    if (mine !== request) return;
    open.state = error.code === "passage_not_found" ? "changed" : "unreachable";
  }
  draw();
}

function draw() {
  if (!open) return;
  const { turn, at, passage, state } = open;
  const citation = turn.citations[at];
  refreshSource();
  byId("drawer-title").textContent = citation.title;
  const place = placeOf(citation);
  byId("drawer-body").replaceChildren(
    place.length ? el("p", { className: "place" }, place.map((part) => el("span", {}, part))) : "",
    state === "loading" ? el("p", { className: "drawer-wait" }, t("loading"), dots()) : note(state),
    el("blockquote", { className: "passage" }, words(citation, state === "verified" ? passage : null)),
    dates(passage),
    el("p", { className: "document" }, el("span", {}, t("document")), el("code", {}, citation.document_id)),
  );
  byId("drawer-body").scrollTop = 0;
  byId("drawer-body").querySelector("mark")?.scrollIntoView({ block: "center" });
}

function note(state) {
  const isFine = state === "verified";
  return el("p", { className: "drawer-note", data: { state } }, icon(isFine ? "check" : "info"), t(state));
}

/** The passage with the quote marked; offsets count code points, so the text is cut as such. */
function words(citation, passage) {
  if (!passage) return [el("mark", {}, citation.quote)];
  const points = Array.from(passage.text);
  return [
    points.slice(0, citation.start).join(""),
    el("mark", {}, points.slice(citation.start, citation.end).join("")),
    points.slice(citation.end).join(""),
  ];
}

function dates(passage) {
  const parts = [
    passage?.valid_from && t("validFrom", { date: passage.valid_from }),
    passage?.valid_to && t("validTo", { date: passage.valid_to }),
  ].filter(Boolean);
  return parts.length ? el("p", { className: "dates" }, parts.join(" · ")) : "";
}

/** After an answer was drawn or grew: which chip is open, and whether there are sources before and after. */
export function refreshSource() {
  const citation = open?.turn.citations[open.at];
  for (const chip of document.querySelectorAll("[data-passage]")) {
    chip.setAttribute("aria-expanded", String(Boolean(citation) && chip.dataset.passage === passageKey(citation)));
  }
  if (!citation) return;
  const total = open.turn.citations.length;
  byId("drawer-kicker").textContent = t("sourceOf", { n: citation.marker, total });
  byId("drawer-previous").disabled = open.at === 0;
  byId("drawer-next").disabled = open.at === total - 1;
}

/** Names one quote, for the chips that point at it. */
export const passageKey = (citation) => `${citation.passage_id} ${citation.start} ${citation.end}`;

export const dots = () => el("span", { className: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));

function step(by) {
  if (open && open.turn.citations[open.at + by]) show(open.turn, open.at + by, open.opener);
}

export function setUpSources() {
  byId("drawer-close").addEventListener("click", closeSource);
  byId("veil").addEventListener("click", closeSource);
  byId("drawer-previous").addEventListener("click", () => step(-1));
  byId("drawer-next").addEventListener("click", () => step(1));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) closeSource();
    const isInDrawer = byId("drawer").contains(document.activeElement);
    if (open && isInDrawer && event.key === "ArrowLeft") step(-1);
    if (open && isInDrawer && event.key === "ArrowRight") step(1);
  });
  onLanguage(draw);
}
