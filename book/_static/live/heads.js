// Every head of a trained encoder at work on one sentence. A row of a head is one word's question: which words answer,
// and what becomes of their values.
import { arrows, average, choice, dot, frame, h, heat, keep, letters, s, set, softmax, two } from "./parts.js";

export default async function heads(place) {
  const data = await (await fetch(new URL("heads.json", import.meta.url))).json();
  const { tokens } = data;
  const size = data.heads[0].q[0].length;
  let row = 4;
  const head = choice("Head", data.heads.map(({ layer, head }, i) => [i, `${layer}.${head}`]), data.heads.length - 1, draw);

  const cells = tokens.map(() => tokens.map(() => h("td", { role: "gridcell" })));
  const rows = tokens.map((token, i) => h("tr", { role: "row", tabindex: i === row ? 0 : -1, onpointerenter: () => look(i),
    onfocus: () => look(i), onclick: () => rows[i].focus(), onkeydown: walk }, h("th", { role: "rowheader" }, token), cells[i]));
  const table = h("table", { class: "live-grid live-weights", role: "grid", "aria-label": "Weights of the head: a row for each query" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, h("th", { role: "columnheader", class: "live-corner" }, "query ╲ key"),
      tokens.map((token) => h("th", { role: "columnheader" }, h("span", {}, token))))),
    h("tbody", { role: "rowgroup" }, rows));

  const strip = () => {
    const squares = Array.from({ length: size }, (_, i) => s("rect", { x: i * 6, width: 6.2, height: 18 }));
    return { squares, element: s("svg", { viewBox: `0 0 ${size * 6} 18`, preserveAspectRatio: "none", "aria-hidden": true }, squares) };
  };
  const parts = tokens.map((token) => ({ ...strip(), number: h("span", { class: "live-number" }), token }));
  const total = strip();
  const title = h("p", { class: "live-title" });
  const sum = h("div", { class: "live-sums" }, title,
    h("ul", {}, parts.map(({ element, number, token }) => h("li", {}, number, h("span", { class: "live-times" }, "×"),
      h("span", { class: "live-token" }, token), element)),
    h("li", { class: "live-total" }, h("span", { class: "live-number" }), h("span", { class: "live-times" }, "="),
      h("span", { class: "live-token" }, "output"), total.element)));
  const says = frame(place, "Live figure: heads of a trained encoder",
    ["point at the row of the second ", h("em", {}, "the"), " in head 2.4, then choose 2.1. The verb ", h("em", {}, "thank"),
      " decides its German case (", h("em", {}, "dem Jungen"), "). Which head looks for that, and which for the neighbour?"],
    [table, sum], [head.element]);

  function draw() {
    const { q, k, v, layer, head: number } = data.heads[head.value];
    const all = q.map((query) => softmax(k.map((key) => dot(query, key) / Math.sqrt(size))));
    all.forEach((weights, i) => weights.forEach((weight, j) => {
      cells[i][j].textContent = two(weight).replace(/^0/, "");
      cells[i][j].style.background = heat(weight);
      cells[i][j].style.color = letters(weight);
    }));
    rows.forEach((element, i) => set(element, { "aria-selected": String(i === row), tabindex: i === row ? 0 : -1 }));
    const output = average(all[row], v);
    const largest = Math.max(...v.flat().map(Math.abs));
    const paint = ({ squares }, numbers) => squares.forEach((square, i) => { square.style.fill = heat(numbers[i], largest); });
    parts.forEach((part, j) => {
      part.number.textContent = two(all[row][j]);
      part.element.style.opacity = 0.25 + 0.75 * Math.min(1, 2 * all[row][j]);
      paint(part, v[j]);
    });
    paint(total, output);
    title.textContent = `What “${tokens[row]}” takes from the values of head ${layer}.${number}`;
    keep(place, "weights", all[row]);
    keep(place, "output", output);
    place.dataset.head = head.value;
    place.dataset.row = row;
    const best = all[row].indexOf(Math.max(...all[row]));
    says(`Layer ${layer}, head ${number}: “${tokens[row]}” gives ${two(all[row][best])} of its weight to “${tokens[best]}”.`);
  }

  function look(i) {
    if (i === row) return;
    row = i;
    draw();
  }

  function walk(event) {
    const step = arrows(event);
    const next = step && rows[row + step[1]];
    if (step?.[1] && next) { set(next, { tabindex: 0 }); next.focus(); }
  }

  draw();
}
