// Puts the widget onto this page with the attributes of the address, as a snippet on a page of the shop would.

const NAMES = ["color", "position", "language", "title", "greeting", "theme"];
const query = new URLSearchParams(location.search);
const script = document.createElement("script");
script.src = "/widget.js";
for (const name of NAMES) if (query.get(name)) script.dataset[name] = query.get(name);
script.addEventListener("load", () => window.kefu?.open());
document.body.append(script);
