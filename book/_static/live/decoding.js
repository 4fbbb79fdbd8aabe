// Greedy and beam search, step by step, over the next-word probabilities of a small model: a word follows a word as often
// as it does in the pocket corpus.
import { button, choice, frame, h, s, set, two } from "./parts.js";

const [COLUMN, ROW, BOX, MOST] = [146, 46, 124, 7];

/** One step of the search: all continuations of the live prefixes, the best `width` of them kept. */
export function step(state, data, width) {
  const candidates = state.live.flatMap((parent) => data.next[parent.words.at(-1)].map(([word, p]) => (
    { parent, words: [...parent.words, word], p, total: parent.total + Math.log(p), ended: data.ends.includes(word) })));
  candidates.sort((a, b) => b.total - a.total);
  const best = candidates.slice(0, width).filter((one) => one.ended);
  const live = candidates.filter((one) => !one.ended).slice(0, width);
  const finished = [...state.finished, ...best].sort((a, b) => b.total - a.total);
  // Further words only make a sentence less probable, so a finished one that leads cannot be overtaken any more.
  const done = !live.length || (finished.length > 0 && finished[0].total >= live[0].total);
  for (const one of candidates) one.fate = best.includes(one) ? "ended" : live.includes(one) && !(width === 1 && best.length) ? "kept" : "dropped";
  return { live, finished, done: done || (width === 1 && best.length > 0), columns: [...state.columns, candidates] };
}

export default async function decoding(place) {
  const data = await (await fetch(new URL("decoding.json", import.meta.url))).json();
  let history;
  const start = choice("The sentence so far ends in", data.starts.map((word) => [word, word]), data.starts[0], restart);
  const width = choice("Search", [[1, "greedy"], [2, "beam of 2"], [3, "beam of 3"]], 1, restart);
  const forward = button("Next step", () => { history.push(step(history.at(-1), data, Number(width.value))); draw(); });
  const back = button("Back", () => { history.pop(); draw(); });
  const again = button("Start again", restart);
  const tree = s("svg", { class: "live-tree", role: "img" });
  const scroller = h("div", { class: "live-scroll", tabindex: 0, role: "group", "aria-label": "Tree of the search; scrolls" }, tree);
  const list = h("ol", { class: "live-found" });
  const found = h("div", { class: "live-results" }, h("p", { class: "live-title" }, "Finished sentences"), list);
  const says = frame(place, "Live figure: greedy and beam search",
    ["step through ", h("em", {}, "on"), " greedily. Then take a beam of 2: its second-best word at the first step wins. After ",
      h("em", {}, "There"), " it is the beam that loses: no search but a full one is safe."],
    [scroller, found], [start.element, width.element, h("div", { class: "live-buttons" }, forward, back, again)]);

  function restart() {
    const words = [start.value];
    history = [{ live: [{ words, p: 1, total: 0 }], finished: [], done: false, columns: [] }];
    draw();
  }

  function draw() {
    const state = history.at(-1);
    const columns = state.columns.map((all) => {
      const shown = all.filter((one) => one.fate !== "dropped");
      return all.filter((one) => shown.includes(one) || all.indexOf(one) < MOST).slice(0, MOST);
    });
    const root = history[0].live[0];
    root.fate = "kept";
    const tall = Math.max(3, ...columns.map((column) => column.length));
    const spot = new Map([[root, [0, (tall - 1) / 2]]]);
    columns.forEach((column, i) => column.forEach((one, j) => spot.set(one, [i + 1, j + (tall - column.length) / 2])));
    const winner = new Set();
    if (state.done) for (let one = state.finished[0]; one; one = one.parent) winner.add(one);
    const corner = (one) => [spot.get(one)[0] * COLUMN + 4, spot.get(one)[1] * ROW + 6];
    const nodes = [...spot.keys()];
    const edges = nodes.filter((one) => one.parent).map((one) => {
      const [[x1, y1], [x2, y2]] = [corner(one.parent), corner(one)];
      return s("path", { class: `live-edge live-${one.fate} ${winner.has(one) ? "live-won" : ""}`,
        d: `M${x1 + BOX} ${y1 + 17}C${x1 + BOX + 12} ${y1 + 17} ${x2 - 12} ${y2 + 17} ${x2} ${y2 + 17}` });
    });
    const boxes = nodes.map((one) => {
      const [x, y] = corner(one);
      return s("g", { class: `live-node live-${one.fate} ${winner.has(one) ? "live-won" : ""}`, transform: `translate(${x} ${y})` },
        s("rect", { width: BOX, height: 34, rx: 8 }), s("text", { x: 10, y: 22 }, one.words.at(-1)),
        one.parent ? s("text", { class: "live-p", x: BOX - 8, y: 22 }, one.p.toFixed(3)) : "");
    });
    const wide = Math.max(4, columns.length + 1) * COLUMN;
    set(tree, { viewBox: `0 0 ${wide} ${tall * ROW}`, style: `width: ${wide}px`,
      "aria-label": `Search tree after ${columns.length} steps` });
    tree.replaceChildren(...edges, ...boxes);
    scroller.scrollLeft = scroller.scrollWidth;
    list.replaceChildren(...state.finished.map((one) => h("li", {}, h("span", {}, text(one)), h("span", { class: "live-number" },
      `${percent(one)} (log ${two(one.total)})`))));
    found.classList.toggle("live-none", !state.finished.length);
    set(forward, { disabled: state.done || history.length > 12 });
    set(back, { disabled: history.length === 1 });
    place.dataset.kept = state.live.map(text).join("|");
    place.dataset.finished = state.finished.map(text).join("|");
    place.dataset.totals = state.finished.map((one) => one.total.toFixed(6)).join(" ");
    place.dataset.done = String(state.done);
    says(describe(state));
  }

  function describe(state) {
    if (state.done && state.finished.length) return `Done. “${text(state.finished[0])}” has the probability ${percent(state.finished[0])}.`;
    if (!state.columns.length) return `The sentence so far ends in “${start.value}”. Which word comes next?`;
    const dropped = state.columns.at(-1).filter((one) => one.fate === "dropped").length;
    return `Step ${state.columns.length}: kept ${state.live.map((one) => `“${text(one)}” ${percent(one)}`).join(" and ")}; dropped ${dropped}.`;
  }

  restart();
}

const text = (one) => one.words.join(" ").replace(/ ([.?,])/g, "$1");
const percent = (one) => `${(100 * Math.exp(one.total)).toPrecision(2)} %`;
