// Files on their way in: sent in batches, each with its own state, live until the index has them.

import { postForm } from "../http.js";
import { bytes } from "../format.js";
import { badge, button, explained } from "../parts.js";
import { each, h, onEnd, signal } from "../reactive.js";
import { complain } from "../toast.js";
import { t, tr } from "../words.js";
import { waitForJob } from "./jobs.js";

const BATCH_FILES = 40;
const BATCH_BYTES = 100 * 2 ** 20;
const TONES = { done: "good", refused: "danger" };

const files = signal([]); // { id, name, size, status, message, documentId }
const stage = signal(null); // of the running job: { stage, done, total }
const listeners = new Set();
let numbers = 0;
let work = Promise.resolve();

/** Calls back when a job has changed the index, for as long as the view is open. */
export function onUploaded(listener) {
  listeners.add(listener);
  onEnd(() => listeners.delete(listener));
}

const change = (ids, fields) => {
  files.value = files.peek().map((file) => (ids.includes(file.id) ? { ...file, ...fields } : file));
};

function add(chosen) {
  const fresh = [...chosen].map((file) => ({
    id: (numbers += 1),
    name: file.name,
    size: file.size,
    status: "waiting",
    message: "",
    file,
  }));
  files.value = [...files.peek().filter((file) => file.status !== "done"), ...fresh];
  for (const batch of batches(fresh)) work = work.then(() => send(batch)).catch(complain);
}

function batches(items) {
  const made = [[]];
  let size = 0;
  for (const item of items) {
    const last = made[made.length - 1];
    if (last.length && (last.length >= BATCH_FILES || size + item.size > BATCH_BYTES)) {
      made.push([item]);
      size = item.size;
    } else {
      last.push(item);
      size += item.size;
    }
  }
  return made.filter((batch) => batch.length);
}

async function send(batch) {
  const ids = batch.map((item) => item.id);
  change(ids, { status: "sending" });
  const form = new FormData();
  for (const item of batch) form.append("files", item.file, item.name);
  let reply;
  try {
    reply = await postForm("/v1/admin/documents", form);
  } catch (error) {
    change(ids, { status: "refused", message: explained(error) });
    return;
  }
  batch.forEach((item, at) => {
    const row = reply.files[at];
    change([item.id], { status: row.status, message: row.message ?? "", documentId: row.document_id, file: null });
  });
  await followJob(reply.job.job_id);
}

/** Shows how far a job is, until it is over. */
async function followJob(jobId) {
  try {
    const { state, error } = await waitForJob(jobId, showProgress);
    if (state === "failed") complain(Object.assign(new Error(error?.message), { code: error?.code, status: 500 }));
  } catch (error) {
    complain(error);
  }
  stage.value = null;
  for (const listener of listeners) listener();
}

function showProgress({ state, progress }) {
  stage.value = state === "running" ? progress : null;
  for (const row of progress?.files ?? []) {
    const ids = files
      .peek()
      .filter((file) => file.documentId === row.document_id && file.status !== "refused")
      .map((file) => file.id);
    if (ids.length) change(ids, { status: row.status, message: row.message ?? "" });
  }
}

export const uploads = { add, followJob };

export function chooseFiles() {
  const input = h("input", { type: "file", multiple: true });
  input.addEventListener("change", () => add(input.files));
  input.click();
}

export function uploadTray() {
  const list = h("ul", { className: "upload-files", "aria-label": tr("upload.title") });
  each(
    list,
    () => files.value.slice(0, 200),
    (file) => String(file.id),
    fileRow,
  );
  return h(
    "section",
    { className: "card upload-tray", hidden: () => files.value.length === 0 && !stage.value, "aria-live": "polite" },
    h(
      "header",
      { className: "card-head" },
      h("h2", {}, tr("upload.title")),
      h("p", { className: "faint" }, () => (stage.value ? progress(stage.value) : summary())),
      button(
        tr("upload.clear"),
        () => (files.value = files.peek().filter((file) => !["done", "refused"].includes(file.status))),
        { kind: "ghost" },
      ),
    ),
    list,
  );
}

const summary = () =>
  t("upload.summary", { done: files.value.filter((file) => file.status === "done").length, total: files.value.length });

function progress({ stage: name, done, total }) {
  const words = t(`stage.${name}`);
  return total ? `${words} ${done} / ${total}` : words;
}

function fileRow(file) {
  return h(
    "li",
    { className: "upload-file" },
    h(
      "span",
      { className: "row-text" },
      h("span", { className: "row-title" }, file.name),
      file.message ? h("span", { className: "row-detail problem" }, file.message) : "",
    ),
    h("span", { className: "row-meta" }, bytes(file.size)),
    badge(tr(`file.${file.status}`), TONES[file.status] ?? "caution"),
  );
}
