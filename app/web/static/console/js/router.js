// Which page is open: everything behind the # of the address, so that each view can be linked to.

import { signal } from "./reactive.js";

export const route = signal(read());

function read() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return {
    path: path.split("/").filter(Boolean).map(decodeURIComponent),
    query: Object.fromEntries(new URLSearchParams(query)),
    key: location.hash,
  };
}

/** The address of a view. */
export function href(path, query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const parts = path.map(encodeURIComponent).join("/");
  return `#/${parts}${pairs.length ? `?${new URLSearchParams(pairs)}` : ""}`;
}

export function go(path, query) {
  location.hash = href(path, query);
}

/** Changes the query of the open view without a step in the history and without making the view anew. */
export function setQuery(query) {
  const { path } = route.peek();
  history.replaceState(null, "", href(path, query));
}

addEventListener("hashchange", () => {
  route.value = read();
});
