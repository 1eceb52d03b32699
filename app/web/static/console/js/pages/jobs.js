// Waiting for long work of the service.

import { events, get } from "../http.js";

/** The job when it is over; `onProgress` hears of each change. A stream that breaks is asked for again. */
export async function waitForJob(jobId, onProgress = () => {}) {
  const path = `/v1/admin/jobs/${jobId}`;
  let job = null;
  try {
    for await (const { data } of events(path)) {
      job = data;
      onProgress(data);
    }
  } catch {
    job = null;
  }
  while (!["done", "failed"].includes(job?.state)) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    job = await get(path);
    onProgress(job);
  }
  return job;
}
