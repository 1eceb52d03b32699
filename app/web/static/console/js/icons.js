// Line icons; hidden from assistive technology, for what they stand in has a name.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  home: "M4 11l8-7 8 7M6 9.500V20h12V9.500M10 20v-6h4v6",
  inbox: "M4 5h16v14H4zM4 13h4.500l1.500 2.500h4l1.500-2.500H20",
  book: "M5 4h6a2 2 0 0 1 2 2v14a2 2 0 0 0-2-2H5zM19 4h-4a2 2 0 0 0-2 2v14a2 2 0 0 1 2-2h4z",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16.200 16.200L20.500 20.500",
  questions:
    "M4 5h16v11H9l-5 4zM9.500 9.200c0-1.200 1-2 2.400-2 1.500 0 2.400.800 2.400 2 0 1.500-2.300 1.500-2.300 2.800M12 14v.1",
  gaps: "M4 18l5-6 3 3 3-8M15 7h.1M18 18h2M18 14v4M4 4v16h16",
  evaluations: "M5 20V10M12 20V4M19 20v-7",
  flows:
    "M7 6a2 2 0 1 0-4 0 2 2 0 0 0 4 0zM21 12a2 2 0 1 0-4 0 2 2 0 0 0 4 0zM7 18a2 2 0 1 0-4 0 2 2 0 0 0 4 0zM7 6h3c4 0 3 6 7 6M7 18h3c4 0 3-6 7-6",
  widget: "M4 5h16v11H10l-4 3.500V16H4zM8 10.500h.1M12 10.500h.1M16 10.500h.1",
  keys: "M14.500 10.500a4 4 0 1 0-3.900 3H11l1.500 1.500H14v1.500h1.500V18H19v-3l-4.700-4.700zM8.500 9h.1",
  settings:
    "M4 7h10M18 7h2M4 17h2M10 17h10M16 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM8 19.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  health: "M3 12h4l2.500-6 4 12 2.500-6h5",
  chat: "M4 5h16v11H9l-5 4z",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  globe:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c2.500 2.600 3.800 5.600 3.800 9s-1.300 6.400-3.800 9c-2.500-2.600-3.800-5.600-3.800-9S9.500 5.600 12 3z",
  light:
    "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400",
  dark: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  system: "M3 4.500h18v12H3zM9 20h6",
  out: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  command:
    "M9 9V6.500A2.500 2.500 0 1 0 6.500 9zM15 9V6.500A2.500 2.500 0 1 1 17.500 9zM9 15v2.500A2.500 2.500 0 1 1 6.500 15zM15 15v2.500a2.500 2.500 0 1 0 2.500-2.500zM9 9h6v6H9z",
  upload: "M12 16V5M7.500 9L12 4.500 16.500 9M5 16v4h14v-4",
  download: "M12 4v11M7.500 11L12 15.500 16.500 11M5 16v4h14v-4",
  check: "M5 12.500l4.500 4.500L19 7.500",
  alert:
    "M12 8.500v5M12 16.800v.1M10.300 4.200L2.800 17.500A2 2 0 0 0 4.500 20.500h15a2 2 0 0 0 1.700-3L13.700 4.200a2 2 0 0 0-3.400 0z",
  info: "M12 11v5.500M12 7.500v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13M10.500 11v5.500M13.500 11v5.500",
  copy: "M9 9h10v11H9zM5 15V4h10",
  plus: "M12 5v14M5 12h14",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  retry: "M4.500 12a7.500 7.500 0 1 1 2.200 5.300M4.500 18.500v-4h4",
  send: "M12 19V5M6 11l6-6 6 6",
  note: "M5 4h14v11l-5 5H5zM14 20v-5h5M9 9h6M9 12.500h4",
  spark: "M12 3l1.800 5.200L19 10l-5.200 1.800L12 17l-1.800-5.200L5 10l5.200-1.800zM18.500 16v5M16 18.500h5",
  document: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  bookmark: "M6 4h12v16l-6-4.500L6 20z",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.info);
  svg.append(path);
  return svg;
}
