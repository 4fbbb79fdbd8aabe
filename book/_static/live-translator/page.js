// The page "A translator in your browser": a sentence in, its translation out, and all that the model looked at.
// It shows what model.js computes; the model itself is fetched when the reader asks for the first translation.

import { load } from "./files.js";
import { BOS, EOS, beam, greedy } from "./model.js";

const SVG = "http://www.w3.org/2000/svg";
const LANGUAGES = { de: "German", zh: "Chinese" };
const percent = (p) => (p < 0.0005 ? "< 0.1 %" : `${(100 * p).toFixed(p >= 0.9995 ? 0 : 1)} %`);

/** An element with attributes and children: h("p", { class: "x" }, "text"). */
function h(name, attributes = {}, ...children) {
  const svg = ["svg", "rect", "text", "path", "g", "title"].includes(name);
  const element = svg ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** A labelled <select>; `options` is value -> text. */
function chooser(text, options, onchange) {
  const select = h("select", { onchange: () => onchange(select.value) });
  for (const [value, name] of options) select.append(h("option", { value }, name));
  return [h("label", {}, `${text} `, select), select];
}

class Page {
  constructor(root, examples) {
    Object.assign(this, { root, examples, loaded: {}, language: "de", kind: "cross", head: "1 all", width: 4, at: 0 });
    this.known = new Set(examples.words);
    this.compact = root.hasAttribute("data-compact");
    this.folder = new URL("./", import.meta.url);
    this.build();
  }

  build() {
    this.input = h("input", { type: "text", value: this.examples.sentences[0], lang: "en", spellcheck: "false",
      autocomplete: "off", maxlength: 120, "aria-label": "English sentence" });
    const next = h("button", { type: "button", onclick: () => this.example() }, "Another sentence");
    const languages = h("fieldset", {}, h("legend", { class: "tr-hidden" }, "Translate into"));
    for (const [code, name] of Object.entries(LANGUAGES)) {
      languages.append(h("label", {}, h("input", { type: "radio", name: `tr-language-${this.compact}`, value: code,
        checked: code === this.language, onchange: () => this.into(code) }), ` ${name}`));
    }
    const submit = h("button", { type: "submit", class: "tr-go" }, "Translate");
    this.form = h("form", { onsubmit: (event) => { event.preventDefault(); this.translate(); } },
      this.input, h("div", { class: "tr-row" }, languages, next, submit));
    this.status = h("p", { class: "tr-status", role: "status" },
      "The model (about 2 MB a language) is fetched when you press Translate, and runs on your machine.");
    this.result = h("div", { class: "tr-result", hidden: true });
    this.root.replaceChildren(this.form, this.status, this.result);
  }

  example() {
    const all = this.examples.sentences, now = all.indexOf(this.input.value);
    this.input.value = all[(now + 1) % all.length];
    this.translate();
  }

  into(language) {
    this.language = language;
    if (!this.result.hidden) this.translate();
  }

  async translate() {
    const text = this.input.value.trim(), unknown = (text.toLowerCase().match(/[\p{L}']+/gu) ?? [])
      .filter((word) => !this.known.has(word));
    if (!text) return this.say("Write a sentence first, or take another one.");
    this.say("Fetching the model …");
    try {
      this.loaded[this.language] ??= load(new URL(`en-${this.language}/`, this.folder));
      const { model, tokenizer } = await this.loaded[this.language];
      const source = [...tokenizer.encode(text), EOS];
      if (source.length > 60) return this.say("This sentence is too long for the page: at most 60 tokens.");
      const began = performance.now(), found = greedy(model, source), { memory, self } = model.encode(source);
      const looked = model.decode(found.ids.slice(0, -1), memory);
      const took = Math.round(performance.now() - began);
      Object.assign(this, { model, tokenizer, source, found, at: 0, tree: null,
        attended: { cross: looked.cross, decoder: looked.self, encoder: self } });
      this.say(unknown.length
        ? `The model has never seen ${unknown.map((word) => `“${word}”`).join(", ")}: it knows ` +
          `${this.known.size} English words, and what it says of others is a guess.`
        : `Translated in ${took} ms, on this machine.`);
      this.show();
    } catch (error) {
      delete this.loaded[this.language];
      this.say(`The model could not be used: ${error.message} Load the page again.`);
    }
  }

  say(text) {
    this.status.textContent = text;
  }

  /** Everything below the form. */
  show() {
    const { tokenizer, found, source, language } = this;
    this.pieces = { source: tokenizer.pieces(source), target: tokenizer.pieces(found.ids.slice(1)) };
    this.output = h("p", { class: "tr-output", lang: language }, tokenizer.decode(found.ids));
    this.output.dataset.ids = found.ids.join(" ");
    const line = (side) => this.pieces[side].map((piece, i) => side === "target"
      ? h("button", { type: "button", class: "tr-token", lang: language, onmouseenter: () => this.look(i),
        onfocus: () => this.look(i), onclick: () => this.look(i) }, piece)
      : h("span", { class: "tr-token", lang: "en" }, piece));
    this.targets = line("target");
    this.sources = line("source");
    this.sentence = h("p", { class: "tr-sentence", role: "status" });
    this.bars = h("div", { class: "tr-bars" });
    const body = [this.output, h("p", { class: "tr-status" }, "Point at a token of the translation: the words of your " +
      "sentence darken by the attention that they got."), h("div", { class: "tr-tokens", role: "group", "aria-label": "Tokens of the translation" },
      ...this.targets), h("div", { class: "tr-tokens tr-sources" }, ...this.sources), this.sentence];
    if (!this.compact) body.push(h("h3", {}, "What could have followed"), this.bars, ...this.heads(), ...this.beams());
    this.result.replaceChildren(...body);
    this.result.hidden = false;
    if (!this.compact) this.drawHeads();
    this.look(0);
  }

  /** Weights (Lt, Ls) of cross-attention: one head of a layer, "1 0", or the mean of its heads, "1 all". */
  weights(key) {
    const [layer, head] = this.kind === "cross" ? key.split(" ") : ["1", "all"];
    const heads = this.attended.cross[layer] ?? this.attended.cross.at(-1);
    if (head !== "all") return heads[head];
    return heads[0].map((row, i) => row.map((_, j) => heads.reduce((sum, each) => sum + each[i][j], 0) / heads.length));
  }

  /** Show what token i of the translation looked at (one head, or the mean), and what could have stood in its place. */
  look(i, key = this.head) {
    this.at = i;
    const row = this.weights(key)[i], words = this.pieces.source;
    this.targets.forEach((target, j) => target.setAttribute("aria-pressed", j === i));
    this.sources.forEach((source, j) => {
      source.style.setProperty("--weight", row[j].toFixed(4));
      source.dataset.weight = row[j];
      source.title = row[j].toFixed(2);
    });
    const best = row.map((weight, j) => [weight, words[j]]).sort((a, b) => b[0] - a[0]).slice(0, 3);
    this.sentence.textContent = `To write “${this.pieces.target[i]}”, the decoder looked at ` +
      best.map(([weight, word]) => `${word} ${weight.toFixed(2)}`).join(", ") + ".";
    if (this.compact) return;
    const step = this.found.steps[i];
    const likely = step.map((p, id) => [p, id]).sort((a, b) => b[0] - a[0]).slice(0, 5);
    this.bars.replaceChildren(...likely.map(([p, id]) => h("div", { class: "tr-bar", "data-p": p, "data-id": id },
      h("span", { lang: this.language }, this.tokenizer.pieces([id])[0] || "␣"),
      h("span", { class: "tr-fill", style: `--p:${p}` }), h("span", {}, percent(p)))));
    this.grid.querySelectorAll("rect[data-row]").forEach((cell) =>
      cell.classList.toggle("tr-at", this.kind !== "encoder" && Number(cell.dataset.row) === i));
  }

  /** The section with a small matrix for every head. */
  heads() {
    const kinds = [["cross", "cross-attention: translation to sentence"], ["decoder", "decoder self-attention"],
      ["encoder", "encoder self-attention"]];
    const [label, select] = chooser("Heads of", kinds, (kind) => { this.kind = kind; this.drawHeads(); this.look(this.at); });
    select.value = this.kind;
    this.grid = h("div", { class: "tr-grid" });
    this.told = h("p", { class: "tr-sentence", role: "status" }, "Choose a head of cross-attention to see its weights " +
      "above; move over a matrix to read it.");
    return [h("h3", {}, "Every head"), h("p", {}, label), this.grid, this.told];
  }

  drawHeads() {
    const { target, source } = this.pieces, before = ["<s>", ...target.slice(0, -1)];
    const [rows, columns] = { cross: [target, source], decoder: [before, before], encoder: [source, source] }[this.kind];
    this.grid.replaceChildren(...this.attended[this.kind].flatMap((heads, layer) => heads.map((weights, head) => {
      const name = `layer ${layer + 1}, head ${head + 1}`;
      const picture = h("svg", { viewBox: `0 0 ${columns.length} ${rows.length}`, "aria-hidden": "true",
        preserveAspectRatio: "none" });
      weights.forEach((row, i) => row.forEach((weight, j) => picture.append(h("rect", { x: j, y: i, width: 1.02,
        height: 1.02, "fill-opacity": weight.toFixed(3), "data-row": i, onmouseenter: () => {
          this.told.textContent = `${name}: “${rows[i]}” gives “${columns[j]}” ${weight.toFixed(2)}`;
        } }))));
      const key = `${layer} ${head}`, strongest = weights.map((row, i) => `${rows[i]} → ${columns[row.indexOf(Math.max(...row))]}`);
      return h("button", { type: "button", class: "tr-head", "data-head": key, "aria-pressed": this.head === key,
        onclick: () => this.choose(key, `${name}, strongest for each row: ${strongest.join(", ")}.`),
        onmouseenter: () => this.look(this.at, key), onmouseleave: () => this.look(this.at) }, picture, name);
    })));
  }

  /** Keep to one head, or, where it was chosen already, go back to the mean of all. */
  choose(key, text) {
    this.head = this.head === key ? "1 all" : key;
    for (const button of this.grid.children) button.setAttribute("aria-pressed", button.dataset.head === this.head);
    this.told.textContent = text;
    this.look(this.at);
  }

  /** The section with the tree of beam search. */
  beams() {
    const widths = [1, 2, 3, 4, 5].map((width) => [width, width]);
    const [label, select] = chooser("Prefixes kept", widths, (width) => { this.width = Number(width); this.drawTree(); });
    select.value = this.width;
    this.canvas = h("div", { class: "tr-tree", tabindex: 0, role: "region", "aria-label": "Tree of beam search" });
    this.ranking = h("ol", { class: "tr-ranking" });
    const grow = h("button", { type: "button", onclick: () => this.drawTree() }, "Grow the tree");
    return [h("h3", {}, "Beam search, step by step"), h("p", { class: "tr-row" }, label, grow), this.canvas, this.ranking];
  }

  drawTree() {
    const { steps, finished, ids } = beam(this.model, this.source, this.width), WIDE = 128, HIGH = 40;
    const best = new Set();
    for (let node = finished[0]; node; node = node.parent) best.add(node);
    const rows = Math.max(...steps.map((step) => step.length));
    const svg = h("svg", { width: steps.length * WIDE + 20, height: rows * HIGH + 10, role: "img",
      "aria-label": `${finished.length} translations ended; the best is ${this.tokenizer.decode(ids)}` });
    steps.forEach((step, i) => step.forEach((node, j) => {
      Object.assign(node, { x: i * WIDE + 8, y: j * HIGH + 6 });
      const kind = `tr-${node.state}${best.has(node) ? " tr-best" : ""}`;
      if (node.parent.x !== undefined) {
        const [x, y] = [node.parent.x + 108, node.parent.y + 15];
        svg.append(h("path", { class: kind, d: `M${x} ${y} C${x + 14} ${y} ${node.x - 14} ${node.y + 15} ${node.x} ${node.y + 15}` }));
      }
      const piece = this.tokenizer.pieces([node.ids.at(-1)])[0];
      svg.append(h("g", { class: `tr-node ${kind}` }, h("rect", { x: node.x, y: node.y, width: 108, height: 30, rx: 5 }),
        h("text", { x: node.x + 7, y: node.y + 19 }, piece.length > 8 ? `${piece.slice(0, 7)}…` : piece),
        h("text", { x: node.x + 103, y: node.y + 19, class: "tr-p" }, percent(Math.exp(node.total))),
        h("title", {}, `${this.tokenizer.decode(node.ids)}: ${percent(Math.exp(node.total))}, ${node.state}`)));
    }));
    this.canvas.replaceChildren(svg);
    this.ranking.replaceChildren(...finished.slice(0, 5).map((node) => h("li", { "data-score": node.score },
      h("span", { lang: this.language }, this.tokenizer.decode(node.ids)), ` score ${node.score.toFixed(3)}`)));
  }
}

/** Fill every <div class="translator-page">. */
export async function start() {
  const style = h("link", { rel: "stylesheet", href: new URL("page.css", import.meta.url) });
  document.head.append(style);
  const roots = document.querySelectorAll(".translator-page");
  const examples = await (await fetch(new URL("examples.json", import.meta.url))).json();
  return [...roots].map((root) => new Page(root, examples));
}

start();
