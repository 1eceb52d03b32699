// Values that views follow. Text is always text: nothing here parses markup.

let follower = null; // the effect that runs now: what it reads, it follows
const dirty = new Set();

/** A value; whoever reads `.value` in an effect runs again when it changes. */
export function signal(value) {
  const readers = new Set();
  return {
    get value() {
      if (follower) {
        readers.add(follower);
        follower.sources.add(readers);
      }
      return value;
    },
    set value(fresh) {
      if (Object.is(fresh, value)) return;
      value = fresh;
      for (const reader of readers) schedule(reader);
    },
    peek: () => value,
  };
}

function schedule(effect) {
  if (!dirty.size) queueMicrotask(flush);
  dirty.add(effect);
}

function flush() {
  for (const effect of dirty) {
    dirty.delete(effect);
    if (!effect.isOver) execute(effect);
  }
}

function execute(effect) {
  clear(effect);
  const before = follower;
  follower = effect;
  try {
    const cleanup = effect.run();
    if (typeof cleanup === "function") effect.cleanups.push(cleanup);
  } finally {
    follower = before;
  }
}

function clear(effect) {
  for (const readers of effect.sources) readers.delete(effect);
  effect.sources.clear();
  for (const cleanup of effect.cleanups.splice(0)) cleanup();
}

function dispose(effect) {
  effect.isOver = true;
  clear(effect);
}

/** Runs now and after each change of what it read; effects made inside end with it. Returns how to end it. */
export function effect(run) {
  const made = { run, sources: new Set(), cleanups: [], isOver: false };
  follower?.cleanups.push(() => dispose(made));
  execute(made);
  return () => dispose(made);
}

/** Calls `end` when the effect that runs now is over or runs again. */
export const onEnd = (end) => follower?.cleanups.push(end);

/** A value made of others; it changes only when the result does. */
export function computed(make) {
  const result = signal(undefined);
  effect(() => {
    result.value = make();
  });
  return result;
}

/** Reads without following. */
export function untracked(read) {
  const before = follower;
  follower = null;
  try {
    return read();
  } finally {
    follower = before;
  }
}

/**
 * An element. A property or child that is a function is kept up to date. Names with a dash, `role` and `for` are
 * attributes; `on` holds handlers, `data` the data-attributes.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (name === "data")
      for (const [key, item] of Object.entries(value)) follow(item, (is) => put(node, `data-${key}`, is));
    else follow(value, (is) => put(node, name, is));
  }
  append(node, children);
  return node;
}

function follow(value, apply) {
  if (typeof value === "function") effect(() => apply(value()));
  else apply(value);
}

function put(node, name, value) {
  const isAttribute =
    name.includes("-") ||
    ["role", "for", "list", "type"].includes(name) ||
    (name === "value" && node.tagName === "OPTION");
  if (!isAttribute) {
    if (value !== undefined && value !== null && node[name] !== value) node[name] = value;
  } else if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? (name.startsWith("data-") ? "" : "true") : String(value));
}

const isNothing = (child) => child === null || child === undefined || child === false || child === "";

export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (isNothing(child)) continue;
    parent.append(typeof child === "function" ? region(child) : child);
  }
}

/** A place whose content is made anew whenever what it read changes. */
function region(render) {
  const [start, end] = [document.createComment(""), document.createComment("")];
  const holder = document.createDocumentFragment();
  holder.append(start, end);
  effect(() => {
    const fresh = document.createDocumentFragment();
    append(fresh, render());
    while (start.nextSibling !== end) start.nextSibling.remove();
    end.before(fresh);
  });
  return holder;
}

/**
 * A list of which only what changed is made anew: an item whose object is the same keeps its node, and with it focus
 * and scroll position. `render(item)` gives one element.
 */
export function each(parent, read, keyOf, render) {
  let kept = new Map();
  effect(() => {
    const next = new Map();
    const items = read();
    untracked(() => {
      for (const item of items) {
        const key = keyOf(item);
        const before = kept.get(key);
        if (before && before.item === item) next.set(key, before);
        else next.set(key, made(item, render));
      }
    });
    const focused = document.activeElement?.closest?.("[data-key]");
    const focusKey = focused && parent.contains(focused) ? focused.dataset.key : null;
    for (const [key, entry] of kept) if (next.get(key) !== entry) entry.end();
    let place = parent.firstChild;
    for (const [key, { node }] of next) {
      node.dataset.key = key;
      if (node === place) place = place.nextSibling;
      else parent.insertBefore(node, place);
    }
    while (place) {
      const gone = place;
      place = place.nextSibling;
      gone.remove();
    }
    kept = next;
    if (focusKey !== null && !parent.contains(document.activeElement)) {
      const entry = next.get(focusKey) ?? [...next.values()][0];
      (entry?.node.matches("a,button,[tabindex]")
        ? entry.node
        : entry?.node.querySelector("a,button,[tabindex]")
      )?.focus();
    }
  });
  onEnd(() => kept.forEach((entry) => entry.end()));
  return parent;
}

/** What `make` gives, with what its views follow, and how to end them: for what opens and closes by itself. */
export function scope(make) {
  let result;
  const end = effect(() => {
    const owner = follower;
    result = make();
    for (const readers of owner.sources) readers.delete(owner); // it owns, and follows nothing itself
    owner.sources.clear();
  });
  return [result, end];
}

function made(item, render) {
  const [node, end] = scope(() => render(item));
  return { item, node, end };
}
