// Reading what the service says as it says it; the widget, one file for pages of others, has its own copy.

/** Server-sent events out of a body; comments (heartbeats) are skipped. */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const frames = (rest + value).split("\n\n");
    rest = frames.pop();
    for (const text of frames) {
      const found = { event: "message", data: "" };
      for (const line of text.split("\n")) {
        const colon = line.indexOf(":");
        if (colon > 0) found[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
      }
      if (found.data) yield { event: found.event, id: found.id, data: JSON.parse(found.data) };
    }
  }
}
