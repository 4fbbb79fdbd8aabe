// The Transformer of chapters 05 to 11 in plain JavaScript, as the page "A translator in your browser" runs it.
//
// A matrix is { data, rows, columns }: a Float32Array that holds it row by row. Names are the paper's and the chapters':
// L positions, d_model features, h heads of d_k features, V tokens. The weights are those that `python -m translator
// train` found and `python -m translator export --format browser` wrote; nothing here learns.

export const PAD = 0, BOS = 1, EOS = 2;

// ---------------------------------------------------------------------------------------------- matrices

const zeros = (rows, columns) => ({ data: new Float32Array(rows * columns), rows, columns });

/** x (L, in), weight (out, in), bias (out) or nothing -> x weightᵀ + bias (L, out). */
export function linear(x, weight, bias = null) {
  const y = zeros(x.rows, weight.rows), width = x.columns;
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < weight.rows; j++) {
      let sum = bias ? bias.data[j] : 0;
      for (let k = 0; k < width; k++) sum += x.data[i * width + k] * weight.data[j * width + k];
      y.data[i * y.columns + j] = sum;
    }
  }
  return y;
}

/** Two matrices of one shape -> their sum. */
const add = (x, y) => ({ ...x, data: x.data.map((value, i) => value + y.data[i]) });

const relu = (x) => ({ ...x, data: x.data.map((value) => Math.max(0, value)) });

/** Numbers -> shares that sum to 1. The largest is taken off first, so that no exponential overflows (chapter 05). */
export function softmax(numbers) {
  const largest = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Array.from(numbers, (number) => Math.exp(number - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** x (L, d_model) -> each row with mean 0 and variance 1, times a weight, plus a bias (chapter 09). */
function layerNorm(x, weight, bias) {
  const y = zeros(x.rows, x.columns), d = x.columns;
  for (let i = 0; i < x.rows; i++) {
    const row = x.data.subarray(i * d, (i + 1) * d);
    const mean = row.reduce((a, b) => a + b, 0) / d;
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / d;
    for (let j = 0; j < d; j++) {
      y.data[i * d + j] = ((row[j] - mean) / Math.sqrt(variance + 1e-5)) * weight.data[j] + bias.data[j];
    }
  }
  return y;
}

/** Columns `from` to `to` of x. */
function columns(x, from, to) {
  const y = zeros(x.rows, to - from);
  for (let i = 0; i < x.rows; i++) y.data.set(x.data.subarray(i * x.columns + from, i * x.columns + to), i * y.columns);
  return y;
}

/** The rows of x in the order `ids`. */
function rows(x, ids) {
  const y = zeros(ids.length, x.columns);
  ids.forEach((id, i) => y.data.set(x.data.subarray(id * x.columns, (id + 1) * x.columns), i * x.columns));
  return y;
}

// ---------------------------------------------------------------------------------------------- attention

/** softmax(query keyᵀ / √d_k) value: query (Lq, d_k), key (Lk, d_k), value (Lk, d_v) -> output (Lq, d_v) and weights,
 *  an array of Lq rows. With `causal`, position i attends to positions 0 to i (chapters 05, 06). */
export function attention(query, key, value, causal) {
  const output = zeros(query.rows, value.columns), scores = linear(query, key), scale = Math.sqrt(query.columns);
  const weights = [];
  for (let i = 0; i < query.rows; i++) {
    const row = Array.from(scores.data.subarray(i * key.rows, (i + 1) * key.rows), (score, j) =>
      causal && j > i ? -Infinity : score / scale);
    weights.push(softmax(row));
    for (let j = 0; j < key.rows; j++) {
      for (let k = 0; k < value.columns; k++) {
        output.data[i * value.columns + k] += weights[i][j] * value.data[j * value.columns + k];
      }
    }
  }
  return { output, weights };
}

/** Heads side by side, each on d_k columns of the projections, then W^O (chapter 07). `seen` receives all weights. */
function multiHead(part, heads, query, memory, causal, seen) {
  const project = (x, name) => linear(x, part(`${name}.weight`), part(`${name}.bias`));
  const q = project(query, "query"), k = project(memory, "key"), v = project(memory, "value");
  const joined = zeros(q.rows, q.columns), width = q.columns / heads, weights = [];
  for (let h = 0; h < heads; h++) {
    const head = [q, k, v].map((x) => columns(x, h * width, (h + 1) * width));
    const looked = attention(...head, causal);
    weights.push(looked.weights);
    for (let i = 0; i < q.rows; i++) {
      joined.data.set(looked.output.data.subarray(i * width, (i + 1) * width), i * q.columns + h * width);
    }
  }
  seen.push(weights); // (heads, Lq, Lk) of this layer
  return project(joined, "output");
}

// ---------------------------------------------------------------------------------------------- the model

export class Transformer {
  /** config: as in model.json; weights: name -> matrix, as in model.safetensors. */
  constructor(config, weights) {
    Object.assign(this, { config, weights });
  }

  /** A function that finds a weight of the part `prefix`. */
  part(prefix) {
    return (name) => this.weights[`${prefix}.${name}`];
  }

  /** Token ids (L) -> their rows times √d_model, plus the sines and cosines of their positions (chapters 08, 11). */
  embed(ids) {
    const d = this.config.d_model, x = rows(this.weights["source_embedding.weight"], ids);
    for (let position = 0; position < ids.length; position++) {
      for (let j = 0; j < d; j++) {
        const angle = position / 10000 ** ((j - (j % 2)) / d);
        x.data[position * d + j] = x.data[position * d + j] * Math.sqrt(d) + (j % 2 ? Math.cos(angle) : Math.sin(angle));
      }
    }
    return x;
  }

  /** x + sublayer(norm(x)): the pre-norm residual connection (chapter 09). */
  residual(layer, index, x, sublayer) {
    const norm = this.part(`${layer}.residuals.${index}.norm`);
    return add(x, sublayer(layerNorm(x, norm("weight"), norm("bias"))));
  }

  feedForward(layer, x) {
    const part = this.part(`${layer}.feed_forward`);
    return linear(relu(linear(x, part("inner.weight"), part("inner.bias"))), part("outer.weight"), part("outer.bias"));
  }

  lastNorm(stack, x) {
    const norm = this.part(`${stack}.norm`);
    return layerNorm(x, norm("weight"), norm("bias"));
  }

  /** source ids (Ls, the last is EOS) -> memory (Ls, d_model), and what each head attended to (chapter 09). */
  encode(source) {
    const { encoder_layers, heads } = this.config, self = [];
    let x = this.embed(source);
    for (let i = 0; i < encoder_layers; i++) {
      const layer = `encoder.layers.${i}`;
      x = this.residual(layer, 0, x, (h) => multiHead(this.part(`${layer}.self_attention`), heads, h, h, false, self));
      x = this.residual(layer, 1, x, (h) => this.feedForward(layer, h));
    }
    return { memory: this.lastNorm("encoder", x), self };
  }

  /** target ids (Lt, the first is BOS) and memory -> logits (Lt, V) of the token after each, and what each head
   *  attended to (chapters 10, 11). */
  decode(target, memory) {
    const { decoder_layers, heads } = this.config, self = [], cross = [];
    let x = this.embed(target);
    for (let i = 0; i < decoder_layers; i++) {
      const layer = `decoder.layers.${i}`;
      x = this.residual(layer, 0, x, (h) => multiHead(this.part(`${layer}.self_attention`), heads, h, h, true, self));
      x = this.residual(layer, 1, x, (h) =>
        multiHead(this.part(`${layer}.cross_attention`), heads, h, memory, false, cross));
      x = this.residual(layer, 2, x, (h) => this.feedForward(layer, h));
    }
    return { logits: linear(this.lastNorm("decoder", x), this.weights["output.weight"]), self, cross };
  }

  /** Probabilities (V) of the token after `prefix`. PAD and BOS never follow. */
  next(prefix, memory) {
    const { logits } = this.decode(prefix, memory);
    const last = logits.data.slice(-logits.columns);
    last[PAD] = last[BOS] = -Infinity;
    return softmax(last);
  }

  /** Tokens at most, EOS included. */
  limit(source) {
    return Math.min(2 * source.length + 10, this.config.max_length);
  }
}

// ---------------------------------------------------------------------------------------------- decoding

/** The most probable token at each step, until EOS: ids with BOS, and the probabilities of every step (chapter 11). */
export function greedy(model, source) {
  const { memory } = model.encode(source), ids = [BOS], steps = [];
  while (steps.length < model.limit(source) && (ids.length === 1 || ids.at(-1) !== EOS)) {
    steps.push(model.next(ids, memory));
    ids.push(steps.at(-1).reduce((best, p, id, all) => (p > all[best] ? id : best), EOS));
  }
  return { ids, steps };
}

/** Beam search with the length penalty ((5 + length) / 6)^alpha (chapter 11). Each of `steps` holds nodes { ids, total,
 *  score, parent, state }: the log-probability of the prefix, its score, the node that it continues, and "kept",
 *  "ended" or "dropped". */
export function beam(model, source, width = 4, alpha = 0.6) {
  const { memory } = model.encode(source), steps = [], limit = model.limit(source);
  let kept = [{ ids: [BOS], total: 0 }];
  const finished = [];
  for (let length = 1; length <= limit && kept.length; length++) {
    const candidates = kept.flatMap((parent) =>
      model.next(parent.ids, memory).map((p, id) =>
        ({ ids: [...parent.ids, id], total: parent.total + Math.log(p), parent })));
    candidates.sort((a, b) => b.total - a.total);
    const best = candidates.slice(0, 2 * width), ends = (node) => node.ids.at(-1) === EOS || length === limit;
    best.forEach((node, place) => {
      node.state = ends(node) && place < width ? "ended" : "dropped";
      node.score = node.total / ((5 + length) / 6) ** alpha;
    });
    finished.push(...best.filter((node) => node.state === "ended"));
    kept = length === limit ? [] : best.filter((node) => node.ids.at(-1) !== EOS).slice(0, width);
    // A prefix that cannot win any more, even if it lost no probability until the limit, is not continued.
    const bar = Math.max(...finished.map((node) => node.score), -Infinity);
    kept = kept.filter((node) => node.total / ((5 + limit) / 6) ** alpha > bar);
    kept.forEach((node) => (node.state = "kept"));
    steps.push(best.filter((node, place) => node.state !== "dropped" || place < width + 2));
  }
  finished.sort((a, b) => b.score - a.score);
  return { ids: finished[0].ids, finished, steps };
}
