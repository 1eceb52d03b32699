// Elements without innerHTML: text is always text.

const SVG = "http://www.w3.org/2000/svg";

/** An element; `props` are properties, or attributes where the name has a dash or is `role` and the like. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    } else if (name === "data") {
      Object.assign(node.dataset, value);
    } else if (name.includes("-") || name === "role") {
      node.setAttribute(name, value);
    } else {
      node[name] = value;
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const PATHS = {
  copy: "M9 9h10v11H9zM5 15V4h10",
  check: "M5 12.500l4.500 4.500L19 7.500",
  up: "M7 11v9H4v-9zM7 11l4-7c1.500 0 2.500 1 2.200 2.500L12.500 10H18c1.500 0 2.300 1.200 2 2.500l-1.300 6c-.2 1-1 1.500-2 1.500H7",
  down: "M7 13V4H4v9zM7 13l4 7c1.500 0 2.500-1 2.200-2.500L12.500 14H18c1.500 0 2.300-1.200 2-2.500l-1.300-6C18.500 4.500 17.700 4 16.700 4H7",
  retry: "M4.500 12a7.500 7.500 0 1 1 2.200 5.300M4.500 18.500v-4h4",
  info: "M12 11v5.500M12 7.500v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  alert: "M12 8.500v5M12 16.800v.1M10.300 4.200L2.800 17.500A2 2 0 0 0 4.500 20.500h15a2 2 0 0 0 1.700-3L13.700 4.200a2 2 0 0 0-3.400 0z",
};

/** A line icon; hidden from assistive technology, for what it stands in has a name. */
export function drawn(lines) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", lines);
  svg.append(path);
  return svg;
}

/** One of the line icons above. */
export const icon = (name) => drawn(PATHS[name]);

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without permission, or outside a secure context: the way that always worked.
    const area = el("textarea", { value: text, className: "sr" });
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

export const byId = (id) => document.getElementById(id);

/** Storage that may be forbidden; the page then forgets, and works. */
export const storage = {
  get(area, name) {
    try {
      return window[area].getItem(name);
    } catch {
      return null;
    }
  },
  set(area, name, value) {
    try {
      if (value === null) window[area].removeItem(name);
      else window[area].setItem(name, value);
    } catch {
      /* full or forbidden */
    }
  },
};
