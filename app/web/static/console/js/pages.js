// The pages: where they stand in the menu, who sees them, and the module that draws them, loaded when it is opened.

export const GROUPS = ["desk", "knowledge", "selling", "warehouse", "quality", "system"];

export const PAGES = [
  { name: "home", group: "desk", scope: "admin", glyph: "home", load: () => import("./pages/home.js") },
  { name: "inbox", group: "desk", scope: "agent", glyph: "inbox", load: () => import("./pages/inbox.js") },
  { name: "knowledge", group: "knowledge", scope: "admin", glyph: "book", load: () => import("./pages/knowledge.js") },
  { name: "search", group: "knowledge", scope: "search", glyph: "search", load: () => import("./pages/search.js") },
  { name: "gaps", group: "knowledge", scope: "admin", glyph: "gaps", load: () => import("./pages/gaps.js") },
  {
    name: "recommend",
    group: "selling",
    scope: "admin",
    glyph: "recommend",
    load: () => import("./pages/recommend.js"),
  },
  { name: "copy", group: "selling", scope: "admin", glyph: "copywriting", load: () => import("./pages/copy.js") },
  {
    name: "warehouse",
    group: "warehouse",
    scope: "admin",
    glyph: "warehouse",
    load: () => import("./pages/warehouse.js"),
  },
  {
    name: "questions",
    group: "quality",
    scope: "admin",
    glyph: "questions",
    load: () => import("./pages/questions.js"),
  },
  {
    name: "evaluations",
    group: "quality",
    scope: "admin",
    glyph: "evaluations",
    load: () => import("./pages/evaluations.js"),
  },
  {
    name: "experiments",
    group: "quality",
    scope: "admin",
    glyph: "experiments",
    load: () => import("./pages/experiments.js"),
  },
  { name: "learning", group: "quality", scope: "admin", glyph: "learning", load: () => import("./pages/learning.js") },
  { name: "reports", group: "quality", scope: "admin", glyph: "document", load: () => import("./pages/reports.js") },
  { name: "models", group: "quality", scope: "admin", glyph: "models", load: () => import("./pages/models.js") },
  { name: "flows", group: "quality", scope: "admin", glyph: "flows", load: () => import("./pages/flows.js") },
  { name: "widget", group: "system", scope: "admin", glyph: "widget", load: () => import("./pages/widget.js") },
  { name: "keys", group: "system", scope: "admin", glyph: "keys", load: () => import("./pages/keys.js") },
  { name: "settings", group: "system", scope: "admin", glyph: "settings", load: () => import("./pages/settings.js") },
  { name: "health", group: "system", scope: "admin", glyph: "health", load: () => import("./pages/health.js") },
];

/** Pages that a session may open; admin implies every scope. */
export const openTo = (scopes) => PAGES.filter((page) => scopes.includes(page.scope) || scopes.includes("admin"));
