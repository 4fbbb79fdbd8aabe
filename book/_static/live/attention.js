// One query among six keys in the plane. Drag the query; weights and the average of the values follow.
import { average, checkbox, dot, frame, h, arrows, keep, s, set, slider, softmax, two } from "./parts.js";

const WORDS = [
  ["milk", 2.2, 1.0], ["coffee", 1.3, 1.9], ["cup", 2.1, -0.6],
  ["Anna", -1.8, 1.2], ["dog", -1.2, -1.5], ["because", 0.2, -0.4],
];
const REACH = 3; // of the plane, in each direction
const UNIT = 66; // pixels
const SIDE = 2 * REACH * UNIT;
const dk = () => h("span", {}, h("i", {}, "d"), h("sub", {}, "k"));
const at = ([x, y]) => [(x + REACH) * UNIT, (REACH - y) * UNIT];

export default function attention(place) {
  const keys = WORDS.map(([, x, y]) => [x, y]);
  let query = [1.0, 0.4];
  const temperature = slider("temperature", { min: -1, max: 1, step: 0.05, value: 0, show: (x) => two(10 ** x) }, draw);
  const width = slider(["width of the vectors, ", dk()],
    { min: 1, max: 9, step: 1, value: 1, show: (x) => String(2 ** x) }, draw);
  const divide = checkbox(["divide the scores by √", dk()], true, draw);

  const arrow = s("line", { class: "live-arrow" });
  const rays = keys.map(() => s("line", { class: "live-ray" }));
  const dots = keys.map((key) => s("circle", { class: "live-key", cx: at(key)[0], cy: at(key)[1] }));
  const names = WORDS.map(([word, x, y]) => s("text", { class: "live-word", x: at([x, y])[0], y: at([x, y])[1] - 17 }, word));
  const output = s("g", { class: "live-output" }, s("path", { d: "M0-10 10 0 0 10-10 0z" }),
    s("text", { y: 29 }, "output"));
  const handle = s("g", { class: "live-handle", tabindex: 0, role: "slider", "aria-label": "Query; arrow keys move it",
    "aria-valuemin": -REACH, "aria-valuemax": REACH, onkeydown: pressed },
  s("circle", { r: 22, class: "live-grip" }), s("circle", { r: 10 }), s("text", { y: -19 }, "query"));
  const plane = s("svg", { class: "live-plane", viewBox: `0 0 ${SIDE} ${SIDE}`, onpointerdown: grabbed },
    s("path", { class: "live-axis", d: `M0 ${SIDE / 2}H${SIDE}M${SIDE / 2} 0V${SIDE}` }),
    rays, arrow, dots, names, output, handle);

  const bars = WORDS.map(([word], i) => {
    const bar = h("span", { class: "live-bar" });
    const number = h("span", { class: "live-number" });
    const put = h("button", { type: "button", class: "live-name", "aria-label": `Put the query on ${word}`,
      onclick: () => move(keys[i]) }, word);
    return { row: h("li", {}, put, h("span", { class: "live-track" }, bar), number), bar, number };
  });
  const list = h("ul", { class: "live-bars", "aria-label": "Weight of each key" }, bars.map((bar) => bar.row));
  const says = frame(place, "Live figure: attention of one query",
    ["drag the query onto ", h("em", {}, "milk"), ". Then lower the temperature; then widen the vectors without the division."],
    [plane, list], [temperature.element, width.element, divide.element]);

  function scores() {
    // The drawn vectors have two features. The products of vectors d_k wide are √(d_k / 2) times as large.
    const d = 2 ** width.value;
    const scale = Math.sqrt(d / 2) / (divide.value ? Math.sqrt(d) : 1) / 10 ** temperature.value;
    return keys.map((key) => scale * dot(query, key));
  }

  function draw() {
    const weights = softmax(scores());
    const mean = average(weights, keys); // each value is the key's own place
    const [x, y] = at(query);
    set(arrow, { x1: SIDE / 2, y1: SIDE / 2, x2: x, y2: y });
    set(handle, { transform: `translate(${x} ${y})`, "aria-valuenow": query[0].toFixed(2),
      "aria-valuetext": `${two(query[0])} across, ${two(query[1])} up` });
    set(output, { transform: `translate(${at(mean)})` });
    weights.forEach((weight, i) => {
      const [kx, ky] = at(keys[i]);
      set(dots[i], { r: 4 + 16 * Math.sqrt(weight) });
      set(rays[i], { x1: at(mean)[0], y1: at(mean)[1], x2: kx, y2: ky, "stroke-width": 9 * weight, opacity: 0.25 + weight / 2 });
      bars[i].bar.style.width = `${100 * weight}%`;
      bars[i].number.textContent = two(weight);
    });
    keep(place, "weights", weights);
    keep(place, "output", mean);
    keep(place, "query", query);
    keep(place, "scores", scores());
    const best = weights.indexOf(Math.max(...weights));
    const largest = scores()[best];
    says(`${WORDS[best][0]} has the largest score, ${two(largest)}, and gets ${two(weights[best])} of the weight. `
      + `The output lies at (${two(mean[0])}, ${two(mean[1])}).`);
  }

  function move([x, y]) {
    const within = (v) => Math.max(-REACH + 0.2, Math.min(REACH - 0.2, v));
    query = [within(x), within(y)];
    draw();
  }

  function pressed(event) {
    const step = arrows(event);
    const size = event.shiftKey ? 0.5 : 0.1;
    if (step) move([query[0] + size * step[0], query[1] - size * step[1]]);
  }

  function grabbed(event) {
    event.preventDefault();
    handle.focus();
    plane.setPointerCapture(event.pointerId);
    const follow = (moved) => {
      const box = plane.getBoundingClientRect();
      move([((moved.clientX - box.left) / box.width) * 2 * REACH - REACH,
        REACH - ((moved.clientY - box.top) / box.height) * 2 * REACH]);
    };
    follow(event);
    plane.addEventListener("pointermove", follow);
    plane.addEventListener("lostpointercapture", () => plane.removeEventListener("pointermove", follow), { once: true });
  }

  draw();
}
