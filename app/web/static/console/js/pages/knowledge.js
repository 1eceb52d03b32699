// The knowledge base: its documents, what is on its way in, its generations, and rules that disagree.

import { pageHead, tabs } from "../parts.js";
import { computed, h } from "../reactive.js";
import { href, route } from "../router.js";
import { t, tr } from "../words.js";
import { conflictsView } from "./knowledge_conflicts.js";
import { documentView } from "./knowledge_document.js";
import { documentsView } from "./knowledge_documents.js";
import { generationsView } from "./knowledge_generations.js";
import { previewView } from "./knowledge_preview.js";

const VIEWS = {
  documents: documentsView,
  generations: generationsView,
  conflicts: conflictsView,
  preview: previewView,
};

export default function knowledge() {
  const view = computed(() => {
    const name = route.value.path[1] ?? "documents";
    return name === "document" ? `document ${route.value.path[2] ?? ""}` : name in VIEWS ? name : "documents";
  });
  return h("div", { className: "page" }, () =>
    view.value.startsWith("document ")
      ? documentView(view.value.slice("document ".length), route.peek().query)
      : [
          pageHead("knowledge"),
          tabs(
            t("knowledge.title"),
            Object.keys(VIEWS).map((name) => [name, tr(`knowledge.${name}`), href(["knowledge", name])]),
            () => view.value,
          ),
          VIEWS[view.value](),
        ],
  );
}
