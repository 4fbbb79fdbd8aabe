// A mask to click: which keys may each query see? Rows renormalise, and a row without keys is shown as what it is.
import { arrows, choice, frame, h, heat, keep, letters, set, softmax, two } from "./parts.js";

const WORDS = ["Paul", "sees", "the", "dog", "‹pad›", "‹pad›"];
const REAL = 4; // the words that are no padding
const SCORES = [
  [1.2, 0.4, -0.3, 0.9, 0.5, 0.5], [1.6, 0.2, -0.5, 1.4, 0.6, 0.6], [-0.2, 0.3, 0.1, 1.8, 0.4, 0.4],
  [0.7, 1.1, 0.8, 1.0, 0.3, 0.3], [0.1, 0.2, 0.0, 0.3, 1.0, 1.0], [0.1, 0.2, 0.0, 0.3, 1.0, 1.0],
];
const PRESETS = {
  all: ["nothing hidden", () => true],
  padding: ["padding", (q, k) => k < REAL],
  causal: ["causal", (q, k) => k <= q],
  both: ["both", (q, k) => k < REAL && k <= q],
  window: ["sliding window", (q, k) => k <= q && k > q - 3],
};

export default function masks(place) {
  let mask;
  const preset = choice("Mask", Object.entries(PRESETS).map(([key, [name]]) => [key, name]), "causal", () => load());
  const shown = choice("Show", [["weights", "weights"], ["scores", "scores"]], "weights", () => draw());
  const cells = WORDS.map((_, q) => WORDS.map((_, k) => h("button",
    { type: "button", tabindex: q + k ? -1 : 0, onclick: () => flip(q, k), onkeydown: (event) => walk(event, q, k) })));
  const sums = WORDS.map(() => h("td", { class: "live-sum" }));
  const table = h("table", { class: "live-grid", role: "grid", "aria-label": "Mask: a row for each query, a column for each key" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, h("th", { role: "columnheader", class: "live-corner" }, "query ╲ key"),
      WORDS.map((word) => h("th", { role: "columnheader" }, word)), h("th", { role: "columnheader", class: "live-sum" }, "sum"))),
    h("tbody", { role: "rowgroup" }, WORDS.map((word, q) => h("tr", { role: "row" }, h("th", { role: "rowheader" }, word),
      cells[q].map((cell) => h("td", { role: "gridcell" }, cell)), sums[q]))));
  for (const sum of sums) set(sum, { role: "gridcell" });
  const says = frame(place, "Live figure: masks",
    ["hide a key from ", h("em", {}, "sees"), " and watch the rest of its row grow. Then hide all keys of a row."],
    [table], [preset.element, shown.element]);

  function weightsOf(q) {
    // As in the chapters: hidden keys get the score −∞ before the softmax; a row of −∞ alone is 0/0.
    const scores = SCORES[q].map((score, k) => (mask[q][k] ? score : -Infinity));
    return mask[q].some(Boolean) ? softmax(scores) : scores.map(() => NaN);
  }

  function draw(told) {
    const weights = WORDS.map((_, q) => weightsOf(q));
    weights.forEach((row, q) => {
      row.forEach((weight, k) => {
        const cell = cells[q][k];
        const open = mask[q][k];
        const number = shown.value === "weights" ? weight : open ? SCORES[q][k] : -Infinity;
        const text = Number.isNaN(number) ? "NaN" : number === -Infinity ? "−∞" : two(number);
        cell.textContent = text;
        cell.className = open ? "live-open" : "live-shut";
        cell.style.background = open ? heat(number, shown.value === "weights" ? 1 : 2) : "";
        cell.style.color = open ? letters(number, shown.value === "weights" ? 1 : 2) : "";
        set(cell, { "aria-pressed": String(open),
          "aria-label": `Query ${WORDS[q]} ${q + 1}, key ${WORDS[k]} ${k + 1}: ${open ? "visible" : "hidden"}, ${text}` });
      });
      const empty = Number.isNaN(row[0]);
      sums[q].textContent = empty ? "0/0" : two(row.reduce((a, b) => a + b, 0));
      sums[q].classList.toggle("live-bad", empty);
    });
    place.dataset.weights = weights.flat().map((x) => (Number.isNaN(x) ? "nan" : x.toFixed(6))).join(" ");
    keep(place, "scores", SCORES);
    keep(place, "mask", mask.map((row) => row.map(Number)));
    const empty = WORDS.filter((_, q) => !mask[q].some(Boolean));
    says(empty.length
      ? `${empty.join(", ")}: no key is visible, so softmax divides 0 by 0 and the row is NaN. PyTorch returns NaN here, too; translator returns zeros.`
      : told ?? "Every row has a visible key, and sums to 1.");
  }

  function load() {
    mask = WORDS.map((_, q) => WORDS.map((_, k) => PRESETS[preset.value][1](q, k)));
    draw();
  }

  function flip(q, k) {
    mask[q][k] = !mask[q][k];
    const open = mask[q].flatMap((is, key) => (is ? [`${WORDS[key]} ${two(weightsOf(q)[key])}`] : []));
    draw(`${WORDS[q]} now sees ${open.join(", ")}.`);
  }

  function walk(event, q, k) {
    const step = arrows(event);
    const next = step && cells[q + step[1]]?.[k + step[0]];
    if (!next) return;
    set(cells[q][k], { tabindex: -1 });
    set(next, { tabindex: 0 });
    next.focus();
  }

  load();
}
