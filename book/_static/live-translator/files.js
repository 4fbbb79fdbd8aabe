// What lies beside the page: weights (safetensors, 16 bits a number), the tokenizer's file, the sizes.

import { Transformer } from "./model.js";

/** 16 bits (1 sign, 5 exponent, 10 fraction) -> the number that they stand for. */
export function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bytes of a safetensors file with F16 tensors -> name -> matrix; a vector is a matrix of one row. */
export function readSafetensors(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const matrices = {};
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    if (dtype !== "F16") throw new Error(`${name} is ${dtype}; expected F16: export the run with --format browser.`);
    const data = Float32Array.from(new Uint16Array(buffer.slice(8 + length + from, 8 + length + to)), fromHalf);
    const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
    matrices[name] = { data, rows, columns };
  }
  matrices["output.weight"] ??= matrices["source_embedding.weight"]; // tied (chapter 11)
  return matrices;
}

// Hugging Face's byte-level encoding writes each byte as a visible character; these are the 256 of them.
const visible = [...Array(256).keys()].filter((b) => (b > 32 && b < 127) || (b > 160 && b !== 173));
const SYMBOLS = [];
for (let b = 0, hidden = 256; b < 256; b++) SYMBOLS[b] = String.fromCharCode(visible.includes(b) ? b : hidden++);
const BYTES = new Map(SYMBOLS.map((symbol, byte) => [symbol, byte]));
const WORDS = /\p{Script=Han}|'(?:[sdmt]|ll|ve|re)| ?[^\P{L}\p{Script=Han}]+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{Script=Han}])|\s+/gu;

/** Byte-pair encoding, as the tokenizer's file describes it. */
export class Tokenizer {
  constructor(file) {
    this.ids = new Map(Object.entries(file.model.vocab));
    this.symbols = new Map([...this.ids].map(([symbol, id]) => [id, symbol]));
    this.ranks = new Map(file.model.merges.map((pair, rank) => [pair.join(" "), rank]));
    this.marks = new Set(file.added_tokens.map((token) => token.id));
  }

  /** A text -> its token ids. */
  encode(text) {
    const words = text.normalize("NFC").trim().match(WORDS) ?? [];
    return words.flatMap((word) => {
      let parts = Array.from(new TextEncoder().encode(word), (byte) => SYMBOLS[byte]);
      for (;;) { // join the pair that training joined first, until none is left
        const ranked = parts.slice(1).map((part, i) => this.ranks.get(`${parts[i]} ${part}`) ?? Infinity);
        const best = Math.min(...ranked, Infinity);
        if (best === Infinity) break;
        const i = ranked.indexOf(best);
        parts.splice(i, 2, parts[i] + parts[i + 1]);
      }
      return parts.map((part) => this.ids.get(part));
    });
  }

  /** Token ids -> their text; marks (`<s>` and its like) are left out. */
  decode(ids) {
    const bytes = ids.filter((id) => !this.marks.has(id)).flatMap((id) => [...this.symbols.get(id)].map((s) => BYTES.get(s)));
    return new TextDecoder().decode(new Uint8Array(bytes));
  }

  /** Each token as a reader can see it. */
  pieces(ids) {
    return ids.map((id) => (this.marks.has(id) ? this.symbols.get(id) : this.decode([id]).trim()));
  }
}

/** The folder of one pair of languages -> its model and its tokenizer. */
export async function load(folder) {
  const get = async (name) => {
    const answer = await fetch(new URL(name, folder));
    if (!answer.ok) throw new Error(`${name} could not be read (${answer.status}).`);
    return answer;
  };
  const [facts, words, bytes] = await Promise.all([
    get("model.json").then((answer) => answer.json()),
    get("tokenizer.json").then((answer) => answer.json()),
    get("model.safetensors").then((answer) => answer.arrayBuffer()),
  ]);
  return { model: new Transformer(facts.model, readSafetensors(bytes)), tokenizer: new Tokenizer(words) };
}
