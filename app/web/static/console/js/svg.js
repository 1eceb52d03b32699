// Pictures that are drawn here: plots, maps, floor plans.

const SVG = "http://www.w3.org/2000/svg";

/** An element of a picture, its attributes and what is in it. */
export function draw(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
