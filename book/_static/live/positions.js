// Sinusoidal positions: eight clocks of falling speed, the table of what they show, and the product of two positions.
import { dot, frame, h, heat, keep, s, set, slider, two } from "./parts.js";

const D = 16; // features: a sine and a cosine for each clock
const LENGTH = 64;
const speeds = Array.from({ length: D / 2 }, (_, i) => 10000 ** ((-2 * i) / D));
const encode = (t) => speeds.flatMap((speed) => [Math.sin(t * speed), Math.cos(t * speed)]);
const [CELL, TALL] = [8, 12];

export default function positions(place) {
  const first = slider("position A", { min: 0, max: LENGTH - 1, step: 1, value: 5 }, draw);
  const second = slider("position B", { min: 0, max: LENGTH - 1, step: 1, value: 12 }, draw);
  const clocks = speeds.map((speed) => {
    const hands = ["b", "a"].map((name) => s("line", { class: `live-hand live-${name}`, x1: 0, y1: 0, x2: 0, y2: -33 }));
    const period = (2 * Math.PI) / speed;
    return { speed, hands, element: h("li", {}, s("svg", { viewBox: "-42 -42 84 84", "aria-hidden": true },
      s("circle", { r: 39, class: "live-face" }), s("path", { class: "live-tick", d: "M0-39V-33M39 0H33M0 39V33M-39 0H-33" }),
      hands, s("circle", { r: 3.5, class: "live-pin" })),
    h("span", {}, period < 10 ? period.toFixed(1) : Math.round(period).toLocaleString("en"))) };
  });
  const face = h("ul", { class: "live-clocks", "aria-label": "Eight clocks, and the positions that each needs for one turn" },
    clocks.map((clock) => clock.element));

  const table = Array.from({ length: LENGTH }, (_, t) => encode(t));
  const marks = ["a", "b"].map((name) => s("rect", { class: `live-mark live-${name}`, y: 0, width: CELL, height: D * TALL }));
  const map = s("svg", { viewBox: `-2 -2 ${LENGTH * CELL + 4} ${D * TALL + 4}`, class: "live-map", role: "img",
    "aria-label": "Heat map of sines and cosines: 64 positions across, 16 features down, the fast clocks on top" },
  table.map((row, t) => row.map((x, i) => s("rect", { x: t * CELL, y: i * TALL, width: CELL + 0.3, height: TALL + 0.3,
    style: `fill: ${heat(x)}` }))),
  marks);

  const CURVE = 110;
  const height = (product) => CURVE - (product / (D / 2)) * (CURVE - 12);
  const line = s("path", { class: "live-curve" });
  const point = s("circle", { class: "live-point", r: 6 });
  const chart = s("svg", { viewBox: `-2 0 ${LENGTH * CELL + 4} ${CURVE + 6}`, class: "live-map", role: "img",
    "aria-label": "Product of position A with every position; it is largest at A and depends on the distance only" },
  s("path", { class: "live-axis", d: `M0 ${height(0)}H${LENGTH * CELL}` }), line, point);
  const says = frame(place, "Live figure: clocks of positions",
    ["move A by one step: the fast hands jump, the slow ones hardly stir. Then keep the distance from A to B and move both: the product stays."],
    [h("p", { class: "live-small" }, "Eight clocks, and how many positions one turn takes. Hands: ",
      h("b", { class: "live-is-a" }, "A"), " and ", h("b", { class: "live-is-b" }, "B")), face, h("div", { class: "live-column" },
      h("p", { class: "live-small" }, "Their sines and cosines for 64 positions: a column for each position, the fast clocks on top"), map,
      h("p", { class: "live-small" }, "Product of A with the position above"), chart)], [first.element, second.element]);

  function draw() {
    const [a, b] = [first.value, second.value];
    for (const { speed, hands } of clocks) {
      // Clockwise from the top: the sine goes to the right, the cosine up.
      [b, a].forEach((t, i) => set(hands[i], { transform: `rotate(${(((t * speed) / Math.PI) * 180) % 360})` }));
    }
    [a, b].forEach((t, i) => set(marks[i], { x: t * CELL }));
    const products = table.map((row) => dot(table[a], row));
    set(line, { d: "M" + products.map((p, t) => `${(t + 0.5) * CELL} ${height(p)}`).join("L") });
    set(point, { cx: (b + 0.5) * CELL, cy: height(products[b]) });
    keep(place, "a", table[a]);
    keep(place, "b", table[b]);
    keep(place, "product", products[b]);
    says(`A = ${a}, B = ${b}, distance ${Math.abs(a - b)}: the product is ${two(products[b])} of at most ${D / 2}.`);
  }

  draw();
}
