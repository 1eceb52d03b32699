// A list of any length of which only what can be seen is in the page. Rows have one height.

import { h, onEnd, scope } from "./reactive.js";

const MARGIN = 12; // rows beyond each edge
const PAGE = 200; // rows a request

/**
 * `fetchPage(offset, limit)` gives `{ rows, total }`; `render(row, index)` one element; `onOpen(row)` on Enter or click.
 * `setActive` marks a row without opening it.
 */
export function virtualList({
  label,
  rowHeight,
  fetchPage,
  render,
  onOpen,
  onTotal = () => {},
  keyOf = (_, at) => at,
}) {
  const pages = new Map(); // number of the page to its rows; null while it is on its way
  const shown = new Map(); // index to { node, end, row }
  let total = 0;
  let active = -1;
  let asked = 0; // grows with each reset: answers to earlier questions are dropped

  const sizer = h("div", { className: "virtual-rows", role: "presentation" });
  const frame = h(
    "div",
    { className: "virtual", role: "listbox", tabIndex: 0, "aria-label": label, data: { list: "" } },
    sizer,
  );

  const rowAt = (index) => pages.get(Math.floor(index / PAGE))?.[index % PAGE];

  async function need(number) {
    if (pages.has(number)) return;
    pages.set(number, null);
    const mine = asked;
    try {
      const found = await fetchPage(number * PAGE, PAGE);
      if (mine !== asked) return;
      pages.set(number, found.rows);
      setTotal(found.total);
    } catch (error) {
      if (mine !== asked) return;
      pages.delete(number);
      frame.dispatchEvent(new CustomEvent("listfailed", { detail: error }));
      return;
    }
    draw();
  }

  function setTotal(count) {
    total = count;
    sizer.style.setProperty("height", `${count * rowHeight}px`);
    onTotal(count);
  }

  function draw() {
    const first = Math.max(0, Math.floor(frame.scrollTop / rowHeight) - MARGIN);
    const last = Math.min(total - 1, Math.ceil((frame.scrollTop + frame.clientHeight) / rowHeight) + MARGIN);
    for (const [index, entry] of shown) {
      if (index < first || index > last || entry.row !== rowAt(index)) {
        entry.end();
        entry.node.remove();
        shown.delete(index);
      }
    }
    const fresh = document.createDocumentFragment();
    for (let index = first; index <= last; index += 1) {
      if (!shown.has(index)) fresh.append(make(index));
    }
    sizer.append(fresh);
    for (let number = Math.floor(first / PAGE); number <= Math.floor(Math.max(last, 0) / PAGE); number += 1)
      need(number);
  }

  function make(index) {
    const row = rowAt(index);
    const [node, end] = scope(() => {
      const outer = h("div", {
        className: row ? "virtual-row" : "virtual-row is-coming",
        id: `row-${index}`,
        role: "option",
        "aria-selected": String(index === active),
        "aria-setsize": total,
        "aria-posinset": index + 1,
      });
      outer.style.setProperty("transform", `translateY(${index * rowHeight}px)`);
      outer.style.setProperty("height", `${rowHeight}px`);
      outer.append(row ? render(row, index) : h("span", { className: "bone" }));
      return outer;
    });
    node.addEventListener("click", () => open(index));
    shown.set(index, { node, end, row });
    return node;
  }

  function mark(index) {
    shown.get(active)?.node.setAttribute("aria-selected", "false");
    active = index;
    shown.get(active)?.node.setAttribute("aria-selected", "true");
    frame.setAttribute("aria-activedescendant", `row-${index}`);
  }

  function open(index) {
    mark(index);
    const row = rowAt(index);
    if (row) onOpen?.(row, index);
  }

  function show(index) {
    const top = index * rowHeight;
    if (top < frame.scrollTop) frame.scrollTop = top;
    else if (top + rowHeight > frame.scrollTop + frame.clientHeight)
      frame.scrollTop = top + rowHeight - frame.clientHeight;
    draw();
  }

  function step(by) {
    if (!total) return;
    const next = Math.min(total - 1, Math.max(0, active + by));
    show(next);
    mark(next);
  }

  frame.addEventListener("scroll", draw, { passive: true });
  frame.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(frame.clientHeight / rowHeight) - 1);
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -total, End: total }[
      event.key
    ];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (by) {
      event.preventDefault();
      event.stopPropagation();
      step(by);
    } else if ((event.key === "Enter" || event.key === "o") && active >= 0) {
      event.preventDefault();
      open(active);
    }
  });
  const observer = new ResizeObserver(draw);
  observer.observe(frame);
  onEnd(() => {
    asked += 1;
    observer.disconnect();
    for (const entry of shown.values()) entry.end();
  });

  function reset({ keepsPlace = false } = {}) {
    asked += 1;
    pages.clear();
    if (!keepsPlace) {
      active = -1;
      frame.scrollTop = 0;
    }
    need(Math.floor(frame.scrollTop / rowHeight / PAGE));
  }

  /** The rows that are loaded, for one of a known key. */
  function indexOf(key) {
    for (const [number, rows] of pages) {
      const at = (rows ?? []).findIndex((row, place) => keyOf(row, number * PAGE + place) === key);
      if (at >= 0) return number * PAGE + at;
    }
    return -1;
  }

  need(0);
  return { frame, reset, step, show, mark, indexOf, open, rowAt, total: () => total };
}
