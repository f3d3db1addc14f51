// Elements, built by hand: what comes from an answer becomes text, never markup.

/** make("button.primary", { type: "button", onclick }, "Buy", icon) */
export function make(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) set(element, key, value);
  element.append(...children.flat(Infinity).filter(isShown));
  return element;
}

export function drawn(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter(isShown));
  return element;
}

export const isShown = (child) => child !== null && child !== undefined && child !== false;

export const link = (id) => `#/drink/${encodeURIComponent(id)}`;

function set(element, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
  else if (key in PROPERTIES) element[key] = value;
  else element.setAttribute(key, value === true ? "" : value);
}

const PROPERTIES = { checked: true, value: true, disabled: true, indeterminate: true };
