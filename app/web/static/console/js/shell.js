// The frame around every page: menu, tools, and the place where the open page is drawn.

import { session, signOut } from "./http.js";
import { icon } from "./icons.js";
import { setUpKeys, showHelp } from "./keyboard.js";
import { GROUPS, openTo } from "./pages.js";
import { openPalette } from "./palette.js";
import { button, empty, failure, skeleton } from "./parts.js";
import { append, computed, effect, h, onEnd, signal, untracked } from "./reactive.js";
import { go, href, route } from "./router.js";
import { draw } from "./svg.js";
import { switchTheme, theme } from "./theme.js";
import { said, switchLanguage, t, tr } from "./words.js";

const NARROW = matchMedia("(max-width: 56rem)");

export function shell() {
  const { scopes, name, company } = session.peek();
  const pages = openTo(scopes);
  const isMenuOpen = signal(false);
  const current = computed(() => pages.find((page) => page.name === route.value.path[0]) ?? null);
  setUpKeys(pages);

  const main = h("main", { className: "main", id: "main", tabIndex: -1 });
  effect(() => {
    const page = current.value;
    isMenuOpen.value = false;
    document.title = `${page ? t(`${page.name}.title`) : t("console")} · ${said(company)}`;
  });
  effect(() => {
    const page = current.value;
    main.replaceChildren();
    if (page) drawPage(page, main);
    else if (!pages.length)
      append(main, [empty("keys", tr("noPages"), tr("noPagesText"), button(tr("signOut"), signOut))]);
    else untracked(() => go([pages[0].name]));
  });
  effect(() => {
    document.documentElement.classList.toggle("has-menu", isMenuOpen.value);
  });

  const link = (page) =>
    h(
      "li",
      {},
      h(
        "a",
        {
          href: href([page.name]),
          className: "menu-link",
          "aria-current": () => (current.value === page ? "page" : null),
        },
        icon(page.glyph),
        h("span", {}, tr(`${page.name}.title`)),
      ),
    );
  const groups = GROUPS.map((group) => [group, pages.filter((page) => page.group === group)]).filter(
    ([, items]) => items.length,
  );
  const menu = h(
    "nav",
    { className: "menu", id: "menu", "aria-label": tr("menu"), inert: () => NARROW.matches && !isMenuOpen.value },
    h(
      "a",
      { className: "menu-brand", href: href([pages[0]?.name ?? ""]) },
      mark(),
      h("span", {}, () => said(company)),
    ),
    h(
      "div",
      { className: "menu-groups" },
      groups.map(([group, items]) =>
        h(
          "div",
          {},
          h("h2", { className: "menu-group", id: `group-${group}` }, tr(`group.${group}`)),
          h("ul", { "aria-labelledby": `group-${group}` }, items.map(link)),
        ),
      ),
    ),
    h(
      "div",
      { className: "menu-foot" },
      h("p", { className: "faint" }, tr("signedInAs", { name })),
      button(tr("signOut"), signOut, { glyph: "out", kind: "ghost" }),
    ),
  );
  const onResize = () => {
    menu.inert = NARROW.matches && !isMenuOpen.peek();
  };
  NARROW.addEventListener("change", onResize);
  onEnd(() => NARROW.removeEventListener("change", onResize));

  return [
    h(
      "a",
      { className: "skip", href: "#main", on: { click: (event) => (event.preventDefault(), main.focus()) } },
      tr("skip"),
    ),
    h(
      "header",
      { className: "top" },
      button(tr("menu"), () => (isMenuOpen.value = !isMenuOpen.peek()), {
        glyph: "menu",
        isIconOnly: true,
        kind: "ghost menu-button",
        "aria-expanded": () => String(isMenuOpen.value),
        "aria-controls": "menu",
      }),
      h(
        "button",
        { type: "button", className: "finder", on: { click: () => openPalette(pages) } },
        icon("search"),
        h("span", {}, tr("palette.open")),
        h("kbd", {}, isMac() ? "⌘K" : "Ctrl K"),
      ),
      h(
        "div",
        { className: "top-tools" },
        languageButton(),
        themeButton(),
        button(tr("help"), () => showHelp(), { glyph: "questions", isIconOnly: true, kind: "ghost" }),
      ),
    ),
    menu,
    h("div", { className: "menu-veil", on: { click: () => (isMenuOpen.value = false) } }),
    main,
  ];
}

/** Draws a page once its module is here; the page ends when another is opened. */
function drawPage(page, main) {
  let isOver = false;
  onEnd(() => {
    isOver = true;
  });
  const view = signal(skeleton(6));
  append(main, [() => (typeof view.value === "function" ? view.value() : view.value)]);
  page.load().then(
    (module) => {
      if (!isOver) view.value = () => untracked(() => module.default());
    },
    (error) => {
      if (!isOver) view.value = failure(error, () => location.reload());
    },
  );
  document.activeElement?.blur?.();
}

export const languageButton = () =>
  h(
    "button",
    {
      type: "button",
      className: "button ghost",
      "aria-label": tr("switchLanguage"),
      title: tr("switchLanguage"),
      on: { click: switchLanguage },
    },
    icon("globe"),
    h("span", {}, tr("otherLanguage")),
  );

export const themeButton = () =>
  h(
    "button",
    {
      type: "button",
      className: "button icon-button ghost",
      "aria-label": () => t(`theme.${theme.value}`),
      title: () => t(`theme.${theme.value}`),
      on: { click: switchTheme },
    },
    () => icon(theme.value),
  );

export const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform);

export function mark() {
  return draw(
    "svg",
    { viewBox: "0 0 32 32", "aria-hidden": "true", class: "mark" },
    draw("rect", { width: 32, height: 32, rx: 9 }),
    draw("path", { d: "M9 11.5h14M9 16h14M9 20.5h8", class: "mark-line" }),
  );
}
