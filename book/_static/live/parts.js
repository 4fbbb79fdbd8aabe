// What the live figures share: elements, knobs, softmax, and how numbers are written and kept for the tests.

/** An HTML element: h("p", { class: "x", onclick: f }, "text", child). */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  set(element, attributes);
  element.append(...children.flat(Infinity));
  return element;
}

export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === false || value == null) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }
}

/** The frame of a figure: what to try, the stage, the knobs, and a line that is read aloud when it changes. */
export function frame(place, name, hint, stage, knobs) {
  const says = h("p", { class: "live-says", role: "status" });
  const tip = h("p", { class: "live-try" }, h("strong", {}, "Try: "));
  tip.append(...hint);
  place.replaceChildren(
    h("section", { class: `live live-${place.dataset.live}`, "aria-label": name },
      tip, h("div", { class: "live-stage" }, stage), h("div", { class: "live-knobs" }, knobs), says));
  return (text) => { says.textContent = text; };
}

let made = 0;

/** A labelled slider; `show` writes its value for the eye and for the ear. Returns { element, value }. */
export function slider(label, { min, max, step, value, show = String }, changed) {
  const id = `live-knob-${++made}`;
  const input = h("input", { type: "range", id, min, max, step, value });
  const output = h("span", { class: "live-value", "aria-hidden": "true" }); // the slider itself says it aloud
  const update = () => {
    output.textContent = show(Number(input.value));
    input.setAttribute("aria-valuetext", output.textContent);
  };
  input.addEventListener("input", () => { update(); changed(); });
  update();
  return {
    element: h("div", { class: "live-knob" }, h("label", { for: id }, ...[label].flat()), output, input),
    get value() { return Number(input.value); },
  };
}

/** One of several, as radio buttons that look like a row of buttons. Returns { element, value }. */
export function choice(label, options, value, changed) {
  const name = `live-choice-${++made}`;
  const element = h("fieldset", { class: "live-choice" }, h("legend", {}, label),
    options.map(([key, text]) => h("label", {},
      h("input", { type: "radio", name, value: key, checked: String(key) === String(value), onchange: changed }),
      h("span", {}, text))));
  return { element, get value() { return element.querySelector("input:checked").value; } };
}

export function checkbox(label, checked, changed) {
  const input = h("input", { type: "checkbox", checked, onchange: changed });
  return { element: h("label", { class: "live-check" }, input, h("span", {}, ...[label].flat())), get value() { return input.checked; } };
}

export function button(label, pressed) {
  return h("button", { type: "button", class: "live-button", onclick: pressed }, label);
}

/** Weights of a list of scores. The largest is taken off first, so that no exponential overflows. */
export function softmax(scores) {
  const largest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - largest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((x) => x / sum);
}

export const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** The average of some vectors by weights. */
export function average(weights, vectors) {
  return vectors[0].map((_, i) => weights.reduce((sum, weight, row) => sum + weight * vectors[row][i], 0));
}

export const two = (x) => x.toFixed(2).replace("-", "−");

/** Keep numbers on an element, with enough digits to be compared with Python's. */
export function keep(element, name, numbers) {
  element.dataset[name] = [numbers].flat(Infinity).map((x) => x.toFixed(6)).join(" ");
}

/** The colour of a heatmap's cell, as in the drawn figures: thin or thick over the ground. */
export function heat(x, largest = 1) {
  const strength = Math.round(100 * Math.min(1, Math.abs(x) / largest));
  return `color-mix(in srgb, var(--fig-heat-${x < 0 ? "orange" : "blue"}) ${strength}%, var(--fig-paper))`;
}

/** The letters that stand out on such a cell. The orange never gets darker than black letters can bear. */
export function letters(x, largest = 1) {
  return Math.abs(x) / largest > (x < 0 ? 0.995 : 0.758) ? "var(--fig-on-full)" : "var(--fig-on-pale)";
}

/** Arrow keys as steps: [columns, rows], or nothing for other keys. */
export function arrows(event) {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (step) event.preventDefault();
  return step;
}
